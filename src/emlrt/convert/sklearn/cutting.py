# SPDX-License-Identifier: MIT
"""How a stream is cut for a pipeline: which samples a run takes.

Where a Frame comes first, a run takes a whole window, and keeps nothing: the stream
keeps the overlap. Where blocks stand in front of a Frame, they see each sample once and
keep state: a run takes as many samples as windows and hops are multiples of, and FRAME
keeps the window. Where spectra of frames follow a Frame, each frame is transformed
once, when its samples are there, and FRAME keeps what comes of them: a window of
samples is never held. Where they stand in front of a Frame, that is of frames: what
follows them sees each frame once, and keeps state, too.

A Decision at the end keeps answers: so a program with one has state, and where a Frame
comes first whose windows overlap, FRAME keeps the window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import Any

import numpy as np

from emlrt.convert.sklearn.blocks import is_block
from emlrt.convert.sklearn.rates import rate_of
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
    spectra, taken one by one. in_front: whether they are in front of the Frame. whole:
    whether a run takes a whole window."""

    window: Window
    times: int
    keeps: bool = False
    frames: Frames | None = None
    in_front: bool = False
    whole: bool = False

    @property
    def n_inputs(self) -> int:
        """Elements of x in a run."""
        return self.times * self.window.channels


def is_frame(step: Any) -> bool:
    return is_block(step) and type(step).__name__ == "Frame"


def is_decision(step: Any) -> bool:
    return is_block(step) and type(step).__name__ == "Decision"


def _inside(estimator: Any) -> Any:
    """What an estimator holds that does nothing to samples or answers; else None."""
    if hasattr(estimator, "best_estimator_"):
        return estimator.best_estimator_
    frozen = type(estimator).__name__ == "FrozenEstimator"
    return estimator.estimator if frozen else None


def says_channels(step: Any) -> bool:
    """Whether a step leaves samples as they are, and says what their channels are."""
    return is_block(step) and type(step).__name__ == "Channels" and step.keep is None


def steps_of(estimator: Any) -> list[Any]:
    """The steps of a pipeline, those of pipelines in it too; or the estimator. A
    Decision follows what it is of."""
    inside = _inside(estimator)
    if inside is not None:
        return steps_of(inside)
    if is_decision(estimator):
        held = getattr(estimator, "estimator_", estimator.estimator)
        return [*steps_of(held), estimator]
    if not hasattr(estimator, "steps"):
        return [estimator]
    found = []
    for _, step in estimator.steps:
        if step is not None and not isinstance(step, str):
            found += steps_of(step)
    return found


def is_spectra(step: Any) -> bool:
    return hasattr(step, "framing")


def _check_front(front: list[Any], attribute: str, what: str) -> None:
    """Refuses steps that cannot stand in front of a Frame."""
    for step in front:
        fault = getattr(step, "front_fault", str)()
        if fault or not getattr(step, attribute, False):
            why = fault or "it looks at a whole window"
            raise UnsupportedModelError(
                f"{type(step).__name__} stands in front of Frame, where each {what}"
                f" comes once, and {why}; put it behind Frame"
            )


def _one_by_one(spectra: Any, window: Window, ratio: int, **more: Any) -> Cut:
    """A cut that takes frames one by one. ratio: times of the stream for each time of
    the spectra."""
    found = spectra.framing()
    times = gcd(found.n_fft, found.hop)
    first, every = found.n_fft // times, found.hop // times
    hop = more.pop("hop")
    frames = Frames(first, every, found.n_frames, hop)
    return Cut(window, times * ratio, True, frames, **more)


def _of_frames(steps: list[Any], window: Window, hop: int) -> Cut | None:
    """The cut for a block of frames behind a Frame, if it can take them one by one."""
    if not steps or not is_spectra(steps[0]) or steps[0].not_alone():
        return None
    found = steps[0].framing()
    if found.n_frames == 1 or hop % found.hop:
        return None
    return _one_by_one(steps[0], window, 1, hop=hop // found.hop)


def _of_front(front: list[Any], frame: Any, window: Window) -> Cut:
    """The cut for spectra in front of a Frame, which then is of frames."""
    at = next(k for k, step in enumerate(front) if is_spectra(step))
    spectra, name = front[at], type(front[at]).__name__
    n = spectra.framing().n_frames
    _check_front(front[:at], "in_stream", "sample")
    _check_front([spectra], "framing", "frame")
    _check_front(front[at + 1 :], "in_frames", "frame")
    if frame.length != n:
        raise UnsupportedModelError(
            f"Frame({frame.length}) stands behind {name}, which makes {n} frames of a"
            f" window: Frame({n}, hop, n_bands=...) is of such frames, n_bands being"
            " the numbers of each"
        )
    ratio = front[0].shape_in_[0] // spectra.shape_in_[0]
    step = ratio * spectra.framing().hop * window.channels
    cut = Window(window.length, frame.hop_ * step, window.channels)
    return _one_by_one(spectra, cut, ratio, hop=frame.hop_, in_front=True)


def _whole(first: Any) -> Window:
    """A window of the first block, without overlap."""
    length, channels = first.frames_in_ if is_frame(first) else first.shape_in_
    return Window(length * channels, length * channels, channels)


def _framed(steps: list[Any], at: int, decides: bool) -> Cut:
    """The cut where step `at` is a Frame."""
    front, frame, whole = steps[:at], steps[at], _whole(steps[0])
    if any(map(is_frame, steps[at + 1 :])):
        raise UnsupportedModelError("a pipeline has one Frame")
    if any(map(is_spectra, front)):
        return _of_front(front, frame, whole)
    times = whole.length // whole.channels
    ratio = times // frame.length  # of times in to those at the Frame
    hop = frame.hop_ * ratio
    window = Window(whole.length, hop * whole.channels, whole.channels)
    one_by_one = None if front else _of_frames(steps[1:], window, frame.hop_)
    if one_by_one is not None:
        return one_by_one
    if not front and (not decides or hop == times):
        return Cut(window, times, keeps=decides, whole=True)
    _check_front(front, "in_stream", "sample")
    return Cut(window, gcd(frame.length, frame.hop_) * ratio, keeps=True)


def _is_empty(columns: Any) -> bool:
    """Whether a transformer of columns has none. columns: as scikit-learn takes them,
    one, a list, a mask, or a slice."""
    if isinstance(columns, slice) or np.ndim(columns) == 0:
        return False
    found = np.asarray(columns)
    return not (found.any() if found.dtype == bool else found.size)


def _parts(step: Any) -> list[Any]:
    """The transformers that a union or a transformer of columns has side by side."""
    if hasattr(step, "transformers_"):
        listed = step.transformers_
        return [p for _, p, columns in listed if p != "drop" and not _is_empty(columns)]
    return [part for _, part in getattr(step, "transformer_list", ()) if part != "drop"]


def _of_columns(step: Any) -> Cut | None:
    """The cut for transformers side by side that each start with the same Frame: of
    rows of interleaved samples, or some columns of them."""
    parts = [steps_of(part) for part in _parts(step)]
    firsts = [steps[0] for steps in parts if steps]
    if not firsts or len(firsts) < len(parts) or not all(map(is_frame, firsts)):
        return None
    length, hop = firsts[0].length, firsts[0].hop_
    columns = int(step.n_features_in_)
    if any((each.length, each.hop_) != (length, hop) for each in firsts):
        raise UnsupportedModelError(
            "transformers side by side have Frames of different lengths or hops: a"
            " stream has one window"
        )
    if columns % length:
        return None
    channels = columns // length
    return Cut(Window(columns, hop * channels, channels), length, whole=True)


def _members(estimator: Any) -> list[Any]:
    """The estimators that a fitted one asks, each for the same rows."""
    calibrated = getattr(estimator, "calibrated_classifiers_", None)
    if calibrated is not None:
        return [each.estimator for each in calibrated]
    found = getattr(estimator, "estimators_", None)
    if isinstance(found, list | tuple):
        return [each for each in found if not isinstance(each, str)]
    one = getattr(estimator, "estimator_", None)
    return [] if one is None else [one]


def _of_members(estimator: Any, n_inputs: int) -> Cut | None:
    """The cut that the members of an ensemble have, those of rows and of whole windows
    apart: a run takes the whole window.

    Raises
    ------
    UnsupportedModelError
        If their Frames differ.
    """
    cuts = [cut_of(each, n_inputs) for each in _members(estimator)]
    windows = {cut.window for cut in cuts if cut is not None}
    windows = {each for each in windows if each.length == n_inputs}
    rates = {each.rate for each in windows}
    rate = rates.pop() if len(rates) == 1 else None
    windows = {replace(each, rate=rate) for each in windows}
    windows = {each for each in windows if each.hop != n_inputs} or windows
    if len(windows) > 1:
        raise UnsupportedModelError(
            f"the pipelines in {type(estimator).__name__} cut a stream in different"
            " ways: put one Frame in front of it"
        )
    if not windows:
        return None
    window = windows.pop()
    return Cut(window, n_inputs // window.channels, whole=True)


def _of_decided(steps: list[Any], n_inputs: int) -> Cut:
    """The cut for a Decision behind what is no pipeline of samples: of rows, each of
    which is one time, or of an ensemble's windows."""
    inner = _of_members(steps[0], n_inputs) if steps else None
    if inner is None:
        return Cut(Window(n_inputs, n_inputs, n_inputs), 1, keeps=True, whole=True)
    if inner.window.hop != n_inputs:
        raise UnsupportedModelError(
            f"a Decision around {type(steps[0]).__name__} of pipelines that have a"
            " Frame each keeps no window: put one Frame in front of it"
        )
    return replace(inner, keeps=True)


def cut_of(estimator: Any, n_inputs: int) -> Cut | None:
    """How a stream is cut for a fitted estimator; None if it takes no samples.

    n_inputs: numbers of a row.

    Raises
    ------
    UnsupportedModelError
        If something stands in front of a Frame that cannot.
    """
    every = steps_of(estimator)
    cut = _cut(every, n_inputs)
    if cut is None or cut.window.rate is not None:
        return cut
    rate = rate_of(every, cut.window.length // cut.window.channels)
    return replace(cut, window=replace(cut.window, rate=rate))


def _cut(every: list[Any], n_inputs: int) -> Cut | None:
    """The cut for the steps of a pipeline; see `cut_of`."""
    steps = [step for step in every if not is_decision(step)]
    decides = len(steps) != len(every)
    if not steps or not is_block(steps[0]):
        if decides:
            return _of_decided(steps, n_inputs)
        if not steps:
            return None
        return _of_columns(steps[0]) or _of_members(steps[0], n_inputs)
    if len(steps) > 1 and says_channels(steps[0]):
        steps = steps[1:]
    for at, step in enumerate(steps):
        if is_frame(step):
            return _framed(steps, at, decides)
    window = _whole(steps[0])
    times = window.length // window.channels
    return Cut(window, times, keeps=decides, whole=True)
