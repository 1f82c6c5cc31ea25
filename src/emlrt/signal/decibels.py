# SPDX-License-Identifier: MIT
"""Decibels, and energies over their own past."""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.signal.base import Block
from emlrt.signal.frames import FramesBlock


def positive(name: str, value: Any, *, zero: bool = False) -> float:
    """A parameter that is a finite number above 0, or from 0 on.

    Raises
    ------
    ValueError
        If it is none.
    """
    number = float(value)
    if not np.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise ValueError(
            f"{name} is a number {'from' if zero else 'above'} 0, not {value!r}"
        )
    return number


class _Decibels(Block):
    """scale * log10(max(x, amin)), less that of ref."""

    signal_out = True
    in_frames = True
    one_to_one = True
    amin: float
    ref: float
    top_db: float | None

    def _check(self, length: int, channels: int) -> None:
        positive("amin", self.amin)
        if callable(self.ref):
            raise ValueError(
                "ref is a number: a function of the whole recording cannot be known"
                " while it is heard; use top_db= or a scaler of the model behind it"
            )
        positive("ref", abs(self.ref), zero=True)
        if self.top_db is not None:
            positive("top_db", self.top_db, zero=True)

    def front_fault(self) -> str:
        coupled = "top_db= is of a window's largest number: use None"
        return "" if self.top_db is None else coupled


class PowerToDb(_Decibels):
    """Energies in decibels, as `librosa.power_to_db`: 10 log10(max(S, amin) / ref).

    Parameters
    ----------
    ref : float, default 1.0
        The energy of 0 dB. librosa also takes a function of the whole array; here it
        is a number.
    amin : float, default 1e-10
        What is below becomes this.
    top_db : float, optional
        How far below the largest number of a window another one may be. None, the
        default, leaves them: librosa's default of 80 couples all frames of a
        recording, which a stream cannot know, and in librosa 0.11 all recordings of a
        batch. A number here is of each window by itself.
    """

    def __init__(
        self, ref: float = 1.0, amin: float = 1e-10, top_db: float | None = None
    ) -> None:
        self.ref = ref
        self.amin = amin
        self.top_db = top_db


class AmplitudeToDb(_Decibels):
    """Amplitudes in decibels, as `librosa.amplitude_to_db`: 20 log10(max(|S|, amin) /
    ref). Amplitudes are not negative; what is below 0 becomes `amin`.

    Parameters
    ----------
    ref : float, default 1.0
        The amplitude of 0 dB.
    amin : float, default 1e-5
        What is below becomes this.
    top_db : float, optional
        As in `PowerToDb`.
    """

    def __init__(
        self, ref: float = 1.0, amin: float = 1e-5, top_db: float | None = None
    ) -> None:
        self.ref = ref
        self.amin = amin
        self.top_db = top_db


class PCEN(FramesBlock):
    """Energies of each band over their own smoothed past, compressed, as
    `librosa.pcen`; every window starts from a level of 1, as there. In front of a
    `Frame` the level goes on from frame to frame of a stream, as `librosa.pcen` does
    with `zi` and `return_zf`.

    Parameters
    ----------
    sr, hop_length, gain, bias, power, time_constant, eps, b
        As librosa.pcen, with its defaults. `max_size` is 1 there, and not offered.
    n_bands : int, optional
        Numbers of a frame where X is flat, as the mel blocks give it; else the
        channels of X, (n, frames, bands).
    """

    in_frames = True

    def __init__(
        self,
        sr: float = 22050,
        hop_length: int = 512,
        gain: float = 0.98,
        bias: float = 2,
        power: float = 0.5,
        time_constant: float = 0.4,
        eps: float = 1e-6,
        b: float | None = None,
        n_bands: int | None = None,
    ) -> None:
        self.sr = sr
        self.hop_length = hop_length
        self.gain = gain
        self.bias = bias
        self.power = power
        self.time_constant = time_constant
        self.eps = eps
        self.b = b
        self.n_bands = n_bands

    one_to_one = True

    def rate(self) -> float:
        """Share of a frame in the level: `b`, or what the time constant makes it."""
        if self.b is not None:
            return float(self.b)
        frames = self.time_constant * self.sr / float(self.hop_length)
        return float((np.sqrt(1 + 4 * frames**2) - 1) / (2 * frames**2))

    def _check(self, length: int, channels: int) -> None:
        super()._check(length, channels)
        for name in ("gain", "bias", "power"):
            positive(name, getattr(self, name), zero=True)
        for name in ("sr", "hop_length", "time_constant", "eps"):
            positive(name, getattr(self, name))
        if np.float64(self.power) * np.log(max(float(self.bias), 1.0)) > 88:
            raise ValueError(
                f"power={self.power!r} of bias={self.bias!r} is beyond float32's range"
            )
        if not 0 <= self.rate() <= 1:
            raise ValueError(f"b is from 0 to 1, not {self.b!r}")
