# SPDX-License-Identifier: MIT
"""Tables of integers for transforms of int16 samples, made in float64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib

#: Lengths of transforms, as powers of 2.
BITS = int(lib.EMLRT_FFT_BITS_MIN), int(lib.EMLRT_FFT_BITS_MAX)


def bits_of(n: int, name: str = "a length") -> int:
    """The power of 2 that n is.

    Raises
    ------
    ValueError
        If a transform has no such length.
    """
    bits = int(n).bit_length() - 1
    if isinstance(n, bool) or n != 1 << max(bits, 0) or not BITS[0] <= bits <= BITS[1]:
        low, high = (1 << b for b in BITS)
        raise ValueError(f"{name} is a power of 2 from {low} to {high}, not {n!r}")
    return bits


def pairs(z: NDArray[np.complex128], one: int) -> NDArray[np.int16]:
    """Complex numbers as integers: real and imaginary parts, in turn, times `one`."""
    parts = np.stack([z.real, z.imag], axis=-1).ravel() * one
    return np.clip(np.floor(parts + 0.5), -32768, 32767).astype("<i2")


def passes(n: int) -> list[NDArray[np.complex128]]:
    """The factors of each pass of radix 4 that has some: e^(-2 pi i j k / m) for
    k = 1 on and j = 1, 2, 3, where m is the length of the transforms that it makes."""
    half, found = n // 2, []
    step = 4 if bits_of(n) % 2 else 2
    while step < half:
        k = np.outer(np.arange(1, step), [1, 2, 3]).ravel()
        found.append(np.exp(-2j * np.pi * k / (4 * step)))
        step *= 4
    return found


def twiddles_q15(n: int) -> NDArray[np.int16]:
    """The table of `emlrt_rfft_q15` for n samples: int16, little-endian.

    Raises
    ------
    ValueError
        If n is no power of 2 from 16 to 8192.
    """
    found = [pairs(z, 1 << 15) for z in passes(n)]
    k = np.arange(1, n // 4)
    found.append(pairs(-1j * np.exp(-2j * np.pi * k / n), 1 << 14))
    return np.concatenate(found)
