# SPDX-License-Identifier: MIT
"""Finds the kind of a feature's numbers: decimals, float32 numbers, or any float64.

Rows tell by themselves. Without them, the numbers that trees compare a feature with
do: libraries put them on training rows, or half-way between two of them. So those of
rows with k decimals lie on whole and half steps of 10^-k, and those of float32 rows
have few binary digits, up to what arithmetic before them loses.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.kinds import ANY, ARRAYS, HELD, Kind, decimals
from emlrt.thresholds import Bools, Floats, near32

#: Most decimals that are looked for.
_PLACES = 8
#: Binary digits of what lies between two float32 numbers: most neighbours' sums have
#: few more than those.
_BETWEEN = 30
#: The same of float32 numbers and the middle of two neighbours, and what share of them.
_HELD, _NEARLY = 25, 0.9
#: How likely chance may be to look like a grid: a natural logarithm.
_CHANCE = 14.0
#: What share of a feature's numbers must fit: not all do where means were filled in.
_SHARE, _SHARE_OF_DIGITS = 0.7, 0.5
#: How much of a step numbers may be off by, for a grid to be seen.
_BLUR = 0.1
#: What float64 loses on the way, in units.
_UNITS = 16


def _few_digits(numbers: Floats, digits: int) -> Bools:
    """Which numbers are, up to float64's rounding, of so many binary digits."""
    mantissa, _ = np.frexp(numbers)
    scaled = np.ldexp(mantissa, digits)
    off = abs(scaled - np.rint(scaled))
    return np.asarray(off <= np.ldexp(_UNITS, digits - 53))


def of_rows(column: NDArray[Any]) -> Kind:
    """The kind of a feature's distinct finite numbers."""
    if column.dtype == np.float32:
        return ARRAYS
    numbers = column.astype(np.float64)
    for places in range(_PLACES + 1):
        tens = 10.0**places
        if (np.rint(numbers * tens) / tens == numbers).all():
            return decimals(places)
    return HELD if (near32(numbers) == numbers).all() else ANY


def _fits(numbers: Floats, room: Floats, step: float) -> bool:
    """Whether numbers lie on a grid, and not by chance."""
    off = abs(numbers - np.rint(numbers / step) * step)
    mine = off <= room
    likely = np.maximum(2 * room / step, 1e-16)
    mine &= likely < _BLUR
    return bool(mine.mean() >= _SHARE and -np.log(likely[mine]).sum() > _CHANCE)


def of_borders(borders: Floats, room: Floats, *, exact: bool) -> Kind:
    """The kind of a feature's numbers, from the distinct numbers compared with it.

    room: what each may be off by. exact: whether that is next to nothing, so that
    binary digits can tell.
    """
    if not borders.size:
        return ANY
    room = np.maximum(room, _UNITS * np.spacing(abs(borders)))
    for places in range(_PLACES + 1):
        if _fits(borders, room, 0.5 * 10.0**-places):
            return decimals(places)
    if exact and of_float32(borders).mean() >= _SHARE_OF_DIGITS:
        return HELD
    return ANY


def of_float32(numbers: Floats) -> Bools:
    """Which numbers are those of float32, or half-way between two."""
    return _few_digits(numbers, _BETWEEN)


def are_float32(numbers: Floats) -> bool:
    """Whether most numbers are those of float32, or half-way between two."""
    some = numbers.size > 0
    return bool(some and of_float32(numbers).mean() >= _SHARE_OF_DIGITS)


def are_held(numbers: Floats) -> bool:
    """Whether nearly all numbers are those of float32, or in the middle of two."""
    return bool(numbers.size and _few_digits(numbers, _HELD).mean() >= _NEARLY)


def places_of(borders: Floats, room: Floats) -> NDArray[np.int64]:
    """Of each number the fewest places of a decimal that it is, or may be by what it
    may be off by; -1 if it is none."""
    found = np.full(borders.size, -1, np.int64)
    room = np.maximum(room, _UNITS * np.spacing(abs(borders)))
    for places in reversed(range(_PLACES - 1)):
        near = np.rint(borders * 10.0**places) / 10.0**places
        seen = room < _BLUR * 10.0**-places
        found[seen & (abs(borders - near) <= room)] = places
    return found


def beside(borders: Floats, places: NDArray[np.int64], unit: Floats) -> Floats:
    """Decimals (3, n) around each number, rising; one place more than said, if
    the device has room for it there. unit: how far apart its numbers are."""
    tens = 10.0 ** np.minimum(places + 1, _PLACES)
    tens = np.where(unit * 4 > 1 / tens, 10.0**places, tens)
    at = np.rint(borders * tens)
    return np.stack([(at + k) / tens for k in (-1.0, 0.0, 1.0)])


__all__ = [
    "ANY",
    "ARRAYS",
    "HELD",
    "Kind",
    "are_float32",
    "beside",
    "decimals",
    "of_borders",
    "of_float32",
    "of_rows",
    "places_of",
]
