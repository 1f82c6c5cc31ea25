# SPDX-License-Identifier: MIT
"""Tables of Fourier transforms, made in float64 and rounded once."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib

#: The longest transform.
LONGEST = int(lib.EMLRT_FFT_MAX)


def radices(n: int) -> list[int]:
    """Radices of the passes of a transform of n complex numbers, the first one first:
    2 at most once, then 4, 3 and 5.

    Raises
    ------
    ValueError
        If n is not 2^a 3^b 5^c from 1 to 8192.
    """
    found, left = [], int(n)
    if not 1 <= left <= LONGEST:
        raise ValueError(f"transforms have 1 to {LONGEST} numbers, not {n}")
    if (left & -left).bit_length() % 2 == 0:  # an odd number of twos
        found.append(2)
        left //= 2
    for radix in (4, 3, 5):
        while left % radix == 0:
            found.append(radix)
            left //= radix
    if left != 1:
        raise ValueError(f"a transform has 2^a 3^b 5^c numbers, not {n}")
    return found


def _eighth(k: int, n: int) -> tuple[float, float]:
    """cos and sin of 2 pi k / n up to an eighth of a turn."""
    angle = 2.0 * math.pi * k / n
    return math.cos(angle), math.sin(angle)


def turn(k: int, n: int) -> tuple[float, float]:
    """cos and sin of 2 pi k / n, 0 <= k < n, in float64: exact where they are 0 and 1,
    and of equal size where they are by symmetry."""
    if 8 * k <= n:
        return _eighth(k, n)
    if 4 * k <= n:  # to the diagonal's other side
        cos, sin = _eighth(n - 4 * k, 4 * n)
        return sin, cos
    if 2 * k <= n:
        cos, sin = turn_exactly(n - 2 * k, 2 * n)
        return -cos, sin
    cos, sin = turn_exactly(n - k, n)
    return cos, -sin


def turn_exactly(k: int, n: int) -> tuple[float, float]:
    """`turn` of a reduced fraction."""
    common = math.gcd(k, n)
    return turn(k // common, n // common)


def _factor(k: int, n: int) -> tuple[float, float]:
    """Real and imaginary part of exp(-2 pi i k / n)."""
    cos, sin = turn_exactly(k, n)
    return cos, -sin


def _passes(n: int) -> Iterator[tuple[float, float]]:
    length = 1
    for radix in radices(n):
        # Radix 2 comes first, where all factors are 1; radix 4 leaves those out.
        starts = {2: length, 4: 1}.get(radix, 0)
        for k in range(starts, length):
            for q in range(1, radix):
                yield _factor(k * q, length * radix)
        length *= radix


def _flat(pairs: Iterator[tuple[float, float]]) -> NDArray[np.float32]:
    return np.array(list(pairs), np.float64).astype("<f4").reshape(-1)


def fft(n: int) -> NDArray[np.float32]:
    """The table of emlrt_fft and emlrt_ifft.

    Parameters
    ----------
    n : int
        Complex numbers: 2^a 3^b 5^c from 1 to 8192.

    Raises
    ------
    ValueError
        If n is another number.
    """
    return _flat(_passes(n))


def rfft(n: int) -> NDArray[np.float32]:
    """The table of emlrt_rfft and emlrt_irfft.

    Parameters
    ----------
    n : int
        Samples: 2^a 3^b 5^c from 1 to 8192.

    Raises
    ------
    ValueError
        If n is another number.
    """
    radices(n)
    if n % 2:
        return fft(n)
    halves = (turn_exactly(k, n) for k in range(1, n // 4 + 1))
    joins = _flat((cos / 2, sin / 2) for cos, sin in halves)
    return np.concatenate([fft(n // 2), joins])


def _dct(n: int, first: float, others: float) -> NDArray[np.float32]:
    """A table of a cosine transform, with the factors of result 0 and of others."""
    turns = (turn_exactly(k, 4 * n) for k in range(1, n // 2 + 1))
    pairs = [(first, 0.0), *((cos * others, sin * others) for cos, sin in turns)]
    return np.concatenate([rfft(n), _flat(iter(pairs))])


def _norm(norm: str | None) -> bool:
    if norm not in (None, "ortho"):
        raise ValueError(f"norm is None or 'ortho', not {norm!r}")
    return norm is not None


def dct2(n: int, norm: str | None = None) -> NDArray[np.float32]:
    """The table of emlrt_dct2.

    Parameters
    ----------
    n : int
        Samples: 2^a 3^b 5^c from 1 to 8192.
    norm : {None, "ortho"}
        As scipy.fft.dct's.

    Raises
    ------
    ValueError
        If n is another number, or norm is neither.
    """
    if _norm(norm):
        return _dct(n, math.sqrt(1.0 / n), math.sqrt(2.0 / n))
    return _dct(n, 2.0, 2.0)


def dct3(n: int, norm: str | None = None) -> NDArray[np.float32]:
    """The table of emlrt_dct3; parameters as those of `dct2`."""
    if _norm(norm):
        return _dct(n, math.sqrt(n), math.sqrt(n / 2.0))
    return _dct(n, float(n), float(n))
