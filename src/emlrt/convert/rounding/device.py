# SPDX-License-Identifier: MIT
"""Numbers of x that stand for raw ones, by the rule of `emlrt.inputs`.

The original compares raw numbers; the device compares what the rule makes of them.
The rule never falls, so what is right for float32(x) is right for it: see
`emlrt.thresholds`. Columns are those of the inputs; -1 is none, and its
numbers are float32 of themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from emlrt.inputs import InputScaling
from emlrt.thresholds import Bools, Floats, down32, near32, nearest

#: How far from an integer a number is that still stands for one.
_MET = 1e-3


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
        """Which columns have a rule that changes their numbers."""
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
        """The largest float32 that is not above the exact x."""
        return down32(self.exactly(column, x))

    def nearest(self, column: Any, t: Floats, strict: Bools) -> Floats:
        """What the device's float32 of x is not above where x <= t, or x < t if
        strict."""
        return nearest(self.exactly(column, t), strict)

    def raw(self, column: Any, numbers: Floats) -> Floats:
        """The raw numbers that the device's stand for, of columns with a rule."""
        if self.scaling is None:
            return numbers
        scale = self.scaling.scale[column].astype(np.float64)
        return np.asarray(numbers / scale + self.scaling.offset[column])

    def meets(self, column: Any, raw: float) -> Bools:
        """Whether rows can hold a number exactly, by the rule of the inputs."""
        exact = self.exactly(column, np.full(np.shape(column), raw))
        whole = ~self.ruled(column) | (abs(exact - np.rint(exact)) < _MET)
        return np.asarray(whole | np.isnan(exact) | (not self.in_integers))

    def unit(self, column: Any, x: Floats) -> Floats:
        """The distance of raw numbers near x that the device still distinguishes."""
        exact = abs(near32(self.exactly(column, x))).astype(np.float32)
        found = np.spacing(exact).astype(np.float64)
        if self.scaling is None or not self.in_integers:
            return found
        chosen = np.asarray(column)
        one = 1 / self.scaling.scale[np.maximum(chosen, 0)].astype(np.float64)
        return np.where(self.ruled(chosen), one, found)
