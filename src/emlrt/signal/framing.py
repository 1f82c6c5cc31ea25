# SPDX-License-Identifier: MIT
"""Windows of a recording: how a stream of samples is cut."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.signal.spectra import count
from emlrt.signal.base import Block, windows_of


def _check_counts(length: int, hop: int, most: int = 2**32 - 1) -> None:
    """Raises ValueError if one is no number of samples."""
    for name, value in (("length", length), ("hop", hop)):
        number = isinstance(value, int | float | np.integer | np.floating)
        if not number or isinstance(value, bool) or not 1 <= value <= most:
            raise ValueError(f"{name} is a number of samples, not {value!r}")
        if int(value) != value:
            raise ValueError(f"{name} is a whole number of samples, not {value!r}")


def windows(recording: Any, length: int, hop: int) -> NDArray[Any]:
    """The windows of a recording: (n, length), or (n, length, channels).

    Parameters
    ----------
    recording : array-like (n_samples,) or (n_samples, channels)
    length, hop : samples of a window, and from the start of one to that of the next

    Returns
    -------
    ndarray
        1 + (n_samples - length) // hop windows; samples behind the last one are left.

    Raises
    ------
    ValueError
        If the recording is shorter than a window, or has other dimensions, or if
        length or hop is no number of samples.
    """
    _check_counts(length, hop)
    samples = np.asarray(recording)
    if samples.ndim not in (1, 2):
        raise ValueError(
            "a recording is (n_samples,) or (n_samples, channels), not"
            f" {samples.ndim} dimensions"
        )
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are less than a window of {length}")
    views = np.lib.stride_tricks.sliding_window_view(samples, int(length), axis=0)[
        :: int(hop)
    ]
    return np.ascontiguousarray(np.moveaxis(views, -1, 1))


class Frame(Block):
    """Windows of `length` samples, every `hop` samples of a stream.

    In a pipeline it passes windows on as they are, and says how `emlrt.Stream` and
    firmware cut the samples that come in: the first answer after `length` samples,
    then one after each `hop`. `cut` makes the windows to train on.

    Parameters
    ----------
    length : int
        Samples of a window.
    hop : int, optional
        Samples from the start of a window to that of the next; by default `length`.
    n_bands : int, optional
        Channels where X is flat: behind spectra, whose frames are then the samples,
        the numbers of a frame.
    """

    signal_out = True

    def __init__(
        self, length: int, hop: int | None = None, n_bands: int | None = None
    ) -> None:
        self.length = length
        self.hop = hop
        self.n_bands = n_bands

    @property
    def hop_(self) -> int:
        """Samples from the start of a window to that of the next."""
        return self.length if self.hop is None else self.hop

    def _frames(self, length: int, channels: int) -> tuple[int, int]:
        """(length, channels) of windows of a shape."""
        if self.n_bands is None:
            return length, channels
        n = count("n_bands", self.n_bands, 1)
        if channels > 1 and channels != n:
            raise ValueError(f"n_bands={n}, but X has {channels} channels")
        if length * channels % n:
            raise ValueError(
                f"{length * channels} numbers are no whole frames of n_bands={n}"
            )
        return length * channels // n, n

    @property
    def frames_in_(self) -> tuple[int, int]:
        """(length, channels) of a window that it was fitted on."""
        return self._frames(*self.shape_in_)

    def _shape_out(self) -> tuple[int, int]:
        return self.frames_in_

    def _check(self, length: int, channels: int) -> None:
        length, channels = self._frames(length, channels)
        _check_counts(self.length, self.hop_, (2**32 - 1) // channels)
        if length != self.length:
            raise ValueError(
                f"X has windows of {length} samples, not of {self.length}, its length;"
                f" {self._how(length, channels)}"
            )

    def _how(self, length: int, channels: int) -> str:
        """How windows of the right length are made."""
        if channels == 1 and length % self.length == 0:
            axes = length // self.length
            return (
                f"if they are {axes} channels interleaved, reshape them to"
                f" (-1, {self.length}, {axes}), or give n_bands={axes}"
            )
        return "Frame.cut makes windows of a recording"

    def _names(self) -> list[str]:
        return self._sample_names()

    def cut(self, recordings: Any, y: Any = None) -> Any:
        """Windows of recordings, to train on.

        Parameters
        ----------
        recordings : list of array-like (n_samples,) or (n_samples, channels)
        y : list, optional
            A label or a number of each recording.

        Returns
        -------
        X, or X and y : ndarrays (n, length[, channels]) and (n,)
        """
        if len(recordings) == 0:
            raise ValueError("recordings is empty; give a list of at least one")
        parts = [windows(each, self.length, self.hop_) for each in recordings]
        X = windows_of(np.concatenate(parts))
        if y is None:
            return X
        if len(y) != len(parts):
            raise ValueError(f"{len(parts)} recordings, but {len(y)} of y")
        return X, np.repeat(np.asarray(y), [len(part) for part in parts], axis=0)
