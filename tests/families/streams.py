# SPDX-License-Identifier: MIT
"""Models that keep state: their rows are windows, and only streams run them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlrt
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import transformer
from emlrt.convert.ir.planner import program_of
from emlrt.convert.sklearn.cutting import Cut
from emlrt.metadata import Window

from . import Case

RNG = np.random.default_rng(0)


def frames(dtype: str, length: int, hop: int, times: int) -> tuple[Any, NDArray[Any]]:
    """Windows of two channels, cumulated: each element is the sum of those before."""
    cut = Cut(Window(length * 2, hop * 2, 2), times, keeps=True)
    graph = Graph(cut.n_inputs, Options(dtype=dtype))
    graph.cut = cut
    window = graph.frame(graph.input, length * 2, length // times, hop // times)
    n = window.count
    if dtype != "float32":
        cast = {"uint8": "CAST_U8", "int16": "CAST_I16"}[dtype]
        window = graph.stage(cast, window, n)
    y = graph.dense(window, np.tri(n), np.zeros(n))
    model = emlrt.Model._of(program_of(graph, transformer(graph, y), []), "", "", None)
    return model, RNG.integers(0, 100, (6, n))


#: Cases that `cases()` has not: no call of emlrt.h runs them.
STREAMS = [
    Case("frames-f32", lambda: frames("float32", 6, 2, 2)),
    Case("frames-f32-wide-hop", lambda: frames("float32", 4, 6, 2)),
    Case("frames-i16", lambda: frames("int16", 6, 4, 2)),
    Case("frames-u8", lambda: frames("uint8", 4, 1, 1)),
]
CASES: list[Case] = []
