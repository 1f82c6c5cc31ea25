# SPDX-License-Identifier: MIT
"""Naive Bayes of discrete features."""

import numpy as np
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, MultinomialNB

from emlrt import Model
from families import Case, odd_rows


def counts(estimator, n_classes, n_features=6):
    def make():
        rng = np.random.default_rng(n_classes)
        X = rng.poisson(3, (60, n_features))
        y = np.arange(60) % n_classes
        rows = np.concatenate([X[:8].astype(np.float32), odd_rows(n_features)])
        return Model.from_sklearn(estimator.fit(X, y)), rows

    return make


def categories(n_classes, **parameters):
    def make():
        rng = np.random.default_rng(n_classes)
        X = rng.integers(0, [2, 7, 4], (80, 3))
        model = CategoricalNB(**parameters).fit(X, np.arange(80) % n_classes)
        odd = np.array([-1, -0.5, 0.9, 1.9, 3.5, 6.99, 7, 2**24, 3e8, 5e9], np.float32)
        rows = [X[:8], np.repeat(odd[:, None], 3, 1), odd_rows(3)]
        return Model.from_sklearn(model), np.concatenate(rows).astype(np.float32)

    return make


CASES = [
    Case("table", categories(3)),
    Case("table-binary", categories(2, min_categories=9)),
    Case("table-one-class", categories(1)),
    Case("bernoulli", counts(BernoulliNB(binarize=2.5), 3)),
    Case("multinomial", counts(MultinomialNB(), 4)),
    Case("complement", counts(ComplementNB(norm=True), 2)),
]
