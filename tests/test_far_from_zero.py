# SPDX-License-Identifier: MIT
"""Linear models of features that lie far from 0: what the model itself knows of it."""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
)
from sklearn.svm import SVC, SVR, OneClassSVM

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
    with pytest.warns(emlrt.PrecisionWarning, match="feature [12] above all lies far"):
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
