# SPDX-License-Identifier: MIT
"""What an example runs a model on, and the scores that Python has of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.model import Model
from emlrt.stream import Stream


@dataclass(frozen=True)
class Row:
    """x: the elements of one run. scores: of it."""

    x: NDArray[Any]
    scores: NDArray[Any]


def silence(model: Model) -> NDArray[Any]:
    """The scores of the first window of a stream of zeros."""
    samples = np.zeros(model.window.length, model.input_dtype)
    scores: NDArray[Any] = Stream(model).push_scores(samples)[0]
    return scores


def row_of(model: Model) -> Row:
    """The first golden vector of finite numbers, else of zeros.

    Raises
    ------
    ValueError
        If there is none, and the model refuses zeros.
    """
    golden = model.program.metadata.golden
    if golden is not None:
        for x, scores in zip(golden.inputs, golden.scores, strict=True):
            if np.isfinite(x).all():
                return Row(x, scores)
    zeros = np.zeros((1, model.n_features_in_))
    golden = model.with_golden(zeros).program.metadata.golden
    assert golden is not None
    return Row(golden.inputs[0], golden.scores[0])
