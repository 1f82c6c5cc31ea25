# SPDX-License-Identifier: MIT
"""What measurements and estimates have: counts, their mean, and the worst of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Counts of instructions or cycles, in `unit`."""

    unit: str
    counts: NDArray[Any] = field(repr=False)

    @property
    def mean(self) -> float:
        """Mean of the counts; NaN if there are none."""
        return float(np.mean(self.counts)) if len(self.counts) else float("nan")

    @property
    def worst(self) -> float:
        """Largest of the counts; NaN if there are none."""
        return float(np.max(self.counts)) if len(self.counts) else float("nan")

    def spent(self, of: str) -> str:
        """Words for mean and worst. of: what is counted, in the plural."""
        if not len(self.counts):
            return f"no {of}"
        return (
            f"{self.mean:,.0f} {self.unit} in the mean and {self.worst:,.0f} at worst"
            f" of {len(self.counts)} {of}"
        )
