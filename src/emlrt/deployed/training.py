# SPDX-License-Identifier: MIT
"""Training and converting for an estimator that is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _check_method_params, _num_samples

from emlrt.conversion import converted
from emlrt.deployed.first_rows import first_rows
from emlrt.deployed.last_step import parameter
from emlrt.model import Model


@dataclass(frozen=True)
class Training:
    """What is trained, on what, and the options of its conversion.

    seen: rows that conversions settle thresholds by, those of the whole training.
    """

    estimator: Any
    X: Any
    y: Any
    params: Mapping[str, Any]
    options: Mapping[str, Any]
    seen: Any

    @cached_property
    def fitted(self) -> Any:
        """The estimator trained on all rows."""
        return self._fit(self.estimator)

    @cached_property
    def model(self) -> Model:
        """Its model, by the options."""
        return self.model_of(self.fitted)

    def model_of(self, fitted: Any, **options: Any) -> Model:
        """The model of a fitted estimator; options: instead of those that there are."""
        return converted(fitted, self.seen, {**self.options, **options})

    def on(self, rows: Any) -> Training:
        """The same on a part of the rows, by their indices."""
        return replace(
            self,
            X=_safe_indexing(self.X, rows),
            y=_safe_indexing(self.y, rows),
            params=_check_method_params(self.X, self.params, rows),
        )

    def on_first(self, n: int) -> Any:
        """The estimator trained on the first n of the rows, as `first_rows` has them;
        on all of them if there are no more."""
        if n >= _num_samples(self.X):
            return self.fitted
        return self.on(first_rows(self.y, n, is_classifier(self.estimator))).fitted

    def with_parameter(self, name: str, value: Any) -> Any:
        """The estimator trained with another value of its last step's parameter."""
        changed = clone(self.estimator)
        changed.set_params(**{parameter(changed, name): value})
        return self._fit(changed)

    def _fit(self, estimator: Any) -> Any:
        return clone(estimator).fit(self.X, self.y, **self.params)


@dataclass(frozen=True)
class Judge:
    """The training of a twin, and rows by which its smaller models are compared."""

    training: Training
    X: Any
    y: Any
    weight: Any = None

    def score(self, model: Model) -> float:
        """Accuracy, of all outputs of a row together, or R2. Where predict has more
        outputs than y, as of quantiles, it is R2 beside what the whole twin answers."""
        said, y = model.predict(self.X), np.asarray(self.y)
        if said.ndim == 2 and said.shape[1] != (y.shape[1] if y.ndim > 1 else 1):
            y = np.asarray(self.training.fitted.predict(self.X))
        if model.estimator_type != "classifier":
            return float(r2_score(y, said, sample_weight=self.weight))
        right = (said == y.reshape(said.shape)).reshape(len(said), -1).all(axis=1)
        return float(np.average(right, weights=self.weight))


def judge_of(training: Training, fraction: float | None) -> Judge:
    """A twin trained without a share of the rows, and those; of None, what is trained
    on all rows, and all rows."""
    if fraction is None:
        weight = training.params.get("sample_weight")
        return Judge(training, training.X, training.y, weight)
    kept, left = _split(training, fraction)
    held = training.on(left)
    return Judge(training.on(kept), held.X, held.y, held.params.get("sample_weight"))


def _split(training: Training, fraction: float) -> list[Any]:
    """Indices of the rows to train on, and of those left out: the same ones at every
    fit, of each class its share if it has one."""
    labels, n = np.asarray(training.y), _num_samples(training.X)
    if not 0 < ceil(fraction * n) < n:
        raise ValueError(
            f"validation_fraction={fraction} of {n} rows leaves none to train on; give"
            " a smaller one, or None"
        )
    one = is_classifier(training.estimator) and labels.ndim == 1
    counts = np.unique(labels, return_counts=True)[1] if one else np.zeros(1)
    enough = counts.min() > 1 and min(fraction, 1 - fraction) * n >= len(counts)
    found: list[Any] = train_test_split(
        np.arange(n),
        test_size=fraction,
        random_state=0,
        stratify=labels if one and enough else None,
    )
    return found
