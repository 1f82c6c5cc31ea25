# SPDX-License-Identifier: MIT
"""Data, and the comparison with scikit-learn, of tests of preprocessing."""

import warnings
from functools import cache

import numpy as np
from sklearn import datasets

from emlrt import Model

SETS = ("iris", "wine", "breast_cancer", "digits", "diabetes")
SCALES = ("raw", "standard", "small", "big")
#: Digits that float64 keeps.
EPS64 = 2.0**-52


@cache
def data(name, scale="raw"):
    """Rows as float32, and the target."""
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    if scale == "standard":
        spread = x.std(axis=0)
        x = (x - x.mean(axis=0)) / np.where(spread == 0, 1, spread)
    x = x * {"small": 1e-6, "big": 1e6}.get(scale, 1.0)
    return x.astype(np.float32), y


def with_gaps(x, share=0.2, seed=0):
    """A copy with NaN here and there."""
    x = x.copy()
    x[np.random.default_rng(seed).random(x.shape) < share] = np.nan
    return x


def fitted(estimator, x, y=None):
    """Fitted on the float32 numbers, in float64."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(x.astype(np.float64), y)


def transformed(estimator, x):
    """scikit-learn's, in float64, on the same float32 rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = estimator.transform(np.asarray(x, np.float64))
    return np.asarray(y.toarray() if hasattr(y, "toarray") else y, np.float64)


def error(estimator, model, x, magnitude=None):
    """Largest difference, in units of each column's largest magnitude.

    NaN must be where scikit-learn has it.
    """
    expected, found = transformed(estimator, x), model.transform(x)
    assert found.shape == expected.shape
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    if magnitude is None:
        magnitude = np.nan_to_num(abs(expected)).max(axis=0)
    off = np.nan_to_num(abs(found - expected))
    return float((off / np.where(magnitude == 0, 1, magnitude)).max(initial=0))


def bits(a):
    return np.ascontiguousarray(a).view(np.uint32)


def check_paths(model, x):
    """Batch and firmware give the same bits, for odd numbers too."""
    odd = [np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38, -3.4e38]
    rows = np.resize(np.array(odd, np.float32), (8, x.shape[1]))
    rows = np.concatenate([x[:5], rows]).astype(np.float32)
    scores = model._runtime.scores(rows)
    single = np.stack([model._runtime.firmware(row, "run") for row in rows])
    np.testing.assert_array_equal(bits(scores), bits(single))


def convert(estimator, x, y=None):
    """Fits and converts; gives both."""
    estimator = fitted(estimator, x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator, Model.from_sklearn(estimator)
