# SPDX-License-Identifier: MIT
"""CatBoost's trees, of any grow_policy, as sums of trees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from emlrt.allowance import Allowance
from emlrt.convert.catboost.file import (
    Borders,
    borders_of,
    children,
    numbers,
    whole,
)
from emlrt.convert.readers.json_fields import Fields
from emlrt.convert.trees.ensemble import (
    NODE,
    TREE,
    Ensemble,
    Floats,
    Ints,
    Oblivious,
    ObliviousTree,
)
from emlrt.errors import FormatError, UnsupportedModelError

_OUTPUTS_MAX = 0xFFFF
#: What a number of a leaf takes at the worst, as an allowance counts it.
_NUMBER = 48
#: Deeper trees of as many leaves no file can hold.
_DEPTH_MAX = 30


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees, how many there are, and the names of their inputs."""

    sums: Oblivious | Ensemble
    count: int
    names: list[str]


def _split(borders: Borders, split: Fields) -> int:
    """The border of a split, by its number over all features."""
    kind = split.text("split_type", "FloatFeature")
    if kind != "FloatFeature":
        raise UnsupportedModelError(
            f"split_type {kind[:40]!r} is not supported: only FloatFeature is"
        )
    at = whole(split, "split_index", borders.border.size)
    feature = whole(split, "float_feature_index", len(borders.names))
    border = numbers(split.plain("border"), 0)
    with np.errstate(over="ignore"):
        same = border is not None and border.astype(np.float32) == borders.border[at]
    if feature != borders.feature[at] or not same:
        raise split.wrong("border", "is not the feature's one in features_info")
    return at


def _scale_and_bias(document: Fields, n_outputs: int) -> tuple[float, Floats]:
    """The factor of the sums, and the bias behind it: one number per output."""
    if "scale_and_bias" not in document:
        return 1.0, np.zeros(n_outputs)
    found = document.plain("scale_and_bias")
    if not isinstance(found, list) or len(found) != 2:
        raise document.wrong("scale_and_bias", "is no pair")
    # Up to 0.24, one number was the bias of every output.
    scale, one, many = numbers(found[0], 0), numbers(found[1], 0), numbers(found[1])
    bias = many if one is None else np.full(n_outputs, one)
    if scale is None or bias is None or bias.size != n_outputs:
        raise document.wrong(
            "scale_and_bias", f"is no scale and {n_outputs} finite biases"
        )
    return float(scale), bias


def _oblivious_tree(borders: Borders, tree: Fields) -> tuple[Ints, Floats]:
    """Borders by level, and leaves (2^depth, n_outputs)."""
    tree.allowance.charge("trees", 1, TREE)
    at = np.array([_split(borders, s) for s in children(tree, "splits")], np.int64)
    tree.allowance.charge("questions", at.size, NODE)
    leaves = numbers(tree.plain("leaf_values"))
    if leaves is None:
        raise tree.wrong("leaf_values", "is no list of finite numbers")
    tree.allowance.charge("numbers of leaves", leaves.size, _NUMBER)
    if at.size > _DEPTH_MAX or leaves.size == 0 or leaves.size % (1 << at.size):
        raise tree.wrong(
            "leaf_values", f"has {leaves.size} numbers for {at.size} splits"
        )
    return at, leaves.reshape(1 << at.size, -1)


def _oblivious(document: Fields, borders: Borders, trees: list[Fields]) -> Oblivious:
    parts = [_oblivious_tree(borders, tree) for tree in trees]
    widths = {leaves.shape[1] for _, leaves in parts}
    width = _width(widths)
    scale, bias = _scale_and_bias(document, width)
    found = [
        ObliviousTree(
            borders.column[borders.feature[at]],
            borders.border[at],
            borders.missing[borders.feature[at]],
            leaves * scale,
        )
        for at, leaves in parts
    ]
    return Oblivious(len(borders.names), found, bias)


def _width(widths: set[int]) -> int:
    if len(widths) != 1:
        raise FormatError(f"leaves have {sorted(widths)[:5]} numbers: some are missing")
    width = widths.pop()
    if width > _OUTPUTS_MAX:
        raise UnsupportedModelError(
            f"the model has {width} outputs; supported are up to {_OUTPUTS_MAX}"
        )
    return width


@dataclass(eq=False)
class _Nodes:
    """Nodes of all trees. border: of splits, by its number; -1 of leaves."""

    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    border: list[int] = field(default_factory=list)
    leaves: list[Any] = field(default_factory=list)

    def add(self, borders: Borders, root: Any, allowance: Allowance) -> int:
        """Adds a tree of nested objects; gives its root."""
        first = len(self.left)
        above: list[tuple[Any, list[int], int]] = [(root, [], -1)]
        while above:
            value, side, parent = above.pop()
            at, node = len(self.left), Fields(value, "a node of the tree", allowance)
            allowance.charge("nodes", 1, 2 * NODE)
            if parent >= 0:
                side[parent] = at
            self.left.append(-1)
            self.right.append(-1)
            if ("split" in node) == ("value" in node):
                raise node.wrong("split", "or its value is missing, or it has both")
            if "value" in node:
                self.border.append(-1)
                self.leaves.append(node.plain("value"))
                continue
            self.border.append(_split(borders, node.child("split")))
            above.append((node.plain("right"), self.right, at))
            above.append((node.plain("left"), self.left, at))
        return first


def _leaves(found: list[Any]) -> Floats:
    """(n_leaves, n_outputs)."""
    table = numbers(found)
    table = numbers(found, 2) if table is None else table[:, None]
    if table is None or not table.shape[1]:
        raise FormatError("a leaf's value is no number, not finite, or of another size")
    return table


def _ensemble(document: Fields, borders: Borders, trees: list[Any]) -> Ensemble:
    nodes = _Nodes()
    document.allowance.charge("trees", len(trees), TREE)
    roots = [nodes.add(borders, tree, document.allowance) for tree in trees]
    leaves = _leaves(nodes.leaves)
    width = _width({leaves.shape[1]})
    scale, bias = _scale_and_bias(document, width)
    at = np.array(nodes.border)
    split = at >= 0
    document.allowance.charge("numbers of nodes", at.size * width, _NUMBER)
    value = np.zeros((at.size, width))
    value[~split] = leaves * scale
    feature, threshold = np.zeros(at.size, np.int64), np.zeros(at.size)
    feature[split] = borders.feature[at[split]]
    threshold[split] = borders.border[at[split]]
    return Ensemble(
        n_features=len(borders.names),
        roots=np.array(roots),
        left=np.array(nodes.left),
        right=np.array(nodes.right),
        feature=borders.column[feature],
        threshold=threshold,
        missing_left=split & ~borders.missing[feature],
        value=value,
        outputs=np.zeros(len(roots), np.int64),
        base=bias,
    )


def trees_of(document: Fields) -> Trees:
    """All trees of a document.

    Raises
    ------
    UnsupportedModelError
        If a feature is no number, or if there is no tree.
    FormatError
        If the trees are damaged.
    """
    borders = borders_of(document)
    found = children(document, "oblivious_trees")
    if found:
        sums: Oblivious | Ensemble = _oblivious(document, borders, found)
        return Trees(sums, len(found), borders.names)
    any_form = document.plain("trees") if "trees" in document else None
    if not isinstance(any_form, list) or not any_form:
        raise UnsupportedModelError(
            "the model has no trees, without which CatBoost predicts nothing either"
        )
    sums = _ensemble(document, borders, any_form)
    return Trees(sums, len(any_form), borders.names)
