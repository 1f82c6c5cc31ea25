# SPDX-License-Identifier: MIT
"""Rows whose result depends on the rounding of sums of squares.

A sum of n squares of differences is off by (n + 2) units of 2^-24 of itself at most:
one for the difference, which squaring doubles, one for the square, and one for each
sum. Far outside, where the squares are large and much the same for all that they are
compared with, that can be more than what they differ in.

Far from zero, rows and stored items themselves lose what tells them apart, when they
become float32: half a unit of each number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emlrt import parts
from emlrt._native import lib
from emlrt.blob import Program, Stage
from emlrt.dtypes import dtype_of

Bools = NDArray[np.bool_]
#: Half a unit in the last place of float32.
EPSILON = 2.0**-24


def loss(sizes: NDArray[np.floating], n_terms: int) -> NDArray[np.float64]:
    """The largest rounding error of sums of so many squares in float32."""
    return (n_terms + 2) * EPSILON * abs(np.asarray(sizes, np.float64))


def hanging(
    sums: NDArray[np.floating], n_terms: int, k: int = 1, *, equal: bool = False
) -> Bools:
    """Rows (n,) of which another k of the sums (n, n_sums) could be the least, for all
    that float32 says. equal: whether sums are rounded, so that equal ones need not be;
    of others that are equal the first one is meant."""
    if sums.shape[1] <= k:
        return np.zeros(len(sums), bool)
    least = np.partition(np.asarray(sums, np.float64), [k - 1, k], axis=1)
    last, next_one = least[:, k - 1], least[:, k]
    with np.errstate(invalid="ignore"):
        lost = loss(last, n_terms) + loss(next_one, n_terms)
        return (equal | (next_one > last)) & (next_one - last <= lost)


_SQUARED = (lib.EMLRT_METRIC_SQUARES, lib.EMLRT_METRIC_COSINE)
#: Ways in which rows are shaken by a unit.
_SHAKES = 4
#: So many pairs of different items that float32 makes one are expected where equal
#: ones are not taken for copies.
_PAIRS = 0.01


def _half_unit(numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    """The largest error of a number that is rounded to float32."""
    return np.spacing(abs(numbers)).astype(np.float64) / 2


def _lost_of_items(items: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same of stored items. Columns of which no number needs the last two bits
    are taken for exact: counts, and such."""
    bits = np.ascontiguousarray(items).view(np.uint32)
    exact = ((bits & 3) == 0).all(axis=0)
    return np.where(exact, 0.0, _half_unit(items))


def _makes_one(items: NDArray[np.float32], lost: NDArray[np.float64]) -> bool:
    """Whether the units are so coarse that items are equal which were not."""
    spread = items.astype(np.float64).std(axis=0)
    known = spread > 0
    chance = np.minimum(1, 2 * lost.max(axis=0)[known] / spread[known])
    return bool(lost.any() and len(items) ** 2 * chance.prod() > _PAIRS)


def _lost_of_rows(
    program: Program,
    at: int,
    x: NDArray[np.float32],
    rounded: Bools,
    read: NDArray[np.float32],
) -> NDArray[np.float64]:
    """What numbers that a stage reads may be off by. rounded: which of x are."""
    if program.stages[at].source.space == lib.EMLRT_SPACE_INPUT:
        first = program.stages[at].source.offset // 4
        return _half_unit(read) * rounded[:, first : first + read.shape[1]]
    lost, rng = np.zeros(read.shape), np.random.default_rng(0)
    for _ in range(_SHAKES if rounded.any() else 0):
        side = np.where(rng.random(x.shape) < 0.5, -np.inf, np.inf).astype(np.float32)
        other = np.where(rounded, np.nextafter(x, side), x)
        lost = np.maximum(lost, abs(parts.read_by(program, at, other) - read))
    return lost + _half_unit(read)


def _distances(
    apart: NDArray[np.float64], lost: NDArray[np.float64], metric: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances (n_items,), and what float32 may lose of them. apart: of a row and
    items (n_items, n). lost: of that."""
    n, apart = apart.shape[1], abs(apart)
    if metric in _SQUARED:
        found = (apart * apart).sum(axis=1)
        return found, loss(found, n) + (lost * (2 * apart + lost)).sum(axis=1)
    if metric == lib.EMLRT_METRIC_SUMS:
        found = apart.sum(axis=1)
        return found, loss(found, n) + lost.sum(axis=1)
    found = apart.max(axis=1)
    return found, loss(found, 0) + lost.max(axis=1)


def _unclear(
    found: NDArray[np.float64], lost: NDArray[np.float64], k: int, equal: bool
) -> bool:
    """Whether another k of the distances could be the least."""
    if len(found) <= k:
        return False
    order = np.argpartition(found, [k - 1, k])
    least, others = order[:k], order[k:]
    if not equal:
        others = others[found[others] > found[least].max()]
    reach = (found[least] + lost[least]).max()
    return bool(((found[others] - lost[others]) <= reach).any())


def _items(stage: Stage) -> tuple[int, int, NDArray[np.float32]] | None:
    """How many of a stage's items it looks for, by which metric, and the items."""
    if stage.name not in ("distances", "nearest"):
        return None
    dtype = dtype_of(f"emlrt_{stage.name}")
    head = np.frombuffer(stage.payload, dtype, 1)[0]
    items = np.frombuffer(stage.payload, "<f4", offset=dtype.itemsize)
    k = int(head["k"]) if stage.name == "nearest" else 1
    return k, int(head["metric"]), items.reshape(-1, stage.source.count)


def _far_from_items(
    program: Program, at: int, x: NDArray[np.float32], rounded: Bools
) -> Bools:
    """Rows that lie so that float32 cannot tell which items are the nearest."""
    own = _items(program.stages[at])
    if own is None:
        return np.zeros(len(x), bool)
    k, metric, items = own
    read = parts.read_by(program, at, x)
    of_rows = _lost_of_rows(program, at, x, rounded, read)
    of_items = _lost_of_items(items)
    equal = _makes_one(items, of_items)
    return np.array(
        [
            _unclear(*_distances(row - items, own + of_items, metric), k, equal)
            for row, own in zip(read.astype(np.float64), of_rows, strict=True)
        ],
        bool,
    )


def far(
    program: Program, x: NDArray[np.float32], rounded: Bools | None = None
) -> Bools:
    """Rows (n,) of a model of float32 inputs that lie so far from centres, from stored
    rows or from components of one covariance that another could be the nearest.

    rounded: which numbers of x are not what the original gets; None: none.
    """
    found = np.zeros(len(x), bool)
    rounded = np.zeros(x.shape, bool) if rounded is None else rounded
    for at, stage in enumerate(program.stages):
        n = stage.source.count
        if stage.name in ("distances", "nearest"):
            with np.errstate(over="ignore", invalid="ignore"):
                found |= _far_from_items(program, at, x, rounded)
        elif stage.name == "gauss_full":
            flags = int.from_bytes(stage.payload[:4], "little")
            if flags & lib.EMLRT_GAUSS_SHARED and stage.target.count > 1:
                sums = -parts.written_by(program, at, x).astype(np.float64)
                found |= hanging(sums, n * n, equal=True)
    return found
