# SPDX-License-Identifier: MIT
"""Converter of support vector machines and other models that are made of kernels.

With support vectors s_j and the kernel K (see emlrt.convert.numeric.kernel_sums):

    two classes, SVR, OneClassSVM   d = sum_j a_j K(x, s_j) + b; by KERNEL_RBF and its
                        kin, or by DENSE for a linear kernel
    k classes           such a d_ij per pair of classes, then for each class its wins
                        + c / (3 (|c| + 1)), where c is the sum of its d; by OVO
    predict_proba       r_ij = 1 / (1 + exp(A_ij d_ij + B_ij)), then p by the method of
                        Wu, Lin and Weng; by PAIRWISE_COUPLING
    KernelRidge, KernelPCA, Nystroem   sums like d, one per output
    RBFSampler          sqrt(2 / n) cos(W x + b); by DENSE, COS, AFFINE
    SkewedChi2Sampler   the same of log(x + skewedness); by AFFINE, LOG before
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.numeric.centring import around_rows
from emlrt.convert.numeric.kernel_sums import Kernel, Machine, dense, named
from emlrt.convert.numeric.pairs import pair_probabilities, pair_votes
from emlrt.errors import UnsupportedModelError

_TRANSFORM = {"transform": "scores|columns"}


# Support vector machines

#: The decision of what is just told apart. All may be smaller, where nothing is.
_MARGIN = 1.0


def _svm_kernel(estimator: Any) -> Kernel:
    return named(
        estimator,
        estimator.kernel,
        estimator._gamma,
        estimator.coef0,
        estimator.degree,
    )


def _intercepts(estimator: Any) -> NDArray[np.float64]:
    return np.atleast_1d(np.asarray(estimator.intercept_, np.float64))


def _one_sum(estimator: Any, starts: NDArray[np.float64]) -> Machine:
    """The decision of a machine with one output, with its public signs."""
    return Machine(
        _svm_kernel(estimator),
        _vectors(estimator),
        dense(estimator.dual_coef_).T,
        starts,
    )


def _vectors(estimator: Any) -> NDArray[np.float64]:
    return dense(estimator.support_vectors_).reshape(-1, estimator.n_features_in_)


def _pair_weights(estimator: Any) -> NDArray[np.float64]:
    """Weights (pairs, n_features) of linear one-against-one decisions."""
    rows, dual = _vectors(estimator), dense(estimator.dual_coef_)
    ends = np.cumsum([0, *estimator.n_support_])
    parts = [slice(a, b) for a, b in pairwise(ends)]
    k = len(parts)
    return np.array(
        [
            dual[j - 1, parts[i]] @ rows[parts[i]] + dual[i, parts[j]] @ rows[parts[j]]
            for i in range(k)
            for j in range(i + 1, k)
        ]
    )


def _pairs(
    graph: Graph, estimator: Any, x: Tensor, intercepts: NDArray[np.float64]
) -> Tensor:
    """Decisions between all pairs of three or more classes, first against second
    above 0."""
    kernel = _svm_kernel(estimator)
    if kernel.name == "linear":
        rows = _vectors(estimator)
        return around_rows(graph, x, _pair_weights(estimator), intercepts, rows)
    return Machine(
        kernel,
        _vectors(estimator),
        dense(estimator.dual_coef_).T,
        intercepts,
        tuple(int(n) for n in estimator.n_support_),
        least=_MARGIN,
    ).convert(graph, x)


def _has_proba(estimator: Any) -> bool:
    return hasattr(estimator, "predict_proba") and len(estimator._probA) > 0


def _decisions(
    graph: Graph,
    estimator: Any,
    sums: Callable[[NDArray[np.float64]], Tensor],
    sign: int,
) -> tuple[Tensor, Tensor | None]:
    """Decisions between pairs, and probabilities if there are any.

    sums: adds the stages that compute decisions that start from given numbers.
    sign: of libsvm's decisions in the estimator's.

    Probabilities are taken from the decisions without intercepts, which go into
    their biases: where decisions hardly differ, the slopes are so steep that they
    would show the rounding of intercepts.
    """
    intercepts = _intercepts(estimator)
    if not _has_proba(estimator):
        return sums(intercepts), None
    plain = sums(np.zeros(intercepts.size))
    slopes = sign * np.asarray(estimator._probA, np.float64)
    biases = estimator._probB + slopes * intercepts
    proba = pair_probabilities(graph, plain, len(estimator.classes_), slopes, biases)
    return graph.affine(plain, offset=intercepts), proba


def _with_proba(spec: OutputSpec, proba: Tensor | None) -> OutputSpec:
    """The OutputSpec with probabilities behind all other numbers."""
    if proba is None:
        return spec
    start = spec.scores.count + sum(tensor.count for tensor in spec.extras)
    found = f"scores[{start}:{start + proba.count}]"
    more = {"predict_proba": found, "predict_log_proba": f"{found}|log"}
    return spec.but(extras=(*spec.extras, proba), methods={**spec.methods, **more})


def _two_classes(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """libsvm decides for the first class above 0, and scikit-learn turns the sign
    over: at 0 it is the second class, as the kind "inliers" has it."""

    def sums(starts: NDArray[np.float64]) -> Tensor:
        return replace(_one_sum(estimator, starts), least=_MARGIN).convert(graph, x)

    score, proba = _decisions(graph, estimator, sums, -1)
    methods = {"predict": "class", "decision_function": "scores"}
    spec = classifier("inliers", score, estimator.classes_, methods=methods)
    return _with_proba(spec, proba)


def _more_classes(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    def sums(starts: NDArray[np.float64]) -> Tensor:
        return _pairs(graph, estimator, x, starts)

    pairs, proba = _decisions(graph, estimator, sums, 1)
    k = len(estimator.classes_)
    how = f"scores[{k}:{2 * k}]"
    extras: tuple[Tensor, ...] = ()
    if estimator.decision_function_shape == "ovo":
        scores = pair_votes(graph, pairs, k, lib.EMLRT_OVO_VOTES)
        how, extras = f"scores[{k}:{k + pairs.count}]", (pairs,)
    elif estimator.break_ties:
        scores, how = pair_votes(graph, pairs, k, lib.EMLRT_OVO_DECISIONS), "scores"
    else:
        parts = lib.EMLRT_OVO_VOTES | lib.EMLRT_OVO_DECISIONS
        scores = pair_votes(graph, pairs, k, parts)
    spec = OutputSpec(
        "margins",
        scores,
        (k,),
        [np.asarray(estimator.classes_)],
        "classifier",
        {"predict": "class", "decision_function": how},
        extras,
    )
    return _with_proba(spec, proba)


def _classifier(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    if estimator.break_ties and estimator.decision_function_shape == "ovo":
        raise UnsupportedModelError(
            f"{type(estimator).__name__} with break_ties=True and"
            " decision_function_shape='ovo' cannot predict; set one of them otherwise"
        )
    some = _two_classes if len(estimator.classes_) == 2 else _more_classes
    return some(graph, estimator, x)


def _regressor(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    return OutputSpec(
        "values", _one_sum(estimator, _intercepts(estimator)).convert(graph, x)
    )


def _outliers(kind: str, scores: Tensor, offset: float) -> OutputSpec:
    methods = {
        "predict": "class",
        "decision_function": "scores",
        "score_samples": f"scores|plus:{offset!r}",
    }
    labels = [np.array([-1, 1])]
    return OutputSpec(kind, scores, (1,), labels, "outlier_detector", methods)


def _one_class(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """libsvm's inliers are above 0, not at 0."""
    scores = _one_sum(estimator, _intercepts(estimator)).convert(graph, x)
    return _outliers("binary", scores, float(np.ravel(estimator.offset_)[0]))


def _linear_one_class(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    offset = float(np.ravel(estimator.offset_)[0])
    scores = graph.dense(x, np.atleast_2d(estimator.coef_), [-offset])
    spec = _outliers("inliers", scores, offset)
    return spec.but(methods={**spec.methods, "predict": "class|as:int32"})


# Sums of kernels with training rows


def _ridge(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    kernel = named(
        estimator, estimator.kernel, estimator.gamma, estimator.coef0, estimator.degree
    )
    dual = np.asarray(estimator.dual_coef_, np.float64)
    columns = dual.reshape(len(dual), -1)
    starts = np.zeros(columns.shape[1])
    scores = Machine(kernel, dense(estimator.X_fit_), columns, starts).convert(graph, x)
    methods = {"predict": "scores|columns"} if dual.ndim > 1 else {}
    return OutputSpec("values", scores, methods=methods)


def _transformer(scores: Tensor) -> OutputSpec:
    return OutputSpec(
        "values", scores, estimator_type="transformer", methods=dict(_TRANSFORM)
    )


def _nystroem(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    given = {}
    if isinstance(estimator.kernel, str) and estimator.kernel != "precomputed":
        given = dict(estimator._get_kernel_params())
    kernel = named(
        estimator,
        estimator.kernel,
        given.get("gamma"),
        given.get("coef0", 1.0),
        given.get("degree", 3),
    )
    columns = np.asarray(estimator.normalization_, np.float64).T
    rows = dense(estimator.components_)
    starts = np.zeros(columns.shape[1])
    return _transformer(Machine(kernel, rows, columns, starts).convert(graph, x))


def _kernel_pca(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Centring the kernels is linear: it goes into coefficients and starts."""
    kernel = named(
        estimator, estimator.kernel, estimator.gamma_, estimator.coef0, estimator.degree
    )
    values, vectors = estimator.eigenvalues_, estimator.eigenvectors_
    used = np.flatnonzero(values)
    columns = np.zeros(vectors.shape)
    columns[:, used] = vectors[:, used] / np.sqrt(values[used])
    centerer = estimator._centerer
    starts = centerer.K_fit_all_ * columns.sum(axis=0)
    starts = starts - np.asarray(centerer.K_fit_rows_) @ columns
    columns = columns - columns.mean(axis=0)
    rows = dense(estimator.X_fit_)
    return _transformer(Machine(kernel, rows, columns, starts).convert(graph, x))


def _centerer(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Kernels with the training rows, centred by the rows' means."""
    means = np.asarray(estimator.K_fit_rows_, np.float64)
    weights = np.eye(means.size) - 1.0 / means.size
    return _transformer(graph.dense(x, weights, estimator.K_fit_all_ - means))


# Random features


def _waves(
    graph: Graph, x: Tensor, weights: ArrayLike, phases: ArrayLike
) -> OutputSpec:
    """sqrt(2 / n) cos(weights @ x + phases)."""
    angles = graph.dense(x, weights, phases)
    waves = graph.stage("COS", angles, angles.count)
    return _transformer(graph.affine(waves, scale=np.sqrt(2.0 / waves.count)))


def _rbf_sampler(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    weights = np.asarray(estimator.random_weights_, np.float64).T
    return _waves(graph, x, weights, estimator.random_offset_)


def _skewed_sampler(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """An input that is not above -skewedness, which scikit-learn refuses, gives
    NaN or what follows from an infinite logarithm."""
    shifted = graph.affine(x, offset=estimator.skewedness)
    logs = graph.stage("LOG", shifted, shifted.count)
    weights = np.asarray(estimator.random_weights_, np.float64).T
    return _waves(graph, logs, weights, estimator.random_offset_)


_CONVERTERS: dict[str, Callable[[Graph, Any, Tensor], OutputSpec]] = {
    "SVC": _classifier,
    "NuSVC": _classifier,
    "SVR": _regressor,
    "NuSVR": _regressor,
    "OneClassSVM": _one_class,
    "SGDOneClassSVM": _linear_one_class,
    "KernelRidge": _ridge,
    "Nystroem": _nystroem,
    "KernelPCA": _kernel_pca,
    "KernelCenterer": _centerer,
    "RBFSampler": _rbf_sampler,
    "SkewedChi2Sampler": _skewed_sampler,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds a fitted kernel machine or kernel map that reads x.

    Raises
    ------
    UnsupportedModelError
        If its kernel, or a parameter of it, cannot be converted.
    """
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    for cls in type(estimator).__mro__:
        if cls.__name__ in _CONVERTERS:
            return _CONVERTERS[cls.__name__](graph, estimator, x)
    raise AssertionError(f"no converter for {type(estimator).__name__}")
