# SPDX-License-Identifier: MIT
"""What numbers a feature has: decimals, float32 numbers, or any.

Rows tell by themselves. Without them, the numbers that trees compare a feature with
do: libraries put them on training rows, or half-way between two of them. So those of
rows with k decimals lie on whole and half steps of 10^-k, and those of float32 rows
have few binary digits, up to what arithmetic before them loses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emlrt.convert.thresholds import Floats, near32

#: Most decimals that are looked for.
_PLACES = 8
#: Binary digits of a float32, and those of what lies between two of them: most pairs
#: of neighbours have sums of few digits more.
_DIGITS, _BETWEEN = 24, 30
#: How likely chance may be to look like a grid: a natural logarithm.
_CHANCE = 14.0
#: What share of a feature's numbers must fit.
_SHARE = 0.9
#: What float64 loses on the way, in units.
_UNITS = 16


@dataclass(frozen=True)
class Kind:
    """A feature's numbers. places: of decimals, else -1."""

    name: str
    places: int = -1

    @property
    def text(self) -> str:
        return f"decimals of {self.places}" if self.places >= 0 else self.name


#: float32 arrays, which libraries also compute with in float32; float32 numbers in
#: float64 arrays; anything.
ARRAYS, HELD, ANY = Kind("float32 arrays"), Kind("float32 numbers"), Kind("float64")


def decimals(places: int) -> Kind:
    return Kind("decimals", places)


def _few_digits(numbers: Floats, digits: int) -> np.ndarray:
    """Which numbers are, up to float64's rounding, of so many binary digits."""
    mantissa, _ = np.frexp(numbers)
    scaled = np.ldexp(mantissa, digits)
    return abs(scaled - np.rint(scaled)) <= np.ldexp(_UNITS, digits - 53)


def of_rows(column: np.ndarray) -> Kind:
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
    likely = np.clip(2 * room[mine] / step, 1e-16, 1.0)
    return bool(mine.mean() >= _SHARE and -np.log(likely).sum() > _CHANCE)


def of_borders(borders: Floats, room: Floats, *, exact: bool) -> Kind:
    """The kind of a feature by the distinct numbers that it is compared with.

    room: what each may be off by. exact: whether that is next to nothing, so that
    binary digits can tell.
    """
    if not borders.size:
        return ANY
    room = np.maximum(room, _UNITS * np.spacing(abs(borders)))
    for places in range(_PLACES + 1):
        if _fits(borders, room, 0.5 * 10.0**-places):
            return decimals(places)
    if exact and _few_digits(borders, _BETWEEN).mean() >= _SHARE:
        return HELD
    return ANY


def are_float32(numbers: Floats) -> bool:
    """Whether most numbers are those of float32, or half-way between two."""
    return bool(numbers.size and _few_digits(numbers, _DIGITS + 2).mean() >= _SHARE)


def beside(borders: Floats, places: int) -> Floats:
    """Decimals (3, n) around each number, rising; one place more than said, if
    float32 has room for it there."""
    tens = np.full(borders.size, 10.0 ** min(places + 1, _PLACES))
    unit = np.spacing(abs(near32(borders)).astype(np.float32)).astype(np.float64)
    tens = np.where(unit * 4 > 1 / tens, 10.0**places, tens)
    at = np.rint(borders * tens)
    return np.stack([(at + k) / tens for k in (-1.0, 0.0, 1.0)])
