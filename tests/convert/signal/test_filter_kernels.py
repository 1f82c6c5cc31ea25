# SPDX-License-Identifier: MIT
"""Filters of emlrt/signal.h against scipy and exact integers, in pieces too."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import signal as scipy

from emlrt._native import ffi, lib
from emlrt.signal import FilterBank, Fir, Sosfilt, Window, mel_filters, tables

RNG = np.random.default_rng(0)
N = 4000
CUTS = ([0, N], [0, 2, 2, 14, 20, 38, 1000, N])
TAPS = scipy.firwin(31, 0.3)


def pointer(kind, array):
    return ffi.from_buffer(f"{kind} *", array)


def filtered(name, kind, x, table, count, kept, channels=()):
    """x through a kernel, in pieces and as one: their bits are the same."""
    results = []
    for cuts in CUTS:
        state, y = np.zeros(kept + 1, x.dtype), np.empty_like(x)
        state[-1] = 7
        words = ffi.from_buffer(table)
        for start, stop in pairwise(cuts):
            part, out = x[start:stop].copy(), np.empty(stop - start, x.dtype)
            status = getattr(lib, name)(
                *(pointer(kind, part), stop - start, *channels, words, count),
                *(pointer(kind, out), pointer(kind, state)),
            )
            assert (status, state[-1]) == (0, 7)
            y[start:stop] = out
        results.append(y)
    assert results[0].tobytes() == results[1].tobytes()
    return results[0]


@pytest.mark.parametrize(("order", "cutoff"), [(2, 1e-3), (5, 0.1), (4, 0.9)])
@pytest.mark.parametrize("channels", [1, 2])
def test_biquads_have_the_bits_of_the_block(order, cutoff, channels):
    sos = scipy.butter(order, cutoff, output="sos")
    x = RNG.normal(size=N).astype(np.float32)
    count = len(sos)
    kept = 3 * count * channels
    table = tables.biquads(sos)
    y = filtered("emlrt_biquads_f32", "float", x, table, count, kept, (channels,))
    rows = x.reshape(1, -1, channels)
    assert y.tobytes() == Sosfilt(sos).fit_transform(rows).tobytes()
    state = np.zeros(kept, np.float32)
    own, words = x.copy(), ffi.from_buffer(table)
    at = pointer("float", own)
    args = (at, N, channels, words, count, at, pointer("float", state))
    assert lib.emlrt_biquads_f32(*args) == 0
    assert own.tobytes() == y.tobytes()


@pytest.mark.parametrize("channels", [1, 2])
def test_taps_have_the_bits_of_the_block(channels):
    x = RNG.normal(size=N).astype(np.float32)
    kept = (len(TAPS) - 1) * channels
    table = tables.fir(TAPS)
    y = filtered("emlrt_fir_f32", "float", x, table, len(TAPS), kept, (channels,))
    assert y.tobytes() == Fir(TAPS).fit_transform(x.reshape(1, -1, channels)).tobytes()


def q31(x, sos):
    """The kernel's rule in Python's integers."""
    numbers = tables.biquads_q31(sos).view("<i4").reshape(-1, 5).tolist()
    x = x.tolist()
    for b0, b1, b2, a1, a2 in numbers:
        x1 = x2 = y1 = y2 = lost = 0
        for i, now in enumerate(x):
            total = lost + b0 * now + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            lost = total & (1 << 29) - 1
            x1, x2, y2 = now, x1, y1
            y1 = x[i] = min(max(total >> 29, -(1 << 31)), (1 << 31) - 1)
    return np.array(x, np.int32)


@pytest.mark.parametrize(
    ("sos", "scale", "most"),
    [
        (scipy.butter(4, 0.1, output="sos"), 1 << 29, 1e-7),
        (scipy.butter(2, 0.002, output="sos"), 1 << 29, 1e-4),
        (scipy.butter(6, 0.3, "highpass", output="sos"), 1 << 28, 1e-7),
        (scipy.ellip(3, 1, 60, 0.2, output="sos"), 1 << 29, 1e-7),
        (scipy.butter(2, 0.9, output="sos") * [9, 9, 9, 1, 1, 1], 1 << 31, None),
    ],
)
def test_q31_is_exact_by_its_rule_and_near_scipy(sos, scale, most):
    x = (RNG.uniform(-1, 1, N) * (scale - 1)).astype(np.int32)
    if most is None:  # it saturates
        sos = scipy.butter(2, 0.5, output="sos") * [3, 3, 3, 1, 1, 1]
    y = filtered(
        "emlrt_biquads_q31",
        "int32_t",
        x,
        tables.biquads_q31(sos),
        len(sos),
        5 * len(sos),
    )
    assert (y == q31(x, sos)).all()
    if most is None:
        assert y.max() == (1 << 31) - 1
        assert y.min() == -(1 << 31)
    else:
        expected = scipy.sosfilt(sos, x.astype(float))
        assert np.abs(y - expected).max() <= most * np.abs(expected).max()


@pytest.mark.parametrize("gain", [1, 8])
def test_q15_taps_are_exact(gain):
    taps = np.clip(TAPS * gain, -1, 1 - 2**-15)
    x = RNG.integers(-32768, 32768, N).astype(np.int16)
    table = tables.fir_q15(taps)
    y = filtered("emlrt_fir_q15", "int16_t", x, table, len(taps), len(taps) - 1)
    whole = np.rint(taps * 2**15).astype(np.int64)
    total = np.convolve(x.astype(np.int64), whole)[:N]
    assert (y == np.clip(total + (1 << 14) >> 15, -32768, 32767)).all()
    assert (np.abs(y) == 32767).any() == (gain == 8)


@pytest.mark.parametrize("channels", [1, 3])
def test_windows_have_the_bits_of_the_block(channels):
    x = RNG.normal(size=100 * channels).astype(np.float32)
    table, y = tables.window("hann", 100), np.empty_like(x)
    words = ffi.from_buffer(table)
    args = (pointer("float", x), x.size, channels, words, pointer("float", y))
    assert lib.emlrt_window_f32(*args) == 0
    rows = x.reshape(1, -1, channels)
    assert y.tobytes() == Window("hann").fit_transform(rows).tobytes()


def test_bands_have_the_bits_of_the_block():
    matrix = mel_filters(sr=16000, n_fft=512, n_mels=40)
    matrix = np.vstack([matrix, np.zeros(257)])  # and a band of nothing
    x = RNG.uniform(size=257).astype(np.float32)
    table, y = tables.bands(matrix), np.empty(41, np.float32)
    args = (pointer("float", x), ffi.from_buffer(table), 41, pointer("float", y))
    assert lib.emlrt_bands_f32(*args) == 0
    assert y.tobytes() == FilterBank(matrix).fit_transform(x[None]).tobytes()
    assert table.nbytes < 4 * matrix.size / 10
    for wrong in ([1.0, 2.0], [[]], [[np.nan]]):
        with pytest.raises(ValueError, match="a bank is a matrix"):
            tables.bands(wrong)


def test_what_kernels_do_not_take():
    x = np.zeros(8, np.float32)
    at, table = pointer("float", x), ffi.from_buffer(tables.fir([1.0, 2.0]))
    refused = lib.EMLRT_ERR_ARGUMENT
    for name in ("emlrt_fir_f32", "emlrt_biquads_f32"):
        call = getattr(lib, name)
        assert call(at, 8, 0, table, 1, at, at) == refused
        assert call(at, 8, 3, table, 1, at, at) == refused
        assert call(at, 8, 1, table, 0, at, at) == refused
        assert call(at, 8, 1, ffi.NULL, 1, at, at) == refused
        assert call(at, 0, 1, table, 1, at, at) == 0
        for k in (0, 5, 6):
            args = [at, 8, 1, table, 1, at, at]
            args[k] = ffi.NULL
            assert call(*args) == refused
    whole = pointer("int32_t", x)
    assert lib.emlrt_biquads_q31(whole, 8, table, 0, whole, whole) == refused
    half = pointer("int16_t", x)
    assert lib.emlrt_fir_q15(half, 8, table, 0, half, half) == refused
    with pytest.raises(ValueError, match="8 or more"):
        tables.biquads_q31([[3.9, 3.9, 3.9, 1, 0, 0]])
    with pytest.raises(ValueError, match="Q15 taps"):
        tables.fir_q15([1.0])
