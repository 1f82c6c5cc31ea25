# SPDX-License-Identifier: MIT
"""How a stream is cut for a pipeline: which samples a run takes.

Where a Frame comes first, a run takes a whole window, and keeps nothing: the stream
keeps the overlap. Where blocks stand in front of a Frame, they see each sample once and
keep state: a run takes as many samples as windows and hops are multiples of, and FRAME
keeps the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from math import gcd
from typing import Any

from emlrt.errors import UnsupportedModelError
from emlrt.metadata import Window


@dataclass(frozen=True)
class Cut:
    """window: of the stream. times: of a run. keeps: whether state is kept."""

    window: Window
    times: int
    keeps: bool = False

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
        return Cut(window, length)
    _check_front(front)
    return Cut(window, gcd(frame.length, frame.hop_) * ratio, keeps=True)
