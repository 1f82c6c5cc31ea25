# SPDX-License-Identifier: MIT
"""Costs that are counted: RAM with its stack, instructions, time, energy."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import DeployedClassifier, metrics
from emlrt.boards import find
from emlrt.emulate import measure
from emlrt.estimate import CORES, estimate
from emlrt.estimate.estimates import Estimates

X, Y = load_iris(return_X_y=True)
ROWS = X[::10]
FOREST = RandomForestClassifier(5, max_depth=4, random_state=0)
DEPLOYED = DeployedClassifier(FOREST).fit(X, Y)
MODEL = DEPLOYED.model_
BOARD = replace(find("zero"), mhz=50.0, ua_mhz=100.0, volts=2.0)


@pytest.fixture
def core(tool):
    """The board's core, of which there is a compiler."""
    tool("arm-none-eabi-gcc")
    return BOARD.like


def ram_of(found):
    """What a prediction of iris takes: inputs and class, too."""
    stack = max(found.stack, found.open_stack)
    return found.ram + found.scratch + stack + 4 * 4 + 4


def priced(found):
    """An estimate with counts, whether its ops have a price or not."""
    counts = np.arange(1.0, len(found.counts) + 1)
    known = {"stack": 100, "open_stack": 120, "unknown": ()}
    return replace(found, counts=counts, **known)


@pytest.mark.parametrize("name", CORES)
def test_counts_are_those_of_the_estimate(name, monkeypatch):
    found = priced(estimate(MODEL, X, core=name))
    real = Estimates.on
    monkeypatch.setattr(
        Estimates, "on", lambda self, *given, **more: priced(real(self, *given, **more))
    )
    ram = metrics.make_scorer("ram", core=name).cost(DEPLOYED, X)
    assert ram == ram_of(found)
    count = metrics.make_scorer("instructions", core=name).cost(DEPLOYED, X)
    assert count == found.mean == 75.5


def test_measured_costs(core):
    found = measure(MODEL, ROWS, core=core)
    expected = {
        "flash": MODEL.nbytes + found.flash,
        "ram": ram_of(found),
        "instructions": found.mean,
    }
    for name, value in expected.items():
        scorer = metrics.make_scorer(name, core=core, measure=True)
        assert scorer.cost(DEPLOYED, ROWS) == value


def test_counts_need_no_emulator(core):
    found = estimate(MODEL, ROWS, core=core)
    counted = measure(MODEL, ROWS, core=core)
    scorer = metrics.make_scorer("instructions", core=core)
    assert scorer.cost(DEPLOYED, ROWS) == found.mean
    assert found.mean == pytest.approx(counted.mean, rel=0.05)
    ram = metrics.make_scorer("ram", core=core).cost(DEPLOYED, ROWS)
    assert ram == ram_of(found)


def test_costs_of_boards(core):
    count = measure(MODEL, ROWS, core=core).mean
    ms = metrics.make_scorer("milliseconds", board=BOARD, measure=True)
    energy = metrics.make_scorer("energy", board=BOARD, measure=True)
    assert ms.cost(MODEL, ROWS) == pytest.approx(count / 50e3)
    # 5 mA at 2 V are 10 mW: microjoules are 10 times the milliseconds.
    assert energy.cost(MODEL, ROWS) == pytest.approx(10 * count / 50e3)


def test_greater_is_better(core):
    for name in metrics.COSTS:
        scorer = metrics.make_scorer(name, board=BOARD, measure=True)
        assert scorer(DEPLOYED, ROWS, Y) == -scorer.cost(DEPLOYED, ROWS) < 0
        assert pickle.loads(pickle.dumps(scorer)) == scorer
        assert name in repr(scorer)


def test_rows_count_in_instructions(core):
    scorer = metrics.make_scorer("instructions", core=core, measure=True)
    rows = ROWS[::4]  # each row is an image of its own
    each = [scorer.cost(DEPLOYED, rows[k : k + 1]) for k in range(len(rows))]
    assert len(set(each)) > 1
    assert scorer.cost(DEPLOYED, rows) == pytest.approx(np.mean(each))


def test_pipelines_count_the_rows_of_the_last_step(core):
    scorer = metrics.make_scorer("instructions", core=core, measure=True)
    behind = make_pipeline(StandardScaler(), DeployedClassifier(FOREST)).fit(X, Y)
    rows = behind[:-1].transform(ROWS)
    assert scorer.cost(behind, ROWS) == scorer.cost(behind[-1].model_, rows)
    assert scorer.cost(behind, ROWS) != scorer.cost(behind[-1].model_, ROWS)


def test_cross_validation_of_counts(core):
    deployed = DeployedClassifier(LogisticRegression(max_iter=1000))
    scoring = {
        name: metrics.make_scorer(name, board=BOARD, measure=True)
        for name in ("flash", "energy")  # of the link, and of the run
    }
    given = {"cv": 2, "scoring": scoring, "error_score": "raise"}
    found = cross_validate(deployed, X, Y, **given)
    for name in scoring:
        assert (found[f"test_{name}"] < 0).all()


def test_what_is_not_known_is_named(monkeypatch):
    real = Estimates.on

    def without(self, *given, **more):
        found = real(self, *given, **more)
        nothing = np.full(len(found.counts), np.nan)
        unknown = {"unknown": ("dense",), "stack": -1}
        return replace(found, counts=nothing, **unknown)

    monkeypatch.setattr(Estimates, "on", without)
    with pytest.raises(ValueError, match="dense"):
        metrics.make_scorer("instructions").cost(MODEL, X)
    with pytest.raises(ValueError, match="stack of this model on cortex-m0plus"):
        metrics.make_scorer("ram").cost(MODEL, X)
    assert metrics.make_scorer("flash").cost(MODEL, X) > MODEL.nbytes
