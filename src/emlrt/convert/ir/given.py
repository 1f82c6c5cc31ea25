# SPDX-License-Identifier: MIT
"""The rows that a caller gave (X=), at each place of a pipeline: as they are, or as the
original's steps before make them."""

from __future__ import annotations

import warnings
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import parts
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.planner import part_of
from emlrt.convert.ir.steps import F32, Tensor
from emlrt.errors import EmlrtError
from emlrt.native import DTYPES

Rows = NDArray[Any]


def rows_of(graph: Graph, x: Tensor) -> Rows | None:
    """(n_rows, x.count), as the original has them; None where that is not known."""
    if graph.raw_rows is None:
        return None
    made = graph.given.get(x.buffer)
    found = _copied(graph, x) if made is None else made()
    if found is not None:
        return found if x.whole else found[:, x.start : x.start + x.count]
    inputs = graph.inputs_of(x)
    if (inputs < 0).any():
        return None
    # Sums of rows that lie otherwise in memory may differ in their last digits.
    every = np.array_equal(inputs, np.arange(graph.n_inputs))
    return graph.raw_rows if every else graph.raw_rows[:, inputs]


def _copied(graph: Graph, x: Tensor) -> Rows | None:
    """The same of a whole buffer that holds others' numbers: chosen or side by side."""
    origin, parts = graph.origins.get(x.buffer), graph.parts.get(x.buffer)
    if origin is not None and origin.function is None:
        rows = rows_of(graph, origin.source)
        return None if rows is None else rows[:, origin.elements]
    found = [rows_of(graph, part) for part in parts or []]
    known = [rows for rows in found if rows is not None]
    return np.concatenate(known, axis=1) if found and len(known) == len(found) else None


def _made(graph: Graph, step: Any, x: Tensor, count: int) -> Rows | None:
    """A fitted step's results for the rows at x, if they have that many columns."""
    rows = rows_of(graph, x)
    if rows is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = step.transform(rows)
    except (ValueError, TypeError, AttributeError):
        return None  # it wants a frame, or has no transform
    made = made.toarray() if hasattr(made, "toarray") else made
    fits = isinstance(made, np.ndarray) and made.shape == (len(rows), count)
    return made if fits else None


def note(graph: Graph, step: Any, x: Tensor, y: Tensor) -> None:
    """Notes that a fitted step makes y of x, for those who ask for the rows there."""
    if graph.raw_rows is not None and y.whole and y.buffer is not x.buffer:
        graph.given[y.buffer] = cache(partial(_made, graph, step, x, y.count))


def device_rows(graph: Graph, x: Tensor) -> NDArray[np.float32] | None:
    """The same as the device has them: the results of the stages so far."""
    key = x.buffer, x.start, x.count
    if graph.raw_rows is None or x.dtype != F32:
        return None
    if key not in graph.made:
        rule, rows = graph.options.inputs, graph.raw_rows
        inputs = DTYPES[graph.input.dtype]
        with np.errstate(over="ignore", invalid="ignore"):
            given = rows.astype(inputs) if rule is None else rule.transform(rows)
        try:
            graph.made[key] = parts.run(part_of(graph, x), given)
        except EmlrtError:
            return None  # a step without an op, which only trees see through
    return graph.made[key]


def both(graph: Graph, x: Tensor) -> tuple[Rows, NDArray[np.float32]] | None:
    """The rows at x, of the original and of the device, where both are known."""
    theirs = rows_of(graph, x)
    ours = None if theirs is None else device_rows(graph, x)
    return None if theirs is None or ours is None else (theirs, ours)
