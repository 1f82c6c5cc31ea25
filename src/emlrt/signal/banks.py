# SPDX-License-Identifier: MIT
"""Filter banks, and differences in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.signal.base import Block
from emlrt.signal.frames import FramesBlock, as_matrix
from emlrt.signal.names import joined
from emlrt.validation import whole

#: What `Delta` takes beyond the ends, as scipy.signal.savgol_filter.
_MODES = ("interp", "nearest", "mirror", "constant", "wrap")


#: Most frames of a window of `Delta`, which makes a matrix of each frame and each.
MOST_FRAMES = 4096


class FilterBank(Block):
    """A matrix times the numbers of each frame: `matrix @ frame`.

    A window may hold several frames, one behind the other. Zeros at both ends of a
    row cost nothing, so that banks of triangles are small. Several channels are
    filtered each by itself.

    Parameters
    ----------
    matrix : array-like (n_bands, n_bins)
        Weights of the numbers of a frame.
    """

    signal_out = True
    in_frames = True

    def __init__(self, matrix: Any) -> None:
        self.matrix = matrix

    @property
    def matrix_(self) -> NDArray[np.float64]:
        """The matrix as float64."""
        return as_matrix(self.matrix, "matrix")

    def _check(self, length: int, channels: int) -> None:
        bins = self.matrix_.shape[1]
        if length % bins:
            raise ValueError(
                f"a window has {length} numbers, which are no whole frames of the"
                f" matrix's {bins}"
            )

    def _shape_out(self) -> tuple[int, int]:
        length, channels = self.shape_in_
        n, bins = self.matrix_.shape
        return length // bins * n, channels

    def _named(self, axes: Sequence[str]) -> list[str]:
        length, _ = self._shape_out()
        n = len(self.matrix_)
        frames = length // n
        return [
            joined(f"band{b}", axis, f"t{t}" if frames > 1 else "")
            for t in range(frames)
            for b in range(n)
            for axis in axes
        ]


class Delta(FramesBlock):
    """Differences in time, as `librosa.feature.delta`: the slope, or a higher
    derivative, of a polynomial through `width` frames.

    Parameters
    ----------
    width : int, default 9
        Frames of the fit, odd, at least 3.
    order : int, default 1
        Which derivative, by a polynomial of that degree.
    mode : {"interp", "nearest", "mirror", "constant", "wrap"}, default "interp"
        What is beyond the ends, as scipy.signal.savgol_filter has it.
    n_bands : int, optional
        Numbers of a frame where X is flat, as the mel blocks give it; else the
        channels of X, (n, frames, bands).
    """

    def __init__(
        self,
        width: int = 9,
        order: int = 1,
        mode: str = "interp",
        n_bands: int | None = None,
    ) -> None:
        self.width = width
        self.order = order
        self.mode = mode
        self.n_bands = n_bands

    def _check(self, length: int, channels: int) -> None:
        frames, _ = self._frames(length, channels)
        width = whole("width", self.width, 3)
        order = whole("order", self.order, 1)
        if frames > MOST_FRAMES:
            raise ValueError(
                f"a window has {frames} frames; Delta takes at most {MOST_FRAMES}: use"
                " shorter windows, or a larger hop"
            )
        if width % 2 == 0:
            raise ValueError(f"width is odd, not {width}")
        if order >= width:
            raise ValueError(f"order={order} is not below width={width}")
        if self.mode not in _MODES:
            raise ValueError(f"mode is one of {_MODES}, not {self.mode!r}")
        if self.mode == "interp" and width > frames:
            raise ValueError(
                f"width={width} is more than the {frames} frames of a window:"
                " use fewer, or another mode"
            )

    def front_fault(self) -> str:
        ahead = int(self.width) // 2
        return f"a difference looks ahead, at the {ahead} frames that follow"

    def matrix(self, frames: int) -> NDArray[np.float64]:
        """What each frame's difference takes of each frame, (frames, frames)."""
        from scipy.signal import savgol_filter

        found: NDArray[np.float64] = savgol_filter(
            np.eye(frames),
            self.width,
            polyorder=self.order,
            deriv=self.order,
            axis=0,
            mode=self.mode,
        )
        # What is left of a weight that is 0 would lengthen its row.
        found[abs(found) < 1e-12 * abs(found).max()] = 0.0
        return found
