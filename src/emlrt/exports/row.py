# SPDX-License-Identifier: MIT
"""What an example runs a model on, and the scores that Python has of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.model import Model
from emlrt.stream import Stream

#: Bytes of memory, and inputs and scores, that an example's run of zeros may have: a
#: small file may ask for far more, and the example prints the numbers.
_MOST, _PRINTED = 1 << 23, 1 << 16


@dataclass(frozen=True)
class Row:
    """x: the elements of one run. scores: of it."""

    x: NDArray[Any]
    scores: NDArray[Any]


def _check_room(model: Model) -> None:
    """Refuses to run what an example has no room for."""
    size = model.stream_bytes if model.state_bytes else model.arena_bytes
    printed = model.n_features_in_ + model.n_scores
    size += 4 * printed
    if size > _MOST or printed > _PRINTED:
        raise ValueError(
            f"an example runs zeros, and a run of this model has {printed:,} inputs and"
            f" scores, and {size:,} bytes of memory; more than {_PRINTED:,} and"
            f" {_MOST:,} are too much: give it rows by Model.with_golden, or golden="
        )


def silence(model: Model) -> NDArray[Any]:
    """The scores of the first window of a stream of zeros, as the device reads them: of
    raw numbers, where its rule of inputs gives 0.

    Raises
    ------
    ValueError
        If the model takes too much memory.
    """
    _check_room(model)
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
    _check_room(model)
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
