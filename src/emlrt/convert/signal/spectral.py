# SPDX-License-Identifier: MIT
"""Features of spectra: magnitudes, SPECTRAL, and means over frames by BANDS."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.signal.banks import Layout, bands
from emlrt.convert.signal.common import made
from emlrt.convert.signal.framed import collected, rows_of, spectra
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.native import constants


def _number(block: Any, kind: str, length: int) -> float:
    """The number that a kind of feature takes."""
    if kind == "rolloff":
        return float(block.roll_percent)
    if kind == "flatness":
        return float(block.amin)
    if kind == "entropy":
        return 1.0 / np.log(length) if length > 1 else 0.0
    return 1.0 if kind == "energy" else 0.0


def _payload(block: Any, rows: int, n_fft: int) -> bytes:
    codes, listed = constants("EMLRT_SPECTRAL_"), block.listed(n_fft)
    parts = [struct.pack("<IHH", rows, 1 + n_fft // 2, len(listed))]
    parts.append(floats(block.sr / n_fft))
    for each in listed:
        code = codes[each.kind.upper()]
        parts.append(struct.pack("<4H", code, each.start, each.length, 0))
        parts.append(floats(_number(block, each.kind, each.length)))
    return b"".join(parts)


def _features(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length, channels = block.shape_in_
    cut = block.cut(length)
    n = len(block.listed(cut.n_fft))
    rows = rows_of(graph, block)
    y = spectra(graph, block, x, "magnitude")
    y = graph.stage("SPECTRAL", y, rows * n, _payload(block, rows, cut.n_fft))
    y = collected(graph, y)
    if block.mean and cut.n_frames > 1:
        shares = np.full((1, cut.n_frames), 1.0 / cut.n_frames)
        y = bands(graph, y, shares, Layout(channels, cut.n_frames, n))
    return made(graph, y)


_CONVERTERS = {"SpectralFeatures": _features}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
