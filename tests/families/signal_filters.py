# SPDX-License-Identifier: MIT
"""Filters along time, from rest and with state."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlrt
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import transformer
from emlrt.convert.ir.planner import program_of
from emlrt.convert.ir.steps import floats
from emlrt.convert.sklearn.cutting import Cut
from emlrt.metadata import Window

from . import Case, odd_rows

AT_REST = 0xFFFFFFFF
#: Numbers of sections whose poles are inside the unit circle, by their form.
SECTIONS = {
    0: (-0.6, 0.3, 0.2, 0.4, 0.2),
    1: (0.2, 0.05, 0.1, 0.3, 0.04),
    2: (0.02, 0.0004, 0.001, 0.002, 0.0004),
    3: (-0.2, 0.05, 0.1, -0.3, 0.04),
}


def records(*forms: int) -> bytes:
    return b"".join(struct.pack("<I", f) + floats(SECTIONS[f]) for f in forms)


def biquads(*forms: int, channels: int = 1, flags: int = 0) -> Any:
    return (
        *("BIQUADS", channels, 12 * len(forms), 0),
        lambda at: struct.pack("<IHH", at, channels, flags) + records(*forms),
    )


def fir(
    *taps: float, channels: int = 1, flags: int = 0, step: int = 1, spacing: int = 1
) -> Any:
    kept = 4 * (len(taps) - 1) * spacing
    head = (channels, flags, step, spacing)
    return (
        *("FIR", channels, kept, 4),
        lambda at: struct.pack("<IHHHH", at, *head) + floats(taps),
    )


def moving(op: str, width: int, channels: int = 1) -> Any:
    return (
        *(op, channels, 4 * (width - 1), 4),
        lambda at: struct.pack("<IHH", at, channels, width),
    )


def mean(alpha: float, flags: int, channels: int = 1) -> Any:
    return (
        *("EXPONENTIAL_MEAN", channels, 16 if flags & 4 else 8, 4),
        lambda at: struct.pack("<IHH", at, channels, flags) + floats(alpha),
    )


def n_out(op: str, payload: bytes, n_in: int, channels: int) -> int:
    if op == "FIR":
        step = struct.unpack_from("<H", payload, 8)[0]
        return -(-n_in // channels // step) * channels
    return 2 * n_in if op == "EXPONENTIAL_MEAN" and payload[6] & 2 else n_in


def rows(n: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(n)
    plain = rng.normal(size=(4, n)).astype(np.float32)
    spoilt = plain.copy()
    spoilt[0, n // 3], spoilt[1, n // 3], spoilt[2, 0] = np.nan, np.inf, -0.0
    return np.concatenate([plain, spoilt, 1e-40 * plain, odd_rows(n)])


def rest(n_in: int, filter: Any) -> Any:
    """A model of one filter that starts from rest."""

    def make() -> Any:
        op, channels, _, _, payload_at = filter
        graph, payload = Graph(n_in), payload_at(AT_REST)
        y = graph.stage(op, graph.input, n_out(op, payload, n_in, channels), payload)
        program = program_of(graph, transformer(graph, y), [])
        return emlrt.Model._of(program, "", "", None), rows(n_in)

    return make


def kept(times: int, length: int, hop: int, filter: Any) -> Any:
    """A filter that keeps state, `times` a run, in front of a window."""

    def make() -> Any:
        op, channels, per_channel, extra, payload_at = filter
        cut = Cut(Window(length * channels, hop * channels, channels), times, True)
        graph = Graph(cut.n_inputs)
        graph.cut = cut
        payload = payload_at(graph.keep(extra + per_channel * channels))
        y = graph.stage(
            op, graph.input, n_out(op, payload, cut.n_inputs, channels), payload
        )
        share = y.count / cut.n_inputs
        n = round(length * channels * share)
        y = graph.frame(y, n, length // times, hop // times)
        program = program_of(graph, transformer(graph, y), [])
        model = emlrt.Model._of(program, "", "", None)
        return model, np.random.default_rng(1).normal(size=(6, length * channels))

    return make


#: Filters by name: more than a form of each op.
FILTERS = {
    "direct": biquads(0),
    "delta": biquads(1, channels=2),
    "fine": biquads(2, 2),
    "mirror": biquads(3),
    "cascade": biquads(2, 0, 1, 3, channels=2),
    "fir": fir(0.5, 0.25, -1.0, channels=2),
    "fir-one": fir(3.0),
    "fir-first": fir(1.0, -1.0, flags=1, spacing=4, channels=2),
    "fir-step": fir(0.5, 0.25, 0.125, step=3, spacing=2, channels=2),
    "mean": moving("MOVING_MEAN", 5, 2),
    "mean-one": moving("MOVING_MEAN", 1),
    "mean-wide": moving("MOVING_MEAN", 40),
    "median-3": moving("MOVING_MEDIAN", 3),
    "median-9": moving("MOVING_MEDIAN", 9, 2),
    "exponential": mean(0.3, 0),
    "exponential-first": mean(0.3, 1, 2),
    "exponential-both": mean(0.01, 3, 2),
    "exponential-score": mean(0.3, 4),
    "exponential-score-first": mean(0.05, 5, 2),
}
STEADY = {
    "steady": biquads(0, 1, 2, 3, channels=2, flags=1),
    "backward": biquads(0, 1, 2, 3, channels=2, flags=2),
    "steady-backward": biquads(2, 3, flags=3),
}
#: Times of one channel: no multiple of 4, of the step or of a block.
TIMES = 23


def _case(name: str, filter: Any) -> Case:
    return Case(name, rest(TIMES * filter[1], filter))


CASES = [_case(*item) for item in (FILTERS | STEADY).items()]
STREAMS = [
    Case(name, kept(times, 6 * times, 2 * times, filter))
    for times, (name, filter) in zip(
        [3, 6, 1, 3, 9, 6, 1, 3, 3, 6, 1, 9, 1, 3, 6, 1, 3, 6, 3],
        FILTERS.items(),
        strict=True,
    )
]
