# SPDX-License-Identifier: MIT
"""int16 and uint8 models: exact on every integer that they can be given."""

import warnings

import checks
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier
from strategies import quick, seeds, synthetic_classifier, synthetic_regressor

import emlrt
from emlrt import InputRangeWarning, Model, PrecisionWarning
from emlrt.inspect.trees import trees_shape

DTYPES = ["int32", "int16", "uint8"]
KINDS = {"int32": "int32", "int16": "int16", "uint8": "integers"}
#: What is beside a threshold: the next integers, and the last that float32 rounds to
#: the same number.
BESIDE = [*range(-33, 34), *(s * (64 + d) for s in (-1, 1) for d in (-1, 0, 1))]


def convert(estimator, dtype, **options):
    """Without data to check, which needs a warning to be accepted."""
    with pytest.warns(InputRangeWarning, match="assuming that every feature"):
        return Model.from_sklearn(estimator, dtype=dtype, **options)


def integers(rng, estimator, dtype, n=60):
    """Rows of extremes, of integers around the thresholds, and of any."""
    info = np.iinfo(dtype)
    shape = (n, estimator.n_features_in_)
    x = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    split = np.concatenate(
        [t.threshold[t.children_left >= 0] for t in checks.trees_of(estimator)]
    )
    near = (np.floor(split)[:, None] + BESIDE).clip(info.min, info.max).ravel()
    near = np.concatenate([near, [info.min, info.min + 1, info.max - 1, info.max]])
    at = rng.random(shape) < 0.7
    x[at] = rng.choice(near.astype(dtype), int(at.sum()))
    return x


def check(estimator, dtype, rng, **options):
    model = convert(estimator, dtype, **options)
    assert model.input_dtype == dtype
    suffix = {"int32": "i32", "int16": "i16", "uint8": "u8"}[dtype]
    assert model.stages[0].name.split("_")[2].startswith(suffix)
    x = integers(rng, estimator, dtype)
    return model, x, x.astype(np.float32)


@pytest.mark.parametrize("dtype", DTYPES)
@quick
@given(
    seeds,
    st.lists(st.integers(0, 60), min_size=1, max_size=9),
    st.sampled_from([[2], [5], [2, 3]]),
)
def test_classifiers(dtype, seed, sizes, counts):
    rng = np.random.default_rng(seed)
    kind = KINDS[dtype]
    estimator = synthetic_classifier(rng, sizes, 4, counts, kind, pool="any")
    model, x, floats = check(estimator, dtype, rng)
    scores = checks.check_paths(model, x)
    shares = np.hstack(checks.shares_of(estimator, floats))
    assert abs(scores / model.program.vote_total - shares).max() < 1e-6
    same = Model.from_sklearn(estimator)
    np.testing.assert_array_equal(scores, same.scores(floats))
    model, x, floats = check(estimator, dtype, rng, voting="hard")
    votes = np.hstack(checks.majority(estimator, floats))
    np.testing.assert_array_equal(checks.check_paths(model, x), votes)


@pytest.mark.parametrize("dtype", DTYPES)
@quick
@given(seeds, st.lists(st.integers(0, 60), min_size=1, max_size=9), st.integers(1, 3))
def test_regressors(dtype, seed, sizes, n_outputs):
    rng = np.random.default_rng(seed)
    estimator = synthetic_regressor(rng, sizes, 4, n_outputs, KINDS[dtype])
    model, x, floats = check(estimator, dtype, rng)
    scores = checks.check_paths(model, x)
    np.testing.assert_array_equal(scores, Model.from_sklearn(estimator).scores(floats))


@pytest.mark.parametrize("dtype", DTYPES[1:])
def test_all_values_of_one_feature(dtype):
    info = np.iinfo(dtype)
    x = np.arange(info.min, info.max + 1)[:, None]
    y = (x[:, 0] * 7919) % 5
    part = slice(None, None, 1 if dtype == "uint8" else 13)
    tree = DecisionTreeClassifier(max_leaf_nodes=600).fit(x[part], y[part])
    model = Model.from_sklearn(tree, dtype=dtype, X=x)
    np.testing.assert_array_equal(model.predict(x), tree.predict(x))
    forest = RandomForestRegressor(5, max_depth=9).fit(x[part], y[part])
    model = Model.from_sklearn(forest, dtype=dtype, X=x)
    np.testing.assert_allclose(model.predict(x), forest.predict(x), atol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_digits(dtype):
    x, y = load_digits(return_X_y=True)
    forest = RandomForestClassifier(20, random_state=1).fit(x, y)
    faithful = Model.from_sklearn(forest)
    for options in ({}, {"voting": "hard"}, {"leaf_bits": 8}):
        model = Model.from_sklearn(forest, dtype=dtype, X=x, **options)
        wide = Model.from_sklearn(forest, **options)
        np.testing.assert_array_equal(model.scores(x), wide.scores(x))
        assert model.nbytes < wide.nbytes or dtype == "int32"
    np.testing.assert_array_equal(faithful.predict(x), forest.predict(x))


@pytest.mark.parametrize(
    ("threshold", "dtype", "expected"),
    [
        (-32768.5, "int16", [1, 1]),
        (-32768.0, "int16", [0, 1]),
        (32766.5, "int16", [0, 1]),
        (32767.0, "int16", [0, 0]),
        (1e9, "int16", [0, 0]),
        (-1e30, "int16", [1, 1]),
        (np.inf, "int16", [0, 0]),
        (-np.inf, "int16", [1, 1]),
        (-2147483649.0, "int32", [1, 1]),
        (-2147483648.0, "int32", [0, 1]),
        (2147483646.5, "int32", [0, 1]),
        (2147483647.5, "int32", [0, 1]),  # float32(2147483647) is larger
        (2147483648.0, "int32", [0, 0]),
        (np.inf, "int32", [0, 0]),
        (-np.inf, "int32", [1, 1]),
        (-0.5, "uint8", [1, 1]),
        (-1e-300, "uint8", [1, 1]),
        (0.0, "uint8", [0, 1]),
        (254.999, "uint8", [0, 1]),
        (255.0, "uint8", [0, 0]),
        (np.inf, "uint8", [0, 0]),
    ],
)
def test_thresholds_at_the_ends_of_the_range(threshold, dtype, expected):
    """Splits that every input passes alike go away; the smallest and largest
    input still go where scikit-learn sends them."""
    estimator = synthetic_classifier(np.random.default_rng(0), [1], 1, [2])
    state = estimator.tree_.__getstate__()
    state["nodes"]["threshold"][0] = threshold
    state["nodes"]["left_child"][0], state["nodes"]["right_child"][0] = 1, 2
    state["values"][:] = [[[1, 0]], [[1, 0]], [[0, 1]]]
    estimator.tree_.__setstate__(state)
    model = convert(estimator, dtype)
    info = np.iinfo(dtype)
    x = np.array([[info.min], [info.max]])
    np.testing.assert_array_equal(model.predict(x), expected)
    np.testing.assert_array_equal(estimator.predict(x), expected)
    n_splits = trees_shape(model.stages[0])["splits"]
    assert n_splits == (expected[0] != expected[1])


def test_what_an_integer_model_accepts():
    estimator = synthetic_classifier(np.random.default_rng(1), [9] * 3, 3, [2])
    model = convert(estimator, "uint8")
    x = np.array([[0, 255, 7], [1, 2, 3]])
    expected = model.predict(x)
    for kind in (
        np.uint8,
        np.int8,
        np.int64,
        np.uint64,
        np.float16,
        np.float64,
        object,
    ):
        if kind is np.int8:
            np.testing.assert_array_equal(
                model.predict(x[1:].astype(kind)), expected[1:]
            )
        else:
            np.testing.assert_array_equal(model.predict(x.astype(kind)), expected)
    np.testing.assert_array_equal(model.predict(x.tolist()), expected)
    model.predict(np.ones((2, 3), bool))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (np.nan, "nan"),
        (np.inf, "inf"),
        (-1, "-1"),
        (256, "256"),
        (1e30, "1e+30"),
    ],
)
def test_what_an_integer_model_refuses(value, text):
    estimator = synthetic_classifier(np.random.default_rng(1), [9] * 3, 3, [2])
    model = convert(estimator, "uint8")
    x = np.array([[0, 1, 2], [3, value, 4]])
    pattern = r"column 1 holds {} \(row 1\).* integer in \[0, 255\].*float32"
    with pytest.raises(ValueError, match=pattern.format(text.replace("+", r"\+"))):
        model.predict(x)
    with pytest.raises(ValueError, match=pattern.format(text.replace("+", r"\+"))):
        Model.from_sklearn(estimator, dtype="uint8", X=x)


def test_data_to_check_against():
    estimator = synthetic_classifier(np.random.default_rng(1), [9] * 3, 3, [2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Model.from_sklearn(estimator, dtype="int16", X=[[-32768, 0, 32767]])
    with pytest.raises(ValueError, match=r"\[-32768, 32767\]"):
        Model.from_sklearn(estimator, dtype="int16", X=[[-32769, 0, 0]])
    with pytest.raises(ValueError, match=r"X has 2 features.* expecting 3 features"):
        Model.from_sklearn(estimator, dtype="int16", X=[[1, 2]])
    with pytest.raises(ValueError, match="2D array"):
        Model.from_sklearn(estimator, dtype="int16", X=[1, 2, 3])


def test_the_warning_points_at_the_caller():
    estimator = synthetic_classifier(np.random.default_rng(1), [2] * 3, 3, [2])
    for take in (Model.from_sklearn, emlrt.convert):
        with pytest.warns(InputRangeWarning) as caught:
            take(estimator, dtype="int16")
        assert caught[0].filename == __file__


def test_warnings_from_deep_inside_point_at_the_caller():
    X = 1.7e9 + 0.25 * np.arange(200.0)[:, None]
    clock = HistGradientBoostingRegressor(max_iter=5, min_samples_leaf=1)
    clock.fit(X, np.arange(200) % 7)
    for take in (Model.from_sklearn, emlrt.convert):
        with pytest.warns(PrecisionWarning) as caught:
            take(clock, X=X)
        assert {one.filename for one in caught} == {__file__}
