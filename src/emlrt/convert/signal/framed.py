# SPDX-License-Identifier: MIT
"""Spectra of frames, cut as librosa.stft cuts them: GATHER and STFT."""

from __future__ import annotations

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


def spectra(graph: Graph, block: Any, x: Tensor, kind: Kind) -> Tensor:
    """Rows of 1 + n_fft // 2 numbers, frame after frame of one channel after the
    other."""
    return stft(graph, padded(graph, block, samples(graph, x)), frames_of(block), kind)
