# SPDX-License-Identifier: MIT
"""How a stream is cut for a pipeline: which samples a run takes.

Where a Frame comes first, a run takes a whole window, and keeps nothing: the stream
keeps the overlap. Where blocks stand in front of a Frame, they see each sample once and
keep state: a run takes as many samples as windows and hops are multiples of, and FRAME
keeps the window. Where spectra of frames follow a Frame, each frame is transformed
once, when its samples are there, and FRAME keeps what comes of them: a window of
samples is never held.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from math import gcd
from typing import Any

from emlrt.errors import UnsupportedModelError
from emlrt.metadata import Window


@dataclass(frozen=True)
class Frames:
    """Frames of a stream. first, every: runs until the first one, and from one to the
    next. n: of a window. hop: frames from a window to the next."""

    first: int
    every: int
    n: int
    hop: int


@dataclass(frozen=True)
class Cut:
    """window: of the stream. times: of a run. keeps: whether state is kept. frames: of
    spectra that follow, taken one by one."""

    window: Window
    times: int
    keeps: bool = False
    frames: Frames | None = None

    @property
    def n_inputs(self) -> int:
        """Elements of x in a run."""
        return self.times * self.window.channels


def _is_block(step: Any) -> bool:
    return type(step).__module__.startswith("emlrt.signal.")


def _is_frame(step: Any) -> bool:
    return _is_block(step) and type(step).__name__ == "Frame"


def _flat(estimator: Any) -> list[Any]:
    """The steps of a pipeline, those of pipelines in it too; or the estimator."""
    if not hasattr(estimator, "steps"):
        return [estimator]
    found = []
    for _, step in estimator.steps:
        if step is not None and not isinstance(step, str):
            found += _flat(step)
    return found


def _check_front(front: list[Any]) -> None:
    for step in front:
        if not getattr(step, "in_stream", False):
            raise UnsupportedModelError(
                f"{type(step).__name__} stands in front of Frame, where each sample"
                " comes once, and looks at a whole window; put it behind Frame"
            )


def _of_frames(steps: list[Any], window: Window, hop: int) -> Cut | None:
    """The cut for a block of frames behind a Frame, if it can take them one by one."""
    framing = getattr(steps[0], "framing", None) if steps else None
    found = None if framing is None else framing()
    if found is None or hop % found.hop:
        return None
    times = gcd(found.n_fft, found.hop)
    first, every = found.n_fft // times, found.hop // times
    frames = Frames(first, every, found.n_frames, hop // found.hop)
    return Cut(window, times, True, frames)


def cut_of(estimator: Any) -> Cut | None:
    """How a stream is cut for a fitted estimator; None if it takes no samples.

    Raises
    ------
    UnsupportedModelError
        If something stands in front of a Frame that cannot.
    """
    steps = _flat(estimator)
    if not steps or not _is_block(steps[0]):
        return None
    length, channels = steps[0].shape_in_
    whole = Window(length * channels, length * channels, channels)
    front = list(takewhile(lambda step: not _is_frame(step), steps))
    if len(front) == len(steps):
        return Cut(whole, length)
    frame = steps[len(front)]
    if any(map(_is_frame, steps[len(front) + 1 :])):
        raise UnsupportedModelError("a pipeline has one Frame")
    ratio = length // frame.length  # of times in to those at the Frame
    hop = frame.hop_ * ratio
    window = Window(length * channels, hop * channels, channels)
    if not front:
        return _of_frames(steps[1:], window, frame.hop_) or Cut(window, length)
    _check_front(front)
    return Cut(window, gcd(frame.length, frame.hop_) * ratio, keeps=True)
