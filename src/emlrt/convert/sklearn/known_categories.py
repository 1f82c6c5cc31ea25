# SPDX-License-Identifier: MIT
"""Categories that an original has met, as numbers that inputs may have.

An encoder may stand behind copies of inputs, and behind an imputer that leaves its
categories as they are. Behind anything else, what it meets is not of the inputs, and
is not checked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Origin, Tensor
from emlrt.convert.trees.fold_scalers import origin_of
from emlrt.known_values import Floats, Numbers


def _inputs(graph: Graph, origin: Origin, element: int) -> int | None:
    """The input that an element is made of; None if it is of none."""
    if origin.source.buffer is not graph.input.buffer:
        return None
    return int(origin.elements[element]) + origin.source.start


def _given(origin: Origin, element: int, numbers: Numbers) -> Numbers | None:
    """What the input may be for the element to be one of some numbers; None if that
    cannot be told."""
    f = origin.function
    if f is None:
        return numbers
    found = np.arange(numbers, dtype=float) if isinstance(numbers, int) else numbers
    with np.errstate(all="ignore"):
        same = f(np.full(found.size, element), found)
        filled = f(np.array([element]), np.array([np.nan]))
    if not np.array_equal(same, found, equal_nan=True):
        return None
    if isinstance(numbers, int) or not np.isin(filled, found).all():
        return numbers
    return np.append(found, np.nan)


def _both(first: Numbers, second: Numbers) -> Numbers:
    """Numbers that are in both lists: an input may be read twice."""
    if isinstance(first, int) and isinstance(second, int):
        return min(first, second)
    if isinstance(first, int) or isinstance(second, int):
        return second if isinstance(first, int) else first
    kept: Floats = first[np.isin(first, second)]
    both_nan = np.isnan(first).any() and np.isnan(second).any()
    return np.append(kept[~np.isnan(kept)], np.nan) if both_nan else kept


def note(graph: Graph, x: Tensor, allowed: Sequence[Numbers]) -> None:
    """Notes what each element of x may be, as far as it is an input."""
    origin = origin_of(graph, x)
    if origin is None:
        whole = Tensor(x.buffer, 0, x.buffer.count)
        origin = Origin(whole, np.arange(x.count) + x.start)
    for element, numbers in enumerate(allowed):
        column = _inputs(graph, origin, element)
        given = _given(origin, element, numbers) if column is not None else None
        if column is None or given is None:
            continue
        before = graph.known.get(column)
        graph.known[column] = given if before is None else _both(before, given)
