# SPDX-License-Identifier: MIT
"""Verdicts at their edges, advice, and limits of a build."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPRegressor

import emlrt
from emlrt.boards import BOARDS
from emlrt.verdict import Limits, check, size_of
from emlrt.verdict.advice import of_flash
from emlrt.verdict.costs import Cost
from emlrt.verdict.judging import TIGHT_SHARE, judge
from emlrt.verdict.reporting import verdicts_of
from emlrt.verdict.sizes import blob_parts

PICO = BOARDS["pico"]


def cost(code=1000, ram=100, **more):
    given = {"code": code, "code_bound": code, "code_parts": {"core": code}}
    return Cost(
        "cortex-m0plus",
        "estimated",
        "classify",
        "-O2",
        mean=100.0,
        worst=200.0,
        opened=300.0,
        ram_parts={"stack": ram},
        ram_bound=ram,
        **{**given, **more},
    )


@pytest.mark.parametrize(
    ("flash", "ram", "word"),
    [
        (4000, 400, "FITS"),
        (4000, 134, "FITS"),  # 100 of 134 is below 75 %
        (4000, 133, "TIGHT"),
        (4000, 100, "TIGHT"),
        (4000, 99, "TOO BIG"),
    ],
)
def test_verdicts_of_ram(models, flash, ram, word):
    board = replace(PICO, flash=flash, ram=ram)
    found = judge(models["integers"], {"header": 2000}, cost(), board)
    assert found.verdict == word
    assert (found.flash, found.ram) == (3000, 100)


@pytest.mark.parametrize(
    ("flash", "word"),
    [
        (4001, "FITS"),
        (4000, "FITS"),
        (3999, "TIGHT"),
        (3000, "TIGHT"),
        (2999, "TOO BIG"),
    ],
)
def test_verdicts_of_flash(models, flash, word):
    assert TIGHT_SHARE == 0.75
    board = replace(PICO, flash=flash, ram=1000)
    found = judge(models["integers"], {"header": 2000}, cost(), board)
    assert found.verdict == word


@pytest.mark.parametrize(
    ("flash", "ram", "word"),
    [
        (1999, 1000, "TOO BIG"),  # the blob alone
        (2000, 99, "TOO BIG"),  # the RAM that is known
        (2000, 1000, "UNKNOWN"),
        (6666, 1000, "UNKNOWN"),  # with all that the code may be, above 75 %
        (6667, 1000, "FITS"),
        (6667, 399, "UNKNOWN"),
        (6667, 400, "FITS"),
    ],
)
def test_a_core_without_tables_fits_only_beyond_doubt(models, flash, ram, word):
    unknown = cost(code=None, code_bound=3000, code_parts={})
    unknown = replace(unknown, ram_bound=300)
    board = replace(PICO, flash=flash, ram=ram)
    found = judge(models["integers"], {"header": 2000}, unknown, board)
    assert found.verdict == word


def test_the_bounds_of_a_core_without_tables(models):
    model = models["integers"]
    strange = replace(PICO, core="vax", like="")
    other, known = verdicts_of(model, None, [strange, PICO])[0]
    assert other.cost.code is None
    assert other.cost.code_bound >= 2 * known.cost.code
    assert other.ram < known.ram < other.cost.ram_bound
    assert "vax" in other.cost.unknown[0]
    assert other.mean_ms is None
    assert other.energy_uj is None


@pytest.mark.parametrize(
    ("estimator", "weights", "header"),
    [
        (LinearRegression(), "fewer features", "little: it is the format's own"),
        (
            MLPRegressor(hidden_layer_sizes=(3,), max_iter=3),
            "fewer or narrower layers",
            "fewer steps",
        ),
    ],
    ids=["line", "net"],
)
@pytest.mark.filterwarnings("ignore:Stochastic")
def test_advice_is_of_what_the_model_has(estimator, weights, header):
    model = emlrt.Model.from_sklearn(estimator.fit(*load_iris(return_X_y=True)))
    assert of_flash(model, "stage 0 dense").startswith(weights)
    assert of_flash(model, "header") == header


def test_a_blob_beyond_what_a_core_reads_is_too_big():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 4))
    forest = RandomForestClassifier(12, random_state=0)
    model = emlrt.convert(forest.fit(X, rng.integers(0, 3, 3000)))
    assert model.nbytes > 1 << 16
    uno, mega, strange = model.report(
        X[:5], boards=["uno", "mega", replace(PICO, core="vax", like="")]
    ).verdicts
    assert uno.verdict == "TOO BIG"
    assert uno.cost.code is None
    assert "64 KiB" in uno.cost.unknown[0]
    assert mega.cost.code is not None
    assert strange.verdict == "FITS"
    reason = reasons(model, X[:5], "uno")[0]
    assert "flash, as far as it is known, is" in reason
    assert str(model.report(X[:5]))  # a few cores, of which one has no room


def test_what_takes_most_is_named_with_what_helps(models, forests):
    def most(model, **given):
        found = judge(model, blob_parts(model), cost(**{"code": 100, **given}), PICO)
        return found.most

    flash, ram = most(models["integers"])
    assert flash.startswith("flash: stage 0 trees_soft_f32,")
    assert 'voting="hard"' in flash
    assert "leaf_bits=8" in flash
    assert ram.startswith("RAM: stack, 100 bytes")
    assert "code" in most(models["integers"], code=1 << 20)[0]
    estimator, _, _ = forests["integers"]
    few = most(emlrt.convert(estimator, leaf_bits=3))[0]
    assert "leaf_bits" not in few
    assert "voting" not in most(models["values"])[0]
    noted = models["integers"]
    noted = emlrt.Model.from_sklearn(estimator, note="x" * 60000)
    said = most(noted)[0]
    assert said.startswith("flash: metadata")
    assert f"leaves {noted.strip().nbytes:,} bytes" in said


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("24576", 24576),
        ("24k", 24576),
        ("24K", 24576),
        ("24KiB", 24576),
        ("24 kiB", 24576),
        ("1.5k", 1536),
        ("2MiB", 2 << 20),
        ("7B", 7),
    ],
)
def test_sizes(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize(
    "text", ["", "k", "24kB", "24G", "-1", "1e3", "0x10", "24 k k"]
)
def test_no_sizes(text):
    with pytest.raises(ValueError, match="like 24k"):
        size_of(text)


def reasons(model, X=None, boards="pico", **limits):
    return check(model, boards, X, Limits(**limits)).reasons


def test_limits_at_their_edges(counted, models, forests):
    model, X = models["integers"], forests["integers"][1]
    (found,) = check(model, "pico", X).verdicts
    assert check(model, "pico", X).ok
    assert not reasons(model, X, flash=found.flash, ram=found.ram)
    worst = found.cost.worst
    assert not reasons(model, X, instructions=worst, milliseconds=found.worst_ms)
    (reason,) = reasons(model, X, flash=found.flash - 1)
    assert "flash is" in reason
    assert "1 above the limit" in reason
    (reason,) = reasons(model, X, ram=found.ram - 1)
    assert "RAM is" in reason
    (reason,) = reasons(model, X, instructions=worst - 1)
    assert "the largest call is" in reason
    (reason,) = reasons(model, X, milliseconds=found.worst_ms * 0.99)
    assert "ms" in reason
    assert len(reasons(model, X, flash=1, ram=1, instructions=1)) == 3


def test_without_rows_the_largest_call_is_not_the_mean(models):
    (found,) = check(models["integers"], "pico").verdicts
    assert found.cost.n_rows == 0
    assert np.isnan(found.cost.worst)
    given = reasons(models["integers"], instructions=1)
    assert len(given) == 1


def test_the_board_is_a_limit_too(counted, models):
    small = replace(PICO, flash=100, ram=10)
    found = reasons(models["integers"], boards=[small, "pico"], flash=1 << 30)
    assert [reason.partition(" is ")[0] for reason in found] == [
        "pico: flash",
        "pico: RAM",
    ]


def test_what_is_not_known_keeps_no_limit(counted, models, forests):
    model, X = models["integers"], forests["integers"][1]
    strange = replace(PICO, key="strange", core="vax", like="", flash=1 << 20)
    assert not reasons(model, X, strange)
    (reason,) = reasons(model, X, strange, flash=model.nbytes + 10)
    assert "may be above" in reason
    assert "vax" in reason
    (reason,) = reasons(model, X, strange, flash=model.nbytes - 10)
    assert "as far as it is known" in reason
    (reason,) = reasons(model, X, strange, instructions=1e9)
    assert "not known" in reason
    with pytest.raises(ValueError, match="give one at least"):
        check(model, [])


@pytest.mark.parametrize("wrong", [float("nan"), -1, "24k", True])
@pytest.mark.parametrize("name", ["flash", "ram", "instructions", "milliseconds"])
def test_a_limit_that_nothing_breaks_is_refused(name, wrong):
    """Nothing is above NaN."""
    with pytest.raises(ValueError, match=f"{name} is a number of 0 or more"):
        Limits(**{name: wrong})
