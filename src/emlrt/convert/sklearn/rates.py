# SPDX-License-Identifier: MIT
"""Samples a second that a pipeline was made for, as far as its blocks say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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


def _every(steps: list[Any]) -> Iterator[Any]:
    """Steps, and those of unions and pipelines in them."""
    for step in steps:
        inner = getattr(step, "transformer_list", None) or getattr(step, "steps", None)
        if inner is None:
            yield step
        else:
            yield from _every([each for _, each in inner])


def rate_of(steps: list[Any], times: int) -> float | None:
    """The one rate that the blocks of fitted steps agree on; None of others.

    times : of a window, where samples come in: blocks that stand behind a Decimate see
        fewer, at a lower rate.
    """
    found = set()
    for step in _every(steps):
        name = _RATES.get(type(step).__name__)
        if name is None or not type(step).__module__.startswith("emlrt.signal."):
            continue
        rate, seen = getattr(step, name), getattr(step, "shape_in_", (times,))[0]
        if name != "fs" or rate != 1:
            found.add(float(rate) * times / seen)
    return found.pop() if len(found) == 1 else None
