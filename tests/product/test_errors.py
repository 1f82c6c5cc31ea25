# SPDX-License-Identifier: MIT
"""One clear exception for each mistake: what was wrong, and what to do."""

import inspect
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.decomposition import NMF
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.preprocessing import SplineTransformer
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
)
from strategies import synthetic_regressor

import emlrt
from emlrt import EmlrtError, FormatError, Model, UnsupportedModelError

X = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [1.0, 0.0, 1.0], [9.0, 8.0, 7.0]])
Y = [0, 1, 0, 1]


@pytest.fixture(scope="module")
def model():
    return Model.from_sklearn(DecisionTreeClassifier().fit(X, Y))


WRONG_ROWS = {
    "too few features": (X[:, :2], "X has 2 features, but .* expecting 3 features"),
    "too many features": (np.ones((2, 4)), "X has 4 features"),
    "no features": (np.ones((2, 0)), "X has 0 features"),
    "one row": (X[0], r"2D array.* got 1 dimension.*reshape\(1, -1\)"),
    "list of one row": ([0.0, 1.0, 2.0], "2D array"),
    "a number": (3.0, "2D array.* got 0"),
    "nothing": (None, "2D array"),
    "cube": (X[None], "2D array.* got 3"),
    "infinity": ([[0, 1, np.inf]], "infinity.*clip"),
    "minus infinity": ([[0, 1, -np.inf]], "infinity.*clip"),
    "too large for float32": ([[0, 1, 1e39]], "too large for float32.*clip"),
    "integers too large": ([[0, 1, 10**40]], "too large for float32.*clip"),
    "text": ([["a", "b", "c"]], "dtype <U1; convert it"),
    "numbers as text": (X.astype(str), "convert it to integers or floats"),
    "bytes": (X.astype("S"), "convert it to integers or floats"),
    "text among numbers": (
        np.array([[1.0, "blue", None]], object),
        "'blue', which is no number; encode or drop",
    ),
    "number text in objects": (np.array([[1.0, "2", 3.0]], object), "'2', which is no"),
    "lists": (np.array([[1.0, [2], 3.0]], object), r"\[2\], which is no number"),
    "ragged": ([[1.0, 2.0, 3.0], [1.0, 2.0]], "no matrix of numbers"),
    "complex": (X + 1j, "complex128; convert"),
    "complex objects": ((X + 1j).astype(object), "which is no number"),
    "dates": (X.astype("M8[s]"), "datetime64.*convert"),
    "durations": (X.astype("m8[s]"), "timedelta64.*convert"),
    "records": (np.zeros((2, 3), "f4,i4"), "convert it"),
    "mixed frame": (
        pd.DataFrame({"a": [1.0], "b": ["red"], "c": [2.0]}),
        "'red', which is no number",
    ),
    "frame of categories": (
        pd.DataFrame({"a": [1.0], "b": pd.Categorical(["x"]), "c": [2.0]}),
        "'x', which is no number",
    ),
}


@pytest.mark.parametrize("case", WRONG_ROWS)
@pytest.mark.parametrize("method", ["predict", "predict_proba", "scores"])
def test_rows(model, method, case):
    rows, message = WRONG_ROWS[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=message):
            getattr(model, method)(rows)


@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.coo_array, sp.lil_matrix])
def test_sparse_rows(model, kind):
    with pytest.raises(TypeError, match=r"sparse.*X\.toarray\(\)"):
        model.predict(kind(X))
    with pytest.raises(TypeError, match=r"sparse.*X\.toarray\(\)"):
        Model.from_sklearn(DecisionTreeClassifier().fit(X, Y), dtype="int16", X=kind(X))


def test_missing_values_where_the_original_refuses_them():
    for estimator in (
        ExtraTreeClassifier(splitter="best"),
        DecisionTreeClassifier(monotonic_cst=[1, 0, 0]),
        DecisionTreeClassifier(),
        DecisionTreeRegressor(criterion="absolute_error"),
        RandomForestClassifier(3),
    ):
        estimator.fit(X, Y)
        model, row = Model.from_sklearn(estimator), [[np.nan, 1.0, 2.0]]
        try:
            expected = estimator.predict(row)
        except ValueError:
            with pytest.raises(ValueError, match=r"NaN.*not accept; impute"):
                model.predict(row)
            with pytest.raises(ValueError, match=r"NaN.*not accept; impute"):
                Model.from_bytes(bytes(model)).predict(row)
        else:
            np.testing.assert_allclose(model.predict(row), expected)
    refuses = ExtraTreeClassifier(splitter="best").fit(X, Y)
    with pytest.raises(ValueError, match=r"NaN"):
        Model.from_sklearn(refuses).predict([[np.nan, 1.0, 2.0]])


@pytest.mark.parametrize(
    "estimator",
    [DecisionTreeClassifier(), RandomForestClassifier(), RandomForestRegressor()],
    ids=lambda e: type(e).__name__,
)
def test_unfitted(estimator):
    with pytest.raises(NotFittedError, match=type(estimator).__name__):
        Model.from_sklearn(estimator)


@pytest.mark.parametrize(
    "estimator",
    [
        GaussianProcessClassifier().fit(X, Y),
        RadiusNeighborsClassifier().fit(X, Y),
        NMF(2, init="random").fit(X),
        SplineTransformer(3).fit(X),
        object(),
    ],
    ids=lambda e: type(e).__name__,
)
def test_unsupported_estimators(estimator):
    name = type(estimator).__name__
    for call in (Model.from_sklearn, emlrt.convert):
        said = f"{name}.*(not converted|no class that converts)"
        with pytest.raises(UnsupportedModelError, match=said):
            call(estimator)
    assert issubclass(UnsupportedModelError, (EmlrtError, TypeError))


def test_paths_of_other_files(tmp_path):
    path = tmp_path / "digits.pkl"
    with pytest.raises(FileNotFoundError, match="digits"):
        emlrt.convert(str(path))
    path.write_bytes(b"no model")
    with pytest.raises(UnsupportedModelError, match="a pickle"):
        Model.from_sklearn(str(path))
    with pytest.raises(UnsupportedModelError, match=r"digits\.pkl: this seems"):
        emlrt.convert(str(path))


def test_subclasses():
    class Plain(DecisionTreeClassifier):
        pass

    class Own(DecisionTreeClassifier):
        def predict(self, X, check_input=True):
            return np.zeros(len(X))

    class OwnProba(RandomForestClassifier):
        def predict_proba(self, X):
            return super().predict_proba(X) ** 2

    expected = DecisionTreeClassifier().fit(X, Y).predict(X)
    np.testing.assert_array_equal(
        Model.from_sklearn(Plain().fit(X, Y)).predict(X), expected
    )
    with pytest.raises(UnsupportedModelError, match=r"Own overrides .*\.predict,"):
        Model.from_sklearn(Own().fit(X, Y))
    with pytest.raises(UnsupportedModelError, match=r"OwnProba overrides .*_proba,"):
        Model.from_sklearn(OwnProba(2).fit(X, Y))


def test_a_method_replaced_on_the_instance():
    tree = DecisionTreeClassifier().fit(X, Y)
    tree.predict = lambda X: np.zeros(len(X))
    with pytest.raises(UnsupportedModelError, match=r"overrides .*\.predict,"):
        Model.from_sklearn(tree)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "float16"}, "dtype='float16' is not one of"),
        ({"dtype": np.float32}, "dtype=.*float32.* is not one of"),
        ({"dtype": "int8"}, r"dtype='int8' is not one of \('float32'"),
        ({"voting": "Soft"}, "voting='Soft' is not one of"),
        ({"leaf_bits": 12}, r"leaf_bits=12 is not one of \(3, 4, 5, 6, 7, 8, 16, 32\)"),
        ({"leaf_bits": "8"}, "leaf_bits='8' is not one of"),
        ({"leaf_bits": [8]}, "leaf_bits=.*is not one of"),
    ],
)
def test_options(options, message):
    tree = DecisionTreeClassifier().fit(X, Y)
    with pytest.raises(ValueError, match=message):
        Model.from_sklearn(tree, **options)


def test_options_of_other_models():
    tree = DecisionTreeRegressor().fit(X, Y)
    for voting in ("soft", "hard"):
        with pytest.raises(ValueError, match=f"voting='{voting}' is for classifiers"):
            Model.from_sklearn(tree, voting=voting)
    with pytest.raises(TypeError, match="votes"):
        Model.from_sklearn(tree, votes=3)


def test_hasattr_errors_say_why():
    model = Model.from_sklearn(DecisionTreeRegressor().fit(X, Y))
    for name in ("predict_proba", "predict_log_proba", "classes_"):
        with pytest.raises(AttributeError, match=f"regressor without {name}|no {name}"):
            getattr(model, name)
    with pytest.raises(AttributeError, match="no feature names"):
        _ = model.feature_names_in_


def test_golden_rows_are_checked():
    tree = DecisionTreeClassifier().fit(X, Y)
    with pytest.raises(ValueError, match="X has 2 features"):
        Model.from_sklearn(tree, golden=X[:, :2])
    with pytest.raises(ValueError, match="Found array with 0 sample"):
        Model.from_sklearn(tree, golden=X[:0])


def test_negative_weights():
    """scikit-learn fits them, and gives shares below 0 and above 1."""
    x, weight = [[0.0], [0.0], [1.0], [1.0]], [1, -2, 3, 1]
    tree = DecisionTreeClassifier(max_depth=1).fit(x, [0, 1, 0, 1], weight)
    if tree.predict_proba(x).min() >= 0:
        pytest.skip("scikit-learn refuses or clips negative weights")
    with pytest.raises(UnsupportedModelError, match=r"sample_weight.*'hard'"):
        Model.from_sklearn(tree)
    hard = Model.from_sklearn(tree, voting="hard")
    np.testing.assert_array_equal(hard.predict(x), tree.predict(x))


def test_leaves_that_are_not_finite():
    rng = np.random.default_rng(0)
    for value in (np.nan, np.inf, -np.inf):
        estimator = synthetic_regressor(rng, [3], 2)
        estimator.tree_.value[:] = value
        with pytest.raises(UnsupportedModelError, match="NaN or infinite"):
            Model.from_sklearn(estimator)


def test_leaves_that_rounding_makes_too_large():
    tree = DecisionTreeRegressor().fit(X, np.array([3.4028e38, 0, 1, 2]))
    with pytest.raises(UnsupportedModelError, match="too large for float32"):
        Model.from_sklearn(tree, leaf_bits=8)


@pytest.mark.parametrize("value", [1e39, -3.5e38, 1e300])
def test_leaves_too_large_for_float32(value):
    tree = DecisionTreeRegressor().fit(X, np.array([value, 0, 1, 2]))
    with pytest.raises(UnsupportedModelError, match=r"too large for float32.*scale"):
        Model.from_sklearn(tree)


@pytest.mark.parametrize("value", [3.4e38, 1e-40, 1e-45, 1e-300])
def test_leaves_at_the_ends_of_float32(value):
    y = np.array([value, -value, 0, value / 2])
    tree = DecisionTreeRegressor().fit(X, y)
    step = float(np.float32(value) - np.nextafter(np.float32(value), np.float32(0)))
    for model in (Model.from_sklearn(tree), Model.from_sklearn(tree, leaf_bits=16)):
        allowed = np.maximum(2 * step, model.leaf_error + step)
        assert (abs(model.predict(X) - tree.predict(X)) <= allowed).all()


def test_more_outputs_than_the_format_has():
    rng = np.random.default_rng(0)
    estimator = synthetic_regressor(rng, [1], 1, 65_536)
    with pytest.raises(UnsupportedModelError, match=r"65536 outputs.*65535"):
        Model.from_sklearn(estimator)
    Model.from_sklearn(synthetic_regressor(rng, [1], 1, 65_535))


def test_format_errors_say_where():
    data = bytearray(bytes(Model.from_sklearn(DecisionTreeClassifier().fit(X, Y))))
    data[20] ^= 0x40  # body_size
    with pytest.raises(FormatError) as caught:
        Model.from_bytes(bytes(data))
    assert caught.value.status in str(caught.value)
    assert caught.value.status == caught.value.status.upper() != ""


def test_nothing_is_printed(model, capfd):
    for rows, _ in WRONG_ROWS.values():
        with pytest.raises(ValueError, match=r"X|array"):
            model.predict(rows)
    with pytest.raises(FormatError):
        Model.from_bytes(b"")
    assert capfd.readouterr() == ("", "")


CONSTRUCTORS = [name for name in dir(Model) if name.startswith("from_")]


@pytest.mark.parametrize("name", [n for n in CONSTRUCTORS if n != "from_bytes"])
def test_constructors_have_plain_signatures_and_name_wrong_options(name):
    make = getattr(Model, name)
    shown = str(inspect.signature(make))
    assert "ForwardRef" not in shown
    assert "dtype: 'Dtype' = 'float32'" in shown
    with pytest.raises(TypeError, match=rf"Model\.{name}\(\) got an unexpected.*wrong"):
        make(None, wrong=1)


def test_more_outputs_than_a_header_counts():
    wide = emlrt.signal.Window("boxcar").fit(np.zeros((1, 65536)))
    with pytest.raises(UnsupportedModelError, match="65536 outputs; a blob has at"):
        Model.from_sklearn(wide)
