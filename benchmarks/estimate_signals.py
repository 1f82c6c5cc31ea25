# SPDX-License-Identifier: MIT
"""Small models of blocks of signals, each at several sizes, to which the prices of
emlrt.estimate are fitted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal as scipy_signal

import emlrt
from emlrt import signal
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.planner import program_of
from emlrt.convert.signal import feature_names
from emlrt.convert.signal.fourier import StftFrames, stft

Named = tuple[str, emlrt.Model, NDArray[Any]]
_ROWS = 3


def windows(n: int, channels: int = 1) -> NDArray[np.float32]:
    """Three of a kind that sensors give: noise, a tone with noise beside gravity, and
    steps of a coarse converter."""
    rng = np.random.default_rng(100 * n + channels)
    shape, t = (n, channels), np.arange(n)[:, None]
    noise = rng.normal(size=shape)
    tone = np.sin(t * (0.3 + 0.1 * np.arange(channels))) + 0.1 * noise + 9.81
    steps = np.round(8 * np.sin(t / 5) + 3 * rng.normal(size=shape)) / 4
    return np.stack([noise, tone, steps]).astype(np.float32)


def _filters() -> Iterator[Any]:
    for order in (1, 2, 5):
        for cut in (0.02, 0.3):
            yield signal.Sosfilt(scipy_signal.butter(order, cut, output="sos"))
        yield signal.SosfiltFilt(scipy_signal.butter(order, 0.2, output="sos"))
        high = scipy_signal.butter(order, 0.8, btype="high", output="sos")
        yield signal.Sosfilt(high)
    for taps in (3, 8, 21):
        yield signal.Fir(scipy_signal.firwin(taps, 0.3))
    for q in (2, 5):
        yield signal.Decimate(q, n=12, ftype="fir")
    for width in (2, 5, 9):
        yield signal.MovingAverage(width)
    for width in (3, 5, 9):
        yield signal.MedianFilter(width)
    yield signal.Difference(1)
    yield signal.ExponentialMean(0.1)
    yield signal.ExponentialZScore(0.2)
    yield signal.Gravity(0.1)


def _features() -> Iterator[Any]:
    kinds = {
        "moments": feature_names.MOMENTS,
        "extrema": feature_names.EXTREMA,
        "crossings": feature_names.CROSSINGS,
        "hjorth": feature_names.HJORTH,
    }
    for names in kinds.values():
        yield signal.TimeFeatures(list(names))
        for name in names:
            yield signal.TimeFeatures([name])
        yield signal.TimeFeatures(list(names)[::2])
    for lags in ((1,), (1, 2, 5), (0, 3, 7, 12)):
        yield signal.TimeFeatures(["autocorrelation"], lags=lags)
    yield signal.RemoveMean()
    yield signal.Detrend()
    yield signal.Standardize()


def _of_axes() -> Iterator[Any]:
    for norm in ("l1", "l2", "sq"):
        yield signal.Magnitude(norm)
    yield signal.Tilt()
    yield signal.TimeFeatures(["correlation"])
    yield signal.TimeFeatures(["correlation", "sma"])


def _blocks() -> Iterator[tuple[str, emlrt.Model, NDArray[Any]]]:
    shapes = ((24, 1), (50, 3), (130, 1))
    for n, channels in shapes:
        X = windows(n, channels)
        for block in (*_filters(), *_features()):
            yield f"{block!r} {n} x {channels}", block, X
    for n, channels in ((16, 3), (50, 3), (33, 2)):
        X = windows(n, channels)
        for block in _of_axes():
            if channels == 3 or not isinstance(block, signal.Tilt):
                yield f"{block!r} {n} x {channels}", block, X


def _spectra() -> Iterator[Named]:
    kinds = ("power", "magnitude", "complex")
    sizes = (8, 15, 16, 20, 27, 32, 36, 45, 60, 64, 100, 128, 150, 256)
    for i, n in enumerate(sizes):
        for taper in (None, np.hanning(n) + 0.1):
            kind = kinds[(i + (taper is None)) % 3]
            yield _stft(n, kind, taper=taper, n_fft=n)
    for n, hop, frames in ((16, 8, 5), (32, 16, 3), (64, 20, 3), (24, 10, 4)):
        for more in ({"detrend": True}, {"taper": np.hanning(n)}, {"before": n // 2}):
            length = n + hop * (frames - 1)
            given = {"n_fft": n, "hop": hop, "n_frames": frames, **more}
            for kind in kinds:
                yield _stft(length, kind, **given)


def _stft(n: int, kind: str, **frames: Any) -> Named:
    graph = Graph(n)
    y = stft(graph, graph.input, StftFrames(**frames), kind)
    program = program_of(graph, OutputSpec("values", y, missing=True), [])
    model = emlrt.Model._of(program, "", None, None)
    words = {k: v for k, v in frames.items() if k != "taper"}
    tapered = frames.get("taper") is not None
    return f"stft {kind} {n} {words} {tapered}", model, windows(n)[:, :, 0]


def _banks() -> Iterator[tuple[str, Any, NDArray[Any]]]:
    for n_in, bands, wide in ((9, 4, 3), (17, 6, 4), (33, 12, 7), (65, 20, 6)):
        centres = np.linspace(1, n_in - 2, bands)[:, None]
        bank = np.maximum(0, 1 - np.abs(np.arange(n_in) - centres) / wide)
        yield f"bank {n_in} {bands} {wide}", signal.FilterBank(bank), n_in
    for n, top in ((5, None), (20, None), (20, 40.0), (64, 80.0), (64, 20.0)):
        yield f"decibels {n} {top}", signal.PowerToDb(top_db=top), n


def _integers() -> Iterator[tuple[Any, NDArray[np.int16]]]:
    """Blocks of integers, and windows (n_rows, n, channels)."""
    from emlrt.convert.signal.integer import TIME_FEATURES

    for n, channels in ((20, 1), (64, 3)):
        X = _samples(n, channels)
        for name in TIME_FEATURES:
            yield signal.IntegerTimeFeatures([name]), X
        yield signal.IntegerTimeFeatures(list(TIME_FEATURES)), X
        yield signal.IntegerTimeFeatures(list(TIME_FEATURES)[::2]), X
    for bits, win, mels in ((5, 32, 4), (6, 40, 8), (7, 100, 6), (8, 256, 20)):
        given = {"sr": 1000, "n_fft": 1 << bits, "hop_length": win // 3}
        mel = signal.LogMelQ15(**given, win_length=win, n_mels=mels)
        yield mel, _samples((1 << bits) + win, 1)
        yield mel, _samples((1 << bits) + 2 * win, 2)
    for rate, channels in ((2000, 3), (4000, 6), (8000, 10)):
        band = {"lower_band_limit": 60.0, "upper_band_limit": rate * 0.45}
        for pcan in (True, False):
            micro = signal.MicroFrontend(
                **band,
                **{"sample_rate": rate, "num_channels": channels},
                **{"window_size": 16, "window_step": 8, "enable_pcan": pcan},
            )
            yield micro, _samples(rate * 40 // 1000, 1)


def _samples(n: int, channels: int) -> NDArray[np.int16]:
    return np.round(windows(n, channels) * 900).astype(np.int16)


def _ordered() -> Iterator[tuple[Any, NDArray[Any]]]:
    """Blocks whose work depends on the order of samples, and windows."""
    names = list(feature_names.PEAKS)
    for n, channels in ((24, 1), (50, 3), (130, 1)):
        X = windows(n, channels)
        for given in (
            {},
            {"height": 0.5},
            {"distance": 4},
            {"prominence": 0.8},
            {"distance": 7, "prominence": 0.5},
        ):
            yield signal.TimeFeatures(names, **given), X
        for asked in (["quantiles"], ["quantiles", "iqr"], ["mad"]):
            for at in ((0.5,), (0.1, 0.5, 0.9)):
                yield signal.TimeFeatures(asked, quantiles=at), X


def models() -> Iterator[Named]:
    """Name, model, and rows of its input type."""
    for block, X in _integers():
        x = X if X.shape[2] > 1 else X[:, :, 0]
        model = emlrt.convert(block.fit(x), dtype="int16").strip()
        yield f"{block!r} {X.shape}", model, X.reshape(len(X), -1)[:_ROWS]
    for block, X in _ordered():
        model = emlrt.convert(block.fit(X)).strip()
        rows = X.reshape(len(X), -1)[:_ROWS]
        yield f"{block!r} {X.shape}", model, model.inputs_of(rows)
    for name, block, X in _blocks():
        model = emlrt.convert(block.fit(X)).strip()
        yield name, model, model.inputs_of(X.reshape(len(X), -1)[:_ROWS])
    yield from _spectra()
    for name, block, n in _banks():
        X = np.random.default_rng(n).exponential(size=(_ROWS, n)).astype(np.float32)
        yield name, (model := emlrt.convert(block.fit(X)).strip()), model.inputs_of(X)
