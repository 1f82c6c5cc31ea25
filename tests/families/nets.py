# SPDX-License-Identifier: MIT
"""Small neural nets, one for each activation and kind of answer."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from emlrt import Model
from families import Case, odd_rows


def fitted(estimator, y):
    """A net of 4 features after a few steps, and rows for it."""
    rng = np.random.default_rng(3)
    x = rng.normal(0, 2, (60, 4)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(x, y(x, rng))
    return Model.from_sklearn(estimator), np.concatenate([x[:6], odd_rows(4)])


def classes(n):
    return lambda x, rng: rng.integers(0, n, len(x))


def labels(x, rng):
    return rng.integers(0, 2, (len(x), 3))


def numbers(x, rng):
    return np.stack([np.sin(x[:, 0]), x[:, 1] * x[:, 2]], axis=1)


def counts(x, rng):
    return rng.poisson(2, len(x))


def mlp(cls, y, **params):
    params = {"hidden_layer_sizes": (5, 3), "max_iter": 3, "random_state": 0, **params}
    return lambda: fitted(cls(**params), y)


CASES = [
    Case("mlp-relu", mlp(MLPRegressor, counts)),
    Case("mlp-identity", mlp(MLPRegressor, numbers, activation="identity")),
]
