# SPDX-License-Identifier: MIT
"""Rows far outside, as of a saturated sensor: 10^3 to 10^6 standard deviations."""

import warnings

import numpy as np
import pytest
from sklearn.cluster import (
    AffinityPropagation,
    Birch,
    BisectingKMeans,
    KMeans,
    MeanShift,
    MiniBatchKMeans,
)
from sklearn.datasets import load_iris, load_wine
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import (
    KernelDensity,
    KNeighborsClassifier,
    KNeighborsRegressor,
    LocalOutlierFactor,
    NearestCentroid,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import emlrt
from emlrt.check.sums import far, hanging

IRIS, WINE = load_iris(return_X_y=True), load_wine(return_X_y=True)
KMEANS = KMeans(5, n_init=1, random_state=0)


def far_rows(X, size, n=150):
    """Rows of X with one feature, or all in one direction, far outside."""
    draw, spread = np.random.default_rng(1), X.std(axis=0)
    one = X[draw.integers(0, len(X), n)] + 0.1 * spread * draw.normal(size=(n, 1))
    every = one.copy()
    at = draw.integers(0, X.shape[1], n)
    one[np.arange(n), at] += size * spread[at] * draw.choice([-1, 1], n)
    direction = draw.normal(size=every.shape)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return np.concatenate([one, every + size * spread * direction])


def many_rows(X):
    return np.concatenate([X, *(far_rows(X, 10.0**p) for p in (3, 4, 5, 6))])


def agree(model, original, rows, methods):
    """Labels are equal and numbers near, asked with float64 and with float32."""
    narrow = rows.astype(np.float32)
    for asked, answers in ((rows, rows), (narrow, narrow.astype(np.float64))):
        for name in methods:
            wanted = getattr(original, name)(answers)
            got = getattr(model, name)(asked)
            if wanted.dtype.kind == "f":
                np.testing.assert_allclose(got, wanted, rtol=2e-5, atol=1e-3)
            else:
                np.testing.assert_array_equal(got, wanted)


def learnt(original, data):
    """Fitted in float64, as it is asked then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return original.fit(*data)


@pytest.mark.parametrize(
    ("data", "scaled"), [(WINE, False), (IRIS, True)], ids=["wine", "iris scaled"]
)
@pytest.mark.parametrize(
    ("original", "methods"),
    [
        (KMEANS, ("predict", "transform")),
        (MiniBatchKMeans(5, n_init=1, random_state=0), ("predict", "transform")),
        (BisectingKMeans(1), ("predict", "transform")),
        (MeanShift(bandwidth=4.0, bin_seeding=True), ("predict",)),
        (AffinityPropagation(damping=0.8), ("predict",)),
        (Birch(threshold=1.0, n_clusters=None), ("predict", "transform")),
        (
            NearestCentroid(),
            ("predict", "predict_proba", "predict_log_proba", "decision_function"),
        ),
        (
            NearestCentroid(priors="empirical"),
            ("predict", "predict_proba", "predict_log_proba", "decision_function"),
        ),
        (
            GaussianMixture(4, covariance_type="tied", random_state=0),
            ("predict", "predict_proba", "score_samples"),
        ),
    ],
    ids=lambda v: str(v) if hasattr(v, "fit") else "",
)
def test_what_squares_differ_in(original, methods, scaled, data):
    """With rows that show it, scores are differences: nothing is lost."""
    own = make_pipeline(StandardScaler(), original) if scaled else original
    learnt(own, data)
    rows = many_rows(data[0])
    model = emlrt.convert(own, X=rows)
    agree(model, own, rows, methods)


@pytest.mark.parametrize(
    "original", [KMEANS, MeanShift(bandwidth=4.0, bin_seeding=True)], ids=str
)
def test_without_far_rows_nothing_changes(original):
    learnt(original, WINE)
    plain = emlrt.convert(original)
    assert emlrt.convert(original, X=WINE[0]) == plain
    rows = many_rows(WINE[0])
    assert emlrt.convert(original, X=rows) != plain
    # It is needed: the plain form gives other labels.
    assert (plain.predict(rows) != original.predict(rows)).any()


@pytest.mark.parametrize(
    "original",
    [
        LinearDiscriminantAnalysis(),
        QuadraticDiscriminantAnalysis(reg_param=1e-3),
        GaussianNB(),
        GaussianMixture(4, random_state=0),
        GaussianMixture(4, covariance_type="diag", random_state=0),
        GaussianMixture(4, covariance_type="spherical", random_state=0),
        BayesianGaussianMixture(n_components=4, random_state=0),
    ],
    ids=str,
)
def test_covariances_of_their_own(original):
    """Where components differ in their spread, squares differ in all of themselves."""
    learnt(original, WINE)
    rows = many_rows(WINE[0])
    agree(emlrt.convert(original), original, rows, ("predict", "predict_proba"))


def test_outliers_stay_outliers():
    original = LocalOutlierFactor(novelty=True).fit(WINE[0])
    rows = many_rows(WINE[0])
    agree(emlrt.convert(original), original, rows, ("predict",))


def test_densities_are_the_sum_itself():
    """scikit-learn's own sums by trees are off by a hundredth far outside."""
    X, rows = IRIS[0], many_rows(IRIS[0])
    squares = ((rows[:, None] - X) ** 2).sum(axis=2)
    wanted = np.logaddexp.reduce(-squares / 2, axis=1) - np.log(len(X))
    wanted -= X.shape[1] / 2 * np.log(2 * np.pi)
    got = emlrt.convert(KernelDensity().fit(X)).score_samples(rows)
    np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize(
    "original",
    [
        KNeighborsClassifier(),
        KNeighborsRegressor(3),
        LocalOutlierFactor(novelty=True),
        BisectingKMeans(5, random_state=0),
        Birch(threshold=1.0, n_clusters=3),
    ],
    ids=str,
)
def test_rows_that_cannot_be_told_are_counted(original):
    own = make_pipeline(StandardScaler(), original)
    learnt(own, WINE)
    name = type(original).__name__
    with pytest.warns(emlrt.PrecisionWarning, match=f"{name} goes by .* of 1378 rows"):
        model = emlrt.convert(own, X=many_rows(WINE[0]))
    plain = emlrt.convert(own)
    assert model == plain
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        emlrt.convert(own, X=WINE[0])


def test_far_rows_of_inputs_with_an_offset():
    learnt(KMEANS, WINE)
    rows = many_rows(WINE[0])
    offset = np.round(WINE[0].mean(axis=0))
    agree(emlrt.convert(KMEANS, X=rows, offset=offset), KMEANS, rows, ("predict",))


def test_sums_that_hang_on_roundings():
    sums = np.array(
        [[1.0, 1.0, 5.0], [1.0, 1 + 2e-7, 3.0], [1.0, 1.01, 3.0], [np.nan, 1.0, 1.0]]
    )
    assert hanging(sums, 4).tolist() == [False, True, False, False]
    assert hanging(sums, 4, 2).tolist() == [False] * 4
    assert hanging(sums, 4, 3).tolist() == [False] * 4
    # No float32 sum of four squares is further off than that.
    draw = np.random.default_rng(0)
    x, c = (draw.normal(size=(2, 2000, 4)) * 1e4).astype(np.float32)
    apart = x - c
    narrow = (apart * apart).sum(axis=1, dtype=np.float32)
    exact = ((x.astype(np.float64) - c) ** 2).sum(axis=1)
    assert (abs(narrow - exact) <= 6 * 2.0**-24 * exact).all()


@pytest.mark.parametrize(
    "original",
    [
        KMEANS,
        NearestCentroid(),
        KNeighborsClassifier(),
        GaussianMixture(4, covariance_type="tied", random_state=0),
    ],
    ids=str,
)
def test_a_model_knows_rows_that_it_cannot_tell(original):
    own = make_pipeline(StandardScaler(), original)
    learnt(own, WINE)
    model, rows = emlrt.convert(own), many_rows(WINE[0]).astype(np.float32)
    doubted = far(model._program, rows)
    assert not doubted[: len(WINE[0])].any()
    wrong = model.predict(rows) != own.predict(rows.astype(np.float64))
    assert not (wrong & ~doubted).any()
    assert wrong.any()
    assert doubted.sum() < len(rows) / 2
