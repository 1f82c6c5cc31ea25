# SPDX-License-Identifier: MIT
"""ONNX's support vector machines, and what skl2onnx puts behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from emlrt._native import lib
from emlrt.convert.answer import Answer, classifier
from emlrt.convert.ensemble import Floats, Ints
from emlrt.convert.graph import Graph, Wire
from emlrt.convert.kernel_sums import Kernel, Machine
from emlrt.convert.kernels import _coupled, _votes
from emlrt.convert.onnx_graph import Node
from emlrt.convert.onnx_values import PROBA, Rows, Scores, Value, chosen, labels_of
from emlrt.convert.onnx_values import transform_of as _transform

_KERNELS = {"LINEAR": "linear", "POLY": "poly", "RBF": "rbf", "SIGMOID": "sigmoid"}


def _finite(node: Node, name: str, size: int | None = None) -> Floats:
    found = node.floats(name, size).astype(np.float64)
    if not np.isfinite(found).all():
        raise node.wrong(f"{name} is NaN or infinite")
    return found


def _kernel(node: Node) -> Kernel:
    name = node.text("kernel_type", "LINEAR")
    if name not in _KERNELS:
        raise node.unsupported(
            f"kernel_type={name!r} is not supported; {', '.join(_KERNELS)} are"
        )
    if name == "LINEAR" and "kernel_params" not in node:
        return Kernel("linear")
    gamma, coef0, degree = _finite(node, "kernel_params", 3).tolist()
    if name == "POLY" and (degree != int(degree) or degree < 0):
        raise node.unsupported(f"a polynomial kernel of degree {degree}")
    return Kernel(_KERNELS[name], gamma, coef0, int(degree))


def _rows(node: Node, n_features: int) -> Floats:
    """Support vectors (n, n_features)."""
    found = _finite(node, "support_vectors")
    if not found.size:
        raise node.unsupported("without support_vectors is not supported")
    if found.size % n_features:
        raise node.wrong(f"support_vectors are no rows of {n_features} numbers")
    return found.reshape(-1, n_features)


def _check_transform(node: Node) -> None:
    if _transform(node) != "NONE":
        raise node.unsupported("post_transform is not supported; only 'NONE' is")


def regressor(graph: Graph, node: Node, x: Rows) -> list[Value]:
    """SVMRegressor."""
    _check_transform(node)
    if node.integer("one_class", 0):
        raise node.unsupported("one_class=1 is not supported")
    rows = _rows(node, x.wire.count)
    if node.integer("n_supports", len(rows)) != len(rows):
        raise node.wrong(f"n_supports is not {len(rows)}")
    coefficients = _finite(node, "coefficients", len(rows))[:, None]
    machine = Machine(_kernel(node), rows, coefficients, _finite(node, "rho", 1))
    return [Rows(machine.emit(graph, x.wire), x.missing)]


@dataclass(frozen=True, eq=False)
class _Classes:
    """A classifier's parameters, with libsvm's signs: a decision between two classes
    is for the first one above 0.

    coefficients : (n_classes - 1, n_rows).
    """

    kernel: Kernel
    rows: Floats
    coefficients: Floats
    counts: Ints
    rho: Floats
    slopes: Floats
    biases: Floats

    def linear(self) -> Floats:
        """Weights (n_pairs, n_features) of a linear kernel."""
        ends = np.cumsum([0, *self.counts])
        parts = [slice(a, b) for a, b in pairwise(ends)]
        dual, rows, k = self.coefficients, self.rows, len(parts)
        return np.array(
            [
                dual[j - 1, parts[i]] @ rows[parts[i]]
                + dual[i, parts[j]] @ rows[parts[j]]
                for i in range(k)
                for j in range(i + 1, k)
            ]
        )

    def decisions(self, graph: Graph, x: Wire, starts: Floats) -> Wire:
        """Decisions between pairs, which start from given numbers."""
        if self.kernel.name == "linear":
            return graph.dense(x, self.linear(), starts)
        counts = tuple(self.counts.tolist()) if len(self.counts) > 2 else ()
        machine = Machine(self.kernel, self.rows, self.coefficients.T, starts, counts)
        return machine.emit(graph, x)


def _classes(node: Node, n_features: int, k: int) -> _Classes:
    rows, counts = _rows(node, n_features), node.ints("vectors_per_class", k)
    if (counts < 0).any() or counts.sum() != len(rows):
        raise node.wrong(f"vectors_per_class do not add up to {len(rows)}")
    n_pairs = k * (k - 1) // 2
    n_probabilities = n_pairs if "prob_a" in node else 0
    return _Classes(
        _kernel(node),
        rows,
        _finite(node, "coefficients", (k - 1) * len(rows)).reshape(k - 1, -1),
        counts,
        _finite(node, "rho", n_pairs),
        _finite(node, "prob_a", n_probabilities),
        _finite(node, "prob_b", n_probabilities),
    )


def _with_proba(graph: Graph, found: _Classes, x: Rows, classes: Any) -> list[Value]:
    """ONNX's labels are those of the largest probability.

    Probabilities follow from decisions that start from 0: see kernels.py.
    """
    pairs = found.decisions(graph, x.wire, np.zeros(found.rho.size))
    biases = found.biases + found.slopes * found.rho
    p = _coupled(graph, pairs, len(classes), found.slopes, biases)
    answer = classifier("shares", p, classes, methods=PROBA, missing=x.missing)
    return chosen(answer)


def svm_classifier(graph: Graph, node: Node, x: Rows) -> list[Value]:
    """SVMClassifier."""
    _check_transform(node)
    classes = labels_of(node, "classlabels_ints", "classlabels_strings")
    k = classes.size
    found = _classes(node, x.wire.count, k)
    if found.slopes.size:
        return _with_proba(graph, found, x, classes)
    if (found.coefficients >= 0).all():
        raise node.unsupported(
            "no coefficient is negative, and runtimes do not agree about what that"
            " means"
        )
    if k == 2:
        turned = replace(found, coefficients=-found.coefficients)
        score = turned.decisions(graph, x.wire, -found.rho)
        methods = {"predict": "class", "decision_function": "scores"}
        answer = classifier(
            "inliers", score, classes, methods=methods, missing=x.missing
        )
        return chosen(answer)
    pairs = found.decisions(graph, x.wire, found.rho)
    votes = _votes(graph, pairs, k, lib.EMLRT_OVO_VOTES)
    how = f"scores[{k}:{k + pairs.count}]"
    methods = {"predict": "class", "decision_function": how}
    answer = classifier("margins", votes, classes, methods=methods, missing=x.missing)
    return chosen(answer.but(extras=(pairs,)), pairs)


# What skl2onnx makes of decisions between pairs: votes of each class, and something
# below 1/2 that grows with the sum of its decisions. There is an op for all of it.


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
    k = scores.answer.scores.count
    wanted = _expected(k)
    if votes.kind != "linear" or ratio.kind != "ratio" or scores.pairs is None:
        return None
    if not (
        np.array_equal(votes.matrix, wanted[0])
        and np.array_equal(ratio.matrix, wanted[1])
    ):
        return None
    parts = lib.EMLRT_OVO_VOTES | lib.EMLRT_OVO_DECISIONS
    both = _votes(graph, scores.pairs, k, parts)
    methods = {"predict": "class", "decision_function": f"scores[{k}:{2 * k}]"}
    answer: Answer = scores.answer.but(
        scores=both, groups=(k,), methods=methods, extras=()
    )
    return Scores(answer, scores.decision)


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
        return first
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
    if node.op == "Concat" and every and linear:
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
