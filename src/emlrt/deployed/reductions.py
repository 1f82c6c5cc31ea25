# SPDX-License-Identifier: MIT
"""Fitted trees and forests of scikit-learn, made smaller without training again.

A tree loses its weakest branches (minimal cost-complexity pruning, as `ccp_alpha` would
have it); an ensemble its last trees. Of a pipeline the last step is what counts.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import ensemble, tree
from sklearn.tree._tree import ccp_pruning_path

_TREES = (tree.DecisionTreeClassifier, tree.DecisionTreeRegressor)
_FORESTS = (
    ensemble.RandomForestClassifier,
    ensemble.RandomForestRegressor,
    ensemble.ExtraTreesClassifier,
    ensemble.ExtraTreesRegressor,
)
_BOOSTED = (ensemble.GradientBoostingClassifier, ensemble.GradientBoostingRegressor)
_BINNED = (
    ensemble.HistGradientBoostingClassifier,
    ensemble.HistGradientBoostingRegressor,
)
_WEIGHTED = (ensemble.AdaBoostClassifier, ensemble.AdaBoostRegressor)
_BITS_OF_VOTES = (8, 5, 4, 3)
_BITS_OF_NUMBERS = (16, 8)
#: Attributes with an entry for each tree, of ensembles whose first trees are one, too.
_LISTS: dict[tuple[Any, ...], tuple[str, ...]] = {
    _FORESTS: ("estimators_",),
    _BOOSTED: ("estimators_",),
    _BINNED: ("_predictors",),
    _WEIGHTED: ("estimators_", "estimator_weights_", "estimator_errors_"),
}


def _last(estimator: Any) -> Any:
    """The last step of a pipeline; anything else is its own."""
    steps = getattr(estimator, "steps", None)
    return _last(steps[-1][1]) if steps else estimator


def _changed(estimator: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of an estimator whose last step is changed."""
    steps = getattr(estimator, "steps", None)
    if not steps:
        return change(copy(estimator))
    found = copy(estimator)
    name, step = steps[-1]
    found.steps = [*steps[:-1], (name, _changed(step, change))]
    return found


def _lists(estimator: Any) -> tuple[str, ...]:
    """Attributes of an ensemble with an entry for each tree."""
    found = [names for kinds, names in _LISTS.items() if isinstance(estimator, kinds)]
    return found[0] if found else ()


def n_trees(estimator: Any) -> int:
    """How many first trees of an ensemble may stand alone; 1 of anything else."""
    last = _last(estimator)
    names = _lists(last)
    return len(getattr(last, names[0])) if names else 1


def leaf_bits(estimator: Any) -> tuple[int, ...]:
    """Precisions of leaves to try beside the one asked for: of lists of votes down to 3
    bits, of numbers that are added up down to 8."""
    last = _last(estimator)
    if isinstance(last, (*_TREES, *_FORESTS)) and hasattr(last, "classes_"):
        return _BITS_OF_VOTES
    known = isinstance(last, (*_TREES, *_FORESTS, *_BOOSTED, *_BINNED))
    return _BITS_OF_NUMBERS if known else ()


def is_reducible(estimator: Any) -> bool:
    """Whether it can be made smaller here."""
    last = _last(estimator)
    return isinstance(last, _TREES) or bool(_lists(last))


def first_trees(estimator: Any, n: int) -> Any:
    """A copy with the first n trees."""
    if n == n_trees(estimator):
        return estimator

    def change(last: Any) -> Any:
        for name in _lists(last):
            setattr(last, name, getattr(last, name)[:n])
        for name in ("n_estimators", "n_estimators_", "max_iter"):
            if hasattr(last, name):
                setattr(last, name, n)
        return last

    return _changed(estimator, change)


def _prunable(last: Any) -> list[Any]:
    """The trees that may be pruned: those of boosting are not, since their inner nodes
    have no values of the ensemble's."""
    if isinstance(last, _TREES):
        return [last]
    return list(last.estimators_) if isinstance(last, _FORESTS) else []


def alphas(estimator: Any, most: int) -> NDArray[np.float64]:
    """Values of ccp_alpha, rising from 0: at most so many of those at which a tree
    loses a branch, evenly by their rank, the largest included."""
    trees = _prunable(_last(estimator))
    paths = [ccp_pruning_path(each.tree_)["ccp_alphas"] for each in trees]
    steps = np.unique(np.concatenate([*paths, [0.0]]))
    steps = steps[steps >= 0]
    chosen = np.linspace(0, len(steps) - 1, min(most, len(steps))).round()
    found: NDArray[np.float64] = steps[chosen.astype(np.int64)]
    return found


def pruned(estimator: Any, alpha: float) -> Any:
    """A copy whose trees are what training with ccp_alpha=alpha would have left."""
    if alpha == 0 or not _prunable(_last(estimator)):
        return estimator

    def prune(each: Any) -> Any:
        found = copy(each)
        found.ccp_alpha = max(alpha, each.ccp_alpha)
        found._prune_tree()
        return found

    def change(last: Any) -> Any:
        if isinstance(last, _TREES):
            return prune(last)
        last.ccp_alpha = max(alpha, last.ccp_alpha)
        last.estimators_ = [prune(each) for each in last.estimators_]
        return last

    return _changed(estimator, change)
