# SPDX-License-Identifier: MIT
"""The rule for numbers that a float32 is compared with: thresholds, edges, borders.

The device sees r(x), the float32 nearest to a row's x. Which float32 T stands for a
threshold t depends on what the original compares with t:

- r(x) itself, as libraries do that cast rows to float32 first: T is t rounded down,
  for r(x) <= t exactly if r(x) is not above the largest float32 that is not above t.
- x, as libraries do that compare float64: T is t rounded to nearest, for x <= t gives
  r(x) <= r(t); a row goes another way only if it is above t and r(x) is r(t), so that
  float32 cannot tell the two apart. Rounded down, a training row that t is equal to
  would go the wrong way. A t half-way between two float32 numbers, as trees put it
  between two float32 training rows, is rounded down.
- x, where rows are known to be float32 numbers: rounded down again.

Of strict comparisons, x < t, it is the float32 below r(t): x >= t gives r(x) >= r(t).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: The largest float32.
FLT_MAX = float(np.finfo(np.float32).max)
#: How far from the middle of two float32 numbers, in units of float64, a number is
#: still there: libraries put thresholds in the middle, or next to it.
_MIDDLE = 4


def _float32(numbers: Floats) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return np.asarray(numbers, np.float64).astype(np.float32)


def before32(numbers: Floats) -> Floats:
    """The float32 in front of each, which is a float32."""
    with np.errstate(over="ignore"):
        found = np.nextafter(_float32(numbers), np.float32(-np.inf))
    return found.astype(np.float64)


def after32(numbers: Floats) -> Floats:
    """The float32 behind each, which is a float32."""
    with np.errstate(over="ignore"):
        found = np.nextafter(_float32(numbers), np.float32(np.inf))
    return found.astype(np.float64)


def down32(numbers: Floats) -> Floats:
    """The largest float32 not above each number."""
    near = _float32(numbers).astype(np.float64)
    return np.where(near > numbers, before32(near), near)


def up32(numbers: Floats) -> Floats:
    """The smallest float32 not below each number."""
    return -down32(-np.asarray(numbers, np.float64))


def near32(numbers: Floats) -> Floats:
    """The float32 nearest to each number."""
    return _float32(numbers).astype(np.float64)


def nearest(t: Floats, strict: Bools | bool = False) -> Floats:
    """The T with float32(x) <= T where x <= t, or x < t if strict, for float64 x."""
    low = down32(t)
    high = after32(low)
    with np.errstate(invalid="ignore", over="ignore"):
        middle = low / 2 + high / 2
        slack = _MIDDLE * np.spacing(abs(middle))
        up = np.where((t > middle + slack) & (high <= FLT_MAX), high, low)
        return np.where(strict, np.where(t >= middle - slack, low, before32(low)), up)


def below(t: Floats, strict: Bools | bool = False) -> Floats:
    """The T with x <= T where x <= t, or x < t if strict, for float32 x."""
    with np.errstate(over="ignore"):
        return down32(np.where(strict, np.nextafter(t, -np.inf), t))
