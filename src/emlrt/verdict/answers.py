# SPDX-License-Identifier: MIT
"""Answers of a model and of its original, as arrays that can be compared."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.verdict.recordings import Recordings
from emlrt.verdict.streamed import streamed

if TYPE_CHECKING:
    from emlrt.model import Model

#: Methods whose results are compared: the first that the model has.
_METHODS = ("predict", "transform", "score_samples", "mahalanobis")
#: Methods whose numbers show what quantization costs: the first that both have.
_NUMBERS = ("predict_proba", "decision_function", "predict", "transform")


def method_of(model: Model) -> str:
    """The method whose results are a model's answers."""
    for name in _METHODS:
        if name in model.methods:
            return name
    raise ValueError(
        f"a {model.estimator_type} with {', '.join(model.methods)} alone gives no"
        " answers that can be compared"
    )


def labelled(model: Model) -> bool:
    """Whether the answers are labels, which are equal or not, instead of values."""
    return bool(model.output_classes) and method_of(model) == "predict"


def metric_of(model: Model) -> str:
    """The score of a model's answers, "accuracy" or "r2"; "" if it has none."""
    kind = model.estimator_type
    if labelled(model):
        return "accuracy" if kind in ("classifier", "outlier_detector") else ""
    return "r2" if kind in ("regressor", "network") else ""


def answers(model: Model, X: Any) -> NDArray[Any]:
    """The model's answers to rows, or to the windows of recordings: (n_rows,), or
    (n_rows, n) of several outputs."""
    name = method_of(model)
    if isinstance(X, Recordings):
        return _array(model.answer_of(name, X.scores(model)))
    return _array(getattr(model, name)(X))


def count(X: Any) -> int:
    """Rows of X, which its owner checks."""
    try:
        return len(X)
    except TypeError:
        raise ValueError(f"X is no rows, but {type(X).__name__}") from None


def _array(found: Any) -> NDArray[Any]:
    """An array of what a method or a caller gives; one column is a vector."""
    array = np.asarray(found)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    return array


def _kind(array: NDArray[Any]) -> str:
    """ "texts", "bytes" or "numbers"."""
    if array.dtype.kind in "US":
        return "texts" if array.dtype.kind == "U" else "bytes"
    if array.dtype.kind != "O":
        return "numbers"
    return "texts" if any(isinstance(x, str) for x in array.ravel()[:100]) else ""


def aligned(given: Any, like: NDArray[Any], what: str, rows: str) -> NDArray[Any]:
    """Answers of somebody else, with the shape and the kind of the model's.

    what, rows: whose they are, and of which rows, in a message.

    Raises
    ------
    ValueError
        If there are more or fewer of them, or they are texts where the model's are
        numbers, or the other way round.
    """
    found = _array(given)
    if found.ndim == 0 or len(found) != len(like):
        n = len(found) if found.ndim else 1
        raise ValueError(f"{what} has {n} rows, and {rows} has {len(like)}")
    if found.shape != like.shape:
        raise ValueError(
            f"{what} has the shape {found.shape}, and the model's answers have"
            f" {like.shape}: give one answer for each output, labels for a classifier"
        )
    theirs, own = _kind(found), _kind(like)
    if theirs != own and theirs and own:
        raise ValueError(
            f"{what} holds {theirs}, and the model answers with {own}; give what the"
            " original's predict gives"
        )
    return found


def strange(model: Model, given: NDArray[Any]) -> NDArray[np.int64]:
    """Rows in which answers, aligned with the model's, have what is none of its labels,
    as probabilities are."""
    columns = given.reshape(len(given), -1).T
    pairs = zip(columns, model.output_classes, strict=True)
    known = [np.isin(column, labels) for column, labels in pairs]
    return np.flatnonzero(~np.all(known, axis=0))


def refuse_strange(
    model: Model, given: NDArray[Any], what: str, most: int = 0
) -> NDArray[np.int64]:
    """The rows of `strange`; ValueError if there are more than so many."""
    rows = strange(model, given)
    if len(rows) > most:
        labels = " and of ".join(_some(each) for each in model.output_classes[:3])
        raise ValueError(
            f"{what} holds {given[rows[0]]} (row {rows[0]}), and the model answers with"
            f" labels, of {labels}; give labels, no probabilities and no other names"
        )
    return rows


def _check_original(model: Model, original: Any) -> None:
    """Refuses an estimator of another kind."""
    theirs = getattr(original, "classes_", None)
    kind = getattr(original, "_estimator_type", None)
    if kind is None and hasattr(original, "__sklearn_tags__"):
        kind = original.__sklearn_tags__().estimator_type
    named = type(original).__name__
    known = ("classifier", "regressor")
    if kind in known and model.estimator_type in known and kind != model.estimator_type:
        raise ValueError(
            f"original is a {kind} ({named}), and the model is of a"
            f" {model.estimator_type}: it is not what was converted"
        )
    one = len(model.output_classes) == 1 and kind == "classifier"
    if one and isinstance(theirs, np.ndarray) and labelled(model):
        own = model.output_classes[0]
        if not np.array_equal(theirs, own):
            raise ValueError(
                f"original ({named}) has the classes {_some(theirs)}, and the model"
                f" {_some(own)}: it is not what was converted"
            )


def _some(labels: Any) -> str:
    shown = ", ".join(map(str, list(labels)[:6]))
    return f"{shown}, ..." if len(labels) > 6 else shown


def _asked(original: Any, name: str, X: Any) -> Any:
    """What a method of the original gives for X."""
    if isinstance(X, Recordings):
        return streamed(original, name, X)
    try:
        return getattr(original, name)(X)
    except TypeError as error:  # XGBoost's Booster takes a DMatrix
        raise TypeError(
            f"{name} of the original, a {type(original).__name__}, does not take X:"
            f" give original= what it gave for these rows ({error})"
        ) from error


def of_original(
    model: Model, original: Any, X: Any, like: NDArray[Any]
) -> NDArray[Any]:
    """The original's answers to the same rows, or windows of recordings.

    original : an estimator, or its answers
        What has the method that the model's answers come from, fitted; or an
        array-like of what that method gave for X; of recordings, of all windows, or a
        list of those of each recording.
    """
    name = method_of(model)
    if isinstance(original, type):
        raise TypeError(f"original is the class {original.__name__}, not a fitted one")
    if hasattr(original, name):
        _check_original(model, original)
        found = aligned(_asked(original, name, X), like, "the original's answer", "X")
    elif hasattr(original, "get_params"):
        raise TypeError(
            f"original, a {type(original).__name__}, has no {name}, which the model has"
        )
    else:
        found = aligned(_joined(original, X), like, "original", "X")
    if labelled(model):
        refuse_strange(model, found, "original")
    return found


def _joined(answers: Any, X: Any) -> Any:
    """Answers to recordings, given as an array of each, as one array."""
    listed = isinstance(X, Recordings) and isinstance(answers, list | tuple)
    if not listed or len(answers) != len(X.parts):
        return answers
    parts = [np.asarray(each) for each in answers]
    return np.concatenate(parts) if all(part.ndim for part in parts) else answers


def score_of(metric: str, y: NDArray[Any], found: NDArray[Any]) -> float | None:
    """Accuracy, the share of equal labels, or R2, of answers. Of several outputs it is
    their mean, of labels the share of rows in which all are equal. None if it is not
    known: R2 of targets that are all equal, or of answers that are no numbers."""
    if metric == "accuracy":
        equal = y == found
        return float((equal if equal.ndim == 1 else equal.all(axis=1)).mean())
    spread = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    error = ((y - found) ** 2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = np.where(spread > 0, 1 - error / spread, np.nan)
    mean = float(np.mean(r2))
    return mean if isfinite(mean) else None


def numbers_of(of: Any, names: tuple[str, ...], X: Any) -> tuple[str, NDArray[Any]]:
    """The numbers behind answers, as float64 (n_rows, n): the first of the methods
    that `of` has, and its name. Several outputs stand side by side."""
    name = next((n for n in names if hasattr(of, n)), None)
    if name is None:
        raise ValueError(f"a {type(of).__name__} has none of {', '.join(names)}")
    found = getattr(of, name)(X)
    parts = found if isinstance(found, list) else [found]
    columns = [np.asarray(part).reshape(len(part), -1) for part in parts]
    try:
        return name, np.concatenate(columns, axis=1).astype(np.float64)
    except ValueError:
        raise ValueError(
            f"{name} of {type(of).__name__} gives labels that are texts: give scores"
        ) from None


def number_methods(model: Model) -> tuple[str, ...]:
    """Methods of numbers that a model has, the best first."""
    return tuple(name for name in _NUMBERS if name in model.methods)
