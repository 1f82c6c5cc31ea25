# SPDX-License-Identifier: MIT
"""Samples less their mean or line, and what is made of several axes."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.signal.common import made, samples
from emlrt.convert.sklearn.dispatch import by_class


def _detrended(
    graph: Graph, block: Any, x: Tensor, kind: int = 0, ddof: int = 0
) -> OutputSpec:
    payload = struct.pack("<4H", *block.shape_in_, kind, ddof)
    return made(graph, graph.stage("DETREND", samples(graph, x), x.count, payload))


def _detrend(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    kind = lib.EMLRT_DETREND_LINE if block.type == "linear" else 0
    return _detrended(graph, block, x, kind)


def _standardize(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    return _detrended(graph, block, x, lib.EMLRT_DETREND_STANDARDIZE, int(block.ddof))


def _magnitude(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    channels = block.shape_in_[1]
    length = x.count // channels  # of a run, where it stands in front of Frame
    x, axes = samples(graph, x), block._chosen()
    if axes != list(range(channels)):
        index = np.arange(length)[:, None] * channels + np.array(axes)
        x, channels = graph.gather(x, index.ravel()), len(axes)
    kinds = {
        "l1": lib.EMLRT_MAGNITUDE_L1,
        "l2": lib.EMLRT_MAGNITUDE_L2,
        "sq": lib.EMLRT_MAGNITUDE_SQUARES,
    }
    payload = struct.pack("<4H", length, channels, kinds[block.norm], 0)
    return made(graph, graph.stage("MAGNITUDE", x, length, payload))


def _tilt(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length = x.count // block.shape_in_[1]
    payload = struct.pack("<6H", length, block.shape_in_[1], *block.axes, 0)
    y = graph.stage("TILT", samples(graph, x), 2 * length, payload)
    if block.degrees:
        y = graph.affine(y, scale=180 / np.pi)
    return made(graph, y)


_CONVERTERS = {
    "RemoveMean": _detrended,
    "Detrend": _detrend,
    "Standardize": _standardize,
    "Magnitude": _magnitude,
    "Tilt": _tilt,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
