# SPDX-License-Identifier: MIT
"""Recordings in place of rows: samples, their windows, what the stream says of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.native import OpenStream
from emlrt.validation import sliding
from emlrt.verdict.pace import has_pace

if TYPE_CHECKING:
    from emlrt.metadata import Window
    from emlrt.model import Model


@dataclass(frozen=True, eq=False)
class Recordings:
    """Recordings as a model's stream takes them; its length is that of all windows.

    parts: (n_times, channels) of each recording. window: how the model's stream is
    cut, in samples of all channels together.
    """

    parts: tuple[NDArray[Any], ...]
    window: Window

    @property
    def length(self) -> int:
        """Times of a window."""
        return self.window.times

    @property
    def hop(self) -> int:
        """Times from one window to the next."""
        return self.window.hop_times

    @cached_property
    def counts(self) -> list[int]:
        """Windows of each recording."""
        return [self.window.count(len(part)) for part in self.parts]

    def __len__(self) -> int:
        return sum(self.counts)

    @cached_property
    def origin(self) -> NDArray[np.int64]:
        """The recording of each window."""
        return np.repeat(np.arange(len(self.parts)), self.counts)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The first time of each window, in its recording."""
        return np.concatenate([np.arange(n) * self.hop for n in self.counts])

    def rows(self) -> NDArray[Any]:
        """The windows (n, length, channels)."""
        cut = [sliding(part, self.length, self.hop) for part in self.parts]
        return np.concatenate(cut)

    def sampled(self, most: int) -> NDArray[Any]:
        """At most so many of the windows (n, length, channels), from all over them:
        all of a long recording would be far more numbers than its samples."""
        chosen = np.unique(np.linspace(0, len(self) - 1, most).round().astype(int))
        places = zip(self.origin[chosen], self.starts[chosen], strict=True)
        return np.stack([self.parts[k][at : at + self.length] for k, at in places])

    def first(self, most: int) -> NDArray[Any]:
        """The samples (n_times, channels) of at most so many windows: the recordings
        one after the other."""
        whole = np.concatenate(self.parts)
        return whole[: self.length + (most - 1) * self.hop]

    def scores(self, model: Model) -> NDArray[Any]:
        """The scores (n, n_scores) of the model's stream, each recording from rest.

        Raises
        ------
        ValueError
            If the model's metadata name other windows than its stream answers.
        """
        stream, found = OpenStream(bytes(model), 0, model.stream_bytes), []
        for part in self.parts:
            stream.reset()
            scores = stream.scores(model.samples_of(part))
            self.window.check_answers(len(part), len(scores))
            found.append(scores)
        return np.concatenate(found)

    def place(self, at: int) -> str:
        """Words for a window."""
        words = f"window {at}"
        start = f"from sample {self.starts[at]}"
        if len(self.parts) > 1:
            start += f" of recording {self.origin[at]}"
        return f"{words} ({start})"


_LIST = "a list of recordings, an array (n_samples, channels) each"
_ARRAYS = f"give rows of as many features as the model has, or {_LIST}"


def _listed(X: Any, channels: int) -> bool:
    """Whether X is a list of arrays, one of each recording."""
    if not isinstance(X, list | tuple) or not X:
        return False
    shapes = [getattr(each, "shape", None) for each in X]
    wide = (shape is not None and len(shape) == 2 for shape in shapes)
    flat = (shape is not None and len(shape) == 1 for shape in shapes)
    return all(wide) or (channels == 1 and all(flat))


def _names_channels(model: Model, X: Any) -> bool:
    """Whether a frame has a column with the name of a channel, and none of a row's."""
    columns = set(getattr(X, "columns", ()))
    rows = columns.intersection(model.program.metadata.features)
    return bool(columns.intersection(model.channel_names)) and not rows


def _split(model: Model, X: Any) -> Sequence[Any] | None:
    """The recordings that X is; None if it is rows, or nothing that is known."""
    channels, n_row = model.window.channels, model.n_features_in_
    if _listed(X, channels):
        return list(X)
    try:
        shape = np.shape(X)
    except ValueError:
        raise ValueError(f"X holds lists of different lengths: {_ARRAYS}") from None
    if shape == (0,):
        raise ValueError(f"X is empty: give rows, a recording, or {_LIST}")
    lists = channels == 1 and isinstance(X, list | tuple) and len(shape) == 2
    if lists and shape[1] not in (1, n_row):
        raise ValueError(f"X holds lists of {shape[1]} numbers: {_ARRAYS}")
    if len(shape) == 1:
        return [X]
    if len(shape) == 2 and _names_channels(model, X):
        return [X]
    if len(shape) == 2:
        # Rows of one time are a recording to a model that remembers the time before.
        samples = shape[1] == channels and (channels != n_row or model.state_bytes)
        return [X] if samples else None
    if len(shape) == 3 and shape[1] * shape[2] != n_row and shape[2] == channels:
        return list(X)
    return None


def recordings_of(model: Model, X: Any) -> Recordings | None:
    """X as recordings of a model of windows; None if X is rows.

    Parameters
    ----------
    model : emlrt.Model
    X : array-like
        A recording (n_times, channels), or (n_times,) of one channel, or a frame with
        a column a channel; a list of them. All else is rows.

    Raises
    ------
    ValueError
        If a recording is shorter than a window, or the model does not take its
        numbers.
    """
    if isinstance(X, Recordings):
        return X
    if not has_pace(model):
        return None
    split = _split(model, X)
    if split is None:
        return None
    parts = [checked(model, f"recording {k}", each) for k, each in enumerate(split)]
    return Recordings(tuple(parts), model.window)


def checked(model: Model, name: str, each: Any) -> NDArray[Any]:
    """A recording (n_times, channels) of numbers that the model takes.

    Raises
    ------
    ValueError
        If it is none, or shorter than a window; begins with the name.
    """
    try:
        part = model.recording_of(each)
        model.samples_of(part)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    length = model.window.times
    if len(part) < length:
        raise ValueError(
            f"{name} has {len(part)} samples, which are less than a window of {length}"
        )
    return part


def _most(labels: NDArray[Any], found: Recordings, k: int) -> NDArray[Any]:
    """Of each window of recording k, the label that most of its samples have; of
    equally many, the first in order."""
    names, codes = np.unique(labels, return_inverse=True)
    windows = sliding(codes.reshape(-1), found.length, found.hop)
    chosen = [np.bincount(window).argmax() for window in windows]
    return np.asarray(names[chosen])


def _of_one(labels: NDArray[Any], found: Recordings, k: int, few: bool) -> Any:
    """Labels of recording k, given as one, one a window, or one a sample."""
    n, times = found.counts[k], len(found.parts[k])
    if labels.ndim == 0:
        return np.repeat(labels, n)
    if len(labels) == n:
        return labels
    if len(labels) == times and labels.ndim == 1 and few:
        return _most(labels, found, k)
    each = f", or one of each of its {times} samples" if few else ""
    raise ValueError(
        f"y has {len(labels)} values of recording {k}; give one of each of its"
        f" {n} windows{each}"
    )


def targets_of(y: Any, found: Recordings, labelled: bool) -> NDArray[Any]:
    """What is right of each window: (n,), or (n, n_outputs).

    Parameters
    ----------
    y : array-like
        A value of each window, or of each recording; or a list with such of each
        recording. Labels, in place of values, may be of each sample: a window's is
        that which most of its samples have.
    found : Recordings
    labelled : bool
        Whether the model answers with labels.

    Raises
    ------
    ValueError
        If there are more or fewer of them.
    """
    n, many = len(found), len(found.parts)
    if isinstance(y, list | tuple) and len(y) == many:
        parts = [np.asarray(each) for each in y]
        if any(part.ndim for part in parts):
            own = [_of_one(part, found, k, labelled) for k, part in enumerate(parts)]
            return np.concatenate(own)
    values = np.asarray(y)
    if many == 1 and (values.ndim == 0 or len(values) != 1):
        return np.asarray(_of_one(values, found, 0, labelled))
    if values.ndim and len(values) == n:
        return values
    if values.ndim and len(values) == many:
        return np.repeat(values, found.counts, axis=0)
    given = len(values) if values.ndim else 1
    raise ValueError(
        f"y has {given} values; give one of each of the {n} windows, or one of each of"
        f" the {many} recordings"
    )
