# SPDX-License-Identifier: MIT
"""Estimators that put several others together: voting, bagging and stacking.

The formulas, and the ops of their stages:

    soft voting, bagging   sum_m w_m p_m, with the sum of the weights 1; by WEIGHTED_SUM
    hard voting            argmax_k sum of w_m where h_m(x) is k; by ONEHOT_ARGMAX,
                           WEIGHTED_SUM
    stacking               the final estimator, which reads the results of the others
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import (
    OutputSpec,
    as_in,
    classifier,
    decisions,
    in_floats,
    methods_of,
    onehot_argmaxes,
    predictions,
    probabilities,
    with_extra,
)
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.sklearn import trees
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.errors import UnsupportedModelError


def _answers(graph: Graph, estimators: list[Any], x: Tensor) -> list[OutputSpec]:
    return [graph.convert(estimator, x) for estimator in estimators]


def _all_accept(parts: list[OutputSpec]) -> bool:
    """Whether every part gives NaN inputs a meaning."""
    return all(spec.missing for spec in parts)


def _weights(voting: Any) -> NDArray[np.float64]:
    """Shares of the estimators that are not dropped."""
    given = voting._weights_not_none
    weights = np.ones(len(voting.estimators_)) if given is None else np.array(given)
    if weights.sum() == 0:
        raise UnsupportedModelError(
            f"{type(voting).__name__} has weights that add up to 0"
        )
    return np.asarray(weights / weights.sum(), np.float64)


def _soft(graph: Graph, voting: Any, parts: list[OutputSpec]) -> OutputSpec:
    """Weighted means of probabilities."""
    shares = graph.concat([probabilities(graph, part)[0] for part in parts])
    scores = graph.mix([shares], _weights(voting))
    spec = classifier("shares", scores, voting.classes_)
    if not voting.flatten_transform:  # three dimensions, for which there is no recipe
        return as_in(spec, _Without(voting, "transform"))
    spec = with_extra(spec, "transform", shares, "|columns")
    return as_in(spec, voting)


class _Without:
    """An estimator but for one method."""

    def __init__(self, estimator: Any, method: str) -> None:
        self._estimator, self._method = estimator, method

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            raise AttributeError(name)
        return getattr(self._estimator, name)


def _hard(graph: Graph, voting: Any, parts: list[OutputSpec]) -> OutputSpec:
    """Weighted votes; the first class wins a tie."""
    votes = [onehot_argmaxes(graph, part)[0] for part in parts]
    weights = voting._weights_not_none or np.ones(len(votes))
    scores = graph.mix(votes, weights)
    spec = classifier("margins", scores, voting.classes_, methods={"predict": "class"})
    numbers = np.arange(len(voting.classes_))
    chosen = [graph.dense(vote, numbers, 0) for vote in votes]
    return with_extra(spec, "transform", graph.concat(chosen), "|columns|int")


def _voting_classifier(graph: Graph, voting: Any, x: Tensor) -> OutputSpec:
    parts = _answers(graph, voting.estimators_, x)
    vote = _soft if voting.voting == "soft" else _hard
    return vote(graph, voting, parts).but(missing=_all_accept(parts))


def _voting_regressor(graph: Graph, voting: Any, x: Tensor) -> OutputSpec:
    parts = _answers(graph, voting.estimators_, x)
    found = graph.concat([predictions(graph, part) for part in parts])
    mean = graph.mix([found], _weights(voting))
    spec = OutputSpec("values", mean, missing=_all_accept(parts))
    return with_extra(spec, "transform", found, "|columns")


# Bagging


_TREES = {
    "DecisionTreeClassifier",
    "DecisionTreeRegressor",
    "ExtraTreeClassifier",
    "ExtraTreeRegressor",
}


def _trees_alone(bag: Any) -> bool:
    """Whether a bag is a forest: trees that know all classes."""
    names = {type(e).__name__ for e in bag.estimators_}
    plain = {type(e).__module__.startswith("sklearn.tree") for e in bag.estimators_}
    n = len(getattr(bag, "classes_", ()))
    known = all(len(getattr(e, "classes_", ())) == n for e in bag.estimators_)
    return plain == {True} and names <= _TREES and known


def _columns(graph: Graph, features: Any, x: Tensor) -> Tensor:
    """The features that an estimator of a bag sees."""
    chosen = np.asarray(features, np.int64)
    if chosen.size == x.count and (chosen == np.arange(x.count)).all():
        return x
    return graph.gather(x, chosen)


def _spread(graph: Graph, p: Tensor, classes: Any, n: int) -> Tensor:
    """Numbers of some classes among those of all."""
    if p.count == n:
        return p
    return graph.dense(p, np.eye(n)[:, np.asarray(classes, np.int64)], 0)


def _bag_parts(graph: Graph, bag: Any, x: Tensor) -> list[OutputSpec]:
    pairs = zip(bag.estimators_, bag.estimators_features_, strict=True)
    return [graph.convert(e, _columns(graph, f, x)) for e, f in pairs]


def _bagging_classifier(graph: Graph, bag: Any, x: Tensor) -> OutputSpec:
    if _trees_alone(bag):
        return trees.convert(graph, bag, x)
    parts, n = _bag_parts(graph, bag, x), len(bag.classes_)
    share = np.full(len(parts), 1 / len(parts))
    found = []
    for part in parts:
        proba = "predict_proba" in methods_of(part)
        [p] = probabilities(graph, part) if proba else onehot_argmaxes(graph, part)
        found.append(_spread(graph, p, part.classes[0], n))
    spec = classifier("shares", graph.mix(found, share), bag.classes_)
    if hasattr(bag, "decision_function"):
        margins = [decisions(graph, part) for part in parts]
        if len({margin.count for margin in margins}) != 1:
            raise UnsupportedModelError(
                "estimators of the BaggingClassifier have seen different classes, so"
                " that its own decision_function fails; use more max_samples"
            )
        spec = with_extra(spec, "decision_function", graph.mix(margins, share))
    return spec.but(missing=_all_accept(parts))


def _bagging_regressor(graph: Graph, bag: Any, x: Tensor) -> OutputSpec:
    if _trees_alone(bag):
        return trees.convert(graph, bag, x)
    parts = _bag_parts(graph, bag, x)
    found = [predictions(graph, part) for part in parts]
    y = graph.mix(found, np.full(len(parts), 1 / len(parts)))
    return OutputSpec("values", y, missing=_all_accept(parts))


# Stacking


def _stacked(graph: Graph, part: OutputSpec, method: str, binary: bool) -> list[Tensor]:
    """What the final estimator sees of one estimator."""
    if method == "decision_function":
        return [decisions(graph, part)]
    if method == "predict":
        return [predictions(graph, part)]
    parts = probabilities(graph, part)
    if len(parts) == 1 and not binary:
        return parts
    return [graph.part(p, 1, p.count - 1) for p in parts]


def _stacking(graph: Graph, stack: Any, x: Tensor) -> OutputSpec:
    """Estimators side by side, read by the final one."""
    classes = getattr(stack, "classes_", None)
    if isinstance(classes, list):
        raise UnsupportedModelError(
            "StackingClassifier with several labels per row is not supported; fit one"
            " for each label"
        )
    parts = _answers(graph, stack.estimators_, x)
    binary = classes is not None and len(classes) == 2
    seen = []
    for part, method in zip(parts, stack.stack_method_, strict=True):
        seen += _stacked(graph, part, method, binary)
    if stack.passthrough:
        seen.append(graph.floats(x))
    columns = graph.concat(seen)
    spec = in_floats(graph, graph.convert(stack.final_estimator_, columns))
    if classes is not None:
        spec = spec.but(classes=[np.asarray(classes)])
    spec = with_extra(spec, "transform", columns, "|columns")
    return as_in(spec, stack).but(missing=_all_accept(parts))


_CONVERTERS = {
    "VotingClassifier": _voting_classifier,
    "VotingRegressor": _voting_regressor,
    "BaggingClassifier": _bagging_classifier,
    "BaggingRegressor": _bagging_regressor,
    "StackingClassifier": _stacking,
    "StackingRegressor": _stacking,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted voting, bagging or stacking estimator that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
