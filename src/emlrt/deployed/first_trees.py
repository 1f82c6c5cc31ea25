# SPDX-License-Identifier: MIT
"""Fitted ensembles that keep their first trees, without training again.

What counts is the last step of a pipeline. Of boosted ensembles a "tree" is a round,
which has a tree for each output; of one that stopped early, the rounds up to the best
are all that there are, since `predict` uses no others.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from sklearn import ensemble, tree

from emlrt.deployed import boosters
from emlrt.deployed.last_step import last, replaced

TREES = (tree.DecisionTreeClassifier, tree.DecisionTreeRegressor)
FORESTS = (
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
_BAGS = (ensemble.BaggingClassifier, ensemble.BaggingRegressor)
#: Attributes with an entry for each tree, of ensembles whose first trees are one, too.
_LISTS: dict[tuple[Any, ...], tuple[str, ...]] = {
    FORESTS: ("estimators_",),
    _BOOSTED: ("estimators_",),
    _BINNED: ("_predictors",),
    _WEIGHTED: ("estimators_", "estimator_weights_", "estimator_errors_"),
    _BAGS: ("estimators_", "estimators_features_", "_seeds"),
}


def _lists(own: Any) -> tuple[str, ...]:
    """Attributes of an ensemble with an entry for each tree."""
    found = [names for kinds, names in _LISTS.items() if isinstance(own, kinds)]
    return found[0] if found else ()


def n_trees(estimator: Any) -> int:
    """How many first trees of an ensemble may stand alone; 1 of anything else."""
    own = last(estimator)
    names = _lists(own)
    return len(getattr(own, names[0])) if names else boosters.n_rounds(own)


def is_ensemble(estimator: Any) -> bool:
    """Whether its first trees may stand alone."""
    own = last(estimator)
    return bool(_lists(own)) or boosters.is_sliceable(own)


def _listed(own: Any, n: int) -> Any:
    """A copy of an ensemble of scikit-learn with its first n trees."""
    found = copy(own)
    for name in _lists(own):
        setattr(found, name, getattr(own, name)[:n])
    for name in ("n_estimators", "n_estimators_", "max_iter"):
        if hasattr(own, name):
            setattr(found, name, n)
    return found


def first_trees(estimator: Any, n: int) -> Any:
    """A copy with the first n trees."""
    if n >= n_trees(estimator):
        return estimator

    def change(own: Any) -> Any:
        return _listed(own, n) if _lists(own) else boosters.first_rounds(own, n)

    return replaced(estimator, change)
