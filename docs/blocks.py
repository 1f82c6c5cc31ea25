# SPDX-License-Identifier: MIT
"""Write docs/BLOCKS.md: every block of emlrt.signal against its reference.

    python docs/blocks.py [--check]

Each block is fitted on windows of noise, tones, steps and silence, and transforms them
by the C code; that is compared with its reference in float64. --check changes nothing
and fails if BLOCKS.md says something else, but for a factor of 2 of an error.
"""

from __future__ import annotations

import inspect
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import signal
from emlrt.convert.sklearn.blocks import REGISTRY
from emlrt.signal.framing import windows

HERE = Path(__file__).resolve().parent
PAGE = HERE / "BLOCKS.md"
#: Features of pymicro-features 2.0.2, recorded by record_micro.py.
RECORDED = HERE.parent / "tests/convert/signal/data/micro.npz"
RATE = 8000
# numba asks for the package coverage, and would find docs/coverage.py.
sys.path[:] = [each for each in sys.path if Path(each).resolve() != HERE]
Array = NDArray[Any]


@dataclass(frozen=True)
class Case:
    """A block, what it is compared with on rows (n, length[, channels]), and these."""

    block: Any
    reference: str
    expected: Callable[[Array], Array]
    rows: Callable[[], Array]
    #: Whether errors are shares of the largest number of a row, or stand by themselves.
    relative: bool = True


def sounds(channels: int = 0, length: int = 2000) -> Array:
    """Rows of sounds of many loudnesses, float32."""
    rng, t = np.random.default_rng(3), np.arange(length)
    base = [
        rng.normal(size=length),
        np.sin(0.3 * t) + 0.1 * rng.normal(size=length),
        np.where(t > length // 2, 1.0, -0.5) + 0.01 * rng.normal(size=length),
        1e-3 * rng.normal(size=length),
        1000 * np.cos(2e-4 * t * t) + 300,
    ]
    rows = np.stack(base)
    if channels:
        rows = np.stack([np.roll(rows, k, axis=0) for k in range(channels)], axis=2)
    return rows.astype(np.float32)


def axes() -> Array:
    return sounds(3, 200)


def integers() -> Array:
    rows: Array = np.load(RECORDED)["samples"]
    return rows


def energies() -> Array:
    """Bands of frames, flat: 12 of each."""
    rng = np.random.default_rng(4)
    rows: Array = rng.exponential(size=(5, 40 * 12)) * 10.0 ** rng.uniform(
        -6, 3, (5, 1)
    )
    return rows.astype(np.float32)


def each(of: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """A function of each row in float64, flat."""

    def all_rows(rows: Array) -> Array:
        return np.stack([np.ravel(of(row.astype(np.float64))) for row in rows])

    return all_rows


def bands(of: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """A function of (bands, frames) as librosa has them, of rows of frames."""
    return each(lambda row: of(row.reshape(-1, 12).T).T)


def features(row: Array) -> Array:
    """mean, std, rms, skew, kurtosis, median, zero crossings and range of channels."""
    from scipy import stats

    signs = np.sign(row)
    crossings = (signs[1:] != signs[:-1]).sum(axis=0)
    found = [row.mean(0), row.std(0), np.sqrt((row**2).mean(0)), stats.skew(row)]
    found += [stats.kurtosis(row), np.median(row, 0), crossings, np.ptp(row, 0)]
    return np.stack(found)


_FEATURES = ["mean", "std", "rms", "skew", "kurtosis", "median", "zero_crossings"]
_CUT: dict[str, Any] = {"sr": RATE, "n_fft": 256, "hop_length": 80, "center": False}
_MEL: dict[str, Any] = {**_CUT, "n_mels": 20}
_INTEGER: dict[str, Any] = {"sr": 16000, "n_fft": 512, "hop_length": 160, "n_mels": 20}


def spectral(row: Array) -> Array:
    import librosa

    options = {"y": row, "n_fft": 256, "hop_length": 80, "center": False}
    more = {**options, "sr": RATE}
    kinds = librosa.feature
    found = [kinds.spectral_centroid(**more), kinds.spectral_bandwidth(**more)]
    found += [kinds.spectral_rolloff(**more), kinds.spectral_flatness(**options)]
    return np.concatenate(found).T


def integer_features(row: Array) -> Array:
    """As their definitions in Python's integers."""
    from math import isqrt

    x = [int(v) for v in row]
    n, total, squares = len(x), sum(x), sum(v * v for v in x)
    mean = (2 * total + n) // (2 * n)
    span = min(max(x) - min(x), 32767)  # int16's end, as its docstring says
    rms = min(isqrt(squares // n), 32767)
    return np.array([mean, rms, min(x), max(x), span])


def log_mel(row: Array) -> Array:
    import librosa

    mel = librosa.feature.melspectrogram(y=row, center=False, **_INTEGER)
    return (np.log2(np.maximum(mel, 1)) * 256).T


def ewm(row: Array, alpha: float) -> Array:
    from scipy.signal import lfilter

    found: Array = lfilter([alpha], [1, alpha - 1], row, axis=0)
    return found


def gravity(row: Array) -> Array:
    from scipy.signal import lfilter

    start = (1 - 0.05) * row[:1]
    low, _ = lfilter([0.05], [1, -0.95], row, axis=0, zi=start)
    return np.concatenate([low, row - low], axis=1)


def cases() -> Iterator[tuple[str, Case]]:
    """Every block by name."""
    import librosa
    import scipy.signal as scipy
    from scipy import fft, ndimage, stats

    s, feature = signal, librosa.feature
    sos = scipy.butter(4, 300, fs=RATE, output="sos")
    b, a = scipy.butter(3, [300, 900], "bandpass", fs=RATE)
    taps = scipy.firwin(63, 0.2)
    bank = librosa.filters.mel(sr=RATE, n_fft=22, n_mels=5)
    mfcc = {**_MEL, "n_mfcc": 10}

    def log_energies(row: Array) -> Array:
        mel = feature.melspectrogram(y=row, **_MEL)
        return fft.dct(librosa.power_to_db(mel, top_db=None), axis=0, norm="ortho")[:10]

    def tilt(row: Array) -> Array:
        x, y, z = row.T
        return np.stack([np.arctan2(y, z), np.arctan2(-x, np.hypot(y, z))], 1)

    def past(row: Array, of: Callable[[Array], Array]) -> Array:
        first = np.repeat(row[:1], 4, axis=0)
        return of(windows(np.concatenate([first, row]), 5, 1))

    def micro(rows: Array) -> Array:
        return np.load(RECORDED)["features"].reshape(len(rows), -1)

    c = Case
    yield "Frame", c(s.Frame(2000), "the samples", each(lambda x: x), sounds)
    hann = scipy.get_window("hann", 2000)
    yield (
        "Window",
        c(
            s.Window("hann"),
            "scipy.signal.get_window",
            each(lambda x: x * hann),
            sounds,
        ),
    )
    level = each(lambda x: x - x.mean(0))
    yield "Channels", c(s.Channels(), "the samples", each(lambda x: x), axes)
    lags = each(lambda x: x[[-1, -2, -3]])
    yield "Lags", c(s.Lags(), "the samples", lags, sounds)
    waves = np.exp(-2j * np.pi * np.outer([440, 1000], np.arange(2000)) / RATE)
    tones = each(lambda x: abs(waves @ x) ** 2)
    goertzel = s.Goertzel([440, 1000], RATE)
    yield "Goertzel", c(goertzel, "the sum, in float64", tones, sounds)
    yield "RemoveMean", c(s.RemoveMean(), "numpy.mean", level, axes)
    line = each(lambda x: scipy.detrend(x, axis=0))
    yield "Detrend", c(s.Detrend(), "scipy.signal.detrend", line, axes)
    score = each(lambda x: stats.zscore(x))
    yield "Standardize", c(s.Standardize(), "scipy.stats.zscore", score, axes)
    norm = each(lambda x: np.linalg.norm(x, axis=1))
    yield "Magnitude", c(s.Magnitude(), "numpy.linalg.norm", norm, axes)
    yield "Tilt", c(s.Tilt(), "numpy.arctan2", each(tilt), axes)
    yield (
        "TimeFeatures",
        c(
            s.TimeFeatures([*_FEATURES, "range"]),
            "numpy, scipy.stats",
            each(features),
            axes,
        ),
    )
    rfft = each(lambda x: np.abs(np.fft.rfft(x)))
    yield "RFFT", c(s.RFFT(), "numpy.fft.rfft", rfft, sounds)
    welch = each(lambda x: scipy.welch(x, fs=RATE)[1])
    yield "Welch", c(s.Welch(fs=RATE), "scipy.signal.welch", welch, sounds)
    mel = each(lambda x: feature.melspectrogram(y=x, **_MEL).T)
    yield (
        "MelSpectrogram",
        c(s.MelSpectrogram(**_MEL), "librosa.feature.melspectrogram", mel, sounds),
    )
    cepstral = each(lambda x: log_energies(x).T)
    yield "MFCC", c(s.MFCC(**mfcc), "librosa.feature.mfcc", cepstral, sounds)
    yield (
        "SpectralFeatures",
        c(
            *(s.SpectralFeatures(mean=False, **_CUT), "librosa.feature.spectral_*"),
            *(each(spectral), sounds),
        ),
    )
    decibels = bands(lambda x: librosa.power_to_db(x, top_db=None))
    yield "PowerToDb", c(s.PowerToDb(), "librosa.power_to_db", decibels, energies)
    loud = bands(lambda x: librosa.amplitude_to_db(x, top_db=None))
    yield (
        "AmplitudeToDb",
        c(s.AmplitudeToDb(), "librosa.amplitude_to_db", loud, energies),
    )
    pcen = bands(lambda x: librosa.pcen(x, sr=RATE, hop_length=80))
    block = s.PCEN(sr=RATE, hop_length=80, n_bands=12)
    yield "PCEN", c(block, "librosa.pcen", pcen, energies)
    delta = bands(lambda x: feature.delta(x))
    yield "Delta", c(s.Delta(n_bands=12), "librosa.feature.delta", delta, energies)
    banked = bands(lambda x: bank @ x)
    yield "FilterBank", c(s.FilterBank(bank), "numpy.matmul", banked, energies)
    found = each(lambda x: scipy.sosfilt(sos, x))
    yield "Sosfilt", c(s.Sosfilt(sos), "scipy.signal.sosfilt", found, sounds)
    found = each(lambda x: scipy.sosfiltfilt(sos, x))
    yield (
        "SosfiltFilt",
        c(s.SosfiltFilt(sos), "scipy.signal.sosfiltfilt", found, sounds),
    )
    found = each(lambda x: scipy.lfilter(b, a, x))
    yield "Lfilter", c(s.Lfilter(b, a), "scipy.signal.lfilter", found, sounds)
    found = each(lambda x: scipy.lfilter(taps, 1, x))
    yield "Fir", c(s.Fir(taps), "scipy.signal.lfilter", found, sounds)
    found = each(lambda x: scipy.decimate(x, 4, zero_phase=False))
    yield "Decimate", c(s.Decimate(4), "scipy.signal.decimate", found, sounds)
    found = each(lambda x: past(x, lambda w: w.mean(axis=1)))
    yield "MovingAverage", c(s.MovingAverage(5), "numpy.mean", found, sounds)
    found = each(lambda x: ndimage.median_filter(x, 5, origin=2, mode="nearest"))
    median = "scipy.ndimage.median_filter"
    yield "MedianFilter", c(s.MedianFilter(5), median, found, sounds)
    found = each(lambda x: np.diff(x, prepend=x[:1]))
    yield "Difference", c(s.Difference(), "numpy.diff", found, sounds)
    found = each(lambda x: ewm(x - x[0], 0.01) + x[0])
    mean = s.ExponentialMean(0.01)
    yield "ExponentialMean", c(mean, "scipy.signal.lfilter", found, sounds)
    z = s.ExponentialZScore(0.01)
    ewm_std = "pandas.Series.ewm, by its definition"
    near = [0, 1, 3]  # no deviations far below the mean's last place
    scored = c(z, ewm_std, each(z_scores), lambda: sounds()[near])
    yield "ExponentialZScore", scored
    pole = each(gravity)
    yield "Gravity", c(s.Gravity(0.05), "scipy.signal.lfilter", pole, axes)
    names = ["mean", "rms", "min", "max", "range"]
    exact = each(integer_features)
    yield (
        "IntegerTimeFeatures",
        c(s.IntegerTimeFeatures(names), "Python's integers", exact, integers, False),
    )
    yield (
        "LogMelQ15",
        c(
            *(s.LogMelQ15(**_INTEGER), "librosa.feature.melspectrogram, 256 log2"),
            *(each(log_mel), lambda: integers()[:3], False),
        ),
    )
    tflm = "pymicro-features 2.0.2, recorded"
    yield "MicroFrontend", c(s.MicroFrontend(), tflm, micro, integers, False)


def z_scores(x: Array) -> Array:
    """Samples less their exponential mean, in exponential deviations."""
    mean, square, found = x[0], 0.0, np.zeros(len(x))
    for t, value in enumerate(x):
        off = value - mean
        mean += 0.01 * off
        square = 0.99 * (square + 0.01 * off * off)
        found[t] = (value - mean) / np.sqrt(square) if square > 0 else 0.0
    return found


def error_of(case: Case) -> float:
    """The largest error, of a row's largest number or by itself."""
    rows = case.rows()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = case.block.fit_transform(rows).reshape(len(rows), -1)
        expected = case.expected(rows)
    size = abs(expected).max(axis=1, keepdims=True) if case.relative else 1.0
    return float((abs(found - expected) / size).max())


def shown_block(block: Any) -> str:
    """A block as Python writes it, but for arrays."""
    params = block.get_params()
    kept = {k: v for k, v in params.items() if not np.array_equal(v, _usual(block, k))}
    texts = [
        f"{k}=..." if isinstance(v, np.ndarray) else f"{k}={v!r}"
        for k, v in kept.items()
    ]
    return f"{type(block).__name__}({', '.join(texts)})"


def _usual(block: Any, name: str) -> Any:
    return inspect.signature(type(block)).parameters[name].default


def lines() -> Iterator[str]:
    """The rows of the table, in the order of the names."""
    for name, case in sorted(cases()):
        error, steps = error_of(case), "" if case.relative else " steps"
        shown = f"{error:.0e}" if error and case.relative else f"{error:.0f}"
        made = shown_block(case.block)
        yield f"| `{name}` | `{made}` | {case.reference} | {shown}{steps} |"


def page() -> str:
    head = """# Blocks, measured

Every block of `emlrt.signal` against its reference in float64, on the same windows:
noise, a tone, a step, near silence and a loud sweep; frames of energies from 1e-6 to
1000; of integer blocks the recordings of `tests/convert/signal/data`. The error is the
largest one of all numbers, over the largest number of its window; of integers it is in
steps of the last place. MFCC's and spectral flatness' are of bands that are nearly
empty beside others of their window, whose energy is rounding. `docs/blocks.py` writes
this page, and a test compares it.

| block | as measured | reference | largest error |
|---|---|---|---|
"""
    return head + "".join(re.sub(r"\s+", " ", line) + "\n" for line in lines())


def _parts(text: str) -> list[tuple[str, float]]:
    """Lines without their errors, and these."""
    found = []
    for line in text.splitlines():
        rest, _, last = line.rstrip("| ").rpartition("|")
        number = re.fullmatch(r"(\d[0-9.e-]*)( steps)?", last.strip())
        found.append((rest if number else line, float(number[1]) if number else 0.0))
    return found


def differences(new: str, old: str) -> list[str]:
    """Lines that are not the same: errors may be others by a factor of 2."""
    a, b = _parts(new), _parts(old)
    if [text for text, _ in a] != [text for text, _ in b]:
        return ["the lines are others"]
    return [
        text
        for (text, x), (_, y) in zip(a, b, strict=True)
        if not (x <= 2 * y and y <= 2 * x)
    ]


def main() -> int:
    new = page()
    if "--check" not in sys.argv:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    wrong = differences(new, PAGE.read_text(encoding="utf-8"))
    print("\n".join(wrong))
    return bool(wrong)


def missing() -> set[str]:
    """Blocks that the page lacks; Decision counts answers, and has no reference."""
    return REGISTRY.keys() - {name for name, _ in cases()} - {"Decision"}


if __name__ == "__main__":
    sys.exit(main())
