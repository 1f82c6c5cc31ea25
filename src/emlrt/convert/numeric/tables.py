# SPDX-License-Identifier: MIT
"""Payloads of the ops that look up numbers, and float32 tables for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.errors import UnsupportedModelError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NAN = np.array(0x7FC00000, "<u4").view("<f4")


def numbers(values: ArrayLike, what: str) -> bytes:
    """float32 of a payload that may be NaN; raises as `graph.floats`."""
    array = np.atleast_1d(np.asarray(values, np.float64))
    nan = np.isnan(array)
    found = np.frombuffer(floats(np.where(nan, 0, array), what), "<f4")
    return np.where(nan, _NAN, found).astype("<f4").tobytes()


@dataclass(frozen=True)
class Table:
    """Keys that rise, the value of each, and the value of everything else."""

    keys: Floats
    values: Floats
    other: float

    def payload(self, what: str) -> bytes:
        order = np.argsort(np.where(np.isnan(self.keys), -np.inf, self.keys))
        keys, values = self.keys[order], self.values[order]
        if (np.diff(keys.astype(np.float32)[~np.isnan(keys)]) <= 0).any():
            raise UnsupportedModelError(
                f"{what} has numbers that float32 cannot tell apart; rescale the data"
                " and fit again"
            )
        head = np.array(keys.size, "<u4").tobytes() + numbers(self.other, what)
        return head + numbers(keys, what) + numbers(values, what)


def coded(graph: Graph, x: Tensor, tables: Sequence[Table]) -> list[Table]:
    """Tables of the elements of x, with keys as the device has them."""
    return [
        replace(table, keys=graph.numbers(x, i, table.keys))
        for i, table in enumerate(tables)
    ]


def lookup(
    graph: Graph, x: Tensor, tables: Sequence[Table], what: str, *, exact: bool
) -> Tensor:
    """Each element by its table. exact: by equality with a key; else by the last
    key that is not above it, and keys are those of the device. what: a name for
    errors."""
    flags = lib.EMLRT_MAP_VALUES_EXACT if exact else 0
    if exact:
        tables = coded(graph, x, tables)
    parts = [np.array(flags, "<u4").tobytes()]
    parts += [table.payload(what) for table in tables]
    payload = b"".join(parts)
    return graph.stage("MAP_VALUES", graph.floats(x), x.count, payload, coded=True)


def equals(
    graph: Graph, x: Tensor, pairs: Iterable[tuple[int, float]], what: str
) -> Tensor:
    """1 for each (element, number) that are equal, else 0."""
    chosen = list(pairs)
    elements = np.array([element for element, _ in chosen], "<u4")
    raw = graph.numbers(x, elements.astype(np.int64), [v for _, v in chosen])
    values = np.frombuffer(numbers(raw, what), "<u4")
    payload = np.stack([elements, values], axis=1).astype("<u4").tobytes()
    return graph.stage("ONE_HOT", graph.floats(x), len(chosen), payload, coded=True)


@dataclass(frozen=True)
class Curve:
    """Straight lines between points whose keys rise strictly."""

    keys: Floats
    values: Floats


def interpolate(graph: Graph, x: Tensor, curves: Sequence[Curve], what: str) -> Tensor:
    """Each element by its curve, which is level beyond its ends; keys are those of
    the device."""
    parts = []
    for curve in curves:
        if (np.diff(curve.keys.astype(np.float32)) <= 0).any():
            raise AssertionError(f"keys of {what} do not rise")
        parts.append(np.array(curve.keys.size, "<u4").tobytes())
        parts.append(floats(curve.keys, what) + floats(curve.values, what))
    payload = b"".join(parts)
    return graph.stage("INTERPOLATE", graph.floats(x), x.count, payload, coded=True)


def marks_of(graph: Graph, x: Tensor, at: Ints, mark: float) -> Floats:
    """A mark of what is missing, for elements of x; NaN where rows cannot hold it, as
    far as the rule and X tell."""
    column = graph.inputs_of(x)[at]
    known = [graph.rows.column(k) if k >= 0 else None for k in column.tolist()]
    met = np.array([rows is not None and mark in rows for rows in known], bool)
    return np.where(graph.device.meets(column, mark) | met, mark, np.nan)


def _impute(graph: Graph, x: Tensor, mark: Floats, fill: Floats) -> Tensor:
    """Coded numbers that equal one mark, filled."""
    payload = numbers(mark[:1], "missing_values") + floats(fill, "a filled-in value")
    return graph.stage("IMPUTE", graph.floats(x), x.count, payload, coded=True)


def imputed(graph: Graph, x: Tensor, mark: float, fill: Floats) -> Tensor:
    """x with its elements filled (n,) where they equal a mark, perhaps NaN. Both are
    raw, and y is coded as x is."""
    every = np.arange(x.count)
    marks = graph.numbers(x, every, marks_of(graph, x, every, mark))
    column = graph.inputs_of(x)
    fill = graph.device.exactly(np.where(graph.device.ruled(column), column, -1), fill)
    distinct, group = np.unique(marks, return_inverse=True)
    if distinct.size == 1:
        y = _impute(graph, x, marks, fill)
    else:
        own = [np.flatnonzero(group.ravel() == g) for g in range(distinct.size)]
        parts = [_impute(graph, graph.gather(x, i), marks[i], fill[i]) for i in own]
        y = graph.gather(graph.concat(parts), np.argsort(np.concatenate(own)))
    graph.copies[y.buffer] = column
    return y
