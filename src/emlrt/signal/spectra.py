# SPDX-License-Identifier: MIT
"""Blocks that look at spectra of frames, cut as librosa.stft cuts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.signal.spectra import count, transform_length
from emlrt.convert.signal.tapers import taper
from emlrt.signal.base import Block

#: What may stand before the first sample and behind the last one, as numpy.pad has it.
_PADS = ("constant", "edge", "reflect", "symmetric", "wrap")


@dataclass(frozen=True)
class Cut:
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

    def cut(self, length: int) -> Cut:
        """How a window of so many samples is cut."""
        one = self._one_frame and self.n_fft is None
        n_fft = length if one else count("n_fft", self.n_fft, 1)
        hop = length if one else count("hop_length", self.hop_length, 1, 2**31)
        window = n_fft if self.win_length is None else self.win_length
        half = n_fft // 2 if self.center and not one else 0
        n_frames = 1 + (length + 2 * half - n_fft) // hop
        return Cut(n_fft, hop, count("win_length", window, 1), half, n_frames)

    def framing(self) -> Cut:
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

    def taper_of(self, cut: Cut) -> NDArray[np.float64]:
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

    def _named(self, stems: list[str], *, frames: bool = True) -> list[str]:
        """Names of so many numbers of each frame, frame after frame, of one channel
        after the other; or of each channel alone."""
        length, channels = self.shape_in_
        n_frames = self.cut(length).n_frames if frames else 1
        return [
            stem + f"_t{t}" * frames + f"_c{c}" * (channels > 1)
            for c in range(channels)
            for t in range(n_frames)
            for stem in stems
        ]
