# SPDX-License-Identifier: MIT
"""How exact a filter is in float32: found by a run of the C code."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

#: Samples over which float32 is compared with float64.
N_COMPARED = 20000


@lru_cache(1)
def _signals() -> NDArray[np.float32]:
    """Noise, a sweep, an impulse and a step of 1 beside some noise."""
    rng, t = np.random.default_rng(0), np.arange(N_COMPARED)
    rows = np.zeros((4, N_COMPARED), np.float32)
    rows[0] = rng.normal(size=N_COMPARED)
    rows[1] = np.cos(np.pi * t**2 / (2 * N_COMPARED))
    rows[2, 5] = 1
    rows[3] = 1 + 0.01 * rng.normal(size=N_COMPARED)
    return rows


def simulated_error(sos: NDArray[np.float64]) -> float:
    """The largest error of the C code on a few signals, against float64 and relative to
    the peak of each: infinite where it gives NaN."""
    return _error(np.ascontiguousarray(sos).tobytes())


def _run(sos: NDArray[np.float64], rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """What the C code makes of rows (n, length) of one channel, from rest."""
    from emlrt.convert.signal.filters import cascade_program
    from emlrt.model import Model

    return Model(cascade_program(sos, rows.shape[1])).transform(rows)


@lru_cache(64)
def _error(coefficients: bytes) -> float:
    from scipy.signal import sosfilt

    sos = np.frombuffer(coefficients).reshape(-1, 6).copy()
    rows = _signals()
    expected = sosfilt(sos, rows.astype(np.float64))
    peaks = np.maximum(np.abs(expected).max(axis=1), 1e-300)
    with np.errstate(all="ignore"):
        found = np.abs(_run(sos, rows) - expected).max(axis=1) / peaks
    return float(found.max()) if np.isfinite(found).all() else float("inf")
