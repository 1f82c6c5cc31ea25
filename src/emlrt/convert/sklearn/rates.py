# SPDX-License-Identifier: MIT
"""Samples a second that a pipeline was made for, as far as its blocks say so."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from emlrt.convert.sklearn.blocks import is_block

#: Rates that the format has: those of normal float32.
_LEAST, _MOST = 2.0**-126, float.fromhex("0x1.fffffep+127")
#: Parameters that are rates, of the blocks that read samples. Welch's 1.0 is none.
_RATES = {
    "Goertzel": "fs",
    "LogMelQ15": "sr",
    "MelSpectrogram": "sr",
    "MFCC": "sr",
    "MicroFrontend": "sample_rate",
    "SpectralFeatures": "sr",
    "Welch": "fs",
}


def _every(steps: list[Any], kept: tuple[int, ...] = ()) -> Iterator[Any]:
    """Steps, and those of unions and pipelines in them, each with the q of every
    Decimate in front of it."""
    for step in steps:
        if hasattr(step, "transformer_list"):
            for _, each in step.transformer_list:
                yield from _every([each], kept)
        elif hasattr(step, "transformers_"):
            for _, each, _ in step.transformers_:
                yield from _every([each], kept)
        elif hasattr(step, "steps"):
            yield from _every([each for _, each in step.steps], kept)
        else:
            yield step, kept
        if is_block(step) and type(step).__name__ == "Decimate":
            kept = (*kept, int(step.q))


def _ratio(times: int, kept: tuple[int, ...], seen: int) -> Fraction:
    """Times of the stream for each time that a block of windows of `seen` samples has:
    more where samples were left out, fewer where it takes channels for times."""
    ratio = 1
    for q in kept:
        times, ratio = -(-times // q), ratio * q
    return Fraction(ratio * times, seen)


def rate_of(steps: list[Any], times: int) -> float | None:
    """The one rate that the blocks of fitted steps agree on; None of others.

    times : of a window, where samples come in: blocks that stand behind a Decimate see
        fewer, at a lower rate.
    """
    found = set()
    for step, kept in _every(steps):
        name = _RATES.get(type(step).__name__)
        if name is None or not is_block(step):
            continue
        rate, seen = getattr(step, name), getattr(step, "shape_in_", (times,))[0]
        if name != "fs" or rate != 1:
            found.add(float(rate) * float(_ratio(times, kept, seen)))
    only = found.pop() if len(found) == 1 else 0.0
    return only if _LEAST <= only <= _MOST else None
