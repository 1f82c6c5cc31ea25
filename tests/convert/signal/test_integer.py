# SPDX-License-Identifier: MIT
"""Integer features: against numpy's, their errors, and that no float is in them."""

import ctypes
import pickle
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from spec_reader import Blob

from c import build
from emlrt import Model, UnsupportedModelError
from emlrt.convert.signal.integer import TIME_FEATURES
from emlrt.emulate import build as cross
from emlrt.emulate import targets
from emlrt.emulate.facts import facts
from emlrt.signal import (
    Frame,
    IntegerTimeFeatures,
    LogMelQ15,
    MovingAverage,
    Window,
    twiddles_q15,
)

RNG = np.random.default_rng(5)
NAMES = list(TIME_FEATURES)
I16 = {"min_value": -32768, "max_value": 32767}


# Kernels


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    out = tmp_path_factory.mktemp("kernels") / "kernels.so"
    files = [build.place(build.C / "src", n) for n in ("rfft_q15.c", "integer.c")]
    flags = ["-std=c99", "-O2", "-shared", "-fPIC", build.INCLUDE]
    subprocess.run(["gcc", *flags, *files, "-o", out], check=True)
    lib = ctypes.CDLL(str(out))
    lib.emlrt_rfft_q15.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p]
    lib.emlrt_isqrt.argtypes = lib.emlrt_log2_q8.argtypes = [ctypes.c_uint32]
    lib.emlrt_isqrt64.argtypes = lib.emlrt_log2_q8_64.argtypes = [ctypes.c_uint64]
    lib.emlrt_isqrt.restype = lib.emlrt_isqrt64.restype = ctypes.c_uint32
    lib.emlrt_divide.argtypes = [ctypes.c_uint32, ctypes.c_uint32]
    lib.emlrt_divide.restype = ctypes.c_uint32
    return lib


def spectrum(kernels, x):
    """X of int16 samples, at the scale of the kernel's last place; and its exponent."""
    n = len(x)
    y, table = np.ascontiguousarray(x, np.int16).copy(), twiddles_q15(n)
    e = kernels.emlrt_rfft_q15(y.ctypes.data, n.bit_length() - 1, table.ctypes.data)
    z = y.astype(np.float64)
    return np.concatenate([z[:1], z[2::2] + 1j * z[3::2], z[1:2]]), e


def shapes(n):
    t = np.arange(n)
    yield RNG.normal(0, 8000, n)
    yield RNG.normal(0, 2, n)
    yield 32767 * np.sign(np.sin(2 * np.pi * 3 * (t + 0.5) / n))
    yield np.full(n, -32768.0)
    yield np.where(t % 2, 32767.0, -32768.0)
    yield np.where(t == 5, -32768.0, 0)
    yield 1.0 * (t == 3)
    for cycles in (0.37, 1, 2.5, n / 7, n / 4, n / 2 - 0.1):
        yield 32767 * np.cos(2 * np.pi * cycles * t / n + cycles)


@pytest.mark.parametrize("bits", range(4, 14))
def test_a_transform_is_within_two_of_its_last_place(kernels, bits):
    """Root mean square of parts, at the exponent that it gives."""
    for x in shapes(1 << bits):
        x = np.rint(x).clip(-32768, 32767)
        found, exponent = spectrum(kernels, x)
        error = found - np.fft.rfft(x) / 2.0**exponent
        assert np.sqrt(np.mean(abs(error) ** 2) / 2) < 1.5
        assert abs(error).max() < (10 if bits < 12 else 20)
    found, exponent = spectrum(kernels, np.zeros(1 << bits))
    assert not found.any()
    assert exponent == 0


def test_loud_and_faint_numbers_never_wrap(kernels):
    """Of both ends at random: what is most of all near to overflow."""
    for _ in range(300):
        x = RNG.choice([-32768, 32767], 64)
        x[RNG.random(64) < 0.2] = 0
        found, exponent = spectrum(kernels, x)
        assert abs(found - np.fft.rfft(x) / 2.0**exponent).max() < 10


@pytest.mark.parametrize("bits", [4, 5, 8, 9])
def test_a_loud_number_is_seen_wherever_it_stands(kernels, bits):
    """Else faint ones would be shifted left until it wraps."""
    for place in range(1 << bits):
        x = RNG.integers(-2, 3, 1 << bits).astype(np.float64)
        x[place] = 20000
        found, exponent = spectrum(kernels, x)
        assert abs(found - np.fft.rfft(x) / 2.0**exponent).max() < 30


def test_bands_of_frames_that_end_loud_are_those_of_the_second_reader():
    block = LogMelQ15(sr=1000, n_fft=32, hop_length=32, n_mels=4)
    x = RNG.normal(size=(300, 32)) * 10 ** RNG.uniform(0, 4.5, (300, 32))
    x[::3, :24] = 0
    x = np.rint(x).clip(-32768, 32767).astype(np.int16)
    reader = Blob(bytes(Model.from_sklearn(block.fit(x), dtype="int16", X=x)))
    found = block.transform(x)
    assert [reader.scores(row.tolist()) for row in x] == list(map(tuple, found))


def test_twiddles_are_of_powers_of_two():
    for n in (0, 8, 48, 16384, True, 16.5):
        with pytest.raises(ValueError, match="power of 2"):
            twiddles_q15(n)


@given(st.integers(0, 2**64 - 1), st.integers(0, 63))
@settings(max_examples=200, deadline=None)
def test_roots_are_rounded_down(kernels, x, shift):
    x >>= shift
    root = kernels.emlrt_isqrt64(x)
    assert root * root <= x < (root + 1) ** 2
    if x < 1 << 32:
        assert kernels.emlrt_isqrt(x) == root


@given(st.integers(0, 2**32 - 1), st.integers(1, 2**32 - 1), st.integers(0, 31))
@settings(max_examples=200, deadline=None)
def test_quotients_are_rounded_down(kernels, x, by, shift):
    by = max(by >> shift, 1)
    assert kernels.emlrt_divide(x, by) == x // by


def test_logarithms_are_near(kernels):
    """All mantissas of 12 bits, and some of all sizes; the class says what they are
    off by at most."""
    numbers = [*range(1, 4096), *(int(2.0**b) for b in np.linspace(0, 63.9, 2000))]
    found = np.array([kernels.emlrt_log2_q8_64(x) for x in numbers])
    exact = 256 * np.log2(np.array(numbers, np.float64))
    assert abs(found - exact).max() < IntegerTimeFeatures.error_
    small = [x for x in numbers if x < 1 << 32]
    assert [kernels.emlrt_log2_q8(x) for x in small] == found[: len(small)].tolist()
    assert kernels.emlrt_log2_q8(0) == kernels.emlrt_log2_q8_64(0) == 0


# Time features


def of_numpy(x):
    """Time features of windows (n, length), in NAMES' order."""
    x = x.astype(np.int64)
    d, n = np.diff(x), x.shape[1]
    squares, steps = (x * x).sum(1), abs(d).sum(1)
    spread = n * squares - x.sum(1) ** 2
    half_up = [
        np.floor((2 * x.sum(1) + n) / (2 * n)),
        np.floor((2 * abs(x).sum(1) + n) / (2 * n)),
        np.floor((2 * steps + n - 1) / (2 * n - 2)) if n > 1 else 0 * steps,
    ]
    largest = abs(x).max(1)
    roots = [np.floor(np.sqrt(part) / n) for part in (n * squares, spread)]
    counts = [
        ((x[:, 1:] < 0) != (x[:, :-1] < 0)).sum(1),
        (np.sign(d[:, 1:]) * np.sign(d[:, :-1]) < 0).sum(1),
    ]
    logs = [256 * np.log2(np.maximum(p, 1)) for p in (squares, spread, steps)]
    ends = [x.min(1), x.max(1), x.max(1) - x.min(1), largest]
    return np.minimum(np.stack([*half_up, *ends, *roots, *counts, *logs], 1), 32767)


@given(arrays(np.int16, st.tuples(st.integers(1, 4), st.integers(1, 40))))
@settings(max_examples=60, deadline=None)
def test_time_features_are_numpy_s(x):
    found = IntegerTimeFeatures(NAMES).fit_transform(x)
    error = abs(found - of_numpy(x))
    assert not error[:, :-3].any()
    assert error[:, -3:].max() < IntegerTimeFeatures.error_


def test_time_features_of_channels_and_of_the_ends():
    x = RNG.integers(-32768, 32768, (5, 700, 3)).astype(np.int16)
    x[0], x[1], x[2, ::2], x[2, 1::2] = -32768, 32767, -32768, 32767
    block = IntegerTimeFeatures(["std", "mean", "rms", "log_energy"])
    found = block.fit_transform(x).reshape(5, 4, 3)
    for c in range(3):
        own = of_numpy(x[:, :, c])[:, [NAMES.index(n) for n in block.features]]
        assert abs(found[:, :, c] - own).max() < IntegerTimeFeatures.error_
    assert block.get_feature_names_out()[4] == "mean_c1"
    long = np.full((1, 32767), -32768)
    assert (
        abs(IntegerTimeFeatures(NAMES).fit_transform(long) - of_numpy(long)).max() < 1
    )


# Bands of mel


def in_float64(block, x):
    """256 log2 of energies of bands, of frames of one channel, and how far below the
    largest of its frame each is in decibels."""
    taper, hop = block.taper_(), block.hop_length
    n = 1 + (x.shape[1] - len(taper)) // hop
    frames = np.stack([x[:, t * hop : t * hop + len(taper)] for t in range(n)], 1)
    power = abs(np.fft.rfft(frames * taper, block.n_fft)) ** 2
    energy = power @ block.bank_().T
    below = energy.max(-1, keepdims=True) / np.maximum(energy, 1e-9)
    return 256 * np.log2(np.maximum(energy, 1)), 10 * np.log10(np.maximum(below, 1))


def sounds(n):
    t = np.arange(n)
    for _ in range(12):
        noise = RNG.normal(0, 10 ** RNG.uniform(0, 4), n)
        pitch = 10 ** RNG.uniform(1.8, 3.85)
        tone = np.sin(2 * np.pi * pitch * t / 16000 + RNG.uniform(0, 6))
        yield noise + 10 ** RNG.uniform(1, 4.3) * tone


@pytest.mark.parametrize(("n_fft", "win_length"), [(512, 400), (1024, None)])
def test_bands_are_as_near_as_the_class_says(n_fft, win_length):
    x = np.rint(list(sounds(6000))).clip(-32768, 32767).astype(np.int16)
    block = LogMelQ15(
        sr=16000, n_fft=n_fft, win_length=win_length, hop_length=160, n_mels=40
    )
    found = block.fit_transform(x)
    exact, below = in_float64(block, x.astype(np.float64))
    error = abs(found.reshape(exact.shape) - exact) * 10 * np.log10(2) / 256
    for decibels, (mean, most) in block.error_.items():
        near = below <= decibels
        assert error[near].mean() < mean
        assert error[near].max() < most


def test_bands_of_silence_and_of_channels():
    x = RNG.integers(-99, 99, (3, 300, 2)).astype(np.int16)
    x[0, :, 1] = 0
    block = LogMelQ15(sr=2000, n_fft=64, hop_length=50, n_mels=5, norm=None)
    found = block.fit_transform(x).reshape(3, 2, -1)
    assert not found[0, 1].any()
    alone = clone(block).fit_transform(x[:, :, 1])
    assert (alone == found[:, 1]).all()
    assert block.get_feature_names_out()[-1] == "mel4_c1_t4"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"n_fft": 500}, "power of 2"),
        ({"hop_length": 0}, "hop_length"),
        ({"win_length": 513}, "win_length"),
        ({"win_length": 2.5}, "win_length"),
        ({"n_mels": 0}, "n_mels"),
        ({"window": [2.0] * 512}, "beyond -1 to 1"),
        ({"fmin": 9000.0}, "fmin"),
    ],
)
def test_parameters_without_meaning_are_named(options, named):
    block = LogMelQ15(**({"sr": 16000, "n_fft": 512} | options))
    with pytest.raises(ValueError, match=named):
        block.fit(np.zeros((2, 1000), np.int16))


@pytest.mark.parametrize("features", [[], "mean", ["mean", "median"]])
def test_features_without_meaning_are_named(features):
    with pytest.raises(ValueError, match="features"):
        IntegerTimeFeatures(features).fit(np.zeros((2, 9), np.int16))


# Pipelines


def pipelines():
    few = {"n_estimators": 6, "max_depth": 4, "random_state": 0}
    yield (
        *(IntegerTimeFeatures(NAMES), RandomForestClassifier(**few), (20, 2)),
        {"time_features_i16", "trees_soft_i16"},
    )
    log_mel = LogMelQ15(sr=1000, n_fft=32, hop_length=16, n_mels=4, norm=None)
    yield (
        *(log_mel, RandomForestClassifier(**few), (64, 1)),
        {"log_bands_i16", "trees_soft_i16"},
    )
    yield (
        *(make_pipeline(Frame(24), IntegerTimeFeatures(NAMES)),),
        *(GradientBoostingClassifier(**few), (24, 1)),
        {"time_features_i16", "trees_sum_i16"},
    )


def windows(n, length, channels):
    loud = 10 ** RNG.uniform(0, 4.3, (n, 1, channels))
    x = np.rint(RNG.normal(size=(n, length, channels)) * loud)
    return x.clip(-32768, 32767).astype(np.int16)


@pytest.mark.parametrize(("block", "trees", "shape", "ops"), list(pipelines()))
def test_trees_read_integers(block, trees, shape, ops):
    """No op but integer ones, and the labels of 10^4 windows."""
    x = windows(400, *shape)
    x = x if shape[1] > 1 else x[:, :, 0]
    pipeline = make_pipeline(block, trees).fit(x, RNG.integers(0, 3, len(x)))
    model = Model.from_sklearn(pipeline, dtype="int16", X=x.reshape(len(x), -1))
    assert {stage.name for stage in model.stages} == ops
    rows = windows(10_000, *shape)
    flat = rows.reshape(len(rows), -1)
    rows = rows if shape[1] > 1 else flat
    assert (model.predict(rows) == pipeline.predict(rows)).all()
    assert (Model(bytes(model)).scores(flat[:70]) == model.scores(flat)[:70]).all()


def test_firmware_has_no_float_routine():
    """What a Cortex-M0+ links to classify, of libgcc and of the runtime."""
    x = windows(60, 64, 1)[:, :, 0]
    block = LogMelQ15(sr=1000, n_fft=32, hop_length=16, n_mels=4)
    fit = make_pipeline(block, RandomForestClassifier(3, random_state=0)).fit(
        x, np.arange(60) % 2
    )
    blob = bytes(Model.from_sklearn(fit, dtype="int16", X=x))
    target = targets.find("cortex-m0plus")
    image = cross.footprint(
        target, facts(blob).ops, ["emlrt_open", "emlrt_classify"], cross.Options()
    )
    floats = ("__aeabi_f", "__aeabi_d", "__aeabi_i2f", "__aeabi_ui2f", "emlrt_soft")
    allowed = {"__aeabi_idiv0", "__aeabi_ldiv0"}
    found = [n for n in image.symbols if n.startswith(floats) and n not in allowed]
    assert "emlrt_rfft_q15" in image.symbols
    assert not found


def test_it_wants_int16_as_it_is():
    x = windows(40, 20, 1)[:, :, 0]
    block = IntegerTimeFeatures().fit(x)
    for dtype in ("float32", "uint8"):
        with pytest.raises(UnsupportedModelError, match="dtype='int16'"):
            Model.from_sklearn(block, dtype=dtype, X=abs(x) // 256)
    with pytest.raises(ValueError, match="X holds decimals from"):
        make_pipeline(Window(), IntegerTimeFeatures()).fit(x)
    behind = make_pipeline(MovingAverage(1), IntegerTimeFeatures()).fit(x)
    with pytest.raises(UnsupportedModelError, match="nothing but Frame"):
        Model.from_sklearn(behind, dtype="int16", X=x)
    with pytest.raises(ValueError, match="reads int16 samples"):
        block.transform(x + 0.5)


def test_trees_read_integers_of_several_channels():
    x = windows(200, 32, 3)
    pipeline = make_pipeline(
        IntegerTimeFeatures(), RandomForestClassifier(8, random_state=0)
    ).fit(x, np.arange(200) % 3)
    model = Model.from_sklearn(pipeline, dtype="int16", X=x)
    assert (model.predict(x) == pipeline.predict(x)).all()
    assert "time_features_i16, trees_vote_i16>" in repr(model)


def test_a_union_of_integers_is_exact():
    x = windows(300, 64, 2)
    mel = LogMelQ15(sr=1000, n_fft=32, hop_length=16, n_mels=4)
    union = make_union(IntegerTimeFeatures(), mel).fit(x)
    parts = [part.transform(x) for _, part in union.transformer_list]
    model = Model.from_sklearn(union, dtype="int16", X=x)
    assert (model.transform(x) == np.concatenate(parts, 1)).all()
    assert (np.concatenate(parts, 1) == union.transform(x)).all()
    forest = make_pipeline(union, RandomForestClassifier(8, random_state=0))
    forest.fit(x, np.arange(300) % 3)
    model = Model.from_sklearn(forest, dtype="int16", X=x)
    assert (model.predict(x) == forest.predict(x)).all()


def test_manners_of_scikit_learn():
    x = windows(60, 32, 2)
    y = np.arange(60) % 2
    block = IntegerTimeFeatures().fit(x)
    found = block.transform(x)
    assert (pickle.loads(pickle.dumps(block)).transform(x) == found).all()
    assert (found == np.rint(found)).all()
    assert found.dtype == np.float32
    framed = block.set_output(transform="pandas").transform(x)
    assert list(framed.columns) == block.get_feature_names_out().tolist()
    search = GridSearchCV(
        make_pipeline(IntegerTimeFeatures(), RandomForestClassifier(3)),
        {"integertimefeatures__features": [["mean"], ["std", "rms"]]},
        cv=2,
    ).fit(x.reshape(60, -1), y)
    assert search.best_params_
