# SPDX-License-Identifier: MIT
"""Sparse matrices that rows share, by BANDS: filter banks, differences in time."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.signal.common import made, samples
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.errors import UnsupportedModelError

#: Most numbers of a row, lanes and bands, which a payload has 16 bits for.
_MOST = 0xFFFF


@dataclass(frozen=True)
class Layout:
    """rows of `width` numbers that stand `stride` apart, in as many lanes."""

    rows: int
    width: int
    stride: int = 1


def packed(matrix: NDArray[np.float64]) -> tuple[bytes, list[NDArray[Any]]]:
    """Records of the rows of a matrix, and the weights that they share."""
    records, weights, n = b"", [], 0
    places: dict[bytes, int] = {}
    for row in matrix.astype("<f4"):
        used = np.flatnonzero(row)
        start, end = (used[0], used[-1] + 1) if len(used) else (0, 0)
        span = row[start:end]
        at = places.setdefault(span.tobytes(), n)
        if at == n and len(span):
            weights.append(span)
            n += len(span)
        records += struct.pack("<HHI", start, end - start, at)
    return records, weights


def bands_payload(
    matrix: NDArray[np.float64], layout: Layout, biases: NDArray[np.float64] | None
) -> bytes:
    """The payload of BANDS for a matrix (n_bands, width)."""
    records, weights = packed(matrix)
    flags = 0 if biases is None else int(lib.EMLRT_BANDS_BIASES)
    head = struct.pack(
        "<IHHHH", layout.rows, layout.width, layout.stride, len(matrix), flags
    )
    starts = b"" if biases is None else floats(biases, "a bias")
    return head + records + starts + b"".join(floats(w, "a weight") for w in weights)


def bands(
    graph: Graph,
    x: Tensor,
    matrix: NDArray[np.float64],
    layout: Layout,
    biases: NDArray[np.float64] | None = None,
) -> Tensor:
    """matrix (n_bands, width) times each row of x, plus biases (n_bands,).

    A single row goes through DENSE where that takes no more bytes.

    Raises
    ------
    UnsupportedModelError
        If a row, or the bands, are more than 65,535.
    """
    if x.count != layout.rows * layout.width * layout.stride:
        raise AssertionError(f"{layout} of {x.count} numbers")
    n = len(matrix)
    if max(n, layout.width, layout.stride) > _MOST:
        raise UnsupportedModelError(
            f"{n} bands of {layout.width} numbers, {layout.stride} side by side: the"
            f" runtime takes at most {_MOST} of each"
        )
    payload = bands_payload(matrix, layout, biases)
    if layout.rows * layout.stride == 1 and 4 + 4 * n + 4 * matrix.size <= len(payload):
        return graph.dense(x, matrix, 0.0 if biases is None else biases)
    return graph.stage("BANDS", x, layout.rows * n * layout.stride, payload)


def _filter_bank(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    matrix, channels = block.matrix_, block.shape_in_[1]
    bins = matrix.shape[1]
    layout = Layout(x.count // (bins * channels), bins, channels)
    return made(graph, bands(graph, samples(graph, x), matrix, layout))


def _delta(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    frames, n_bands = block.frames_in_
    layout = Layout(1, frames, n_bands)
    return made(graph, bands(graph, samples(graph, x), block.matrix(frames), layout))


_CONVERTERS = {"FilterBank": _filter_bank, "Delta": _delta}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
