# SPDX-License-Identifier: MIT
"""Linear classifiers and regressors, and generalized linear models."""

import inspect
import warnings

import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_checks import (
    CLASSIFICATION,
    SCALES,
    check_classifier,
    check_firmware,
    check_methods,
    check_values,
    fitted,
    report,
    scaled,
)
from sklearn import linear_model, svm
from sklearn.base import is_classifier
from sklearn.datasets import load_iris
from sklearn.linear_model import (
    ElasticNet,
    GammaRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    OrthogonalMatchingPursuit,
    PassiveAggressiveClassifier,
    Perceptron,
    PoissonRegressor,
    RANSACRegressor,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
    SGDOneClassSVM,
    SGDRegressor,
    TweedieRegressor,
)
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeRegressor
from strategies import quick

from emlrt import Model
from emlrt.convert.sklearn.registry import FAMILIES
from emlrt.convert.sklearn.unsupported import REFUSED
from emlrt.errors import PrecisionWarning, UnsupportedModelError

NAMES = FAMILIES["linear_model"]


def magnitude(estimator, X):
    """Of what a margin adds up: (n, margins)."""
    X, coef = abs(X.astype(np.float64)), np.atleast_2d(estimator.coef_)
    level = np.ravel(getattr(estimator, "offset_", getattr(estimator, "intercept_", 0)))
    return X @ abs(coef).T + abs(level)


def test_no_linear_class_is_forgotten():
    found = {
        name
        for module in (linear_model, svm)
        for name, cls in inspect.getmembers(module, inspect.isclass)
        if hasattr(cls, "predict") and (module is linear_model or "Linear" in name)
    }
    assert found <= set(NAMES) | set(REFUSED)


CLASSIFIERS = [
    LogisticRegression(max_iter=40),
    RidgeClassifier(),
    SGDClassifier(loss="log_loss", random_state=0, alpha=0.01, max_iter=20),
    SGDClassifier(loss="modified_huber", random_state=0, max_iter=20),
    SGDClassifier(random_state=0, max_iter=20),
    Perceptron(random_state=0, max_iter=20),
    PassiveAggressiveClassifier(random_state=0, max_iter=20),
    LinearSVC(max_iter=20),
]
SLOW = [
    LogisticRegression(C=1e3, max_iter=100, fit_intercept=False),
    LogisticRegressionCV(
        Cs=2, cv=2, max_iter=30, use_legacy_attributes=False, l1_ratios=(0,)
    ),
    RidgeClassifierCV(),
]


def brief(estimator):
    return str(estimator).replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    ("estimator", "name"),
    [(e, name) for e in CLASSIFIERS for name in CLASSIFICATION]
    + [(e, name) for e in SLOW for name in ("iris", "wine", "breast_cancer")],
    ids=brief,
)
def test_classifiers_on_every_row(estimator, name, scale):
    X, y = scaled(name, scale)
    fitted(estimator, X, y)
    where = f"{name} {scale}"
    check_classifier(estimator, X, magnitude(estimator, X), where)


REGRESSORS = [
    getattr(linear_model, name, None) or getattr(svm, name)
    for name in NAMES
    if not name.startswith("SGDOne")
]
REGRESSORS = [cls for cls in REGRESSORS if not is_classifier(cls())]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("cls", REGRESSORS, ids=lambda cls: cls.__name__)
def test_regressors_on_every_row(cls, scale):
    X, y = scaled("diabetes", scale)
    seeded = "random_state" in inspect.signature(cls).parameters
    extra = {"random_state": 0} if seeded else {}
    if cls.__name__ == "TheilSenRegressor":
        extra["max_subpopulation"] = 200
    target = np.stack([y, -y], axis=1) if "MultiTask" in cls.__name__ else y
    estimator = fitted(cls(**extra), X, target)
    inner = getattr(estimator, "estimator_", estimator)
    unit = magnitude(inner, X)
    if hasattr(inner, "_base_loss") and "Log" in type(inner._base_loss.link).__name__:
        unit = (1 + unit) * estimator.predict(X.astype(np.float64))[:, None]
    model = Model.from_sklearn(estimator)
    check_methods(estimator, model)
    check_values(estimator, model, "predict", X, unit, f"diabetes {scale}")


@pytest.mark.parametrize("scale", SCALES)
def test_one_class_machine(scale):
    X, _ = scaled("wine", scale)
    estimator = fitted(SGDOneClassSVM(random_state=0, nu=0.3), X)
    unit = magnitude(estimator, X)
    model = Model.from_sklearn(estimator)
    check_methods(estimator, model)
    for method in ("decision_function", "score_samples"):
        check_values(estimator, model, method, X, unit, scale)
    clear = abs(estimator.decision_function(X)) > 2e-6 * unit[:, 0]
    expected = estimator.predict(X.astype(np.float64))
    found = model.predict(X)
    np.testing.assert_array_equal(found[clear], expected[clear])


def drawn(cls, rng, n_features, n_out, scale, **parameters):
    """An estimator with parameters drawn at random instead of fitted."""
    estimator = cls(**parameters)
    estimator.n_features_in_ = n_features
    rows = 1 if n_out == 2 and is_classifier(estimator) else n_out
    estimator.coef_ = rng.normal(0, scale, (rows, n_features))
    estimator.intercept_ = rng.normal(0, 1, rows)
    if is_classifier(estimator):
        estimator.classes_ = np.array([f"c{k}" for k in range(n_out)])
    return estimator


KINDS = [
    (LogisticRegression, {}),
    (SGDClassifier, {"loss": "log_loss"}),
    (SGDClassifier, {"loss": "modified_huber"}),
    (LinearSVC, {}),
    (Ridge, {}),
]


@settings(quick, max_examples=draws(220))
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(KINDS),
    st.integers(1, 40),
    st.integers(2, 9),
    st.floats(-6, 6),
    st.floats(-3, 2),
)
def test_drawn_models(seed, kind, n_features, n_out, exponent, centre):
    """220 models and 11,000 rows: inputs of 1e-6 to 1e6, far from 0 or not."""
    rng = np.random.default_rng(seed)
    size = 10.0**exponent
    X = rng.normal(10.0**centre, 1, (50, n_features)) * size
    X = X.astype(np.float32)
    cls, parameters = kind
    scale = 1 / size / np.sqrt(n_features)
    estimator = drawn(cls, rng, n_features, n_out, scale, **parameters)
    unit = magnitude(estimator, X)
    if is_classifier(estimator):
        model = check_classifier(estimator, X, unit, "drawn")
    else:
        model = Model.from_sklearn(estimator)
        check_values(estimator, model, "predict", X, unit, "drawn")
    check_firmware(model, X[:3])


def test_rows_for_reference_make_it_more_exact():
    """X= moves the inputs' mean into the biases."""
    X, y = scaled("breast_cancer", "raw")
    estimator = fitted(LogisticRegression(max_iter=40), X, y)
    expected = estimator.predict_proba(X.astype(np.float64))
    model = Model.from_sklearn(estimator, X=X)
    assert [stage.name for stage in model.stages] == ["affine", "dense"]
    assert abs(model.predict_proba(X) - expected).max() < 1e-6
    near = (X - X.mean(axis=0)).astype(np.float32)
    around = Model.from_sklearn(estimator, X=near)
    assert [stage.name for stage in around.stages] == ["dense"]


def test_integer_inputs():
    X, y = scaled("digits", "raw")
    estimator = fitted(LogisticRegression(max_iter=20), X, y)
    model = Model.from_sklearn(estimator, dtype="uint8", X=X)
    error = model.predict_proba(X) - estimator.predict_proba(X.astype(np.float64))
    assert abs(error).max() < 2e-6


@pytest.mark.parametrize("columns", [1, 2])
def test_targets_keep_their_shape(columns):
    X, y = scaled("diabetes", "standardised")
    for target in (y, np.stack([y] * columns, axis=1)):
        for cls in (LinearRegression, Ridge, OrthogonalMatchingPursuit, Lasso):
            estimator = fitted(cls(), X, target)
            expected = estimator.predict(X.astype(np.float64))
            assert Model.from_sklearn(estimator).predict(X).shape == expected.shape


def test_many_targets():
    X, y = scaled("diabetes", "standardised")
    target = np.stack([y * k for k in range(1, 8)], axis=1)
    estimator = fitted(Ridge(), X, target)
    unit = magnitude(estimator, X)
    check_values(
        estimator, Model.from_sklearn(estimator), "predict", X, unit, "7 targets"
    )


def test_labels_of_several_kinds_at_once():
    X, y = scaled("wine", "standardised")
    indicator = np.stack([y == 0, y != 1], axis=1).astype(int)
    for estimator in (RidgeClassifier(), RidgeClassifierCV()):
        fitted(estimator, X, indicator)
        model = Model.from_sklearn(estimator)
        check_methods(estimator, model)
        x = X.astype(np.float64)
        np.testing.assert_array_equal(model.predict(X), estimator.predict(x))
        assert model.predict(X).dtype == estimator.predict(x).dtype
        unit = magnitude(estimator, X)
        check_values(estimator, model, "decision_function", X, unit, "labels")


def test_sparse_coefficients():
    X, y = scaled("wine", "standardised")
    estimator = fitted(LogisticRegression(C=0.1), X, y)
    dense = Model.from_sklearn(estimator)
    assert bytes(Model.from_sklearn(estimator.sparsify())) == bytes(dense)
    regressor = fitted(SGDRegressor(penalty="l1", random_state=0), X, y)
    dense = Model.from_sklearn(regressor)
    assert bytes(Model.from_sklearn(regressor.sparsify())) == bytes(dense)


def test_one_feature():
    X, y = scaled("iris", "raw")
    estimator = fitted(LogisticRegression(), X[:, :1], y)
    unit = magnitude(estimator, X[:, :1])
    check_classifier(estimator, X[:, :1], unit, "one feature")


def test_links():
    X, y = scaled("diabetes", "standardised")
    for estimator, stages in (
        (TweedieRegressor(power=0), ["dense"]),
        (TweedieRegressor(power=1.5), ["dense", "exp"]),
        (TweedieRegressor(power=0, link="log"), ["dense", "exp"]),
        (GammaRegressor(), ["dense", "exp"]),
        (PoissonRegressor(), ["dense", "exp"]),
    ):
        model = Model.from_sklearn(fitted(estimator, X, y))
        assert [stage.name for stage in model.stages] == stages
        expected = estimator.predict(X.astype(np.float64))
        np.testing.assert_allclose(model.predict(X), expected, rtol=5e-6)


def test_ransac_of_another_regressor():
    X, y = scaled("diabetes", "standardised")
    tree = DecisionTreeRegressor(max_depth=3, random_state=0)
    for inner in (ElasticNet(), tree):
        estimator = RANSACRegressor(inner, min_samples=50, random_state=0)
        fitted(estimator, X, y)
        model = Model.from_sklearn(estimator)
        check_methods(estimator, model)
        expected = estimator.predict(X.astype(np.float64))
        np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5)


def test_large_margins_still_tell_classes_apart():
    """All probabilities are 1 or 0 in float64, too, but one margin is largest."""
    estimator = drawn(SGDClassifier, np.random.default_rng(0), 3, 3, 1, loss="log_loss")
    estimator.coef_ = np.array([[1e4, 0, 0], [2e4, 0, 0], [-1e4, 0, 0]])
    X = np.array([[1, 0, 0], [-1, 0, 0], [0, 0, 0]], np.float32)
    model = Model.from_sklearn(estimator)
    np.testing.assert_array_equal(model.predict(X), estimator.predict(X))
    expected = estimator.predict_proba(X.astype(np.float64))
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-6)
    estimator.coef_ = np.full((3, 3), -1e3) * np.array([[1], [2], [3]])
    model = Model.from_sklearn(estimator)
    expected = estimator.predict_proba(X.astype(np.float64))
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e39])
def test_parameters_that_float32_cannot_hold(value):
    estimator = drawn(Ridge, np.random.default_rng(0), 3, 1, 1)
    estimator.coef_[0, 1] = value
    with pytest.raises(UnsupportedModelError, match="NaN, infinite or too large"):
        Model.from_sklearn(estimator)


def test_one_class_is_refused():
    estimator = drawn(LogisticRegression, np.random.default_rng(0), 3, 1, 1)
    with pytest.raises(UnsupportedModelError, match="fitted to one class"):
        Model.from_sklearn(estimator)


def test_worst_cases(record_property):
    report(NAMES, record_property)


def test_an_intercept_that_takes_the_digits_is_warned_of():
    """Features far from 0 without a scaler: a margin was off by 0.16 in silence."""
    X, y = load_iris(return_X_y=True)
    X = (X + 1e6).astype(np.float32).astype(np.float64)
    estimator = RidgeClassifier().fit(X, y > 1)
    with pytest.warns(PrecisionWarning, match="intercept of 1.3e\\+06"):
        Model.from_sklearn(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Model.from_sklearn(estimator, X=X)
        near = RidgeClassifier().fit(X - 1e6, y > 1)
        Model.from_sklearn(near)
    want = estimator.decision_function(X)
    assert abs(model.decision_function(X) - want).max() < 1e-5
