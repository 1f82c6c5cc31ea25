# SPDX-License-Identifier: MIT
"""Comparisons of the original with its inputs, and the largest numbers that go left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.rounding.device import Device
from emlrt.thresholds import (
    FLT_MAX,
    Bools,
    Floats,
)

Ints = NDArray[np.int64]
#: From elements of a vector, and a number for each, to what becomes of them.
Function = Callable[[NDArray[np.int64], NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Questions:
    """Whether f(x) <= t, or < t if strict, of chosen numbers x.

    column : (n,) the input that each asks for. at : (n,) what f calls it.
    strict : (n,) bool. wide : whether float64 numbers are compared; else f(x) becomes
        float32 before.
    """

    column: Ints
    at: Ints
    t: Floats
    strict: Bools
    function: Function | None
    wide: bool

    def of(self, chosen: Any) -> Questions:
        return Questions(
            self.column[chosen],
            self.at[chosen],
            self.t[chosen],
            self.strict[chosen],
            self.function,
            self.wide,
        )

    def values(self, x: NDArray[np.floating[Any]]) -> Floats:
        """f of a number for each, as it is compared."""
        with np.errstate(all="ignore"):
            y = x if self.function is None else self.function(self.at, x)
            y = y if self.wide else y.astype(np.float32)
            return np.asarray(y, np.float64)

    def left(self, x: NDArray[np.floating[Any]]) -> Bools:
        y = self.values(x)
        return np.asarray((y < self.t) | (y == self.t) & ~self.strict)


@dataclass(frozen=True, eq=False)
class Borders:
    """Of questions, the largest float64 that goes left, and what it may be off by."""

    asked: Questions
    at: Floats
    room: Floats
    device: Device

    def near(self, x: Floats) -> Floats:
        """The device's number of a raw number for each."""
        return self.device.near(self.asked.column, x)

    @property
    def finite(self) -> Bools:
        return np.isfinite(self.at) & (abs(self.at) <= FLT_MAX)

    def of(self, chosen: Any) -> Borders:
        at, room = self.at[chosen], self.room[chosen]
        return Borders(self.asked.of(chosen), at, room, self.device)
