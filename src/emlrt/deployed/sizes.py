# SPDX-License-Identifier: MIT
"""What there is less of in a smaller estimator: trees, training rows or units.

Ensembles keep their first trees. Others are trained anew: those that keep their rows
with fewer of them, nets with narrower layers, XGBoost's forests with fewer trees, and
CatBoost's asymmetric trees with fewer rounds.
"""

from __future__ import annotations

from copy import copy
from typing import Any, Protocol

import numpy as np
from sklearn import gaussian_process, kernel_ridge, neighbors, neural_network, svm
from sklearn.base import is_classifier
from sklearn.utils.validation import _num_samples

from emlrt.deployed import boosters
from emlrt.deployed.first_trees import first_trees, is_ensemble, n_trees
from emlrt.deployed.last_step import last, replaced
from emlrt.deployed.training import Training

_NETS = (neural_network.MLPClassifier, neural_network.MLPRegressor)
#: What grows with the rows that it is trained on.
_KEEPERS = (
    neighbors.KNeighborsClassifier,
    neighbors.KNeighborsRegressor,
    svm.SVC,
    svm.SVR,
    svm.NuSVC,
    svm.NuSVR,
    gaussian_process.GaussianProcessRegressor,
    kernel_ridge.KernelRidge,
)


class Sizes(Protocol):
    """Sizes of an estimator, from `least` to `most`, which is as it was trained.

    field: of the Reduction that a size is stated in.
    """

    field: str
    least: int
    most: int

    def value(self, size: int) -> Any:
        """What the field says of a size."""

    def made(self, training: Training, value: Any) -> Any:
        """The fitted estimator of that value."""

    def like(self, training: Training, value: Any) -> Any:
        """An estimator whose model takes as many bytes as that of `made`."""


class _Counts:
    """Sizes that the field states as they are, of trees if nothing else is said."""

    field = "n_trees"
    least = 1
    most = 1

    def value(self, size: int) -> int:
        return size

    def made(self, training: Training, value: int) -> Any:
        raise NotImplementedError

    def like(self, training: Training, value: int) -> Any:
        return self.made(training, value)


class Whole(_Counts):
    """Nothing that there could be less of."""

    def made(self, training: Training, value: int) -> Any:
        return training.fitted


class FirstTrees(_Counts):
    """Fewer trees, the first ones; nothing is trained."""

    def __init__(self, training: Training) -> None:
        self.most = n_trees(training.fitted)

    def made(self, training: Training, value: int) -> Any:
        return first_trees(training.fitted, value)


class Rows(_Counts):
    """Fewer training rows."""

    field = "n_rows"

    def __init__(self, training: Training) -> None:
        own = last(training.fitted)
        self.most = _num_samples(training.X)
        n_classes = 1
        if is_classifier(own) and np.ndim(training.y) == 1:
            n_classes = len(own.classes_)
        self.least = max(n_classes, int(getattr(own, "n_neighbors", 1)))

    def made(self, training: Training, value: int) -> Any:
        return training.on_first(value)


class TrainedTrees(_Counts):
    """Fewer trees, trained anew."""

    def __init__(self, most: int, parameter: str) -> None:
        self.most, self._parameter = most, parameter

    def made(self, training: Training, value: int) -> Any:
        return training.with_parameter(self._parameter, value)


class Widths:
    """Narrower hidden layers, all by the same share."""

    field = "hidden_layer_sizes"
    least = 1

    def __init__(self, training: Training) -> None:
        own = last(training.fitted)
        self._widths = [len(weights) for weights in own.coefs_[1:]]
        self.most = max(self._widths, default=1)

    def value(self, size: int) -> tuple[int, ...]:
        return tuple(-(-width * size // self.most) for width in self._widths)

    def made(self, training: Training, value: tuple[int, ...]) -> Any:
        return training.with_parameter("hidden_layer_sizes", value)

    def like(self, training: Training, value: tuple[int, ...]) -> Any:
        """The same net without its last units: nothing is trained."""

        def change(own: Any) -> Any:
            found, ends = copy(own), [*value, None]
            starts = [None, *value]
            found.coefs_ = [
                weights[:start, :end]
                for weights, start, end in zip(own.coefs_, starts, ends, strict=True)
            ]
            found.intercepts_ = [
                bias[:end] for bias, end in zip(own.intercepts_, ends, strict=True)
            ]
            return found

        return replaced(training.fitted, change)


def sizes_of(training: Training) -> Sizes:
    """What there may be less of in the estimator that was trained."""
    own = last(training.fitted)
    if isinstance(own, _KEEPERS):
        return Rows(training)
    if isinstance(own, _NETS):
        return Widths(training)
    if boosters.is_forest(own):
        most = int(own.get_xgb_params()["num_parallel_tree"])
        return TrainedTrees(most, "n_estimators")
    if boosters.is_asymmetric(own):
        return TrainedTrees(int(own.tree_count_), boosters.rounds_parameter(own))
    return FirstTrees(training) if is_ensemble(own) else Whole()
