# SPDX-License-Identifier: MIT
"""LightGBM's models for tests, rows that try their every edge, and comparisons."""

import io

import lightgbm
import numpy as np

from emlrt import Model
from emlrt.allowance import Allowance
from emlrt.convert.lightgbm.text import read
from emlrt.convert.lightgbm.trees import ensemble_of

BASE = {
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "min_data_in_leaf": 1,
    "min_data_in_bin": 1,
    "min_data_per_group": 1,
    "feature_pre_filter": False,
    "cat_smooth": 1.0,
}
#: Numbers at which decisions are likely to change.
EDGES = np.array(
    [
        *(0.0, -0.0, 0.5, -0.5, 0.99999994, -0.99999994, 1.0, -1.0, 2.7, 31.0, 32.0),
        *(1e-35, -1e-35, 1.1e-35, -1.1e-35, 9e-36, 1e-40, -1e-45, 1e30, -1e30, 1e38),
        *(3e9, -3e9, 2147483648.0, 2147483520.0, 4294967296.0, 1e20, 255.5, 199.0),
        *(np.nan, np.nan, np.inf, -np.inf, 3.4028235e38, -3.4028235e38),
    ],
    np.float32,
)


def train(X, y, n=5, *, data=None, **params):
    """A Booster. data: further arguments of the Dataset."""
    dataset = lightgbm.Dataset(X, y, **(data or {}))
    return lightgbm.train({**BASE, **params}, dataset, n)


def text_of(booster):
    lines = io.BytesIO(booster.model_to_string().encode())
    return read(lines, Allowance.unlimited())


def probes(booster, n=400, seed=0):
    """Rows (n, n_features) of numbers at and beside all thresholds, and EDGES."""
    rng = np.random.default_rng(seed)
    thresholds = np.concatenate(
        [np.zeros(1), *(t.threshold for t in text_of(booster).trees)]
    )
    with np.errstate(over="ignore"):
        near = thresholds.astype(np.float32)
    low = np.nextafter(near, np.float32(-np.inf))
    high = np.nextafter(near, np.float32(np.inf))
    integers = rng.integers(-3, 210, 100).astype(np.float32)
    pool = np.concatenate([low, near, high, EDGES, EDGES, integers])
    return rng.choice(pool, (n, booster.num_feature()))


def matrix(found):
    return found[:, None] if found.ndim == 1 else found


def check_raw(booster, X):
    """Sums in float64 are LightGBM's, and the runtime's are as near as float32 can
    be; gives the worst error of these, in units of the last place of the largest
    partial sum."""
    text = text_of(booster)
    expected = matrix(booster.predict(X, raw_score=True))
    ensemble = ensemble_of(text, 1.0, Allowance.unlimited())
    np.testing.assert_array_equal(ensemble.sums(X), expected)
    peak = np.zeros(text.n_outputs)
    for i, tree in enumerate(text.trees):
        peak[i % text.n_outputs] += abs(tree.value).max()
    stripped = booster.model_to_string().replace("average_output\n", "")
    lines = [k for k in stripped.split("\n") if not k.startswith("objective=")]
    text = lightgbm.Booster(model_str="\n".join(lines))
    plain = Model.from_lightgbm(text, rows="float32")
    found = plain._runtime.scores(np.ascontiguousarray(X))
    ulp = np.spacing(np.maximum(peak, 1e-30).astype(np.float32)).astype(np.float64)
    worst = (abs(found - expected) / ulp).max()
    assert worst <= 8
    return worst
