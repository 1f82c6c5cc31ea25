# SPDX-License-Identifier: MIT
"""Sums of trees as a boosting library has them: nothing encoded, nothing rounded."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.rounding.category_sets import Categories

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: Numbers up to this magnitude are zero to LightGBM.
ZERO = float(np.float32(1e-35))
#: What trees take at the worst until the model is open, as an allowance counts it: each
#: tree, each node, each set of categories, and each category of a set. A tree of one
#: split has to cost less than the bytes bring that any library writes for it, so that
#: there may be any number of them.
TREE, NODE, SET, CATEGORY = 3072, 320, 8192, 96


@dataclass(eq=False)
class Ensemble:
    """Trees side by side; nodes are numbered over all of them.

    n_features : int
    roots : (n_trees,) each tree's root. Trees are added in this order.
    left, right : (n_nodes,) children; -1 for leaves.
    feature : (n_nodes,) the input that a split looks at.
    threshold : (n_nodes,) float64: a float32 x goes left if x <= threshold.
    strict : (n_nodes,) bool: whether it goes left if x < threshold; empty if nowhere.
    wide : whether the original compares float64 numbers, not float32 ones.
    below : whether thresholds are just below training rows' numbers, as XGBoost's.
    missing_left : (n_nodes,) whether NaN goes left.
    value : (n_nodes, n_values) float64 of leaves: one number, or one per output.
    outputs : (n_trees,) the output that a tree adds to, if n_values is 1.
    base : (n_outputs,) float64, what sums start from.
    category : (n_nodes,) the index of a split's set, -1 for a numeric split;
        empty if there is none in any tree.
    sets : list of Categories
    zeros_apart : (n_nodes,) whether numbers that are ZERO at most in magnitude go
        where NaN goes, other numbers by the threshold; empty if nowhere.
    """

    n_features: int
    roots: Ints
    left: Ints
    right: Ints
    feature: Ints
    threshold: Floats
    missing_left: Bools
    value: Floats
    outputs: Ints
    base: Floats
    category: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    sets: list[Categories] = field(default_factory=list)
    strict: Bools = field(default_factory=lambda: np.zeros(0, bool))
    wide: bool = False
    below: bool = False
    zeros_apart: Bools = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        if not self.category.size:
            self.category = np.full(self.left.size, -1, np.int64)

    @property
    def n_outputs(self) -> int:
        return len(self.base)

    @property
    def asks_sets(self) -> bool:
        """Whether a split asks for more than a threshold."""
        return bool(self.sets) or bool(self.zeros_apart.any())

    def _step(self, node: Ints, x: Floats) -> Ints:
        """The next node of each row, for rows that stand at splits."""
        left = x <= self.threshold[node]
        if self.strict.size:
            left &= (x < self.threshold[node]) | ~self.strict[node]
        missing = np.isnan(x)
        if self.zeros_apart.size:
            missing |= self.zeros_apart[node] & (abs(x) <= ZERO)
        for k in np.unique(self.category[node]).tolist():
            if k >= 0:
                mine = self.category[node] == k
                left[mine], missing[mine] = self.sets[k].goes_left(x[mine])
        left = np.where(missing, self.missing_left[node], left)
        return np.where(left, self.left[node], self.right[node])

    def leaves(self, X: NDArray[np.float32]) -> Ints:
        """The leaf (n_rows, n_trees) that each row reaches. For tests and reports."""
        rows = np.arange(len(X))
        found = np.empty((len(X), self.roots.size), np.int64)
        for t, root in enumerate(self.roots.tolist()):
            node = np.full(len(X), root, np.int64)
            while (inner := self.left[node] >= 0).any():
                at = rows[inner]
                x = X[at, self.feature[node[at]]].astype(np.float64)
                node[at] = self._step(node[at], x)
            found[:, t] = node
        return found

    def sums(
        self, X: NDArray[np.float32], dtype: type[np.floating] = np.float64
    ) -> NDArray[np.floating]:
        """Scores (n_rows, n_outputs), added up in order as numbers of a dtype."""
        total = np.tile(self.base.astype(dtype), (len(X), 1))
        value = self.value.astype(dtype)
        for t, leaf in enumerate(self.leaves(X).T):
            if self.value.shape[1] == 1:
                total[:, self.outputs[t]] += value[leaf, 0]
            else:
                total += value[leaf]
        return total


def of_categories(ensemble: Ensemble) -> list[int]:
    """The features of which splits ask for categories."""
    if not ensemble.sets:
        return []
    found: list[int] = np.unique(ensemble.feature[ensemble.category >= 0]).tolist()
    return found


@dataclass(frozen=True, eq=False)
class ObliviousTree:
    """A tree that asks one question a level: x > border sets a bit of the leaf's
    index, the first question the lowest one.

    features, borders : (depth,); borders float64.
    missing : (depth,) bool, the answer for NaN.
    leaves : (2^depth, n_outputs) float64.
    """

    features: Ints
    borders: Floats
    missing: Bools
    leaves: Floats


@dataclass(frozen=True, eq=False)
class Oblivious:
    """A sum of oblivious trees. base : (n_outputs,) float64."""

    n_features: int
    trees: list[ObliviousTree]
    base: Floats

    def sums(self, X: NDArray[np.float32]) -> Floats:
        """Scores (n_rows, n_outputs). For tests and reports."""
        total = np.tile(self.base.astype(np.float64), (len(X), 1))
        for tree in self.trees:
            at = np.zeros(len(X), np.int64)
            for bit, feature in enumerate(tree.features.tolist()):
                x = X[:, feature].astype(np.float64)
                right = np.where(np.isnan(x), tree.missing[bit], x > tree.borders[bit])
                at |= right.astype(np.int64) << bit
            total += tree.leaves[at]
        return total
