# SPDX-License-Identifier: MIT
"""Spectra of frames, cut as librosa.stft cuts them: GATHER and STFT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.signal.common import samples
from emlrt.convert.signal.fourier import Frames, Kind, stft


def padded(graph: Graph, block: Any, x: Tensor) -> Tensor:
    """Samples with what stands around them, if it is copied from them."""
    length, channels = block.shape_in_
    half = block.cut(length).half
    if half == 0 or block.pad_mode == "constant":
        return x
    places = np.pad(np.arange(length), half, mode=block.pad_mode)
    return graph.gather(x, (places[:, None] * channels + np.arange(channels)).ravel())


def frames_of(block: Any) -> Frames:
    """How a block's windows are cut."""
    length, channels = block.shape_in_
    cut = block.cut(length)
    taper = block.taper_of(cut)
    return Frames(
        cut.n_fft,
        n_frames=cut.n_frames,
        hop=cut.hop,
        taper=None if (taper == 1).all() else taper,
        length=cut.length,
        lead=(cut.n_fft - cut.length) // 2,
        before=cut.half if block.pad_mode == "constant" else 0,
        channels=channels,
        n_channels=channels,
    )


def in_runs(block: Any, x: Tensor) -> bool:
    """Whether x is the samples of a run, not of a window."""
    return x.count != int(block.n_features_in_)


def rows_of(block: Any, x: Tensor) -> int:
    """Frames of all channels that stages behind x have at once."""
    length, channels = block.shape_in_
    return 1 if in_runs(block, x) else int(block.cut(length).n_frames * channels)


def spectra(graph: Graph, block: Any, x: Tensor, kind: Kind) -> Tensor:
    """Rows of 1 + n_fft // 2 numbers, frame after frame of one channel after the
    other; of one frame, as soon as it is there, where x is the samples of a run."""
    frames, run = frames_of(block), in_runs(block, x)
    x = samples(graph, x)
    if run and graph.cut is not None and graph.cut.frames is not None:
        own = graph.cut.frames
        x = graph.frame(x, frames.n_fft, own.first, own.every)
        return stft(graph, x, replace(frames, n_frames=1), kind)
    return stft(graph, padded(graph, block, x), frames, kind)


def collected(graph: Graph, block: Any, x: Tensor, y: Tensor) -> Tensor:
    """What became of x: of all frames of a window, where each came by itself."""
    if not in_runs(block, x) or graph.cut is None or graph.cut.frames is None:
        return y
    own = graph.cut.frames
    return graph.frame(y, y.count * own.n, own.n, own.hop)
