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

Where Frames stand in parts of a union or in members of an ensemble, a run takes a whole
window, too, and so it does where scalers stand in front: what is in front of such a
Frame starts from rest in each window, as in predict of windows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    whether a run takes a whole window. framed: whether a Frame says the hop."""

    window: Window
    times: int
    keeps: bool = False
    frames: Frames | None = None
    in_front: bool = False
    whole: bool = False
    framed: bool = False

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


def behind_channels(steps: list[Any]) -> list[Any]:
    """Steps without a first one that only says the channels, where a block of samples
    follows: what is no block, as a union, does not know the shape of a window."""
    said = len(steps) > 1 and says_channels(steps[0]) and is_block(steps[1])
    return steps[1:] if said else steps


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


#: Transformers that make a number of each number, so that samples stay samples.
_SCALERS = (
    "FunctionTransformer",
    "MaxAbsScaler",
    "MinMaxScaler",
    "PowerTransformer",
    "QuantileTransformer",
    "RobustScaler",
    "SimpleImputer",
    "StandardScaler",
)


def _is_scaler(step: Any) -> bool:
    own = type(step)
    return own.__module__.startswith("sklearn.") and own.__name__ in _SCALERS


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


def named_channels(estimator: Any, channels: int) -> tuple[str, ...]:
    """The names of so many channels of samples that a Frame or a Channels gives, or
    that the first block has seen; none if there are none, or members contradict."""
    steps = [step for step in steps_of(estimator) if not is_decision(step)]
    steps = [step for step in steps if not _is_scaler(step)]
    for step in steps:
        if not is_block(step):
            break
        names = tuple(step._channel_names() or step._named_channels or ())
        if len(names) == channels:
            return names
        if not (says_channels(step) or is_frame(step)):
            return ()
    held = _members(steps[0]) if steps and not is_block(steps[0]) else []
    every = {named_channels(each, channels) for each in held} - {()}
    return every.pop() if len(every) == 1 else ()


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
    times = whole.times
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


def _parts(step: Any) -> list[tuple[Any, NDArray[np.int64]]]:
    """The transformers of a transformer of columns, and the columns of each."""
    places = step._transformer_to_input_indices
    return [
        (part, np.asarray(places[name], np.int64))
        for name, part, columns in step.transformers_
        if part is not None and not _is_drop(part) and not _is_empty(columns)
    ]


def _is_drop(part: Any) -> bool:
    return isinstance(part, str) and part == "drop"


def _in_order(columns: NDArray[np.int64], times: int, channels: int) -> bool:
    """Whether columns of interleaved samples are those of some channels at all times,
    time after time."""
    by_time = columns.reshape(times, -1) - np.arange(times)[:, None] * channels
    kept = by_time[0]
    return bool(
        (by_time == kept).all() and (kept >= 0).all() and (kept < channels).all()
    )


def _of_columns(step: Any) -> Cut | None:
    """The cut for transformers side by side, of rows of interleaved samples or of some
    columns of them. None where some columns are no samples.

    Raises
    ------
    UnsupportedModelError
        If their Frames differ, or each has a Frame and the columns are in another order
        than that of a stream.
    """
    parts = _parts(step)
    cuts = [(cut_of(part, places.size), places) for part, places in parts]
    known = [(cut, places) for cut, places in cuts if cut is not None]
    paces = {(c.window.times, c.window.hop_times) for c, _ in known if c.framed}
    if len(paces) > 1:
        raise UnsupportedModelError(
            "transformers side by side have Frames of different lengths or hops: a"
            " stream has one window"
        )
    framed, lengths = bool(paces), {cut.window.times for cut, _ in known}
    if len(lengths) != 1:
        return None
    times, hop = paces.pop() if framed else (max(lengths), max(lengths))
    columns = int(step.n_features_in_)
    channels, rest = divmod(columns, times)
    if not rest and all(_in_order(at, times, channels) for _, at in known):
        window = Window(columns, hop * channels, channels)
        return Cut(window, times, whole=True, framed=framed)
    if framed and len(known) == len(parts):
        raise UnsupportedModelError(
            f"Frame({times}) stands in parts of a {type(step).__name__} whose columns"
            " are not those of a window, all channels of one time side by side, time"
            " after time, as a stream has them: order the columns so and fit again; or"
            " leave Frame out, if rows are all that is asked for"
        )
    return None


def _members(estimator: Any) -> list[Any]:
    """The estimators that a fitted one asks, each for the same rows."""
    calibrated = getattr(estimator, "calibrated_classifiers_", None)
    if calibrated is not None:
        return [each.estimator for each in calibrated]
    listed = getattr(estimator, "transformer_list", None)
    if listed is not None:
        return [part for _, part in listed if not isinstance(part, str)]
    found = getattr(estimator, "estimators_", None)
    if isinstance(found, list | tuple):
        return [each for each in found if not isinstance(each, str)]
    for name in ("estimator_", "regressor_", "base_estimator_"):
        if getattr(estimator, name, None) is not None:
            return [getattr(estimator, name)]
    return []


def _of_members(estimator: Any, n_inputs: int) -> Cut | None:
    """The cut that the members of an ensemble have, or the parts of a union, those of
    rows and of whole windows apart: a run takes the whole window.

    Raises
    ------
    UnsupportedModelError
        If their Frames differ.
    """
    cuts = [cut_of(each, n_inputs) for each in _members(estimator)]
    known = [c for c in cuts if c is not None and c.window.length == n_inputs]
    framed = any(cut.framed for cut in known)
    windows = {cut.window for cut in known if cut.framed or not framed}
    rates = {each.rate for each in windows}
    rate = rates.pop() if len(rates) == 1 else None
    windows = {replace(each, rate=rate) for each in windows}
    if framed and len(windows) > 1:
        raise UnsupportedModelError(
            f"the pipelines in {type(estimator).__name__} cut a stream in different"
            " ways: put one Frame in front of it"
        )
    if len(windows) != 1:
        return None
    window = windows.pop()
    return Cut(window, n_inputs // window.channels, whole=True, framed=framed)


def _inner(step: Any, n_inputs: int) -> Cut | None:
    """The cut that what an estimator holds has: its transformers side by side, or its
    members."""
    if is_block(step) or isinstance(step, str):
        return None
    if hasattr(step, "transformers_"):
        return _of_columns(step)
    return _of_members(step, n_inputs)


def _has_frame(step: Any) -> bool:
    """Whether there is a Frame in a step, however deep."""
    held = steps_of(step)
    if len(held) != 1 or held[0] is not step:
        return any(map(_has_frame, held))
    if hasattr(step, "transformers_"):
        return any(_has_frame(part) for part, _ in _parts(step))
    return is_frame(step) or any(map(_has_frame, _members(step)))


def _refuse_frames(first: Any, steps: list[Any]) -> None:
    """Refuses a Frame that stands behind what mixes samples, so that it says nothing of
    the stream."""
    if any(map(_has_frame, steps)):
        name = type(first).__name__
        raise UnsupportedModelError(
            f"Frame stands behind {name}, which does not give samples one by one, so"
            " that no stream is cut there: put Frame in front of it; or leave it out,"
            " if rows are all that is asked for"
        )


def _behind(steps: list[Any], times: int, hop: int | None) -> int | None:
    """The hop that Frames have in what steps hold; None if there are none. times, hop:
    of the window that they see; hop: None without a Frame in front.

    Raises
    ------
    UnsupportedModelError
        If they are of other windows.
    """
    found = set()
    for step in steps:
        n_inputs = getattr(step, "n_features_in_", None)
        cut = None if n_inputs is None else _inner(step, int(n_inputs))
        if cut is not None and cut.framed:
            found.add((cut.window.times, cut.window.hop_times))
        elif not is_block(step) and _has_frame(step):
            found.add((0, 0))
    hops = {each for _, each in found}
    if hop is not None:
        hops.add(hop)
    if len(hops) > 1 or any(n != times for n, _ in found):
        raise UnsupportedModelError(
            f"a Frame in what stands behind {times} samples is of other windows than"
            " these: put one Frame in front of it"
        )
    return hops.pop() if hops else None


def _check_decided(first: Any, window: Window) -> None:
    """Refuses a Decision around windows that overlap, which no state holds."""
    if window.hop != window.length:
        raise UnsupportedModelError(
            f"a Decision keeps no window where Frame stands in or behind"
            f" {type(first).__name__}: put one Frame in front of it"
        )


def _of_decided(first: Any, inner: Cut | None, n_inputs: int) -> Cut:
    """The cut for a Decision behind what is no pipeline of samples: of rows, each of
    which is one time, or of the windows of an ensemble or a union."""
    if inner is None:
        return Cut(Window(n_inputs, n_inputs, n_inputs), 1, keeps=True, whole=True)
    _check_decided(first, inner.window)
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
    rate = rate_of(every, cut.window.times)
    return replace(cut, window=replace(cut.window, rate=rate))


def _cut(every: list[Any], n_inputs: int) -> Cut | None:
    """The cut for the steps of a pipeline; see `cut_of`."""
    steps = [step for step in every if not is_decision(step)]
    decides = len(steps) != len(every)
    n_scalers = next((k for k, s in enumerate(steps) if not _is_scaler(s)), len(steps))
    scalers, steps = steps[:n_scalers], steps[n_scalers:]
    if not steps or not is_block(steps[0]):
        return _of_others(scalers + steps, n_scalers, decides, n_inputs)
    cut = _of_samples(behind_channels(steps), decides)
    if not scalers:
        return cut
    if cut.window.length != n_inputs:
        _refuse_frames(scalers[0], steps)
        return None
    if decides:
        _check_decided(scalers[0], cut.window)
    return Cut(cut.window, cut.window.times, decides, whole=True, framed=cut.framed)


def _of_others(
    steps: list[Any], n_scalers: int, decides: bool, n_inputs: int
) -> Cut | None:
    """The cut where no block of samples comes first: that of the first step behind
    scalers, if it holds some."""
    if not steps:
        return None
    first, *rest = steps[n_scalers:] or steps[-1:]
    inner = _inner(first, n_inputs)
    _refuse_frames(first, rest)
    if not decides:
        return inner
    if inner is None:
        _refuse_frames(first, [first])
    return _of_decided(first, inner, n_inputs)


def _of_samples(steps: list[Any], decides: bool) -> Cut:
    """The cut where a block of samples comes first."""
    for at, step in enumerate(steps):
        if is_frame(step):
            cut = _framed(steps, at, decides)
            _behind(steps[at + 1 :], step.length, step.hop_)
            return replace(cut, framed=True)
    window = _whole(steps[0])
    hop = _behind(steps[1:], window.times, None)
    if hop is not None:
        window = replace(window, hop=hop * window.channels)
    if decides:
        _check_decided(steps[0], window)
    return Cut(window, window.times, decides, whole=True, framed=hop is not None)
