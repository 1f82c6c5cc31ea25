# SPDX-License-Identifier: MIT
"""The data sets and forests of all benchmarks, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    make_classification,
    make_regression,
)
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.model_selection import train_test_split


@dataclass(frozen=True)
class Case:
    """A fitted forest and its test rows.

    X is float32 (n_rows, n_features). All its values are integers that the
    types in `dtypes` hold, so that every contestant gets the same forest and
    the same rows whichever input type it has.
    """

    name: str
    forest: Any
    X: NDArray[np.float32]
    dtypes: tuple[str, ...]

    @property
    def is_classifier(self) -> bool:
        """Whether answers are classes, 0 to n - 1."""
        return hasattr(self.forest, "classes_")

    @property
    def n_features(self) -> int:
        """Elements of a row."""
        return self.X.shape[1]

    @property
    def splits(self) -> int:
        """Decision nodes of all trees."""
        trees = (tree.tree_ for tree in self.forest.estimators_)
        return sum(int(np.count_nonzero(tree.children_left >= 0)) for tree in trees)

    @cached_property
    def expected(self) -> NDArray[Any]:
        """scikit-learn's answers for X."""
        return np.asarray(self.forest.predict(self.X))

    def visits(self, rows: int) -> float:
        """Decision nodes visited per row, over the first rows of X."""
        path = self.forest.decision_path(self.X[:rows])[0]
        return float(path.sum() / rows) - len(self.forest.estimators_)

    def agreement(self, answers: NDArray[Any]) -> float:
        """Share of rows answered as scikit-learn does.

        Classifiers: the same class. Regressors: within 1e-6 of the largest
        absolute answer.
        """
        answers = np.asarray(answers).reshape(len(self.X))
        if self.is_classifier:
            return float(np.mean(answers == self.expected))
        room = 1e-6 * np.abs(self.expected).max()
        return float(np.mean(np.abs(answers - self.expected) <= room))


def to_integers(X: NDArray[Any], top: int) -> NDArray[np.float32]:
    """Each column scaled to integers from 0 to top, as an ADC would give them."""
    low, high = X.min(axis=0), X.max(axis=0)
    return np.round((X - low) / (high - low) * top).astype(np.float32)


def _split(X: Any, y: Any, size: float, classes: bool) -> Any:
    return train_test_split(
        X, y, test_size=size, random_state=0, stratify=y if classes else None
    )


@cache
def _data(name: str) -> tuple[Any, Any, Any, tuple[str, ...], bool]:
    """Training rows, their answers, test rows, input types, classification."""
    types: tuple[str, ...] = ("float32", "int16")
    if name == "digits":
        X, y = load_digits(return_X_y=True)
        X, types, classes, size = X.astype(np.float32), (*types, "uint8"), True, 0.4
    elif name == "breast_cancer":
        X, y = load_breast_cancer(return_X_y=True)
        X, classes, size = to_integers(X, 4095), True, 0.4
    elif name == "synthetic":
        X, y = make_classification(
            25000, 30, n_informative=15, n_classes=5, flip_y=0.05, random_state=0
        )
        X, classes, size = to_integers(X, 32767), True, 0.2
    else:
        X, y = make_regression(4000, 20, n_informative=10, noise=5.0, random_state=0)
        X, classes, size = to_integers(X, 32767), False, 0.5
    train_x, test_x, train_y, _ = _split(X, y, size, classes)
    return train_x, train_y, test_x, types, classes


@cache
def case(name: str, trees: int, depth: int | None = 8) -> Case:
    """Fit a forest: digits, breast_cancer, synthetic (5 classes) or regression."""
    X, y, test, types, classes = _data(name)
    kind = RandomForestClassifier if classes else RandomForestRegressor
    forest = kind(
        trees, max_depth=depth, max_features="sqrt", random_state=1, n_jobs=-1
    ).fit(X, y)
    forest.set_params(n_jobs=1)
    depth_name = "unlimited" if depth is None else f"{depth}"
    return Case(f"{name} {trees} x {depth_name}", forest, test, types)


def emlrt_model(case: Case, dtype: str, voting: str, leaf_bits: int = 32) -> Any:
    """The forest as emlrt has it, without metadata."""
    import emlrt

    how = {"voting": voting} if case.is_classifier else {}
    return emlrt.Model.from_sklearn(
        case.forest, dtype=dtype, leaf_bits=leaf_bits, X=case.X, **how
    ).strip()


def many_rows(case: Case, rows: int) -> NDArray[np.float32]:
    """Test rows again and again, with a tenth of their values exchanged.

    No row comes twice, or branch predictors would know the answers.
    """
    random = np.random.default_rng(0)
    source = case.X
    X = source[random.integers(0, len(source), rows)]
    other = source[random.integers(0, len(source), X.shape), np.arange(source.shape[1])]
    return np.where(random.random(X.shape) < 0.1, other, X).astype(np.float32)
