# SPDX-License-Identifier: MIT
"""Small models of each op that has a price, and rows for them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import ensemble

import emlrt

Named = tuple[str, emlrt.Model, NDArray[np.float32]]
_SIZES = ((2, 2), (3, 5), (10, 3), (25, 4))


def _data(n_outputs: int = 1) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Integers, so that each dtype can hold them."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (400, 12)).astype(np.float32)
    mixed = np.sin(X @ rng.normal(size=(12, n_outputs)) / 40)
    return X, mixed + X[:, :n_outputs] / 256


def _forms(estimator: Any, X: NDArray[np.float32], **options: Any) -> Iterator[Named]:
    """The model with each dtype and encoding."""
    forms: list[dict[str, Any]] = [
        {"encoding": "direct"},
        {"encoding": "bins"},
        {"dtype": "int32"},
        {"dtype": "int16"},
        {"dtype": "uint8"},
    ]
    for form in forms:
        given = X.astype(form["dtype"]) if "dtype" in form else X
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = emlrt.convert(estimator, X=given, **form, **options)
        yield f"{type(estimator).__name__} {form} {options}", model.strip(), X


def _boosted() -> Iterator[Named]:
    X, y = _data()
    for (n, depth), sums in product(_SIZES, ("int32", "float32")):
        made = ensemble.GradientBoostingRegressor(
            n_estimators=n, max_depth=depth, random_state=0
        )
        yield from _forms(made.fit(X, y[:, 0]), X, sums=sums)
    labels = np.digitize(y[:, 0], [0, 0.5, 1])
    made = ensemble.GradientBoostingClassifier(n_estimators=5, random_state=0)
    yield from _forms(made.fit(X, labels), X)


def _forests() -> Iterator[Named]:
    for n_outputs, (n, depth) in product((1, 3, 8), _SIZES[1:]):
        X, y = _data(n_outputs)
        made = ensemble.RandomForestRegressor(n, max_depth=depth, random_state=0)
        yield from _forms(made.fit(X, y[:, 0] if n_outputs == 1 else y), X)
    X, y = _data()
    labels = np.digitize(y[:, 0], [-0.5, 0, 0.3, 0.6, 1, 1.5])
    options: list[dict[str, Any]] = [{"voting": "hard"}, {}, {"leaf_bits": 8}]
    for classes, (n, depth) in product((labels, labels > 3), _SIZES[1:]):
        made = ensemble.RandomForestClassifier(n, max_depth=depth, random_state=0)
        made.fit(X, classes)
        for given in options:
            yield from _forms(made, X, **given)


def _wide() -> Iterator[Named]:
    """Records for many features."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=300)
    dtypes = "float32", "int32", "int16", "uint8"
    for n_features, dtype in product((300, 20000), dtypes):
        X = rng.integers(0, 256, (300, n_features)).astype(np.float32)
        for n in (3, 10):
            made = ensemble.ExtraTreesRegressor(
                n, max_depth=5, max_features=2, random_state=0
            )
            model = emlrt.convert(made.fit(X, y), dtype=dtype, X=X.astype(dtype))
            yield f"{n_features} features, {dtype}, {n} trees", model.strip(), X


def _oblivious() -> Iterator[Named]:
    import catboost

    for n_outputs, (n, depth) in product((1, 3), _SIZES):
        X, y = _data(n_outputs)
        made = catboost.CatBoostRegressor(
            iterations=n,
            depth=depth,
            loss_function="RMSE" if n_outputs == 1 else "MultiRMSE",
            verbose=0,
            random_seed=0,
            thread_count=1,
            allow_writing_files=False,
        )
        made.fit(X, y)
        for bits in (32, 16):
            model = emlrt.convert(made, leaf_bits=bits)
            yield f"CatBoost {n} x {depth}, {bits} bits", model.strip(), X


def _vectors() -> Iterator[Named]:
    """Trees whose leaves have a float for each output."""
    import xgboost

    for n_outputs, (n, depth) in product((2, 6), _SIZES[1:]):
        X, y = _data(n_outputs)
        made = xgboost.XGBRegressor(
            n_estimators=n,
            max_depth=depth,
            multi_strategy="multi_output_tree",
            n_jobs=1,
        )
        for name, model, rows in _forms(made.fit(X, y), X):
            yield f"{n_outputs} outputs: {name}", model, rows


def _categories() -> Iterator[Named]:
    X, y = _data()
    for n_codes, n in product((10, 200), (3, 12)):
        codes = np.where(np.arange(12) < 4, X % n_codes, X)
        made = ensemble.HistGradientBoostingRegressor(
            max_iter=n, categorical_features=[0, 1, 2, 3], random_state=0
        )
        model = emlrt.convert(made.fit(codes, y[:, 0]))
        yield f"{n_codes} categories, {n} trees", model.strip(), codes


def models() -> Iterator[Named]:
    """Name, model and rows."""
    yield from _boosted()
    yield from _forests()
    yield from _wide()
    yield from _oblivious()
    yield from _vectors()
    yield from _categories()
