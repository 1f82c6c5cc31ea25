# SPDX-License-Identifier: MIT
"""Neighbours and clusters: every op, metric, width and weighting."""

import numpy as np
from sklearn.cluster import Birch, BisectingKMeans, KMeans
from sklearn.neighbors import (
    KNeighborsClassifier,
    KNeighborsRegressor,
    LocalOutlierFactor,
    NearestCentroid,
)

from emlrt import Model
from families import Case, odd_rows


def points(n, n_features, seed=0):
    """Rows in four groups, and their groups' numbers."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 4
    X = rng.normal(size=(n, n_features)) + 2.0 * y[:, None]
    return X.astype(np.float32).astype(np.float64), y


def rows_for(X):
    """Rows near the items, the items themselves, and odd ones."""
    rng = np.random.default_rng(1)
    near = X[:6] + rng.normal(0, 0.5, (6, X.shape[1]))
    return np.concatenate([near, X[:3], odd_rows(X.shape[1])]).astype(np.float32)


def of(estimator, n=24, n_features=3, multi=False):
    def make():
        X, y = points(n, n_features)
        targets = np.stack([y, y % 2], axis=1) if multi else y
        return Model.from_sklearn(estimator.fit(X, targets)), rows_for(X)

    return make


def integers(metric, spread):
    def make():
        rng = np.random.default_rng(2)
        X = rng.integers(-spread, spread, (20, 3))
        fitted = KNeighborsClassifier(4, metric=metric).fit(X, np.arange(20) % 3)
        rows = np.concatenate([X[:4], X[4:8] + 3, [[-32768] * 3, [32767] * 3]])
        rows = np.clip(rows, -32768, 32767)
        model = Model.from_sklearn(fitted, dtype="int16", X=rows)
        return model, rows

    return make


def many_classes():
    """More than 256 classes, whose numbers take two bytes."""
    X = np.arange(300.0)[:, None]
    fitted = KNeighborsClassifier(2).fit(X, np.arange(300))
    return Model.from_sklearn(fitted), rows_for(X)


def birch():
    X, _ = points(24, 2)
    return Model.from_sklearn(Birch(threshold=0.8).fit(X)), rows_for(X)


def far_away():
    """Centres that are shifted towards 0, and scaled."""
    X, _ = points(24, 2)
    X = 1e18 * (X + 300)
    return Model.from_sklearn(KMeans(3, random_state=0).fit(X)), rows_for(X)


CASES = [
    Case("uniform", of(KNeighborsClassifier(3))),
    Case("one", of(KNeighborsClassifier(1))),
    Case("outputs", of(KNeighborsClassifier(5), multi=True)),
    Case("weighted", of(KNeighborsClassifier(5, weights="distance"))),
    Case("manhattan", of(KNeighborsClassifier(4, weights="distance", p=1))),
    Case("chebyshev", of(KNeighborsClassifier(4, metric="chebyshev"))),
    Case("power", of(KNeighborsClassifier(4, p=3))),
    Case("root", of(KNeighborsRegressor(4, p=1.5, weights="distance"))),
    Case("means", of(KNeighborsRegressor(4), multi=True)),
    Case("weighted-means", of(KNeighborsRegressor(4, weights="distance"))),
    Case("wide-labels", many_classes),
    Case("int16-narrow", integers("euclidean", 100)),
    Case("int16-wide", integers("euclidean", 32768)),
    Case("int16-manhattan", integers("manhattan", 1000)),
    Case("int16-largest", integers("chebyshev", 50)),
    Case("outliers", of(LocalOutlierFactor(5, novelty=True))),
    Case("outliers-manhattan", of(LocalOutlierFactor(4, novelty=True, p=1))),
    Case("centroids-manhattan", of(NearestCentroid(metric="manhattan"))),
    Case("kmeans", of(KMeans(5, random_state=0))),
    Case("far-away", far_away),
    Case("bisecting", of(BisectingKMeans(5, random_state=0))),
    Case("birch", birch),
]
