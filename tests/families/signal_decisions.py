# SPDX-License-Identifier: MIT
"""Decisions behind numbers of classes, one after the other, and behind a forest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

import emlrt
from emlrt import Model, signal
from emlrt.convert.signal.decisions import program

from . import Case, odd_rows

RNG = np.random.default_rng(0)


def alone(n: int, *decisions: Any) -> Any:
    """Decisions that read numbers of n classes: shares, ties, and odd floats."""

    def make() -> tuple[Model, NDArray[np.float32]]:
        made = replace(program(decisions, np.arange(n)), missing=True, infinite=True)
        model = Model._of(made, "", "", None)
        shares = RNG.dirichlet(np.ones(n), 24).astype(np.float32)
        ties = RNG.integers(0, 3, (16, n)) / np.float32(2)
        rows = np.concatenate([shares, ties, odd_rows(n)])
        return model, rows[RNG.permutation(len(rows))]

    return make


def framed(dtype: str, length: int, hop: int, classifier: Any, then: Any) -> Any:
    """A Decision behind windows that overlap, or that runs take whole."""

    def make() -> tuple[Model, NDArray[Any]]:
        X = RNG.integers(-50, 50, (60, length, 2))
        y = (np.ptp(X[:, :, 0], axis=1) > 92) + (X[:, 0, 1] > 0) * 1
        pipeline = make_pipeline(
            signal.Frame(length, hop), signal.TimeFeatures(["mean", "max"]), classifier
        )
        decision = signal.Decision(pipeline, then).fit(X, y)
        model = emlrt.Model.from_sklearn(decision, dtype=dtype, X=X)
        return model, X[:12].reshape(12, -1)

    return make


FOREST = RandomForestClassifier(3, max_depth=3, random_state=0)
VOTE, DEBOUNCE = signal.Vote(3), signal.Debounce(2)
OTHER = signal.Threshold(0.6, off=0.4, other=9)
#: Cases that `cases()` has not: no call of emlrt.h runs them.
STREAMS = [
    Case("vote", alone(3, signal.Vote(4))),
    Case("vote-one", alone(2, signal.Vote(1))),
    Case("vote-soft", alone(3, signal.Vote(3, voting="soft"))),
    Case("threshold", alone(3, signal.Threshold(0.5, off=0.25, other=1))),
    Case("threshold-more", alone(3, signal.Threshold({0: 0.9, 2: 0.0}, other=7))),
    Case("debounce", alone(4, signal.Debounce(3))),
    Case("debounce-one", alone(2, signal.Debounce(1))),
    Case("all", alone(3, VOTE, OTHER, DEBOUNCE)),
    Case("frames", framed("float32", 6, 4, FOREST, [VOTE, OTHER])),
    Case("frames-i16", framed("int16", 6, 2, FOREST, DEBOUNCE)),
    Case("windows", framed("float32", 4, 4, GaussianNB(), [OTHER, VOTE])),
]
CASES: list[Case] = []
