# SPDX-License-Identifier: MIT
"""Projections, linear discriminants and partial least squares."""

import inspect
import re

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
from sklearn import cross_decomposition, decomposition, random_projection
from sklearn.cluster import FeatureAgglomeration
from sklearn.cross_decomposition import CCA, PLSSVD, PLSCanonical, PLSRegression
from sklearn.decomposition import (
    PCA,
    DictionaryLearning,
    FactorAnalysis,
    FastICA,
    IncrementalPCA,
    MiniBatchDictionaryLearning,
    MiniBatchSparsePCA,
    SparseCoder,
    SparsePCA,
    TruncatedSVD,
)
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.neighbors import NeighborhoodComponentsAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection
from strategies import quick

from emlrt import Model
from emlrt.convert.sklearn.registry import FAMILIES, REGISTRY
from emlrt.convert.sklearn.unsupported import REFUSED
from emlrt.errors import UnsupportedModelError

NAMES = FAMILIES["decomposition"]
#: Methods of the original that a converted model does not have.
WITHOUT = {"PCA": ("score_samples",), "FactorAnalysis": ("score_samples",)}


def test_no_class_is_forgotten():
    modules = (cross_decomposition, decomposition, random_projection)
    found = {
        name
        for module in modules
        for name, cls in inspect.getmembers(module, inspect.isclass)
        if hasattr(cls, "transform")
    }
    assert found <= set(REGISTRY) | set(REFUSED)


def weights_of(estimator, X):
    """The matrix of a linear transform, from its results: (n_in, n_out)."""
    n = X.shape[1]
    centre = X.astype(np.float64).mean(axis=0)
    size = max(1e-30, abs(X).max())
    away = estimator.transform(centre + np.eye(n) * size)
    return (away - estimator.transform(centre[None])) / size


def magnitude(estimator, X):
    """Of what a transform adds up: inputs about the mean if it has one, but no less
    than their standard deviations, and weights."""
    X = X.astype(np.float64)
    mean = getattr(estimator, "mean_", getattr(estimator, "_x_mean", 0.0))
    about = np.maximum(abs(X - mean), X.std(axis=0))
    return about @ abs(weights_of(estimator, X))


#: An estimator, and the targets that it needs.
TRANSFORMERS = [
    PCA(3),
    PCA(whiten=True, n_components=2),
    IncrementalPCA(3),
    TruncatedSVD(3, random_state=0),
    FastICA(2, random_state=0, max_iter=20),
    FastICA(2, random_state=0, max_iter=20, whiten="arbitrary-variance"),
    FactorAnalysis(2, random_state=0, max_iter=20),
    SparsePCA(2, random_state=0, max_iter=5, ridge_alpha=0.1),
    MiniBatchSparsePCA(2, random_state=0, max_iter=5),
    GaussianRandomProjection(4, random_state=0),
    SparseRandomProjection(4, random_state=0, density=0.4),
    FeatureAgglomeration(3),
    FeatureAgglomeration(2, pooling_func=np.sum),
    NeighborhoodComponentsAnalysis(2, random_state=0, max_iter=3),
]


def brief(estimator):
    """Its parameters, without addresses: the same in every process."""
    return re.sub(r"\s|at0x\w+|at 0x\w+", "", str(estimator))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", CLASSIFICATION)
@pytest.mark.parametrize("estimator", TRANSFORMERS, ids=brief)
def test_transforms_of_every_row(estimator, name, scale):
    X, y = scaled(name, scale)
    if isinstance(estimator, NeighborhoodComponentsAnalysis | SparsePCA):
        fitted(estimator, X[::9], y[::9])
    else:
        fitted(estimator, X, y)
    model = Model.from_sklearn(estimator)
    check_methods(estimator, model, WITHOUT.get(type(estimator).__name__, ()))
    unit = magnitude(estimator, X)
    check_values(estimator, model, "transform", X, unit, f"{name} {scale}")


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
@pytest.mark.parametrize(
    "estimator", [PLSRegression(3), PLSCanonical(2), CCA(2), PLSSVD(2)], ids=brief
)
def test_partial_least_squares(estimator, name, scale):
    X, y = scaled(name, scale)
    targets = np.stack([y, np.sqrt(abs(X[:, 0].astype(float))), X[:, 1]], axis=1)
    fitted(estimator, X, targets)
    model = Model.from_sklearn(estimator)
    check_methods(estimator, model)
    where = f"{name} {scale}"
    unit = magnitude(estimator, X)
    check_values(estimator, model, "transform", X, unit, where)
    if hasattr(estimator, "predict"):
        about = abs(X.astype(np.float64) - estimator._x_mean)
        unit = about @ abs(estimator.coef_).T + abs(estimator.intercept_)
        check_values(estimator, model, "predict", X, unit, where)


def test_one_target_keeps_its_shape():
    X, y = scaled("diabetes", "raw")
    for target in (y, y[:, None]):
        estimator = fitted(PLSRegression(2), X, target)
        expected = estimator.predict(X.astype(np.float64))
        assert Model.from_sklearn(estimator).predict(X).shape == expected.shape


def lda_magnitude(estimator, X):
    return abs(X.astype(np.float64)) @ abs(estimator.coef_).T + abs(
        estimator.intercept_
    )


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", CLASSIFICATION)
@pytest.mark.parametrize(
    "estimator",
    [
        LinearDiscriminantAnalysis(),
        LinearDiscriminantAnalysis(n_components=1, tol=1e-6),
        LinearDiscriminantAnalysis("eigen", shrinkage=0.1),
        LinearDiscriminantAnalysis("lsqr", shrinkage=0.1),
    ],
    ids=brief,
)
def test_discriminants(estimator, name, scale):
    X, y = scaled(name, scale)
    fitted(estimator, X, y)
    where = f"{name} {scale}"
    unit = lda_magnitude(estimator, X)
    without = ("transform",) if estimator.solver == "lsqr" else ()
    model = check_classifier(estimator, X, unit, where, without=without)
    if not without:
        unit = abs(X.astype(np.float64)) @ abs(weights_of(estimator, X))
        check_values(estimator, model, "transform", X, unit, where)


@settings(quick, max_examples=draws(220))
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([PCA, TruncatedSVD, LinearDiscriminantAnalysis, PLSRegression]),
    st.integers(2, 20),
    st.integers(2, 5),
    st.floats(-6, 6),
    st.floats(-3, 4),
)
def test_drawn_models(seed, cls, n_features, n_classes, exponent, centre):
    """220 models and 11,000 rows: inputs of 1e-6 to 1e6, up to 10,000 deviations
    away from 0."""
    rng = np.random.default_rng(seed)
    X = rng.normal(10.0**centre, rng.uniform(0.1, 2, n_features), (50, n_features))
    X = (X * 10.0**exponent).astype(np.float32)
    y = np.arange(50) % n_classes
    kept = min(2, n_features)
    own = {} if cls is LinearDiscriminantAnalysis else {"n_components": kept}
    estimator = fitted(cls(**own), X, y)
    if cls is LinearDiscriminantAnalysis:
        model = check_classifier(estimator, X, lda_magnitude(estimator, X), "drawn")
    else:
        model = Model.from_sklearn(estimator)
        unit = magnitude(estimator, X)
        check_values(estimator, model, "transform", X, unit, "drawn")
    check_firmware(model, X[:3])


def stages(estimator):
    return [stage.name for stage in Model.from_sklearn(estimator).stages]


def test_a_mean_is_taken_away_where_it_is_far():
    X, _ = scaled("wine", "raw")
    assert stages(fitted(PCA(2), X)) == ["affine", "dense"]
    X, _ = scaled("wine", "standardised")
    assert stages(fitted(PCA(2), X)) == ["dense"]
    assert stages(fitted(FactorAnalysis(2), X)) == ["dense"]
    assert stages(fitted(FastICA(2, random_state=0), X)) == ["dense"]


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_data_far_from_0(size):
    """10,000 deviations away: differences come first, exactly."""
    rng = np.random.default_rng(0)
    X = (rng.normal(1e4, 1, (200, 6)) * size).astype(np.float32)
    estimator = fitted(PCA(3), X)
    expected = estimator.transform(X.astype(np.float64))
    error = abs(Model.from_sklearn(estimator).transform(X) - expected)
    assert error.max() < 1e-6 * abs(expected).max()


def test_within_a_pipeline():
    X, y = scaled("wine", "raw")
    estimator = make_pipeline(StandardScaler(), PCA(4), LinearDiscriminantAnalysis())
    fitted(estimator, X, y)
    model = Model.from_sklearn(estimator)
    x = X.astype(np.float64)
    np.testing.assert_array_equal(model.predict(X), estimator.predict(x))
    error = model.predict_proba(X) - estimator.predict_proba(x)
    assert abs(error).max() < 2e-6
    by_parts = make_pipeline(StandardScaler(), LinearDiscriminantAnalysis(), PCA(2))
    fitted(by_parts, X, y)
    np.testing.assert_allclose(
        Model.from_sklearn(by_parts).transform(X), by_parts.transform(x), atol=1e-5
    )


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("alpha", [None, 0.0, 2.5])
def test_sparse_codes_by_a_threshold(split, positive, alpha):
    X, _ = scaled("wine", "standardised")
    atoms = np.random.default_rng(0).normal(size=(5, X.shape[1]))
    options = {
        "transform_algorithm": "threshold",
        "transform_alpha": alpha,
        "split_sign": split,
        "positive_code": positive,
    }
    learned = {"random_state": 0, "n_components": 4, "max_iter": 3}
    learned["fit_algorithm"] = "cd"
    for estimator in (
        SparseCoder(atoms, **options),
        DictionaryLearning(**options, **learned),
        MiniBatchDictionaryLearning(**options, **learned),
    ):
        fitted(estimator, X)
        matrix = getattr(estimator, "components_", atoms)
        unit = abs(X.astype(np.float64)) @ abs(matrix).T + (alpha or 1)
        unit = np.concatenate([unit, unit], axis=1) if split else unit
        model = Model.from_sklearn(estimator)
        check_values(estimator, model, "transform", X, unit, "wine")


def test_searching_codes_are_refused():
    X, _ = scaled("wine", "standardised")
    estimator = fitted(DictionaryLearning(2, random_state=0, max_iter=2), X)
    message = "DictionaryLearning with transform_algorithm='omp'.*'threshold'"
    with pytest.raises(UnsupportedModelError, match=message):
        Model.from_sklearn(estimator)


def test_other_pools_are_refused():
    X, _ = scaled("wine", "raw")
    estimator = fitted(FeatureAgglomeration(3, pooling_func=np.max), X)
    with pytest.raises(UnsupportedModelError, match=r"pooling_func=.*use numpy.mean"):
        Model.from_sklearn(estimator)


def test_a_prior_of_0_is_refused():
    X, y = scaled("iris", "raw")
    estimator = LinearDiscriminantAnalysis("lsqr", priors=[0.5, 0.5, 0.0])
    fitted(estimator, X, y)
    with pytest.raises(UnsupportedModelError, match="prior above 0"):
        Model.from_sklearn(estimator)


def test_worst_cases(record_property):
    report(NAMES, record_property)
