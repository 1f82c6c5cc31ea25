# SPDX-License-Identifier: MIT
"""ONNX's tree ensembles: TreeEnsembleClassifier, TreeEnsembleRegressor and
TreeEnsemble."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.onnx.graph import Node
from emlrt.convert.onnx.tree_nodes import Nodes, by_ids, by_indices, ensemble_parts
from emlrt.convert.onnx.values import (
    PROBA,
    Rows,
    Value,
    chosen,
    labels_of,
    many_scores,
    one_score,
    transform_of,
    with_probabilities,
)
from emlrt.convert.trees.ensemble import Bools, Ensemble, Floats, Ints
from emlrt.convert.trees.sums import sums

_OUTPUTS_MAX = 0xFFFF
#: How far from 1 the sum of shares may be, of which float32 knows no more.
_WHOLE = 1e-6
#: What a number of a node takes at the worst, as an allowance counts it.
_NUMBER = 32
_AGGREGATES = ("AVERAGE", "SUM", "MIN", "MAX")


@dataclass(frozen=True, eq=False)
class Weights:
    """What leaves add: to which target, and how much. leaf: nodes of the trees."""

    leaf: Ints
    target: Ints
    weight: Floats


def _weights(node: Node, nodes: Nodes, kind: str, n_targets: int) -> Weights:
    """The weights of a node with ids. kind: "class" or "target"."""
    at = nodes.find(node, f"{kind}_treeids", f"{kind}_nodeids")
    weight = node.floats(f"{kind}_weights", at.size).astype(np.float64)
    target = node.ints(f"{kind}_ids", at.size)
    _check_weights(node, nodes, Weights(at, target, weight), n_targets)
    return Weights(at, target, weight)


def _check_weights(node: Node, nodes: Nodes, weights: Weights, n: int) -> None:
    if not 1 <= n <= _OUTPUTS_MAX:
        raise node.unsupported(f"{n} outputs; supported are 1 to {_OUTPUTS_MAX}")
    if not nodes.leaf[weights.leaf].all():
        raise node.wrong("a weight is one of a node that is no leaf")
    if ((weights.target < 0) | (weights.target >= n)).any():
        raise node.wrong(f"a weight is for none of the {n} outputs")
    if not np.isfinite(weights.weight).all():
        raise node.wrong("a weight is NaN or infinite")


def _one_target(nodes: Nodes, weights: Weights) -> Ints | None:
    """The one target of each tree, if each has one."""
    owner = nodes.owner[weights.leaf]
    low = np.full(nodes.roots.size, _OUTPUTS_MAX + 1)
    high = np.full(nodes.roots.size, -1)
    np.minimum.at(low, owner, weights.target)
    np.maximum.at(high, owner, weights.target)
    return np.maximum(high, 0) if (low >= high).all() else None


def _table(node: Node, n_nodes: int, weights: Weights, width: int) -> Floats:
    """(n_nodes, width); a weight of a target that is named twice counts twice."""
    node.allowance.charge("numbers of nodes", n_nodes * width, _NUMBER)
    table = np.zeros((n_nodes, width))
    np.add.at(table, (weights.leaf, weights.target % width), weights.weight)
    return table


def _ensemble(
    node: Node, nodes: Nodes, weights: Weights, base: Floats, x: Rows
) -> Ensemble:
    n, outputs = base.size, np.zeros(nodes.roots.size, np.int64)
    single = _one_target(nodes, weights) if n > 1 else outputs
    width = n if single is None else 1
    return Ensemble(
        n_features=x.tensor.count,
        roots=nodes.roots,
        value=_table(node, nodes.leaf.size, weights, width),
        outputs=outputs if single is None else single,
        base=base,
        **ensemble_parts(node, nodes, x.tensor.count, x.wide),
    )


def _sums(graph: Graph, node: Node, trees: Ensemble, x: Rows) -> Tensor:
    """The scores of rows by the trees."""
    if trees.sets and not x.exact:
        raise node.unsupported(
            "a split asks whether numbers are equal that float32 computes otherwise"
        )
    return sums(graph, trees, x.tensor, wide=x.wide)


def _add_up(nodes: Nodes, weights: Weights, base: Floats) -> bool:
    """Whether each row's scores add up to 1."""
    total = np.bincount(weights.leaf, weights.weight, nodes.leaf.size)[nodes.leaf]
    owner = nodes.owner[nodes.leaf]
    low, high = np.full((2, nodes.roots.size), np.nan)
    for each, pick in ((low, np.fmin), (high, np.fmax)):
        pick.at(each, owner, total)
    return bool(abs(high - low).max() < _WHOLE > abs(low.sum() + base.sum() - 1))


def _base(node: Node, n: int) -> Floats:
    """The start of the sums: none, or one number per output."""
    found = node.floats("base_values").astype(np.float64)
    if found.size not in (0, n):
        raise node.wrong(f"base_values has {found.size} numbers for {n} outputs")
    if not np.isfinite(found).all():
        raise node.wrong("base_values is NaN or infinite")
    return found


def _averaged(node: Node, how: str, weights: Weights, n_trees: int) -> Weights:
    if how not in ("SUM", "AVERAGE"):
        raise node.unsupported(
            f"aggregate_function={how!r} is not supported; 'SUM' and 'AVERAGE' are"
        )
    factor = 1.0 if how == "SUM" else 1.0 / n_trees
    return replace(weights, weight=weights.weight * factor)


def regressor(graph: Graph, node: Node, x: Rows) -> list[Value]:
    """TreeEnsembleRegressor."""
    nodes, n = by_ids(node), node.integer("n_targets", 1)
    weights = _weights(node, nodes, "target", n)
    how = node.text("aggregate_function", "SUM")
    weights = _averaged(node, how, weights, nodes.roots.size)
    base = _base(node, n)
    base = base if base.size else np.zeros(n)
    if n > 1 and (base != 0)[~_always(nodes, weights, n)].any():
        raise node.unsupported(
            "target_ids: rows can reach leaves without weights of some target, about"
            " whose base_values runtimes do not agree"
        )
    ensemble = _ensemble(node, nodes, weights, base, x)
    transform, y = transform_of(node), _sums(graph, node, ensemble, x)
    if transform != "NONE" and n > 1:  # ONNX Runtime leaves it out for one number
        y = graph.stage(transform, y, n)
    return [Rows(y, missing=True, exact=False)]


def ensemble(graph: Graph, node: Node, x: Rows) -> list[Value]:
    """TreeEnsemble, of version 5."""
    nodes, leaf = by_indices(node)
    target, weight = node.ints("leaf_targetids"), node.tensor("leaf_weights").ravel()
    right = target.size == weight.size and weight.dtype.kind == "f"
    if not right or (leaf >= target.size).any():
        raise node.wrong("leaf_targetids or leaf_weights are too few or too many")
    at = np.flatnonzero(nodes.leaf)
    weights = Weights(at, target[leaf], weight[leaf].astype(np.float64))
    n = node.integer("n_targets", 1)
    _check_weights(node, nodes, weights, n)
    how = node.integer("aggregate_function", 1)
    if not 0 <= how < len(_AGGREGATES):
        raise node.wrong(f"aggregate_function={how} is unknown")
    weights = _averaged(node, _AGGREGATES[how], weights, nodes.roots.size)
    if node.integer("post_transform", 0):
        raise node.unsupported(
            "post_transform is not supported, for ONNX Runtime takes its numbers for"
            " others than ONNX's"
        )
    trees = _ensemble(node, nodes, weights, np.zeros(n), x)
    y = _sums(graph, node, trees, x)
    return [Rows(y, missing=True, kind=x.kind, exact=False)]


def _always(nodes: Nodes, weights: Weights, n: int) -> Bools:
    """Whether some tree adds to a class on every path."""
    pairs = np.unique(np.stack([weights.leaf, weights.target]), axis=1)
    owner = nodes.owner[pairs[0]]
    leaves = np.bincount(nodes.owner[nodes.leaf], minlength=nodes.roots.size)
    both, count = np.unique(np.stack([owner, pairs[1]]), axis=1, return_counts=True)
    found = np.zeros(n, bool)
    found[both[1][count == leaves[both[0]]]] = True
    return found


def _binary(
    graph: Graph,
    node: Node,
    trees: Ensemble,
    x: Rows,
    classes: Any,
    positive: bool,
) -> OutputSpec:
    """Two classes by one sum. Where no weight is negative, ONNX Runtime takes it for
    a probability, and decides at 1/2."""
    transform, y = transform_of(node), _sums(graph, node, trees, x)
    if not positive and transform != "SOFTMAX":
        return one_score(graph, y, classes, transform, missing=True)
    if transform == "SOFTMAX":
        raise node.unsupported(
            "post_transform='SOFTMAX' of one score has no agreed meaning"
        )
    if transform == "NONE":
        both = graph.stage("COMPLEMENT", y, 2)
        return classifier("shares", both, classes, methods=PROBA, missing=True)
    p = graph.stage("COMPLEMENT", graph.stage("LOGISTIC", y, 1), 2)
    above = graph.affine(y, offset=-0.5)
    spec = classifier("binary", above, classes, missing=True)
    return with_probabilities(spec, p)


def _two(node: Node, nodes: Nodes, weights: Weights) -> Weights:
    """The scores of the second of two classes, if the first one's are their
    negatives."""
    table = _table(node, nodes.leaf.size, weights, 2)
    if (table[:, 0] != -table[:, 1]).any() or node.floats("base_values").any():
        raise node.unsupported(
            "class_ids: of two classes, both have weights that are not each other's"
            " negatives, or base_values; runtimes do not agree about their label"
        )
    second = weights.target == 1
    return Weights(
        weights.leaf[second], weights.target[second] * 0, weights.weight[second]
    )


def _two_classes(
    graph: Graph, node: Node, nodes: Nodes, weights: Weights, x: Rows, classes: Any
) -> OutputSpec:
    ids = np.unique(weights.target)
    if ids.size == 2:
        second = _two(node, nodes, weights)
        trees = _ensemble(node, nodes, second, np.zeros(1), x)
        y = _sums(graph, node, trees, x)
        return one_score(graph, y, classes, transform_of(node), missing=True)
    base = node.floats("base_values").astype(np.float64)
    if ids.tolist() != [0] or base.size > 1 or not np.isfinite(base).all():
        raise node.unsupported(
            "class_ids, or base_values, of two classes: supported are weights of class"
            " 0, and one base value; runtimes do not agree about others"
        )
    base = base if base.size else np.zeros(1)
    trees = _ensemble(node, nodes, weights, base, x)
    positive = bool((weights.weight >= 0).all())
    return _binary(graph, node, trees, x, classes, positive)


def tree_classifier(graph: Graph, node: Node, x: Rows) -> list[Value]:
    """TreeEnsembleClassifier."""
    classes = labels_of(node, "classlabels_int64s", "classlabels_strings")
    nodes, n = by_ids(node), classes.size
    weights = _weights(node, nodes, "class", n)
    if n == 2:
        spec = _two_classes(graph, node, nodes, weights, x, classes)
        return chosen(spec)
    base = _base(node, n)
    if not base.size and not _always(nodes, weights, n).all():
        raise node.unsupported(
            "class_ids: rows can reach leaves without weights of some class, about"
            " whose label runtimes do not agree; give base_values"
        )
    base = base if base.size else np.zeros(n)
    trees = _ensemble(node, nodes, weights, base, x)
    transform, y = transform_of(node), _sums(graph, node, trees, x)
    if transform == "NONE" and (weights.weight >= 0).all() and (base >= 0).all():
        shares = classifier("shares", y, classes, methods=PROBA, missing=True)
        return chosen(shares, whole=_add_up(nodes, weights, base))
    return chosen(many_scores(graph, y, classes, transform, missing=True))
