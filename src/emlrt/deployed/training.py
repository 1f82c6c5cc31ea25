# SPDX-License-Identifier: MIT
"""Training and converting for an estimator that is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _check_method_params, _num_samples

from emlrt.conversion import converted
from emlrt.model import Model


@dataclass(frozen=True)
class Judge:
    """An estimator, and rows by which models that are made of it are compared."""

    estimator: Any
    X: Any
    y: Any
    weight: Any = None

    def score(self, model: Model) -> float:
        """Accuracy, of all outputs of a row together, or R2."""
        said, y = model.predict(self.X), np.asarray(self.y)
        if model.estimator_type != "classifier":
            return float(r2_score(y, said, sample_weight=self.weight))
        right = (said == y.reshape(said.shape)).reshape(len(said), -1).all(axis=1)
        return float(np.average(right, weights=self.weight))


@dataclass(frozen=True)
class Training:
    """What is trained, on what, and the options of its conversion."""

    estimator: Any
    X: Any
    y: Any
    params: Mapping[str, Any]
    options: Mapping[str, Any]

    @cached_property
    def whole(self) -> tuple[Any, Model]:
        """The estimator trained on all rows, and its model."""
        fitted = clone(self.estimator).fit(self.X, self.y, **self.params)
        return fitted, self.model_of(fitted)

    def model_of(self, fitted: Any, **options: Any) -> Model:
        """The model of a fitted estimator; options: instead of those that there are."""
        return converted(fitted, self.X, {**self.options, **options})

    def judge(self, fraction: float | None) -> Judge:
        """A twin trained without a share of the rows, and those; of None, what is
        trained on all rows, and all rows."""
        if fraction is None:
            weight = self.params.get("sample_weight")
            return Judge(self.whole[0], self.X, self.y, weight)
        kept, left = self._split(fraction)
        params = _check_method_params(self.X, self.params, kept)
        weight = _check_method_params(self.X, self.params, left).get("sample_weight")
        X, y = _safe_indexing(self.X, kept), _safe_indexing(self.y, kept)
        twin = clone(self.estimator).fit(X, y, **params)
        return Judge(
            twin, _safe_indexing(self.X, left), _safe_indexing(self.y, left), weight
        )

    def _split(self, fraction: float) -> list[Any]:
        """Indices of the rows to train on, and of those left out: the same ones at
        every fit, of each class its share if it has one."""
        labels = np.asarray(self.y)
        one = is_classifier(self.estimator) and labels.ndim == 1
        counts = np.unique(labels, return_counts=True)[1] if one else np.zeros(1)
        n = _num_samples(self.X)
        enough = counts.min() > 1 and min(fraction, 1 - fraction) * n >= len(counts)
        found: list[Any] = train_test_split(
            np.arange(n),
            test_size=fraction,
            random_state=0,
            stratify=labels if one and enough else None,
        )
        return found
