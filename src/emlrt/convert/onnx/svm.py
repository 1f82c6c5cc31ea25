# SPDX-License-Identifier: MIT
"""ONNX's support vector machines, and the nodes that skl2onnx puts behind them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from emlrt._native import lib
from emlrt.convert.ir.graph import WEIGHT, Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.numeric.kernel_sums import Kernel, Machine
from emlrt.convert.numeric.pairs import pair_probabilities, pair_votes
from emlrt.convert.onnx.graph import Node
from emlrt.convert.onnx.values import (
    Rows,
    Value,
    chosen,
    labels_of,
    transform_of,
    with_probabilities,
)
from emlrt.convert.trees.ensemble import Floats, Ints

#: What a pair of classes takes at the worst, as an allowance counts it: work, mostly.
_PAIR = 512
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
    if gamma < 0:
        raise node.unsupported("kernel_params: a gamma below 0 is not supported")
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
    if transform_of(node) != "NONE":
        raise node.unsupported("post_transform is not supported; only 'NONE' is")


def regressor(graph: Graph, node: Node, x: Rows) -> list[Value]:
    """SVMRegressor."""
    _check_transform(node)
    if node.integer("one_class", 0):
        raise node.unsupported("one_class=1 is not supported")
    rows = _rows(node, x.tensor.count)
    if node.integer("n_supports", len(rows)) != len(rows):
        raise node.wrong(f"n_supports is not {len(rows)}")
    coefficients = _finite(node, "coefficients", len(rows))[:, None]
    machine = Machine(_kernel(node), rows, coefficients, _finite(node, "rho", 1))
    return [Rows(machine.convert(graph, x.tensor), x.missing, exact=False)]


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

    def decisions(self, graph: Graph, x: Tensor, starts: Floats) -> Tensor:
        """Decisions between pairs, which start from given numbers."""
        if self.kernel.name == "linear":
            return graph.dense(x, self.linear(), starts)
        counts = tuple(self.counts.tolist()) if len(self.counts) > 2 else ()
        machine = Machine(self.kernel, self.rows, self.coefficients.T, starts, counts)
        return machine.convert(graph, x)


def _classes(node: Node, n_features: int, k: int) -> _Classes:
    rows, counts = _rows(node, n_features), node.ints("vectors_per_class", k)
    if (counts < 0).any() or counts.sum() != len(rows):
        raise node.wrong(f"vectors_per_class do not add up to {len(rows)}")
    n_pairs = k * (k - 1) // 2
    # Of a linear kernel, weights of each pair of classes.
    node.allowance.charge("weights of pairs", n_pairs * n_features, WEIGHT)
    node.allowance.charge("pairs of classes", n_pairs, _PAIR)
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


def _output_spec(
    graph: Graph, score: Tensor, classes: Any, missing: bool
) -> tuple[OutputSpec, Tensor | None]:
    """What decisions between pairs decide, and these, if there are several."""
    k = len(classes)
    if k == 2:  # at 0, libsvm decides for the second class
        turned = graph.affine(score, scale=-1.0)
        methods = {"predict": "class", "decision_function": "scores"}
        spec = classifier("inliers", turned, classes, methods=methods)
        return spec.but(missing=missing), None
    votes = pair_votes(graph, score, k, lib.EMLRT_OVO_VOTES)
    how = f"scores[{k}:{k + score.count}]"
    methods = {"predict": "class", "decision_function": how}
    spec = classifier("margins", votes, classes, methods=methods, missing=missing)
    return spec.but(extras=(score,)), score


def _with_proba(graph: Graph, found: _Classes, x: Rows, classes: Any) -> list[Value]:
    """The decisions decide; probabilities follow from what they are without their
    start: see kernels.py."""
    plain = found.decisions(graph, x.tensor, np.zeros(found.rho.size))
    biases = found.biases + found.slopes * found.rho
    p = pair_probabilities(graph, plain, len(classes), found.slopes, biases)
    score = graph.affine(plain, offset=found.rho)
    spec, _ = _output_spec(graph, score, classes, x.missing)
    return chosen(with_probabilities(spec.but(extras=()), p))


def svm_classifier(graph: Graph, node: Node, x: Rows) -> list[Value]:
    """SVMClassifier."""
    _check_transform(node)
    classes = labels_of(node, "classlabels_ints", "classlabels_strings")
    found = _classes(node, x.tensor.count, classes.size)
    if (found.coefficients >= 0).all():
        raise node.unsupported(
            "no coefficient is negative, and runtimes do not agree about what that"
            " means"
        )
    if found.slopes.size:
        return _with_proba(graph, found, x, classes)
    score = found.decisions(graph, x.tensor, found.rho)
    sides = ((1.0, 0.0), (-1.0, 0.0))  # ONNX Runtime turns the signs
    return chosen(*_output_spec(graph, score, classes, x.missing), sides=sides)
