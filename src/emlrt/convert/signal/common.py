# SPDX-License-Identifier: MIT
"""What the converters of blocks share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Origin, Tensor
from emlrt.errors import UnsupportedModelError


def samples(graph: Graph, x: Tensor) -> Tensor:
    """Samples as raw float32 numbers, whatever the input's dtype and rule are."""
    return graph.floats(graph.plain(x))


def whole_integers(graph: Graph, x: Tensor) -> Tensor | None:
    """The int16 numbers, without a rule, that x is a copy of; None if it is none."""
    origin = graph.origins.get(x.buffer)
    while x.dtype != lib.EMLRT_I16 and origin is not None:
        whole = x.whole and np.array_equal(origin.elements, np.arange(x.count))
        if origin.function is not None or not whole:
            break
        x = origin.source
        origin = graph.origins.get(x.buffer)
    return None if x.dtype != lib.EMLRT_I16 or graph.codes(x) is not None else x


def integers(graph: Graph, x: Tensor, name: str) -> Tensor:
    """int16 samples as the device has them, for a block of this name.

    Raises
    ------
    UnsupportedModelError
        If the inputs are no int16, or x is made of them by more than copies.
    """
    found = whole_integers(graph, x)
    if found is None:
        raise UnsupportedModelError(
            f"{name} reads int16 samples as they are: convert with dtype='int16',"
            " without inputs= and offset=, and with nothing but Frame in front of it"
        )
    return found


def made(graph: Graph, y: Tensor) -> OutputSpec:
    """What a block gives. The original computes by the same C code, so that these
    are its very bits, in float32."""
    graph.exact.add(y.buffer)
    return transformer(graph, y)


def integers_made(
    graph: Graph, y: Tensor, order: NDArray[np.int64] | None = None
) -> OutputSpec:
    """What a block gives that makes int16, in another order if it is given: in float32
    they are the same numbers, and trees read y itself."""
    same = np.arange(y.count)
    found = graph.stage("CAST_I16", y, y.count)
    graph.origins[found.buffer] = Origin(y, same)
    if order is not None and (order != same).any():
        found = graph.gather(found, order)
        graph.origins[found.buffer] = Origin(y, order)
    return made(graph, found)


def interleaved(per_time: np.ndarray, channels: int) -> np.ndarray:
    """A number of each time, (length,), for each element of interleaved samples."""
    return np.repeat(per_time, channels)
