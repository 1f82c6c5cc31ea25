# SPDX-License-Identifier: MIT
"""Logarithms of probabilities: finite wherever the original's are, and the same."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.ensemble import AdaBoostClassifier, GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline

import emlrt
from emlrt.methods import change

CANCER = load_breast_cancer(return_X_y=True)
IRIS = load_iris(return_X_y=True)


def sgd(**options):
    return SGDClassifier(loss="log_loss", random_state=0, **options)


def perceptron(**options):
    return MLPClassifier((4,), max_iter=30, random_state=0, **options)


MODELS = {
    "naive": (GaussianNB(), CANCER),
    "naive-3": (GaussianNB(), IRIS),
    "quadratic": (QuadraticDiscriminantAnalysis(reg_param=0.1), CANCER),
    "quadratic-3": (QuadraticDiscriminantAnalysis(), IRIS),
    "discriminant": (LinearDiscriminantAnalysis(), IRIS),
    "bernoulli": (BernoulliNB(binarize=1.0), CANCER),
    "multinomial": (MultinomialNB(), CANCER),
    "descent": (sgd(), CANCER),
    "descent-3": (sgd(), IRIS),
    "logistic": (LogisticRegression(C=1e4, max_iter=300), IRIS),
    "boosted": (GradientBoostingClassifier(n_estimators=40, learning_rate=1.0), CANCER),
    "adaboost": (AdaBoostClassifier(n_estimators=3), IRIS),
    "net": (perceptron(), CANCER),
    "net-3": (perceptron(), IRIS),
    "threshold": (FixedThresholdClassifier(GaussianNB(), threshold=0.3), CANCER),
    "threshold-one": (FixedThresholdClassifier(sgd(), threshold=0.3), CANCER),
    "step": (make_pipeline("passthrough", GaussianNB()), CANCER),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MODELS)
def test_logarithms_are_finite_where_the_originals_are(name):
    original, (X, y) = MODELS[name]
    X = X.astype(np.float32).astype(np.float64)
    original.fit(X, y)
    model = emlrt.Model.from_sklearn(original)
    with np.errstate(divide="ignore"):
        wanted = original.predict_log_proba(X)
    found = model.predict_log_proba(X)
    assert not np.isnan(found).any()
    there = np.isfinite(wanted)
    assert np.isfinite(found[there]).all()
    # Beside -inf, the original's float64 may have kept a few digits of 1 - p only.
    exact = there & (wanted > -30)
    np.testing.assert_allclose(found[exact], wanted[exact], rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(found[there], wanted[there], rtol=1e-1, atol=2e-3)
    assert (found[~there] < -30).all()


@pytest.mark.filterwarnings("ignore")
def test_the_figures_that_were_wrong():
    """77 of 1,138 logarithms were -inf."""
    X, y = CANCER
    original = GaussianNB().fit(X, y)
    wanted = original.predict_log_proba(X)
    assert (wanted < -104).sum() >= 77  # float32 has no such probability
    found = emlrt.Model.from_sklearn(original).predict_log_proba(X)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-3)


@pytest.mark.filterwarnings("ignore")
def test_several_outputs():
    X, y = CANCER
    Y = np.column_stack([y, 1 - y])
    original = MultiOutputClassifier(GaussianNB()).fit(X, Y)
    found = emlrt.Model.from_sklearn(original)
    parts = [part.predict_log_proba(X) for part in original.estimators_]
    if hasattr(found, "predict_log_proba"):
        np.testing.assert_allclose(found.predict_log_proba(X), parts, rtol=1e-3)
    original = ClassifierChain(sgd()).fit(X, Y)
    with np.errstate(divide="ignore"):
        wanted = original.predict_log_proba(X)
    found = emlrt.Model.from_sklearn(original).predict_log_proba(X)
    assert np.isfinite(found[np.isfinite(wanted)]).all()
    there = np.isfinite(wanted) & (wanted > -30)
    np.testing.assert_allclose(found[there], wanted[there], rtol=1e-2, atol=1e-2)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("threshold", [0.5, 0.2])
def test_catboost(threshold):
    import catboost

    X, y = CANCER
    original = catboost.CatBoostClassifier(
        iterations=30,
        learning_rate=9.0,
        depth=2,
        verbose=0,
        thread_count=1,
        allow_writing_files=False,
    ).fit(X, y)
    original.set_probability_threshold(threshold)
    wanted = original.predict_log_proba(X)
    found = emlrt.Model.from_catboost(original).predict_log_proba(X)
    there = np.isfinite(wanted) & (wanted > -30)
    assert np.isfinite(found[np.isfinite(wanted)]).all()
    np.testing.assert_allclose(found[there], wanted[there], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("loss", ["MultiClassOneVsAll", "MultiLogloss"])
def test_catboost_of_classes_each_by_itself(loss):
    import catboost

    X, y = IRIS
    target = y if loss != "MultiLogloss" else np.eye(3, dtype=int)[y]
    original = catboost.CatBoostClassifier(
        iterations=80, learning_rate=1.0, l2_leaf_reg=1e-9, depth=3, verbose=0,
        loss_function=loss, allow_writing_files=False,
    ).fit(X, target)  # fmt: skip
    model = emlrt.convert(original)
    # Scores of which float32 has no probability, as trees of many rounds give.
    scores = model._runtime.scores(X.astype(np.float32))[:, :3]
    logs = model._methods["predict_log_proba"]
    assert logs.changes[0] == "logeach"
    found = change(scores * 50.0, logs.changes)
    assert np.isfinite(found).all()
    assert found.min() < -104
    wanted = original.predict_log_proba(X)
    np.testing.assert_allclose(model.predict_log_proba(X), wanted, rtol=1e-4, atol=1e-5)
