# SPDX-License-Identifier: MIT
"""What an example runs a model on, and the scores that Python has of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.model import Model
from emlrt.stream import Stream

#: Bytes of memory that an example's run of zeros may take, and numbers that it may
#: print: a small file may ask for far more.
_MOST, _PRINTED = 1 << 23, 1 << 16


@dataclass(frozen=True)
class Row:
    """x: the elements of one run. scores: of it."""

    x: NDArray[Any]
    scores: NDArray[Any]


def _check_room(model: Model, what: str, printed: int, instead: str) -> None:
    """Refuses an example of what it has no room for. printed: numbers that it prints.
    instead: what to do."""
    windowed = model.program.metadata.window is not None
    size = model.stream_bytes if windowed else model.arena_bytes
    size += 4 * (model.n_features_in_ + model.n_scores)
    if size > _MOST or printed > _PRINTED:
        raise ValueError(
            f"an example runs {what}, which takes {size:,} bytes of memory and prints"
            f" {printed:,} numbers; more than {_MOST:,} and {_PRINTED:,} are too much:"
            f" {instead}"
        )


def silence(model: Model) -> NDArray[Any]:
    """The scores of the first window of a stream of zeros, as the device reads them: of
    raw numbers, where its rule of inputs gives 0.

    Raises
    ------
    ValueError
        If the model takes too much memory.
    """
    instead = "`emlrt embed` writes the model without an example"
    _check_room(model, "a window of zeros", model.n_scores, instead)
    channels = model.window.channels
    zero = np.zeros(channels, model.input_dtype)
    raw = zero if model.inputs is None else model.inputs.offset[:channels]
    samples = np.tile(raw, model.window.times)
    scores: NDArray[Any] = Stream(model).push_scores(samples)[0]
    return scores


def row_of(model: Model) -> Row:
    """The first golden vector of finite numbers, else of zeros.

    Raises
    ------
    ValueError
        If there is none, and the model refuses zeros, or takes too much memory.
    """
    golden = model.program.metadata.golden
    if golden is not None:
        for x, scores in zip(golden.inputs, golden.scores, strict=True):
            if np.isfinite(x).all():
                return Row(x, scores)
    printed = model.n_features_in_ + model.n_scores
    instead = "give it rows by Model.with_golden, or golden="
    _check_room(model, "a row of zeros", printed, instead)
    zeros = np.zeros((1, model.n_features_in_))
    try:
        golden = model.with_golden(zeros).program.metadata.golden
    except ValueError as error:
        raise ValueError(
            f"an example runs a row of zeros, which the model refuses: {error}; give it"
            " rows by Model.with_golden, or golden="
        ) from None
    assert golden is not None
    return Row(golden.inputs[0], golden.scores[0])
