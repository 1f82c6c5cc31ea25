# SPDX-License-Identifier: MIT
"""Windows: how streams are cut, by no op; tapers, by AFFINE."""

from __future__ import annotations

from typing import Any

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.signal.common import interleaved, made, samples
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.signal.windows import taper


def _frame(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    return transformer(graph, x)


def _window(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length, channels = block.shape_in_
    table = interleaved(taper(block.name, length, block.fftbins), channels)
    return made(graph, graph.affine(samples(graph, x), scale=table))


_CONVERTERS = {"Frame": _frame, "Window": _window}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
