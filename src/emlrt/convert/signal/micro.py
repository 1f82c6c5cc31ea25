# SPDX-License-Identifier: MIT
"""TFLM's micro front end: its tables, made as it makes them, in float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.signal.common import integers, integers_made
from emlrt.convert.signal.framed import frame_of, runs_of
from emlrt.convert.signal.integer import head
from emlrt.convert.signal.q15 import pairs, passes
from emlrt.dtypes import padded

F = np.float32
#: Bits behind the point of weights, of smoothing, and of the ratio to noise.
_WEIGHTS, _SMOOTHING, _RATIO = 12, 14, 12
#: The largest number of Q15 that the transform's factors have.
_ONE = 32767


def _rounded(values: NDArray[np.float32], bits: int) -> NDArray[np.int16]:
    """Numbers times 2^bits, rounded half up."""
    found: NDArray[np.int16] = np.floor(values * F(1 << bits) + F(0.5)).astype("<i2")
    return found


def _taper(frame: int) -> NDArray[np.int16]:
    """Hann's window, shifted by half a sample."""
    step = F(np.pi) * F(2) / F(frame)
    angle = step * (np.arange(frame, dtype=F) + F(0.5))
    return _rounded(F(0.5) - F(0.5) * np.cos(angle), _WEIGHTS)


def _factors(n: int) -> NDArray[np.int16]:
    """The factors of all passes of radix 4, and of the last one."""
    found = [pairs(z, _ONE) for z in passes(n)]
    k = np.arange(1, n // 4 + 1)
    found.append(pairs(np.exp(-1j * np.pi * (2 * k / n + 0.5)), _ONE))
    return np.concatenate(found)


def _mel(hz: Any) -> NDArray[np.float32]:
    found: NDArray[np.float32] = F(1127) * np.log1p(np.asarray(hz, F) / F(700))
    return found


def _bands(block: Any) -> tuple[int, NDArray[Any], NDArray[np.int16]]:
    """The first frequency, the widths of all bands and what is before them, and each
    frequency's weights in a band and in the next."""
    per_bin = F(0.5) * F(block.sample_rate) / (F((1 << block.bits_) // 2))
    low, high = _mel(block.lower_band_limit), _mel(block.upper_band_limit)
    n = block.num_channels + 1
    centres = low + (high - low) / F(n) * np.arange(1, n + 1, dtype=F)
    first = int(F(1.5) + F(block.lower_band_limit) / per_bin)
    mels = _mel(np.arange((1 << block.bits_) // 2, dtype=F) * per_bin)
    ends = np.maximum(np.searchsorted(mels, centres, "right"), first)
    widths = np.diff(ends, prepend=first)
    band = np.repeat(np.arange(n), widths)
    before = np.append(low, centres)[band]
    weight = (centres[band] - mels[first : ends[-1]]) / (centres[band] - before)
    both = np.stack([_rounded(weight, _WEIGHTS), _rounded(F(1) - weight, _WEIGHTS)], 1)
    return first, widths.astype("<u2"), both


def _gain(block: Any, bits: int, x: int) -> int:
    """The gain of a noise."""
    number = F(x) / F(1 << bits) + F(block.pcan_offset)
    found = F(1 << block.gain_bits) * np.power(number, -F(block.pcan_strength))
    return 32767 if found > 32767 else int(found + F(0.5))


def _gains(block: Any, bits: int) -> NDArray[np.int16]:
    """Gains of 0 and 1, and from each power of 2 to the next a parabola."""
    found = [_gain(block, bits, 0), _gain(block, bits, 1)]
    for exponent in range(1, 32):
        low = 1 << exponent
        high = 2 * low if exponent < 31 else 2 * low - 1
        y = [_gain(block, bits, x) for x in (low, low + low // 2, high)]
        bend = 4 * (y[1] - y[0]) - (y[2] - y[0])
        found += [y[0], bend, y[2] - y[0] - bend, 0]
    return np.array(found[:-1]).astype("<i2")


def _logs() -> NDArray[Any]:
    """What log2(1 + x) is above x, of 128 parts from 0 to 1, in Q16."""
    x = np.arange(129) / 128
    return np.floor((np.log2(1 + x) - x) * 65536 + 0.5).astype("<u2")


def _fields(block: Any, n_frames: int, first: int, state: int) -> dict[str, int]:
    """The numbers of the payload's head."""
    up = block.bits_ - _WEIGHTS // 2
    smoothing = {
        name: int(F(getattr(block, given)) * F(1 << _SMOOTHING))
        for name, given in (
            ("even", "even_smoothing"),
            ("odd", "odd_smoothing"),
            ("least", "min_signal_remaining"),
        )
    }
    gain = block.gain_bits - up - _RATIO if block.enable_pcan else lib.EMLRT_NO_GAIN
    return {
        "state": state,
        "hop": block.hop_,
        "n_frames": n_frames,
        "frame": block.frame_,
        "bits": block.bits_,
        "n_bands": block.num_channels,
        "first": first,
        **smoothing,
        "smoothing": block.smoothing_bits,
        "gain": int(gain),
        "up": max(up, 0),
        "down": max(-up, 0),
        "scale": block.scale_shift,
    }


def convert(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    """A fitted MicroFrontend that reads x."""
    bits = block.bits_
    n = 1 if runs_of(graph) is not None else block.n_frames_
    first, widths, weights = _bands(block)
    up = bits - _WEIGHTS // 2
    tables = [
        _taper(block.frame_),
        _factors(1 << bits),
        widths,
        weights,
        _gains(block, block.smoothing_bits - up),
        _logs(),
    ]
    at = graph.keep(4 * block.num_channels)
    payload = head("emlrt_micro_frontend", **_fields(block, n, first, at))
    payload += b"".join(padded(table.tobytes()) for table in tables)
    x = frame_of(graph, integers(graph, x, "MicroFrontend"), block.frame_)
    room = (1 << bits) + 2 * block.num_channels + 3
    y = graph.stage("MICRO_FRONTEND", x, n * block.num_channels + room, payload)
    return integers_made(graph, graph.part(y, 0, n * block.num_channels))
