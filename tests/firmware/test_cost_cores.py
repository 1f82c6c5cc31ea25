# SPDX-License-Identifier: MIT
"""The model of costs beside an emulated core."""

import numpy as np
import pytest
from forest_cases import need
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier

import emlrt
from emlrt.emulate import TARGETS, build, measure
from emlrt.emulate.facts import facts
from emlrt.emulate.unicorn_run import Machine
from emlrt.inspect.open_cost import open_cost, verify_cost
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
    found = measure(model, X[:20], core=CORE, call="run").mean
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


def opened(blob):
    """Instructions of emlrt_open and emlrt_verify."""
    need(TARGETS[CORE].compiler)
    calls = "emlrt_open", "emlrt_verify"
    with build.scratch_dir() as work:
        parts = build.with_ops(TARGETS[CORE], facts(blob).ops, build.Options(), work)
        roots = [*calls, "emulate_ops", "emulate_model"]
        core = Machine(
            TARGETS[CORE], build.link(TARGETS[CORE], parts, work, roots=roots)
        )
    model, ops = (core.image.address(f"emulate_{what}") for what in ("model", "ops"))
    assert core.call("emlrt_open", model, core.place_rom(blob), len(blob), ops) == 0
    found = core.instructions
    assert core.call("emlrt_verify", model) == 0
    return found, core.instructions


@pytest.mark.parametrize("voting", ["soft", "hard"])
def test_opening_and_verifying(voting):
    X, y = data()
    made = RandomForestClassifier(10, max_depth=5, random_state=0).fit(X, y // 30)
    model = emlrt.convert(made, voting=voting)
    blob = bytes(model)
    opening, verifying = opened(blob)
    assert 0.85 < open_cost(model.program) / opening < 1.2
    assert 0.95 < verify_cost(len(blob)) / verifying < 1.05


def test_trees_open_in_two_instructions_a_byte():
    X, y = data()
    made = RandomForestClassifier(60, random_state=0).fit(X, y // 9)
    blob = bytes(emlrt.convert(made, voting="hard"))
    assert len(blob) > 50_000
    assert opened(blob)[0] < 2 * len(blob)
