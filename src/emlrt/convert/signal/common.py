# SPDX-License-Identifier: MIT
"""What the converters of blocks share."""

from __future__ import annotations

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Tensor


def samples(graph: Graph, x: Tensor) -> Tensor:
    """Samples as raw float32 numbers, whatever the input's dtype and rule are."""
    return graph.floats(graph.plain(x))


def made(graph: Graph, y: Tensor) -> OutputSpec:
    """What a block gives. The original computes by the same C code, so that these
    are its very bits, in float32."""
    graph.exact.add(y.buffer)
    return transformer(graph, y)


def interleaved(per_time: np.ndarray, channels: int) -> np.ndarray:
    """A number of each time, (length,), for each element of interleaved samples."""
    return np.repeat(per_time, channels)
