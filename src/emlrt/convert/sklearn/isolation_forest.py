# SPDX-License-Identifier: MIT
"""Forests whose result is where a row ends up: IsolationForest, RandomTreesEmbedding.

The formulas, and the ops of their stages:

    IsolationForest        -2^(-h(x) / c) - offset_, with h the mean path length and c
                           the usual one; 2^ is exp of a sum of scaled path lengths; by
                           TREES_SUM_F32 and its kin, EXP, AFFINE
    RandomTreesEmbedding   1 for the leaf of each tree that x ends in, else 0; by
                           TREES_VOTE_F32 and its kin, VOTES_TO_PROBA
"""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.sklearn.cython_trees import tree_ensemble
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.trees.ensemble import Floats
from emlrt.convert.trees.sums import sums
from emlrt.errors import UnsupportedModelError


def _depths(forest: Any) -> list[Floats]:
    """The path lengths of leaves: (n_nodes, 1) per tree."""
    paths = zip(
        forest._decision_path_lengths, forest._average_path_length_per_tree, strict=True
    )
    return [(np.asarray(a) + np.asarray(b) - 1.0)[:, None] for a, b in paths]


def _rate(forest: Any) -> float:
    """The factor of the sum of path lengths in the exponent, with base e."""
    from sklearn.ensemble._iforest import _average_path_length

    usual = float(_average_path_length([forest._max_samples])[0])
    n = len(forest.estimators_) * usual
    return -np.log(2.0) / n if n else 0.0


#: What scores are above the decision: a row that is right on the border is an inlier,
#: as training rows are that the border was taken from. About one unit of float32.
_LEAN = 2.0**-23


def _isolation(graph: Graph, forest: Any, x: Tensor) -> OutputSpec:
    """The decision function: -2^(-mean path length / usual one) - offset."""
    rate = _rate(forest)
    trees = [member.tree_ for member in forest.estimators_]
    values = [rate * depths for depths in _depths(forest)]
    base = np.zeros(1) if rate else np.array([-np.log(2.0)])
    ensemble = tree_ensemble(
        trees,
        values,
        forest.n_features_in_,
        base,
        features=forest.estimators_features_,
    )
    exponent = sums(graph, ensemble, x)
    power = graph.stage("EXP", exponent, 1)
    offset = float(forest.offset_)
    methods = {
        "predict": "class",
        "decision_function": f"scores|plus:{-_LEAN!r}",
        "score_samples": f"scores|plus:{offset - _LEAN!r}",
    }
    scores = graph.affine(power, scale=-1.0, offset=_LEAN - offset)
    return OutputSpec(
        "inliers", scores, (), [], "outlier_detector", methods, missing=True
    )


#: Most columns that a model may have.
_COLUMNS_MAX = 0xFFFF


def _embedding(graph: Graph, forest: Any, x: Tensor) -> OutputSpec:
    """A column for each leaf, 1 where a row ends in it."""
    trees = [member.tree_ for member in forest.estimators_]
    leaves = [tree.children_left < 0 for tree in trees]
    counts = np.array([int(leaf.sum()) for leaf in leaves])
    if counts.sum() > _COLUMNS_MAX:
        raise UnsupportedModelError(
            f"RandomTreesEmbedding gives {counts.sum()} columns; supported are up to"
            f" {_COLUMNS_MAX}: limit max_depth or n_estimators"
        )
    starts = np.cumsum(counts) - counts
    columns = []
    for leaf, start in zip(leaves, starts.tolist(), strict=True):
        column = np.zeros(leaf.size, np.int64)
        column[leaf] = np.arange(start, start + int(leaf.sum()))
        columns.append(column)
    from emlrt.convert.sklearn.trees import leaf_votes

    votes = leaf_votes(graph, trees, columns, x)
    return transformer(
        graph, graph.stage("VOTES_TO_PROBA", votes, votes.count, floats(1.0))
    )


_CONVERTERS = {"IsolationForest": _isolation, "RandomTreesEmbedding": _embedding}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted forest of this kind, of x."""
    return by_class(_CONVERTERS, graph, estimator, x)
