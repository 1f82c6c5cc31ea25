# SPDX-License-Identifier: MIT
"""Decibels, and energies over their own past: an op each."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.signal.common import made, samples
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.errors import UnsupportedModelError

#: The least floor: the smallest normal float32.
_LEAST = 2.0**-126


def decibels(
    graph: Graph,
    x: Tensor,
    amin: float,
    ref: float,
    factor: float = 10.0,
    top_db: float | None = None,
) -> Tensor:
    """factor * log10(max(x, amin) / max(ref, amin)), element by element.

    Raises
    ------
    UnsupportedModelError
        If float32 cannot hold amin as a normal number.
    """
    if amin < _LEAST:
        raise UnsupportedModelError(
            f"amin={amin} is below {_LEAST:.3g}, float32's smallest normal number"
        )
    offset = -factor * np.log10(max(abs(ref), amin))
    top = -1.0 if top_db is None else top_db
    payload = floats([amin, factor / np.log(10.0), offset, top], "a level")
    return graph.stage("DECIBELS", x, x.count, payload)


def _power(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    y = samples(graph, x)
    return made(graph, decibels(graph, y, block.amin, block.ref, top_db=block.top_db))


def _amplitude(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    y = samples(graph, x)
    return made(
        graph, decibels(graph, y, block.amin, block.ref, 20.0, top_db=block.top_db)
    )


def _pcen(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    _, n_bands = block.frames_in_
    numbers = [block.rate(), 1.0, 1.0 / block.eps, np.log(block.eps), -block.gain]
    numbers += [block.bias, block.power, float(block.bias) ** float(block.power)]
    payload = struct.pack("<I", n_bands) + floats(numbers)
    at = graph.keep(4 * n_bands)
    if at != lib.EMLRT_AT_REST:
        payload += struct.pack("<I", at)
    return made(graph, graph.stage("PCEN", samples(graph, x), x.count, payload))


_CONVERTERS = {"PowerToDb": _power, "AmplitudeToDb": _amplitude, "PCEN": _pcen}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
