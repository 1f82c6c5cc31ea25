# SPDX-License-Identifier: MIT
"""Fourier transforms: the stage of spectra, which other blocks take, too."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.signal import tables
from emlrt.convert.signal.common import made, samples
from emlrt.convert.signal.spectra import bin_range
from emlrt.convert.sklearn.dispatch import by_class

Kind = Literal["complex", "power", "magnitude"]


@dataclass(frozen=True)
class StftFrames:
    """How samples are cut into frames, and what is made of each.

    Attributes
    ----------
    n_fft : int
        Length of the transform: 2^a 3^b 5^c, at most 8192.
    n_frames : int
        Frames of a channel. What lies outside the samples is 0.
    hop : int
        Samples from the start of a frame to that of the next.
    taper : ndarray (length,), optional
        What the samples of a frame are multiplied by.
    length : int, optional
        Samples of a frame without a taper: by default n_fft.
    lead : int
        Zeros before the samples of a frame; behind them follow the others of n_fft.
    before : int
        Zeros before the first sample.
    detrend : bool
        Whether the mean of a frame's samples is subtracted before the taper.
    channels, first, n_channels : int
        Channels of the samples; the first one taken, and how many.
    """

    n_fft: int
    n_frames: int = 1
    hop: int = 1
    taper: NDArray[Any] | None = None
    length: int | None = None
    lead: int = 0
    before: int = 0
    detrend: bool = False
    channels: int = 1
    first: int = 0
    n_channels: int = 1

    @property
    def bins(self) -> int:
        return self.n_fft // 2 + 1

    def payload(self, kind: int) -> bytes:
        length = self.n_fft if self.length is None else self.length
        parts = [b""]
        if self.taper is not None:
            length = len(self.taper)
            parts.append(floats(self.taper, "a number of the window"))
        head = (self.n_frames, self.hop, self.before, self.n_fft, length, self.lead)
        flags = lib.EMLRT_STFT_DETREND * self.detrend
        if self.taper is not None:
            flags |= lib.EMLRT_STFT_TAPER
        more = (kind, flags, self.channels, self.first, self.n_channels)
        parts[0] = struct.pack("<3I8H", *head, *more)
        return b"".join([*parts, tables.rfft(self.n_fft).tobytes()])


def stft(graph: Graph, x: Tensor, frames: StftFrames, kind: Kind = "power") -> Tensor:
    """Spectra of the frames of interleaved samples, float32: n_fft / 2 + 1 bins, or
    pairs of numbers where the kind is "complex", frame after frame of one channel
    after the other.

    Raises
    ------
    ValueError
        If n_fft is no length of a transform.
    """
    pairs = 2 if kind == "complex" else 1
    row = frames.bins * pairs
    work = 2 * frames.n_fft if frames.n_fft % 2 else frames.n_fft + 2
    count = frames.n_channels * frames.n_frames
    code = int(getattr(lib, f"EMLRT_STFT_{kind.upper()}"))
    y = graph.stage("STFT", x, (count - 1) * row + work, frames.payload(code))
    return graph.part(y, 0, count * row)


def taper_of(numbers: NDArray[Any]) -> NDArray[Any] | None:
    """A taper, or None if it changes nothing."""
    return None if (numbers == 1).all() else numbers


def _rfft(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length, channels = block.shape_in_
    frames = StftFrames(
        block.n_,
        length=min(length, block.n_),
        channels=channels,
        n_channels=channels,
    )
    y = stft(graph, samples(graph, x), frames, block.output)
    first, end = bin_range(block.bins, frames.bins)
    pairs = 2 if block.output == "complex" else 1
    rows = np.arange(y.count).reshape(channels, frames.bins * pairs)
    kept = rows[:, first * pairs : end * pairs]
    if kept.shape != rows.shape:
        y = _kept(graph, y, kept.ravel())
    factor = block.factor_**2 if block.output == "power" else block.factor_
    return made(graph, y if factor == 1 else graph.affine(y, scale=factor))


def _kept(graph: Graph, y: Tensor, indices: NDArray[np.int64]) -> Tensor:
    """Some numbers: where they are, if they stand side by side."""
    first, n = int(indices[0]), indices.size
    if (np.diff(indices) == 1).all():
        return graph.part(y, first, n)
    return graph.gather(y, indices)


def _welch(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    length, channels = block.shape_in_
    size, hop, n_fft = block.segments_
    frames = StftFrames(
        n_fft,
        n_frames=1 + (length - size) // hop,
        hop=hop,
        taper=taper_of(block.taper_),
        length=size,
        detrend=block.detrend == "constant",
        channels=channels,
        n_channels=channels,
    )
    y = stft(graph, samples(graph, x), frames, "power")
    if frames.n_frames > 1:
        each = frames.n_frames * frames.bins
        parts = [graph.part(y, c * each, each) for c in range(channels)]
        weights = np.full(frames.n_frames, 1.0 / frames.n_frames)
        y = graph.concat([graph.mix([part], weights) for part in parts])
    return made(graph, graph.affine(y, scale=np.tile(block.scale_, channels)))


_CONVERTERS = {"RFFT": _rfft, "Welch": _welch}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted block that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
