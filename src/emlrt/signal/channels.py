# SPDX-License-Identifier: MIT
"""Which channels samples have, and which of them, or of their times, are taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emlrt.signal.base import Block
from emlrt.signal.names import of_each
from emlrt.validation import whole


class Channels(Block):
    """Samples of the channels that are kept, and what the columns of a table are.

    Put it first where rows are flat, (n, length * channels), all channels of one time
    side by side: what follows then has (n, length, channels). With `keep` it passes on
    some channels alone, so that a FeatureUnion treats each group in its own way, as a
    ColumnTransformer does with columns:
    `make_union(make_pipeline(Channels(keep=[0, 1, 2]), Magnitude(), TimeFeatures()),
    make_pipeline(Channels(keep=[3]), Welch()))`.

    Parameters
    ----------
    channels : int or list of str, optional
        How many channels X has, or their names, which become names of features. By
        default they are those of X, (n, length, channels), and one of X (n, length).
    keep : sequence of int or str, optional
        Channels that are passed on, in this order, by number or by name: by default
        all.
    """

    signal_out = True
    in_stream = True

    def __init__(self, channels: Any = None, keep: Sequence[Any] | None = None) -> None:
        self.channels = channels
        self.keep = keep

    def _check(self, length: int, channels: int) -> None:
        self._kept(channels)

    def _kept(self, channels: int) -> list[int]:
        """Numbers of the channels that are kept."""
        if self.keep is None:
            return list(range(channels))
        if isinstance(self.keep, str) or not len(self.keep):
            raise ValueError(f"keep is a list of channels, not {self.keep!r}")
        names = self._channel_names() or []
        return [self._number(each, names, channels) for each in self.keep]

    @staticmethod
    def _number(each: Any, names: list[str], channels: int) -> int:
        if isinstance(each, str):
            if each not in names:
                raise ValueError(f"keep: {each!r} is none of the channels {names!r}")
            return names.index(each)
        return whole("keep: a channel", each, 0, channels - 1)

    def _shape_out(self) -> tuple[int, int]:
        length, channels = self.shape_in_
        return length, len(self._kept(channels))

    def _axes_out(self, axes: Sequence[str]) -> list[str]:
        return [axes[c] for c in self._kept(self.shape_in_[1])]


class Lags(Block):
    """Samples of the end of each channel as they are: the last one, and those before
    it, `x[-1 - lag]` of each lag.

    Parameters
    ----------
    lags : sequence of int, default (0, 1, 2)
        How many samples before the last one, below the length of a window.
    """

    def __init__(self, lags: Sequence[int] = (0, 1, 2)) -> None:
        self.lags = lags

    def _check(self, length: int, channels: int) -> None:
        if not len(self.lags):
            raise ValueError("lags is empty; give at least one")
        for lag in self.lags:
            if whole("lags", lag, 0) >= length:
                raise ValueError(f"lags: {lag} is no lag of {length} samples")

    def _named(self, axes: Sequence[str]) -> list[str]:
        return of_each([f"lag{lag}" for lag in self.lags], axes)
