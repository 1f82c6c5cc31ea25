# SPDX-License-Identifier: MIT
"""Converter of scikit-learn's projections: a matrix, often after a shift.

With the rows V of components_ and the mean m; by DENSE, and AFFINE before where m is
large:

    PCA                    V (x - m), over sqrt(explained_variance_) if whitened
    FastICA                V (x - m), or V x without whitening
    FactorAnalysis         (I + V D V')^-1 V D (x - m), where D is 1 / noise_variance_
    SparsePCA              (V V' + ridge_alpha I)^-1 V (x - m)
    PLS, CCA               coef_ (x - m) + intercept_, and x_rotations_' (x - m) / std
    LDA                    coef_ x + intercept_; with the solver svd, the same of
                           z = scalings_' (x - xbar_)

Dictionaries with a threshold a: sign(V x) max(|V x| - a, 0); by DENSE twice, with ReLU,
and WEIGHTED_SUM. FeatureAgglomeration: means or sums of columns; by DENSE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.numeric.centring import Centred, centred, matrix_of
from emlrt.convert.numeric.tables import Floats
from emlrt.convert.sklearn.linear_model import logistic
from emlrt.errors import UnsupportedModelError


def _pca(graph: Graph, pca: Any, x: Tensor) -> Tensor:
    """PCA and IncrementalPCA."""
    weights = matrix_of(pca.components_)
    variance = np.asarray(pca.explained_variance_, np.float64)
    noise = max(0.0, float(pca.noise_variance_))
    spread = np.sqrt(variance @ weights**2 + noise)
    if pca.whiten:
        smallest = np.finfo(np.asarray(pca.explained_variance_).dtype).eps
        weights = weights / np.maximum(np.sqrt(variance), smallest)[:, None]
    return centred(graph, x, pca.mean_, spread).project(weights)


def _ica(graph: Graph, ica: Any, x: Tensor) -> Tensor:
    if not ica.whiten:
        return _matrix(graph, ica, x)
    spread = None
    if ica.whiten == "unit-variance":
        spread = np.sqrt((matrix_of(ica.mixing_) ** 2).sum(axis=1))
    return centred(graph, x, ica.mean_, spread).project(ica.components_)


def _factors(graph: Graph, analysis: Any, x: Tensor) -> Tensor:
    loads = matrix_of(analysis.components_)
    noise = np.asarray(analysis.noise_variance_, np.float64)
    scaled = loads / noise
    weights = np.linalg.solve(np.eye(len(loads)) + scaled @ loads.T, scaled)
    spread = np.sqrt((loads**2).sum(axis=0) + noise)
    return centred(graph, x, analysis.mean_, spread).project(weights)


def _sparse_pca(graph: Graph, pca: Any, x: Tensor) -> Tensor:
    """Ridge regression onto the components, solved once for all rows."""
    components = matrix_of(pca.components_)
    gram = components @ components.T
    gram[np.diag_indices(len(gram))] += float(pca.ridge_alpha)
    weights = np.linalg.lstsq(gram, components, rcond=None)[0]
    return centred(graph, x, pca.mean_).project(weights)


def _matrix(graph: Graph, estimator: Any, x: Tensor) -> Tensor:
    """Components alone."""
    return centred(graph, x, None).project(estimator.components_)


def _singular(graph: Graph, pls: Any, x: Tensor) -> Tensor:
    """PLSSVD."""
    scale = np.asarray(pls._x_std, np.float64)
    weights = matrix_of(pls.x_weights_).T / scale
    return centred(graph, x, pls._x_mean, scale).project(weights)


def _agglomeration(graph: Graph, estimator: Any, x: Tensor) -> Tensor:
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


def _dictionary(graph: Graph, coder: Any, x: Tensor) -> Tensor:
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


def _pls_weights(pls: Any, scale: Floats) -> Floats:
    """The weights of centred inputs in predict: coef_, which scikit-learn up to 1.4
    had for scaled ones. Its own answer tells which."""
    weights = matrix_of(pls.coef_)
    moved = np.ravel(pls.predict((pls._x_mean + scale)[None])) - pls.intercept_
    plain, scaled = abs(moved - weights @ scale), abs(moved - weights.sum(axis=1))
    return weights / scale if scaled.max() < plain.max() else weights


def _pls(graph: Graph, pls: Any, x: Tensor) -> OutputSpec:
    """PLSRegression, PLSCanonical and CCA: targets, then the scores of x."""
    scale = np.asarray(pls._x_std, np.float64)
    inputs = centred(graph, x, pls._x_mean, scale)
    targets = inputs.project(_pls_weights(pls, scale), pls.intercept_)
    parts = inputs.project(matrix_of(pls.x_rotations_).T / scale)
    n = targets.count
    methods = {
        "predict": "scores" if pls._predict_1d else "scores|columns",
        "transform": f"scores[{n}:{n + parts.count}]|columns",
    }
    return OutputSpec("values", targets, methods=methods, extras=(parts,))


def _lda_svd(graph: Graph, lda: Any, x: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Margins that follow from the transformed inputs, which are few."""
    means, priors = matrix_of(lda.means_), np.asarray(lda.priors_, np.float64)
    scalings = matrix_of(lda.scalings_)
    parts = _lda_inputs(graph, lda, x).project(scalings.T)
    places = (means - priors @ means) @ scalings
    levels = np.log(priors) - 0.5 * (places**2).sum(axis=1)
    if len(means) == 2:
        places, levels = np.diff(places, axis=0), np.diff(levels)
    scores = graph.dense(parts, places, levels)
    return scores, (graph.part(parts, 0, min(parts.count, lda._max_components)),)


def _lda_inputs(graph: Graph, lda: Any, x: Tensor) -> Centred:
    """x about the mean. The classes' means spread less than the data do."""
    means, priors = matrix_of(lda.means_), np.asarray(lda.priors_, np.float64)
    centre = priors @ means
    return centred(graph, x, centre, np.sqrt(priors @ (means - centre) ** 2))


def _lda_margins(
    graph: Graph, lda: Any, x: Tensor
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Margins by a matrix of their own, transformed inputs if there are any.

    All classes' margins have a large part in common. It is no part of the scores,
    which would lose digits by it, but the first number behind them.
    """
    inputs = _lda_inputs(graph, lda, x)
    centre = np.asarray(lda.priors_, np.float64) @ matrix_of(lda.means_)
    weights = np.atleast_2d(matrix_of(lda.coef_))
    biases = np.ravel(lda.intercept_) + weights @ centre
    extras: tuple[Tensor, ...] = ()
    if len(weights) > 1:
        common, level = weights.mean(axis=0), biases.mean()
        extras = (inputs.project(common[None], level),)
        weights, biases = weights - common, biases - level
    scores = inputs.project(weights, biases)
    if lda.solver == "eigen":
        kept = matrix_of(lda.scalings_).T[: lda._max_components]
        extras += (inputs.project(kept, kept @ centre),)
    return scores, extras


def _lda(graph: Graph, lda: Any, x: Tensor) -> OutputSpec:
    if len(lda.classes_) < 2 or (np.asarray(lda.priors_) <= 0).any():
        raise UnsupportedModelError(
            "LinearDiscriminantAnalysis needs two classes or more, each with a"
            " prior above 0; fit again with such"
        )
    by_parts = lda.solver == "svd"
    scores, extras = (_lda_svd if by_parts else _lda_margins)(graph, lda, x)
    spec = logistic(scores, lda.classes_)
    methods, n = dict(spec.methods), scores.count
    if not by_parts and n > 1:
        methods["decision_function"] = f"scores[0:{n + 1}]|common"
        n += 1
    if lda.solver != "lsqr":
        methods["transform"] = f"scores[{n}:{n + extras[-1].count}]|columns"
    return spec.but(methods=methods, extras=extras)


_ANSWERS: dict[str, Callable[[Graph, Any, Tensor], OutputSpec]] = {
    "LinearDiscriminantAnalysis": _lda,
    "CCA": _pls,
    "PLSCanonical": _pls,
    "PLSRegression": _pls,
}
_TRANSFORMS: dict[str, Callable[[Graph, Any, Tensor], Tensor]] = {
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


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """Adds a fitted projection, PLS model or linear discriminant that reads x."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    for cls in type(estimator).__mro__:
        if cls.__name__ in _ANSWERS:
            return _ANSWERS[cls.__name__](graph, estimator, x)
        if cls.__name__ in _TRANSFORMS:
            y = _TRANSFORMS[cls.__name__](graph, estimator, x)
            return transformer(graph, y)
    raise AssertionError(type(estimator).__name__)
