# SPDX-License-Identifier: MIT
"""Nodes of XGBoost's trees, from its documents: each tree is checked to be one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.readers.json_fields import Fields
from emlrt.convert.trees.ensemble import NODE, TREE, Bools, Ints
from emlrt.errors import FormatError

Float32s = NDArray[np.float32]
_COUNT_MAX = 1 << 31


@dataclass(eq=False)
class Nodes:
    """Nodes of all trees, numbered over all of them.

    owner : the tree of each. left, right : children, -1 of leaves. number : a leaf's
    number in its tree, if leaves are vectors. condition : a split's threshold, or a
    leaf's value.
    """

    roots: Ints
    owner: Ints
    left: Ints
    right: Ints
    number: Ints
    feature: Ints
    condition: Float32s
    missing_left: Bools
    by_category: Bools


def refuse(wrong: Bools, owner: Ints, what: str) -> None:
    """Raises if anything is wrong, naming the first tree where it is.

    wrong, owner: whether each node is, and its tree.
    """
    if wrong.any():
        raise FormatError(f"trees[{int(owner[wrong.argmax()])}]: {what}")


def _sizes(trees: Sequence[Fields]) -> Ints:
    """Nodes of each tree."""
    sizes = np.array([t.ints("left_children").size for t in trees], np.int64)
    for tree, size in zip(trees, sizes.tolist(), strict=True):
        tree.allowance.charge("trees", 1, TREE)
        tree.allowance.charge("nodes", size, NODE)
    for tree, size in zip(trees, sizes.tolist(), strict=True):
        stated = tree.child("tree_param").count("num_nodes", _COUNT_MAX)
        if size == 0 or stated != size:
            raise tree.wrong("left_children", f"has {size} of {stated} nodes")
    return sizes


def joined(trees: Sequence[Fields]) -> Nodes:
    """The nodes of trees, at least one, end to end."""
    sizes = _sizes(trees)
    pairs = list(zip(trees, sizes.tolist(), strict=True))

    def ints(name: str) -> Ints:
        return np.concatenate([tree.ints(name, size) for tree, size in pairs])

    left, right = ints("left_children"), ints("right_children")
    roots = np.cumsum(sizes) - sizes
    owner = np.repeat(np.arange(sizes.size), sizes)
    leaf, size, start = left == -1, sizes[owner], roots[owner]
    wrong = (left < 1) | (left >= size) | (right < 1) | (right >= size)
    refuse(wrong & ~leaf, owner, "a child lies outside of the tree")
    kinds = [  # files of old know no categories
        tree.ints("split_type", size) if "split_type" in tree else np.zeros(size)
        for tree, size in pairs
    ]
    return Nodes(
        roots=roots,
        owner=owner,
        left=np.where(leaf, -1, left + start),
        right=np.where(leaf, -1, right + start),
        number=right,
        feature=ints("split_indices"),
        condition=np.concatenate([t.floats("split_conditions", s) for t, s in pairs]),
        missing_left=ints("default_left") != 0,
        by_category=(np.concatenate(kinds) == 1) & ~leaf,
    )


def _reached(nodes: Nodes) -> Bools:
    """Which nodes their tree's root leads to."""
    n = nodes.left.size
    inner = np.flatnonzero(nodes.left >= 0)
    children = np.concatenate([nodes.left[inner], nodes.right[inner]])
    refuse(
        np.bincount(children, minlength=n) > 1, nodes.owner, "a node has two parents"
    )
    # Roots lead up to themselves, nodes without a parent to nowhere.
    up = np.full(n + 1, n)
    up[children] = np.concatenate([inner, inner])
    up[nodes.roots] = nodes.roots
    for _ in range(n.bit_length()):
        up = up[up]
    return np.asarray(up[:n] == nodes.roots[nodes.owner], bool)


def kept(trees: Sequence[Fields], nodes: Nodes) -> Ints:
    """Nodes that can be reached. Pruning leaves some that cannot, and counts them.

    Raises
    ------
    FormatError
        If a node has two parents, or others cannot be reached.
    """
    reached = _reached(nodes)
    lost = np.bincount(nodes.owner[~reached], minlength=len(trees))
    for tree, count in zip(trees, lost.tolist(), strict=True):
        deleted = tree.child("tree_param").count("num_deleted", _COUNT_MAX, "0")
        if count > deleted:
            raise tree.wrong("left_children", "does not lead to every node")
    return np.flatnonzero(reached)


def check_splits(nodes: Nodes, chosen: Ints, n_features: int) -> None:
    """Refuses features and thresholds that are none.

    Raises
    ------
    FormatError
        Naming the tree.
    """
    splits = chosen[nodes.left[chosen] >= 0]
    owner, feature = nodes.owner[splits], nodes.feature[splits]
    wrong = (feature < 0) | (feature >= n_features)
    refuse(wrong, owner, f"a split is on none of the {n_features} features")
    condition = nodes.condition[splits]
    bad = np.isnan(condition) | (condition == -np.inf)
    bad &= ~nodes.by_category[splits]
    refuse(bad, owner, "a split's threshold is NaN or -infinity")
