# SPDX-License-Identifier: MIT
"""Transforms of emlrt/signal.h and the blocks on them, against numpy and scipy."""

import numpy as np
import pytest
from scipy.fft import dct
from scipy.signal import welch
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from emlrt import Model, signal
from emlrt._native import ffi, lib
from emlrt.signal import tables

RNG = np.random.default_rng(5)


def smooth(most):
    """Numbers without other factors than 2, 3 and 5."""
    products = (
        2**a * 3**b * 5**c for a in range(14) for b in range(9) for c in range(6)
    )
    return sorted(n for n in set(products) if n <= most)


SHORT = smooth(512)
LONG = [600, 768, 1000, 1024, 1536, 2048, 2187, 3125, 4096, 6000, 6561, 7776, 8192]
#: Error over the largest result: the median of many inputs, and the worst. scipy's of
#: float32 reach 1.44e-7 and 2.2e-7 at the same lengths; few inputs vary by a tenth.
USUAL, WORST = 1.65e-7, 2.8e-7


def called(name, x, n, table, floats):
    """What a function of signal.h writes to `floats` numbers, and one behind them."""
    x = np.ascontiguousarray(x, np.float32)
    y = np.full(floats + 1, 7.5, np.float32)
    table = np.append(table, np.float32(np.nan))  # behind the table nothing is used
    where = [ffi.from_buffer("float *", a) for a in (x, y)]
    status = getattr(lib, name)(where[0], n, ffi.from_buffer(table), where[1])
    assert (status, y[-1]) == (0, 7.5)
    return y[:-1]


def pairs(z):
    return np.ascontiguousarray(z, np.complex64).view(np.float32)


def rfft(x):
    n = len(x)
    y = called("emlrt_rfft", x, n, tables.rfft(n), 2 * n if n % 2 else n + 2)
    return y[: n // 2 * 2 + 2].astype(float).view(complex)


def irfft(z, n):
    y = called("emlrt_irfft", pairs(z), n, tables.rfft(n), 2 * n if n % 2 else n)
    return y[:n]


def fft(z, name="emlrt_fft"):
    y = called(name, pairs(z), len(z), tables.fft(len(z)), 2 * len(z))
    return y.astype(float).view(complex)


def error(found, expected):
    return abs(found - expected).max() / abs(expected).max()


@pytest.mark.parametrize("lengths", [SHORT, LONG], ids=["short", "long"])
def test_transforms_are_numpy_s(lengths):
    for n in lengths:
        X = RNG.normal(size=(15, n)).astype(np.float32)
        real = [error(rfft(x), np.fft.rfft(x.astype(float))) for x in X]
        Z = X[:-1] + 1j * X[1:]
        whole = [error(fft(z), np.fft.fft(z)) for z in Z]
        for errors in (real, whole):
            usual = USUAL if n <= 1024 else WORST
            assert np.median(errors) <= usual, (n, errors)
            assert max(errors) <= WORST, (n, errors)
        assert abs(irfft(rfft(X[0]), n) - X[0]).max() <= 1e-6 * abs(X[0]).max()
        assert error(fft(fft(Z[0]), "emlrt_ifft"), Z[0]) <= 1e-6


@pytest.mark.parametrize("norm", [None, "ortho"])
def test_cosine_transforms_are_scipy_s(norm):
    for n in [n for n in SHORT if n < 130] + [360, 512, 1000, 2187, 8192]:
        x = RNG.normal(size=n).astype(np.float32)
        for kind in (2, 3):
            table = getattr(tables, f"dct{kind}")(n, norm)
            found = called_dct(f"emlrt_dct{kind}", x, table)
            expected = dct(x.astype(float), kind, norm=norm)
            assert error(found, expected) <= 4e-7, (n, kind)
    with pytest.raises(ValueError, match="norm"):
        tables.dct2(8, "backward")


def called_dct(name, x, table):
    n = len(x)
    floats = 2 * n if n % 2 else n + 2
    work, y = np.full((2, floats + 1), 7.5, np.float32)
    where = [ffi.from_buffer("float *", a) for a in (x, work, y)]
    status = getattr(lib, name)(where[0], n, ffi.from_buffer(table), *where[1:])
    assert (status, y[-1], work[-1]) == (0, 7.5, 7.5)
    return y[:n]


def test_impulses_constants_and_tones():
    for n in (1, 2, 3, 8, 45, 64, 120, 512):
        impulse = np.zeros(n)
        impulse[n // 3] = 1
        assert error(rfft(impulse), np.fft.rfft(impulse)) <= 1.2e-7
        flat = rfft(np.full(n, 3.0))
        assert flat[0] == 3 * n
        assert abs(flat[1:]).max(initial=0) <= 1e-6 * n
        assert (rfft(np.zeros(n)) == 0).all()
    t = np.arange(512)
    powers = [
        abs(rfft(np.cos(2 * np.pi * 37 * t / 512 + phase))[37])
        for phase in np.linspace(0, 6.3, 50)
    ]
    np.testing.assert_allclose(powers, 256, rtol=4e-7)


def test_nan_and_infinity_reach_every_bin():
    for n in (16, 30, 45):
        for odd in (np.nan, np.inf):
            x = RNG.normal(size=n)
            x[n // 2] = odd
            z = rfft(x)
            assert not (np.isfinite(z.real) & np.isfinite(z.imag)).any()


def test_what_is_no_length_is_refused():
    x = ffi.new("float[64]")
    for name in ("emlrt_rfft", "emlrt_irfft", "emlrt_fft", "emlrt_ifft"):
        call = getattr(lib, name)
        for n in (0, 7, 22, 8193, 16384, 2**32 - 1):
            assert call(x, n, x, x) == lib.EMLRT_ERR_ARGUMENT
        for some in ((ffi.NULL, x, x), (x, ffi.NULL, x), (x, x, ffi.NULL)):
            assert call(some[0], 8, some[1], some[2]) == lib.EMLRT_ERR_ARGUMENT
    for name in ("emlrt_dct2", "emlrt_dct3"):
        call = getattr(lib, name)
        assert call(x, 7, x, x, x) == lib.EMLRT_ERR_ARGUMENT
        assert call(x, 8, x, ffi.NULL, x) == lib.EMLRT_ERR_ARGUMENT
    for n in (0, 7, 8193, 9000):
        with pytest.raises(ValueError, match=str(n)):
            tables.rfft(n)


def test_tables_are_rounded_once():
    """Those of length 12: 4 and 3, and what joins 6 pairs."""
    turns = np.exp(-2j * np.pi * np.outer(np.arange(4), [1, 2]) / 12)
    found = tables.fft(12)
    assert (abs(found - pairs(turns.ravel())) <= 1.3e-16).all()
    assert found[12:].tolist() == [0, -1, -1, 0]
    halves = np.exp(2j * np.pi * np.arange(1, 4) / 12) / 2
    assert tables.rfft(12)[-2:].tolist() == [0.0, 0.5]
    np.testing.assert_allclose(tables.rfft(12)[-6:], pairs(halves), atol=1e-9)


def test_tables_as_c(capsys):
    assert tables.main(["rfft", "16"]) == 0
    text = capsys.readouterr().out
    words = [int(word[2:10], 16) for word in text.split("(")[1:]]
    assert words == tables.rfft(16).view(np.uint32).tolist()
    assert tables.main(["rfft", "7"]) == 1
    assert tables.main(["dft", "8"]) == 2
    assert "usage" in capsys.readouterr().err


# Blocks

X = np.float32(RNG.normal(size=(40, 96, 3)) + np.array([0, 9.81, -3]))


@pytest.mark.parametrize("n", [None, 60, 128, 75])
@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
def test_rfft_is_numpy_s(n, norm):
    z = np.fft.rfft(X.astype(float), n, axis=1, norm=norm).transpose(0, 2, 1)
    most = 1e-6 * abs(z).max()
    found = signal.RFFT(n, norm).fit_transform(X)
    np.testing.assert_allclose(found, abs(z).reshape(40, -1), atol=most)
    found = signal.RFFT(n, norm, "power", (1, 9)).fit_transform(X)
    expected = abs(z[:, :, 1:9]).reshape(40, -1) ** 2
    np.testing.assert_allclose(found, expected, atol=2 * most * abs(z).max())
    block = signal.RFFT(n, norm, "complex", bins=(2, 30))
    found = block.fit_transform(X).astype(float).view(complex)
    np.testing.assert_allclose(found, z[:, :, 2:30].reshape(40, -1), atol=most)
    names = block.get_feature_names_out()
    assert names[:2].tolist() == ["rfft2_re_c0", "rfft2_im_c0"]
    assert len(names) == 2 * found.shape[1]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"nperseg": 64, "noverlap": 48},
        {"fs": 100.0, "nperseg": 40, "nfft": 64, "window": ("kaiser", 8.0)},
        {"nperseg": 45, "detrend": False, "scaling": "spectrum"},
        {"nperseg": 32, "window": np.hanning(32)},
    ],
)
def test_welch_is_scipy_s(options):
    block = signal.Welch(**options)
    found = block.fit_transform(X)
    options = {"nperseg": 96, **options}
    freqs, power = welch(X.astype(float), axis=1, **options)
    expected = power.transpose(0, 2, 1)
    most = 1e-6 * expected.max(axis=2, keepdims=True)
    assert (abs(found.reshape(expected.shape) - expected) <= most).all()
    np.testing.assert_allclose(block.freqs_, freqs)
    assert len(block.get_feature_names_out()) == found.shape[1]


def test_one_sample_and_one_channel():
    assert signal.RFFT().fit_transform([[-3.0], [2.0]]).tolist() == [[3], [2]]
    found = signal.Welch(nperseg=8).fit_transform(np.ones((2, 20)))
    assert (found == 0).all()


def test_a_pipeline_agrees_window_for_window():
    flat, y = X.reshape(40, -1), np.arange(40) % 3
    forest = RandomForestClassifier(10, random_state=0)
    for block in (signal.RFFT(bins=(1, 20)), signal.Welch(nperseg=32)):
        pipeline = make_pipeline(block, clone(forest)).fit(X, y)
        rows = RNG.normal(size=(10000, flat.shape[1])).astype(np.float32)
        model = Model.from_sklearn(pipeline)
        shaped = rows.reshape(-1, 96, 3)
        assert (model.predict(rows) == pipeline.predict(shaped)).all()


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (signal.RFFT(97), "n=97.*100 is the next"),
        (signal.RFFT(0), "n is an integer of 1 or more"),
        (signal.RFFT(64.0), "n is an integer"),
        (signal.RFFT(norm="half"), "norm"),
        (signal.RFFT(output="phase"), "output"),
        (signal.RFFT(bins=(3, 50)), "bins"),
        (signal.RFFT(bins=3), "bins"),
        (signal.Welch(fs=0), "fs"),
        (signal.Welch(nperseg=97), "nperseg"),
        (signal.Welch(nperseg=64, noverlap=64), "noverlap"),
        (signal.Welch(nperseg=64, nfft=32), "nfft"),
        (signal.Welch(nperseg=91), "nfft=91.*96"),
        (signal.Welch(detrend="linear"), "detrend"),
        (signal.Welch(scaling="power"), "scaling"),
        (signal.Welch(average="median"), "average"),
        (signal.Welch(window=np.zeros(32)), "adds up to 0"),
    ],
)
def test_bad_parameters_are_named(block, says):
    with pytest.raises(ValueError, match=says):
        block.fit(X)
