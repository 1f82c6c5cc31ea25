# SPDX-License-Identifier: MIT
"""Forests as arrays: pruning, and the depth-first order of the blob.

Every step is a few numpy operations a level of depth, over all trees at once,
so that a forest of millions of nodes takes seconds. Levels of few splits, of which
there may be as many as splits, are walked split by split instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
#: Levels of fewer splits are walked, because numpy takes longer to begin.
_FEW = 16


@dataclass
class Forest:
    """Trees side by side; nodes are numbered over the whole forest.

    roots : (n_trees,) node of each tree's root.
    left, right : (n_nodes,) child nodes; ignored for leaves.
    feature : (n_nodes,) input that a split looks at.
    threshold : (n_nodes,) float64 or integer; x goes left if x <= threshold.
    missing_left : (n_nodes,) bool, whether NaN goes left.
    code : (n_nodes,) what a leaf answers, >= 0; -1 for splits.
    category : (n_nodes,) which set of categories a split asks for, -1 if it compares
        numbers; empty if all do.
    """

    roots: Ints
    left: Ints
    right: Ints
    feature: Ints
    threshold: NDArray[np.float64]
    missing_left: NDArray[np.bool_]
    code: Ints
    category: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class Splits:
    """The splits of a forest in the blob's order: tree after tree, depth first.

    sizes : (n_trees,) splits of each tree.
    lone : (n_trees,) code of a tree that is one leaf, else -1.
    depths : (n_trees,) most splits on a path.
    left, right : (n_splits,) code of a child that is a leaf, else -1.
    skip : (n_splits,) splits in the left subtree.
    category : (n_splits,) as in the forest; empty if all splits compare numbers.
    """

    sizes: Ints
    lone: Ints
    depths: Ints
    feature: Ints
    threshold: NDArray[np.float64]
    missing_left: NDArray[np.bool_]
    left: Ints
    right: Ints
    skip: Ints
    category: Ints


def _views(*arrays: NDArray[Any]) -> list[Any]:
    """Arrays whose single elements are read and written in little time."""
    return [array.data for array in arrays]


def _levels(forest: Forest) -> list[Ints | list[int]]:
    """All splits, from the roots down: a level, or a list of levels that are to be
    walked, parents first."""
    left, right, code = _views(forest.left, forest.right, forest.code)
    level, levels = forest.roots, list[Ints | list[int]]()
    while True:
        level = level[forest.code[level] < 0]
        if level.size >= _FEW:
            levels.append(level)
            level = np.concatenate([forest.left[level], forest.right[level]])
            continue
        if not level.size:
            return levels
        walked, few = list[int](), level.tolist()
        while 0 < len(few) < _FEW:
            walked += few
            children = [c for v in few for c in (left[v], right[v])]
            few = [c for c in children if code[c] < 0]
        levels.append(walked)
        level = np.array(few, np.int64)


def prune(forest: Forest, low: float = -np.inf, high: float = np.inf) -> None:
    """Removes splits that decide nothing, in place.

    That is: both children are leaves with the same answer, or every input
    within [low, high] goes the same way.
    """
    stands_for = np.arange(forest.code.size)
    for level in reversed(_levels(forest)):
        if isinstance(level, list):
            _prune_each(forest, stands_for, level, low, high)
            continue
        left = forest.left[level] = stands_for[forest.left[level]]
        right = forest.right[level] = stands_for[forest.right[level]]
        threshold = forest.threshold[level]
        same = (forest.code[left] >= 0) & (forest.code[left] == forest.code[right])
        if np.isfinite(low):
            stands_for[level] = np.where(threshold < low, right, level)
            same |= threshold >= high
        stands_for[level] = np.where(same, left, stands_for[level])
    forest.roots = stands_for[forest.roots]


def _prune_each(
    forest: Forest, stands_for: Ints, walked: list[int], low: float, high: float
) -> None:
    left, right, code = _views(forest.left, forest.right, forest.code)
    threshold, stands = _views(forest.threshold, stands_for)
    bounded = np.isfinite(low)
    for v in reversed(walked):
        a = left[v] = stands[left[v]]
        b = right[v] = stands[right[v]]
        if code[a] == code[b] >= 0 or (bounded and threshold[v] >= high):
            stands[v] = a
        elif bounded and threshold[v] < low:
            stands[v] = b


def _counts(forest: Forest, levels: list[Ints | list[int]]) -> tuple[Ints, Ints]:
    """Splits in each node's tree, and most of them on a path."""
    n_splits = np.zeros(forest.code.size, np.int64)
    depth = np.zeros(forest.code.size, np.int64)
    lefts, rights = _views(forest.left, forest.right)
    splits, depths = _views(n_splits, depth)
    for level in reversed(levels):
        if isinstance(level, list):
            for v in reversed(level):
                a, b = lefts[v], rights[v]
                splits[v] = 1 + splits[a] + splits[b]
                depths[v] = 1 + max(depths[a], depths[b])
            continue
        left, right = forest.left[level], forest.right[level]
        n_splits[level] = 1 + n_splits[left] + n_splits[right]
        depth[level] = 1 + np.maximum(depth[left], depth[right])
    return n_splits, depth


def _positions(forest: Forest, levels: list[Ints | list[int]], n_splits: Ints) -> Ints:
    """The place of each split in the blob's order."""
    position = np.zeros(forest.code.size, np.int64)
    sizes = n_splits[forest.roots]
    position[forest.roots] = np.cumsum(sizes) - sizes
    lefts, rights = _views(forest.left, forest.right)
    splits, places = _views(n_splits, position)
    for level in levels:
        if isinstance(level, list):
            for v in level:
                a = lefts[v]
                places[a] = places[v] + 1
                places[rights[v]] = places[v] + 1 + splits[a]
            continue
        left, right = forest.left[level], forest.right[level]
        position[left] = position[level] + 1
        position[right] = position[level] + 1 + n_splits[left]
    return position


def order(forest: Forest) -> Splits:
    """Puts the splits into the blob's order."""
    levels = _levels(forest)
    n_splits, depth = _counts(forest, levels)
    position = _positions(forest, levels, n_splits)
    nodes = np.concatenate([*levels, np.zeros(0, np.int64)])
    ordered = np.empty_like(nodes)
    ordered[position[nodes]] = nodes
    return Splits(
        sizes=n_splits[forest.roots],
        lone=forest.code[forest.roots],
        depths=depth[forest.roots],
        feature=forest.feature[ordered],
        threshold=forest.threshold[ordered],
        missing_left=forest.missing_left[ordered],
        left=forest.code[forest.left[ordered]],
        right=forest.code[forest.right[ordered]],
        skip=n_splits[forest.left[ordered]],
        category=forest.category[ordered] if forest.category.size else forest.category,
    )
