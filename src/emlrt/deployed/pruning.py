# SPDX-License-Identifier: MIT
"""Fitted trees and forests of scikit-learn that lose their weakest branches, as
training with `ccp_alpha` would have it (minimal cost-complexity pruning)."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.tree._tree import ccp_pruning_path

from emlrt.deployed.first_trees import FORESTS, TREES
from emlrt.deployed.last_step import last, replaced


def _trees(estimator: Any) -> list[Any]:
    """The trees that may be pruned: those of boosting are not, since their inner nodes
    have no values of the ensemble's."""
    own = last(estimator)
    if isinstance(own, TREES):
        return [own]
    return list(own.estimators_) if isinstance(own, FORESTS) else []


def is_prunable(estimator: Any) -> bool:
    """Whether it has trees that may be pruned."""
    return bool(_trees(estimator))


def alphas(estimator: Any, most: int) -> NDArray[np.float64]:
    """Values of ccp_alpha, rising from 0: at most so many of those at which a tree
    loses a branch, evenly by their rank, the largest included."""
    paths = [ccp_pruning_path(each.tree_)["ccp_alphas"] for each in _trees(estimator)]
    steps = np.unique(np.concatenate([*paths, [0.0]]))
    steps = steps[steps >= 0]
    chosen = np.linspace(0, len(steps) - 1, min(most, len(steps))).round()
    found: NDArray[np.float64] = steps[chosen.astype(np.int64)]
    return found


def _pruned_tree(tree: Any, alpha: float) -> Any:
    found = copy(tree)
    found.ccp_alpha = max(alpha, tree.ccp_alpha)
    found._prune_tree()
    return found


def pruned(estimator: Any, alpha: float) -> Any:
    """A copy whose trees are what training with ccp_alpha=alpha would have left."""
    if alpha == 0 or not is_prunable(estimator):
        return estimator

    def change(own: Any) -> Any:
        if isinstance(own, TREES):
            return _pruned_tree(own, alpha)
        found = copy(own)
        found.ccp_alpha = max(alpha, own.ccp_alpha)
        found.estimators_ = [_pruned_tree(each, alpha) for each in own.estimators_]
        return found

    return replaced(estimator, change)
