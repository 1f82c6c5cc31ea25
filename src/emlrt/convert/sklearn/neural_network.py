# SPDX-License-Identifier: MIT
"""Converter of scikit-learn's multi-layer perceptrons.

    h = f(W' h + b), layer by layer, with coefs_ W and intercepts_ b; by DENSE, whose
    flag is ReLU, and by LOGISTIC, TANH or EXP

A softmax or logistic function at the end is the kind of the scores ("logits",
"logistic"), and firmware computes it on demand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor
from emlrt.errors import UnsupportedModelError

#: Ops by the names of scikit-learn's activations; "relu" is the dense layer's.
_OPS = {"logistic": "LOGISTIC", "tanh": "TANH", "exp": "EXP"}
#: Methods of a classifier with a label or more for each row.
_INDICATOR = {
    "predict": "class|labels",
    "predict_proba": "p1|columns",
    "predict_log_proba": "p1|columns|log",
}
#: Methods of a classifier that has seen one class: it still gives two columns.
_SINGLE = {
    "predict": "class",
    "predict_proba": "scores[1:3]",
    "predict_log_proba": "scores[0:1]|loglogistic",
}


def _map(graph: Graph, name: str, x: Tensor) -> Tensor:
    """A stage for an activation that no other stage does."""
    if name in ("identity", "relu"):
        return x
    if name not in _OPS:
        raise UnsupportedModelError(
            f"cannot convert the activation {name!r} of a multi-layer perceptron;"
            f" supported are identity, relu, {', '.join(_OPS)}"
        )
    return graph.stage(_OPS[name], x, x.count)


def _layers(graph: Graph, estimator: Any, x: Tensor) -> Tensor:
    """All layers but the last one's activation."""
    last = len(estimator.coefs_) - 1
    for k, weights in enumerate(estimator.coefs_):
        hidden = k < last
        relu = hidden and estimator.activation == "relu"
        x = graph.dense(x, weights.T, estimator.intercepts_[k], relu=relu)
        if hidden:
            x = _map(graph, estimator.activation, x)
    return x


def _one_class(graph: Graph, estimator: Any, scores: Tensor) -> OutputSpec:
    p = graph.stage("LOGISTIC", scores, 1)
    both = graph.stage("COMPLEMENT", p, 2)
    spec = classifier("logits", scores, estimator.classes_, methods=_SINGLE)
    return spec.but(extras=(both,))


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds a fitted MLPClassifier or MLPRegressor that reads x.

    A multi-label classifier answers as scikit-learn's does: `predict` gives
    int64 zeros and ones, `predict_proba` each label's probability.
    """
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator, "coefs_")
    scores = _layers(graph, estimator, x)
    out = estimator.out_activation_
    if not hasattr(estimator, "classes_"):
        return OutputSpec("values", _map(graph, out, scores))
    if out == "softmax":
        return classifier("logits", scores, estimator.classes_)
    if len(estimator.classes_) == 1:
        return _one_class(graph, estimator, scores)
    if estimator.n_outputs_ == 1:
        return classifier("logistic", scores, estimator.classes_)
    labels = [np.array([0, 1])] * scores.count
    return OutputSpec(
        "logistic",
        scores,
        classes=labels,
        estimator_type="classifier",
        methods=_INDICATOR,
    )
