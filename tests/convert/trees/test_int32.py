# SPDX-License-Identifier: MIT
"""Trees of int32 inputs: every integer goes as in the original, in each library."""

import re
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import ensemble, tree
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    KBinsDiscretizer,
    MinMaxScaler,
    StandardScaler,
)
from strategies import quick, seeds

from emlrt import InputRangeWarning, Model, UnsupportedModelError
from emlrt.convert.rounding.questions import Questions
from emlrt.convert.trees.settle import _last_integers
from emlrt.embed import header

few = settings(quick, max_examples=draws(8))
LOW, HIGH = -(2**31), 2**31 - 1
RNG = np.random.default_rng(4)
#: Seconds near 1.7e9, a counter that uses all of its bits, and 24 bits of an ADC.
X = np.stack(
    [
        RNG.integers(1_700_000_000, 1_700_003_000, 400),
        RNG.integers(LOW, HIGH, 400, endpoint=True),
        RNG.integers(-(2**23), 2**23, 400),
    ],
    axis=1,
).astype(np.int32)
Y = (X[:, 0] // 500 % 2 + (X[:, 1] > 7) + (X[:, 2] % 4096 > 2000)).astype(np.int64)


def rows(seed, n=300):
    """Rows like X's, with numbers next to its, where float32 rounds, and any."""
    rng = np.random.default_rng(seed)
    found = X[rng.integers(0, len(X), n)].astype(np.int64)
    found += rng.choice(
        [-128, -65, -64, -63, -1, 0, 0, 1, 63, 64, 65, 128], found.shape
    )
    odd = rng.random(found.shape) < 0.1
    found[odd] = rng.choice([LOW, LOW + 1, -1, 0, 2**24 + 1, HIGH - 1, HIGH], odd.sum())
    return found.clip(LOW, HIGH).astype(np.int32)


def boosted(library, name, **options):
    return lambda: getattr(pytest.importorskip(library), name)(**options)


CATBOOST = {
    "iterations": 8,
    "verbose": 0,
    "allow_writing_files": False,
    "thread_count": 1,
}
LIGHTGBM = {"n_estimators": 8, "verbose": -1, "min_child_samples": 1, "n_jobs": 1}
ORIGINALS = {
    "tree": lambda: tree.DecisionTreeRegressor(random_state=0),
    "forest": lambda: ensemble.RandomForestClassifier(6, random_state=0),
    "boosting": lambda: ensemble.GradientBoostingRegressor(n_estimators=8),
    "histograms": lambda: ensemble.HistGradientBoostingRegressor(max_iter=8),
    "adaboost": lambda: ensemble.AdaBoostClassifier(n_estimators=4),
    "isolation": lambda: ensemble.IsolationForest(n_estimators=6, random_state=0),
    "scaled": lambda: make_pipeline(
        StandardScaler(), ensemble.RandomForestClassifier(4, random_state=0)
    ),
    "scaled-histograms": lambda: make_pipeline(
        MinMaxScaler(),
        SimpleImputer(),
        ensemble.HistGradientBoostingClassifier(max_iter=4),
    ),
    "columns": lambda: make_pipeline(
        ColumnTransformer(
            [("s", StandardScaler(), [2, 0]), ("b", Binarizer(threshold=9), [1])]
        ),
        tree.DecisionTreeClassifier(random_state=0),
    ),
    "bins": lambda: make_pipeline(
        KBinsDiscretizer(9, encode="ordinal", strategy="uniform"),
        tree.DecisionTreeClassifier(random_state=0),
    ),
    "xgboost": boosted("xgboost", "XGBClassifier", n_estimators=4, n_jobs=1),
    "lightgbm": boosted("lightgbm", "LGBMRegressor", **LIGHTGBM),
    "catboost": boosted("catboost", "CatBoostRegressor", **CATBOOST),
    "catboost-leaves": boosted(
        "catboost", "CatBoostClassifier", grow_policy="Lossguide", **CATBOOST
    ),
}


@cache
def fitted(name):
    original = ORIGINALS[name]().fit(X, Y)
    return original, Model.from_sklearn(original, dtype="int32", X=X)


def answers(model, x):
    for method in ("predict_proba", "score_samples", "predict"):
        if hasattr(model, method):
            return np.asarray(getattr(model, method)(x)).reshape(len(x), -1)
    raise AssertionError


@pytest.mark.parametrize("name", ORIGINALS)
@few
@given(seeds)
def test_every_row_goes_as_in_the_original(name, seed):
    original, model = fitted(name)
    assert {s.name.rsplit("_", 1)[1] for s in model.stages if "trees" in s.name} == {
        "i32"
    }
    x = rows(seed)
    np.testing.assert_allclose(
        answers(model, x), answers(original, x), rtol=1e-5, atol=1e-5
    )
    scores = model.scores(x)
    for row, expected in zip(x[:20], scores[:20], strict=True):
        np.testing.assert_array_equal(model._runtime.firmware(row), expected)


def test_rows_that_float32_holds_as_one_go_apart():
    """What float32 inputs cannot do: seconds 1 apart at 1.7e9."""
    x = np.arange(1_700_000_001, 1_700_000_201, dtype=np.int32)[:, None]
    y = x[:, 0] % 2
    original = ensemble.HistGradientBoostingClassifier(
        max_iter=4, min_samples_leaf=1, max_leaf_nodes=None, learning_rate=1.0
    ).fit(x, y)
    found = Model.from_sklearn(original, dtype="int32", X=x).predict(x)
    np.testing.assert_array_equal(found, original.predict(x))
    assert len(np.unique(found)) == 2
    assert len(np.unique(x.astype(np.float32))) < 5


def test_lightgbm_is_asked_of_arrays_of_integers_or_of_frames():
    """It makes float32 of arrays of integers, but not of frames, nor of float64."""
    lightgbm, pandas = pytest.importorskip("lightgbm"), pytest.importorskip("pandas")
    original = lightgbm.LGBMRegressor(**LIGHTGBM).fit(X.astype(np.float64), Y)
    x = np.arange(1_700_000_000, 1_700_003_000, dtype=np.int32)[:, None] + [0, 5, 9]
    x = x.astype(np.int32)
    found = {}
    for kind in (np.asarray, pandas.DataFrame, np.float64):
        model = Model.from_sklearn(original, dtype="int32", X=kind(X))
        found[kind] = model.predict(x)
        expected = original.predict(kind(x))
        np.testing.assert_allclose(found[kind], expected, rtol=1e-5, atol=1e-6)
    assert (found[np.asarray] != found[np.float64]).any()
    np.testing.assert_array_equal(found[np.float64], found[pandas.DataFrame])


@pytest.mark.parametrize("name", ["xgboost", "lightgbm", "catboost"])
def test_files_and_other_doors(name, tmp_path):
    original, _ = fitted(name)
    path = (
        tmp_path
        / {"xgboost": "m.json", "lightgbm": "m.txt", "catboost": "m.json"}[name]
    )
    saved = original.booster_ if name == "lightgbm" else original
    saved.save_model(str(path), **({"format": "json"} if name == "catboost" else {}))
    more = {"classes": original.classes_} if name == "xgboost" else {}
    model = getattr(Model, f"from_{name}")(path, dtype="int32", X=X, **more)
    x = rows(1)
    np.testing.assert_allclose(
        answers(model, x), answers(original, x), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("name", ["forest", "histograms"])
def test_treelite(name):
    """Its thresholds are float64 here, and it compares with them as such."""
    treelite = pytest.importorskip("treelite")
    original, x = treelite.sklearn.import_model(fitted(name)[0]), rows(2)
    found = Model.from_treelite(original, dtype="int32", X=X).predict(x)
    expected = treelite.gtil.predict(original, x.astype(np.float64))
    np.testing.assert_allclose(
        found.reshape(len(x), -1), expected.reshape(len(x), -1), rtol=1e-5, atol=1e-5
    )


def ordered(node):
    """A tree without the questions for equality, which are of categories here."""
    if not isinstance(node, tuple):
        return node
    feature, mode, *rest, left, right = node
    return (feature, mode % 4, *rest, ordered(left), ordered(right))


def test_onnx_with_every_order():
    pytest.importorskip("onnxruntime")
    import onnx_models

    rng = np.random.default_rng(3)
    numbers = rows(3).astype(np.float32).ravel()
    trees = [ordered(onnx_models.random_tree(rng, 5, 3, numbers)) for _ in range(9)]
    near = rng.choice(numbers, (200, 3)).astype(np.int64).clip(LOW, HIGH)
    x = np.concatenate([rows(4), near.astype(np.int32)])
    original = onnx_models.values(onnx_models.forest(trees, [0] * 9, 1), 3)
    model = Model.from_onnx(original, dtype="int32", X=x)
    (expected,) = onnx_models.run(original, x.astype(np.float32))
    np.testing.assert_allclose(model.predict(x), expected.ravel(), rtol=1e-5, atol=1e-5)


THRESHOLDS = st.one_of(
    st.floats(-2.3e9, 2.3e9),
    st.sampled_from([LOW, HIGH, 2.0**24, -(2.0**24), 1.7e9, 0.0]).flatmap(
        lambda t: st.sampled_from(
            [t, np.nextafter(t, -np.inf), t + 0.5, t + 64, t - 64]
        )
    ),
    st.sampled_from([np.inf, -np.inf, 1e300, -1e300, 5e-324]),
)


@quick
@given(THRESHOLDS, st.booleans(), st.booleans(), st.booleans())
def test_borders_are_where_the_comparison_turns(t, strict, wide, as_floats):
    """Held to Python's own integers and numpy's own rounding, one number at a time."""

    def left(x):
        y = float(x) if wide and not as_floats else float(np.float32(x))
        return y < t if strict else y <= t

    one = np.zeros(1, np.int64)
    asked = Questions(one, one, np.array([t]), np.array([strict]), None, wide)
    (found,) = _last_integers(asked, np.float32 if as_floats else np.float64)
    assert LOW - 1 <= found <= HIGH
    for x in range(int(found) - 70, int(found) + 70):
        if LOW <= x <= HIGH:
            assert left(x) == (x <= found)
    assert found == HIGH or not left(HIGH)
    assert found == LOW - 1 or left(LOW)


REFUSED = {
    "LogisticRegression": lambda: LogisticRegression(),
    "MLPClassifier": lambda: MLPClassifier((3,), max_iter=2),
    "KNeighborsClassifier": lambda: KNeighborsClassifier(),
    "Pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "VotingClassifier": lambda: ensemble.VotingClassifier(
        [("t", tree.DecisionTreeClassifier()), ("l", LogisticRegression())]
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REFUSED)
def test_what_computes_with_its_inputs_is_refused_by_name(name):
    original = REFUSED[name]().fit(X[:60], Y[:60])
    with pytest.raises(
        UnsupportedModelError, match=f"int32.*: {name} computes .*float32"
    ):
        Model.from_sklearn(original, dtype="int32", X=X)


def test_bins_and_categories_are_refused():
    with pytest.raises(ValueError, match="'bins' is for float32 inputs, not for int32"):
        Model.from_sklearn(fitted("forest")[0], dtype="int32", X=X, encoding="bins")
    codes = np.array([[0, 1, 2, 3] * 20]).T
    original = ensemble.HistGradientBoostingRegressor(
        max_iter=2, categorical_features=[0], min_samples_leaf=1
    ).fit(codes, [1, 5, 2, 9] * 20)
    with pytest.raises(UnsupportedModelError, match=r"int32.* \(bucketize_u8\)"):
        Model.from_sklearn(original, dtype="int32", X=codes)


def test_what_an_int32_model_takes():
    original, model = fitted("tree")
    with pytest.warns(InputRangeWarning, match=re.escape(f"[{LOW}, {HIGH}]")):
        Model.from_sklearn(original, dtype="int32")
    for value in (2.0**31, -(2.0**31) - 1, 0.5, np.nan):
        x = np.array([[1.0, value, 2.0]])
        with pytest.raises(ValueError, match="column 1 holds"):
            Model.from_sklearn(original, dtype="int32", X=x)
        with pytest.raises(ValueError, match="column 1 holds"):
            model.predict(x)
    with pytest.raises(ValueError, match="column 0 holds"):  # not HIGH, as float32
        model.predict(np.array([[2**31, 0, 0]], np.float32))
    x = np.array([[HIGH, LOW, 0]])
    expected = original.predict(x)
    for kind in (np.int32, np.int64, np.float64, object):
        np.testing.assert_allclose(model.predict(x.astype(kind)), expected)


def test_the_command_line_keeps_every_integer(tmp_path):
    original = fitted("lightgbm")[0]
    source, blob = tmp_path / "m.txt", tmp_path / "m.eml"
    original.booster_.save_model(str(source))

    def emlrt(*arguments):
        command = [sys.executable, "-m", "emlrt", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=True)

    emlrt("convert", source, "-o", blob, "--dtype", "int32")
    assert "int32" in emlrt("inspect", blob).stdout
    emlrt("verify", blob)
    x = np.concatenate([rows(5, 40), [[HIGH, LOW, HIGH], [LOW, HIGH, LOW]]])
    table = tmp_path / "rows.csv"
    np.savetxt(table, x, fmt="%d", delimiter=",")
    shown = emlrt("predict", blob, table).stdout.split()
    found = [float(line.split(",")[-1]) for line in shown[-len(x) :]]
    np.testing.assert_allclose(found, original.predict(x.astype(float)), rtol=1e-5)


def test_saved_golden_vectors_pass():
    model = fitted("forest")[1].with_golden([[HIGH, LOW, 1_700_000_003], [0, -1, 7]])
    again = Model.from_bytes(bytes(model))
    assert again.selftest()
    assert again.input_dtype == np.int32


def test_rules_for_inputs_are_for_other_types():
    with pytest.raises(ValueError, match=r"int32.*leave out offset= and inputs="):
        Model.from_sklearn(fitted("tree")[0], dtype="int32", X=X, offset="auto")


def test_embedded_code_names_the_type_and_the_ops():
    model = fitted("forest")[1]
    text = header(model, "seconds")
    assert "const int32_t x[" in text
    assert "emlrt_classify_i32(&model, x," in text
    (op,) = {stage.name for stage in model.stages}
    assert f"{{&emlrt_op_{op}, NULL}}" in text
