# SPDX-License-Identifier: MIT
"""Trees behind scalers: thresholds for the numbers in front of the scaler.

A tree asks whether float32(f(x)) <= t, or f(x) <= t, where f never falls. So there
is a largest x that goes left, and a tree with that x as its threshold decides as the
original does, without computing f. It is found by bisection with the original's own
arithmetic. Copies of elements need no stage either.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ensemble import Ensemble
from emlrt.convert.forest import Forest, Ints
from emlrt.convert.graph import Buffer, Function, Graph, Origin, Wire
from emlrt.convert.settle import Questions, settle
from emlrt.convert.thresholds import Bools


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


def _of_nan(asked: Questions) -> tuple[Bools, Bools]:
    """Whether f makes a number of NaN, and whether that goes left."""
    nan = np.full(asked.at.size, np.nan)
    return ~np.isnan(asked.values(nan)), asked.left(nan)


def read(
    graph: Graph,
    x: Wire,
    origin: Origin | None,
    nodes: Forest | Ensemble,
    split: Bools,
    *,
    wide: bool,
) -> None:
    """Lets trees that read the numbers of an origin read its source, x, instead; and
    settles their thresholds, in place.

    split : (n_nodes,) bool. wide: whether the original compares float64 numbers.
    """
    at = nodes.feature[split]
    column, function = at, None
    if origin is not None:
        column, function = origin.elements[at] + origin.source.start, origin.function
        nodes.feature[split] = column
    compares = split.copy()
    if nodes.category.size:
        compares &= nodes.category < 0
    mine = compares[split]
    strict = np.zeros(int(mine.sum()), bool)
    if isinstance(nodes, Ensemble) and nodes.strict.size:
        strict, nodes.strict = nodes.strict[compares], nodes.strict[:0]
    t = nodes.threshold[compares]
    asked = Questions(column[mine], at[mine], t, strict, function, wide)
    nodes.threshold[compares] = settle(graph, x, asked)
    if function is not None:
        known, left = _of_nan(asked)
        nodes.missing_left[compares] = np.where(
            known, left, nodes.missing_left[compares]
        )
