# SPDX-License-Identifier: MIT
"""Gaussian models against scikit-learn's, in float64 on the same float32 rows.

Scores are compared with the formula taken differences first: scikit-learn's own
products of data far from 0 lose digits even in float64. A score is a
constant less a sum of squares; its error is in units of the two together. Where
features are correlated, the sum's terms are larger than the sum: then the unit
is what they would add up to without cancelling.
"""

import warnings

import numpy as np
import pytest
from draws import draws
from families import odd_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma, logsumexp
from sklearn import covariance, datasets
from sklearn.covariance import EllipticEnvelope
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.exceptions import NotFittedError
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler

from emlrt import Model, UnsupportedModelError
from emlrt._native import lib

many = settings(max_examples=draws(50), deadline=None, derandomize=True)
KINDS = ("full", "tied", "diag", "spherical")


# What is right


def naive_parts(nb):
    with np.errstate(divide="ignore"):
        constants = np.log(nb.class_prior_)
    constants = constants - 0.5 * np.log(2 * np.pi * nb.var_).sum(1)
    return constants, nb.theta_, [np.diag(v**-0.5) for v in nb.var_]


def quadratic_parts(qda):
    both = zip(qda.rotations_, qda.scalings_, strict=True)
    logs = np.array([np.log(s).sum() for s in qda.scalings_])
    roots = [(r * s**-0.5).T for r, s in both]
    return np.log(qda.priors_) - 0.5 * logs, qda.means_, roots


def mixture_parts(m):
    k, n = m.means_.shape
    factor = m.precisions_cholesky_
    if m.covariance_type == "full":
        roots = [f.T for f in factor]
    elif m.covariance_type == "tied":
        roots = [factor.T] * k
    else:
        wide = np.broadcast_to(factor.reshape(k, -1), (k, n))
        roots = [np.diag(f) for f in wide]
    constants = np.array([np.log(np.diag(r)).sum() for r in roots])
    constants += m._estimate_log_weights() - 0.5 * n * np.log(2 * np.pi)
    if hasattr(m, "degrees_of_freedom_"):
        free = m.degrees_of_freedom_
        halves = digamma(0.5 * (free - np.arange(n)[:, None])).sum(0)
        constants += 0.5 * (n * np.log(2 / free) + halves - n / m.mean_precision_)
    return constants, m.means_, roots


def exact(estimator, X):
    """Scores (rows, k), the unit of each one's error, and the largest constant."""
    if hasattr(estimator, "location_"):
        d = X - estimator.location_
        precision = estimator.get_precision()
        squares = ((d @ precision) * d).sum(1)[:, None]
        # Of any root of the precision, the columns have these lengths.
        terms = (np.diag(precision) * d * d).sum(1)[:, None]
        offset = getattr(estimator, "offset_", 0.0)
        unit = abs(offset) + squares + np.sqrt(terms * squares)
        return -squares - offset, unit, 0.0
    parts = mixture_parts
    if isinstance(estimator, GaussianNB):
        parts = naive_parts
    elif hasattr(estimator, "scalings_"):
        parts = quadratic_parts
    scores, units = [], []
    constants, means, roots = parts(estimator)
    for constant, mean, root in zip(constants, means, roots, strict=True):
        d = X - mean
        squares = 0.5 * ((d @ root.T) ** 2).sum(1)
        terms = 0.5 * (d * d * (root**2).sum(0)).sum(1)
        scores.append(constant - squares)
        finite = abs(constant) if np.isfinite(constant) else 0.0
        units.append(finite + squares + np.sqrt(terms * squares))
    return np.stack(scores, 1), np.stack(units, 1), constants.max()


def softmax(scores):
    return np.exp(scores - logsumexp(scores, axis=1, keepdims=True))


# How it is compared


def check(model, estimator, X, limit=2e-6):
    """All answers for X, float32; returns the worst errors. limit: relative."""
    X = np.asarray(X, np.float32).astype(np.float64)
    right, unit, shift = exact(estimator, X)
    scores = model.scores(X).astype(np.float64)
    several = scores.shape[1] > 1
    common = np.isfinite(right)
    error = np.where(common, abs(scores + shift - right), 0) / np.maximum(unit, 1)
    assert error.max() < limit
    if several:
        order = np.sort(np.where(common, right, -np.inf), axis=1)
        margin = order[:, -1] - order[:, -2]
    else:
        margin = abs(right[:, 0])
    clear = margin > 4 * limit * np.where(common, unit, 0).max(1)
    if hasattr(model, "predict"):
        theirs = np.asarray(estimator.predict(X))
        assert (model.predict(X)[clear] == theirs[clear]).all()
    if several:
        close = softmax(scores) - softmax(right)
        return error.max(), abs(close).max()
    return error.max(), 0.0


DATA = {
    name: getattr(datasets, f"load_{name}")(return_X_y=True)
    for name in ("iris", "wine", "breast_cancer", "digits")
}
SCALES = {
    "raw": lambda X: X,
    "standardised": lambda X: StandardScaler().fit_transform(X),
    "small": lambda X: X * 1e-6,
    "large": lambda X: X * 1e6,
}


def estimators(name, X):
    ridge = 1e-4 * X.var(0).mean()
    more = {"reg_covar": ridge, "max_iter": 20, "random_state": 0}
    yield GaussianNB()
    yield QuadraticDiscriminantAnalysis(
        reg_param=0.1 if name == "digits" else 0.0, tol=0.0
    )
    for kind in KINDS:
        yield GaussianMixture(3, covariance_type=kind, **more)
    yield BayesianGaussianMixture(n_components=3, **more)
    if name in ("iris", "wine"):
        yield EllipticEnvelope(random_state=0)
        yield covariance.LedoitWolf()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", DATA)
def test_all_rows_of_datasets(name, scale, record_property):
    X, y = DATA[name]
    X = SCALES[scale](X).astype(np.float32).astype(np.float64)
    worst = {}
    for estimator in estimators(name, X):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                estimator.fit(X, y)
            except ValueError:  # scikit-learn calls covariances of 1e-12 singular
                assert scale == "small" or name in ("digits", "breast_cancer")
                continue
        model = Model.from_sklearn(estimator)
        errors = check(model, estimator, X)
        kind = getattr(estimator, "covariance_type", "")
        worst[type(estimator).__name__ + kind] = errors
        assert errors[1] < (2e-6 if name in ("iris", "wine") else 2e-5)
    for kind, errors in worst.items():
        record_property(kind, "score {:.1e}, probability {:.1e}".format(*errors))
    assert len(worst) > 5


# Models of any shape


@st.composite
def problems(draw):
    """Rows for training, classes, rows to predict; float32 values."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, k = draw(st.integers(1, 11)), draw(st.integers(1, 6))
    scale = 10.0 ** rng.uniform(-3, 3, n) * 10.0 ** draw(st.integers(-8, 8))
    centre = rng.normal(0, draw(st.sampled_from([0, 1, 30])), (k, n))
    y = np.resize(np.arange(k), 20 * k + 30)
    mix = np.eye(n) + 0.3 * rng.normal(size=(n, n))
    X = (centre[y] + rng.normal(size=(len(y), n)) @ mix) * scale
    rows = np.concatenate([X[:30] * 1.5, rng.normal(0, 3, (30, n)) * scale])
    as32 = [part.astype(np.float32).astype(np.float64) for part in (X, rows)]
    return as32[0], y, as32[1], draw(st.integers(0, 3))


@many
@given(problems())
def test_naive_bayes(problem):
    X, y, rows, _ = problem
    k = y.max() + 1
    priors = None if k == 1 else np.arange(k) / np.arange(k).sum()
    for nb in (GaussianNB(), GaussianNB(priors=priors, var_smoothing=1e-12)):
        nb.fit(X, y)
        check(Model.from_sklearn(nb), nb, rows)


@many
@given(problems())
def test_quadratic(problem):
    X, y, rows, _ = problem
    if y.max() == 0:
        return
    qda = QuadraticDiscriminantAnalysis(tol=0.0).fit(X, y)
    model = Model.from_sklearn(qda)
    check(model, qda, rows, 4e-6)
    theirs = qda.decision_function(rows)
    unit = exact(qda, rows)[1].max(1)
    unit = unit if theirs.ndim == 1 else unit[:, None]
    assert (abs(model.decision_function(rows) - theirs) < 1e-5 * unit).all()


@many
@given(problems())
def test_mixtures(problem):
    X, _, rows, kind = problem
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ridge = 1e-6 * X.var(0).min()
        cls = BayesianGaussianMixture if len(rows[0]) % 3 == 0 else GaussianMixture
        mixture = cls(
            n_components=3,
            covariance_type=KINDS[kind],
            reg_covar=ridge,
            max_iter=5,
            random_state=0,
        )
        try:
            mixture.fit(X)
        except ValueError:
            return
    model = Model.from_sklearn(mixture)
    check(model, mixture, rows, 4e-6)
    right, unit, _ = exact(mixture, rows)
    scores = model.score_samples(rows)
    assert (abs(scores - logsumexp(right, axis=1)) < 1e-5 * unit.max(1)).all()


@many
@given(problems())
def test_distances(problem):
    X, _, rows, _ = problem
    shrunk = covariance.EmpiricalCovariance().fit(X)
    if np.linalg.cond(shrunk.covariance_) > 1e14:
        return  # pinvh drops directions, and any formula rounds
    model = Model.from_sklearn(shrunk)
    check(model, shrunk, rows, 4e-6)
    unit = exact(shrunk, rows)[1][:, 0]
    assert (abs(model.mahalanobis(rows) - shrunk.mahalanobis(rows)) < 1e-5 * unit).all()


# Methods and edges


def fitted(estimator, name="iris"):
    X, y = DATA[name]
    return estimator.fit(X.astype(np.float32).astype(np.float64), y), X.astype("f4")


def test_envelope_methods():
    envelope, X = fitted(EllipticEnvelope(random_state=0))
    model = Model.from_sklearn(envelope)
    for name in ("decision_function", "score_samples", "mahalanobis"):
        theirs = getattr(envelope, name)(X.astype(np.float64))
        np.testing.assert_allclose(getattr(model, name)(X), theirs, 2e-5, 2e-5)
    assert (model.predict(X) == envelope.predict(X)).all()
    assert set(model.predict(X)) == {-1, 1}
    assert not hasattr(model, "predict_proba")


@pytest.mark.parametrize(
    "name",
    ["EmpiricalCovariance", "LedoitWolf", "MinCovDet", "OAS", "ShrunkCovariance"],
)
def test_covariances_have_distances_alone(name):
    estimator, X = fitted(getattr(covariance, name)())
    model = Model.from_sklearn(estimator)
    theirs = estimator.mahalanobis(X.astype(np.float64))
    np.testing.assert_allclose(model.mahalanobis(X), theirs, 2e-5, 2e-5)
    assert not hasattr(model, "predict")
    assert not hasattr(model, "score_samples")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cls", [GaussianMixture, BayesianGaussianMixture])
def test_mixture_methods(cls, kind):
    mixture, X = fitted(cls(n_components=3, covariance_type=kind, random_state=0))
    model = Model.from_sklearn(mixture)
    wide = X.astype(np.float64)
    np.testing.assert_allclose(
        model.score_samples(X), mixture.score_samples(wide), 1e-5, 1e-5
    )
    np.testing.assert_allclose(
        model.predict_proba(X), mixture.predict_proba(wide), 0, 2e-6
    )
    assert (model.predict(X) == mixture.predict(wide)).all()
    assert not hasattr(model, "predict_log_proba")
    assert not hasattr(model, "decision_function")


def test_classifiers_give_probabilities():
    for estimator in (GaussianNB(), QuadraticDiscriminantAnalysis()):
        estimator, X = fitted(estimator)
        model = Model.from_sklearn(estimator)
        theirs = estimator.predict_proba(X.astype(np.float64))
        np.testing.assert_allclose(model.predict_proba(X), theirs, 0, 2e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_stored_as_it_is(kind):
    """Bytes grow with the features, but for full and tied."""
    sizes = []
    for n in (20, 40):
        X = np.random.default_rng(n).normal(size=(200, n))
        mixture = GaussianMixture(3, covariance_type=kind, random_state=0).fit(X)
        sizes.append(len(Model.from_sklearn(mixture).stages[0].payload))
    numbers = {
        "full": 3 * 40 + 3 * 820,
        "tied": 3 * 40 + 820,
        "diag": 2 * 3 * 40,
        "spherical": 3 * 40 + 3,
    }
    assert sizes[1] == 4 + 4 * (3 + numbers[kind])
    assert (sizes[1] < 2.1 * sizes[0]) == (kind in ("diag", "spherical"))


def test_low_parts_only_where_they_count():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 3))
    for shift, low in ((0.0, 0), (1.0, 0), (1000.1, lib.EMLRT_GAUSS_LOW)):
        moved = (X + shift).astype(np.float32).astype(np.float64)
        model = Model.from_sklearn(GaussianNB().fit(moved, X[:, 0] > 0))
        assert model.stages[0].payload[0] == low


def test_tiny_variances_far_from_0():
    rng = np.random.default_rng(1)
    y = np.resize([0, 1], 400)
    X = 1000 + 0.01 * (rng.normal(size=(400, 2)) + 3 * y[:, None])
    X = X.astype(np.float32).astype(np.float64)
    nb = GaussianNB(var_smoothing=1e-15).fit(X, y)
    check(Model.from_sklearn(nb), nb, X)


def test_one_class_one_feature_and_many_classes():
    X = np.linspace(-1, 1, 300)[:, None]
    one = GaussianNB().fit(X, np.full(300, 7))
    assert set(Model.from_sklearn(one).predict(X)) == {7}
    many_classes = GaussianNB().fit(X, np.arange(300) // 3)
    model = Model.from_sklearn(many_classes)
    check(model, many_classes, X)


def test_a_prior_of_0_never_wins():
    X, y = DATA["iris"]
    nb = GaussianNB(priors=[0.5, 0.5, 0.0]).fit(X, y)
    model = Model.from_sklearn(nb)
    with np.errstate(divide="ignore"):
        assert (model.predict(X) == nb.predict(X)).all()
    assert set(model.predict(X)) == {0, 1}


def test_nan_and_infinity_have_a_result():
    nb, _ = fitted(GaussianNB())
    runtime = Model.from_sklearn(nb)._runtime
    X = odd_rows(4)
    scores = runtime.scores(X)
    assert np.isnan(scores[0]).all()
    assert (scores[1] == -np.inf).all()
    assert np.isfinite(scores[3]).all()


# What is refused


def test_singular_covariance_is_refused():
    qda, _ = fitted(QuadraticDiscriminantAnalysis())
    qda.scalings_[1] = np.array([1.0, 1.0, 1.0, 0.0])
    with pytest.raises(UnsupportedModelError, match="reg_param"):
        Model.from_sklearn(qda)


def test_infinite_parameters_are_refused():
    nb, _ = fitted(GaussianNB())
    nb.var_[0, 0] = 0.0
    with np.errstate(divide="ignore"), pytest.raises(UnsupportedModelError):
        Model.from_sklearn(nb)
    nb.var_[0, 0] = 1e-80
    with pytest.raises(UnsupportedModelError, match="deviation"):
        Model.from_sklearn(nb)


@pytest.mark.parametrize(
    "cls", [GaussianNB, GaussianMixture, EllipticEnvelope, covariance.OAS]
)
def test_an_estimator_must_be_fitted(cls):
    with pytest.raises(NotFittedError):
        Model.from_sklearn(cls())
