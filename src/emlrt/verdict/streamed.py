# SPDX-License-Identifier: MIT
"""What a fitted original answers to recordings, window by window, as a stream does.

Blocks in front of a Frame see each sample of a recording once, and a Decision has seen
the answers to the windows before: so neither is asked for windows by themselves.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.sklearn.blocks import is_block
from emlrt.convert.sklearn.cutting import (
    behind_channels,
    is_decision,
    is_frame,
    is_spectra,
    steps_of,
)
from emlrt.errors import UnsupportedModelError
from emlrt.validation import sliding

if TYPE_CHECKING:
    from emlrt.verdict.recordings import Recordings

_GIVE = "give original= its answers to the windows, one after the other"


def _filtered(front: list[Any], part: NDArray[Any]) -> NDArray[Any]:
    """What blocks in front of a Frame make of a whole recording (n_times, channels).

    They are fitted anew, on its length; they learn nothing but shapes.
    """
    from sklearn.base import clone

    found = part[None] if part.shape[1] > 1 else part[None, :, 0]
    for block in front:
        try:
            found = clone(block).fit_transform(found)
        except (UnsupportedModelError, ValueError) as error:
            raise ValueError(
                f"{type(block).__name__}, in front of the original's Frame, does not"
                f" take {len(part)} samples at once; split the recording into several,"
                f" each from rest, or {_GIVE} ({error})"
            ) from None
    whole: NDArray[Any] = np.asarray(found)[0]
    return whole


def _of_front(front: list[Any], frame: Any, found: Recordings) -> NDArray[Any]:
    """The windows behind a Frame that has blocks in front of it: as many of each
    recording as the stream has."""
    spectra, parts = any(map(is_spectra, front)), []
    for part, n in zip(found.parts, found.counts, strict=True):
        whole = _filtered(front, part)
        if spectra:
            whole = whole.reshape(-1, frame.n_bands or 1)
        windows = sliding(whole, frame.length, frame.hop_)[:n]
        parts.append(windows.reshape(n, -1) if spectra else windows)
    return np.concatenate(parts)


def _tabled(first: Any, rows: NDArray[Any]) -> Any:
    """Flat rows as the table that a step was fitted with, if it was: it may take its
    columns by their names."""
    names, pandas = getattr(first, "feature_names_in_", None), sys.modules.get("pandas")
    if names is None or pandas is None:
        return rows
    return pandas.DataFrame(rows, columns=names)


def _windows(steps: list[Any], found: Recordings) -> Any:
    """The windows as a model of these steps was trained on them."""
    rows = found.rows()
    if not is_block(steps[0]):
        return _tabled(steps[0], rows.reshape(len(rows), -1))
    return rows if rows.shape[2] > 1 else rows[:, :, 0]


def _split(original: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Blocks in front of the Frame, none behind what is no block and sees windows; what
    follows, the Frame included; decisions."""
    every = steps_of(original)
    steps = [step for step in every if not is_decision(step)]
    decisions = [step for step in every if is_decision(step)]
    steps = behind_channels(steps)
    at = next((k for k, step in enumerate(steps) if is_frame(step)), 0)
    at = at if all(map(is_block, steps[:at])) else 0
    return steps[:at], steps[at:], decisions


def streamed(original: Any, name: str, found: Recordings) -> Any:
    """What a method of the original gives for each window.

    Parameters
    ----------
    original : estimator
        Fitted, with the method.
    name : str
        The method.
    found : Recordings

    Raises
    ------
    ValueError
        If that is not known: of more than one Decision, or of recordings too long for
        what stands in front of a Frame.
    """
    front, behind, decisions = _split(original)
    if not front and not decisions:
        return getattr(original, name)(_windows(steps_of(original), found))
    from sklearn.pipeline import make_pipeline

    if front:
        frame, *behind = behind
        windows = _of_front(front, frame, found)
    else:
        windows = _windows(steps_of(original), found)
    if not behind:
        return windows.reshape(len(windows), -1)
    inner = make_pipeline(*behind)
    if not decisions:
        return getattr(inner, name)(windows)
    if len(decisions) > 1:
        raise ValueError(f"the original has a Decision in a Decision: {_GIVE}")
    (decision,) = decisions
    again = type(decision)(inner, decision.then)
    return again.predict_stream(windows, found.origin)
