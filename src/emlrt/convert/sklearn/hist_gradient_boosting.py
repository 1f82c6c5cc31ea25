# SPDX-License-Identifier: MIT
"""Gradient boosting of scikit-learn on histograms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.infinite import refuse
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.trees.ensemble import Ensemble, Floats, Ints
from emlrt.convert.trees.sums import sums
from emlrt.errors import UnsupportedModelError


@dataclass(frozen=True)
class _Inputs:
    """What the trees call features: the model's, categorical ones first.

    source : (n_features,) the model's feature.
    categories : numbers by code of each categorical feature.
    """

    source: Ints
    categories: list[Floats]


def _numbers(values: Any) -> Floats:
    """A feature's categories; NaN, which is the last one if any, is missing."""
    found = np.asarray(values)
    if found.dtype.kind not in "biuf":
        raise UnsupportedModelError(
            f"a categorical feature has the category {found[0]!r}, which is no number;"
            " encode it as integers outside the model, before fit"
        )
    numbers = found.astype(np.float64)
    return numbers[~np.isnan(numbers)]


def _inputs(boosted: Any) -> _Inputs:
    n = boosted.n_features_in_
    if boosted.is_categorical_ is None:
        return _Inputs(np.arange(n), [])
    chosen = np.asarray(boosted.is_categorical_, bool)
    encoder = boosted._preprocessor.named_transformers_["encoder"]
    source = np.concatenate([np.flatnonzero(chosen), np.flatnonzero(~chosen)])
    return _Inputs(source, [_numbers(c) for c in encoder.categories_])


def _set(bits: NDArray[np.uint32], categories: Floats) -> Categories:
    """Which of a feature's categories go left; all others are as missing."""
    left = np.unpackbits(bits.astype("<u4").view(np.uint8), bitorder="little")
    return Categories(categories, left[: categories.size].astype(bool), exact=True)


def _predictors(boosted: Any) -> list[list[Any]]:
    found: list[list[Any]] = boosted._predictors
    return found


def _sets(predictors: list[Any], inputs: _Inputs) -> tuple[Ints, list[Categories]]:
    """Of each node of all trees its set, -1 for none; and the sets."""
    category: list[Ints] = []
    sets: list[Categories] = []
    for predictor in predictors:
        nodes = predictor.nodes
        mine = np.full(len(nodes), -1, np.int64)
        splits = (nodes["is_categorical"] != 0) & (nodes["is_leaf"] == 0)
        for i in np.flatnonzero(splits).tolist():
            bits = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][i]]
            mine[i] = len(sets)
            sets.append(_set(bits, inputs.categories[nodes["feature_idx"][i]]))
        category.append(mine)
    return np.concatenate(category), sets


def _ensemble(boosted: Any) -> Ensemble:
    inputs = _inputs(boosted)
    rounds = _predictors(boosted)
    predictors = [predictor for each in rounds for predictor in each]
    base = np.asarray(boosted._baseline_prediction, np.float64).ravel()
    nodes = [predictor.nodes for predictor in predictors]
    sizes = np.array([len(n) for n in nodes], np.int64)
    roots = np.cumsum(sizes) - sizes
    shift = np.repeat(roots, sizes)
    every = np.concatenate(nodes)
    leaf = every["is_leaf"] != 0
    category, sets = _sets(predictors, inputs)
    return Ensemble(
        n_features=boosted.n_features_in_,
        roots=roots,
        left=np.where(leaf, -1, every["left"].astype(np.int64) + shift),
        right=np.where(leaf, -1, every["right"].astype(np.int64) + shift),
        feature=inputs.source[every["feature_idx"].clip(0)],
        threshold=every["num_threshold"].astype(np.float64),
        missing_left=every["missing_go_to_left"] != 0,
        value=every["value"].astype(np.float64)[:, None],
        outputs=np.tile(np.arange(base.size), len(rounds)),
        base=base,
        category=category,
        sets=sets,
    )


def _classifier(graph: Graph, boosted: Any, x: Tensor) -> OutputSpec:
    if len(boosted.classes_) == 1:
        raise UnsupportedModelError(
            f"{type(boosted).__name__} was fitted to one class,"
            f" {boosted.classes_.tolist()[0]!r}; its answer is always that"
        )
    ensemble = _ensemble(boosted)
    scores = sums(graph, ensemble, x, wide=True)
    kind = "logits" if ensemble.n_outputs > 1 else "logistic"
    methods = {
        "predict": "class",
        "predict_proba": "proba",
        "decision_function": "scores",
    }
    return classifier(kind, scores, boosted.classes_, methods=methods, missing=True)


#: Losses whose link is the logarithm.
_LOGS = ("poisson", "gamma")


def _regressor(graph: Graph, boosted: Any, x: Tensor) -> OutputSpec:
    y = sums(graph, _ensemble(boosted), x, wide=True)
    if boosted.loss in _LOGS:
        y = graph.stage("EXP", y, y.count)
    return OutputSpec("values", y, missing=True)


_CONVERTERS = {
    "HistGradientBoostingClassifier": _classifier,
    "HistGradientBoostingRegressor": _regressor,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted gradient-boosting model on histograms, of x."""
    if estimator.is_categorical_ is not None:
        refuse(graph, x)  # its encoder takes no infinite category
    return by_class(_CONVERTERS, graph, estimator, x)
