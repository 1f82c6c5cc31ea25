# SPDX-License-Identifier: MIT
"""Converter of scikit-learn's naive Bayes classifiers of discrete features.

The score of class k, with F = feature_log_prob_ and P = class_log_prior_:

    BernoulliNB    P_k + sum_i (b_i F_ki + (1 - b_i) log(1 - exp F_ki)), where b_i is
                   [x_i > binarize]; by STEP, DENSE
    MultinomialNB  P_k + sum_i x_i F_ki; by DENSE
    ComplementNB   sum_i x_i F_ki; by DENSE
    CategoricalNB  P_k + sum_i F_i[k, x_i]; by TABLE_SUM

The part that all classes have in common cancels out of every result, and it is large:
a log-probability of -8 for each of hundreds of counts. So each feature's mean over
the classes is subtracted from its weights beforehand, in float64; two classes need
only one number, their difference.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.numeric.centring import around_mean
from emlrt.convert.sklearn.known_categories import note
from emlrt.convert.sklearn.linear_model import LOGISTIC, LOGITS
from emlrt.convert.sklearn.scalers import steps
from emlrt.errors import UnsupportedModelError


def _apart(values: ArrayLike) -> NDArray[np.float64]:
    """The differences between the classes, of numbers per class (n_classes, ...)."""
    array = np.asarray(values, np.float64)
    if len(array) == 2:
        return np.diff(array, axis=0)
    centre: NDArray[np.float64] = array.mean(axis=0)
    return array - centre


def _checked(estimator: Any, values: ArrayLike, parameter: str) -> None:
    """Refuses probabilities of 0, whose logarithms are infinite."""
    if not np.isfinite(np.asarray(values, np.float64)).all():
        raise UnsupportedModelError(
            f"{type(estimator).__name__} has probabilities of 0, whose logarithms"
            f" are infinite; fit again with {parameter} above 0"
        )


def _output_spec(estimator: Any, scores: Tensor) -> OutputSpec:
    kind, methods = ("logits", LOGITS)
    if len(estimator.classes_) == 2:
        kind, methods = ("logistic", LOGISTIC)
    own = {name: how for name, how in methods.items() if name != "decision_function"}
    return classifier(kind, scores, estimator.classes_, methods=own)


def _bernoulli(graph: Graph, estimator: Any, x: Tensor) -> Tensor:
    present = np.asarray(estimator.feature_log_prob_, np.float64)
    with np.errstate(divide="ignore"):
        absent = np.log(1 - np.exp(present))
    _checked(estimator, [present, absent], "alpha")
    if estimator.binarize is not None:
        x = steps(graph, x, np.full(x.count, float(estimator.binarize)))
    biases = estimator.class_log_prior_ + absent.sum(axis=1)
    return graph.dense(x, _apart(present - absent), _apart(biases))


def _counts(graph: Graph, estimator: Any, x: Tensor) -> Tensor:
    """MultinomialNB, and ComplementNB, which has a prior for one class only."""
    weights = np.asarray(estimator.feature_log_prob_, np.float64)
    _checked(estimator, weights, "alpha")
    biases = np.zeros(len(weights))
    if hasattr(estimator, "class_log_prior_") and not hasattr(estimator, "norm"):
        biases = estimator.class_log_prior_
    return around_mean(graph, x, _apart(weights), _apart(biases))


def _categories(graph: Graph, estimator: Any, x: Tensor) -> Tensor:
    """One table per feature, one row per category."""
    tables = []
    for table in estimator.feature_log_prob_:
        _checked(estimator, table, "alpha")
        tables.append(_apart(table).T)
    note(graph, x, [int(n) for n in estimator.n_categories_])
    start = _apart(estimator.class_log_prior_)
    counts = np.array([len(table) for table in tables], "<u4")
    numbers = [start, *(table.ravel() for table in tables)]
    payload = counts.tobytes() + floats(np.concatenate(numbers))
    return graph.stage("TABLE_SUM", graph.floats(x), start.size, payload)


_SCORES = {
    "BernoulliNB": _bernoulli,
    "CategoricalNB": _categories,
    "ComplementNB": _counts,
    "MultinomialNB": _counts,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds a fitted naive Bayes classifier of discrete features that reads x."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    if hasattr(estimator, "class_log_prior_"):
        _checked(estimator, estimator.class_log_prior_, "every class's prior")
    for cls in type(estimator).__mro__:
        if cls.__name__ in _SCORES:
            return _output_spec(estimator, _SCORES[cls.__name__](graph, estimator, x))
    raise AssertionError(type(estimator).__name__)
