# SPDX-License-Identifier: MIT
"""GradientBoostingClassifier and GradientBoostingRegressor."""

import boosting_checks as checks
import numpy as np
import pytest
from boosting_checks import SETS, check_classifier, check_regressor, fit, named, rows
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_checks import report
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeRegressor
from strategies import kinds, make_tree, quick, rows_for, seeds, shapes

from emlrt import Model, UnsupportedModelError

SMALL = {"n_estimators": 6, "max_depth": 3, "random_state": 0}
CLASSIFIERS = {
    "default": {},
    "zero": {"init": "zero"},
    "subsample": {"subsample": 0.5, "max_features": 0.5, "learning_rate": 0.3},
    "early": {"n_iter_no_change": 2, "n_estimators": 30, "tol": 0.1},
    "leaves": {"max_leaf_nodes": 5, "max_depth": None},
}
REGRESSORS = {
    **CLASSIFIERS,
    "absolute": {"loss": "absolute_error"},
    "huber": {"loss": "huber", "alpha": 0.7},
    "quantile": {"loss": "quantile", "alpha": 0.2},
    "mean": {"init": DummyRegressor()},
    "median": {"init": DummyRegressor(strategy="median")},
    "constant": {"init": DummyRegressor(strategy="constant", constant=-3.5)},
    "linear": {"init": LinearRegression()},
    "forest": {"init": RandomForestRegressor(3, max_depth=3, random_state=0)},
    "pipeline": {"init": make_pipeline(StandardScaler(), LinearRegression())},
    "stumps": {"max_depth": 1, "n_estimators": 60},
}


@pytest.mark.parametrize("options", CLASSIFIERS)
@pytest.mark.parametrize("name", SETS)
def test_classifiers(name, options):
    X, y = rows(name)
    estimator = GradientBoostingClassifier(**{**SMALL, **CLASSIFIERS[options]})
    if name == "digits":
        X, y = X[:600], y[:600]
    check_classifier(fit(estimator, X, named(y)), rows(name)[0], f"{name} {options}")


@pytest.mark.parametrize("options", REGRESSORS)
def test_regressors(options):
    X, y = rows("diabetes")
    estimator = GradientBoostingRegressor(**{**SMALL, **REGRESSORS[options]})
    check_regressor(fit(estimator, X, y), X, options)


TWO = {
    "exponential": {"loss": "exponential"},
    "exponential, zero": {"loss": "exponential", "init": "zero"},
    "prior": {"init": DummyClassifier(strategy="prior")},
    "uniform": {"init": DummyClassifier(strategy="uniform", random_state=0)},
}


@pytest.mark.parametrize("options", TWO)
def test_two_classes(options):
    X, y = rows("breast_cancer")
    estimator = GradientBoostingClassifier(**{**SMALL, **TWO[options]})
    check_classifier(fit(estimator, X, y > 0), X, options)


@pytest.mark.parametrize("strategy", ["prior", "uniform"])
def test_constant_starts_of_many_classes(strategy):
    X, y = rows("wine")
    init = DummyClassifier(strategy=strategy, random_state=0)
    estimator = GradientBoostingClassifier(**SMALL, init=init)
    check_classifier(fit(estimator, X, y), X, strategy)


@pytest.mark.parametrize("name", ["wine", "breast_cancer"])
def test_classifiers_that_start_from_rows_are_refused(name):
    X, y = rows(name)
    for init in (
        LogisticRegression(),
        DummyClassifier(strategy="stratified"),
    ):
        estimator = GradientBoostingClassifier(**SMALL, init=init)
        estimator.fit(MinMaxScaler().fit_transform(X), y)
        with pytest.raises(UnsupportedModelError, match=r"init=.*use init=None or"):
            Model.from_sklearn(estimator)


def test_warm_start():
    X, y = rows("diabetes")
    estimator = GradientBoostingRegressor(**SMALL, warm_start=True)
    first = Model.from_sklearn(fit(estimator, X, y))
    estimator.set_params(n_estimators=9)
    second = check_regressor(fit(estimator, X, y), X, "warm")
    assert first.nbytes < second.nbytes


def test_sample_weight():
    X, y = rows("breast_cancer")
    weight = np.random.default_rng(0).integers(0, 4, len(X))
    estimator = GradientBoostingClassifier(**SMALL)
    check_classifier(fit(estimator, X, y, sample_weight=weight), X, "weighted")


def test_missing_values_are_refused_as_in_the_original():
    X, y = rows("wine")
    model = Model.from_sklearn(fit(GradientBoostingClassifier(**SMALL), X, y))
    with pytest.raises(ValueError, match=r"NaN.*not accept; impute"):
        model.predict(checks.holes(X))


# Options


def boosted(name):
    X, y = rows(name)
    regressor = name == "diabetes"
    cls = GradientBoostingRegressor if regressor else GradientBoostingClassifier
    return fit(cls(**SMALL), X[:600], y[:600]), X


@pytest.mark.parametrize("name", [*SETS, "diabetes"])
def test_encodings(name):
    estimator, X = boosted(name)
    checks.check_encodings(estimator, X)
    checks.check_encodings(estimator, X, leaf_bits=8)
    checks.check_encodings(estimator, X, sums="float32")


@pytest.mark.parametrize("name", [*SETS, "diabetes"])
def test_small_leaves(name):
    estimator, X = boosted(name)
    raw = estimator._raw_predict(X)
    checks.check_leaf_bits(estimator, X, raw)


@pytest.mark.parametrize("start", [None, "zero"])
def test_sums_of_floats_are_added_in_order(start):
    X, y = rows("diabetes")
    options = {**SMALL, "n_estimators": 60, "init": start}
    estimator = fit(GradientBoostingRegressor(**options), X, y)
    total = estimator._raw_predict_init(X)[:, 0].astype(np.float32)
    for (member,) in estimator.estimators_:
        total += (estimator.learning_rate * member.predict(X)).astype(np.float32)
    model = Model.from_sklearn(estimator, sums="float32")
    checks.same_bits(checks.scores(model, X)[:, 0], total)
    assert not np.any(model.leaf_error)
    exact = estimator.predict(X)
    assert abs(model.predict(X) - exact).max() <= 61 * np.spacing(np.float32(400))
    with pytest.raises(ValueError, match="leaf_bits=8 is for sums of integers"):
        Model.from_sklearn(estimator, sums="float32", leaf_bits=8)


@pytest.mark.parametrize("dtype", ["int16", "uint8"])
def test_integers(dtype):
    X, y = rows("digits")
    whole = fit(GradientBoostingClassifier(**SMALL), X[:600], y[:600])
    model = Model.from_sklearn(whole, dtype=dtype, X=X)
    check_classifier(whole, X, dtype, model=model)
    assert model.nbytes < Model.from_sklearn(whole, encoding="direct").nbytes
    checks.same_bits(
        checks.scores(model, X), checks.scores(Model.from_sklearn(whole), X)
    )
    with pytest.raises(ValueError, match="encoding='bins' is for float32"):
        Model.from_sklearn(whole, dtype=dtype, X=X, encoding="bins")


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "diabetes"])
def test_files(name, tmp_path):
    estimator, X = boosted(name)
    checks.check_kept(estimator, X, tmp_path)
    checks.check_kept(estimator, X, tmp_path, leaf_bits=8, encoding="bins")


# Within other estimators


def scaled(estimator, columns):
    """Behind scalers, of all columns and of some."""
    some = make_column_transformer(
        (StandardScaler(), slice(3, None)), (MinMaxScaler(), [0, 2])
    )
    return {
        "standard": make_pipeline(StandardScaler(), estimator),
        "min-max": make_pipeline(MinMaxScaler((-1, 3)), estimator),
        "columns": make_pipeline(some, estimator),
    }


@pytest.mark.parametrize("name", ["breast_cancer", "wine"])
def test_behind_scalers(name):
    X, y = rows(name)
    estimator = GradientBoostingClassifier(**SMALL)
    for kind, pipeline in scaled(estimator, X.shape[1]).items():
        fit(pipeline, X, named(y))
        model = check_classifier(pipeline, X, f"{kind} {name}")
        assert {s.name[:5] for s in model.stages} <= {"bucke", "trees"}, kind


def test_parts_of_other_classifiers():
    X, y = rows("wine")
    X = StandardScaler().fit_transform(X).astype(np.float32)
    parts = [
        ("boosted", GradientBoostingClassifier(**SMALL)),
        ("linear", LogisticRegression()),
    ]
    for cls, options in (
        (VotingClassifier, {"voting": "soft"}),
        (VotingClassifier, {"voting": "hard"}),
        (StackingClassifier, {"cv": 2}),
        (StackingClassifier, {"cv": 2, "stack_method": "decision_function"}),
    ):
        whole = fit(cls(parts, **options), X, named(y))
        model = Model.from_sklearn(whole)
        np.testing.assert_array_equal(model.predict(X), whole.predict(X))
        if hasattr(whole, "predict_proba"):
            error = abs(model.predict_proba(X) - whole.predict_proba(X)).max()
            assert error <= 2e-6, error


def test_parts_of_calibrated_classifiers():
    from sklearn.calibration import CalibratedClassifierCV

    for name in ("breast_cancer", "wine"):
        X, y = rows(name)
        for method in ("sigmoid", "isotonic"):
            estimator = GradientBoostingClassifier(**SMALL)
            whole = CalibratedClassifierCV(estimator, method=method, cv=2)
            model = Model.from_sklearn(fit(whole, X, y))
            error = abs(model.predict_proba(X) - whole.predict_proba(X)).max()
            assert error <= 2e-6, (name, method, error)


def test_parts_of_other_regressors():
    X, y = rows("diabetes")
    parts = [
        ("boosted", GradientBoostingRegressor(**SMALL)),
        ("line", LinearRegression()),
    ]
    for whole in (VotingRegressor(parts), StackingRegressor(parts, cv=2)):
        model = Model.from_sklearn(fit(whole, X, y))
        error = abs(model.predict(X) - whole.predict(X)).max()
        assert error <= 1e-6 * abs(y).max(), error


# Trees of any shape


def synthetic(rng, counts, columns, kind, shape, scale):
    """A boosted model of made-up trees; counts: splits of each, (rounds, scores)."""
    n_scores = counts.shape[1]
    X = rng.normal(size=(4 * n_scores, columns))
    if rng.random() < 0.5 and n_scores == 1:
        whole = GradientBoostingRegressor(n_estimators=1, max_depth=1)
        if rng.random() < 0.7:
            start = DummyRegressor(strategy="constant", constant=rng.normal() * scale)
            whole.set_params(init=start)
        whole.fit(X, rng.normal(size=len(X)))
    else:
        n_classes = 2 if n_scores == 1 else n_scores
        start = None if rng.random() < 0.5 else "zero"
        whole = GradientBoostingClassifier(n_estimators=1, max_depth=1, init=start)
        whole.fit(X, np.arange(len(X)) % n_classes)
    members = np.empty(counts.shape, object)
    for at, n_splits in np.ndenumerate(counts):
        member = DecisionTreeRegressor()
        member.n_features_in_, member.n_outputs_ = columns, 1
        member.tree_ = make_tree(
            rng,
            int(n_splits),
            columns,
            lambda n: rng.normal(size=(n, 1, 1)) * scale,
            kind,
            shape,
        )
        members[at] = member
    whole.estimators_, whole.n_estimators_ = members, len(members)
    whole.learning_rate = float(rng.choice([1.0, 0.1, 0.37]))
    return whole


@st.composite
def models(draw):
    rng = np.random.default_rng(draw(seeds))
    rounds, n_scores = draw(st.integers(1, 9)), draw(st.sampled_from([1, 1, 3, 12]))
    counts = rng.integers(0, draw(st.sampled_from([1, 4, 30])), (rounds, n_scores))
    scale = 10.0 ** draw(st.integers(-30, 30))
    return synthetic(
        rng, counts, draw(st.integers(1, 9)), draw(kinds), draw(shapes), scale
    )


class Members:
    """What `rows_for` asks of a forest."""

    def __init__(self, estimator):
        self.n_features_in_ = estimator.n_features_in_
        self.estimators_ = list(estimator.estimators_.ravel())


@pytest.mark.filterwarnings("ignore:invalid value")  # of numpy's, within checks
@settings(quick, max_examples=draws(250))
@given(models(), seeds)
def test_any_trees(estimator, seed):
    rng = np.random.default_rng(seed)
    X = rows_for(rng, Members(estimator), 60)
    X[~np.isfinite(X)] = 0  # which the original refuses
    if isinstance(estimator, GradientBoostingClassifier):
        check_classifier(estimator, X, "any trees")
    else:
        check_regressor(estimator, X, "any trees")
    checks.check_encodings(estimator, X, ["direct"])


def test_sums_of_zero_are_the_second_class():
    """As the original has it: two trees that take each other's place."""
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    estimator = GradientBoostingClassifier(n_estimators=2, init="zero", max_depth=1)
    estimator.fit(X, [0, 0, 1, 1])
    first, second = (member.tree_ for (member,) in estimator.estimators_)
    second.value[:] = -first.value
    np.testing.assert_array_equal(estimator.predict(X), [1, 1, 1, 1])
    np.testing.assert_array_equal(Model.from_sklearn(estimator).predict(X), [1] * 4)


def test_leaves_that_are_not_finite():
    X, y = rows("diabetes")
    estimator = fit(GradientBoostingRegressor(**SMALL), X, y)
    for value in (np.nan, np.inf, 1e300):
        estimator.estimators_[1, 0].tree_.value[:] = value
        with pytest.raises(UnsupportedModelError, match=r"NaN or inf|too large"):
            Model.from_sklearn(estimator)


def test_report(record_property):
    report(["GradientBoostingClassifier", "GradientBoostingRegressor"], record_property)
