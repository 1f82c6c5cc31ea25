# SPDX-License-Identifier: MIT
"""IsolationForest and RandomTreesEmbedding."""

import boosting_checks as checks
import numpy as np
import pytest
from boosting_checks import SETS, fit, rows
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_checks import check_firmware, check_methods, note, report
from sklearn.compose import make_column_transformer
from sklearn.ensemble import IsolationForest, RandomTreesEmbedding
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from strategies import LARGEST, quick, rows_for, seeds

from emlrt import Model, UnsupportedModelError

#: What scores are above decision_function.
LEAN = 2.0**-23
SMALL = {"n_estimators": 12, "random_state": 0}
FORESTS = {
    "default": {},
    "contaminated": {"contamination": 0.1},
    "many": {"contamination": 0.5},
    "half": {"max_features": 0.5},
    "one feature": {"max_features": 1, "contamination": 0.2},
    "bootstrap": {"bootstrap": True, "max_samples": 0.7},
    "one row": {"max_samples": 1},
    "two rows": {"max_samples": 2},
    "three rows": {"max_samples": 3, "contamination": 0.3},
    "whole": {"max_samples": 1.0},
    "one tree": {"n_estimators": 1},
}


def check_forest(forest, X, where="", model=None):
    """Scores, and the sign of all rows that are not right on the border."""
    model = model or Model.from_sklearn(forest)
    check_methods(forest, model)
    assert model.estimator_type == "outlier_detector"
    X64 = X.astype(np.float64)
    for method in ("score_samples", "decision_function"):
        expected, found = getattr(forest, method)(X64), getattr(model, method)(X)
        allowed = checks.check_raw(forest, expected, found, 1.0, where)
    clear = abs(expected) > allowed
    found, expected = model.predict(X), forest.predict(X64)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found[clear], expected[clear])
    note(forest, "signs that differ", (found != expected).sum(), where)
    check_firmware(model, np.ascontiguousarray(X[:7], model.input_dtype))
    return model


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("options", FORESTS)
@pytest.mark.parametrize("name", SETS)
def test_forests(name, options, missing):
    X, _ = rows(name)
    X = checks.holes(X) if missing else X
    forest = fit(IsolationForest(**{**SMALL, **FORESTS[options]}), X)
    model = check_forest(forest, X, f"{name} {options}")
    assert model.program.missing


def test_missing_values_at_predict_time_only():
    X, _ = rows("wine")
    forest = fit(IsolationForest(**SMALL), X)
    check_forest(forest, checks.holes(X), "unseen holes")
    check_forest(forest, np.full_like(X[:1], np.nan), "nothing")


def test_infinities():
    X, _ = rows("wine")
    forest = fit(IsolationForest(**SMALL), X)
    X = X.copy()
    X[::2, ::3], X[1::2, 1::3] = np.inf, -np.inf
    found = checks.scores(Model.from_sklearn(forest), X)[:, 0] - LEAN
    expected = forest.decision_function(X.astype(np.float64))
    assert abs(found - expected).max() <= checks.UNITS * np.spacing(np.float32(1))


def test_a_single_row():
    forest = IsolationForest(**SMALL).fit([[1.0, 2.0]])
    check_forest(forest, np.float32([[1, 2], [3, 4]]), "a single row")


@pytest.mark.parametrize("contamination", ["auto", 0.1, 0.5])
def test_equal_rows(contamination):
    X = np.zeros((20, 2), np.float32)
    forest = fit(IsolationForest(**SMALL, contamination=contamination), X)
    model = check_forest(forest, X, "equal rows")
    np.testing.assert_array_equal(model.predict(X), forest.predict(X))


@pytest.mark.parametrize("name", SETS)
def test_rows_on_the_border_are_inliers(name):
    """The border is a training row's own score here, or that of many equal ones."""
    X, _ = rows(name)
    X = np.round(X[:101] / 8)
    for contamination in (0.1, 0.2, 0.5):
        forest = fit(IsolationForest(**SMALL, contamination=contamination), X)
        X64 = X.astype(np.float64)
        assert (forest.decision_function(X64) == 0).any()
        model = Model.from_sklearn(forest)
        np.testing.assert_array_equal(model.predict(X), forest.predict(X64))


def test_warm_start_and_weights():
    X, _ = rows("wine")
    forest = IsolationForest(**SMALL, warm_start=True)
    weight = np.random.default_rng(0).random(len(X))
    fit(forest, X, None, sample_weight=weight)
    forest.set_params(n_estimators=17)
    model = check_forest(fit(forest, X, None, sample_weight=weight), X, "warm")
    assert model.classes_.tolist() == [-1, 1]


@pytest.mark.parametrize("name", SETS)
def test_options(name, tmp_path):
    X, _ = rows(name)
    forest = fit(IsolationForest(**SMALL, contamination=0.1), X)
    checks.check_encodings(forest, X)
    checks.check_encodings(forest, X, leaf_bits=8)
    checks.check_encodings(forest, X, sums="float32")
    checks.check_kept(forest, X, tmp_path)
    floats = Model.from_sklearn(forest, sums="float32")
    check_forest(forest, X, "floats", model=floats)
    exact = forest.decision_function(X.astype(np.float64))
    for bits, most in ((16, 1e-3), (8, 0.05)):
        small = Model.from_sklearn(forest, leaf_bits=bits)
        assert abs(small.decision_function(X) - exact).max() <= most


@pytest.mark.parametrize("dtype", ["int16", "uint8"])
def test_integers(dtype):
    X, _ = rows("digits")
    forest = fit(IsolationForest(**SMALL), X)
    model = Model.from_sklearn(forest, dtype=dtype, X=X)
    check_forest(forest, X, dtype, model=model)
    usual = checks.scores(Model.from_sklearn(forest), X)
    checks.same_bits(checks.scores(model, X), usual)


@pytest.mark.parametrize("missing", [False, True])
def test_behind_scalers(missing):
    X, _ = rows("breast_cancer")
    X = checks.holes(X) if missing else X
    columns = make_column_transformer(
        (StandardScaler(), slice(3, None)), (MinMaxScaler(), [0, 2])
    )
    for before in (StandardScaler(), MinMaxScaler(), columns):
        whole = fit(make_pipeline(before, IsolationForest(**SMALL)), X)
        model = Model.from_sklearn(whole, X=X.astype(np.float64))
        check_forest(whole, X, "behind scalers", model)


# Columns of leaves


def check_embedding(forest, X, model=None):
    model = model or Model.from_sklearn(forest)
    check_methods(forest, model)
    expected = forest.transform(X.astype(np.float64))
    expected = expected.toarray() if hasattr(expected, "toarray") else expected
    found = model.transform(X)
    np.testing.assert_array_equal(found, expected)
    check_firmware(model, np.ascontiguousarray(X[:7], model.input_dtype))
    return model


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("name", SETS)
def test_embeddings(name, sparse, tmp_path):
    X, _ = rows(name)
    forest = RandomTreesEmbedding(
        n_estimators=5, max_depth=4, sparse_output=sparse, random_state=0
    )
    fit(forest, X)
    check_embedding(forest, X)
    checks.check_encodings(forest, X)
    checks.check_kept(forest, X, tmp_path)


def test_embeddings_on_integers():
    X, _ = rows("digits")
    forest = fit(RandomTreesEmbedding(n_estimators=4, max_depth=3, random_state=0), X)
    for dtype in ("uint8", "int16"):
        check_embedding(forest, X, Model.from_sklearn(forest, dtype=dtype, X=X))


def test_embeddings_in_front_of_others():
    X, y = rows("wine")
    forest = RandomTreesEmbedding(n_estimators=6, max_depth=3, random_state=0)
    whole = make_pipeline(StandardScaler(), forest, LogisticRegression())
    model = Model.from_sklearn(fit(whole, X, y))
    X64 = X.astype(np.float64)
    np.testing.assert_array_equal(model.predict(X), whole.predict(X64))
    error = abs(model.predict_proba(X) - whole.predict_proba(X64)).max()
    assert error <= 2e-6, error


def test_too_many_leaves_are_refused():
    X = np.random.default_rng(0).normal(size=(3000, 2))
    forest = RandomTreesEmbedding(n_estimators=30, max_depth=None, random_state=0)
    forest.fit(X)
    with pytest.raises(UnsupportedModelError, match="columns; supported are up to"):
        Model.from_sklearn(forest)


# Any data


@st.composite
def data(draw):
    """Rows of any scale, with equal ones and missing values."""
    rng = np.random.default_rng(draw(seeds))
    X = rng.normal(size=(draw(st.integers(1, 60)), draw(st.integers(1, 6))))
    if draw(st.booleans()):
        X = 2.0 * rng.integers(-3, 4, X.shape)
    X *= 10.0 ** draw(st.integers(-30, 30))
    return rng, X.clip(-LARGEST, LARGEST).astype(np.float32)


@st.composite
def forests(draw):
    rng, X = draw(data())
    if draw(st.booleans()):
        X = checks.holes(X)
    forest = IsolationForest(
        n_estimators=draw(st.integers(1, 8)),
        max_samples=draw(st.sampled_from(["auto", 1.0, 1, min(2, len(X))])),
        max_features=draw(st.sampled_from([1.0, 0.5, 1])),
        contamination=draw(st.sampled_from(["auto", 0.1, 0.5])),
        bootstrap=draw(st.booleans()),
        random_state=draw(st.integers(0, 99)),
    )
    return fit(forest, X), X, rng


@pytest.mark.filterwarnings("ignore:invalid value")  # of numpy's, within checks
@settings(quick, max_examples=draws(220))
@given(forests())
def test_any_forests(made):
    forest, X, rng = made
    if forest.max_features == 1.0:  # else trees number the features anew
        X = np.concatenate([X, rows_for(rng, forest, 50)])
    else:
        X = np.concatenate([X, rng.normal(size=(50, X.shape[1])).astype(np.float32)])
    X64 = X.astype(np.float64)
    found = checks.scores(Model.from_sklearn(forest), X)[:, 0] - LEAN
    checks.check_raw(forest, forest.decision_function(X64), found, 1.0, "any rows")
    X[np.isinf(X)] = 0
    check_forest(forest, X, "any forests")
    checks.check_encodings(forest, X, ["direct"])


@pytest.mark.filterwarnings("ignore:invalid value")  # of numpy's, within checks
@settings(quick, max_examples=draws(220))
@given(data(), st.integers(1, 6), st.integers(1, 5))
def test_any_embeddings(made, n_trees, depth):
    rng, X = made
    forest = RandomTreesEmbedding(n_estimators=n_trees, max_depth=depth, random_state=0)
    fit(forest, X)
    X = np.concatenate([X, rows_for(rng, forest, 50)])
    X[~np.isfinite(X)] = 0
    check_embedding(forest, X)


def test_report(record_property):
    report(["IsolationForest", "RandomTreesEmbedding"], record_property)
