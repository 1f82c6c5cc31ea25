# SPDX-License-Identifier: MIT
"""AdaBoost: weighted votes of classifiers, the weighted median of regressors.

With members h_m, their weights w_m divided by the sum of all, and n classes:

    decision       d_k = sum_m w_m (1 where h_m(x) is k, else -1 / (n - 1)); of trees by
                   TREES_SUM_F32 and its kin, else by ONEHOT_ARGMAX, DENSE. With two
                   classes, d = 2 sum_m w_m (1 where h_m(x) is the second, else -1)
    probabilities  the softmax of d / (n - 1), or the logistic function of d: a kind of
                   the scores ("logits", "logistic")
    SAMME.R        means of log p_m in place of votes; by CLIP, LOG, DENSE
    regressor      the first value, in rising order, at which the weights of all values
                   up to it reach half of the sum; by MEDIAN
"""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import (
    OutputSpec,
    classifier,
    onehot_argmaxes,
    predictions,
    probabilities,
)
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.sklearn.cython_trees import tree_ensemble
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.trees.ensemble import Floats
from emlrt.convert.trees.sums import sums
from emlrt.errors import UnsupportedModelError

_TREES = {
    "Classifier": ("DecisionTreeClassifier", "ExtraTreeClassifier"),
    "Regressor": ("DecisionTreeRegressor", "ExtraTreeRegressor"),
}
_METHODS = {
    "predict": "class",
    "predict_proba": "proba",
    "predict_log_proba": "proba|log",
    "decision_function": "scores",
}


def _members(boosted: Any) -> tuple[list[Any], Floats]:
    """Estimators and their weights."""
    members = list(boosted.estimators_)
    weights = np.asarray(boosted.estimator_weights_, np.float64)[: len(members)]
    if len(members) == 1:  # of a regressor worse than the mean, it is 0
        return members, np.ones(1)
    if not weights.sum() > 0:
        raise UnsupportedModelError(
            f"{type(boosted).__name__} has weights that add up to"
            f" {weights.sum()}; fit it again with other estimators"
        )
    return members, weights


def _are_trees(members: list[Any], kind: str, classes: Any = None) -> bool:
    """Whether all members are plain trees, of classifiers with all classes."""
    plain = {type(m).__name__ for m in members} <= set(_TREES[kind])
    plain &= all(type(m).__module__.startswith("sklearn.tree") for m in members)
    if plain and classes is not None:
        plain = all(np.array_equal(m.classes_, classes) for m in members)
    return plain


def _votes(n_classes: int, weights: Floats) -> Floats:
    """(n_members, n_classes, n_scores) that a member's class adds to the decision."""
    shares = weights / weights.sum()
    if n_classes == 2:
        one = 2 * np.array([[-1.0], [1.0]])
    else:
        one = np.eye(n_classes) - (1 - np.eye(n_classes)) / (n_classes - 1)
    votes: Floats = shares[:, None, None] * one
    return votes


def _of_trees(
    graph: Graph, boosted: Any, members: list[Any], values: list[Floats], x: Tensor
) -> Tensor:
    """Sums of the values of each tree's nodes."""
    trees, base = [m.tree_ for m in members], np.zeros(values[0].shape[1])
    return sums(graph, tree_ensemble(trees, values, boosted.n_features_in_, base), x)


def _by_trees(
    graph: Graph, boosted: Any, members: list[Any], votes: Floats, x: Tensor
) -> Tensor:
    values = [
        vote[member.tree_.value[:, 0, :].argmax(axis=1)]
        for member, vote in zip(members, votes, strict=True)
    ]
    return _of_trees(graph, boosted, members, values, x)


def _check_classes(boosted: Any, member: Any) -> None:
    if not np.array_equal(member.classes_, boosted.classes_):
        raise UnsupportedModelError(
            f"a {type(member).__name__} of {type(boosted).__name__} has seen other"
            " classes than the whole; fit it again"
        )


def _by_members(
    graph: Graph, boosted: Any, members: list[Any], votes: Floats, x: Tensor
) -> Tensor:
    chosen = []
    for member in members:
        _check_classes(boosted, member)
        chosen.append(onehot_argmaxes(graph, graph.convert(member, x))[0])
    weights = np.concatenate(list(votes)).T
    return graph.dense(graph.concat(chosen), weights, 0)


def _logs_add(n: int, n_members: int) -> Floats:
    """(n_scores, n) that the logarithms of a member's probabilities add to the
    decision over n - 1, by the algorithm SAMME.R."""
    if n == 2:
        return np.array([[-1.0, 1.0]]) / n_members
    centred: Floats = (np.eye(n) - 1 / n) / n_members
    return centred


def _by_logs(graph: Graph, boosted: Any, members: list[Any], x: Tensor) -> Tensor:
    """SAMME.R, the default of scikit-learn up to 1.5: mean logarithms of
    probabilities, of which none is below the resolution of float64."""
    n, least = len(boosted.classes_), float(np.finfo(np.float64).eps)
    add = _logs_add(n, len(members))
    if _are_trees(members, "Classifier", boosted.classes_):
        values = []
        for member in members:
            counts = member.tree_.value[:, 0, :]
            shares = counts / counts.sum(axis=1, keepdims=True)
            values.append(np.log(np.maximum(shares, least)) @ add.T)
        return _of_trees(graph, boosted, members, values, x)
    logs = []
    for member in members:
        _check_classes(boosted, member)
        [p] = probabilities(graph, graph.convert(member, x))
        kept = graph.stage("CLIP", p, n, floats([least, 1.0]))
        logs.append(graph.stage("LOG", kept, n))
    return graph.dense(graph.concat(logs), np.hstack([add] * len(members)), 0)


def _decided(graph: Graph, boosted: Any, x: Tensor) -> Tensor:
    """The decision over n - 1, for two classes of the second one alone."""
    n = len(boosted.classes_)
    members, weights = _members(boosted)
    if getattr(boosted, "algorithm", "") == "SAMME.R":
        return _by_logs(graph, boosted, members, x)
    votes = _votes(n, weights)
    trees = _are_trees(members, "Classifier", boosted.classes_)
    add = _by_trees if trees else _by_members
    return add(graph, boosted, members, votes / (n - 1), x)


def _classifier(graph: Graph, boosted: Any, x: Tensor) -> OutputSpec:
    n = len(boosted.classes_)
    if n == 1:
        methods = {**_METHODS, "decision_function": "scores|times:0|columns"}
        one = graph.constant([1.0])
        return classifier("shares", one, boosted.classes_, methods=methods)
    # Probabilities are the softmax of decision / (n - 1).
    scores = _decided(graph, boosted, x)
    methods = {**_METHODS, "decision_function": f"scores|times:{n - 1}"}
    kind = "logistic" if n == 2 else "logits"
    return classifier(
        kind, scores, boosted.classes_, methods=_METHODS if n == 2 else methods
    )


def _median_payload(weights: Floats) -> bytes:
    """Weights as integers that add up to 32 bits at most, by a power of two: sums
    of few digits stay what they are, and equal to half of all where they are."""
    _, exponent = np.frexp(weights.sum())
    whole = np.floor(np.ldexp(weights, 32 - exponent))
    return bytes(whole.astype("<u4").tobytes())


def _regressor(graph: Graph, boosted: Any, x: Tensor) -> OutputSpec:
    members, weights = _members(boosted)
    if _are_trees(members, "Regressor"):
        trees = [member.tree_ for member in members]
        values = [tree.value[:, :, 0] for tree in trees]
        outputs = np.arange(len(trees))
        base = np.zeros(len(trees))
        found = sums(
            graph,
            tree_ensemble(trees, values, boosted.n_features_in_, base, outputs),
            x,
        )
    else:
        found = graph.concat(
            [graph.floats(predictions(graph, graph.convert(m, x))) for m in members]
        )
    return OutputSpec(
        "values", graph.stage("MEDIAN", found, 1, _median_payload(weights))
    )


_CONVERTERS = {"AdaBoostClassifier": _classifier, "AdaBoostRegressor": _regressor}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted AdaBoost model of x."""
    return by_class(_CONVERTERS, graph, estimator, x)
