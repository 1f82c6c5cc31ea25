# SPDX-License-Identifier: MIT
"""Windows: how streams are cut, by no op; tapers, by AFFINE."""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import FRAMED, Tensor
from emlrt.convert.signal.common import (
    integers_made,
    interleaved,
    made,
    samples,
    whole_integers,
)
from emlrt.convert.signal.tapers import taper
from emlrt.convert.sklearn.dispatch import by_class


def _frame(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    cut = graph.cut
    one_by_one = cut is not None and cut.frames is not None and not cut.in_front
    if cut is None or graph.framed or one_by_one:  # the window is there
        return transformer(graph, x)
    channels = block.frames_in_[1]
    times = x.count // channels
    n, runs = block.length * channels, (block.length // times, block.hop_ // times)
    if x.buffer is graph.input.buffer and x.dtype in FRAMED and graph.codes(x) is None:
        y = graph.frame(x, n, *runs)
        graph.copies[y.buffer] = np.resize(graph.inputs_of(x), n)
        return transformer(graph, y)
    codes = whole_integers(graph, x)
    if codes is not None:
        return integers_made(graph, graph.frame(codes, n, *runs))
    return made(graph, graph.frame(samples(graph, x), n, *runs))


def _window(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length, channels = block.shape_in_
    table = interleaved(taper(block.name, length, block.fftbins), channels)
    return made(graph, graph.affine(samples(graph, x), scale=table))


def _channels(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    channels = block.shape_in_[1]
    kept = block._kept(channels)
    if kept == list(range(channels)):
        return transformer(graph, x)
    times = x.count // channels  # of a run, where it stands in front of Frame
    index = np.arange(times)[:, None] * channels + np.array(kept)
    return made(graph, graph.gather(samples(graph, x), index.ravel()))


def _lags(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length, channels = block.shape_in_
    times = length - 1 - np.array([int(lag) for lag in block.lags])
    index = times[:, None] * channels + np.arange(channels)
    return made(graph, graph.gather(samples(graph, x), index.ravel()))


_CONVERTERS = {
    "Channels": _channels,
    "Frame": _frame,
    "Lags": _lags,
    "Window": _window,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
