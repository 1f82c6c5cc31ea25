# SPDX-License-Identifier: MIT
"""Spectra of frames, cut as librosa.stft cuts them: GATHER and STFT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.signal.common import samples
from emlrt.convert.signal.fourier import Kind, StftFrames, stft
from emlrt.convert.sklearn.cutting import Frames as Runs


def padded(graph: Graph, block: Any, x: Tensor) -> Tensor:
    """Samples with what stands around them, if it is copied from them."""
    length, channels = block.shape_in_
    half = block.cut(length).half
    if half == 0 or block.pad_mode == "constant":
        return x
    places = np.pad(np.arange(length), half, mode=block.pad_mode)
    return graph.gather(x, (places[:, None] * channels + np.arange(channels)).ravel())


def frames_of(block: Any) -> StftFrames:
    """How a block's windows are cut."""
    length, channels = block.shape_in_
    cut = block.cut(length)
    taper = block.taper_of(cut)
    return StftFrames(
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


def runs_of(graph: Graph) -> Runs | None:
    """How frames are taken one by one; None if x is a window, not the samples of a
    run."""
    return None if graph.cut is None or graph.framed else graph.cut.frames


def rows_of(graph: Graph, block: Any) -> int:
    """Frames of all channels that stages behind x have at once."""
    length, channels = block.shape_in_
    return int(block.cut(length).n_frames * channels) if runs_of(graph) is None else 1


def frame_of(graph: Graph, x: Tensor, n: int) -> Tensor:
    """A frame of n samples, where x is the samples of a run; else x."""
    runs = runs_of(graph)
    return x if runs is None else graph.held(x, n, runs.first, runs.every)


def spectra(graph: Graph, block: Any, x: Tensor, kind: Kind) -> Tensor:
    """Rows of 1 + n_fft // 2 numbers, frame after frame of one channel after the
    other; of one frame, as soon as it is there, where x is the samples of a run."""
    frames, x = frames_of(block), samples(graph, x)
    if runs_of(graph) is not None:
        x = frame_of(graph, x, frames.n_fft)
        return stft(graph, x, replace(frames, n_frames=1), kind)
    return stft(graph, padded(graph, block, x), frames, kind)


def collected(graph: Graph, y: Tensor) -> Tensor:
    """What became of frames: of all of a window, where each came by itself, unless a
    Frame follows."""
    runs = runs_of(graph)
    if runs is None or (graph.cut is not None and graph.cut.in_front):
        return y
    return graph.frame(y, y.count * runs.n, runs.n, runs.hop)
