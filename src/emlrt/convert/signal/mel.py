# SPDX-License-Identifier: MIT
"""Mel spectrograms and cepstral coefficients: spectra, BANDS and DECIBELS."""

from __future__ import annotations

from typing import Any

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.signal.banks import Layout, bands
from emlrt.convert.signal.common import made
from emlrt.convert.signal.decibels import decibels
from emlrt.convert.signal.framed import collected, rows_of, spectra
from emlrt.convert.sklearn.dispatch import by_class


def _bands(graph: Graph, block: Any, x: Tensor) -> tuple[Tensor, int]:
    """Energies of mel bands, row after row, and the number of rows."""
    rows = rows_of(graph, block)
    y = spectra(graph, block, x, "power" if block.power == 2 else "magnitude")
    return bands(graph, y, block.bank_, Layout(rows, 1 + block.n_fft // 2)), rows


def _mel(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    return made(graph, collected(graph, _bands(graph, block, x)[0]))


def _mfcc(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    y, rows = _bands(graph, block, x)
    y = decibels(graph, y, 1e-10, 1.0, top_db=block.top_db)
    y = bands(graph, y, block.cosines_, Layout(rows, block.n_mels))
    return made(graph, collected(graph, y))


_CONVERTERS = {"MelSpectrogram": _mel, "MFCC": _mfcc}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
