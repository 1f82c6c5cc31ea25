# SPDX-License-Identifier: MIT
"""Gaussians: naive Bayes, quadratic discriminants, mixtures, envelopes.

The score of class or component k, with its mean m_k and n features:

    GaussianNB          log P_k - sum_i (log(2 pi v_ki) + (x_i - m_ki)^2 / v_ki) / 2;
                        by GAUSS_DIAG
    QDA                 log P_k - (sum log s_k + |S_k (x - m_k)|^2) / 2, where S_k is
                        the transpose of rotations_ / sqrt(s_k); by GAUSS_FULL
    mixtures            log w_k + log det C_k - (n log(2 pi) + |C_k' (x - m_k)|^2) / 2,
                        C = precisions_cholesky_; by GAUSS_FULL or GAUSS_DIAG
    EllipticEnvelope    -offset_ - (x - m)' precision (x - m); by GAUSS_FULL

A stage gives constant_k - |factor_k (x - mean_k)|^2. Log weights, log determinants and
n/2 log(2 pi) are one constant per component, in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.numeric.far_rows import Differences, rows_at
from emlrt.errors import UnsupportedModelError

Floats = NDArray[np.float64]

#: What float32 may lose of a scaled difference before the means' low parts are
#: stored too.
_LOST = 1e-6
_LOG_2PI = float(np.log(2 * np.pi))


# Payloads


def _tiles(factor: Floats) -> Floats:
    """A lower triangle (n, n) in the order of the payload: see format.h."""
    n, first = len(factor), 0
    parts = []
    for end in range((n - 1) % 4 + 1, n + 1, 4):
        for i in range(end):
            parts.append(factor[max(first, i) : end, i][::-1])
        first = end
    return np.concatenate(parts)


def _payload(flags: int, constants: Floats, *rest: Floats) -> bytes:
    """Flags and numbers. Each array: in the order of the payload."""
    most = np.finfo(np.float32).max
    # A class whose prior is 0 never wins.
    finite = np.where(constants == -np.inf, -most, constants)
    parts = [floats(finite, "a log probability")]
    parts += [floats(numbers, "a mean or an inverse deviation") for numbers in rest]
    return flags.to_bytes(4, "little") + b"".join(parts)


def _split(means: Floats, reach: Floats) -> list[Floats]:
    """Means as float32, and their low parts if float32 loses too much.

    reach: how far an error of each mean goes, in units of a scaled difference.
    """
    high = means.astype(np.float32).astype(np.float64)
    low = means - high
    return [high, low] if (abs(low * reach) > _LOST).any() else [high]


def diagonal(
    graph: Graph, x: Tensor, constants: Floats, means: Floats, widths: Floats
) -> Tensor:
    """constants - sum(((x - means) * widths)^2, 1): means (k, n), widths (k, n),
    or (k, 1) if all features have the same."""
    x, offset = graph.shifted(x)
    means = means - offset
    shared = widths.shape[1] < means.shape[1]
    parts = _split(means, widths)
    flags = lib.EMLRT_GAUSS_LOW * (len(parts) - 1) + lib.EMLRT_GAUSS_SHARED * shared
    head = [widths[:, 0]] if shared else []
    parts += [] if shared else [widths]
    rows = np.stack(parts).transpose(2, 0, 1)
    payload = _payload(flags, constants, *head, rows)
    return graph.stage("GAUSS_DIAG", graph.floats(x), len(means), payload)


def triangular(
    graph: Graph, x: Tensor, constants: Floats, means: Floats, factors: Floats
) -> Tensor:
    """constants - |factors @ (x - means)|^2: means (k, n), lower triangles
    (k, n, n), or (1, n, n) if all components have the same."""
    x, offset = graph.shifted(x)
    means = means - offset
    shared = len(factors) < len(means)
    parts = _split(means, abs(factors).max(1))
    flags = lib.EMLRT_GAUSS_LOW * (len(parts) - 1) + lib.EMLRT_GAUSS_SHARED * shared
    triangles = [_tiles(factor) for factor in factors]
    payload = _payload(flags, constants, *parts, *triangles)
    return graph.stage("GAUSS_FULL", graph.floats(x), len(means), payload)


# Factors


def _triangle(root: Floats) -> Floats:
    """The lower triangle L with |L d| = |root d| for every d; root: (m, n).

    By an orthogonal transform: L'L is never formed, which would square the
    condition number.
    """
    n = root.shape[1]
    rows = np.concatenate([root, np.zeros((max(0, n - len(root)), n))])
    upper: Floats = np.linalg.qr(rows[:, ::-1]).R
    return np.ascontiguousarray(upper[::-1, ::-1])


def _precision_triangle(precision: Floats) -> Floats:
    """The lower triangle L with L'L = precision, a semidefinite matrix (n, n)."""
    size = np.sqrt(np.maximum(np.diag(precision), np.finfo(np.float64).tiny))
    even = precision / size / size[:, None]
    values, vectors = np.linalg.eigh((even + even.T) / 2)
    root = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T
    return _triangle(root * size)


# Estimators


def _naive_bayes(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    means, variances = np.asarray(estimator.theta_), np.asarray(estimator.var_)
    with np.errstate(divide="ignore"):
        constants = np.log(estimator.class_prior_)
        constants -= 0.5 * (np.log(variances) + _LOG_2PI).sum(1)
        widths = np.sqrt(0.5 / variances)
    constants, _ = _centred(constants)
    scores = diagonal(graph, x, constants, means, widths)
    return classifier("logits", scores, estimator.classes_)


def _quadratic(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.array([np.log(s).sum() for s in estimator.scalings_])
        constants = np.log(estimator.priors_) - 0.5 * logs
        roots = [
            (r * (2 * s) ** -0.5).T
            for r, s in zip(estimator.rotations_, estimator.scalings_, strict=True)
        ]
    if not all(np.isfinite(root).all() for root in roots):
        raise UnsupportedModelError(
            "QuadraticDiscriminantAnalysis has a class whose covariance is singular;"
            " fit with reg_param above 0"
        )
    factors = np.stack([_triangle(root) for root in roots])
    constants, back = _centred(constants)
    scores = triangular(graph, x, constants, np.asarray(estimator.means_), factors)
    how = "difference" if len(constants) == 2 else back
    methods = {
        "predict": "class",
        "predict_proba": "proba",
        "predict_log_proba": "proba|log",
        "decision_function": f"scores|{how}",
    }
    return classifier("logits", scores, estimator.classes_, methods=methods)


def _centred(constants: Floats) -> tuple[Floats, str]:
    """The constants less the largest one, and how to add it again.

    Classes and probabilities follow from differences alone. What all scores
    share, the logarithm of the data's scale above all, would only cost digits.
    """
    top = float(constants.max())
    with np.errstate(invalid="ignore"):  # what is not finite is refused later
        return constants - top, f"plus:{top!r}"


def _location(estimator: Any) -> Floats:
    location: Floats = np.asarray(estimator.location_, np.float64)
    return location[None]


def _envelope(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    factor = _precision_triangle(estimator.get_precision())
    offset = float(estimator.offset_)
    constants = np.array([-offset])
    scores = triangular(graph, x, constants, _location(estimator), factor[None])
    methods = {
        "predict": "class",
        "decision_function": "scores",
        "score_samples": f"scores|plus:{offset!r}",
        "mahalanobis": f"scores|plus:{offset!r}|negate",
    }
    return OutputSpec("inliers", scores, (), [], "outlier_detector", methods)


def _covariance(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    factor = _precision_triangle(estimator.get_precision())
    scores = triangular(graph, x, np.zeros(1), _location(estimator), factor[None])
    methods = {"mahalanobis": "scores|negate"}
    return OutputSpec("values", scores, (), [], "density_estimator", methods)


def _log_determinants(estimator: Any) -> Floats:
    """Of the Cholesky factors of the precisions: (k,), or () if tied."""
    factor, kind = estimator.precisions_cholesky_, estimator.covariance_type
    if kind == "spherical":
        return np.asarray(estimator.means_.shape[1] * np.log(factor))
    if kind in ("full", "tied"):
        factor = np.diagonal(factor, axis1=-2, axis2=-1)
    return np.asarray(np.log(factor).sum(-1))


def _bayesian(estimator: Any) -> Floats:
    """The terms that a BayesianGaussianMixture adds to each log density: (k,)."""
    from scipy.special import digamma

    n, freedom = estimator.means_.shape[1], np.asarray(estimator.degrees_of_freedom_)
    halves = 0.5 * (freedom - np.arange(n)[:, None])
    expected = n * np.log(2.0) + digamma(halves).sum(0)
    extra: Floats = 0.5 * (expected - n * np.log(freedom))
    extra = extra - 0.5 * n / np.asarray(estimator.mean_precision_)
    return extra


def _mixture(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    means, kind = np.asarray(estimator.means_, np.float64), estimator.covariance_type
    constants = estimator._estimate_log_weights() + _log_determinants(estimator)
    constants = constants - 0.5 * means.shape[1] * _LOG_2PI
    if hasattr(estimator, "degrees_of_freedom_"):
        constants += _bayesian(estimator)
    constants, back = _centred(constants)
    output_sizes, classes = (len(means),), [np.arange(len(means))]
    factor = np.asarray(estimator.precisions_cholesky_, np.float64) * 0.5**0.5
    if kind in ("full", "tied"):
        lower = np.swapaxes(factor, -2, -1)
        lower = lower if kind == "full" else lower[None]
        scores = triangular(graph, x, constants, means, lower)
    else:
        widths = factor if kind == "diag" else factor[:, None]
        scores = diagonal(graph, x, constants, means, widths)
    methods = {
        "predict": "class",
        "predict_proba": "proba",
        "score_samples": f"scores|logsum|{back}",
    }
    spec = OutputSpec(
        "logits", scores, output_sizes, classes, "density_estimator", methods
    )
    if kind != "tied":
        return spec
    # What all components share is the larger part, where rows lie far outside.
    own = Differences(means, constants, factor.T)
    if not own.needed(rows_at(graph, x)):
        return spec
    k = len(means)
    methods |= {"score_samples": f"scores[{k}:{2 * k}]|logsum|{back}"}
    return spec.but(scores=own.convert(graph, x), extras=(scores,), methods=methods)


_CONVERTERS = {
    "GaussianNB": _naive_bayes,
    "QuadraticDiscriminantAnalysis": _quadratic,
    "GaussianMixture": _mixture,
    "BayesianGaussianMixture": _mixture,
    "EllipticEnvelope": _envelope,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds the stage of a Gaussian model.

    Raises
    ------
    UnsupportedModelError
        If a parameter is not finite, or beyond float32's range.
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.
    """
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    for cls in type(estimator).__mro__:
        if cls.__name__ in _CONVERTERS:
            return _CONVERTERS[cls.__name__](graph, estimator, x)
    return _covariance(graph, estimator, x)
