# SPDX-License-Identifier: MIT
"""float32 numbers for what the original compares numbers of rows with.

The original asks whether f(x) <= t, or f(x) < t, of a row's number x, where f is what
it computes before, if anything, and never falls. The device asks r(x) <= T, without f;
r(x) is float32(x), or what an offset and a scale make of x
(`emlrt.convert.rounding.device`). T is found with the original's own arithmetic, and
from what is known of the rows: the rows themselves, or what their numbers are. See
`emlrt.thresholds` for the rule and `emlrt.convert.rounding.grids` for the kinds of
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import I32
from emlrt.convert.rounding import grids
from emlrt.convert.rounding.questions import Borders, Questions
from emlrt.convert.rounding.row_kinds import RowKinds, in_float32
from emlrt.convert.trees.forest import Ints
from emlrt.thresholds import (
    FLT_MAX,
    Bools,
    Floats,
    before32,
    below,
    down32,
)

#: What a computed number may be off by on the device, of the largest of its kind.
_COMPUTED = 2.0**-20


def _number(keys: Ints, dtype: Any) -> NDArray[np.floating[Any]]:
    """The numbers of sort keys."""
    integer = np.dtype(f"i{np.dtype(dtype).itemsize}")
    inverted = keys ^ ((1 << (8 * integer.itemsize - 1)) - 1)
    return np.where(keys < 0, inverted, keys).astype(integer).view(dtype)


def bisect(asked: Questions, dtype: Any) -> Floats:
    """For each, the largest number of a dtype, within float32's range, that goes
    left; -inf if there is none, inf if all do."""
    most = int(np.array(FLT_MAX, dtype).view(f"i{np.dtype(dtype).itemsize}"))
    low = np.full(asked.at.size, -most - 1, np.int64)
    high = np.full(asked.at.size, most, np.int64)
    none, every = ~asked.left(_number(low, dtype)), asked.left(_number(high, dtype))
    while (high - 1 > low).any():
        middle = (low >> 1) + (high >> 1) + (low & high & 1)
        goes = asked.left(_number(middle, dtype))
        low, high = np.where(goes, middle, low), np.where(goes, high, middle)
    found = _number(low, dtype).astype(np.float64)
    return np.where(none, -np.inf, np.where(every, np.inf, found))


def _last_integers(asked: Questions, dtype: Any) -> Floats:
    """For each, the largest int32 that goes left where rows have a dtype; the number
    before all of them if there is none."""
    low = np.full(asked.at.size, -(2**31) - 1, np.int64)
    high = np.full(asked.at.size, 2**31, np.int64)
    while (high - 1 > low).any():
        middle = (low + high) >> 1
        goes = asked.left(middle.astype(dtype))
        low, high = np.where(goes, middle, low), np.where(goes, high, middle)
    return low.astype(np.float64)


def _border(asked: Questions, ruled: Bools) -> Floats:
    """The largest float64 that goes left; where the original makes numbers float32 and
    the device does so by itself, the largest float32. ruled: where it does not."""
    if asked.function is not None:
        return bisect(asked, np.float64)
    with np.errstate(over="ignore"):
        found = np.where(asked.strict, np.nextafter(asked.t, -np.inf), asked.t)
    if not asked.wide and ruled.any():
        found[ruled] = bisect(asked.of(ruled), np.float64)
    return found


def _room(asked: Questions, border: Floats) -> Floats:
    """The error of a border, since f(x) was rounded when the model was made."""
    if asked.function is None and asked.wide:
        return np.zeros(border.size)
    with np.errstate(all="ignore"):
        dtype = np.float64 if asked.wide else np.float32
        spacing = np.spacing(abs(asked.t).astype(dtype))
    step = np.maximum(abs(border) * 2.0**-16, 1e-30)
    with np.errstate(all="ignore"):
        rise = asked.values(border + step) - asked.values(border - step)
        room = 4 * step * spacing.astype(np.float64) / rise
    return np.where(np.isfinite(room), room, np.inf)


def _between(borders: Borders, chosen: Floats, low: Floats, high: Floats) -> Floats:
    """The chosen thresholds, kept between the numbers low and high on the device."""
    first, last = borders.near(low), before32(borders.near(high))
    return np.where(first <= last, np.clip(chosen, first, last), chosen)


def _on_grid(borders: Borders, chosen: Floats, places: Ints) -> Floats:
    """Thresholds between the decimals beside each border, as these go."""
    unit = borders.device.unit(borders.asked.column, borders.at)
    near = grids.beside(borders.at, places, unit)
    goes = np.stack([borders.asked.left(x) for x in near])
    low = np.where(goes, near, -np.inf).max(axis=0)
    high = np.where(goes, np.inf, near).min(axis=0)
    return _between(borders, chosen, low, high)


def _on_integers(borders: Borders, dtype: Any) -> Floats:
    """Thresholds between the integers of the device beside each border, as the numbers
    go that they stand for. dtype: of rows."""
    asked, device = borders.asked, borders.device
    exact = device.exactly(asked.column, borders.at)
    chosen, some = exact.copy(), np.flatnonzero(borders.finite)
    own = borders.of(some)
    first = np.floor(exact[some]) - 1
    near = [device.raw(own.asked.column, first + k) for k in range(4)]
    goes = np.stack([own.asked.left(x.astype(dtype)) for x in near])
    low = np.where(goes, near, -np.inf).max(axis=0)
    high = np.where(goes, np.inf, near).min(axis=0)
    chosen[some] = _between(own, chosen[some], low, high)
    return chosen


def _nearest(borders: Borders) -> Floats:
    """Thresholds for float64 numbers of which nothing else is known."""
    asked, border, device = borders.asked, borders.at, borders.device
    if not asked.wide:
        return device.down(asked.column, border)
    t = asked.t
    if asked.function is not None:
        t = np.where(asked.strict, np.nextafter(border, np.inf), border)
    found = device.nearest(asked.column, t, asked.strict)
    return np.where(borders.finite, found, border)


def _by_kind(borders: Borders, kind: grids.Kind) -> Floats:
    """Thresholds by the kind of the numbers."""
    asked = borders.asked
    if borders.device.in_integers:
        return _on_integers(borders, np.float32 if kind == grids.ARRAYS else np.float64)
    if kind == grids.ARRAYS:
        plain = asked.function is None
        last = below(asked.t, asked.strict) if plain else bisect(asked, np.float32)
        return borders.near(last)
    if kind == grids.HELD:
        # What is of more digits was filled in, and is float32 here.
        own = ~grids.of_float32(borders.at) & borders.finite & asked.wide
        return np.where(own, _nearest(borders), borders.near(down32(borders.at)))
    chosen, places = _nearest(borders), np.full(borders.at.size, kind.places)
    if kind.places < 0:
        shown = borders.of(borders.finite)
        unit = np.spacing(abs(shown.at).astype(np.float32))
        room = np.zeros(unit.size) if asked.wide else np.maximum(shown.room, unit)
        places[borders.finite] = grids.places_of(shown.at, room)
    some = np.flatnonzero(borders.finite & (places >= 0))
    chosen[some] = _on_grid(borders.of(some), chosen[some], places[some])
    return chosen


def _n_left(asked: Questions, x: NDArray[Any]) -> Ints:
    """How many of one element's numbers, rising, go left."""
    every = asked.of(np.zeros(x.size, np.int64))
    y = np.maximum.accumulate(every.values(x))
    not_above = np.searchsorted(y, asked.t, "right")
    return np.where(asked.strict, np.searchsorted(y, asked.t), not_above)


def _beside(asked: Questions, x: NDArray[Any]) -> tuple[Floats, Floats]:
    """Of numbers of one element, rising, the last that goes left and the first that
    does not; infinite where there is none."""
    n_left = _n_left(asked, x)
    ends = np.concatenate([[-np.inf], x.astype(np.float64), [np.inf]])
    return ends[n_left], ends[n_left + 1]


def _by_rows(rows: RowKinds, feature: int, borders: Borders, chosen: Floats) -> Floats:
    """Thresholds such that X's rows, and what is filled in, go as in the original."""
    x, asked = rows.certain(feature), borders.asked
    if not x.size:
        return chosen
    low, high = _beside(asked, x)
    one = borders.near(low) == borders.near(high)
    if one.any():
        chosen = np.where(one, borders.near(low), chosen)
        rows.lose(feature, low[one])
    return _between(borders, chosen, low, high)


def _reach(borders: Borders) -> float:
    """How far the borders of float32 arrays are from those of float64 numbers."""
    asked, shown = borders.asked, borders.finite
    if asked.function is None or not shown.any():
        return 0.0
    arrays = bisect(asked.of(shown), np.float32)
    away = abs(arrays - borders.at[shown])
    return float(away[np.isfinite(away)].max(initial=0.0))


def _split(at: Ints, column: Ints) -> list[Ints]:
    """Indices of the questions of each input, as f calls it."""
    order = np.lexsort((at, column))
    moved = (np.diff(column[order]) != 0) | (np.diff(at[order]) != 0)
    return np.split(order, np.flatnonzero(moved) + 1) if order.size else []


def _settled(rows: RowKinds, borders: Borders) -> Floats:
    """Thresholds of different questions."""
    asked, chosen = borders.asked, np.empty(borders.at.size)
    groups = _split(asked.at, asked.column)
    by_kind: dict[grids.Kind, list[Ints]] = {}
    for mine in groups:
        feature = int(asked.column[mine[0]])
        kind = rows.kind(feature, borders.of(mine))
        rows.take(feature, kind, _reach(borders.of(mine)))
        by_kind.setdefault(kind, []).append(mine)
    for kind, found in by_kind.items():
        some = np.concatenate(found)
        chosen[some] = _by_kind(borders.of(some), kind)
    for mine in groups:
        feature, own = int(asked.column[mine[0]]), borders.of(mine)
        chosen[mine] = _by_rows(rows, feature, own, chosen[mine])
        rows.note_merged(feature, own.asked, chosen[mine])
    return chosen


@dataclass(frozen=True, eq=False)
class Computed:
    """Rows of X where numbers are computed, which the device has nearly.

    theirs, ours : (n, n_elements), what the original has and what the device has.
    """

    theirs: NDArray[Any]
    ours: NDArray[np.float32]

    def of(self, element: int) -> tuple[NDArray[Any], Floats, Ints]:
        """One element's numbers, by rising ones of the original; and their rows."""
        x, d = self.theirs[:, element], self.ours[:, element]
        rows = np.flatnonzero(np.isfinite(x) & np.isfinite(d))
        rows = rows[np.argsort(x[rows], kind="stable")]
        return x[rows], d[rows].astype(np.float64), rows

    def apart(self, asked: Questions, chosen: Floats) -> tuple[Floats, Ints]:
        """Thresholds for the device's numbers: such that rows go as in the original,
        and not too near to any of them. And the rows that none lets go so.

        asked.column: the element.
        """
        found, lost = chosen.copy(), [np.zeros(0, np.int64)]
        for mine in _split(asked.at, asked.column):
            x, d, rows = self.of(int(asked.column[mine[0]]))
            if not x.size:
                continue
            n_left = _n_left(asked.of(mine), x)
            low = np.append(-np.inf, np.maximum.accumulate(d))[n_left]
            high = np.append(np.minimum.accumulate(d[::-1])[::-1], np.inf)[n_left]
            with np.errstate(invalid="ignore", over="ignore"):
                room = np.minimum(_COMPUTED * abs(d).max(), high / 2 - low / 2)
                found[mine] = np.clip(chosen[mine], low + room, high - room)
            for k in np.flatnonzero(low >= high):
                found[mine[k]], wrong = _least_wrong(d, int(n_left[k]), chosen[mine[k]])
                lost.append(rows[wrong])
        return found, np.unique(np.concatenate(lost))


def _least_wrong(d: Floats, n_left: int, chosen: float) -> tuple[float, Ints]:
    """A threshold for numbers of which the first should go left, and the others not;
    and those that do not go so."""
    tried = [chosen, float(d[:n_left].max()), float(before32(d[n_left:].min()))]
    left = np.arange(d.size) < n_left
    wrong = [np.flatnonzero((d <= down32(np.array(t))) != left) for t in tried]
    best = min(range(len(tried)), key=lambda k: wrong[k].size)
    return tried[best], wrong[best]


def settle_exact(asked: Questions) -> Floats:
    """The largest float32 that goes left of each question, where x has the very bits
    of the original's float32."""
    if asked.function is not None:
        return bisect(asked, np.float32)
    return below(asked.t, asked.strict)


def settle(graph: Graph, in_floats: bool, asked: Questions) -> Floats:
    """The number whose floor each question's x is compared with on the device: among
    float32 numbers if in_floats, else among integers. Of inputs that are made by a
    rule, it is one of the device's."""
    if graph.input.dtype == I32 and not in_floats:
        arrays = in_float32(graph.options.rows, graph.raw_rows)
        return _last_integers(asked, np.float32 if arrays else np.float64)
    ruled = graph.device.ruled(asked.column)
    found = _border(asked, ruled)
    exact = asked.function is None and not asked.wide
    known = np.flatnonzero(ruled if exact or not in_floats else asked.column >= 0)
    if not known.size:
        return found
    key = np.stack([asked.column, asked.at, asked.t, asked.strict])[:, known]
    _, first, back = np.unique(key, axis=1, return_index=True, return_inverse=True)
    one, border = asked.of(known[first]), found[known[first]]
    borders = Borders(one, border, _room(one, border), graph.device)
    found[known] = _settled(graph.rows, borders)[back.ravel()]
    return found
