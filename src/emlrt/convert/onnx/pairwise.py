# SPDX-License-Identifier: MIT
"""scikit-learn's decision_function of SVC, as skl2onnx writes it: dozens of nodes.

They make votes of each class of the decisions between pairs, and something below 1/2
that grows with the sum of its decisions. There is one op for all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.numeric.pairs import pair_votes
from emlrt.convert.onnx.graph import Node
from emlrt.convert.onnx.values import Scores
from emlrt.convert.trees.ensemble import Floats

#: Most pairs of classes whose forms are followed: those of 32 classes.
_PAIRS_MAX = 496


@dataclass(frozen=True, eq=False)
class Forms:
    """Numbers that are linear in the decisions d of n pairs, in whether each is
    below 0, and in 1, or a function of these.

    matrix : (count, 2 n + 1). kind: "linear"; "size", factor * (|.| + plus); or
    "ratio", each divided by 3 (|.| + 1).
    """

    scores: Scores
    matrix: Floats
    kind: str = "linear"
    factor: float = 1.0
    plus: float = 0.0


def forms_of(value: Any) -> Forms | None:
    """Decisions between pairs as forms of themselves."""
    if isinstance(value, Forms):
        return value
    if not isinstance(value, Scores) or value.pairs is None:
        return None
    n = value.pairs.count
    if n > _PAIRS_MAX:
        return None
    return Forms(value, np.eye(n, 2 * n + 1))


def _number(value: Any) -> float | None:
    """A constant that is one number."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf":
        return float(value.ravel()[0])
    return None


def _below(form: Forms, limit: float | None) -> Forms | None:
    n = form.matrix.shape[1] // 2
    plain = np.eye(n, 2 * n + 1)
    if limit != 0 or form.kind != "linear" or not np.array_equal(form.matrix, plain):
        return None
    return replace(form, matrix=np.roll(plain, n, axis=1))


def _added(form: Forms, number: float) -> Forms | None:
    if form.kind == "linear":
        matrix = form.matrix.copy()
        matrix[:, -1] += number
        return replace(form, matrix=matrix)
    if form.kind == "size" and form.factor == 1:
        return replace(form, plus=form.plus + number)
    return None


def _times(form: Forms, number: float) -> Forms | None:
    if form.kind == "linear":
        return replace(form, matrix=form.matrix * number)
    return replace(form, factor=form.factor * number) if form.kind == "size" else None


def _divided(above: Forms, below: Forms) -> Forms | None:
    right = above.kind == "linear" and below.kind == "size"
    right = right and below.factor == 3 and below.plus == 1
    if not right or not np.array_equal(above.matrix, below.matrix):
        return None
    return replace(above, kind="ratio")


def _expected(k: int) -> tuple[Floats, Floats]:
    """Votes, and sums of decisions, of k classes."""
    n = k * (k - 1) // 2
    votes, sums = np.zeros((k, 2 * n + 1)), np.zeros((k, 2 * n + 1))
    first, second = np.triu_indices(k, 1)
    pair = np.arange(n)
    votes[:, -1] = np.bincount(first, minlength=k)
    votes[first, n + pair], votes[second, n + pair] = -1.0, 1.0
    sums[first, pair], sums[second, pair] = 1.0, -1.0
    return votes, sums


def _finished(graph: Graph, votes: Forms, ratio: Forms) -> Scores | None:
    """scikit-learn's decision_function, if it is that."""
    scores = votes.scores
    k = scores.spec.scores.count
    wanted = _expected(k)
    if votes.kind != "linear" or ratio.kind != "ratio" or scores.pairs is None:
        return None
    if not (
        np.array_equal(votes.matrix, wanted[0])
        and np.array_equal(ratio.matrix, wanted[1])
    ):
        return None
    parts = lib.EMLRT_OVO_VOTES | lib.EMLRT_OVO_DECISIONS
    both = pair_votes(graph, scores.pairs, k, parts)
    methods = {"predict": "class", "decision_function": f"scores[{k}:{2 * k}]"}
    spec: OutputSpec = scores.spec.but(
        scores=both, output_sizes=(k,), methods=methods, extras=()
    )
    return Scores(spec, scores.decision)


def glue(graph: Graph, node: Node, values: list[Any]) -> Any:
    """What a node makes of forms; None if it makes none of the kind."""
    forms = [forms_of(value) for value in values]
    first, number = forms[0], _number(values[-1])
    some = [f for f in forms if f is not None]
    linear = all(f.kind == "linear" for f in some)
    every = len(some) == len(values)
    if first is None or any(f.scores is not first.scores for f in some):
        return None
    if node.op == "Cast":
        return first if node.integer("to", 1) in (1, 11) else None
    if node.op == "Less":
        return _below(first, number)
    if node.op == "Neg" and linear:
        return _times(first, -1.0)
    if node.op == "Abs" and linear:
        return replace(first, kind="size")
    if node.op == "Mul" and number is not None:
        return _times(first, number)
    if node.op == "Add" and number is not None:
        return _added(first, number)
    if node.op == "Concat" and every and linear and node.integer("axis", 0) == 1:
        return replace(first, matrix=np.concatenate([f.matrix for f in some]))
    if node.op in ("Sum", "Add") and every and linear:
        shapes = {f.matrix.shape for f in some}
        if len(shapes) != 1:
            return None
        return replace(first, matrix=np.sum([f.matrix for f in some], axis=0))
    if node.op == "Div" and every and len(some) == 2:
        return _divided(*some)
    if node.op == "Add" and every and len(some) == 2:
        return _finished(graph, *some)
    if node.op == "ArrayFeatureExtractor" and linear:
        at = (
            np.asarray(values[1]).ravel() if isinstance(values[1], np.ndarray) else None
        )
        if at is None or at.dtype.kind not in "iu" or not _within(at, first):
            return None
        return replace(first, matrix=first.matrix[at])
    return None


def _within(at: Any, form: Forms) -> bool:
    return bool(((at >= 0) & (at < len(form.matrix))).all())
