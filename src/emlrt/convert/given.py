# SPDX-License-Identifier: MIT
"""The rows that a caller gave (X=), at each place of a pipeline: as they are, or as the
original's steps before make them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import blob as blobs
from emlrt.convert.graph import F32, Graph, Wire
from emlrt.convert.plan import part_of
from emlrt.errors import EmlrtError
from emlrt.native import DTYPES, Runtime
from emlrt.rows import as_rows

Rows = NDArray[Any]


def rows_of(graph: Graph, x: Wire) -> Rows | None:
    """(n_rows, x.count), as the original has them; None where that is not known."""
    if graph.options.X is None:
        return None
    found = graph.given.get(x.buffer)
    if found is not None:
        return found if x.whole else found[:, x.start : x.start + x.count]
    inputs, rows = graph.inputs_of(x), as_rows(graph.options.X, graph.n_inputs)
    if (inputs < 0).any():
        return None
    # Sums of rows that lie otherwise in memory may differ in their last digits.
    return (
        rows if np.array_equal(inputs, np.arange(graph.n_inputs)) else rows[:, inputs]
    )


def note(graph: Graph, step: Any, x: Wire, y: Wire) -> None:
    """Notes what a fitted step makes of the rows at x, if y is all of it."""
    rows = rows_of(graph, x)
    if rows is None or not y.whole:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = step.transform(rows)
    except (ValueError, TypeError, AttributeError):
        return  # it wants a frame, or has no transform
    made = made.toarray() if hasattr(made, "toarray") else made
    if isinstance(made, np.ndarray) and made.shape == (len(rows), y.count):
        graph.given[y.buffer] = made


def note_joined(graph: Graph, wires: list[Wire], y: Wire) -> None:
    """Notes the rows of wires that were put side by side."""
    parts = [rows_of(graph, wire) for wire in wires]
    known = [part for part in parts if part is not None]
    if y.whole and len(known) == len(parts):
        graph.given[y.buffer] = np.concatenate(known, axis=1)


def device_rows(graph: Graph, x: Wire) -> NDArray[np.float32] | None:
    """The same as the device has them: what the stages so far make of the rows."""
    key = x.buffer, x.start, x.count
    if graph.options.X is None or x.dtype != F32:
        return None
    if key not in graph.made:
        rule, rows = graph.options.inputs, as_rows(graph.options.X, graph.n_inputs)
        inputs = DTYPES[graph.input.dtype]
        with np.errstate(over="ignore", invalid="ignore"):
            given = rows.astype(inputs) if rule is None else rule.transform(rows)
        try:
            program = Runtime(blobs.write(part_of(graph, x)))
            graph.made[key] = program.scores(np.ascontiguousarray(given))
        except EmlrtError:
            return None  # a step without an op, which only trees see through
    return graph.made[key]


def known(graph: Graph, x: Wire) -> bool:
    """Whether rows are known at x, of the original and of the device."""
    return rows_of(graph, x) is not None and device_rows(graph, x) is not None
