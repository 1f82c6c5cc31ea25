# SPDX-License-Identifier: MIT
"""Converter of scikit-learn's projections: a matrix, often after a shift.

A projection of data far from 0 loses digits: the products are large, and what is
wanted is their small difference. So the mean is taken away first, unless the data
lie around 0 anyway: then it goes into the biases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.convert.answer import Answer
from emlrt.convert.graph import Graph, Wire, floats
from emlrt.convert.linear import logistic, matrix_of
from emlrt.errors import UnsupportedModelError

#: What rounding may take from a mean, in standard deviations, before its low
#: part is stored too.
_LOST = 1e-6

Vector = NDArray[np.float64]


def _shift(graph: Graph, x: Wire, mean: Vector, spread: Vector | None) -> Wire:
    """A stage for x - mean, which no other stage is to take in."""
    high = mean.astype(np.float32).astype(np.float64)
    low = mean - high
    flags, parts = int(lib.EMLRT_AFFINE_SHIFT), [floats(high, "a mean")]
    if (abs(low) > (0.0 if spread is None else _LOST * spread)).any():
        flags |= int(lib.EMLRT_AFFINE_LOW)
        parts.append(floats(low))
    payload = flags.to_bytes(4, "little") + b"".join(parts)
    return graph.stage("AFFINE", graph.floats(x), x.count, payload)


@dataclass(frozen=True)
class Centred:
    """Numbers, and a mean that is still to be taken from them: float64 (n,)."""

    graph: Graph
    x: Wire
    mean: Vector

    def project(self, weights: Any, biases: ArrayLike = 0.0) -> Wire:
        """A stage for weights (n_out, n_in) @ (x - mean) + biases (n_out,)."""
        matrix = matrix_of(weights)
        vector = np.asarray(biases, np.float64) - matrix @ self.mean
        return self.graph.dense(self.x, matrix, vector)


def centred(
    graph: Graph, x: Wire, mean: ArrayLike | None, spread: Vector | None = None
) -> Centred:
    """x to be projected after its mean (n,) is taken from it, if it has one.

    spread: standard deviations of the data (n,), where they are known. A mean
    within them is left to the biases.
    """
    if mean is None:
        return Centred(graph, x, np.zeros(x.count))
    centre = np.asarray(mean, np.float64)
    if (abs(centre) > (0.0 if spread is None else spread)).any():
        return Centred(graph, _shift(graph, x, centre, spread), np.zeros(x.count))
    return Centred(graph, x, centre)


def _pca(graph: Graph, pca: Any, x: Wire) -> Wire:
    """PCA and IncrementalPCA."""
    weights = matrix_of(pca.components_)
    variance = np.asarray(pca.explained_variance_, np.float64)
    noise = max(0.0, float(pca.noise_variance_))
    spread = np.sqrt(variance @ weights**2 + noise)
    if pca.whiten:
        smallest = np.finfo(np.asarray(pca.explained_variance_).dtype).eps
        weights = weights / np.maximum(np.sqrt(variance), smallest)[:, None]
    return centred(graph, x, pca.mean_, spread).project(weights)


def _ica(graph: Graph, ica: Any, x: Wire) -> Wire:
    if not ica.whiten:
        return _matrix(graph, ica, x)
    spread = None
    if ica.whiten == "unit-variance":
        spread = np.sqrt((matrix_of(ica.mixing_) ** 2).sum(axis=1))
    return centred(graph, x, ica.mean_, spread).project(ica.components_)


def _factors(graph: Graph, analysis: Any, x: Wire) -> Wire:
    loads = matrix_of(analysis.components_)
    noise = np.asarray(analysis.noise_variance_, np.float64)
    scaled = loads / noise
    weights = np.linalg.solve(np.eye(len(loads)) + scaled @ loads.T, scaled)
    spread = np.sqrt((loads**2).sum(axis=0) + noise)
    return centred(graph, x, analysis.mean_, spread).project(weights)


def _sparse_pca(graph: Graph, pca: Any, x: Wire) -> Wire:
    """Ridge regression onto the components, solved once for all rows."""
    components = matrix_of(pca.components_)
    gram = components @ components.T
    gram[np.diag_indices(len(gram))] += float(pca.ridge_alpha)
    weights = np.linalg.lstsq(gram, components, rcond=None)[0]
    return centred(graph, x, pca.mean_).project(weights)


def _matrix(graph: Graph, estimator: Any, x: Wire) -> Wire:
    """Components alone."""
    return centred(graph, x, None).project(estimator.components_)


def _singular(graph: Graph, pls: Any, x: Wire) -> Wire:
    """PLSSVD."""
    scale = np.asarray(pls._x_std, np.float64)
    weights = matrix_of(pls.x_weights_).T / scale
    return centred(graph, x, pls._x_mean, scale).project(weights)


def _agglomeration(graph: Graph, estimator: Any, x: Wire) -> Wire:
    labels = np.unique(estimator.labels_)
    weights = (estimator.labels_ == labels[:, None]).astype(np.float64)
    if estimator.pooling_func is np.mean:
        weights /= weights.sum(axis=1, keepdims=True)
    elif estimator.pooling_func is not np.sum:
        raise UnsupportedModelError(
            "cannot convert FeatureAgglomeration with pooling_func="
            f"{estimator.pooling_func!r}; use numpy.mean or numpy.sum"
        )
    return centred(graph, x, None).project(weights)


def _dictionary(graph: Graph, coder: Any, x: Wire) -> Wire:
    """Sparse codes by a threshold: how far a product lies outside -a to a."""
    if coder.transform_algorithm != "threshold":
        raise UnsupportedModelError(
            f"cannot convert {type(coder).__name__} with transform_algorithm="
            f"{coder.transform_algorithm!r}, which searches anew for each row; use"
            " transform_algorithm='threshold'"
        )
    atoms = getattr(coder, "components_", None)
    atoms = matrix_of(coder.dictionary if atoms is None else atoms)
    alpha = coder.transform_alpha
    if alpha is None:
        alpha = getattr(coder, "alpha", None)
    level = -float(1.0 if alpha is None else alpha)
    above = graph.dense(x, atoms, level, relu=True)
    if coder.positive_code:
        if not coder.split_sign:
            return above
        return graph.concat([above, graph.affine(above, scale=0.0)])
    below = graph.dense(x, -atoms, level, relu=True)
    if coder.split_sign:
        return graph.concat([above, below])
    return graph.mix([above, below], [1.0, -1.0])


def _pls(graph: Graph, pls: Any, x: Wire) -> Answer:
    """PLSRegression, PLSCanonical and CCA: targets, then the scores of x."""
    scale = np.asarray(pls._x_std, np.float64)
    inputs = centred(graph, x, pls._x_mean, scale)
    targets = inputs.project(pls.coef_, pls.intercept_)
    parts = inputs.project(matrix_of(pls.x_rotations_).T / scale)
    n = targets.count
    methods = {
        "predict": "scores" if pls._predict_1d else "scores|columns",
        "transform": f"scores[{n}:{n + parts.count}]|columns",
    }
    return Answer("values", targets, methods=methods, extras=(parts,))


def _lda_parts(graph: Graph, lda: Any, x: Wire) -> tuple[Wire, Wire | None]:
    """Margins of LinearDiscriminantAnalysis, and transformed inputs if any.

    The margins of solver "svd" follow from the transformed inputs, which are few;
    those of the others need a matrix of their own.
    """
    means, priors = matrix_of(lda.means_), np.asarray(lda.priors_, np.float64)
    centre = priors @ means
    between = np.sqrt(priors @ (means - centre) ** 2)  # below the data's deviations
    inputs = centred(graph, x, centre, between)
    weights, biases = np.atleast_2d(matrix_of(lda.coef_)), np.ravel(lda.intercept_)
    if lda.solver == "lsqr":
        return inputs.project(weights, biases + weights @ centre), None
    scalings = matrix_of(lda.scalings_).T
    if lda.solver == "eigen":
        kept = scalings[: lda._max_components]
        parts = inputs.project(kept, kept @ centre)
        return inputs.project(weights, biases + weights @ centre), parts
    parts = inputs.project(scalings)
    places = (means - centre) @ scalings.T
    levels = np.log(priors) - 0.5 * (places**2).sum(axis=1)
    if len(means) == 2:
        places, levels = places[1:] - places[:1], levels[1:] - levels[:1]
    scores = graph.dense(parts, places, levels)
    return scores, graph.part(parts, 0, min(parts.count, lda._max_components))


def _lda(graph: Graph, lda: Any, x: Wire) -> Answer:
    if len(lda.classes_) < 2 or (np.asarray(lda.priors_) <= 0).any():
        raise UnsupportedModelError(
            "LinearDiscriminantAnalysis needs two classes or more, each with a"
            " prior above 0; fit again with such"
        )
    scores, parts = _lda_parts(graph, lda, x)
    answer = logistic(scores, lda.classes_)
    if parts is None:
        return answer
    n = scores.count
    transform = f"scores[{n}:{n + parts.count}]|columns"
    methods = {**answer.methods, "transform": transform}
    return answer.but(methods=methods, extras=(parts,))


_ANSWERS: dict[str, Callable[[Graph, Any, Wire], Answer]] = {
    "LinearDiscriminantAnalysis": _lda,
    "CCA": _pls,
    "PLSCanonical": _pls,
    "PLSRegression": _pls,
}
_TRANSFORMS: dict[str, Callable[[Graph, Any, Wire], Wire]] = {
    "DictionaryLearning": _dictionary,
    "FactorAnalysis": _factors,
    "FastICA": _ica,
    "FeatureAgglomeration": _agglomeration,
    "GaussianRandomProjection": _matrix,
    "IncrementalPCA": _pca,
    "MiniBatchDictionaryLearning": _dictionary,
    "MiniBatchSparsePCA": _sparse_pca,
    "NeighborhoodComponentsAnalysis": _matrix,
    "PCA": _pca,
    "PLSSVD": _singular,
    "SparseCoder": _dictionary,
    "SparsePCA": _sparse_pca,
    "SparseRandomProjection": _matrix,
    "TruncatedSVD": _matrix,
}


def emit(graph: Graph, estimator: Any, x: Wire) -> Answer:
    """Adds a fitted projection, PLS model or linear discriminant that reads x."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    for cls in type(estimator).__mro__:
        if cls.__name__ in _ANSWERS:
            return _ANSWERS[cls.__name__](graph, estimator, x)
        if cls.__name__ in _TRANSFORMS:
            scores = _TRANSFORMS[cls.__name__](graph, estimator, x)
            methods = {"transform": "scores|columns"}
            return Answer(
                "values", scores, estimator_type="transformer", methods=methods
            )
    raise AssertionError(type(estimator).__name__)
