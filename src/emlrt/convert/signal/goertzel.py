# SPDX-License-Identifier: MIT
"""Single frequencies of a window: BANDS sums parts, and then turns and adds them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.signal.banks import Layout, bands
from emlrt.convert.signal.common import made, samples
from emlrt.convert.sklearn.dispatch import by_class


def part_of(length: int) -> int:
    """Samples of a part: of the lengths that divide a window, the one whose tables are
    the shortest."""
    sizes = [n for n in range(1, length + 1) if length % n == 0]
    return min(sizes, key=lambda n: n + 2 * (length // n))


def _waves(turns: float, n: int, step: int = 1) -> NDArray[np.complex128]:
    """exp(-2 pi i turns t) of t = 0, step, ..., n of them: the angle is reduced before
    it is rounded."""
    angles = np.remainder(turns * step * np.arange(n), 1.0)
    return np.asarray(np.exp(-2j * np.pi * angles), np.complex128)


def _sum(graph: Graph, x: Tensor, turns: float, shape: tuple[int, int]) -> Tensor:
    """Real parts of all channels, and then imaginary ones."""
    length, channels = shape
    size = part_of(length)
    n = length // size
    wave = _waves(turns, size)
    y = bands(graph, x, np.stack([wave.real, wave.imag]), Layout(n, size, channels))
    if n == 1:
        return y
    turn = _waves(turns, n, size)
    real = np.stack([turn.real, -turn.imag], axis=1).ravel()
    imag = np.stack([turn.imag, turn.real], axis=1).ravel()
    return bands(graph, y, np.stack([real, imag]), Layout(1, 2 * n, channels))


def _goertzel(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    shape = block.shape_in_
    x, channels = samples(graph, x), shape[1]
    y = graph.concat([_sum(graph, x, turns, shape) for turns in block.turns_.tolist()])
    n = y.count // 2
    if channels > 1:  # the two parts of a number are side by side
        order = np.arange(y.count).reshape(-1, 2, channels).transpose(0, 2, 1)
        y = graph.gather(y, order.ravel())
    power = block.output == "power"
    kind = lib.EMLRT_MAGNITUDE_SQUARES if power else lib.EMLRT_MAGNITUDE_L2
    payload = struct.pack("<4H", n, 2, kind, 0)
    return made(graph, graph.stage("MAGNITUDE", y, n, payload))


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted Goertzel that reads x."""
    return by_class({"Goertzel": _goertzel}, graph, estimator, x)
