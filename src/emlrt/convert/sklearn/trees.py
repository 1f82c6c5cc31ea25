# SPDX-License-Identifier: MIT
"""Decision trees, random forests and extra trees of scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import F32, Origin, Tensor
from emlrt.convert.trees.choice import Stage
from emlrt.convert.trees.encoding import encoded
from emlrt.convert.trees.fold_scalers import origin_of, read
from emlrt.convert.trees.forest import Forest, Ints, Splits, order, prune
from emlrt.convert.trees.leaves import (
    ValueTable,
    VoteTable,
    hard_votes,
    quantize_values,
    soft_votes,
    value_exponents,
    vote_unit,
)
from emlrt.convert.trees.payload import (
    LeafTables,
    Numbers,
    code_bytes,
    numbers_payload,
    vote_payload,
)
from emlrt.errors import UnsupportedModelError
from emlrt.native import constants

#: header.n_outputs has 16 bits.
_OUTPUTS_MAX = 0xFFFF
#: Names of ops by their codes.
_OPS = {code: name for name, code in constants("EMLRT_OP_").items()}


class _Chosen:
    """A Cython tree of a bag, as if it saw all features, not those chosen for it."""

    def __init__(self, tree: Any, features: Any) -> None:
        self._tree = tree
        self.feature = np.asarray(features)[np.maximum(tree.feature, 0)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tree, name)


def _trees(estimator: Any) -> list[Any]:
    """The Cython trees of a fitted estimator, a forest or a bag of trees."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    members = getattr(estimator, "estimators_", [estimator])
    trees = [member.tree_ for member in members]
    chosen = getattr(estimator, "estimators_features_", None)
    if chosen is None:
        return trees
    return [_Chosen(tree, f) for tree, f in zip(trees, chosen, strict=True)]


def _leaf_values(tree: Any) -> NDArray[np.float64]:
    """(n_leaves, n_outputs, n_values) of the leaves, in the order of nodes."""
    values: NDArray[np.float64] = tree.value[tree.children_left < 0]
    if not np.isfinite(values).all():
        raise UnsupportedModelError(
            "a leaf's value is NaN or infinite; refit the model"
        )
    return values


def _forest(trees: list[Any], codes: list[Ints]) -> Forest:
    """The trees side by side. codes: of each tree's leaves."""
    sizes = np.array([tree.node_count for tree in trees])
    roots = np.cumsum(sizes) - sizes
    left = np.concatenate(
        [t.children_left + r for t, r in zip(trees, roots, strict=True)]
    )
    right = np.concatenate(
        [t.children_right + r for t, r in zip(trees, roots, strict=True)]
    )
    leaf = np.concatenate([tree.children_left < 0 for tree in trees])
    code = np.full(leaf.size, -1, np.int64)
    code[leaf] = np.concatenate(codes)
    return Forest(
        roots=roots,
        left=left,
        right=right,
        feature=np.concatenate([tree.feature for tree in trees]),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        missing_left=np.concatenate(
            [np.asarray(tree.missing_go_to_left, bool) for tree in trees]
        ),
        code=code,
    )


def _prepare(
    graph: Graph, forest: Forest, x: Tensor, options: Options, origin: Origin | None
) -> None:
    """Settles thresholds for the numbers that the trees read, and prunes, in place."""
    read(graph, x, origin, forest, forest.code < 0, wide=False)
    if options.dtype != "float32":
        # An integer x is <= t exactly when it is <= floor(t).
        forest.threshold = np.floor(forest.threshold)
    prune(forest, *options.range)


def _accepts_missing(estimator: Any) -> bool:
    """Whether the estimator itself predicts rows that hold NaN."""
    member = getattr(estimator, "estimators_", [estimator])[0]
    return bool(member._support_missing_values(np.zeros((1, 1))))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shares(tree: Any, counts: list[int], kind: str) -> Iterable[NDArray[np.float64]]:
    """Each output's class shares at the leaves, rows adding up to 1."""
    values = _leaf_values(tree)
    if kind == "soft" and (values < 0).any():
        raise UnsupportedModelError(
            "a leaf's class shares are negative; refit without negative"
            " sample_weight, or pass voting='hard'"
        )
    for output, count in enumerate(counts):
        shares = values[:, output, :count]
        total = shares.sum(axis=1, keepdims=True)
        yield shares / np.where(total == 0, 1, total) if kind == "soft" else shares


def _votes(
    graph: Graph, splits: Splits, x: Tensor, options: Options, table: VoteTable
) -> tuple[int, bytes, Tensor]:
    """Op and payload of trees that vote, and what they read."""
    tables = LeafTables(splits)
    stage = Stage(splits, tables, table.kind, table.n_scores, code_bytes(splits))
    x, dtype, splits = encoded(graph, x, stage, options.dtype)
    op, payload = vote_payload(splits, tables, dtype, table, options.leaf_bits)
    return op, payload, x


def _classifier(
    graph: Graph,
    estimator: Any,
    trees: list[Any],
    x: Tensor,
    options: Options,
    origin: Origin | None,
) -> OutputSpec:
    classes = [np.asarray(c) for c in _as_list(estimator.classes_)]
    counts = [len(c) for c in classes]
    kind = options.voting or "soft"
    unit = vote_unit(options.leaf_bits, len(trees)) if kind == "soft" else 1
    table = VoteTable(sum(counts), unit)
    codes = []
    for tree in trees:
        shares = _shares(tree, counts, kind)
        votes = [
            soft_votes(s, unit, options.leaf_bits) if kind == "soft" else hard_votes(s)
            for s in shares
        ]
        codes.append(table.codes(np.concatenate(votes, axis=1)))
    forest = _forest(trees, codes)
    _prepare(graph, forest, x, options, origin)
    op, payload, x = _votes(graph, order(forest), x, options, table)
    return OutputSpec(
        "votes",
        graph.stage(_OPS[op], x, sum(counts), payload),
        tuple(counts),
        classes,
        "classifier",
        vote_total=unit * len(trees),
        missing=_accepts_missing(estimator),
    )


def _regressor(
    graph: Graph,
    estimator: Any,
    trees: list[Any],
    x: Tensor,
    options: Options,
    origin: Origin | None,
) -> OutputSpec:
    if options.voting is not None:
        raise ValueError(f"voting={options.voting!r} is for classifiers only")
    options.check_numbers()
    values = [_leaf_values(tree)[:, :, 0] / len(trees) for tree in trees]
    exponents = value_exponents(values, options.leaf_bits)
    table = ValueTable.of(quantize_values(values, exponents, options.leaf_bits))
    ends = np.cumsum([len(tree) for tree in values])[:-1]
    forest = _forest(trees, np.split(table.codes, ends))
    _prepare(graph, forest, x, options, origin)
    splits, n = order(forest), values[0].shape[1]
    tables = LeafTables(splits)
    numbers = Numbers(table.values, exponents, options.leaf_bits // 8)
    stage = Stage(splits, tables, numbers.kind, n, numbers.entry)
    x, dtype, splits = encoded(graph, x, stage, options.dtype)
    op, payload = numbers_payload(splits, tables, dtype, numbers)
    y = graph.stage(_OPS[op], x, n, payload)
    return OutputSpec("values", y, missing=_accepts_missing(estimator))


def leaf_votes(
    graph: Graph, trees: list[Any], columns: list[Ints], x: Tensor
) -> Tensor:
    """A stage that gives one vote for the column of each leaf that x reaches.

    columns : of each tree (n_nodes,), the column of each leaf.
    """
    graph.used.update(("encoding", "optimize"))
    options, origin, x = _reading(graph, x)
    codes = [
        column[tree.children_left < 0]
        for tree, column in zip(trees, columns, strict=True)
    ]
    n = 1 + max(int(code.max()) for code in codes)
    forest = _forest(trees, codes)
    _prepare(graph, forest, x, options, origin)
    op, payload, x = _votes(graph, order(forest), x, options, VoteTable(n, 1))
    return graph.stage(_OPS[op], x, n, payload)


def _reading(graph: Graph, x: Tensor) -> tuple[Options, Origin | None, Tensor]:
    """The numbers that trees can read instead of x, and the options for that."""
    options, origin = graph.options, origin_of(graph, x)
    if origin is not None:
        root = origin.source.buffer
        x = Tensor(root, 0, root.count)
    if x.dtype == F32 and options.dtype != "float32":
        options = replace(options, dtype="float32", X=None, inputs=None)
    return options, origin, x


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted tree, forest, extra-trees model or bag of trees that reads x."""
    graph.used.update(("voting", "leaf_bits", "encoding", "optimize"))
    options, origin, x = _reading(graph, x)
    trees = _trees(estimator)  # an unfitted classifier has no classes_ either
    if trees[0].n_outputs > _OUTPUTS_MAX:
        raise UnsupportedModelError(
            f"the model has {trees[0].n_outputs} outputs, of which a blob holds"
            f" {_OUTPUTS_MAX}; fit several models"
        )
    convert = _classifier if hasattr(estimator, "classes_") else _regressor
    return convert(graph, estimator, trees, x, options, origin)
