# SPDX-License-Identifier: MIT
"""Payloads of the ops that look numbers up, and float32 tables for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.convert.graph import Graph, Wire, floats
from emlrt.errors import UnsupportedModelError

Floats = NDArray[np.float64]
_NAN = np.array(0x7FC00000, "<u4").view("<f4")


def numbers(values: ArrayLike, what: str) -> bytes:
    """float32 of a payload that may be NaN; raises as `graph.floats`."""
    array = np.atleast_1d(np.asarray(values, np.float64))
    nan = np.isnan(array)
    found = np.frombuffer(floats(np.where(nan, 0, array), what), "<f4")
    return np.where(nan, _NAN, found).astype("<f4").tobytes()


@dataclass(frozen=True)
class Table:
    """Keys that rise, what each gives, and what everything else gives."""

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


def lookup(
    graph: Graph, x: Wire, tables: Sequence[Table], what: str, *, exact: bool
) -> Wire:
    """Each element by its table. exact: by equality with a key; else by the last
    key that is not above it. what: a name for errors."""
    flags = lib.EMLRT_LOOKUP_EXACT if exact else 0
    parts = [np.array(flags, "<u4").tobytes()]
    parts += [table.payload(what) for table in tables]
    return graph.stage("LOOKUP", graph.floats(x), x.count, b"".join(parts))


def equals(
    graph: Graph, x: Wire, pairs: Iterable[tuple[int, float]], what: str
) -> Wire:
    """1 for each (element, number) that are equal, else 0."""
    chosen = list(pairs)
    elements = np.array([element for element, _ in chosen], "<u4")
    values = np.frombuffer(numbers([v for _, v in chosen], what), "<u4")
    payload = np.stack([elements, values], axis=1).astype("<u4").tobytes()
    return graph.stage("EQUALS", graph.floats(x), len(chosen), payload)


@dataclass(frozen=True)
class Curve:
    """Straight lines between points whose keys rise strictly."""

    keys: Floats
    values: Floats


def interpolate(graph: Graph, x: Wire, curves: Sequence[Curve], what: str) -> Wire:
    """Each element by its curve, which is level beyond its ends."""
    parts = []
    for curve in curves:
        if (np.diff(curve.keys.astype(np.float32)) <= 0).any():
            raise AssertionError(f"keys of {what} do not rise")
        parts.append(np.array(curve.keys.size, "<u4").tobytes())
        parts.append(floats(curve.keys, what) + floats(curve.values, what))
    return graph.stage("INTERPOLATE", graph.floats(x), x.count, b"".join(parts))
