# SPDX-License-Identifier: MIT
"""Windows of a recording: how a stream of samples is cut."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.signal.base import Block, Samples, as_samples, windows_of
from emlrt.signal.names import samples, unnamed
from emlrt.signal.parameters import frames_of
from emlrt.validation import check_columns, sliding, whole


def _check_counts(length: Any, hop: Any, most: int = 2**32 - 1) -> None:
    """Raises ValueError if one is no number of samples."""
    whole("length", length, 1, most)
    whole("hop", hop, 1, most)


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
    found = as_samples(recording, "a recording")
    if found.ndim not in (1, 2):
        raise ValueError(
            "a recording is (n_samples,) or (n_samples, channels), not"
            f" {found.ndim} dimensions"
        )
    if len(found) < length:
        raise ValueError(f"{len(found)} samples are less than a window of {length}")
    return sliding(found, int(length), int(hop))


def _channels(windows: NDArray[Any]) -> str:
    """What channels windows have, for people."""
    return f"{windows.shape[2]} channels" if windows.ndim == 3 else "no channel axis"


def _check_columns(recordings: Any) -> None:
    """Refuses recordings in tables whose channels have other names, or other places."""
    names = [getattr(each, "columns", None) for each in recordings]
    known = next((list(each) for each in names if each is not None), [])
    for k, each in enumerate(names):
        if each is not None and list(each) != known:
            raise ValueError(
                f"recording {k} has the columns {list(each)}, others have {known};"
                " give all the same, in one order"
            )


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
        Channels where X is flat and stays so: behind spectra, whose frames are then
        the samples, the numbers of a frame.
    channels : int or list of str, optional
        Where rows are flat, (n, length * channels), all channels of one time side by
        side: how many channels they have, or their names. What follows then has (n,
        length, channels).
    """

    signal_out = True
    one_to_one = True

    def __init__(
        self,
        length: int,
        hop: int | None = None,
        n_bands: int | None = None,
        channels: Any = None,
    ) -> None:
        self.length = length
        self.hop = hop
        self.n_bands = n_bands
        self.channels = channels

    @property
    def hop_(self) -> int:
        """Samples from the start of a window to that of the next."""
        return self.length if self.hop is None else self.hop

    def _frames(self, length: int, channels: int) -> tuple[int, int]:
        """(length, channels) of windows of a shape."""
        if self.n_bands is None:
            return length, channels
        n = whole("n_bands", self.n_bands, 1)
        if channels > 1 and channels != n:
            raise ValueError(f"n_bands={n}, but X has {channels} channels")
        return frames_of(length * channels, n)

    @property
    def frames_in_(self) -> tuple[int, int]:
        """(length, channels) of a window that it was fitted on."""
        return self._frames(*self.shape_in_)

    def _shape_out(self) -> tuple[int, int]:
        return self.frames_in_

    def _named(self, axes: Sequence[str]) -> list[str]:
        length, channels = self.frames_in_
        if len(axes) != channels:
            axes = unnamed(channels)
        return samples(axes, length)

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
                f"if they are {axes} channels interleaved, give channels={axes}, or"
                f" reshape them to (-1, {self.length}, {axes}); behind spectra of so"
                f" many bands, give n_bands={axes}"
            )
        return "Frame.cut makes windows of a recording"

    def _check_list(self, recordings: Any) -> None:
        """Refuses what is one recording, not a list of them."""
        if not hasattr(recordings, "__len__") or isinstance(recordings, str | dict):
            raise ValueError("recordings is a list of arrays, one of each recording")
        if len(recordings) == 0:
            raise ValueError("recordings is empty; give a list of at least one")
        _check_columns(recordings)
        numbers = any(isinstance(each, Real) for each in recordings)
        one = getattr(recordings, "ndim", 0) == 2 or hasattr(recordings, "columns")
        short = one and np.shape(recordings)[1] < self.length <= len(recordings)
        if numbers or short:
            raise ValueError(
                "recordings is a list; if this is one recording, (n_samples,) or"
                " (n_samples, channels), give [recording]"
            )

    def _of(self, k: int, recording: Any) -> NDArray[Any]:
        """The windows of recording k, which errors name."""
        names = self._channel_names()
        try:
            if names is not None and hasattr(recording, "columns"):
                check_columns(list(recording.columns), names, "that channels names")
            return windows(recording, self.length, self.hop_)
        except ValueError as error:
            raise ValueError(f"recording {k}: {error}") from None

    def _with_names(self, X: NDArray[Any], recordings: Any) -> NDArray[Any]:
        """Windows with the names of their channels, if recordings are frames."""
        columns = [getattr(each, "columns", None) for each in recordings]
        names = next((list(each) for each in columns if each is not None), [])
        names = names and (self._channel_names() or names)  # the same, but for spaces
        texts = all(isinstance(name, str) and name for name in names)
        if X.ndim != 3 or not texts or len(set(names)) != X.shape[2]:
            return X
        named = X.view(Samples)
        named.channel_names = names
        return named

    def cut(self, recordings: Any, y: Any = None) -> Any:
        """Windows of recordings, to train on.

        Parameters
        ----------
        recordings : list of array-like (n_samples,) or (n_samples, channels)
            Frames have a column a channel, in the order that `channels` names, if it
            does, and in one order in any case.
        y : list, optional
            A label or a number of each recording.

        Returns
        -------
        X, or X and y : ndarrays (n, length[, channels]) and (n,)
            Of frames, X knows the names of its channels, and what is fitted with it.
        """
        _check_counts(self.length, self.hop_)
        self._check_list(recordings)
        parts = [self._of(k, each) for k, each in enumerate(recordings)]
        for k, part in enumerate(parts):
            if part.shape[2:] != parts[0].shape[2:]:
                raise ValueError(
                    f"recording {k} has {_channels(part)}, but recording 0 has"
                    f" {_channels(parts[0])}: all recordings have the same"
                )
        X = self._with_names(windows_of(np.concatenate(parts)), recordings)
        if y is None:
            return X
        if isinstance(y, str) or not hasattr(y, "__len__"):
            raise ValueError(f"y is a list of one label a recording, not {y!r}")
        if len(y) != len(parts):
            raise ValueError(f"{len(parts)} recordings, but {len(y)} of y")
        return X, np.repeat(np.asarray(y), [len(part) for part in parts], axis=0)
