# SPDX-License-Identifier: MIT
"""AdaBoostClassifier and AdaBoostRegressor."""

import boosting_checks as checks
import numpy as np
import pytest
from boosting_checks import SETS, check_classifier, fit, named, rows
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_checks import check_firmware, check_methods, note, report
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)
from strategies import LARGEST, quick, rows_for, seeds

from emlrt import Model, UnsupportedModelError

SMALL = {"n_estimators": 8, "random_state": 0}
CLASSIFIERS = {
    "stumps": {"n_estimators": 40},
    "slow": {"learning_rate": 0.1},
    "fast": {"learning_rate": 3.0},
    "trees": {"estimator": DecisionTreeClassifier(max_depth=3)},
    "extra": {"estimator": ExtraTreeClassifier(max_depth=4, random_state=0)},
    "best": {"estimator": DecisionTreeClassifier(min_samples_leaf=1)},
}
#: Classifiers that AdaBoost takes, on standardized data.
OTHERS = {
    "logistic": LogisticRegression(),
    "bayes": GaussianNB(var_smoothing=1e-3),
    "machine": SVC(gamma=0.05),
    "forest": RandomForestClassifier(3, max_depth=2, random_state=0),
}
TREES = {
    "stump": DecisionTreeRegressor(max_depth=1),
    "usual": None,
    "extra": ExtraTreeRegressor(max_depth=4, random_state=0),
}
REGRESSORS = {
    "linear": LinearRegression(),
    "ridge": Ridge(3.0),
    "forest": RandomForestRegressor(3, max_depth=3, random_state=0),
    "scaled": make_pipeline(StandardScaler(), DecisionTreeRegressor(max_depth=3)),
}


def standard(name, dtype=np.float32):
    X, y = rows(name)
    return StandardScaler().fit_transform(X.astype(np.float64)).astype(dtype), y


# Classifiers


@pytest.mark.parametrize("options", CLASSIFIERS)
@pytest.mark.parametrize("name", SETS)
def test_trees(name, options):
    X, y = rows(name)
    estimator = AdaBoostClassifier(**{**SMALL, **CLASSIFIERS[options]})
    fit(estimator, X[:600], named(y[:600]))
    model = check_classifier(estimator, X, f"{name} {options}")
    assert len(model.stages) <= 2  # whatever the number of classes


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("name", SETS)
def test_other_classifiers(name, kind):
    X, y = standard(name)
    estimator = AdaBoostClassifier(OTHERS[kind], n_estimators=3, random_state=0)
    fit(estimator, X[:400], named(y[:400]))
    check_classifier(estimator, X, f"{name} {kind}")


def test_trees_that_are_not_plain():
    X, y = rows("wine")
    pipeline = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=2))

    class Weighted(type(pipeline)):
        def fit(self, X, y, sample_weight=None):
            return super().fit(
                X, y, decisiontreeclassifier__sample_weight=sample_weight
            )

    estimator = AdaBoostClassifier(Weighted(pipeline.steps), **SMALL)
    check_classifier(fit(estimator, X, y), X, "pipelines")


def test_one_class():
    X, _ = rows("wine")
    estimator = fit(AdaBoostClassifier(**SMALL), X, np.full(len(X), "only"))
    model = Model.from_sklearn(estimator)
    check_methods(estimator, model)
    for method in ("predict", "predict_proba", "predict_log_proba"):
        expected = getattr(estimator, method)(X)
        found = getattr(model, method)(X)
        np.testing.assert_array_equal(found, expected)
    found = model.decision_function(X)
    np.testing.assert_array_equal(found, estimator.decision_function(X))


def test_equal_weights_of_two_are_the_first_class():
    """Two trees that disagree, of the same weight, as the original decides."""
    X = np.arange(8.0, dtype=np.float32)[:, None]
    y = np.arange(8) % 2
    estimator = fit(AdaBoostClassifier(DecisionTreeClassifier(), n_estimators=1), X, y)
    against = DecisionTreeClassifier().fit(X, 1 - y)
    estimator.estimators_.append(against)
    for weight in (1.0, 0.1, 1 / 3, 1e-9):
        estimator.estimator_weights_ = np.full(2, weight)
        np.testing.assert_array_equal(estimator.predict(X), np.zeros(8))
        model = check_classifier(estimator, X, "ties")
        np.testing.assert_array_equal(model.predict(X), np.zeros(8))


def test_weights_of_nothing_are_refused():
    X, y = rows("wine")
    estimator = fit(AdaBoostClassifier(**SMALL), X, y)
    estimator.estimator_weights_[:] = 0
    with pytest.raises(UnsupportedModelError, match=r"weights that add up to 0\.0"):
        Model.from_sklearn(estimator)


@pytest.mark.parametrize("name", SETS)
def test_options(name, tmp_path):
    X, y = rows(name)
    tree = DecisionTreeClassifier(max_depth=3)
    estimator = fit(AdaBoostClassifier(tree, **SMALL), X[:600], y[:600])
    checks.check_encodings(estimator, X)
    checks.check_encodings(estimator, X, leaf_bits=8)
    checks.check_encodings(estimator, X, sums="float32")
    raw = checks.column(estimator.decision_function(X.astype(float)))
    k = raw.shape[1]  # decisions are k - 1 times the scores
    checks.check_leaf_bits(estimator, X, raw / max(1, k - 1))
    checks.check_kept(estimator, X, tmp_path)
    check_classifier(
        estimator, X, "floats", model=Model.from_sklearn(estimator, sums="float32")
    )


@pytest.mark.parametrize("dtype", ["int16", "uint8"])
def test_integers(dtype):
    X, y = rows("digits")
    tree = DecisionTreeClassifier(max_depth=3)
    estimator = fit(AdaBoostClassifier(tree, **SMALL), X[:600], y[:600])
    model = Model.from_sklearn(estimator, dtype=dtype, X=X)
    check_classifier(estimator, X, dtype, model=model)
    usual = checks.scores(Model.from_sklearn(estimator), X)
    checks.same_bits(checks.scores(model, X), usual)


def test_within_others():
    X, y = rows("wine")
    columns = make_column_transformer(
        (StandardScaler(), slice(3, None)), (MinMaxScaler(), [0, 2])
    )
    for before in (StandardScaler(), MinMaxScaler(), columns):
        whole = fit(make_pipeline(before, AdaBoostClassifier(**SMALL)), X, y)
        check_classifier(whole, X, "behind scalers")
    X, y = standard("wine")
    parts = [("boosted", AdaBoostClassifier(**SMALL)), ("linear", LogisticRegression())]
    for whole in (
        VotingClassifier(parts, voting="soft"),
        StackingClassifier(parts, cv=2),
        CalibratedClassifierCV(AdaBoostClassifier(**SMALL), cv=2),
    ):
        model = Model.from_sklearn(fit(whole, X, named(y)))
        np.testing.assert_array_equal(model.predict(X), whole.predict(X))
        error = abs(model.predict_proba(X) - whole.predict_proba(X)).max()
        assert error <= 2e-6, error


# Regressors


def check_median(estimator, X, where="", model=None):
    """The estimator that scikit-learn picks, unless others are as near as float32
    can tell."""
    model = model or Model.from_sklearn(estimator)
    check_methods(estimator, model)
    X64 = X.astype(np.float64)
    expected, found = estimator.predict(X64), model.predict(X)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    each = np.stack([member.predict(X64) for member in estimator.estimators_], axis=1)
    unit = np.spacing(np.float32(abs(each).max())).astype(np.float64)
    allowed = np.maximum(checks.RELATIVE * abs(expected), checks.UNITS * unit)
    error = abs(found - expected)
    note(estimator, "values, in units", (error / unit).max(initial=0.0), where)
    picked = abs(each - found[:, None]).min(axis=1)
    assert (picked <= 2 * allowed).all()
    assert (error <= allowed).all(), (error / unit).max()
    check_firmware(model, np.ascontiguousarray(X[:7], model.input_dtype))
    return model


@pytest.mark.parametrize("loss", ["linear", "square", "exponential"])
@pytest.mark.parametrize("kind", [*TREES, *REGRESSORS])
def test_regressors(kind, loss):
    X, y = rows("diabetes")
    n = 25 if kind in TREES else 6
    member = {**TREES, **REGRESSORS}[kind]
    estimator = AdaBoostRegressor(member, n_estimators=n, loss=loss, random_state=0)
    check_median(fit(estimator, X, y), X, f"{kind} {loss}")


@pytest.mark.parametrize("learning_rate", [1e-3, 0.1, 5.0])
def test_weights_of_regressors(learning_rate):
    X, y = rows("diabetes")
    estimator = AdaBoostRegressor(**SMALL, learning_rate=learning_rate)
    check_median(fit(estimator, X, y), X, f"rate {learning_rate}")


def test_medians_that_weights_divide_evenly():
    """Half of all weights is enough for the lower one, as scikit-learn has it."""
    X, y = rows("diabetes")
    estimator = fit(AdaBoostRegressor(n_estimators=4, random_state=0), X, y)
    for weights in (
        [1, 1, 1, 1],
        [0.25, 0.25, 0.25, 0.75],
        [0.5, 0.125, 0.25, 0.125],
        [3, 1, 2, 2],
        [1e-9, 1, 1, 1e-9],
        [0, 0, 1, 1],
        [7e20, 7e20, 0, 0],
        [2e-30, 1e-30, 3e-30, 2e-30],
    ):
        estimator.estimator_weights_ = np.array(weights, float)
        check_median(estimator, X, f"weights {weights}")


def test_a_single_regressor_has_no_weight():
    """scikit-learn keeps one that is worse than the mean, with the weight 0."""
    X, y = rows("diabetes")
    noise = np.random.default_rng(0).permutation(y)
    member = DecisionTreeRegressor(max_depth=1, max_features=1, random_state=0)
    estimator = AdaBoostRegressor(member, n_estimators=5, random_state=0)
    fit(estimator, X, np.where(noise > 150, 1.0, 0.0))
    estimator.estimators_ = estimator.estimators_[:1]
    estimator.estimator_weights_[:] = 0
    check_median(estimator, X, "no weight")


def test_perfect_members_end_boosting():
    X, y = rows("diabetes")
    X, y = X[:40].copy(), np.sign(X[:40, 1])
    for cls in (AdaBoostClassifier, AdaBoostRegressor):
        estimator = fit(cls(**SMALL), X, y)
        assert len(estimator.estimators_) < 8
        if cls is AdaBoostClassifier:
            check_classifier(estimator, X, "perfect")
        else:
            check_median(estimator, X, "perfect")


def test_options_of_regressors(tmp_path):
    X, y = rows("diabetes")
    estimator = fit(AdaBoostRegressor(**SMALL), X, y)
    checks.check_encodings(estimator, X)
    checks.check_encodings(estimator, X, leaf_bits=16)
    checks.check_encodings(estimator, X, sums="float32")
    checks.check_kept(estimator, X, tmp_path)
    each = np.stack([m.predict(X.astype(float)) for m in estimator.estimators_])
    for bits in (16, 8):
        model = Model.from_sklearn(estimator, leaf_bits=bits)
        error = abs(model.predict(X) - estimator.predict(X.astype(float))).max()
        assert error <= abs(each).max() * 2.0 ** (2 - bits)


def test_regressors_on_integers():
    X, y = rows("digits")
    estimator = fit(AdaBoostRegressor(**SMALL), X, y)
    for dtype in ("int16", "uint8"):
        model = Model.from_sklearn(estimator, dtype=dtype, X=X)
        check_median(estimator, X, dtype, model=model)


def test_regressors_within_others():
    X, y = rows("diabetes")
    for before in (StandardScaler(), MinMaxScaler()):
        whole = fit(make_pipeline(before, AdaBoostRegressor(**SMALL)), X, y)
        model, unit = Model.from_sklearn(whole), np.spacing(np.float32(346))
        error = abs(model.predict(X) - whole.predict(X.astype(float))).max()
        assert error <= checks.UNITS * unit
    parts = [("boosted", AdaBoostRegressor(**SMALL)), ("line", LinearRegression())]
    for whole in (VotingRegressor(parts), StackingRegressor(parts, cv=2)):
        model = Model.from_sklearn(fit(whole, X, y))
        error = abs(model.predict(X) - whole.predict(X.astype(float))).max()
        assert error <= 1e-6 * abs(y).max(), error


def test_missing_values_are_refused_as_in_the_original():
    X, y = rows("wine")
    for cls in (AdaBoostClassifier, AdaBoostRegressor):
        model = Model.from_sklearn(fit(cls(**SMALL), X, y))
        with pytest.raises(ValueError, match=r"NaN.*not accept; impute"):
            model.predict(checks.holes(X))


# Any data


def data(draw):
    """Rows of any scale, integers so that rows meet thresholds, or both."""
    rng = np.random.default_rng(draw(seeds))
    n, columns = draw(st.integers(4, 60)), draw(st.integers(1, 6))
    x = rng.normal(size=(n, columns))
    if draw(st.booleans()):
        x = 2.0 * rng.integers(-3, 4, x.shape)  # thresholds are integers, too
    x *= 10.0 ** draw(st.integers(-30, 30))
    return rng, x.clip(-LARGEST, LARGEST).astype(np.float32)


def unseen(rng, estimator, X):
    """On the thresholds and beside them; without what the original refuses."""
    found = np.concatenate([X, rows_for(rng, estimator, 50)])
    found[~np.isfinite(found)] = 0
    return found


@st.composite
def classifiers(draw):
    rng, X = data(draw)
    y = rng.integers(0, draw(st.sampled_from([1, 2, 2, 3, 10])), len(X))
    tree = DecisionTreeClassifier(max_depth=draw(st.integers(1, 4)), random_state=0)
    estimator = AdaBoostClassifier(
        tree,
        n_estimators=draw(st.integers(1, 12)),
        learning_rate=draw(st.sampled_from([1.0, 0.03, 2.0])),
        random_state=0,
    )
    return estimator, X, y, rng


@pytest.mark.filterwarnings("ignore:invalid value")  # of numpy's, within checks
@settings(quick, max_examples=draws(220))
@given(classifiers())
def test_any_classifiers(made):
    estimator, X, y, rng = made
    try:
        fit(estimator, X, y)
    except ValueError:  # a first member that is worse than chance
        return
    X = unseen(rng, estimator, X)
    if len(estimator.classes_) == 1:
        model = Model.from_sklearn(estimator)
        np.testing.assert_array_equal(model.predict(X), estimator.predict(X))
        return
    check_classifier(estimator, X, "any data")
    checks.check_encodings(estimator, X, ["direct"])


@st.composite
def regressors(draw):
    rng, X = data(draw)
    y = rng.normal(size=len(X)) * 10.0 ** draw(st.integers(-30, 30))
    if draw(st.booleans()):
        y = np.round(y / abs(y).max() * 3)
    tree = DecisionTreeRegressor(max_depth=draw(st.integers(1, 4)), random_state=0)
    estimator = AdaBoostRegressor(
        tree,
        n_estimators=draw(st.integers(1, 12)),
        loss=draw(st.sampled_from(["linear", "square", "exponential"])),
        random_state=0,
    )
    return estimator, X, y, rng


@pytest.mark.filterwarnings("ignore:invalid value")  # of numpy's, within checks
@settings(quick, max_examples=draws(220))
@given(regressors())
def test_any_regressors(made):
    estimator, X, y, rng = made
    fit(estimator, X, y)
    X = unseen(rng, estimator, X)
    check_median(estimator, X, "any data")
    checks.check_encodings(estimator, X, ["direct"])


def test_report(record_property):
    report(["AdaBoostClassifier", "AdaBoostRegressor"], record_property)
