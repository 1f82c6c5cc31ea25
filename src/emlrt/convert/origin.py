# SPDX-License-Identifier: MIT
"""Trees behind scalers: thresholds for the numbers in front of the scaler.

A tree asks whether float32(f(x)) <= t, or f(x) <= t, where f never falls. So there
is a largest float32 x that goes left, and a tree with that x as its threshold
decides as the original does, for every float32 x, without computing f. It is found
by bisection with the original's own arithmetic. Copies of elements need no stage
either.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.forest import Forest, Ints
from emlrt.convert.graph import Buffer, Function, Graph, Origin, Wire

_LOWEST, _HIGHEST = -0x7F7FFFFF - 1, 0x7F7FFFFF


def _composed(outer: Origin, inner: Origin) -> Origin:
    """outer, whose source is all of what inner describes."""
    f, g = outer.function, inner.function
    through = outer.elements + outer.source.start
    elements = inner.elements[through]
    if g is None:
        return Origin(inner.source, elements, f)
    first = g

    def both(at: Ints, x: NDArray[np.float64]) -> NDArray[np.float64]:
        y = first(through[at], x)
        return y if f is None else f(at, y)

    return Origin(inner.source, elements, both)


def _side_by_side(wires: list[Wire], origins: list[Origin]) -> Origin | None:
    """One origin of parts put end to end, if they come from the same numbers."""
    root = origins[0].source.buffer
    if any(origin.source.buffer is not root for origin in origins):
        return None
    starts = np.cumsum([0, *(wire.count for wire in wires)])
    functions: list[Function | None] = [origin.function for origin in origins]

    def each(at: Ints, x: NDArray[np.float64]) -> NDArray[np.float64]:
        y = x.copy()
        for start, stop, f in zip(starts, starts[1:], functions, strict=False):
            mine = (start <= at) & (at < stop)
            if f is not None:
                y[mine] = f(at[mine] - start, x[mine])
        return y

    elements = np.concatenate([o.elements + o.source.start for o in origins])
    same = all(f is None for f in functions)
    return Origin(
        Wire(root, 0, root.count), elements.astype(np.int64), None if same else each
    )


def _of_buffer(graph: Graph, buffer: Buffer) -> Origin | None:
    found = graph.origins.get(buffer)
    if found is not None:
        deeper = _of_buffer(graph, found.source.buffer)
        return found if deeper is None else _composed(found, deeper)
    parts = graph.parts.get(buffer)
    if parts is None:
        return None
    origins = [_of_buffer(graph, part.buffer) for part in parts]
    known = [origin for origin in origins if origin is not None]
    return _side_by_side(parts, known) if len(known) == len(parts) else None


def origin_of(graph: Graph, x: Wire) -> Origin | None:
    """Where the numbers of x come from, as far back as can be; None if x is made
    of anything but functions of single numbers that never fall."""
    found = _of_buffer(graph, x.buffer)
    if found is None:
        return None
    whole = Wire(x.buffer, 0, x.buffer.count)
    return _composed(Origin(whole, np.arange(x.count) + x.start), found)


def _from_keys(keys: Ints) -> NDArray[np.float32]:
    """float32 numbers by ordered keys, as the blob has them."""
    bits = np.where(keys < 0, keys ^ 0x7FFFFFFF, keys).astype(np.int32)
    return bits.view(np.float32)


def _rounded(wide: bool) -> type[np.floating[Any]]:
    """What the original compares."""
    return np.float64 if wide else np.float32


def _bisect(
    function: Function, at: Ints, threshold: NDArray[np.float64], wide: bool
) -> NDArray[np.float64]:
    """For each, the largest finite float32 whose function, rounded to float32 unless
    it is wide, is not above the threshold; -inf if there is none, inf if all are
    such."""
    rounded = _rounded(wide)

    def left(keys: Ints) -> NDArray[np.bool_]:
        with np.errstate(all="ignore"):
            y = function(at, _from_keys(keys).astype(np.float64))
            return np.asarray(y.astype(rounded) <= threshold)

    low = np.full(at.size, _LOWEST, np.int64)
    high = np.full(at.size, _HIGHEST, np.int64)
    none, every = ~left(low), left(high)
    while (high - low > 1).any():
        middle = (low + high) >> 1
        goes = left(middle)
        low, high = np.where(goes, middle, low), np.where(goes, high, middle)
    found = _from_keys(low).astype(np.float64)
    return np.where(none, -np.inf, np.where(every, np.inf, found))


def move(forest: Forest, origin: Origin) -> None:
    """Lets a forest read the origin's source instead, in place."""
    split = forest.code < 0
    at, threshold = forest.feature[split], forest.threshold[split]
    start = origin.source.start
    forest.feature[split] = origin.elements[at] + start
    if origin.function is None:
        return
    pairs, back = np.unique(
        np.stack([at.astype(np.float64), threshold]), axis=1, return_inverse=True
    )
    columns = pairs[0].astype(np.int64)
    moved = _bisect(origin.function, columns, pairs[1], origin.wide)
    nan = origin.function(columns, np.full(columns.size, np.nan))
    forest.threshold[split] = moved[back.ravel()]
    with np.errstate(over="ignore"):
        goes_left = nan.astype(_rounded(origin.wide)) <= pairs[1]
    known = ~np.isnan(nan)[back.ravel()]
    forest.missing_left[split] = np.where(
        known, goes_left[back.ravel()], forest.missing_left[split]
    )
