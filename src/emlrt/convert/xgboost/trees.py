# SPDX-License-Identifier: MIT
"""XGBoost's trees as an ensemble: their sets, their leaves, their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from emlrt.convert.readers.json_fields import Fields
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.ensemble import CATEGORY, SET, Bools, Ensemble, Ints
from emlrt.convert.xgboost.nodes import (
    Float32s,
    Nodes,
    check_splits,
    joined,
    kept,
    refuse,
)
from emlrt.errors import FormatError, UnsupportedModelError

#: XGBoost knows no categories from here on.
_CATEGORIES_MAX = 1 << 24
_WIDTH_MAX = 0xFFFF


class _Sets:
    """Categorical splits' sets, each kept once.

    at: the set of each split, by its node's number over all trees.
    """

    def __init__(self) -> None:
        self.at: dict[int, int] = {}
        self.found: list[Categories] = []
        self._known: dict[bytes, int] = {}

    def add(self, node: int, chosen: Ints) -> None:
        """Stored categories go right. All others that are not missing go left."""
        key = np.sort(chosen).tobytes()
        if key not in self._known:
            self._known[key] = len(self.found)
            self.found.append(Categories.of_integers(chosen, left=False))
        self.at[node] = self._known[key]

    def of(self, nodes: Nodes, chosen: Ints) -> Ints:
        """The set of each chosen node, -1 of others than categorical splits."""
        category = np.full(chosen.size, -1, np.int64)
        mine = chosen[nodes.by_category[chosen]].tolist()
        without = np.array([node not in self.at for node in mine], bool)
        refuse(without, nodes.owner[mine], "a categorical split has no categories")
        category[nodes.by_category[chosen]] = [self.at[node] for node in mine]
        return category


def _check_sets(tree: Fields, at: Ints, starts: Ints, sizes: Ints, last: int) -> None:
    """Sets do not overlap, so that they cannot be larger than the file."""
    ends = np.concatenate([[0], np.cumsum(sizes)])
    if (sizes < 1).any() or ends[-1] != last or (starts != ends[:-1]).any():
        raise tree.wrong("categories_segments", "do not follow one another")
    n_nodes = tree.ints("left_children").size
    if ((at < 0) | (at >= n_nodes)).any() or np.unique(at).size != at.size:
        raise tree.wrong("categories_nodes", "are no nodes of the tree")


def _sets(trees: Sequence[Fields], nodes: Nodes) -> _Sets:
    sets = _Sets()
    for tree, root in zip(trees, nodes.roots.tolist(), strict=True):
        if "categories_nodes" not in tree:
            continue
        at, chosen = tree.ints("categories_nodes"), tree.ints("categories")
        starts = tree.ints("categories_segments", at.size)
        sizes = tree.ints("categories_sizes", at.size)
        if not at.size and not chosen.size:
            continue
        _check_sets(tree, at, starts, sizes, chosen.size)
        tree.allowance.charge("sets", at.size, SET)
        tree.allowance.charge("categories", chosen.size, CATEGORY)
        if ((chosen < 0) | (chosen >= _CATEGORIES_MAX)).any():
            raise tree.wrong("categories", f"are not from 0 to {_CATEGORIES_MAX - 1}")
        parts = np.split(chosen, starts[1:])
        for node, part in zip(at.tolist(), parts, strict=False):
            sets.add(root + node, part)
    return sets


def _table(tree: Fields, leaf: Bools, number: Ints, width: int) -> Float32s:
    """(n_nodes, width) of a tree whose leaves are vectors."""
    if "leaf_weights" not in tree:  # as up to 3.0: every node has weights
        return tree.floats("base_weights", leaf.size * width).reshape(-1, width)
    table = tree.floats("leaf_weights", int(leaf.sum()) * width).reshape(-1, width)
    number = np.where(leaf, number, 0)
    if ((number < 0) | (number >= len(table))).any():
        raise tree.wrong("right_children", "names a leaf that there is not")
    return np.asarray(table[number])


def _values(trees: Sequence[Fields], nodes: Nodes, width: int) -> Float32s:
    """(n_nodes, width) numbers of leaves; of splits, 0."""
    leaf = nodes.left < 0
    if width == 1:
        value = nodes.condition[:, None]
    else:
        trees[0].allowance.charge("numbers of leaves", leaf.size * width, 32)
        ends = nodes.roots[1:]
        parts = zip(
            trees, np.split(leaf, ends), np.split(nodes.number, ends), strict=True
        )
        value = np.concatenate([_table(*part, width) for part in parts])
    return np.where(leaf[:, None], value, np.float32(0))


def _width(trees: Sequence[Fields], n_outputs: int) -> int:
    """How many numbers each leaf has: 1, or one per output."""
    widths = {
        max(t.child("tree_param").count("size_leaf_vector", _WIDTH_MAX, "1"), 1)
        for t in trees
    }
    if len(widths) != 1:
        raise UnsupportedModelError(
            "some trees have one number per leaf and others a vector; fit all of them"
            " with one multi_strategy"
        )
    width = widths.pop()
    if width not in (1, n_outputs):
        raise FormatError(f"leaves have {width} numbers for {n_outputs} outputs")
    return width


def _dropped(value: Float32s, weight: Float32s, base: Float32s | None) -> Float32s:
    """Leaves of DART times their trees' weights, rounded as XGBoost does.

    base: of each value. inplace_predict adds it to a tree's leaf, takes it off again
    and multiplies then; predictions from a DMatrix do without.
    """
    if base is not None:
        value = (value + base) - base
    return value * weight


def _thresholds(condition: Float32s) -> Float32s:
    """x < t is x <= the float32 before t."""
    return np.nextafter(condition, np.float32(-np.inf))


def _arrays(nodes: Nodes, chosen: Ints) -> dict[str, Any]:
    """The arrays of an ensemble, for the chosen nodes with new numbers."""
    place = np.full(nodes.left.size, -1, np.int64)
    place[chosen] = np.arange(chosen.size)
    leaf = nodes.left[chosen] < 0
    numeric = ~leaf & ~nodes.by_category[chosen]
    return {
        "roots": place[nodes.roots],
        "left": np.where(leaf, -1, place[nodes.left[chosen]]),
        "right": np.where(leaf, -1, place[nodes.right[chosen]]),
        "feature": np.where(leaf, 0, nodes.feature[chosen]),
        "threshold": np.where(
            numeric, _thresholds(nodes.condition[chosen]).astype(np.float64), 0.0
        ),
        "missing_left": nodes.missing_left[chosen] & ~leaf,
    }


def ensemble_of(
    trees: Sequence[Fields],
    outputs: Ints,
    n_features: int,
    base: Float32s,
    weights: Float32s | None = None,
    *,
    inplace: bool = False,
) -> Ensemble:
    """An ensemble whose float32 sums are XGBoost's margins, bit for bit.

    trees: the model's, in order, at least one. outputs: (n_trees,) the output of
    each. base: (n_outputs,) margins that sums start from. weights: (n_trees,) of
    DART. inplace: whether to follow inplace_predict, which rounds DART's leaves
    differently.

    Raises
    ------
    FormatError
        If the trees are none, or do not fit the model.
    UnsupportedModelError
        If leaves of some trees are vectors, and of others are not.
    """
    width, nodes = _width(trees, base.size), joined(trees)
    chosen = kept(trees, nodes)
    check_splits(nodes, chosen, n_features)
    sets, value = _sets(trees, nodes), _values(trees, nodes, width)[chosen]
    owner = nodes.owner[chosen]
    if weights is not None:
        start = base[outputs[owner], None] if inplace else None
        value = _dropped(value, weights[owner, None], start)
    wrong = np.asarray(~np.isfinite(value).all(axis=1), bool)
    refuse(wrong, owner, "a leaf is NaN or infinite")
    return Ensemble(
        n_features=n_features,
        value=value.astype(np.float64),
        outputs=outputs if width == 1 else np.zeros_like(outputs),
        base=base.astype(np.float64),
        category=sets.of(nodes, chosen),
        sets=sets.found,
        **_arrays(nodes, chosen),
    )
