# SPDX-License-Identifier: MIT
"""Sizes of all kinds: a block's program opens, or the block is refused by name."""

import warnings

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from emlrt import Model, Stream, UnsupportedModelError, signal
from emlrt.convert.sklearn.blocks import REGISTRY

RNG = np.random.default_rng(0)
#: (length,) or (length, channels) of a window.
SHAPES = [(1,), (16,), (4096,), (65536,), (300000,), (64, 300), (3, 8000), (2, 70000)]
SECTION = [0.2, 0.1, 0.0, 1.0, -0.5, 0.1]


def sections(n):
    return [SECTION] * n


#: Options of each block: usual ones, and what is as large as it can be.
OPTIONS = {
    "AmplitudeToDb": [{}],
    "Channels": [{}, {"keep": [0]}],
    "Decimate": [
        {"q": 2},
        {"q": 13},
        {"q": 40, "ftype": "fir"},
        {"q": 4, "n": 3000, "ftype": "fir"},
    ],
    "Delta": [{"n_bands": 1}, {"n_bands": 8, "width": 101}],
    "Detrend": [{}],
    "Difference": [{}, {"lag": 5000}, {"lag": 65535}],
    "ExponentialMean": [{"alpha": 0.1}],
    "ExponentialZScore": [{"alpha": 0.1}],
    "FilterBank": [{"matrix": np.ones((3, 16))}, {"matrix": np.ones((3000, 16))}],
    "Fir": [{"taps": np.ones(n)} for n in (3, 400, 600, 2000, 70000)],
    "Frame": [{"length": n} for n in (16, 4096, 65536)],
    "Goertzel": [{"frequencies": np.linspace(0, 0.5, n)} for n in (1, 40)],
    "Gravity": [{"alpha": 0.1}],
    "IntegerTimeFeatures": [{}],
    "Lags": [{"lags": [0]}, {"lags": range(16)}],
    "Lfilter": [{"b": np.ones(n), "a": [1.0]} for n in (3, 3000)]
    + [{"b": [1.0], "a": [1.0, -0.9]}],
    "LogMelQ15": [
        {"n_fft": 16, "hop_length": 8, "n_mels": 2},
        {"n_fft": 8192, "hop_length": 1, "n_mels": 200},
        {"n_fft": 8192, "hop_length": 65535, "n_mels": 400},
    ],
    "MFCC": [{"n_fft": 8192, "hop_length": 128, "n_mels": 400, "n_mfcc": 400}, {}],
    "Magnitude": [{}],
    "MedianFilter": [{"n": n} for n in (3, 9, 99)],
    "MelSpectrogram": [
        {},
        {"n_fft": 8192, "hop_length": 16, "n_mels": 400},
        {"n_fft": 512, "hop_length": 1, "n_mels": 40},
        {"n_fft": 512, "hop_length": 10**6, "n_mels": 70000},
    ],
    "MicroFrontend": [
        {},
        {"window_step": 1},
        {"num_channels": 400, "window_size": 512},
        {"window_step": 8000},
    ],
    "MovingAverage": [{"n": n} for n in (3, 10000, 65535)],
    "PCEN": [{"n_bands": 1}, {"n_bands": 8}],
    "PowerToDb": [{}],
    "RFFT": [{}, {"n": 8192}, {"n": 8191}],
    "RemoveMean": [{}],
    "Sosfilt": [{"sos": sections(n)} for n in (1, 20, 126, 127)],
    "SosfiltFilt": [{"sos": sections(n)} for n in (1, 20, 126)],
    "SpectralFeatures": [
        {"n_fft": 8192, "hop_length": 16},
        {"n_fft": 64, "hop_length": 1, "center": False},
        {"n_fft": None, "mean": False},
    ],
    "Standardize": [{}],
    "Tilt": [{}],
    "TimeFeatures": [
        {"features": ["mean", "median", "peak_count", "hjorth_mobility"]},
        {"features": ["correlation"]},
        {"features": [("quantile", q / 200) for q in range(200)]},
    ],
    "Welch": [{}, {"nperseg": 8192}, {"nperseg": 16, "noverlap": 15}],
    "Window": [{"name": "hann"}],
}


def made(name, options, shape):
    """A block's program, which opens; or why there is none."""
    block = getattr(signal, name)(**options)
    integer = isinstance(block, signal.IntegerTimeFeatures | signal.LogMelQ15)
    integer = integer or isinstance(block, signal.MicroFrontend)
    X = np.zeros((1, *shape), np.int16 if integer else np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return block.fit(X)._model(), ""
        except (ValueError, UnsupportedModelError) as error:
            return None, str(error)


def test_every_block_is_swept():
    assert OPTIONS.keys() == REGISTRY.keys() - {"Decision"}


@pytest.mark.parametrize("name", OPTIONS)
def test_a_block_opens_or_is_refused_by_name(name):
    opened = 0
    for options in OPTIONS[name]:
        for shape in SHAPES:
            model, why = made(name, options, shape)
            opened += model is not None
            # What C says without a name, and what Python says of a number too large.
            for plain in ("(WORK", "(HEADER", "(PAYLOAD", "(STAGE", "format requires"):
                assert plain not in why, (options, shape, why)
            assert model is not None or len(why) > 20
    assert opened


@pytest.mark.parametrize(
    ("name", "options", "length", "text"),
    [
        ("Fir", {"taps": np.ones(2000)}, 4096, r"fir, 4096.*Fir.*about 500 taps"),
        ("Lfilter", {"b": np.ones(999), "a": [2]}, 9999, r"fir, 9999.*Lfilter"),
        ("MovingAverage", {"n": 9999}, 16, r"moving_mean, 16.*above the window's"),
        ("Sosfilt", {"sos": sections(127)}, 9000, r"sos has 127 sections.*at most 126"),
        ("Delta", {"n_bands": 1}, 9000, r"9000 frames; Delta takes at most 4096"),
        (
            *("SpectralFeatures", {"n_fft": 8192, "hop_length": 16}, 300000),
            r"bytes of memory; at most 268435455 are possible: use shorter windows",
        ),
    ],
)
def test_what_is_beyond_is_said_with_what_to_do(name, options, length, text):
    block = getattr(signal, name)(**options)
    X = np.zeros((1, length), np.float32)
    with pytest.raises((ValueError, UnsupportedModelError), match=text):
        block.fit(X).transform(X)


def test_a_reach_beyond_counts_is_named():
    X = np.zeros((1, 20, 8000), np.float32)
    with pytest.raises(UnsupportedModelError, match="reaches back 65535 times of 8000"):
        signal.Difference(lag=65535).fit(X).transform(X)


def test_500_taps_are_possible_over_any_window():
    X = RNG.normal(size=(1, 50000)).astype(np.float32)
    taps = RNG.normal(size=500)
    found = signal.Fir(taps).fit_transform(X)[0]
    expected = np.convolve(X[0].astype(np.float64), taps)[:50000]
    assert abs(found - expected).max() < 1e-5 * abs(expected).max()


def test_channels_are_counted_at_fit():
    with pytest.raises(ValueError, match="70000 channels; at most 65535"):
        signal.RFFT().fit(np.zeros((1, 2, 70000)))


def test_long_filters_in_a_stream():
    """What 500 taps and a Frame make of a stream is what one long window has."""
    samples = RNG.normal(size=6000).astype(np.float32)
    fir = signal.Fir(RNG.normal(size=500))
    pipeline = make_pipeline(fir, signal.Frame(1024, 512))
    X = signal.Frame(1024, 512).cut([samples])
    got = Stream(Model.from_sklearn(pipeline.fit(X))).push_scores(samples)
    whole = signal.Fir(fir.taps).fit_transform(samples[None])[0]
    expected = signal.Frame(1024, 512).cut([whole])
    assert (got == expected).all()
