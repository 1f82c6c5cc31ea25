# SPDX-License-Identifier: MIT
"""Numbers of x that stand for raw ones, by the rule of `emlrt.inputs`.

The original compares raw numbers; the device compares what the rule makes of them.
The rule never falls, so what is right for float32(x) is right for it: see
`emlrt.convert.thresholds`. Columns are those of the inputs; -1 is none, and its
numbers are float32 of themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from emlrt.convert.thresholds import Bools, Floats, down32, near32, nearest
from emlrt.inputs import InputScaling


@dataclass(frozen=True, eq=False)
class Device:
    """scaling : of the inputs; None where these are raw."""

    scaling: InputScaling | None = None

    @property
    def dtype(self) -> str:
        return "float32" if self.scaling is None else self.scaling.dtype

    @property
    def in_integers(self) -> bool:
        return self.scaling is not None and self.scaling.dtype != "float32"

    def ruled(self, column: Any) -> Bools:
        """Which columns are made by a rule that changes something."""
        chosen = np.asarray(column)
        if self.scaling is None:
            return np.zeros(chosen.shape, bool)
        changed = (self.scaling.offset != 0) | (self.scaling.scale != 1)
        changed |= self.in_integers
        return np.asarray((chosen >= 0) & changed[np.maximum(chosen, 0)])

    def near(self, column: Any, x: Floats) -> Floats:
        """The device's number of each raw number."""
        found = near32(x)
        mine = np.broadcast_to(self.ruled(column), found.shape)
        if self.scaling is None or not mine.any():
            return found
        chosen = np.broadcast_to(np.asarray(column), found.shape)[mine]
        found[mine] = self.scaling.number(chosen, np.asarray(x, np.float64)[mine])
        return found

    def exactly(self, column: Any, x: Floats) -> Floats:
        """The same before it is rounded."""
        found = np.array(x, np.float64)
        mine = np.broadcast_to(self.ruled(column), found.shape)
        if self.scaling is not None and mine.any():
            chosen = np.broadcast_to(np.asarray(column), found.shape)[mine]
            found[mine] = self.scaling.exactly(chosen, found[mine])
        return found

    def down(self, column: Any, x: Floats) -> Floats:
        """The largest number that is not above what x exactly is."""
        exact = self.exactly(column, x)
        if not self.in_integers:
            return down32(exact)
        whole = np.broadcast_to(self.ruled(column), exact.shape)
        return np.where(
            whole, _whole(exact, np.zeros(exact.shape, bool)), down32(exact)
        )

    def nearest(self, column: Any, t: Floats, strict: Bools) -> Floats:
        """What the device's number of x is not above where x <= t, or x < t if
        strict."""
        exact = self.exactly(column, t)
        found = nearest(exact, strict)
        if not self.in_integers:
            return found
        return np.where(self.ruled(column), _whole(exact, strict), found)

    def unit(self, column: Any, x: Floats) -> Floats:
        """How far apart raw numbers are, near x, that the device tells apart."""
        exact = abs(near32(self.exactly(column, x))).astype(np.float32)
        found = np.spacing(exact).astype(np.float64)
        if self.scaling is None or not self.in_integers:
            return found
        chosen = np.asarray(column)
        one = 1 / self.scaling.scale[np.maximum(chosen, 0)].astype(np.float64)
        return np.where(self.ruled(chosen), one, found)


#: How far from the middle of two integers a number is still there.
_MIDDLE = 1e-9


def _whole(exact: Floats, strict: Bools) -> Floats:
    """As `thresholds.nearest`, among integers."""
    low = np.floor(exact)
    with np.errstate(invalid="ignore"):
        room = _MIDDLE * np.maximum(1.0, abs(exact))
        up = exact > low + 0.5 + room
        found = np.where(strict, np.where(exact >= low + 0.5 - room, low, low - 1), low)
        return np.where(
            np.isfinite(exact), np.where(up & ~strict, low + 1, found), exact
        )
