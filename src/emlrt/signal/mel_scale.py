# SPDX-License-Identifier: MIT
"""Triangles on a mel scale, in float64."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.validation import whole

#: Slaney's scale is a line up to here, and a logarithm above.
_BREAK_HZ, _BREAK_MEL, _PER_HZ = 1000.0, 15.0, 3.0 / 200.0
_LOG_STEP = np.log(6.4) / 27.0


def hz_to_mel(hz: ArrayLike, htk: bool = False) -> NDArray[np.float64]:
    """Frequencies on the mel scale of Slaney, or of HTK."""
    f = np.asarray(hz, np.float64)
    if htk:
        return 2595.0 * np.log10(1.0 + f / 700.0)
    above = np.log(np.maximum(f, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(f < _BREAK_HZ, f * _PER_HZ, _BREAK_MEL + above)


def mel_to_hz(mel: ArrayLike, htk: bool = False) -> NDArray[np.float64]:
    """What `hz_to_mel` makes of a frequency, back again."""
    m = np.asarray(mel, np.float64)
    if htk:
        return 700.0 * (10.0 ** (m / 2595.0) - 1.0)
    above = _BREAK_HZ * np.exp(_LOG_STEP * np.maximum(m - _BREAK_MEL, 0.0))
    return np.where(m < _BREAK_MEL, m / _PER_HZ, above)


def check_norm(name: str, norm: Any) -> None:
    """Checks what triangles are divided by.

    Raises
    ------
    ValueError
        If it is neither "slaney", a number above 0 nor None; says its name.
    """
    number = isinstance(norm, int | float) and not isinstance(norm, bool)
    known = norm is None or (isinstance(norm, str) and norm == "slaney")
    if not known and not (number and norm > 0):
        raise ValueError(f"{name} is 'slaney', a number above 0 or None, not {norm!r}")


def _normed(bank: NDArray[Any], edges: NDArray[Any], norm: Any) -> NDArray[Any]:
    if norm is None:
        return bank
    if isinstance(norm, str):
        normed: NDArray[Any] = bank / ((edges[2:] - edges[:-2])[:, None] / 2.0)
        return normed
    size = np.asarray(np.linalg.norm(bank, norm, axis=1, keepdims=True))
    normed = bank / np.where(size > 0, size, 1.0)
    return normed


def mel_filters(
    *,
    sr: float,
    n_fft: int,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    norm: Any = "slaney",
) -> NDArray[np.float64]:
    """Weights of the bins of a spectrum, (n_mels, 1 + n_fft // 2), by the formula of
    `librosa.filters.mel`: triangles that are linear in Hz.

    Raises
    ------
    ValueError
        If a parameter has no meaning.
    """
    top = sr / 2.0 if fmax is None else float(fmax)
    if not (np.isfinite(sr) and sr > 0):
        raise ValueError(f"sr is a rate above 0, not {sr!r}")
    whole("n_mels", n_mels, 1, 65535)
    if not 0 <= fmin < top:
        raise ValueError(f"fmin={fmin!r} and fmax={top!r} enclose no frequencies")
    if top > sr / 2.0:
        raise ValueError(
            f"fmax={fmax!r} is above sr / 2 = {sr / 2.0:g}, the highest frequency that"
            f" samples at sr={sr!r} have"
        )
    check_norm("norm", norm)
    ends = hz_to_mel([fmin, top], htk)
    edges = mel_to_hz(np.linspace(ends[0], ends[1], int(n_mels) + 2), htk)
    bins = np.arange(1 + n_fft // 2) * (sr / n_fft)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    bank = np.maximum(0.0, np.minimum(rising, falling))
    empty = np.flatnonzero(~bank.any(axis=1))
    if len(empty):
        warnings.warn(
            f"no frequency of the spectrum is in mel band {empty[0]} ({len(empty)} such"
            " bands); they give 0: use fewer n_mels or a longer n_fft",
            stacklevel=2,
        )
    return _normed(bank, edges, norm)
