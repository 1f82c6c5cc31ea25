# SPDX-License-Identifier: MIT
"""Trees behind scalers: thresholds for the numbers in front of the scaler.

A tree asks whether float32(f(x)) <= t, or f(x) <= t, where f never falls. So there
is a largest x that goes left, and a tree with that x as its threshold decides as the
original does, without computing f. It is found by bisection with the original's own
arithmetic. Copies of elements need no stage either.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.given import both
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import F32, Buffer, Origin, Tensor
from emlrt.convert.rounding.grids import ARRAYS
from emlrt.convert.rounding.questions import Function, Questions
from emlrt.convert.trees.ensemble import Ensemble
from emlrt.convert.trees.forest import Forest, Ints
from emlrt.convert.trees.settle import Computed, settle, settle_exact
from emlrt.thresholds import Bools, Floats, down32


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


def _side_by_side(tensors: list[Tensor], origins: list[Origin]) -> Origin | None:
    """One origin of parts put end to end, if they come from the same numbers."""
    root = origins[0].source.buffer
    if any(origin.source.buffer is not root for origin in origins):
        return None
    starts = np.cumsum([0, *(tensor.count for tensor in tensors)])
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
        Tensor(root, 0, root.count), elements.astype(np.int64), None if same else each
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


def _in_front(graph: Graph, part: Tensor) -> tuple[Tensor, Function | None]:
    """The inputs that a part follows from, one by one, and how; or the part."""
    found = _of_buffer(graph, part.buffer)
    if found is None or found.function is None:
        return part, None
    inputs = graph.inputs_of(found.source)[found.elements]
    if (inputs < 0).any():
        return part, None
    return graph.gather(found.source, found.elements), found.function


def _mixed(graph: Graph, buffer: Buffer) -> Origin | None:
    """Parts side by side, of which some have scalers: inputs in place of those."""
    if buffer in graph.mixed:
        return graph.mixed[buffer]
    pairs = [_in_front(graph, part) for part in graph.parts.get(buffer, [])]
    if all(function is None for _, function in pairs):
        return None
    y = graph.concat([tensor for tensor, _ in pairs])
    whole = Tensor(y.buffer, 0, y.count)
    origins = [
        Origin(Tensor(y.buffer, start, tensor.count), np.arange(tensor.count), function)
        for start, (tensor, function) in zip(
            np.cumsum([0, *(tensor.count for tensor, _ in pairs)]).tolist(),
            pairs,
            strict=False,
        )
    ]
    found = _side_by_side([tensor for tensor, _ in pairs], origins)
    if found is not None:
        graph.mixed[buffer] = found = Origin(whole, found.elements, found.function)
    return found


def origin_of(graph: Graph, x: Tensor) -> Origin | None:
    """Where the numbers of x come from, as far back as can be; None if x is made
    of anything but functions of single numbers that never fall."""
    found = _of_buffer(graph, x.buffer) or _mixed(graph, x.buffer)
    if found is None:
        return None
    whole = Tensor(x.buffer, 0, x.buffer.count)
    return _composed(Origin(whole, np.arange(x.count) + x.start), found)


def _fills(origin: Origin) -> bool:
    """Whether NaN becomes a number."""
    if origin.function is None:
        return False
    nan = np.full(origin.elements.size, np.nan)
    return not np.isnan(origin.function(np.arange(nan.size), nan)).all()


def _moved(graph: Graph, x: Tensor) -> tuple[Tensor, Function | None]:
    """What the numbers of x follow from, one by one, and how; x itself where that is
    not known, or NaN is filled in."""
    origin = origin_of(graph, x)
    if origin is None or _fills(origin):
        return x, None
    source, places = origin.source, origin.elements
    if places.size != source.count or (places != np.arange(places.size)).any():
        source = graph.gather(source, places)
    return source, origin.function


def _computed(
    graph: Graph, x: Tensor, element: Ints, asked: Questions, chosen: Floats
) -> Floats:
    """Thresholds of elements of x as they were chosen; but of those that no input is,
    as rows of X want them."""
    some = np.flatnonzero(asked.column < 0)
    rows = both(graph, x) if some.size else None
    if rows is None:
        return chosen
    found = chosen.copy()
    own = replace(asked.of(some), column=element[some])
    found[some], lost = Computed(*rows).apart(own, chosen[some])
    graph.rows.lost_inside.update(lost.tolist())
    return found


def _settled(graph: Graph, x: Tensor, element: Ints, asked: Questions) -> Floats:
    """What elements of x are compared with on the device."""
    if graph.is_exact(x.buffer):
        return settle_exact(asked)
    chosen = settle(graph, x.dtype == F32, asked)
    return _computed(graph, x, element, asked, chosen)


def borders(
    graph: Graph,
    x: Tensor,
    t: Floats,
    at: Ints | None = None,
    *,
    strict: Bools | bool = False,
) -> tuple[Tensor, Floats, Bools]:
    """What to ask instead of whether numbers of x, at elements `at`, are above t, or
    not below it if strict: of another tensor, in front of scalers if there are any,
    whether they are above a float32. And which of them are asked of float32 arrays."""
    source, function = _moved(graph, x)
    at = np.arange(x.count) if at is None else at
    column = graph.inputs_of(source)[at]
    asked = Questions(column, at, t, np.broadcast_to(strict, t.shape), function, True)
    chosen = down32(_settled(graph, source, at, asked))
    kinds = [graph.rows.kinds.get(k) for k in column.tolist()]
    return source, chosen, np.array([kind == ARRAYS for kind in kinds], bool)


def _of_nan(asked: Questions) -> tuple[Bools, Bools]:
    """Whether f makes a number of NaN, and whether that goes left."""
    nan = np.full(asked.at.size, np.nan)
    return ~np.isnan(asked.values(nan)), asked.left(nan)


def read(
    graph: Graph,
    x: Tensor,
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
    inputs = graph.inputs_of(x)[column[mine]]
    asked = Questions(inputs, at[mine], t, strict, function, wide)
    nodes.threshold[compares] = _settled(graph, x, column[mine], asked)
    if function is not None:
        known, left = _of_nan(asked)
        nodes.missing_left[compares] = np.where(
            known, left, nodes.missing_left[compares]
        )
