# SPDX-License-Identifier: MIT
"""Naive Bayes of counts, of flags and of categories."""

import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_checks import (
    CLASSIFICATION,
    SCALES,
    check_classifier,
    check_firmware,
    fitted,
    report,
    scaled,
)
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, MultinomialNB
from spec_ops.table import table
from strategies import quick

from emlrt import Model
from emlrt.convert.sklearn.registry import FAMILIES
from emlrt.errors import UnsupportedModelError


def magnitude(estimator, X):
    """Of what the joint log-likelihoods add up: (n, classes)."""
    X, logs = abs(X.astype(np.float64)), estimator.feature_log_prob_
    prior = abs(estimator.class_log_prior_)
    if isinstance(estimator, CategoricalNB):
        index = X.astype(int)
        return prior + sum(abs(logs[i])[:, index[:, i]].T for i in range(X.shape[1]))
    if isinstance(estimator, BernoulliNB):
        absent = np.log(1 - np.exp(logs))
        X = np.ones_like(X) if estimator.binarize is not None else X
        return X @ abs(logs - absent).T + prior + abs(absent).sum(axis=1)
    return X @ abs(logs).T + prior


def binned(X, n=6):
    """Categories 0 to n - 1 of each column."""
    low, high = X.min(axis=0), X.max(axis=0)
    width = np.where(high > low, high - low, 1)
    return np.minimum((X - low) / width * n, n - 1).astype(np.float32)


ESTIMATORS = [
    MultinomialNB(),
    MultinomialNB(alpha=1e-9, fit_prior=False),
    ComplementNB(),
    ComplementNB(norm=True),
    BernoulliNB(),
    BernoulliNB(binarize=1.625, alpha=1e-3),
    CategoricalNB(),
    CategoricalNB(alpha=1e-9, min_categories=8),
]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", CLASSIFICATION)
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_every_row(estimator, name, scale):
    X, y = scaled(name, scale)
    if isinstance(estimator, CategoricalNB):
        X = binned(X)
    elif not isinstance(estimator, BernoulliNB):
        X = abs(X)
    fitted(estimator, X, y)
    where = f"{name} {scale}"
    check_classifier(estimator, X, magnitude(estimator, X), where)


@settings(quick, max_examples=draws(220))
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([MultinomialNB, ComplementNB, BernoulliNB, CategoricalNB]),
    st.integers(1, 30),
    st.integers(1, 7),
    st.floats(-9, 1),
)
def test_drawn_models(seed, cls, n_features, n_classes, exponent):
    """220 models and 11,000 rows."""
    rng = np.random.default_rng(seed)
    X = rng.poisson(rng.uniform(0, 5), (50, n_features)).astype(np.float32)
    y = rng.permutation(np.arange(50) % n_classes)
    estimator = fitted(cls(alpha=10.0**exponent), X, y)
    unit = magnitude(estimator, X)
    model = check_classifier(estimator, X, unit, "drawn")
    check_firmware(model, X[:3])


def test_flags_without_a_threshold():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (60, 7)).astype(np.float32)
    estimator = fitted(BernoulliNB(binarize=None), X, np.arange(60) % 3)
    model = check_classifier(estimator, X, magnitude(estimator, X), "flags")
    assert [stage.name for stage in model.stages] == ["dense"]


@pytest.mark.parametrize("threshold", [0.1, 1 / 3, 0.0, 1e-300, 2**-149 / 3])
def test_a_threshold_falls_between_the_same_inputs(threshold):
    """x > threshold of float32 arrays just below, at and above it: scikit-learn makes
    the threshold a float32, too."""
    near = np.float32(threshold)
    sides = [np.nextafter(near, np.float32(side)) for side in (-np.inf, np.inf)]
    X = np.array([[sides[0]], [near], [sides[1]]], np.float32)
    estimator = BernoulliNB(binarize=threshold).fit([[0], [1]], [0, 1])
    expected = estimator.predict_proba(X)
    found = Model.from_sklearn(estimator).predict_proba(X)
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_categories_are_integer_parts():
    X = np.array([[0, 2], [1, 0], [2, 1], [3, 2]], np.float32)
    estimator = CategoricalNB().fit(X, [0, 1, 0, 1])
    rows = X + np.float32([0.99, 0.5])
    expected = estimator.predict_proba(rows.astype(np.float64))
    found = Model.from_sklearn(estimator).predict_proba(rows)
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_unknown_categories_say_nothing():
    """scikit-learn raises; in C they leave the other features' evidence."""
    X = np.array([[0, 2], [1, 0], [2, 1], [3, 2]], np.float32)
    model = Model.from_sklearn(CategoricalNB().fit(X, [0, 1, 2, 1]))
    rows = np.full((6, 2), 1, np.float32)
    rows[:, 0] = [-1, 4, 1e9, -np.inf, np.inf, np.nan]
    scores = model._runtime.scores(rows)
    for row in rows[:3]:
        with pytest.raises(ValueError, match=r"unknown category .* in column 0"):
            model.predict(row[None])
    stage = model.stages[0]
    expected = table(stage.payload, [-1.0, 1.0], 3)
    assert (scores == np.array(expected, np.float32)).all()
    check_firmware(model, rows)


def test_many_categories():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3000, (4000, 2)).astype(np.float32)
    estimator = fitted(CategoricalNB(), X, rng.integers(0, 3, 4000))
    check_classifier(estimator, X, magnitude(estimator, X), "3,000 categories")


def test_probabilities_of_0_are_refused():
    X, y = [[0, 1], [1, 0]], [0, 1]
    for cls in (MultinomialNB, BernoulliNB, CategoricalNB):
        estimator = fitted(cls(alpha=0.0, force_alpha=True), X, y)
        with pytest.raises(UnsupportedModelError, match="alpha above 0"):
            Model.from_sklearn(estimator)
    estimator = fitted(MultinomialNB(class_prior=[0.0, 1.0]), X, y)
    with pytest.raises(UnsupportedModelError, match="prior above 0"):
        Model.from_sklearn(estimator)


def test_integer_inputs():
    X, y = scaled("digits", "raw")
    estimator = fitted(MultinomialNB(), X, y)
    model = Model.from_sklearn(estimator, dtype="uint8", X=X)
    error = model.predict_proba(X) - estimator.predict_proba(X.astype(np.float64))
    assert abs(error).max() < 2e-5


def test_worst_cases(record_property):
    report(FAMILIES["naive_bayes"], record_property)
