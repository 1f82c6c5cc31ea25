# SPDX-License-Identifier: MIT
"""The rows that a caller gave (X=), at each place of a pipeline: as they are, or as the
original's steps before make them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.graph import Graph, Wire
from emlrt.rows import as_rows

Rows = NDArray[Any]


def rows_of(graph: Graph, x: Wire) -> Rows | None:
    """(n_rows, x.count), as the original has them; None where that is not known."""
    if graph.options.X is None:
        return None
    found = graph.given.get(x.buffer)
    if found is not None:
        return found[:, x.start : x.start + x.count]
    inputs = graph.inputs_of(x)
    if (inputs < 0).any():
        return None
    return as_rows(graph.options.X, graph.n_inputs)[:, inputs]


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
