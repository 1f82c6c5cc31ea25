# SPDX-License-Identifier: MIT
"""The boosted models that are measured, and what they come from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

import emlrt


@dataclass(frozen=True)
class Case:
    """A fitted model of a library and rows like those it has seen."""

    name: str
    library: str
    estimator: Any
    X: NDArray[np.float32]

    def rows(self, n: int) -> NDArray[np.float32]:
        """Rows spread over the data, over and over if there are not as many."""
        chosen = np.linspace(0, len(self.X) - 1, min(n, len(self.X))).astype(int)
        repeats = -(-n // len(chosen))
        return np.ascontiguousarray(np.tile(self.X[chosen], (repeats, 1))[:n])

    def model(self, **options: Any) -> emlrt.Model:
        """The converted model, without metadata."""
        return emlrt.convert(self.estimator, **options).strip()

    def files(self) -> dict[str, int]:
        """Bytes of the library's own files of the model, by format."""
        with tempfile.TemporaryDirectory(prefix="emlrt-bench-") as folder:
            path = Path(folder) / "model"
            return {n: path.stat().st_size for n in self._saved(path)}

    def _saved(self, path: Path) -> Iterator[str]:
        if self.library == "xgboost":
            for name in ("ubj", "json"):
                raw = self.estimator.get_booster().save_raw(name)
                path.write_bytes(raw)
                yield name
        elif self.library == "lightgbm":
            self.estimator.booster_.save_model(path)
            yield "text"
        else:
            for name in ("cbm", "json"):
                self.estimator.save_model(str(path), format=name)
                yield name


def breast_like() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """5,000 rows like breast_cancer's: 30 features, a Gaussian for each class."""
    X, y = datasets.load_breast_cancer(return_X_y=True)
    rng = np.random.default_rng(0)
    X, parts, labels = np.log1p(X), [], []
    for k, n in ((0, 1900), (1, 3100)):
        mean, spread = X[y == k].mean(axis=0), np.cov(X[y == k].T)
        parts.append(rng.multivariate_normal(mean, 2 * spread, n))
        labels.append(np.full(n, k))
    order = rng.permutation(5000)
    rows = np.expm1(np.concatenate(parts))[order].astype(np.float32)
    return rows, np.concatenate(labels)[order]


def _lightgbm(**options: Any) -> Any:
    import lightgbm

    return lightgbm.LGBMClassifier(n_jobs=1, verbose=-1, random_state=0, **options)


def _xgboost(**options: Any) -> Any:
    import xgboost

    return xgboost.XGBClassifier(n_jobs=1, random_state=0, **options)


def _catboost(**options: Any) -> Any:
    import catboost

    return catboost.CatBoostClassifier(
        thread_count=1, verbose=0, random_seed=0, allow_writing_files=False, **options
    )


def cases() -> Iterator[Case]:
    """Every model that is measured."""
    X, y = breast_like()
    made = _lightgbm(n_estimators=100, num_leaves=31).fit(X, y)
    yield Case("LightGBM 100 x 31 leaves, breast-like", "lightgbm", made, X)
    made = _lightgbm(n_estimators=20, num_leaves=31).fit(X, y)
    yield Case("LightGBM 20 x 31 leaves, breast-like", "lightgbm", made, X)
    made = _xgboost(n_estimators=100, max_depth=6).fit(X, y)
    yield Case("XGBoost 100 x depth 6, breast-like", "xgboost", made, X)
    made = _catboost(n_estimators=100, depth=6).fit(X, y)
    yield Case("CatBoost 100 x depth 6, breast-like", "catboost", made, X)
    X, y = datasets.load_digits(return_X_y=True)
    X = X.astype(np.float32)
    made = _lightgbm(n_estimators=20, num_leaves=15).fit(X, y)
    yield Case("LightGBM 20 x 10 classes x 15 leaves, digits", "lightgbm", made, X)
    made = _xgboost(n_estimators=20, max_depth=4).fit(X, y)
    yield Case("XGBoost 20 x 10 classes x depth 4, digits", "xgboost", made, X)
