# SPDX-License-Identifier: MIT
"""Linear models of features that lie far from 0: what the model itself knows of it."""

import warnings

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, OneClassSVM
from sklearn.tree import DecisionTreeClassifier

import emlrt

X, Y = load_iris(return_X_y=True)
#: Multiples of an eighth, which are float32 numbers even at the offset, and a target
#: that follows from them but for noise.
ROWS = np.round(X * 8) / 8
TARGET = ROWS @ [3, 1, -2, 0.5] + np.random.default_rng(0).normal(size=150) / 10
OFFSET = 2.0**17


def fitted(original, rows, target):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return original.fit(rows, target)


def decided(model, rows):
    name = "decision_function" if hasattr(model, "decision_function") else "predict"
    return np.asarray(getattr(model, name)(rows), np.float64)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("original", "target"),
    [
        (SVC(kernel="linear", max_iter=2000), Y),
        (SVC(kernel="linear", decision_function_shape="ovo", max_iter=2000), Y),
        (SVC(kernel="linear", max_iter=2000), Y > 0),
        (SVR(kernel="linear", max_iter=2000), TARGET),
        (OneClassSVM(kernel="linear", max_iter=2000), None),
        (BayesianRidge(), TARGET),
        (ARDRegression(), TARGET),
    ],
    ids=lambda v: type(v).__name__ if hasattr(v, "fit") else "",
)
def test_rows_and_means_that_the_model_keeps(original, target, dtype):
    rows = (ROWS + OFFSET).astype(dtype)
    fitted(original, rows.astype(np.float64), target)
    wanted = decided(original, rows.astype(np.float64))
    model = emlrt.convert(original)
    near = 2e-4 * max(wanted.std(), 1e-3 * abs(wanted).max())
    np.testing.assert_allclose(decided(model, rows), wanted, rtol=1e-6, atol=near)


def test_near_zero_nothing_is_taken_off():
    for original in (SVC(kernel="linear"), SVR(kernel="linear"), BayesianRidge()):
        model = emlrt.convert(fitted(original, ROWS, Y))
        assert not any(stage.name == "affine" for stage in model.stages)


def test_a_log_link_beside_a_large_intercept():
    original = fitted(PoissonRegressor(alpha=1e-6), ROWS, np.exp(TARGET / 10))
    original.intercept_ = original.intercept_ - OFFSET * original.coef_.sum()
    with pytest.warns(emlrt.PrecisionWarning, match="intercept of"):
        emlrt.convert(original)


@pytest.mark.parametrize(
    ("original", "target"),
    [(Ridge(), TARGET), (LogisticRegression(max_iter=500), Y)],
    ids=["ridge", "logistic"],
)
def test_rows_that_float32_holds_too_coarsely(original, target):
    """Nothing on the device gives back what a row has lost: X= says so."""
    rows = X + np.array([1e6, 1e6, 3e6, 1e6])
    fitted(original, rows, target)
    with pytest.warns(
        emlrt.PrecisionWarning, match="coarse for features.*2.*offset='auto'"
    ):
        emlrt.convert(original, X=rows)
    model = emlrt.convert(original, X=rows, offset=[1e6, 1e6, 3e6, 1e6])
    wanted = decided(original, rows)
    np.testing.assert_allclose(decided(model, rows), wanted, atol=1e-4 * wanted.std())
    rows = ROWS + OFFSET
    fitted(original, rows, target)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = emlrt.convert(original, X=rows)
    wanted = decided(original, rows)
    np.testing.assert_allclose(decided(model, rows), wanted, atol=1e-4 * wanted.std())


COMPUTING = {
    "linear": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "bare": lambda: LogisticRegression(max_iter=50),
    "lda": LinearDiscriminantAnalysis,
    "svc": lambda: make_pipeline(StandardScaler(), SVC()),
    "net": lambda: make_pipeline(StandardScaler(), MLPClassifier((4,), max_iter=5)),
    "gauss": GaussianNB,
    "means": lambda: KMeans(3, n_init=1, random_state=0),
    "neighbours": KNeighborsClassifier,
    "axes": lambda: make_pipeline(PCA(2), DecisionTreeClassifier(random_state=0)),
}


def warned(fit, **options):
    """What is said of precision."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", emlrt.PrecisionWarning)
        emlrt.convert(fit, **options)
    kind = emlrt.PrecisionWarning
    return [str(w.message) for w in found if issubclass(w.category, kind)]


def normal(centre, spread, n=120):
    return centre + spread * np.random.default_rng(0).normal(size=(n, 3))


@pytest.mark.parametrize("name", COMPUTING)
def test_what_computes_with_coarse_features(name):
    """One warning, and what it advises ends it."""
    rows = normal(1e6, 0.1)
    rows[:, 1] -= 1e6
    fit = fitted(COMPUTING[name](), rows, rows @ [1, 2, 3] > np.mean(rows @ [1, 2, 3]))
    (said,) = warned(fit, X=rows)
    assert "features 0, 2, far" in said
    assert "pass offset='auto'" in said
    assert not warned(fit, X=rows, offset="auto")
    assert not warned(fit, X=rows, offset=[1_000_000, 0, 1_000_000])


@pytest.mark.parametrize(("n", "seconds"), [(40, 9000), (400, 3600), (40, 10**6)])
def test_what_is_coarse_has_an_offset(n, seconds):
    """Even where float32 tells all rows apart: from one unit in a hundredth of the
    standard deviation on."""
    rows = normal(1.7e9, seconds, n)
    fit = fitted(COMPUTING["linear"](), rows, rows[:, 0] > 1.7e9)
    assert len(warned(fit, X=rows)) == (seconds < 10**5)
    assert not warned(fit, X=rows, offset="auto")


def test_features_that_are_only_compared_are_not_coarse():
    rows = normal(1e6, 0.1)
    rows[:, 0] -= 1e6
    rows[:, 2] = 2.0**20 + 1 / 3  # a constant tells nothing
    kept = make_pipeline(StandardScaler(), LogisticRegression())
    fit = fitted(DecisionTreeClassifier(), rows.astype("float32"), rows[:, 0] > 0)
    assert not warned(fit, X=rows)
    fit = fitted(kept, rows[:, [0, 2]], rows[:, 0] > 0)
    assert not warned(fit, X=rows[:, [0, 2]])


def test_advice_is_of_what_is_left_to_do():
    """Not what the caller has done, nor where all rows of X go as in the original."""
    forest = make_pipeline(StandardScaler(), RandomForestClassifier(8, random_state=0))
    rows = normal(1e6, 0.5, 400).astype("float32")
    fit = fitted(forest, rows, rows[:, 0] > 1e6)
    assert (emlrt.convert(fit, X=rows).predict(rows) == fit.predict(rows)).all()
    assert not warned(fit, X=rows)
    assert "offset='auto' with X=" in warned(fit)[0]
    nanoseconds = np.random.default_rng(0).integers(0, 10**12, (90, 2)) + 17 * 10**17
    fit = fitted(forest, nanoseconds, nanoseconds[:, 0] % 10**10 > 5 * 10**9)
    for options in ({}, {"offset": "auto"}):
        (said,) = warned(fit, X=nanoseconds, **options)
        assert "divide them first" in said
        assert "offset='auto'" not in said
