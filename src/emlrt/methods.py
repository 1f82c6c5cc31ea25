# SPDX-License-Identifier: MIT
"""How a method's result follows from scores: the blob's METHODS texts.

Texts about inputs are for others (see `emlrt.column_texts`). Of the rest, the first
is the estimator's type, each further one `name=how`. `how` is a source and then
changes to it, parted by "|":

    class         labels by emlrt_classify
    proba         probabilities by emlrt_proba: (n, classes), a list for outputs
    p1            the second class's probability of each output: (n, outputs)
    scores        the scores that output_sizes cover
    scores[a:b]   elements a to b - 1 of y
    nearest       what the last stage of a NEAREST op writes; changes are those
                  of the distances
    columns       keep two dimensions, even for one column
    list          of class and proba: one output alone is given as one of several; of
                  scores[a:b]: as many columns for each output as it has classes
    labels        of class: outputs are labels of one target, numbered in classes_
    as:TYPE       of each element: bool, int32 or float64; of labels, which must be
                  numbers, too
    negate, root, log, int          of each element
    plus:NUMBER, times:NUMBER       of each element
    difference    second column minus first
    logsum        logarithm of the sum of exponentials, by EMLRT_OP_LOGSUMEXP
    logsoftmax    each minus that: logarithms of the softmax, by float64
    common        each plus the last column, which goes
    loglogistic   of one column: logarithms of 1 - p and p, p its logistic function
    logshares     logarithms of each one's logistic function divided by their sum
    logeach       logarithm of each one's logistic function

Logarithms of probabilities that follow from logits, or from a score for two classes,
are taken from those, since what float32 rounds to 0 has a logarithm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Program
from emlrt.column_texts import is_of_inputs
from emlrt.errors import FormatError
from emlrt.metadata import Metadata
from emlrt.native import apply
from emlrt.parts import until

#: scikit-learn's float64 logistic function of what is below minus this is 0.
LOWEST = 709.782712893384
_CLASSIFIER = {"predict": "class"}
_PROBA = {**_CLASSIFIER, "predict_proba": "proba", "predict_log_proba": "proba|log"}
_DECIDES = {**_CLASSIFIER, "decision_function": "scores"}
#: Type and methods of a blob that does not say them, by header.output.
DEFAULT_METHODS: dict[int, tuple[str, dict[str, str]]] = {
    lib.EMLRT_OUTPUT_VALUES: ("regressor", {"predict": "scores"}),
    lib.EMLRT_OUTPUT_VOTES: ("classifier", _PROBA),
    lib.EMLRT_OUTPUT_LOGITS: ("classifier", _PROBA),
    lib.EMLRT_OUTPUT_LOGISTIC: ("classifier", _PROBA),
    lib.EMLRT_OUTPUT_SHARES: ("classifier", _PROBA),
    lib.EMLRT_OUTPUT_MARGINS: ("classifier", _DECIDES),
    lib.EMLRT_OUTPUT_BINARY: ("classifier", _DECIDES),
    lib.EMLRT_OUTPUT_INLIERS: ("outlier_detector", _DECIDES),
}
#: What an original can be.
KINDS = (
    "classifier",
    "regressor",
    "outlier_detector",
    "clusterer",
    "density_estimator",
    "transformer",
    "network",
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = r"-?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?"
_INDEX = "[0-9]{1,9}"
#: Changes without a number or a type.
WORDS = (
    *("negate", "root", "log", "int", "difference", "logsum", "logsoftmax"),
    *("logshares", "logeach", "loglogistic", "common", "columns", "list", "labels"),
)
#: Types of `as:`.
TYPES = ("bool", "int32", "float64")
#: Changes to labels, rather than to numbers.
_OF_LABELS = ("columns", "list", "labels")
_HOW = re.compile(
    rf"(class|proba|p1|nearest|scores(\[(?P<a>{_INDEX}):(?P<b>{_INDEX})\])?)"
    rf"(\|({'|'.join(WORDS)}|as:({'|'.join(TYPES)})|(plus|times):{_NUMBER})(?=\||\Z))*+"
)


@dataclass(frozen=True)
class Method:
    """One parsed recipe."""

    source: str
    span: tuple[int, int] | None
    changes: tuple[str, ...]


def parse(how: str) -> Method:
    """A recipe from its text.

    Raises
    ------
    FormatError
        If it is none.
    """
    match = _HOW.fullmatch(how)
    if match is None:
        raise FormatError(f"unknown way to an answer: {how[:80]!r}", "METADATA")
    source, *changes = how.split("|")
    span = None
    if match["a"] is not None:
        span = int(match["a"]), int(match["b"])
    return Method(source.partition("[")[0], span, tuple(changes))


def _check(name: str, how: Method, program: Program) -> None:
    """Refuses a recipe that this program cannot follow."""
    start, stop = how.span or (0, 1)
    if not start < stop <= program.n_scores:
        raise FormatError(f"{name} asks for scores that are not there", "METADATA")
    listed = how.source == "scores" and "list" in how.changes
    if listed and stop - start != sum(program.class_counts):
        raise FormatError(f"{name} asks for lists that are no classes'", "METADATA")
    if how.source == "class":
        _check_labels(name, how, program.metadata)
    if how.source == "nearest" and _last_nearest(program) < 0:
        raise FormatError(f"{name} asks for neighbours, but no stage does", "METADATA")


def _check_labels(name: str, how: Method, metadata: Metadata) -> None:
    """Refuses changes of labels that are for numbers."""
    for change in how.changes:
        numbers = all(labels.dtype.kind in "biuf" for labels in metadata.classes)
        if change not in _OF_LABELS and not (change.startswith("as:") and numbers):
            raise FormatError(f"{name} asks for {change} of labels", "METADATA")


def _kind(text: str) -> str:
    if text not in KINDS:
        raise FormatError(f"unknown kind of model: {text[:80]!r}", "METADATA")
    return text


def _recipes(texts: Sequence[str]) -> dict[str, str]:
    """The recipes of `name=how` texts, each name once."""
    found: dict[str, str] = {}
    for text in texts:
        name, _, how = text.partition("=")
        if not _NAME.fullmatch(name):
            raise FormatError(f"no method's name: {name[:80]!r}", "METADATA")
        if name in found:
            raise FormatError(f"method {name[:80]}, given twice", "METADATA")
        found[name] = how
    return found


def read(program: Program) -> tuple[str, dict[str, Method]]:
    """The estimator's type, and its methods, of a blob.

    Raises
    ------
    FormatError
        If the type is none, a method is given twice, or its recipe is none, or none
        for this program.
    """
    kind, methods = DEFAULT_METHODS[program.output]
    texts = [text for text in program.metadata.methods if not is_of_inputs(text)]
    if texts:
        kind, methods = _kind(texts[0]), _recipes(texts[1:])
    found = {name: parse(how) for name, how in methods.items()}
    for name, how in found.items():
        _check(name, how, program)
    return kind, found


def _logsum(x: NDArray[Any]) -> NDArray[Any]:
    return apply(lib.EMLRT_OP_LOGSUMEXP, np.ascontiguousarray(x, np.float32), 1)


def _log_softmax(x: NDArray[Any]) -> NDArray[Any]:
    x = x.astype(np.float64)
    x = x - x.max(axis=1, keepdims=True)
    return np.asarray(x - np.log(np.exp(x).sum(axis=1, keepdims=True)))


def _log_shares(x: NDArray[Any]) -> NDArray[Any]:
    """scikit-learn divides float64 numbers, and takes them for equal if all are 0."""
    logs = -np.logaddexp(0, -x.astype(np.float64))
    return _log_softmax(np.where(logs < -LOWEST, -2 * LOWEST, logs))


def _log_pairs(x: NDArray[Any]) -> NDArray[Any]:
    x = x.astype(np.float64)
    return np.asarray(-np.logaddexp(0, np.hstack([x, -x])))


def has_logs(output: int) -> bool:
    """Whether probabilities follow from scores by softmax or the logistic function,
    so that scores have their logarithms."""
    return output in (lib.EMLRT_OUTPUT_LOGITS, lib.EMLRT_OUTPUT_LOGISTIC)


def log_proba(
    output: int, scores: NDArray[Any], output_sizes: Sequence[int]
) -> list[NDArray[Any]]:
    """Logarithms of each output's probabilities, of a kind that `has_logs`."""
    splits = np.cumsum(output_sizes)[:-1]
    parts = np.split(scores[:, : sum(output_sizes)], splits, axis=1)
    if output == lib.EMLRT_OUTPUT_LOGITS:
        return [_log_softmax(part) for part in parts]
    return [_log_pairs(part) for part in parts]


def change(x: NDArray[Any], changes: Sequence[str]) -> NDArray[Any]:
    """Numbers (n, columns) after the changes; one column becomes (n,)."""
    for name in changes:
        name, _, number = name.partition(":")
        if name == "logsum":
            x = _logsum(x).astype(np.float64)
        elif name == "logsoftmax":
            x = _log_softmax(x)
        elif name == "loglogistic":
            x = _log_pairs(x)
        elif name == "logshares":
            x = _log_shares(x)
        elif name == "logeach":
            x = -np.logaddexp(0, -x.astype(np.float64))
        elif name == "common":
            x = x[:, :-1] + x[:, -1:]
        elif name == "difference":
            x = x[:, 1:2] - x[:, :1]
        elif name == "negate":
            x = -x
        elif name == "root":
            x = np.sqrt(x)
        elif name == "log":
            with np.errstate(divide="ignore"):
                x = np.log(x)
        elif name == "plus":
            x = x + float(number)
        elif name == "times":
            x = x * float(number)
        elif name == "int":
            x = x.astype(np.int64)
        elif name == "as":
            x = x.astype(np.dtype(number))
    return x if x.shape[1] != 1 or "columns" in changes else x[:, 0]


def _last_nearest(program: Program) -> int:
    """Number of the last stage that finds neighbours, -1 if there is none."""
    names = [stage.name for stage in program.stages]
    return max((i for i, n in enumerate(names) if n.startswith("nearest")), default=-1)


def nearest_program(program: Program) -> tuple[Program, int]:
    """The first part of a program, whose scores are the list of neighbours, and how
    many there are."""
    last = _last_nearest(program)
    stage = program.stages[last]
    part = until(program, last, stage, lib.EMLRT_OUTPUT_VOTES)
    return part, part.n_scores // (3 if stage.name == "nearest_i16" else 2)


def nearest_list(
    scores: NDArray[np.uint32], k: int, changes: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distances and indices (n, k) from what a NEAREST op writes."""
    distances = scores[:, :k].view(np.float32).astype(np.float64)
    if scores.shape[1] == 3 * k:
        distances = scores[:, :k] + scores[:, k : 2 * k] * 2.0**32
    return change(distances, (*changes, "columns")), scores[:, -k:].astype(np.int64)
