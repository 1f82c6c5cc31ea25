# SPDX-License-Identifier: MIT
"""Pace: how often a stream's samples and windows come, and what of a processor's time
they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from emlrt.model import Model


@dataclass(frozen=True)
class Pace:
    """How a model's stream runs.

    Attributes
    ----------
    length, hop : int
        Times of a window, and from one to the next.
    channels : int
        Samples of one time.
    rate : float, or None
        Times a second; None if that is not known.
    """

    length: int
    hop: int
    channels: int
    rate: float | None

    @property
    def period(self) -> float | None:
        """Seconds from one answer to the next."""
        return None if self.rate is None else self.hop / self.rate

    def load(self, count: float, mhz: float) -> float | None:
        """The share of a processor's time that windows of so many cycles take; None if
        the rate or the count is not known."""
        if self.rate is None or not isfinite(count):
            return None
        return count * self.rate / (self.hop * mhz * 1e6)

    def waiting(self, count: float, mhz: float) -> int | None:
        """Times that come while so many cycles pass, which a buffer has to hold."""
        if self.rate is None or not isfinite(count):
            return None
        return ceil(count * self.rate / (mhz * 1e6))

    def to_dict(self) -> dict[str, Any]:
        """Numbers, as JSON has them."""
        return {**vars(self), "period": self.period}


def notes_of(model: Model, pace: Pace | None) -> Iterator[str]:
    """What is to be said of a rate that is not the one that a model was made for."""
    own, rate = model.window.rate, None if pace is None else pace.rate
    if own is None or rate is None or np.float32(rate) == np.float32(own):
        return
    yield (
        f"The model was made for {own:.10g} samples a second, and the given rate is"
        f" {rate:.10g}: loads are of that, and samples are taken as they are, so that"
        " the model takes their frequencies for others."
    )


def has_pace(model: Model) -> bool:
    """Whether a model is of windows of samples, which a stream may feed."""
    return model.program.metadata.window is not None or bool(model.state_bytes)


def pace_of(model: Model, rate: float | None = None) -> Pace | None:
    """The pace of a model of windows; None of other models.

    rate: times a second, in place of what the model says.

    Raises
    ------
    ValueError
        If it is no number above 0, or the model takes no samples.
    """
    real = isinstance(rate, Real) and not isinstance(rate, bool)
    if rate is not None and not (real and isfinite(rate) and rate > 0):
        raise ValueError(f"rate is a number of times a second, above 0, not {rate!r}")
    if not has_pace(model):
        if rate is not None:
            raise ValueError("rate is of models of samples, and this one takes rows")
        return None
    window = model.window
    own = window.rate if rate is None else float(rate)
    return Pace(window.times, window.hop_times, window.channels, own)
