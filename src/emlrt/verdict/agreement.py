# SPDX-License-Identifier: MIT
"""How far the answers of a model are those of its original, and of the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.verdict.answers import (
    aligned,
    answers,
    labelled,
    metric_of,
    of_original,
    refuse_strange,
    score_of,
)
from emlrt.verdict.recordings import Recordings, recordings_of, targets_of

if TYPE_CHECKING:
    from emlrt.model import Model

#: Values differ if they are further apart than this share of the original's value, or
#: of the spread of the original's values. Float32 has seven digits.
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Agreement:
    """Answers of a model to some rows, and what they are compared with.

    Attributes
    ----------
    n_rows : int
    predicted : ndarray (n_rows,) or (n_rows, n_outputs)
    original : ndarray of the same shape, or None
        The original's answers, if it was at hand.
    rows : ndarray of int64
        Rows, from 0 on, whose answers differ: another label, or a value more than
        `TOLERANCE` away. Empty without an original.
    largest, rms, spread : float, or None
        Of values: the largest difference, the root of the mean of their squares, and
        the standard deviation of the original's values; None of labels.
    metric : str
        "accuracy", "r2", or "" without targets. Of several outputs, accuracy is of
        rows in which all are right, and r2 a mean.
    score, original_score : float, or None
        Of the model's, and of the original's answers.
    strange : int
        Rows whose target is a label that the model does not have: it counts as wrong.
    recordings : Recordings, or None
        Where rows are the windows of recordings.
    """

    n_rows: int
    predicted: NDArray[Any] = field(repr=False)
    original: NDArray[Any] | None = field(default=None, repr=False)
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    largest: float | None = None
    rms: float | None = None
    spread: float | None = None
    metric: str = ""
    score: float | None = None
    original_score: float | None = None
    strange: int = 0
    recordings: Recordings | None = field(default=None, repr=False)

    @property
    def what(self) -> str:
        """What rows are: "rows", or "windows"."""
        return "rows" if self.recordings is None else "windows"

    def place(self, row: int) -> str:
        """Words for a row."""
        return f"row {row}" if self.recordings is None else self.recordings.place(row)

    @property
    def share(self) -> float | None:
        """Of the rows that are answered alike; None without an original."""
        return None if self.original is None else 1 - len(self.rows) / self.n_rows

    def some(self, most: int) -> NDArray[np.int64]:
        """A few of the rows that differ: the first, or those of values that differ
        most."""
        if self.original is None or self.largest is None:
            return self.rows[:most]
        n = self.n_rows
        pair = (a.astype(np.float64).reshape(n, -1) for a in self._pair)
        apart = _apart(*pair).max(axis=1)[self.rows]
        return self.rows[np.argsort(-apart, kind="stable")[:most]]

    @property
    def _pair(self) -> tuple[NDArray[Any], NDArray[Any]]:
        original = self.predicted if self.original is None else self.original
        return self.predicted, original

    def to_dict(self) -> dict[str, Any]:
        """Numbers and lists, as JSON has them; all rows that differ, with both
        answers."""
        found: dict[str, Any] = {"rows": self.n_rows, "of": self.what}
        if self.recordings is not None:
            found["recordings"] = len(self.recordings.parts)
        if self.original is not None:
            found |= {
                "share": self.share,
                "differ": self.rows.tolist(),
                "differ_model": self.predicted[self.rows].tolist(),
                "differ_original": self.original[self.rows].tolist(),
                "largest_difference": self.largest,
                "rms_difference": self.rms,
                "spread": self.spread,
            }
            if self.recordings is not None:
                places = self.recordings
                found["differ_recordings"] = places.origin[self.rows].tolist()
                found["differ_starts"] = places.starts[self.rows].tolist()
        if self.metric:
            found |= {"metric": self.metric, "score": self.score}
            found["original_score"] = self.original_score
            found["strange"] = self.strange
        return found


def _apart(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far values are apart; 0 of equal infinities and of NaN in both, and infinity
    of NaN in one."""
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0.0, np.abs(a - b))
    found: NDArray[np.float64] = np.where(np.isnan(apart), np.inf, apart)
    return found


def differing(
    found: NDArray[Any], wanted: NDArray[Any], labels: bool
) -> dict[str, Any]:
    """Rows in which answers differ, and by how much, as `Agreement` has it."""
    if labels:
        differ = found != wanted
        return {"rows": np.flatnonzero(_any(differ))}
    a, b = found.astype(np.float64), wanted.astype(np.float64)
    apart = _apart(a, b)
    spread = np.std(np.where(np.isfinite(b), b, 0.0), axis=0)
    size = np.where(np.isfinite(b), np.abs(b), 0.0)
    differ = apart > TOLERANCE * np.maximum(size, spread)
    return {
        "rows": np.flatnonzero(_any(differ)),
        "largest": float(apart.max(initial=0.0)),
        "rms": float(np.sqrt(np.mean(apart**2))),
        "spread": float(np.mean(spread)),
    }


def _any(differ: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether any output of a row does."""
    return np.asarray(differ if differ.ndim == 1 else differ.any(axis=1))


def confusion_of(
    original: NDArray[Any], predicted: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """How often each label of the original (rows) became one of the model's (columns),
    and the labels."""
    both = np.concatenate([original, predicted])
    labels, at = np.unique(both, return_inverse=True)
    n = len(original)
    counts = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(counts, (at[:n], at[n:]), 1)
    return counts, labels


def _scored(
    model: Model,
    y: Any,
    found: NDArray[Any],
    wanted: NDArray[Any] | None,
    recordings: Recordings | None,
) -> dict[str, Any]:
    """The metric and the scores against targets."""
    metric = metric_of(model)
    if not metric:
        raise ValueError(
            f"y is for classifiers and regressors; a {model.estimator_type} has no"
            " score here"
        )
    if recordings is not None:
        y = targets_of(y, recordings, labelled(model))
    target = aligned(y, found, "y", "X")
    more = {}
    if metric == "r2":
        target = target.astype(np.float64)
    else:
        # Classes that training did not have are possible; of outliers there are none.
        most = len(found) - 1 if model.estimator_type == "classifier" else 0
        more["strange"] = len(refuse_strange(model, target, "y", most))
    theirs = None if wanted is None else score_of(metric, target, wanted)
    own = score_of(metric, target, found)
    return {"metric": metric, "score": own, "original_score": theirs, **more}


def agreement(model: Model, X: Any, y: Any = None, original: Any = None) -> Agreement:
    """Compares the model's answers to rows with the original's, and with targets.

    Parameters
    ----------
    model : emlrt.Model
    X : array-like (n_rows, n_features), or a frame
        Rows as the original gets them, and as the model's predict takes them; or, of a
        model of windows, recordings as `recordings_of` takes them.
    y : array-like (n_rows,) or (n_rows, n_outputs), optional
        What is right, for the score of both; of recordings, as `targets_of` takes it.
    original : estimator, or array-like, optional
        The fitted original, or what its predict gave for X.

    Raises
    ------
    ValueError
        If the model does not take X, or y or the original's answers have another
        length, shape or kind than the model's; if the original's are no labels of a
        model that has labels, or none of y is.
    TypeError
        If the original is neither an estimator with the model's method nor answers.
    """
    recordings = recordings_of(model, X)
    X = X if recordings is None else recordings
    found = answers(model, X)
    more: dict[str, Any] = {"recordings": recordings}
    wanted = None
    if original is not None:
        wanted = of_original(model, original, X, found)
        more |= {"original": wanted, **differing(found, wanted, labelled(model))}
    if y is not None:
        more |= _scored(model, y, found, wanted, recordings)
    return Agreement(len(found), found, **more)
