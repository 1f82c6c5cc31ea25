# SPDX-License-Identifier: MIT
"""HistGradientBoostingClassifier and HistGradientBoostingRegressor."""

import boosting_checks as checks
import numpy as np
import pandas as pd
import pytest
from boosting_checks import SETS, check_classifier, check_regressor, fit, named, rows
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_checks import report
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler
from strategies import CORNERS, grow, kinds, quick, seeds, shapes, thresholds

from emlrt import Model, UnsupportedModelError

SMALL = {"max_iter": 8, "max_leaf_nodes": 15, "random_state": 0}
CLASSIFIERS = {
    "default": {},
    "deep": {"max_leaf_nodes": None, "min_samples_leaf": 2},
    "early": {"early_stopping": True, "max_iter": 40, "n_iter_no_change": 2},
    "monotonic": {"monotonic_cst": (1, -1)},
    "pairs": {"interaction_cst": [[0, 1], [1, 2, 3]]},
    "some": {"max_features": 0.3, "l2_regularization": 3.0, "max_bins": 9},
}
LOSSES = ("squared_error", "absolute_error", "gamma", "poisson", "quantile")


def chosen(options, n_features):
    """Options by name, with a number for each feature where one is needed."""
    found = dict(CLASSIFIERS[options])
    if "monotonic_cst" in found:
        rest = (0,) * (n_features - 2)
        found["monotonic_cst"] = found["monotonic_cst"] + rest
    return found


def classifier(**options):
    return HistGradientBoostingClassifier(**{**SMALL, **options})


def regressor(**options):
    return HistGradientBoostingRegressor(**{**SMALL, **options})


#: scikit-learn takes monotonic features with two classes only.
CASES = [
    (name, options)
    for name in SETS
    for options in CLASSIFIERS
    if options != "monotonic" or name == "breast_cancer"
]


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize(("name", "options"), CASES)
def test_classifiers(name, options, missing):
    X, y = rows(name)
    X = checks.holes(X) if missing else X
    estimator = classifier(**chosen(options, X.shape[1]))
    fit(estimator, X[:600], named(y[:600]))
    model = check_classifier(estimator, X, f"{name} {options}")
    assert model.program.missing


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_regressors(loss, missing):
    X, y = rows("diabetes")
    X = checks.holes(X) if missing else X
    quantile = 0.3 if loss == "quantile" else None
    estimator = fit(regressor(loss=loss, quantile=quantile), X, y)
    check_regressor(estimator, X, loss, log=loss in ("gamma", "poisson"))


@pytest.mark.parametrize("options", [o for o in CLASSIFIERS if o != "default"])
def test_regressors_options(options):
    X, y = rows("diabetes")
    estimator = regressor(**chosen(options, X.shape[1]))
    check_regressor(fit(estimator, X, y), X, options)


def test_missing_values_at_predict_time_only():
    X, y = rows("wine")
    estimator = fit(classifier(), X, y)
    gone = np.full_like(X[:1], np.nan)
    for unseen in (checks.holes(X), gone):
        check_classifier(estimator, unseen, "unseen holes")


def test_infinities_go_where_the_original_sends_them():
    X, y = rows("diabetes")
    X = checks.holes(X)
    for column, sign in ((2, 1), (8, -1)):
        X[::3, column] = sign * np.inf
    estimator = fit(regressor(), X, y)
    found = checks.scores(Model.from_sklearn(estimator), X)[:, 0]
    assert abs(found - estimator.predict(X)).max() <= 8 * np.spacing(np.float32(350))


# Categories

LEVELS = (2, 3, 5, 10, 17, 40, 80, 120, 200, 255)


def categorical(n=1500, seed=0):
    """10 columns of categories, 4 of numbers, 30 % missing; and targets."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, k, n) for k in LEVELS])
    X = np.hstack([codes, rng.normal(size=(n, 4))]).astype(np.float32)
    y = np.sin(X[:, 8]) + X[:, 10] + (X[:, 3] % 3) + (X[:, 1] == 2)
    return checks.holes(X, seed=seed), y


#: Whole numbers, with gaps, below 0, with fractions, and far beyond 255.
SPELLINGS = {
    "codes": lambda c: c,
    "gaps": lambda c: c * 7 - 300,
    "fractions": lambda c: c / np.float32(8) - np.float32(3.1),
    "large": lambda c: c * np.float32(1e7) + np.float32(3e8),
}


def odd(X, spelling, seed=1):
    """Rows with categories that no row had: between, beyond, below, missing."""
    rng = np.random.default_rng(seed)
    X = X.copy()
    k = len(LEVELS)
    steps = np.array([0, 0, 0.5, 300, -1, -5, 1e-3, 1e9, np.nan], np.float32)
    X[:, :k] += rng.choice(steps, (len(X), k))
    X[rng.random(X.shape) < 0.05] = -0.0
    return X


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_categories(spelling):
    X, y = categorical()
    k = len(LEVELS)
    X[:, :k] = SPELLINGS[spelling](X[:, :k])
    first = np.arange(X.shape[1]) < k
    for estimator, target in (
        (classifier(categorical_features=first, max_iter=30), y > 1),
        (classifier(categorical_features=[0, 3, 9]), np.floor(y).astype(int) % 5),
    ):
        fit(estimator, X, target)
        check_classifier(estimator, X, spelling)
        model = check_classifier(estimator, odd(X, spelling), f"odd {spelling}")
        assert any(s.name.endswith("c") for s in model.stages)
    estimator = fit(regressor(categorical_features=[8, 1, 5], max_bins=200), X, y)
    check_regressor(estimator, X, spelling)
    check_regressor(estimator, odd(X, spelling), f"odd {spelling}")


def test_categories_that_no_float32_equals():
    """scikit-learn knows 0.1 in float64; a row of float32 arrays never has it."""
    X, y = categorical(400)
    X = X.astype(np.float64)
    X[:, 2] *= 0.1
    estimator = regressor(categorical_features=[2, 4]).fit(X, y)
    model = Model.from_sklearn(estimator, rows="float32")
    check_regressor(estimator, X.astype(np.float32), "0.1", model=model)


def test_categories_stand_alone():
    X, y = categorical(400)
    X = X[:, [3]]
    check_regressor(fit(regressor(categorical_features=[0]), X, y), X, "alone")


def test_data_frames_of_numeric_categories(tmp_path):
    X, y = categorical(600)
    frame = pd.DataFrame(X.astype(float), columns=[f"x{i}" for i in range(14)])
    for name in ("x1", "x4", "x8", "x11"):
        frame[name] = frame[name].round(1).astype("category")
    estimator = regressor().fit(frame, y)  # categories from the dtypes
    assert estimator.is_categorical_.sum() == 4
    model = Model.from_sklearn(estimator, golden=frame[:4])
    assert model.feature_names_in_.tolist() == frame.columns.tolist()
    expected = estimator.predict(frame)
    unit = np.spacing(np.float32(abs(expected).max()))
    assert abs(model.predict(frame) - expected).max() <= 8 * unit
    with pytest.raises(ValueError, match="another order"):
        model.predict(frame[frame.columns[::-1]])


def test_categories_that_are_no_numbers_are_refused():
    X, y = categorical(200)
    frame = pd.DataFrame({"a": X[:, 10], "b": named(X[:, 0])})
    frame["b"] = frame["b"].astype("category")
    with pytest.raises(UnsupportedModelError, match=r"'class.*no number.*outside"):
        Model.from_sklearn(regressor().fit(frame, y))


def test_encodings_of_categories():
    X, y = categorical(600)
    estimator = fit(classifier(categorical_features=[1, 5, 8]), X, y > 1)
    checks.check_encodings(estimator, X, ["bins"])
    with pytest.raises(ValueError, match="cannot hold categorical splits"):
        Model.from_sklearn(estimator, encoding="direct")


def test_integer_categories(tmp_path):
    X, y = categorical(600)
    X = np.nan_to_num(X[:, :9])
    estimator = fit(regressor(categorical_features=[1, 5, 8]), X, y)
    for dtype in ("uint8", "int16"):
        model = Model.from_sklearn(estimator, dtype=dtype, X=X)
        check_regressor(estimator, X, dtype, model=model)
    checks.check_kept(estimator, X, tmp_path)


# Options


def boosted(name):
    X, y = rows(name)
    make = regressor if name == "diabetes" else classifier
    X = X if name == "digits" else checks.holes(X)
    return fit(make(), X[:600], y[:600]), X


@pytest.mark.parametrize("name", [*SETS, "diabetes"])
def test_options(name, tmp_path):
    estimator, X = boosted(name)
    checks.check_encodings(estimator, X)
    checks.check_encodings(estimator, X, leaf_bits=16)
    checks.check_encodings(estimator, X, sums="float32")
    checks.check_leaf_bits(estimator, X, estimator._raw_predict(X))
    checks.check_kept(estimator, X, tmp_path)


@pytest.mark.parametrize("name", ["digits", "diabetes"])
def test_sums_of_floats_are_added_in_order(name):
    estimator, X = boosted(name)
    total = estimator._baseline_prediction.astype(np.float32).repeat(len(X), 0)
    before = estimator._baseline_prediction.repeat(len(X), 0)
    for after in estimator._staged_raw_predict(X):
        total += (after - before).astype(np.float32)
        before = after.copy()
    found = checks.scores(Model.from_sklearn(estimator, sums="float32"), X)
    largest = np.spacing(np.float32(abs(before).max()))
    assert abs(found - total).max() <= 2 * largest


@pytest.mark.parametrize("dtype", ["int16", "uint8"])
def test_integers(dtype):
    X, y = rows("digits")
    estimator = fit(classifier(), X[:600], y[:600])
    model = Model.from_sklearn(estimator, dtype=dtype, X=X)
    check_classifier(estimator, X, dtype, model=model)
    usual = checks.scores(Model.from_sklearn(estimator), X)
    checks.same_bits(checks.scores(model, X), usual)


# Within other estimators


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("name", ["breast_cancer", "wine"])
def test_behind_scalers(name, missing):
    """Thresholds may be training rows' own numbers, which only float64 tells."""
    X, y = rows(name)
    X = checks.holes(X) if missing else X
    columns = make_column_transformer(
        (StandardScaler(), slice(3, None)), (MinMaxScaler(), [0, 2])
    )
    deep = classifier(max_leaf_nodes=None, min_samples_leaf=1)
    for before in (StandardScaler(), MinMaxScaler((-1, 3)), columns):
        whole = fit(make_pipeline(before, deep), X, named(y))
        model = check_classifier(whole, X, type(before).__name__)
        assert {s.name[:5] for s in model.stages} <= {"bucke", "trees"}


def test_behind_what_is_computed():
    """Rows that thresholds were taken from go left, whatever float32 makes of them."""
    X, y = rows("breast_cancer")
    deep = classifier(max_leaf_nodes=None, min_samples_leaf=1)
    whole = fit(make_pipeline(FunctionTransformer(np.log1p), deep), X, y)
    check_classifier(whole, X, "logarithms")
    projection = PCA(4).fit(X.astype(float))
    deep.fit(projection.transform(X.astype(float)), y)
    whole = Pipeline([("projection", projection), ("boosted", deep)])
    model = Model.from_sklearn(whole)
    raw = whole.decision_function(X.astype(float))
    assert (abs(model.decision_function(X) - raw) < 1e-5).mean() > 0.97


def test_categories_behind_scalers_of_other_columns():
    X, y = categorical(800)
    before = make_column_transformer(
        (StandardScaler(), slice(10, 14)), ("passthrough", [1, 4, 8])
    )
    whole = make_pipeline(before, regressor(categorical_features=[4, 5, 6]))
    fit(whole, X, y)
    check_regressor(whole, X, "categories behind scalers")


SCALERS = {
    "standard": StandardScaler(),
    "min-max": MinMaxScaler((-3, 4)),
    "two": make_pipeline(MinMaxScaler(), FunctionTransformer(np.sqrt)),
    "negative": FunctionTransformer(np.negative),
}


@pytest.mark.parametrize("levels", [1, 2, 200])
@pytest.mark.parametrize("scaler", SCALERS)
def test_categories_that_are_scaled_themselves(scaler, levels):
    """No float32 equals most of them; what comes next to one is that one."""
    X, y = categorical(800)
    X[:, 8] = np.where(np.isnan(X[:, 8]), np.nan, X[:, 8] % levels)
    estimator = regressor(categorical_features=[1, 4, 8])
    whole = fit(make_pipeline(SCALERS[scaler], estimator), X, y)
    check_regressor(whole, X, "scaled categories")
    # Half-way between two of them there is none.
    unknown = X.copy()
    unknown[:, [1, 4, 8]] += np.float32(0.5)
    if scaler != "two":  # whose root takes nothing below 0
        check_regressor(whole, unknown, "between scaled categories")


def test_parts_of_other_classifiers():
    X, y = rows("wine")
    X = StandardScaler().fit_transform(X).astype(np.float32)
    parts = [("boosted", classifier()), ("linear", LogisticRegression())]
    for whole in (
        VotingClassifier(parts, voting="soft"),
        StackingClassifier(parts, cv=2),
        CalibratedClassifierCV(classifier(), cv=2),
    ):
        model = Model.from_sklearn(fit(whole, X, named(y)))
        np.testing.assert_array_equal(model.predict(X), whole.predict(X))
        error = abs(model.predict_proba(X) - whole.predict_proba(X)).max()
        assert error <= 2e-6, error


# Trees of any shape


def predictor(rng, n_splits, columns, levels, kind, shape, scale):
    """A made-up tree. levels: categories of each feature, 0 for numbers."""
    left, right = grow(rng, n_splits, shape)
    n, split = left.size, left >= 0
    nodes = np.zeros(n, PREDICTOR_RECORD_DTYPE)
    nodes["left"], nodes["right"] = left.clip(0), right.clip(0)
    nodes["is_leaf"] = ~split
    nodes["feature_idx"] = rng.integers(0, columns, n)
    nodes["num_threshold"] = thresholds(rng, n, kind)
    nodes["missing_go_to_left"] = rng.random(n) < 0.5
    nodes["value"] = rng.normal(size=n) * scale
    coded = split & (levels[nodes["feature_idx"]] > 0)
    nodes["is_categorical"] = coded
    nodes["bitset_idx"][coded] = np.arange(coded.sum())
    bits = rng.integers(0, 2**32, (coded.sum(), 8), dtype=np.uint32)
    return TreePredictor(nodes, bits, bits)


def synthetic(rng, counts, levels, kind, shape, scale):
    """A boosted model of made-up trees; counts: splits of each, (rounds, scores)."""
    columns, n_scores = levels.size, counts.shape[1]
    coded = np.flatnonzero(levels)
    X = rng.normal(size=(300, columns))
    for k in coded:
        X[:, k] = rng.permutation(np.arange(300) % levels[k])
    options = {"max_iter": 1, "early_stopping": False}
    options["categorical_features"] = coded if coded.size else None
    if n_scores == 1 and rng.random() < 0.5:
        whole = regressor(**options).fit(X, rng.normal(size=300))
    else:
        whole = classifier(**options).fit(X, np.arange(300) % max(2, n_scores))
    # Trees know features with the categorical ones first.
    levels = levels[np.concatenate([coded, np.flatnonzero(levels == 0)])]
    whole._predictors = [
        [predictor(rng, int(n), columns, levels, kind, shape, scale) for n in one_round]
        for one_round in counts
    ]
    base = rng.normal(size=(1, n_scores)) * scale
    whole._baseline_prediction = base * (rng.random() < 0.8)
    return whole


def odd_rows(rng, estimator, levels, n):
    """On thresholds, beside them, odd, infinite and missing; odd categories."""
    X = rng.normal(size=(n, levels.size)).astype(np.float32)
    trees = [p.nodes for each in estimator._predictors for p in each]
    t = np.concatenate([nodes["num_threshold"] for nodes in trees])
    with np.errstate(over="ignore"):
        t = t.astype(np.float32)
        special = [*CORNERS, np.nan, np.inf, -np.inf]
        near = np.concatenate([t, np.nextafter(t, -np.float32(1)), special])
    near = near.astype(np.float32)
    at = rng.random(X.shape) < 0.7
    X[at] = rng.choice(near, at.sum())
    for k in np.flatnonzero(levels):
        X[:, k] = rng.integers(-2, levels[k] + 3, n)
        X[:, k] += rng.choice(np.float32([0, 0, 0, 0.5, np.nan]), n)
    return X


@st.composite
def models(draw):
    rng = np.random.default_rng(draw(seeds))
    n_scores = draw(st.sampled_from([1, 1, 3, 10]))
    counts = rng.integers(
        0, draw(st.sampled_from([1, 4, 30])), (draw(st.integers(1, 6)), n_scores)
    )
    levels = rng.integers(2, 200, draw(st.integers(1, 7)))
    levels *= rng.random(levels.size) < draw(st.sampled_from([0, 0.5]))
    scale = 10.0 ** draw(st.integers(-30, 30))
    whole = synthetic(rng, counts, levels, draw(kinds), draw(shapes), scale)
    return whole, odd_rows(rng, whole, levels, 60)


@settings(quick, max_examples=draws(220))
@given(models())
def test_any_trees(made):
    estimator, X = made
    X64 = X.astype(np.float64)
    stages = checks.partial_sums(estimator, X64)
    largest = max(abs(s).max() for s in stages)
    model = Model.from_sklearn(estimator, rows="float32")
    raw = estimator._raw_predict(X64)
    found = checks.scores(model, X)  # the runtime takes infinities
    checks.check_raw(estimator, raw, found, largest, "any trees")
    finite = X[np.isfinite(X).all(axis=1) | np.isnan(X).any(axis=1)]
    finite[np.isinf(finite)] = 1
    check = check_regressor
    if isinstance(estimator, HistGradientBoostingClassifier):
        check = check_classifier
    check(estimator, finite, "any trees", model=model)
    sets = estimator.is_categorical_ is not None
    checks.check_encodings(estimator, X, [] if sets else ["direct"])


def test_one_class_is_refused():
    """scikit-learn gives it two columns of probabilities."""
    X, _ = rows("wine")
    estimator = fit(classifier(), X, np.full(len(X), "only"))
    with pytest.raises(UnsupportedModelError, match="one class, 'only'"):
        Model.from_sklearn(estimator)


def test_report(record_property):
    names = ["HistGradientBoostingClassifier", "HistGradientBoostingRegressor"]
    report(names, record_property)
