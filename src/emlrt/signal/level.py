# SPDX-License-Identifier: MIT
"""Samples less their mean or line, and what is made of several axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emlrt.signal.base import Block
from emlrt.signal.features import check_shape
from emlrt.validation import whole


class RemoveMean(Block):
    """Samples less the mean of their channel in the window: x - x.mean(axis)."""

    signal_out = True
    one_to_one = True

    def _check(self, length: int, channels: int) -> None:
        check_shape(length, channels)


class Detrend(RemoveMean):
    """Samples less the line of least squares of their channel in the window, as
    scipy.signal.detrend.

    Parameters
    ----------
    type : {"linear", "constant"}, default "linear"
        "constant" takes the mean away.
    """

    def __init__(self, type: str = "linear") -> None:
        self.type = type

    def _check(self, length: int, channels: int) -> None:
        super()._check(length, channels)
        if self.type not in ("linear", "constant"):
            raise ValueError(f"type is 'linear' or 'constant', not {self.type!r}")


class Standardize(RemoveMean):
    """Samples less their mean and over their deviation, each channel of each window
    by itself: (x - x.mean(axis)) / x.std(axis, ddof=ddof). A constant channel becomes
    zeros.

    Parameters
    ----------
    ddof : int, default 0
        The divisor of the variance is length - ddof.
    """

    def __init__(self, ddof: int = 0) -> None:
        self.ddof = ddof

    def _check(self, length: int, channels: int) -> None:
        super()._check(length, channels)
        if whole("ddof", self.ddof, 0) >= length:
            raise ValueError(f"ddof={self.ddof} needs windows of more samples")


def _axes(axes: Any, channels: int) -> list[int]:
    """The channels that are meant: all if axes is None."""
    found = list(range(channels)) if axes is None else list(axes)
    for axis in found:
        if not 0 <= whole("an axis", axis, 0) < channels:
            raise ValueError(
                f"axes: {axis} is none of {channels} channels, 0 to {channels - 1}"
            )
    if not found:
        raise ValueError("axes is empty; name at least one channel")
    return [int(axis) for axis in found]


class Magnitude(Block):
    """The norm over the axes, sample by sample: one channel of several.

    Parameters
    ----------
    norm : {"l2", "l1", "sq"}, default "l2"
        Root of the sum of squares, sum of magnitudes, or sum of squares.
    axes : sequence of int, optional
        The channels; by default all.
    """

    in_stream = True
    signal_out = True

    def __init__(self, norm: str = "l2", axes: Sequence[int] | None = None) -> None:
        self.norm = norm
        self.axes = axes

    def _check(self, length: int, channels: int) -> None:
        check_shape(length, channels)
        if self.norm not in ("l2", "l1", "sq"):
            raise ValueError(f"norm is 'l2', 'l1' or 'sq', not {self.norm!r}")
        _axes(self.axes, channels)

    def _chosen(self) -> list[int]:
        return _axes(self.axes, self.shape_in_[1])

    def _shape_out(self) -> tuple[int, int]:
        return self.shape_in_[0], 1

    def _axes_out(self, axes: Sequence[str]) -> list[str]:
        return ["magnitude"]


class Tilt(Block):
    """Roll and pitch of an accelerometer, sample by sample: two channels,
    atan2(y, z) and atan2(-x, sqrt(y^2 + z^2)).

    Parameters
    ----------
    axes : three int, default (0, 1, 2)
        The channels of x, y and z.
    degrees : bool, default False
        Whether angles are in degrees; else in radians.
    """

    in_stream = True
    signal_out = True

    def __init__(self, axes: Sequence[int] = (0, 1, 2), degrees: bool = False) -> None:
        self.axes = axes
        self.degrees = degrees

    def _check(self, length: int, channels: int) -> None:
        check_shape(length, channels)
        if len(_axes(self.axes, channels)) != 3:
            raise ValueError(f"axes are three channels, not {self.axes!r}")

    def _shape_out(self) -> tuple[int, int]:
        return self.shape_in_[0], 2

    def _axes_out(self, axes: Sequence[str]) -> list[str]:
        return ["roll", "pitch"]
