# SPDX-License-Identifier: MIT
"""Blocks that read what others give frame after frame: bands of frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.signal.base import Block
from emlrt.signal.names import of_frames
from emlrt.signal.parameters import frames_of


class FramesBlock(Block):
    """A block that reads frames of `n_bands` numbers.

    X is (n, frames, bands), or flat, (n, frames * bands), with `n_bands` given.
    """

    signal_out = True
    n_bands: int | None

    def _frames(self, length: int, channels: int) -> tuple[int, int]:
        """(frames, bands) of a window."""
        if self.n_bands is None:
            if channels > 1:
                return length, channels
            raise ValueError(
                f"a window has {length} numbers in a row: give n_bands=, the bands of"
                " a frame (1: a single series), or X as (n, frames, bands)"
            )
        return frames_of(length * channels, self.n_bands)

    @property
    def frames_in_(self) -> tuple[int, int]:
        """(frames, bands) of a window that it was fitted on."""
        return self._frames(*self.shape_in_)

    def _check(self, length: int, channels: int) -> None:
        self._frames(length, channels)

    def _named(self, axes: Sequence[str]) -> list[str]:
        frames, n = self.frames_in_
        stem = type(self).__name__.lower()
        return of_frames([f"{stem}{b}" for b in range(n)], [""], frames)


def as_matrix(values: Any, name: str) -> NDArray[np.float64]:
    """A parameter that is a matrix of finite numbers, float64.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    try:
        found = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} is a matrix of finite numbers, not {values!r}"
        ) from None
    if found.ndim != 2 or 0 in found.shape or not np.isfinite(found).all():
        raise ValueError(
            f"{name} is a matrix of finite numbers, not of shape {found.shape}"
        )
    return found
