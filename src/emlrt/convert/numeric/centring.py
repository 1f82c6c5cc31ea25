# SPDX-License-Identifier: MIT
"""Matrices of data that lie far from 0.

    W x + b = W (x - m) + (b + W m); by AFFINE, DENSE

Far from 0 the products are large, and the result is their small difference: it loses
digits. So the data's mean m, where it is known, is subtracted first. Data that lie
around 0 anyway need no AFFINE: there the mean goes into the biases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.check.sums import EPSILON
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Tensor, floats

Vector = NDArray[np.float64]
#: What rounding may take from a mean, in standard deviations, before its low
#: part is stored too.
_LOST = 1e-6
#: What rounding may take of the largest sum before a mean is taken off first, and what
#: rounding rows may move of the sums' standard deviation before that is warned of.
_NOTED, _COARSE = 1e-4, 1e-2


def _shift(graph: Graph, x: Tensor, mean: Vector, spread: Vector | None) -> Tensor:
    """A stage for x - mean, which is not folded into others."""
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
    x: Tensor
    mean: Vector

    def project(self, weights: Any, biases: ArrayLike = 0.0) -> Tensor:
        """A stage for weights (n_out, n_in) @ (x - mean) + biases (n_out,)."""
        matrix = matrix_of(weights)
        vector = np.asarray(biases, np.float64) - matrix @ self.mean
        return self.graph.dense(self.x, matrix, vector)


def centred(
    graph: Graph, x: Tensor, mean: ArrayLike | None, spread: Vector | None = None
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


def _offset(graph: Graph, x: Tensor) -> Vector:
    """The offsets that were subtracted from raw numbers to make the device's x."""
    codes = graph.codes(x)
    return np.zeros(x.count) if codes is None else codes[0]


def around_mean(
    graph: Graph,
    x: Tensor,
    weights: ArrayLike,
    biases: ArrayLike,
    own: ArrayLike | None = None,
) -> Tensor:
    """A stage for weights (n_out, n_in) @ x + biases (n_out,).

    Where x is the program's input and the caller has given data for it, their mean
    is taken from x first; else own, a mean that the model keeps.
    """
    matrix, vector = np.asarray(weights, np.float64), np.asarray(biases, np.float64)
    data = graph.raw_rows
    if data is None or x.buffer is not graph.input.buffer or not x.whole:
        if own is not None:
            return _about(graph, x, matrix, vector, np.asarray(own, np.float64))
        return graph.dense(x, matrix, vector)
    rows = np.asarray(data, np.float64)
    # Any number near the mean will do: this one needs no low part.
    offset = _offset(graph, x)
    mean = (rows - offset).mean(axis=0).astype(np.float32).astype(np.float64) + offset
    if not np.isfinite(mean).all():
        return graph.dense(x, matrix, vector)
    _note_coarse(graph, rows - offset, np.atleast_2d(matrix))
    inputs = centred(graph, x, mean, rows.std(axis=0))
    return inputs.project(matrix, vector + matrix @ mean)


def around_rows(
    graph: Graph, x: Tensor, weights: ArrayLike, biases: ArrayLike, rows: Vector
) -> Tensor:
    """The same, where the model keeps some rows (n, n_in) of its data: about their mean
    if float32 would lose too much of the sums for them otherwise."""
    matrix, vector = np.asarray(weights, np.float64), np.asarray(biases, np.float64)
    offset = _offset(graph, x)
    near, start = rows - offset, vector + matrix @ offset
    sizes = (abs(near) @ abs(matrix).T + abs(start)).max(axis=0, initial=0.0)
    left = abs(near @ matrix.T + start).max(axis=0, initial=0.0)
    if not (sizes * EPSILON > _NOTED * left).any():
        return graph.dense(x, matrix, vector)
    return _about(graph, x, matrix, vector, rows.mean(axis=0))


def _about(
    graph: Graph, x: Tensor, matrix: Vector, vector: Vector, mean: Vector
) -> Tensor:
    """matrix @ x + vector, by the differences of x from a number near the mean."""
    # Any number near the mean will do: this one needs no low part.
    near = mean.astype(np.float32).astype(np.float64)
    return centred(graph, x, near).project(matrix, vector + matrix @ near)


def _note_coarse(graph: Graph, rows: Vector, matrix: Vector) -> None:
    """Notes the input that is to blame where float32 holds rows (n, n_in) too coarsely
    for their sums: nothing that is done to x on the device gives that back."""
    with np.errstate(over="ignore", invalid="ignore"):
        rest = rows - rows.astype(np.float32)
        moved = abs(rest @ matrix.T).max(axis=0, initial=0.0)
        spread = (rows @ matrix.T).std(axis=0)
        coarse = moved > _COARSE * spread
    if coarse.any():
        worst = int(np.argmax(np.where(coarse, moved, 0.0)))
        feature = int(np.argmax((abs(rest) * abs(matrix[worst])).max(axis=0)))
        graph.coarse.add(feature)
