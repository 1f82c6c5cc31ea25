# SPDX-License-Identifier: MIT
"""Filters along time: BIQUADS, FIR, the moving ones and EXPONENTIAL_MEAN."""

from __future__ import annotations

import struct
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import blob
from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.planner import program_of
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.signal.biquads import payload_of
from emlrt.convert.signal.common import made, samples
from emlrt.convert.signal.sections import (
    decimator,
    numbers,
    padded_length,
    sections_of,
    stable_sections,
    taps_of,
)
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.errors import UnsupportedModelError

#: Most numbers that taps may reach back.
_REACH = 0x3FFFFFFF // 4


def _channels(block: Any) -> int:
    return int(block.shape_in_[1])


def _cascade(
    graph: Graph, x: Tensor, sos: NDArray[np.float64], channels: int, flags: int = 0
) -> Tensor:
    """Sections over samples; flags: EMLRT_BIQUADS_*, from rest where there are any."""
    at = int(lib.EMLRT_AT_REST) if flags else graph.keep(12 * len(sos) * channels)
    head = struct.pack("<IHH", at, channels, flags)
    return graph.stage("BIQUADS", x, x.count, head + payload_of(sos))


def _sums(
    graph: Graph,
    x: Tensor,
    taps: NDArray[np.float64],
    channels: int,
    *,
    step: int = 1,
    spacing: int = 1,
    first: bool = False,
) -> Tensor:
    """Weighted sums of past samples, every step-th."""
    times = x.count // channels
    reach = (len(taps) - 1) * spacing
    if reach * channels > _REACH:
        raise UnsupportedModelError(
            f"a filter reaches back {reach} times of {channels} channels; at most"
            f" {_REACH} numbers are possible: use fewer taps or channels, or a"
            " smaller lag"
        )
    at = graph.keep(4 * (1 + reach * channels))
    if at != lib.EMLRT_AT_REST and times % step:
        raise UnsupportedModelError(
            f"Decimate stands in front of Frame and keeps each {step}th sample: windows"
            f" and hops have to be multiples of {step} samples"
        )
    head = struct.pack("<IHHHH", at, channels, int(first), step, spacing)
    payload = head + floats(taps, "a tap")
    return graph.stage("FIR", x, -(-times // step) * channels, payload)


def _sosfilt(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    sos = stable_sections(block.sos)
    return made(graph, _cascade(graph, samples(graph, x), sos, _channels(block)))


def _lfilter(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    x, sos = samples(graph, x), sections_of(block.b, block.a)
    if sos is None:
        taps = taps_of(block.b, block.a)
        return made(graph, _sums(graph, x, taps, _channels(block)))
    return made(graph, _cascade(graph, x, sos, _channels(block)))


def _extended(graph: Graph, x: Tensor, channels: int, edge: int) -> Tensor:
    """Samples with `edge` more at either end, mirrored at the point of the end one."""
    last = x.count // channels - 1
    t = np.arange(-edge, last + 1 + edge)
    near = np.clip(t, 0, last)
    far = 2 * near - t
    both = [
        graph.gather(x, (each[:, None] * channels + np.arange(channels)).ravel())
        for each in (near, far)
    ]
    return graph.mix(both, [2.0, -1.0])


def _sosfiltfilt(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    sos, channels = stable_sections(block.sos), _channels(block)
    edge = padded_length(sos)
    y = _extended(graph, samples(graph, x), channels, edge)
    steady = int(lib.EMLRT_BIQUADS_STEADY)
    y = _cascade(graph, y, sos, channels, steady)
    y = _cascade(graph, y, sos, channels, steady | int(lib.EMLRT_BIQUADS_BACKWARD))
    return made(graph, graph.part(y, edge * channels, x.count))


def _fir(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    taps = numbers("taps", block.taps)
    return made(graph, _sums(graph, samples(graph, x), taps, _channels(block)))


def _decimate(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    q, channels = index(block.q), _channels(block)
    kind, design = decimator(q, block.n, block.ftype)
    y = samples(graph, x)
    if kind == "iir":
        y, design = _cascade(graph, y, design, channels), np.ones(1)
    return made(graph, _sums(graph, y, design, channels, step=q))


def _moving(graph: Graph, op: str, x: Tensor, width: int, channels: int) -> OutputSpec:
    x = samples(graph, x)
    at = graph.keep(4 * (1 + (width - 1) * channels))
    payload = struct.pack("<IHH", at, channels, width)
    return made(graph, graph.stage(op, x, x.count, payload))


def _moving_average(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    return _moving(graph, "MOVING_MEAN", x, index(block.n), _channels(block))


def _median(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    return _moving(graph, "MOVING_MEDIAN", x, index(block.n), _channels(block))


def _difference(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    x, lag, taps = samples(graph, x), index(block.lag), np.array([1.0, -1.0])
    y = _sums(graph, x, taps, _channels(block), spacing=lag, first=True)
    return made(graph, y)


def _mean(
    graph: Graph, x: Tensor, alpha: float, channels: int, flags: int
) -> OutputSpec:
    x = samples(graph, x)
    each = 4 if flags & lib.EMLRT_EXPONENTIAL_SCORE else 2
    at = graph.keep(4 * (1 + each * channels))
    payload = struct.pack("<IHH", at, channels, flags) + floats(alpha, "alpha")
    both = 2 if flags & lib.EMLRT_EXPONENTIAL_BOTH else 1
    return made(graph, graph.stage("EXPONENTIAL_MEAN", x, both * x.count, payload))


def _start(block: Any) -> int:
    return int(lib.EMLRT_EXPONENTIAL_FIRST) if block.start == "first" else 0


def _exponential_mean(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    return _mean(graph, x, block.alpha, _channels(block), _start(block))


def _exponential_score(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    flags = _start(block) | int(lib.EMLRT_EXPONENTIAL_SCORE)
    return _mean(graph, x, block.alpha, _channels(block), flags)


def _gravity(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    flags = int(lib.EMLRT_EXPONENTIAL_FIRST | lib.EMLRT_EXPONENTIAL_BOTH)
    return _mean(graph, x, block.alpha, _channels(block), flags)


_CONVERTERS = {
    "Sosfilt": _sosfilt,
    "SosfiltFilt": _sosfiltfilt,
    "Lfilter": _lfilter,
    "Fir": _fir,
    "Decimate": _decimate,
    "MovingAverage": _moving_average,
    "MedianFilter": _median,
    "Difference": _difference,
    "ExponentialMean": _exponential_mean,
    "ExponentialZScore": _exponential_score,
    "Gravity": _gravity,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)


def cascade_program(sos: NDArray[np.float64], length: int) -> bytes:
    """The blob of a cascade over one channel, from rest."""
    graph = Graph(length)
    y = _cascade(graph, graph.input, sos, 1)
    return blob.write(program_of(graph, transformer(graph, y), []))
