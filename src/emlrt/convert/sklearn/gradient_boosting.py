# SPDX-License-Identifier: MIT
"""Gradient boosting of scikit-learn on its own trees."""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier, predictions
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.sklearn.cython_trees import tree_ensemble
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.trees.ensemble import Ensemble, Floats
from emlrt.convert.trees.spread import lost, reaches
from emlrt.convert.trees.sums import sums
from emlrt.errors import UnsupportedModelError


def _ensemble(boosted: Any, base: Floats) -> Ensemble:
    """All trees, iteration after iteration, each with its class's output."""
    rate = boosted.learning_rate
    members = boosted.estimators_
    trees = [member.tree_ for member in members.ravel()]
    values = [rate * tree.value[:, 0, :] for tree in trees]
    outputs = np.tile(np.arange(members.shape[1]), len(members))
    return tree_ensemble(trees, values, boosted.n_features_in_, base, outputs)


def _is_constant(init: Any) -> bool:
    """Whether an initial estimator gives the same for all rows, time after time."""
    if isinstance(init, str):
        return True
    dummy = type(init).__name__ in ("DummyClassifier", "DummyRegressor")
    sklearn = type(init).__module__.startswith("sklearn.dummy")
    return dummy and sklearn and init.strategy != "stratified"


def _start(boosted: Any) -> Floats:
    """The start of the sums, from a constant initial estimator."""
    row = np.zeros((1, boosted.n_features_in_), np.float32)
    start: Floats = np.asarray(boosted._raw_predict_init(row), np.float64)[0]
    return start


def nudged(ensemble: Ensemble) -> Ensemble:
    """A little more than 0 where scores are 0, for classifiers that take 0 as their
    second class: about one unit of the sums' integers, 2^-30 of what leaves add up
    to at most; but next to nothing of what they usually add up to."""
    leaf = np.where(ensemble.left < 0, abs(ensemble.value[:, 0]), 0)
    peaks = np.maximum.reduceat(leaf, ensemble.roots) if leaf.size else leaf
    base = abs(ensemble.base).max()
    unit = (peaks.sum() + base) * 2.0**-30
    if lost(ensemble):  # there are two sums
        unit = reaches(ensemble)[0] * 2.0**-22
    ensemble.base = ensemble.base + (unit or 1e-30)
    return ensemble


def _classifier(graph: Graph, boosted: Any, x: Tensor) -> OutputSpec:
    if not _is_constant(boosted.init_):
        raise UnsupportedModelError(
            f"{type(boosted).__name__} with init={boosted.init!r} is not supported for"
            " classifiers; use init=None or 'zero'"
        )
    ensemble = _ensemble(boosted, _start(boosted))
    if ensemble.n_outputs > 1:
        scores = sums(graph, ensemble, x)
        return classifier("logits", scores, boosted.classes_, methods=_DECIDES)
    ensemble = nudged(ensemble)
    if boosted.loss != "exponential":
        scores = sums(graph, ensemble, x)
        return classifier("logistic", scores, boosted.classes_, methods=_DECIDES)
    # Its probabilities are the logistic function of twice the sum.
    ensemble.value, ensemble.base = 2 * ensemble.value, 2 * ensemble.base
    methods = {**_DECIDES, "decision_function": "scores|times:0.5"}
    scores = sums(graph, ensemble, x)
    return classifier("logistic", scores, boosted.classes_, methods=methods)


_DECIDES = {
    "predict": "class",
    "predict_proba": "proba",
    "predict_log_proba": "proba|log",
    "decision_function": "scores",
}


def _regressor(graph: Graph, boosted: Any, x: Tensor) -> OutputSpec:
    if _is_constant(boosted.init_):
        return OutputSpec("values", sums(graph, _ensemble(boosted, _start(boosted)), x))
    first = graph.floats(predictions(graph, graph.convert(boosted.init_, x)))
    trees = sums(graph, _ensemble(boosted, np.zeros(1)), x)
    return OutputSpec("values", graph.mix([first, trees], [1.0, 1.0]))


_CONVERTERS = {
    "GradientBoostingClassifier": _classifier,
    "GradientBoostingRegressor": _regressor,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted gradient-boosting model of x."""
    return by_class(_CONVERTERS, graph, estimator, x)
