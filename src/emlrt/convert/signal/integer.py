# SPDX-License-Identifier: MIT
"""Integer features of int16 samples, an op each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.signal.common import integers, integers_made
from emlrt.convert.signal.framed import collected, frame_of, runs_of
from emlrt.convert.signal.q15 import bits_of, twiddles_q15
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.dtypes import dtype_of, padded

#: Codes of time features by name.
TIME_FEATURES = {
    name: int(getattr(lib, f"EMLRT_TIME_{name.upper()}"))
    for name in (
        "mean",
        "mean_abs",
        "mean_abs_diff",
        "min",
        "max",
        "range",
        "peak",
        "rms",
        "std",
        "zero_crossings",
        "slope_changes",
        "log_energy",
        "log_variance",
        "log_length",
    )
}


def head(struct: str, **fields: int) -> bytes:
    """The head of a payload."""
    found = np.zeros((), dtype_of(struct))
    for name, value in fields.items():
        found[name] = value
    return found.tobytes()


def _time(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length, channels = block.shape_in_
    codes = np.array([TIME_FEATURES[name] for name in block.features], "<u2")
    payload = head(
        "emlrt_time_features", length=length, channels=channels, n_features=codes.size
    )
    x = integers(graph, x, "IntegerTimeFeatures")
    y = graph.stage(
        "TIME_FEATURES_I16", x, channels * codes.size, payload + codes.tobytes()
    )
    order = np.arange(y.count).reshape(channels, codes.size).T.ravel()
    return integers_made(graph, y, order)


def taper_q15(taper: NDArray[np.float64]) -> bytes:
    """A window in Q15."""
    return padded(
        np.clip(np.rint(taper * 32768), -32767, 32767).astype("<i2").tobytes()
    )


def bands(bank: NDArray[np.float64]) -> bytes:
    """Bands with weights of 16 bits, as large as they can be, and what the logarithm
    then lacks."""
    table, weights = np.zeros(len(bank), dtype_of("emlrt_band")), []
    for band, row in zip(table, bank, strict=True):
        (used,) = np.nonzero(row)
        if not used.size:
            continue
        own = row[used[0] : used[-1] + 1]
        exponent = 65535 / own.max()
        band["first"], band["count"] = used[0], own.size
        band["offset"] = np.rint(-256 * np.log2(exponent))
        weights.append(np.rint(own * exponent).astype("<u2"))
    listed = np.concatenate([np.zeros(0, "<u2"), *weights])
    return table.tobytes() + padded(listed.tobytes())


def _log_mel(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length, channels = block.shape_in_
    bits, frame, n_frames = bits_of(block.n_fft), block.taper_(), block.n_frames_
    if runs_of(graph) is not None:
        length, n_frames = frame.size, 1
    payload = head(
        "emlrt_log_bands",
        length=length,
        channels=channels,
        hop=block.hop_length,
        n_frames=n_frames,
        frame=frame.size,
        bits=bits,
        n_bands=block.n_mels,
    )
    payload += taper_q15(frame) + twiddles_q15(block.n_fft).tobytes()
    n = channels * n_frames * block.n_mels
    x = frame_of(graph, integers(graph, x, "LogMelQ15"), frame.size)
    payload += bands(block.bank_())
    y = graph.stage("LOG_BANDS_I16", x, n + (1 << bits) + 3, payload)
    return integers_made(graph, collected(graph, graph.part(y, 0, n)))


_CONVERTERS = {"IntegerTimeFeatures": _time, "LogMelQ15": _log_mel}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
