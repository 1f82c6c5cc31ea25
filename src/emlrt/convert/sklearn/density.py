# SPDX-License-Identifier: MIT
"""Sums over all training rows that need logarithms, and other small transformers.

The formulas, and the ops of their stages:

    KernelDensity      log sum_j w_j exp(-|x - x_j|^2 / (2 h^2)) - log sum_j w_j
                       - n log(h sqrt(2 pi)); by DISTANCES, AFFINE, LOGSUMEXP
    LabelPropagation   p proportional to sum_j exp(-gamma |x - x_j|^2) L_j, L the label
                       distributions; by DISTANCES, AFFINE, SOFTMAX, DENSE, NORMALIZE
    BernoulliRBM       1 / (1 + exp(-(W x + b))); by DENSE, LOGISTIC
    TfidfTransformer   x idf_ / norm(x idf_); by AFFINE, NORMALIZE
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier, normalized, transformer
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.sklearn.neighbors import distances, fitted
from emlrt.errors import UnsupportedModelError


def _closeness(graph: Graph, x: Tensor, rows: Any) -> tuple[Tensor, float]:
    """-d^2 from each training row, in a unit that float32 takes, and that unit."""
    made = fitted(graph, x, np.asarray(rows, np.float64))
    return distances(graph, made.x, made.centres), made.factor**2


def _propagated(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    """Label distributions of the training rows, weighted by exp(-gamma d^2). The
    weights are a softmax: for far rows all of them would vanish in float32."""
    name = type(model).__name__
    if model.kernel != "rbf":
        raise UnsupportedModelError(
            f"{name} with kernel={model.kernel!r} is not supported; use 'rbf'"
        )
    near, unit = _closeness(graph, x, model.X_)
    weights = graph.affine(near, scale=float(model.gamma) / unit)
    shares = graph.stage("SOFTMAX", weights, weights.count)
    spread = np.asarray(model.label_distributions_, np.float64)
    p = normalized(graph, graph.dense(shares, spread.T, 0))
    methods = {"predict": "class", "predict_proba": "proba"}
    return classifier("shares", p, model.classes_, methods=methods)


def _log_volume(n: int, bandwidth: float) -> float:
    """Logarithm of the integral of exp(-d^2 / (2 h^2)) over n dimensions."""
    return 0.5 * n * math.log(2 * math.pi) + n * math.log(bandwidth)


def _kernel_density(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    """Log of the mean of Gaussians around the training rows."""
    if model.kernel != "gaussian" or model.metric not in ("euclidean", "l2"):
        raise UnsupportedModelError(
            f"KernelDensity(kernel={model.kernel!r}, metric={model.metric!r}) is not"
            " supported; use kernel='gaussian' and metric='euclidean'"
        )
    rows = np.asarray(model.tree_.data, np.float64)
    given = getattr(model.tree_, "sample_weight", None)
    weights = np.ones(len(rows)) if given is None else np.asarray(given, np.float64)
    kept = weights > 0
    rows, weights = rows[kept], weights[kept]
    bandwidth = float(model.bandwidth_)
    logs = np.log(weights / weights.sum()) - _log_volume(x.count, bandwidth)
    near, unit = _closeness(graph, x, rows)
    terms = graph.affine(near, scale=0.5 / bandwidth**2 / unit, offset=logs)
    y = graph.stage("LOGSUMEXP", terms, 1)
    return OutputSpec(
        "values",
        y,
        estimator_type="density_estimator",
        methods={"score_samples": "scores"},
    )


def _machine(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    """Probabilities of the hidden units. Its score_samples is drawn at random."""
    hidden = graph.dense(x, model.components_, model.intercept_hidden_)
    return transformer(graph, graph.stage("LOGISTIC", hidden, hidden.count))


_NORMS = {"l1": 1, "l2": 2}


def _frequencies(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    """Counts times weights of terms, scaled to a norm of 1."""
    if model.sublinear_tf:
        raise UnsupportedModelError(
            "TfidfTransformer(sublinear_tf=True) is not supported; use False"
        )
    idf: NDArray[np.float64] | None = getattr(model, "idf_", None)
    y = graph.floats(x) if idf is None else graph.affine(x, scale=idf)
    if model.norm is not None:
        payload = _NORMS[model.norm].to_bytes(4, "little")
        y = graph.stage("NORMALIZE", y, y.count, payload)
    return transformer(graph, y)


_CONVERTERS = {
    "BaseLabelPropagation": _propagated,
    "KernelDensity": _kernel_density,
    "BernoulliRBM": _machine,
    "TfidfTransformer": _frequencies,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted estimator of those above that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
