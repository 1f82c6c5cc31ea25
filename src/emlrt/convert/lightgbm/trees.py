# SPDX-License-Identifier: MIT
"""LightGBM's trees as an ensemble: their splits, their sets, their missing values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.allowance import Allowance
from emlrt.convert.lightgbm.text import TextModel, TextTree
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.ensemble import (
    CATEGORY,
    SET,
    ZERO,
    Bools,
    Ensemble,
    Floats,
    Ints,
)
from emlrt.errors import FormatError
from emlrt.thresholds import before32, down32

#: Bits of decision_type.
_CATEGORICAL, _DEFAULT_LEFT, _MISSING_SHIFT = 1, 2, 2
#: What is missing, behind the shift; 0 is nothing.
_ZERO, _NAN = 1, 2
#: Beside the numbers that are zero to LightGBM: the float32 before, and the largest.
_LOW, _HIGH = float(before32(np.array(-ZERO))), ZERO


@dataclass(eq=False)
class _Splits:
    """The splits of all trees, tree after tree, and the sets that they ask for."""

    feature: Ints
    threshold: Floats
    missing_left: Bools
    category: Ints
    zeros_apart: Bools
    sets: list[Categories] = field(default_factory=list)


def _joined(arrays: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *arrays])


def _zero_sides(splits: _Splits, at: Ints, to_left: Bools) -> None:
    """Splits where zero and NaN are missing and go to a given side.

    If it is the side where the numbers next to zero go, a threshold says it all: it
    moves to the end of the band of zeros. Else the side changes three times.
    """
    t = splits.threshold[at]
    splits.threshold[at] = np.where(to_left, np.maximum(t, _HIGH), np.minimum(t, _LOW))
    splits.missing_left[at] = to_left
    near = down32(t)
    splits.zeros_apart[at] = np.where(to_left, near < _LOW, near > _HIGH)
    splits.threshold[at] = np.where(splits.zeros_apart[at], t, splits.threshold[at])


def _numeric(splits: _Splits, decision: Ints) -> None:
    """Where NaN and zeros go in splits by a threshold."""
    missing = decision >> _MISSING_SHIFT
    to_left = (decision & _DEFAULT_LEFT) != 0
    t = splits.threshold
    # Where nothing is missing, NaN is read as 0.
    splits.missing_left = np.where(missing == _NAN, to_left, t >= 0)
    at = np.flatnonzero((missing == _ZERO) & (decision & _CATEGORICAL == 0))
    _zero_sides(splits, at, to_left[at])
    # Zeros of all sizes go to the side of 0.
    within = (missing != _ZERO) & (abs(t) <= _HIGH)
    splits.threshold = np.where(within, np.where(t >= 0, _HIGH, _LOW), t)


def _chosen(words: Ints) -> Bools:
    """Whether each number's bit is set."""
    data = words.astype("<u4").view(np.uint8)
    return np.unpackbits(data, bitorder="little").view(bool)


def _categorical(
    splits: _Splits, trees: list[TextTree], starts: Ints, allowance: Allowance
) -> None:
    """Sets of the splits by category: their members go left, NaN goes right."""
    places = dict[bytes, int]()
    for number, tree in enumerate(trees):
        for i in np.flatnonzero(tree.decision & _CATEGORICAL).tolist():
            k = tree.threshold[i]
            if not 0 <= k < tree.bounds.size - 1:
                raise FormatError(f"tree {number} asks for a set that it has not")
            words = tree.words[tree.bounds[int(k)] : tree.bounds[int(k) + 1]]
            key = words.tobytes()
            if key not in places:
                places[key] = len(splits.sets)
                chosen = _chosen(words)
                cuts = int(np.count_nonzero(chosen[1:] != chosen[:-1]))
                allowance.charge("sets", 1, SET)
                allowance.charge("ranges of categories", cuts, CATEGORY)
                splits.sets.append(Categories.of_bits(chosen))
            at = starts[number] + i
            splits.category[at] = places[key]
            splits.missing_left[at], splits.threshold[at] = False, 0.0


def _splits(trees: list[TextTree], starts: Ints, allowance: Allowance) -> _Splits:
    threshold = np.concatenate([np.zeros(0), *(t.threshold for t in trees)])
    n = threshold.size
    splits = _Splits(
        feature=_joined([t.feature for t in trees]),
        threshold=threshold,
        missing_left=np.zeros(n, bool),
        category=np.full(n, -1, np.int64),
        zeros_apart=np.zeros(n, bool),
    )
    _numeric(splits, _joined([t.decision for t in trees]))
    _categorical(splits, trees, starts, allowance)
    return splits


@dataclass(frozen=True, eq=False)
class _Layout:
    """Nodes of all trees: in each tree first the splits, then the leaves.

    sizes : (n_trees,) leaves of each. tree : (n_splits,) of each split.
    """

    sizes: Ints
    tree: Ints

    @classmethod
    def of(cls, trees: list[TextTree]) -> _Layout:
        sizes = np.array([t.value.size for t in trees], np.int64)
        return cls(sizes, np.repeat(np.arange(sizes.size), sizes - 1))

    @cached_property
    def starts(self) -> Ints:
        """The first split of each tree, among all splits."""
        found: Ints = np.cumsum(self.sizes - 1) - (self.sizes - 1)
        return found

    @cached_property
    def roots(self) -> Ints:
        """The first node of each tree."""
        found: Ints = np.cumsum(2 * self.sizes - 1) - (2 * self.sizes - 1)
        return found

    @cached_property
    def owner(self) -> Ints:
        """The tree of each node."""
        return np.repeat(np.arange(self.sizes.size), 2 * self.sizes - 1)

    @cached_property
    def node(self) -> Ints:
        """The node of each split."""
        behind = self.roots - self.starts
        return np.arange(self.tree.size) + behind[self.tree]

    def spread(self, numbers: NDArray[Any], of_leaves: Any) -> NDArray[Any]:
        """Numbers of splits as numbers of nodes."""
        found = np.full(self.owner.size, of_leaves, numbers.dtype)
        found[self.node] = numbers
        return found

    def links(self, children: list[Ints]) -> Ints:
        """Children of nodes: the text has splits, or ~leaf."""
        child = _joined(children)
        child = np.where(child >= 0, child, self.sizes[self.tree] - 2 - child)
        return self.spread(self.roots[self.tree] + child, -1)

    def values(self, values: list[Floats], scale: float) -> Floats:
        """(n_nodes, 1) of leaves, times a scale; of splits, 0."""
        found = np.zeros((self.owner.size, 1))
        leaf = np.ones(self.owner.size, bool)
        leaf[self.node] = False
        with np.errstate(over="ignore"):
            found[leaf, 0] = np.concatenate([np.zeros(0), *values]) * scale
        return found

    def check(self, left: Ints, right: Ints) -> None:
        """Refuses children that make no tree."""
        parents = self.node
        children = np.concatenate([left[parents], right[parents]])
        wanted = np.ones(self.owner.size, np.int64)
        wanted[self.roots] = 0
        wrong = np.bincount(children, minlength=wanted.size) != wanted
        if not wrong.any():
            up = np.arange(wanted.size)
            up[children] = np.concatenate([parents, parents])
            for _ in range(wanted.size.bit_length()):
                up = up[up]  # twice as far; what goes in circles meets no root
            wrong = up != self.roots[self.owner]
        if wrong.any():
            tree = self.owner[np.flatnonzero(wrong)[0]]
            raise FormatError(f"tree {tree}: left_child and right_child make no tree")


def ensemble_of(model: TextModel, scale: float, allowance: Allowance) -> Ensemble:
    """The trees, whose leaves are times a scale.

    Raises
    ------
    FormatError
        If a tree's links make no tree, or a set of categories is missing.
    """
    trees, layout = model.trees, _Layout.of(model.trees)
    left = layout.links([t.left for t in trees])
    right = layout.links([t.right for t in trees])
    layout.check(left, right)
    splits = _splits(trees, layout.starts, allowance)
    return Ensemble(
        n_features=len(model.names),
        roots=layout.roots,
        left=left,
        right=right,
        feature=layout.spread(splits.feature, 0),
        threshold=layout.spread(splits.threshold, 0),
        missing_left=layout.spread(splits.missing_left, False),
        value=layout.values([t.value for t in trees], scale),
        outputs=np.arange(len(trees)) % model.n_outputs,
        base=np.zeros(model.n_outputs),
        category=layout.spread(splits.category, -1),
        sets=splits.sets,
        zeros_apart=layout.spread(splits.zeros_apart, False),
    )
