# SPDX-License-Identifier: MIT
"""Classifiers side by side: each output's label is that of its own estimator, whether
or not it is the one of the largest probability, and whatever further scores it has."""

import warnings

import numpy as np
import pytest
from sklearn import datasets
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import (
    LogisticRegression,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import NearestCentroid
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC, NuSVC
from sklearn.tree import DecisionTreeClassifier

from emlrt import Model
from emlrt.errors import UnsupportedModelError

SURE = SVC(probability=True, random_state=0)
#: Of any number of classes.
MEMBERS = [
    SVC(),
    SVC(break_ties=True),
    SVC(decision_function_shape="ovo"),
    NuSVC(nu=0.1),
    SURE,
    SVC(decision_function_shape="ovo", probability=True, random_state=0),
    NuSVC(nu=0.1, probability=True, random_state=0),
    GridSearchCV(SVC(), {"C": [1.0]}, cv=2),
    make_pipeline(StandardScaler(), SURE),
    SelfTrainingClassifier(SURE),
    NearestCentroid(),
    NearestCentroid(priors="empirical"),
    OneVsRestClassifier(SURE),
    OneVsOneClassifier(DecisionTreeClassifier(max_depth=2)),
    LogisticRegression(max_iter=50),
    RidgeClassifier(),
    SGDClassifier(loss="modified_huber", random_state=0),
    GaussianNB(),
    DecisionTreeClassifier(max_depth=3),
    RandomForestClassifier(5, max_depth=3, random_state=0),
    MLPClassifier((4,), max_iter=20, random_state=0),
]
#: Of two classes.
THRESHOLDS = [
    FixedThresholdClassifier(LogisticRegression(max_iter=50), threshold=0.2),
    FixedThresholdClassifier(SURE, threshold=0.3),
]


def rows(name):
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    return X.astype(np.float32).astype(float), y


def fitted(estimator, X, Y):
    with warnings.catch_warnings():  # of few iterations, and of classes alone
        warnings.simplefilter("ignore")
        return estimator.fit(X, Y.astype(int))


def check(estimator, X):
    model = Model.from_sklearn(estimator)
    found, expected = model.predict(X), estimator.predict(X)
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)
    assert hasattr(model, "predict_proba") == hasattr(estimator, "predict_proba")
    if hasattr(model, "predict_proba"):
        ours, theirs = model.predict_proba(X), estimator.predict_proba(X)
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, 0, 1e-4)


def names(estimator):
    return type(estimator).__name__


@pytest.mark.parametrize("name", ["iris", "wine"])
@pytest.mark.parametrize("member", MEMBERS, ids=names)
def test_labels_of_any_number_of_classes(member, name):
    X, y = rows(name)
    mixed = np.arange(len(y)) * 7 % 5 % 3  # which hardly any rows tell
    for Y in (np.c_[y, 2 - y, mixed], np.c_[y, y > 0], np.c_[y]):
        check(fitted(MultiOutputClassifier(member), X, Y), X)


@pytest.mark.parametrize("name", ["iris", "wine"])
@pytest.mark.parametrize("member", MEMBERS + THRESHOLDS, ids=names)
def test_labels_of_two_classes(member, name):
    X, y = rows(name)
    Y = np.c_[y > 0, y > 1]
    check(fitted(MultiOutputClassifier(member), X, Y), X)
    for order in ([0, 1], [1, 0]):
        check(fitted(ClassifierChain(member, order=order), X, Y), X)


def test_logarithms_of_a_chain_whose_probabilities_are_behind():
    X, y = rows("iris")
    chain = fitted(ClassifierChain(SURE), X, np.c_[y > 0, y > 1])
    found, expected = Model.from_sklearn(chain), chain.predict_log_proba(X)
    np.testing.assert_allclose(found.predict_log_proba(X), expected, 1e-4, 1e-5)


def test_a_member_of_one_class_is_refused():
    X, y = rows("iris")
    member = MLPClassifier((2,), max_iter=5)
    several = fitted(MultiOutputClassifier(member), X, np.c_[y > 0, y > 5])
    with pytest.raises(UnsupportedModelError, match="on its own"):
        Model.from_sklearn(several)
