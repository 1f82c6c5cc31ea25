# SPDX-License-Identifier: MIT
"""Estimated instructions, cycles and stack beside emulated cores."""

import csv
from pathlib import Path
from runpy import run_path

import numpy as np
import pytest
from docs_scripts import loaded
from families import cases
from forest_cases import need
from scipy.signal import butter
from sklearn import datasets, ensemble, linear_model, naive_bayes, neural_network, svm
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

import emlrt
from emlrt import signal
from emlrt.emulate import TARGETS, measure
from emlrt.emulate.facts import facts
from emlrt.estimate import CORES, estimate, fourier
from emlrt.estimate.costs import deepest
from emlrt.estimate.prices import SAME, prices, without_dtype

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"

#: Ops of streams, which no call of one row takes, and of calls.
OTHERS = {
    "frame_f32",
    "frame_i16",
    "frame_u8",
    "vote",
    "threshold",
    "debounce",
    "argmax",
}
SMALL = {"n_estimators": 8, "max_depth": 5, "random_state": 0}
MODELS = {
    "soft": (ensemble.RandomForestClassifier(**SMALL), {}),
    "hard": (ensemble.RandomForestClassifier(**SMALL), {"voting": "hard"}),
    "boosted": (ensemble.GradientBoostingClassifier(**SMALL), {}),
    "sums": (ensemble.HistGradientBoostingClassifier(max_iter=8), {}),
    "net": (neural_network.MLPClassifier((10,), random_state=0, max_iter=50), {}),
    "logistic": (linear_model.LogisticRegression(), {}),
    "bayes": (naive_bayes.GaussianNB(), {}),
    "svm": (svm.SVC(C=2), {}),
}
NUMERIC = ("net", "logistic", "svm")


def model_of(name):
    """A model of breast cancer, and rows."""
    X, y = datasets.load_breast_cancer(return_X_y=True)
    X = X.astype(np.float32)
    made, options = MODELS[name]
    if name in NUMERIC:
        made = make_pipeline(StandardScaler(), made)
    return emlrt.convert(made.fit(X[6:], y[6:]), **options), X[:6]


@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4f", "atmega1284p"])
@pytest.mark.parametrize("name", MODELS)
def test_counts_are_within_5_percent_or_their_error(name, core):
    need(TARGETS[core].compiler)
    model, X = model_of(name)
    found, real = estimate(model, X, core=core), measure(model, X, core=core)
    assert found.unknown == ()
    assert found.counts.shape == real.counts.shape
    assert abs(real.mean / found.mean - 1) < max(0.05, found.error)
    assert found.error < 0.1
    assert abs(found.open_count / real.open_count - 1) < 0.1
    assert 0 <= found.stack - real.stack <= 64
    assert 0 <= found.open_stack - real.open_stack <= 64


@pytest.mark.parametrize("core", CORES)
def test_every_op_has_a_price(core):
    ops = set(loaded("sections").all_ops()) - OTHERS
    if TARGETS[core].family == "avr":  # it has no memory for so many inputs
        ops = {op for op in ops if not op.endswith("w")}
    table = prices(core, "-O2")
    missing = {op for op in ops if deepest(op, "stack.", table) < 0}
    assert not missing


def test_every_family_has_counts():
    for case in cases()[::5]:
        if case.model.state_bytes:
            continue
        found = estimate(case.model, case.rows[:2])
        assert np.isfinite(found.counts).all()
        assert (found.counts > 0).all()
        assert estimate(case.model).mean > 0


def test_what_has_no_price_has_no_counts():
    model, X = model_of("soft")
    found = estimate(model, X, opt="-Os")
    assert found.unknown == tuple(dict.fromkeys(s.name for s in model.stages))
    assert np.isnan(found.counts).all()
    assert np.isnan(found.mean)
    assert np.isnan(found.error)
    assert (found.stack, found.open_stack) == (-1, -1)
    assert found.flash > 0


def test_without_rows_leaves_are_as_likely():
    model, X = model_of("hard")
    some, none = estimate(model, X, call="run"), estimate(model, call="run")
    assert none.counts.shape == (1,)
    assert 0.6 < none.mean / some.mean < 1.6


def test_ops_that_no_test_model_has_are_named():
    """Their error is of the models that prices were fitted to."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    scaled = emlrt.convert(QuantileTransformer(n_quantiles=10).fit(X))
    linear = emlrt.convert(linear_model.LinearRegression().fit(X, X[:, 0]))
    for core in CORES:
        found = estimate(scaled, X[:4], core=core)
        assert found.untested == ("interpolate",)
        assert found.error >= prices(core, "-O2")["error"]
        known = estimate(linear, X[:4], core=core)
        assert known.untested == ()
        assert 0 < known.error < 0.2


def test_the_ops_that_were_compared_are_those_of_the_test_models():
    """Of any dtype: estimates.csv names the models that each core has counted."""
    path = BENCHMARKS / "results" / "estimates.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    ops = {}
    for name, model, _ in run_path(str(BENCHMARKS / "estimate_tests.py"))["models"]():
        known = facts(bytes(model))
        calls = [op for names in known.call_ops.values() for op in names]
        ops[name] = {without_dtype(op) for op in (*known.ops, *calls)}
    for core in {row["core"] for row in rows} - set(SAME):
        named = {row["model"] for row in rows if row["core"] == core}
        expected = set().union(*(ops[name] for name in named))
        table = prices(core, "-O2")
        found = {name[7:] for name in table if name.startswith("tested.")}
        assert found == expected


def test_counts_of_blobs_beyond_64_kib_on_avr_are_not_known():
    """Other instructions read them, and took a third more cycles, and more stack."""
    X, y = datasets.load_digits(return_X_y=True)
    forest = ensemble.RandomForestClassifier(60, random_state=0).fit(X, y)
    model = emlrt.convert(forest)
    assert model.nbytes > 1 << 16
    found = estimate(model, X[:4], core="atmega2560")
    assert np.isnan(found.counts).all()
    assert np.isnan(found.error)
    assert (found.stack, found.open_stack) == (-1, -1)
    assert found.unknown == ("trees_vote_f32",)
    assert np.isfinite(estimate(model, X[:4], core="cortex-m3").mean)
    verdict = model.report(X[:4], boards=["mega"]).verdicts[0]
    assert (verdict.verdict, verdict.mean_ms) == ("FITS", None)
    assert "stack" in verdict.cost.unknown


@pytest.mark.parametrize("call", [estimate, measure])
def test_an_estimator_is_to_be_converted_first(call):
    X = np.eye(3)
    for made in (ensemble.RandomForestRegressor(2), linear_model.LinearRegression()):
        with pytest.raises(TypeError, match=r"not a .*: emlrt.convert makes a Model"):
            call(made.fit(X, X[:, 0]), X)


def test_error_is_the_cores_own_where_ops_are_usual():
    model, X = model_of("bayes")
    for core in CORES:
        usual = prices(core, "-O2")["error"]
        assert 0 < usual < 0.05
        assert usual <= estimate(model, X, core=core).error < 0.1


def test_error_says_how_far_off_ops_are():
    """An op that is further off than the core's own error adds to it."""
    table = prices("cortex-m0plus", "-O2")
    (case,) = (case for case in cases() if case.name == "signal_features-peaks")
    found = estimate(case.model, case.rows[:2])
    assert table["error.peaks"] > 2 * table["error"]
    assert found.error > 0.5 * table["error.peaks"]


def test_the_comparison_has_twenty_models_of_each_core_within_5_percent():
    path = BENCHMARKS / "results" / "estimates.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    models = {
        core: {row["model"] for row in rows if row["core"] == core} for core in CORES
    }
    assert {core: len(names) for core, names in models.items()} == dict.fromkeys(
        CORES, 20
    )
    assert max(abs(float(row["ratio"]) - 1) for row in rows) < 0.05


#: Blocks at other sizes than those that prices were made from.
BLOCKS = {
    "RFFT": (signal.RFFT(48), 48),
    "mel": (
        signal.MelSpectrogram(sr=8000, n_fft=80, hop_length=40, n_mels=9, center=False),
        240,
    ),
    "biquads": (signal.Sosfilt(butter(3, 0.15, output="sos")), 70),
    "FIR": (signal.Fir(np.hanning(15) / 7), 60),
    "median": (signal.MedianFilter(7), 60),
    "moments": (signal.TimeFeatures(["mean", "std", "kurtosis", "slope"]), 90),
    "changes": (signal.TimeFeatures(["zero_crossings", "max", "hjorth_mobility"]), 90),
    "lags": (signal.TimeFeatures(["autocorrelation"], lags=(2, 4)), 80),
    "decibels": (signal.PowerToDb(top_db=30.0), 30),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_of_signals_are_within_a_tenth(name):
    need(TARGETS["cortex-m0plus"].compiler)
    block, n = BLOCKS[name]
    rng = np.random.default_rng(n)
    X = (np.abs(np.sin(np.arange(n) / 3) + 0.2 * rng.normal(size=(4, n)))) * 2
    model = emlrt.convert(block.fit(X.astype(np.float32)))
    found, real = estimate(model, X), measure(model, X, core="cortex-m0plus")
    assert abs(found.mean / real.mean - 1) < 0.1


@pytest.mark.parametrize("n", [1, 2, 8, 15, 60, 64, 96, 125, 512])
def test_passes_of_a_transform_join_all_its_numbers(n):
    found, left = fourier.passes(n), list(fourier.radices(n))
    assert np.prod(left, dtype=int) == n
    assert found["pass"] == len(left)
    for radix in (2, 3, 4, 5):
        names = ("two",) if radix == 2 else (f"plain{radix}", f"turn{radix}")
        joined = radix * sum(found.get(name, 0) for name in names)
        assert joined == n * left.count(radix)


def test_counts_of_every_family_are_within_their_error():
    """Other models than most of those that the prices were made from; the smallest may
    be off by some instructions more."""
    need(TARGETS["cortex-m0plus"].compiler)
    beyond = {}
    for case in cases()[3::11]:
        if case.model.state_bytes:
            continue
        found, real = (
            estimate(case.model, case.rows[:2]),
            measure(case.model, case.rows[:2], core="cortex-m0plus"),
        )
        off = abs(real.mean - found.mean)
        if off > found.error * found.mean + 200:
            beyond[case.name] = (off, found.mean, found.error)
    assert not beyond
