# SPDX-License-Identifier: MIT
"""Twenty models of real data, apart from those that prices are fitted to, and twenty
small ones for a core with 32 KiB of flash and 2 KiB of RAM."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import (
    datasets,
    ensemble,
    linear_model,
    mixture,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    svm,
)
from sklearn.preprocessing import MinMaxScaler, StandardScaler

import emlrt

Named = tuple[str, emlrt.Model, NDArray[Any]]
#: A name, an estimator, and options of emlrt.convert.
Made = tuple[str, Any, dict[str, Any]]
_ROWS = 8


def _split(loader: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Rows and targets to train on, and rows to run."""
    X, y = loader(return_X_y=True)
    order = np.random.default_rng(1).permutation(len(X))
    X, y = X[order].astype(np.float32), y[order]
    return X[_ROWS:], y[_ROWS:], X[:_ROWS]


def _scaled(made: Any) -> Any:
    return pipeline.make_pipeline(StandardScaler(), made)


def _digits() -> Iterator[Made]:
    few: dict[str, Any] = {"n_estimators": 12, "max_depth": 7, "random_state": 0}
    forest = ensemble.RandomForestClassifier(**few)
    yield "forest, soft", forest, {}
    yield "forest, hard, uint8", forest, {"dtype": "uint8", "voting": "hard"}
    extra = ensemble.ExtraTreesClassifier(**few)
    yield "extra trees, int16", extra, {"dtype": "int16"}
    yield "net", neural_network.MLPClassifier((20,), random_state=0, max_iter=60), {}
    yield "logistic", linear_model.LogisticRegression(max_iter=60), {}


def _cancer() -> Iterator[Made]:
    import lightgbm
    import xgboost
    from catboost import CatBoostClassifier

    yield "XGBoost", xgboost.XGBClassifier(n_estimators=30, max_depth=4, n_jobs=1), {}
    light = lightgbm.LGBMClassifier(
        n_estimators=30, num_leaves=15, n_jobs=1, verbose=-1
    )
    yield "LightGBM, bins", light, {"encoding": "bins"}
    cat = CatBoostClassifier(
        iterations=30, depth=5, verbose=0, thread_count=1, allow_writing_files=False
    )
    yield "CatBoost", cat, {}
    yield "hist", ensemble.HistGradientBoostingClassifier(max_iter=20), {}
    yield "SVM", _scaled(svm.SVC(C=2)), {}
    yield "linear SVM", _scaled(svm.LinearSVC()), {}


def _wine() -> Iterator[Made]:
    yield "naive Bayes", naive_bayes.GaussianNB(), {}
    yield "neighbours", _scaled(neighbors.KNeighborsClassifier(5)), {}
    yield "mixture", mixture.GaussianMixture(3, random_state=0), {}
    tanh = neural_network.MLPClassifier((12, 8), activation="tanh", random_state=0)
    yield "scaled net", pipeline.make_pipeline(MinMaxScaler(), tanh), {}
    yield "scaled logistic", _scaled(linear_model.LogisticRegression()), {}


def _diabetes() -> Iterator[Made]:
    boosted = ensemble.GradientBoostingRegressor(n_estimators=40, random_state=0)
    yield "boosted", boosted, {}
    yield "boosted, float32 sums", boosted, {"sums": "float32"}
    forest = ensemble.RandomForestRegressor(15, max_depth=6, random_state=0)
    yield "forest", forest, {}
    net = neural_network.MLPRegressor(
        hidden_layer_sizes=(16,), random_state=0, max_iter=300
    )
    yield "net", _scaled(net), {}


def _small_digits() -> Iterator[Made]:
    few: dict[str, Any] = {"n_estimators": 4, "max_depth": 5, "random_state": 0}
    forest = ensemble.RandomForestClassifier(**few)
    yield "small forest, soft", forest, {}
    yield "small forest, hard, uint8", forest, {"dtype": "uint8", "voting": "hard"}
    extra = ensemble.ExtraTreesClassifier(**few)
    yield "small extra trees, int16", extra, {"dtype": "int16"}
    yield "small net", neural_network.MLPClassifier((6,), random_state=0), {}
    yield "logistic", linear_model.LogisticRegression(max_iter=60), {}


def _small_cancer() -> Iterator[Made]:
    import lightgbm
    import xgboost
    from catboost import CatBoostClassifier

    yield "small XGBoost", xgboost.XGBClassifier(n_estimators=8, max_depth=3), {}
    light = lightgbm.LGBMClassifier(n_estimators=8, num_leaves=6, n_jobs=1, verbose=-1)
    yield "small LightGBM, bins", light, {"encoding": "bins"}
    cat = CatBoostClassifier(
        iterations=8, depth=4, verbose=0, thread_count=1, allow_writing_files=False
    )
    yield "small CatBoost", cat, {}
    few = ensemble.HistGradientBoostingClassifier(max_iter=6, max_leaf_nodes=8)
    yield "small hist", few, {}
    yield "linear SVM", _scaled(svm.LinearSVC()), {}


def _small_wine() -> Iterator[Made]:
    yield "naive Bayes", naive_bayes.GaussianNB(), {}
    yield "SVM", _scaled(svm.SVC(C=2)), {}
    yield "small neighbours", _scaled(neighbors.NearestCentroid()), {}
    yield "mixture", mixture.GaussianMixture(3, random_state=0), {}
    tanh = neural_network.MLPClassifier((8, 4), activation="tanh", random_state=0)
    yield "small scaled net", pipeline.make_pipeline(MinMaxScaler(), tanh), {}
    yield "scaled logistic", _scaled(linear_model.LogisticRegression()), {}


def _small_diabetes() -> Iterator[Made]:
    boosted = ensemble.GradientBoostingRegressor(n_estimators=10, random_state=0)
    yield "small boosted", boosted, {}
    yield "small boosted, float32 sums", boosted, {"sums": "float32"}
    forest = ensemble.RandomForestRegressor(4, max_depth=5, random_state=0)
    yield "small forest", forest, {}
    net = neural_network.MLPRegressor(hidden_layer_sizes=(8,), random_state=0)
    yield "small net", _scaled(net), {}


_LOADERS = (
    datasets.load_digits,
    datasets.load_breast_cancer,
    datasets.load_wine,
    datasets.load_diabetes,
)


def models() -> Iterator[Named]:
    """Name, model, and rows of its input type."""
    return _converted((_digits, _cancer, _wine, _diabetes))


def small_models() -> Iterator[Named]:
    """The same kinds of models, small."""
    return _converted((_small_digits, _small_cancer, _small_wine, _small_diabetes))


def _converted(kinds: Any) -> Iterator[Named]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for loader, made in zip(_LOADERS, kinds, strict=True):
            X, y, rows = _split(loader)
            for name, estimator, options in made():
                given = {**options, "X": X} if "dtype" in options else options
                model = emlrt.convert(estimator.fit(X, y), **given).strip()
                title = f"{loader.__name__.removeprefix('load_')}: {name}"
                yield title, model, model.inputs_of(rows)
