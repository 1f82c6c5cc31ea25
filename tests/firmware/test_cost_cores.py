# SPDX-License-Identifier: MIT
"""The model of costs beside an emulated core."""

import numpy as np
import pytest
from forest_cases import need
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier

import emlrt
from emlrt.emulate import TARGETS, measure
from emlrt.inspect.stage_cost import run_cost

CORE = "cortex-m0plus"
OPTIONS = (
    {"encoding": "direct"},
    {"encoding": "bins"},
    {"dtype": "int16"},
    {"sums": "float32", "encoding": "bins"},
)


def data():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 99, (300, 6)).astype(np.float32)
    return X, X[:, 0] * X[:, 1] / 99 + X[:, 2]


def near(model, X):
    """Rows are as likely as leaves here, all but."""
    need(TARGETS[CORE].compiler)
    found = measure(CORE, bytes(model), X[:20], call="run").mean
    return run_cost(model.program) / found


@pytest.mark.parametrize("options", OPTIONS)
def test_boosted_trees(options):
    X, y = data()
    made = GradientBoostingRegressor(n_estimators=20, random_state=0).fit(X, y)
    model = emlrt.convert(made, X=X.astype(options.get("dtype", X.dtype)), **options)
    assert 0.85 < near(model, X) < 1.2


@pytest.mark.parametrize("voting", ["soft", "hard"])
def test_votes(voting):
    X, y = data()
    made = RandomForestClassifier(10, max_depth=5, random_state=0).fit(X, y // 30)
    model = emlrt.convert(made, voting=voting)
    assert 0.85 < near(model, X) < 1.2
