# SPDX-License-Identifier: MIT
"""Nearest centroids of classes.

With centroids c_k, priors P_k and the standard deviations s within classes:

    predict, even priors   argmin_k |x - c_k|; by DISTANCES
    decision_function      2 log P_k - |(x - c_k) / s|^2; by AFFINE, DISTANCES, AFFINE
    predict_proba          the softmax of the decisions; by SOFTMAX

With other priors, predict takes the largest decision. With rows far outside in X=, the
differences of the squares are computed instead; by DENSE.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.numeric.far_rows import Differences, rows_at
from emlrt.convert.sklearn.neighbors import distances, fitted
from emlrt.errors import UnsupportedModelError

Doubles = NDArray[np.float64]


class _Centroids:
    """A fitted NearestCentroid.

    plain, scaled: what distances differ in, of rows as they are and in units of the
    deviations within classes. even: whether all classes have the same prior.
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator, self.k = estimator, len(estimator.classes_)
        # scikit-learn up to 1.5 has neither priors nor any method but predict.
        prior = np.asarray(getattr(estimator, "class_prior_", np.full(self.k, 1.0)))
        deviation = getattr(estimator, "within_class_std_dev_", 0.0)
        deviation = np.asarray(deviation, np.float64)
        self.even = bool(np.isclose(prior, prior.mean()).all())
        self.spread = bool(np.isfinite(deviation).all())
        self.euclidean = estimator.metric == "euclidean"
        self.has_scores = self.euclidean and hasattr(estimator, "decision_function")
        self.centres = np.asarray(estimator.centroids_, np.float64)
        with np.errstate(divide="ignore"):
            self.constant = np.maximum(2 * np.log(prior), -1e30)
        self.scale = 1 / np.where(deviation == 0, 1.0, deviation)
        n = self.centres.shape[1]
        factor = np.diag(np.broadcast_to(self.scale, (n,)))
        self.plain = Differences(self.centres, np.zeros(self.k))
        self.scaled = Differences(self.centres, self.constant, factor)

    def is_far(self, graph: Graph, x: Tensor) -> bool:
        """Whether rows that the caller gave are told apart by differences alone."""
        rows = rows_at(graph, x) if self.euclidean else None
        used = [self.plain] if self.even else []
        used += [self.scaled] if self.has_scores and self.spread else []
        return any(part.needed(rows) for part in used)

    def distances(self, graph: Graph, x: Tensor) -> Tensor:
        rows = fitted(graph, x, self.centres)
        metric = "SQUARES" if self.euclidean else "SUMS"
        return distances(graph, rows.x, rows.centres, metric=metric)

    def scores(self, graph: Graph, x: Tensor) -> Tensor:
        """sklearn's _decision_function: log priors less squared distances in units of
        the deviations within classes."""
        mean = self.centres.mean(axis=0)
        x = graph.affine(x, shift=mean, scale=self.scale)
        metric = "SQUARES" if self.euclidean else "SUMS"
        y = distances(graph, x, (self.centres - mean) * self.scale, metric=metric)
        if metric == "SUMS":
            y = graph.affine(graph.stage("SQUARE", y, y.count), scale=-1.0)
        return graph.affine(y, offset=self.constant)


def _of_priors(graph: Graph, own: _Centroids, x: Tensor, far: bool) -> OutputSpec:
    """Classes whose priors differ: the scores decide."""
    k, classes = own.k, own.estimator.classes_
    if not own.spread:
        raise UnsupportedModelError(
            "NearestCentroid of one row per class with priors that differ: its own"
            " predict fails; fit it with more rows, or with priors='uniform'"
        )
    scores = own.scaled.convert(graph, x) if far else own.scores(graph, x)
    methods = {"predict": "class"}
    if not own.has_scores:
        return classifier("margins", scores, classes, methods=methods)
    methods |= {
        "predict_proba": "proba",
        "predict_log_proba": "scores|logsoftmax|columns",
        "decision_function": "scores|difference" if k == 2 else "scores",
    }
    if not far or k == 2:
        return classifier("logits", scores, classes, methods=methods)
    methods["decision_function"] = f"scores[{k}:{2 * k}]"
    extras = (own.scores(graph, x),)
    return classifier("logits", scores, classes, methods=methods, extras=extras)


def _of_distances(graph: Graph, own: _Centroids, x: Tensor, far: bool) -> OutputSpec:
    """predict goes by plain distances, and the others by scaled ones."""
    k, classes, methods = own.k, own.estimator.classes_, {"predict": "class"}
    near = own.plain.convert(graph, x) if far else own.distances(graph, x)
    if (
        not own.has_scores or not own.spread
    ):  # with one row per class, only predict works
        return classifier("margins", near, classes, methods=methods)
    scores = own.scaled.convert(graph, x) if far else own.scores(graph, x)
    extras = [scores, graph.stage("SOFTMAX", scores, k)]
    difference = "|difference" if k == 2 else ""
    methods["decision_function"] = f"scores[{k}:{2 * k}]{difference}"
    methods["predict_proba"] = f"scores[{2 * k}:{3 * k}]|columns"
    methods["predict_log_proba"] = f"scores[{k}:{2 * k}]|logsoftmax|columns"
    if far and k > 2:
        extras.append(own.scores(graph, x))
        methods["decision_function"] = f"scores[{3 * k}:{4 * k}]"
    return classifier("margins", near, classes, methods=methods, extras=tuple(extras))


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds a fitted NearestCentroid."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    own = _Centroids(estimator)
    convert_one = _of_distances if own.even else _of_priors
    return convert_one(graph, own, x, own.is_far(graph, x))
