# SPDX-License-Identifier: MIT
"""Blocks over the whole range of float32: numbers are those of float64, wherever these
are float32 themselves. What squares by its meaning (powers, energies, variances) is
infinite or 0 where float32 is; lengths, magnitudes and shares are not."""

import numpy as np
import pytest
from scipy import stats
from scipy.signal import detrend, welch

from emlrt import signal

RNG = np.random.default_rng(2)
X = RNG.normal(size=(3, 60, 2))
#: From the smallest normal numbers to the largest.
SCALES = [10.0**e for e in (-36, -30, -25, -22, -19, -12, 0, 12, 18, 19, 22, 30, 36)]
FLOOR = 2.0**-149


def of(scale):
    return (X * scale).astype(np.float32)


def rows_of(block, x):
    with np.errstate(all="ignore"):
        return block.fit(x)._model()._runtime.scores(x.reshape(len(x), -1))


def turned(y):
    """(n, bins, channels) as blocks have it: channel after channel."""
    return np.moveaxis(y, 2, 1).reshape(len(y), -1)


def in_float32(y):
    with np.errstate(over="ignore"):
        return np.asarray(y, np.float64).astype(np.float32).astype(np.float64)


def near(found, expected, share, scale):
    """Whether found is expected, as a share of the largest, or of float32's step."""
    largest = abs(expected).max()
    expected = in_float32(expected)
    fit = np.isfinite(expected)
    assert (np.isfinite(found) >= fit).all(), "infinite where float32 is not"
    assert np.isinf(found[~fit]).all()
    off = abs(found[fit] - expected[fit])
    most = share * largest + 300 * FLOOR
    assert (off <= most).all(), (off.max(), most, scale)


@pytest.mark.parametrize("scale", SCALES)
def test_magnitudes_of_transforms(scale):
    x = of(scale)
    exact = abs(np.fft.rfft(x.astype(np.float64), axis=1))
    near(rows_of(signal.RFFT(), x), turned(exact), 3e-7, scale)
    near(rows_of(signal.RFFT(output="power"), x), turned(exact**2), 1e-6, scale)
    if 1e-30 < scale < 1e30:  # transforms, at both ends, round what has no digits
        mel = signal.MelSpectrogram(
            sr=100, n_fft=60, hop_length=60, n_mels=4, window="boxcar", center=False,
            power=1,
        )  # fmt: skip
        bank = mel.fit(x).bank_
        expected = np.einsum("nfc,bf->nbc", exact, bank)
        near(rows_of(mel, x), turned(expected), 1e-5, scale)


@pytest.mark.parametrize("scale", SCALES)
def test_single_frequencies(scale):
    x = of(scale)
    waves = np.exp(-2j * np.pi * np.outer([0.1, 0.23], np.arange(60)))
    exact = abs(np.einsum("ft,ntc->nfc", waves, x.astype(np.float64)))
    for output, power in (("magnitude", 1), ("power", 2)):
        block = signal.Goertzel([0.1, 0.23], output=output)
        near(rows_of(block, x), exact.reshape(3, -1) ** power, 2e-6, scale)


@pytest.mark.parametrize("scale", SCALES)
def test_densities(scale):
    x = of(scale)
    with np.errstate(over="ignore"):
        _, exact = welch(x.astype(np.float64), fs=1.0, nperseg=20, axis=1)
    found = rows_of(signal.Welch(nperseg=20), x)
    if scale <= 1e18:
        # Below 1e-38 powers have fewer digits, before they are scaled.
        near(found, turned(exact), 1e-5, scale)
    else:  # powers are beyond float32 before they are scaled
        assert np.isinf(found).any()


@pytest.mark.parametrize("scale", SCALES)
def test_features_in_time(scale):
    x = of(scale)
    exact = x.astype(np.float64)
    root = np.sqrt((exact**2).mean(1))
    own = {
        "mean": exact.mean(1),
        "std": exact.std(1),
        "rms": root,
        "mean_abs": abs(exact).mean(1),
        "max": exact.max(1),
        "range": np.ptp(exact, axis=1),
        "median": np.median(exact, axis=1),
        "iqr": np.subtract(*np.quantile(exact, [0.75, 0.25], axis=1)),
        "mad": stats.median_abs_deviation(exact, axis=1),
        "waveform_length": abs(np.diff(exact, axis=1)).sum(1),
        "energy": (exact**2).sum(1),
        "var": exact.var(1),
        "hjorth_activity": exact.var(1),
    }
    for name, expected in own.items():
        near(rows_of(signal.TimeFeatures([name]), x), expected, 3e-6, scale)
    with np.errstate(all="ignore"):
        unit = exact / scale
        shapes = {
            "skew": stats.skew(unit, axis=1),
            "kurtosis": stats.kurtosis(unit, axis=1),
            "crest": abs(exact).max(1) / root,
            "zero_crossings": (np.diff(exact >= 0, axis=1) != 0).sum(1),
            "hjorth_mobility": np.sqrt(
                np.diff(unit, axis=1).var(1) / unit.var(1)
            ),
        }  # fmt: skip
    for name, expected in shapes.items():
        found = rows_of(signal.TimeFeatures([name]), x)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    found = rows_of(signal.TimeFeatures(["correlation", "autocorrelation"]), x)
    d = unit - unit.mean(1, keepdims=True)
    lag = (d[:, 1:] * d[:, :-1]).sum(1) / (d * d).sum(1)
    pair = [np.corrcoef(w.T)[0, 1] for w in unit]
    expected = np.column_stack([pair, lag])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("scale", SCALES)
def test_levels_and_filters(scale):
    x = of(scale)
    exact = x.astype(np.float64)
    flat = lambda y: np.asarray(y).reshape(3, -1)  # noqa: E731
    mean = exact.mean(1, keepdims=True)
    near(rows_of(signal.RemoveMean(), x), flat(exact - mean), 1e-6, scale)
    near(rows_of(signal.Detrend(), x), flat(detrend(exact, axis=1)), 2e-6, scale)
    unit = exact / scale
    scores = (unit - unit.mean(1, keepdims=True)) / unit.std(1, keepdims=True)
    near(rows_of(signal.Standardize(), x), flat(scores), 2e-6, 1.0)
    near(
        rows_of(signal.Magnitude(), x), np.hypot(*np.moveaxis(exact, 2, 0)), 2e-7, scale
    )
    near(rows_of(signal.Magnitude("sq"), x), (exact**2).sum(2), 3e-7, scale)
    near(rows_of(signal.MovingAverage(1), x), flat(exact), 0, scale)
    mean = np.empty_like(exact)
    mean[:, 0] = exact[:, 0]
    for t in range(1, 60):
        mean[:, t] = mean[:, t - 1] + 0.25 * (exact[:, t] - mean[:, t - 1])
    near(rows_of(signal.ExponentialMean(0.25), x), flat(mean), 1e-6, scale)


@pytest.mark.parametrize("scale", [s for s in SCALES if 1e-17 < s < 1e17])
def test_what_is_stated_to_be_in_range(scale):
    """SpectralFeatures and ExponentialZScore square what they read: their docstrings
    say from where to where."""
    x = of(scale)
    m = abs(np.fft.rfft(x.astype(np.float64), axis=1))
    shares = m**2 / (m**2).sum(1, keepdims=True)
    entropy = -(shares * np.log(shares)).sum(1) / np.log(31)
    block = signal.SpectralFeatures(
        ["entropy", "centroid"], sr=60, n_fft=None, window="boxcar"
    )
    found = rows_of(block, x).reshape(3, 2, 2)
    np.testing.assert_allclose(found[:, :, 0], entropy, rtol=1e-5)
    hz = np.arange(31.0)[None, :, None]
    np.testing.assert_allclose(found[:, :, 1], (hz * m).sum(1) / m.sum(1), rtol=1e-5)
    scores = rows_of(signal.ExponentialZScore(0.1), x)
    plain = rows_of(signal.ExponentialZScore(0.1), of(1.0))
    np.testing.assert_allclose(scores, plain, rtol=1e-3, atol=1e-3)
