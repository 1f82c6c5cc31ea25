# SPDX-License-Identifier: MIT
"""Sets of categories as numbers: which of them a split sends left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from emlrt.thresholds import Bools, Floats


@dataclass(frozen=True, eq=False)
class Categories:
    """Which numbers a categorical split sends left. NaN is the node's business.

    cuts : (n,) float64, strictly rising.
    left : bool. (n + 1,): of the numbers below cuts[0], from cuts[0] to below
        cuts[1], ..., from cuts[-1] on. If exact, (n,): of numbers equal to each
        cut; all others go where NaN goes.
    """

    cuts: Floats
    left: Bools
    exact: bool = False

    @classmethod
    def of_integers(
        cls, chosen: Iterable[int], *, left: bool, around_zero: bool = False
    ) -> Categories:
        """Numbers whose integer part is chosen go left (or right), others do not.

        around_zero: numbers from -1 to 0 have the integer part 0, as C casts them;
        else they are not chosen.
        """
        wanted = np.unique(np.fromiter(chosen, np.int64))
        # Neighbours are one range: only its ends are cuts.
        first = np.diff(wanted, prepend=wanted[:1] - 2) != 1
        last = np.append(first[1:], True)[: wanted.size]
        starts, ends = wanted[first].astype(np.float64), wanted[last] + 1.0
        if around_zero:
            starts[starts == 0] = np.nextafter(np.float32(-1), np.float32(0))
        cuts = np.stack([starts, ends], axis=1).ravel()
        inside = np.arange(cuts.size) % 2 == 0
        return cls(cuts, np.concatenate([[not left], inside == left]))

    @classmethod
    def of_bits(cls, chosen: Bools) -> Categories:
        """Numbers from 0 on whose integer part, as C casts them, is chosen go left."""
        cuts = np.flatnonzero(np.diff(chosen, prepend=False, append=False))
        found = cuts.astype(np.float64)
        if chosen[:1].any():
            found[0] = np.nextafter(np.float32(-1), np.float32(0))
        return cls(found, np.arange(found.size + 1) % 2 == 1)

    def goes_left(self, x: Floats) -> tuple[Bools, Bools]:
        """Whether each number goes left, and whether it goes where NaN goes."""
        if not self.exact:
            at = np.searchsorted(self.cuts, x, "right")
            return self.left[at], np.isnan(x)
        at = np.searchsorted(self.cuts, x).clip(max=len(self.cuts) - 1)
        return self.left[at], self.cuts[at] != x
