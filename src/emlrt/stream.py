# SPDX-License-Identifier: MIT
"""Stream: samples in, answers out as windows become complete, as firmware has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.model import Model
from emlrt.native import OpenStream

#: What is told the share that is done.
Progress = Callable[[float], object] | None


def _check_hop(hop: Any, channels: int) -> None:
    """Raises ValueError if hop is no number of times."""
    whole = isinstance(hop, int | float | np.integer) and not isinstance(hop, bool)
    if not whole or not 1 <= hop < 2**32 // channels or int(hop) != hop:
        raise ValueError(f"hop is a number of times, not {hop!r}")


class Stream:
    """A model that takes samples in pieces of any size, by the calls of emlrt/stream.h.

    Parameters
    ----------
    model : emlrt.Model
    hop : int, optional
        Times from one window to the next, of a model that keeps no state; by default
        what the model says (`emlrt.signal.Frame`), or else its whole window.

    Attributes
    ----------
    model : emlrt.Model
    channels : int
        Samples of one time.
    nbytes : int
        Memory that firmware gives to the stream.
    """

    def __init__(self, model: Model, hop: int | None = None) -> None:
        if not isinstance(model, Model):
            raise TypeError(
                f"a Stream is of an emlrt.Model, not of a {type(model).__name__};"
                " Model.load and Model.from_sklearn make one"
            )
        self.model, self.channels = model, model.window.channels
        if hop is not None:
            _check_hop(hop, self.channels)
        if hop is not None and model.state_bytes:
            raise ValueError(
                "a model that keeps state has its hop from its stages; leave hop out"
            )
        self.nbytes = model.stream_bytes
        step = int(hop or 0) * self.channels
        self._c = OpenStream(bytes(model), step, self.nbytes)

    def __getstate__(self) -> Any:
        raise TypeError(
            "a Stream has memory of its own, which is not copied or pickled; make a"
            " new one with Stream(stream.model)"
        )

    def reset(self) -> None:
        """Starts from rest, as if no sample had come."""
        self._c.reset()

    def push(self, samples: Any, *, progress: Progress = None) -> NDArray[Any]:
        """What `predict` says of each window that these samples complete.

        Parameters
        ----------
        samples : array-like (n,), or (n, channels), or a frame
            The next ones, of any number; of several channels, whole times. A frame has
            a column a channel, in the order of the model's `channel_names`, as far as
            it knows them: as `Model.predict` takes frames, others are refused.
        progress : callable, optional
            For long recordings: called now and then with the share of the samples that
            is done, from 0 to 1. It must not push to this stream.

        Returns
        -------
        ndarray (n_windows,), or (n_windows, n_outputs)

        Raises
        ------
        ValueError
            If the model does not take such numbers, that many channels, or channels of
            these names.
        """
        found: NDArray[Any] = self._answers("predict", samples, progress)
        return found

    def push_proba(self, samples: Any, *, progress: Progress = None) -> Any:
        """The same of `predict_proba`: (n_windows, n_classes)."""
        return self._answers("predict_proba", samples, progress)

    def push_scores(self, samples: Any, *, progress: Progress = None) -> NDArray[Any]:
        """The scores of each window that these samples complete: (n_windows, n_scores),
        uint32 or float32, as emlrt_stream_scores has them."""
        scores = self._c.scores(self.model.samples_of(samples), progress)
        if progress is not None:
            progress(1.0)
        return scores

    def _answers(self, name: str, samples: Any, progress: Progress) -> Any:
        if name not in self.model.methods:
            raise AttributeError(
                f"the model has no {name}; it has {', '.join(self.model.methods)}"
            )
        return self.model.answer_of(name, self.push_scores(samples, progress=progress))
