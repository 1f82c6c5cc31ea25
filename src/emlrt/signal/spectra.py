# SPDX-License-Identifier: MIT
"""Blocks that look at spectra of frames, cut as librosa.stft cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.signal.spectra import transform_length
from emlrt.convert.signal.tapers import taper
from emlrt.signal.base import Block
from emlrt.signal.names import of_frames
from emlrt.validation import whole

#: What may stand before the first sample and behind the last one, as numpy.pad has it.
_PADS = ("constant", "edge", "reflect", "symmetric", "wrap")


@dataclass(frozen=True)
class Framing:
    """How samples are cut into frames: n_frames of n_fft, hop apart, whose window has
    `length` numbers; `half` samples are put before and behind."""

    n_fft: int
    hop: int
    length: int
    half: int
    n_frames: int


class SpectraBlock(Block):
    """A block of the spectra of frames.

    Has librosa.stft's parameters n_fft, hop_length, win_length, window, center and
    pad_mode. The window stands in the middle of a frame. With `center`, frame t is
    about sample t * hop_length, and what lies outside the samples is `pad_mode`;
    without it, frames lie within the samples.
    """

    n_fft: int | None
    hop_length: int
    win_length: int | None
    window: Any
    center: bool
    pad_mode: str
    #: Whether n_fft may be None: one frame, of all samples.
    _one_frame = False

    def cut(self, length: int) -> Framing:
        """How a window of so many samples is cut."""
        one = self._one_frame and self.n_fft is None
        n_fft = length if one else whole("n_fft", self.n_fft, 1)
        hop = length if one else whole("hop_length", self.hop_length, 1, 2**31)
        window = n_fft if self.win_length is None else self.win_length
        half = n_fft // 2 if self.center and not one else 0
        n_frames = 1 + (length + 2 * half - n_fft) // hop
        return Framing(n_fft, hop, whole("win_length", window, 1), half, n_frames)

    def framing(self) -> Framing:
        """How the windows that it was fitted on are cut."""
        return self.cut(self.shape_in_[0])

    def not_alone(self) -> str:
        """Why frames cannot be made one by one, as their samples come; empty if they
        can."""
        if self.center:
            return "center=True looks beyond the samples: use center=False"
        channels = self.shape_in_[1]
        return "" if channels == 1 else f"it takes one channel there, not {channels}"

    def front_fault(self) -> str:
        return self.not_alone()

    def taper_of(self, cut: Framing) -> NDArray[np.float64]:
        """The window (cut.length,)."""
        return taper(self.window, cut.length)

    def _check(self, length: int, channels: int) -> None:
        cut = self.cut(length)
        if cut.length > cut.n_fft:
            raise ValueError(f"win_length={cut.length} is more than n_fft={cut.n_fft}")
        if self.pad_mode not in _PADS:
            raise ValueError(f"pad_mode is one of {_PADS}, not {self.pad_mode!r}")
        if cut.n_frames < 1:
            raise ValueError(
                f"a window has {length} samples, fewer than n_fft={cut.n_fft}; use"
                " center=True, a shorter n_fft, or longer windows"
            )
        transform_length("n_fft", cut.n_fft)
        self.taper_of(cut)

    def _stems(self) -> list[str]:
        """Names of the features of a frame."""
        raise NotImplementedError

    def _n_times(self) -> int:
        """Frames whose features are given; 0 if features are of the window."""
        return self.cut(self.shape_in_[0]).n_frames

    def _named(self, axes: Sequence[str]) -> list[str]:
        return of_frames(self._stems(), axes, self._n_times())
