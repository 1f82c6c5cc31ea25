# SPDX-License-Identifier: MIT
"""What a trees payload holds, for reports and for checks on the host."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.blob import Program, Stage
from emlrt.convert.leaves import FEW_TREES
from emlrt.layout import dtype_of


def trees_header(stage: Stage) -> dict[str, int]:
    """The fields of a trees stage's payload header, by name."""
    head = np.frombuffer(stage.payload, dtype_of("emlrt_trees"), 1)[0]
    return {name: int(head[name]) for name in head.dtype.names or ()}


def _exponents(stage: Stage) -> NDArray[Any]:
    at = dtype_of("emlrt_trees").itemsize
    return np.frombuffer(stage.payload, "<i4", stage.target.count, at)


def leaf_error(program: Program) -> float | NDArray[np.float64]:
    """See `Model.leaf_error`."""
    (stage,) = program.stages
    head = trees_header(stage)
    if program.class_counts:
        # Rounding to nearest loses half a vote at most, and a row that would
        # have too many votes loses one more of a class that gained by it.
        return 1.0 / head["unit"] if head["unit"] > 1 else 0.0
    n, wide = head["n_trees"], head["widths"] == 4
    of_one = 1.0 if wide and n > FEW_TREES else 0.5
    error: NDArray[np.float64] = np.ldexp(of_one * n, _exponents(stage))
    return error


__all__ = ["leaf_error", "trees_header"]
