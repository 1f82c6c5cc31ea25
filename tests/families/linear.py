# SPDX-License-Identifier: MIT
"""Linear models and projections, each kind of output and of extras."""

import numpy as np
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA, SparseCoder
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    RidgeClassifier,
    SGDClassifier,
    SGDOneClassSVM,
)

from emlrt import Model
from families import Case, odd_rows


def drawn(estimator, target, n_features=5, centre=3.0):
    """Fitted to 60 rows. target: from their sums to what is learned."""

    def make():
        rng = np.random.default_rng(n_features)
        X = rng.normal(centre, 1, (60, n_features)).astype(np.float32)
        estimator.fit(X.astype(np.float64), target(X.sum(axis=1) + X[:, 0]))
        return Model.from_sklearn(estimator), np.concatenate(
            [X[:8], odd_rows(n_features)]
        )

    return make


def classes(n):
    def labels(total):
        return np.argsort(np.argsort(total)) * n // len(total)

    return labels


def number(total):
    return abs(total)


def columns(total):
    return np.stack([total, total**2], axis=1)


def indicator(total):
    return (columns(total) > columns(total).mean(axis=0)).astype(int)


def sgd(loss):
    return SGDClassifier(loss=loss, random_state=0, alpha=0.1)


CASES = [
    Case("logistic", drawn(LogisticRegression(), classes(2))),
    Case("logits", drawn(LogisticRegression(), classes(3))),
    Case("one-against-rest", drawn(sgd("log_loss"), classes(3))),
    Case("modified-huber", drawn(sgd("modified_huber"), classes(4))),
    Case("modified-huber-two", drawn(sgd("modified_huber"), classes(2))),
    Case("margins", drawn(sgd("hinge"), classes(3))),
    Case("labels", drawn(RidgeClassifier(), indicator)),
    Case("values", drawn(LinearRegression(), columns)),
    Case("log-link", drawn(PoissonRegressor(), number, centre=0.5)),
    Case("inliers", drawn(SGDOneClassSVM(random_state=0), number)),
    Case("pca", drawn(PCA(3, whiten=True), number, centre=40)),
    Case("pca-low", drawn(PCA(2), number, centre=1e5)),
    Case("pls", drawn(PLSRegression(2), number)),
    Case("lda", drawn(LinearDiscriminantAnalysis(), classes(4))),
    Case("lda-eigen", drawn(LinearDiscriminantAnalysis("eigen"), classes(3))),
    Case(
        "sparse-code",
        drawn(
            SparseCoder(
                np.random.default_rng(0).normal(size=(3, 5)),
                transform_algorithm="threshold",
                split_sign=True,
            ),
            number,
        ),
    ),
]
