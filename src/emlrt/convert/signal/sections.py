# SPDX-License-Identifier: MIT
"""Filters as their parameters say, and what is asked of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Samples over which sections are compared with lfilter, and the share of the peak from
#: which they are not the same.
_COMPARED, _SAME = 20000, 1e-6
#: Most sections over long windows: the runtime bounds what a run may visit.
MOST_SECTIONS = 126


def numbers(name: str, value: Any) -> NDArray[np.float64]:
    """A parameter of numbers, float64.

    Raises
    ------
    ValueError
        If it is empty, or holds anything but finite real numbers.
    """
    found = np.asarray(value)
    if found.dtype.kind not in "iuf" or found.size == 0:
        raise ValueError(f"{name} is of real numbers, not {value!r}")
    found = found.astype(np.float64)
    if not np.isfinite(found).all():
        raise ValueError(f"{name} holds NaN or infinity")
    return found


def stable_sections(sos: Any) -> NDArray[np.float64]:
    """Second-order sections (n, 6), float64.

    Raises
    ------
    ValueError
        If they have another shape or a leading coefficient that is not 1, or if a pole
        is outside the unit circle.
    """
    found = numbers("sos", sos)
    if found.ndim != 2 or found.shape[1] != 6:
        raise ValueError(f"sos has the shape {found.shape}, not (n_sections, 6)")
    if len(found) > MOST_SECTIONS:
        raise ValueError(
            f"sos has {len(found)} sections; the runtime takes at most {MOST_SECTIONS}"
        )
    if not (found[:, 3] == 1).all():
        raise ValueError("sos[:, 3] is 1 in each section")
    a1, a2 = found[:, 4], found[:, 5]
    if (np.abs(a2) > 1).any() or (np.abs(a1) > 1 + a2).any():
        raise ValueError("sos is unstable: it has a pole outside the unit circle")
    return found


def sections_of(b: Any, a: Any) -> NDArray[np.float64] | None:
    """The sections of a transfer function; None if it has no poles.

    Raises
    ------
    ValueError
        If it is unstable, or if sections differ from lfilter.
    """
    b, a = numbers("b", b), numbers("a", a)
    if b.ndim > 1 or a.ndim > 1 or a.flat[0] == 0:
        raise ValueError("b and a are vectors, and a[0] is not 0")
    b, a = np.atleast_1d(b) / a.flat[0], np.atleast_1d(a) / a.flat[0]
    if not a[1:].any():
        return None
    if np.abs(np.roots(a)).max() >= 1:
        raise ValueError(
            "b and a are unstable: there is a pole on or outside the unit circle"
        )
    sos: NDArray[np.float64] = _sections(b, a)
    _check_same(b, a, sos)
    return sos


def _sections(b: NDArray[np.float64], a: NDArray[np.float64]) -> Any:
    """scipy's sections; what its roots of leading zeros would lose, is a delay."""
    from scipy.signal import tf2sos

    delay = int(np.flatnonzero(b)[0]) if b.any() else 0
    sos = tf2sos(b[delay:], a)
    for _ in range(delay):
        free = np.flatnonzero(sos[:, 2] == 0)
        if free.size:
            sos[free[0], :3] = np.roll(sos[free[0], :3], 1)
        else:
            sos = np.concatenate([sos, [[0, 1, 0, 1, 0, 0]]])
    return sos


def taps_of(b: Any, a: Any) -> NDArray[np.float64]:
    """The taps of a transfer function without poles."""
    return np.atleast_1d(numbers("b", b)) / numbers("a", a).flat[0]


def _check_same(b: Any, a: Any, sos: NDArray[np.float64]) -> None:
    from scipy.signal import lfilter, sosfilt

    x = np.random.default_rng(0).normal(size=_COMPARED)
    with np.errstate(all="ignore"):
        expected, found = lfilter(b, a, x), sosfilt(sos, x)
        error = np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-300)
    if not error <= _SAME:
        raise ValueError(
            f"b and a are too near to unstable for float64: second-order sections are"
            f" {error:.0e} of the peak beside lfilter; design the filter by sections,"
            ' output="sos", and use Sosfilt'
        )


def padded_length(sos: NDArray[np.float64]) -> int:
    """Samples that scipy.signal.sosfiltfilt adds at either end."""
    n = 2 * len(sos) + 1 - min((sos[:, 2] == 0).sum(), (sos[:, 5] == 0).sum())
    return int(3 * n)


def decimator(q: int, n: int | None, ftype: str) -> tuple[str, NDArray[np.float64]]:
    """("fir", taps) or ("iir", sections), as scipy.signal.decimate designs them.

    Raises
    ------
    ValueError
        If there is no such ftype.
    """
    from scipy.signal import cheby1, firwin

    if ftype == "fir":
        return ftype, firwin((20 * q if n is None else n) + 1, 1 / q, window="hamming")
    if ftype == "iir":
        return ftype, cheby1(8 if n is None else n, 0.05, 0.8 / q, output="sos")
    raise ValueError(f'ftype is "iir" or "fir", not {ftype!r}')
