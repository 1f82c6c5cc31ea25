# SPDX-License-Identifier: MIT
"""scikit-learn's decision_function of SVC, as skl2onnx writes it: dozens of nodes.

They make votes of each class of the decisions between pairs, and something below 1/2
that grows with the sum of its decisions. There is one op for all of it.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """scikit-learn's decision_function, if the values are that."""
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


@dataclass(frozen=True, eq=False)
class _Read:
    """The values that a node reads. forms: of those that are forms; number: the last
    value, if it is a constant of one number."""

    graph: Graph
    node: Node
    values: list[Any]
    forms: list[Forms]
    number: float | None

    @property
    def first(self) -> Forms:
        return self.forms[0]

    @property
    def all_forms(self) -> bool:
        return len(self.forms) == len(self.values)

    @property
    def linear(self) -> bool:
        return all(form.kind == "linear" for form in self.forms)


def _cast(read: _Read) -> Forms | None:
    return read.first if read.node.integer("to", 1) in (1, 11) else None


def _less(read: _Read) -> Forms | None:
    return _below(read.first, read.number)


def _neg(read: _Read) -> Forms | None:
    return _times(read.first, -1.0) if read.linear else None


def _abs(read: _Read) -> Forms | None:
    return replace(read.first, kind="size") if read.linear else None


def _mul(read: _Read) -> Forms | None:
    return None if read.number is None else _times(read.first, read.number)


def _concat(read: _Read) -> Forms | None:
    joined = read.all_forms and read.linear and read.node.integer("axis", 0) == 1
    if not joined:
        return None
    return replace(read.first, matrix=np.concatenate([f.matrix for f in read.forms]))


def _sum(read: _Read) -> Forms | None:
    if not read.all_forms or not read.linear:
        return None
    if len({form.matrix.shape for form in read.forms}) != 1:
        return None
    return replace(read.first, matrix=np.sum([f.matrix for f in read.forms], axis=0))


def _add(read: _Read) -> Forms | Scores | None:
    if read.number is not None:
        return _added(read.first, read.number)
    if read.all_forms and read.linear:
        return _sum(read)
    pair = read.all_forms and len(read.forms) == 2
    return _finished(read.graph, *read.forms) if pair else None


def _div(read: _Read) -> Forms | None:
    pair = read.all_forms and len(read.forms) == 2
    return _divided(*read.forms) if pair else None


def _extracted(read: _Read) -> Forms | None:
    indices = read.values[1]
    if not read.linear or not isinstance(indices, np.ndarray):
        return None
    at = indices.ravel()
    inside = at.dtype.kind in "iu" and ((at >= 0) & (at < len(read.first.matrix))).all()
    return replace(read.first, matrix=read.first.matrix[at]) if inside else None


#: By a node's op, what it makes of forms; None if it makes none of the kind.
_MAKERS: dict[str, Callable[[_Read], Forms | Scores | None]] = {
    "Cast": _cast,
    "Less": _less,
    "Neg": _neg,
    "Abs": _abs,
    "Mul": _mul,
    "Add": _add,
    "Concat": _concat,
    "Sum": _sum,
    "Div": _div,
    "ArrayFeatureExtractor": _extracted,
}


def joined(graph: Graph, node: Node, values: list[Any]) -> Any:
    """What a node makes of forms; None if it makes none of the kind."""
    forms = [forms_of(value) for value in values]
    some = [form for form in forms if form is not None]
    if node.op not in _MAKERS or forms[0] is None:
        return None
    if any(form.scores is not some[0].scores for form in some):
        return None
    return _MAKERS[node.op](_Read(graph, node, values, some, _number(values[-1])))
