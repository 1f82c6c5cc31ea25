# SPDX-License-Identifier: MIT
"""Matrices of data that lie far from 0.

There the products are large, and what is wanted is their small difference: it
loses digits. So the data's mean, where it is known, is taken away first, unless
they lie around 0 anyway: then it goes into the biases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.convert.graph import Graph, Wire, floats
from emlrt.rows import as_rows

Vector = NDArray[np.float64]
#: What rounding may take from a mean, in standard deviations, before its low
#: part is stored too.
_LOST = 1e-6


def _shift(graph: Graph, x: Wire, mean: Vector, spread: Vector | None) -> Wire:
    """A stage for x - mean, which no other stage is to take in."""
    high = mean.astype(np.float32).astype(np.float64)
    low = mean - high
    flags, parts = int(lib.EMLRT_AFFINE_SHIFT), [floats(high, "a mean")]
    if (abs(low) > (0.0 if spread is None else _LOST * spread)).any():
        flags |= int(lib.EMLRT_AFFINE_LOW)
        parts.append(floats(low))
    payload = flags.to_bytes(4, "little") + b"".join(parts)
    return graph.stage("AFFINE", graph.floats(x), x.count, payload)


@dataclass(frozen=True)
class Centred:
    """Numbers, and a mean that is still to be taken from them: float64 (n,)."""

    graph: Graph
    x: Wire
    mean: Vector

    def project(self, weights: Any, biases: ArrayLike = 0.0) -> Wire:
        """A stage for weights (n_out, n_in) @ (x - mean) + biases (n_out,)."""
        matrix = matrix_of(weights)
        vector = np.asarray(biases, np.float64) - matrix @ self.mean
        return self.graph.dense(self.x, matrix, vector)


def centred(
    graph: Graph, x: Wire, mean: ArrayLike | None, spread: Vector | None = None
) -> Centred:
    """x to be projected after its mean (n,) is taken from it, if it has one.

    spread: standard deviations of the data (n,), where they are known. A mean
    within them is left to the biases.
    """
    if mean is None:
        return Centred(graph, x, np.zeros(x.count))
    x, offset = graph.shifted(x)
    centre = np.asarray(mean, np.float64) - offset
    if (abs(centre) > (0.0 if spread is None else spread)).any():
        return Centred(graph, _shift(graph, x, centre, spread), np.zeros(x.count))
    return Centred(graph, x, centre)


def matrix_of(values: Any) -> NDArray[np.float64]:
    """Coefficients, sparse or not, as (n_out, n_in) or (n_in,)."""
    dense = values.toarray() if hasattr(values, "toarray") else values
    return np.asarray(dense, np.float64)


def around_mean(graph: Graph, x: Wire, weights: ArrayLike, biases: ArrayLike) -> Wire:
    """A stage for weights (n_out, n_in) @ x + biases (n_out,).

    Where x is the program's input and the caller has given data for it, their mean
    is taken from x first.
    """
    matrix, vector = np.asarray(weights, np.float64), np.asarray(biases, np.float64)
    data = graph.options.X
    if data is None or x.buffer is not graph.input.buffer or not x.whole:
        return graph.dense(x, matrix, vector)
    rows = np.asarray(as_rows(data, x.count), np.float64)
    # Any number near the mean will do: this one needs no low part.
    codes = graph.codes(x)
    offset = np.zeros(x.count) if codes is None else codes[0]
    mean = (rows - offset).mean(axis=0).astype(np.float32).astype(np.float64) + offset
    if not np.isfinite(mean).all():
        return graph.dense(x, matrix, vector)
    inputs = centred(graph, x, mean, rows.std(axis=0))
    return inputs.project(matrix, vector + matrix @ mean)
