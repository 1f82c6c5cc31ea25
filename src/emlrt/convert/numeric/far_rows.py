# SPDX-License-Identifier: MIT
"""Rows far outside, as of a saturated sensor.

    |x - m|^2 - |x - c_k|^2 = 2 (c_k - m) . (x - m) - |c_k - m|^2; by DENSE

Far outside, squares of distances are large, and their differences are small. So where
rows that the caller gave (X=) show that such rows come, scores are the differences: a
linear function of the row, whose terms are no larger than the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.check.sums import hanging
from emlrt.convert.ir.given import rows_of
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.numeric.centring import centred
from emlrt.errors import PrecisionWarning, warn

Doubles = NDArray[np.float64]
#: Rows are far if squares are so many times the terms of the linear function.
_FAR = 64.0
#: What is too large for a weight or a bias, and its reciprocal too small.
_LARGE = 1e13
#: Numbers that are looked at, all at once and in all.
_AT_ONCE, _LOOKS = 10**6, 10**8


def rows_at(graph: Graph, x: Tensor) -> Doubles | None:
    """The rows that the caller gave, where they are x; those without NaN or infinity.
    None where that is not known."""
    rows = rows_of(graph, x)
    if rows is None:
        return None
    numbers = np.asarray(rows, np.float64)
    return numbers[np.isfinite(numbers).all(axis=1)]


def _some(rows: Doubles, width: int) -> Iterator[Doubles]:
    """All rows, or as many as can be looked at, some at a time. width: numbers that
    each makes."""
    some = rows[:: max(1, len(rows) * width // _LOOKS)]
    step = max(1, _AT_ONCE // max(1, width))
    return (some[at : at + step] for at in range(0, len(some), step))


@dataclass(frozen=True, eq=False)
class Differences:
    """start_k - |factor (x - centre_k)|^2 for several centres, less the same of their
    mean without a start.

    centres: (k, n). starts: (k,). factor: (n, n), or None for x as it is.
    """

    centres: Doubles
    starts: Doubles
    factor: Doubles | None = None

    @property
    def mean(self) -> Doubles:
        """Any number near the mean will do: this one is a float32."""
        mean: Doubles = self.centres.mean(axis=0).astype(np.float32).astype(np.float64)
        return mean

    @property
    def _fits(self) -> bool:
        """Whether float32 holds the linear function whatever its numbers' units."""
        weights, biases = self._linear()
        sizes = abs(np.concatenate([weights.ravel(), biases]))
        return bool(sizes.max() < _LARGE and abs(weights).max() > 1 / _LARGE)

    def _linear(self) -> tuple[Doubles, Doubles]:
        """Weights (k, n) and biases (k,) for x - mean."""
        apart = self.centres - self.mean
        weights = apart if self.factor is None else apart @ self.factor.T @ self.factor
        return 2 * weights, self.starts - (weights * apart).sum(axis=1)

    def _squares(self, x: Doubles) -> Doubles:
        apart = x[:, None] - self.centres
        apart = apart if self.factor is None else apart @ self.factor.T
        return np.asarray((apart * apart).sum(axis=2))

    def needed(self, rows: Doubles | None) -> bool:
        """Whether squares lose the centres' differences, for any of the rows."""
        if rows is None or len(self.centres) < 2 or not self._fits:
            return False
        weights, biases = self._linear()
        for x in _some(rows, self.centres.size):
            squares = self._squares(x)
            terms = (abs(x - self.mean) @ abs(weights).T + abs(biases)).max(axis=1)
            far = squares.max(axis=1) > _FAR * terms
            if (far & hanging(squares - self.starts, self.mean.size)).any():
                return True
        return False

    def convert(self, graph: Graph, x: Tensor) -> Tensor:
        """A stage for them."""
        weights, biases = self._linear()
        near = centred(graph, x, self.mean)
        return near.project(weights, biases)


def warn_of_far(
    graph: Graph,
    estimator: Any,
    x: Tensor,
    items: NDArray[np.floating],
    k: int = 1,
    scale: Doubles | None = None,
) -> None:
    """Warns of rows of X so far outside that float32 cannot tell which k items are the
    nearest. scale: of distances in each feature."""
    rows = rows_at(graph, x)
    if rows is None:
        return
    items = np.asarray(items, np.float64)
    if scale is not None:
        rows, items = rows * scale, items * scale
    spread = np.linalg.norm(items.std(axis=0))
    n_lost = n_rows = 0
    for some in _some(rows, items.size):
        squares = ((some[:, None] - items) ** 2).sum(axis=2)
        far = squares.min(axis=1) > (_FAR * spread) ** 2
        n_lost += int((far & hanging(squares, items.shape[1], k)).sum())
        n_rows += len(some)
    if n_lost:
        warn(
            f"{type(estimator).__name__} goes by distances, and {n_lost} of {n_rows}"
            " rows of X lie so far outside that float32 cannot tell which are the"
            " least: clip the features to their range first, as"
            " MinMaxScaler(clip=True) does",
            PrecisionWarning,
        )
