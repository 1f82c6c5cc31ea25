# SPDX-License-Identifier: MIT
"""Converted numeric models against scikit-learn in float64 on the same inputs.

Errors are measured against the magnitude of what is added up: for a margin, the
sum of |weight * input| and |bias|. float32 can lose a few 2^-24 of that, however
small the margin itself is.
"""

import warnings
from functools import cache

import numpy as np
from sklearn import datasets
from sklearn.exceptions import ConvergenceWarning

from emlrt import Model

#: What an answer may differ by, in units of its magnitude.
SCORES = 1e-5
#: What a probability may differ by; where magnitudes are large, LOGITS times
#: the magnitude, because no float32 logit is more exact.
PROBA, LOGITS = 2e-6, 4e-8
#: Margins below this many magnitudes may fall to either class.
TIE = 2e-6

#: header.output of models with one logit, and with one each class.
LOGIT, LOGITS_OUTPUT = 0x4E, 0x3E

#: Worst case by estimator and measure: (error, where).
WORST: dict[tuple[str, str], tuple[float, str]] = {}

CLASSIFICATION = ("iris", "wine", "breast_cancer", "digits")
SCALES = ("raw", "standardised", "1e-6", "1e6")


@cache
def dataset(name):
    if name == "diabetes":
        return datasets.load_diabetes(return_X_y=True, scaled=False)
    return getattr(datasets, f"load_{name}")(return_X_y=True)


@cache
def scaled(name, scale):
    """(float32 X, y) of a data set."""
    X, y = dataset(name)
    if scale == "standardised":
        deviation = X.std(axis=0)
        X = (X - X.mean(axis=0)) / np.where(deviation == 0, 1, deviation)
    elif scale != "raw":
        X = X * float(scale)
    return X.astype(np.float32), y


def fitted(estimator, X, y=None):
    """Fitted to float32 rows as float64, without warnings of what does not matter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", FutureWarning)
        return estimator.fit(np.asarray(X, np.float64), y)


def note(estimator, measure, error, where):
    """Keeps the worst case."""
    key = type(estimator).__name__, measure
    if error > WORST.get(key, (-1.0, ""))[0]:
        WORST[key] = float(error), where


def report(names, record_property):
    """Says the worst cases of these classes, and prints them (pytest -s)."""
    for (name, measure), (error, where) in sorted(WORST.items()):
        if name in names:
            record_property(f"{name}.{measure}", error)
            print(f"{name:28} {measure:18} {error:8.1e}  {where}")


def check_values(estimator, model, method, X, magnitude, where, allowed=SCORES):
    """A method's numbers, of the right shape, within `allowed` magnitudes."""
    expected = getattr(estimator, method)(X.astype(np.float64))
    found = getattr(model, method)(X)
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    unit = np.broadcast_to(magnitude, (len(X), expected[:1].size)).reshape(found.shape)
    error = abs(found - expected) / np.where(unit > 0, unit, 1)
    note(estimator, method, error.max(), where)
    assert error.max() <= allowed, (method, error.max())


def check_proba(estimator, model, X, magnitude, where):
    expected = estimator.predict_proba(X.astype(np.float64))
    found = model.predict_proba(X)
    assert found.shape == expected.shape
    error = abs(found - expected).max(axis=1)
    largest = np.broadcast_to(magnitude, (len(X), np.shape(magnitude)[-1])).max(axis=1)
    note(estimator, "predict_proba", error.max(), where)
    usual = error[largest * LOGITS <= PROBA]
    note(estimator, "proba, usual", usual.max(initial=0.0), where)
    assert (error <= np.maximum(PROBA, LOGITS * largest)).all(), error.max()
    check_logs(estimator, model, X, expected, largest)


def check_logs(estimator, model, X, p, largest):
    """predict_log_proba, where scikit-learn's and float32 have digits for it."""
    with np.errstate(divide="ignore"):
        expected = estimator.predict_log_proba(X.astype(np.float64))
        found = model.predict_log_proba(X)
    assert found.shape == expected.shape
    largest = np.broadcast_to(largest[:, None], p.shape)
    if model.program.output in (LOGIT, LOGITS_OUTPUT):
        # scikit-learn's 1 - p has lost its digits further down.
        chosen = expected > (-16 if model.program.output == LOGIT else -80)
        allowed = SCORES * np.maximum(1.0, largest)
    else:  # logarithms of probabilities
        chosen = p > 1e-3
        allowed = 4 * np.maximum(PROBA, LOGITS * largest) / np.maximum(p, 1e-3)
    error = abs(found[chosen] - expected[chosen])
    assert (error <= allowed[chosen]).all(), error.max()


def margins_of(estimator, X):
    """Each row's distance between the winner and the next."""
    X = X.astype(np.float64)
    if hasattr(estimator, "decision_function"):
        scores = estimator.decision_function(X)
    else:
        scores = estimator.predict_joint_log_proba(X)
    if scores.ndim == 1:
        return abs(scores)
    if scores.shape[1] == 1:
        return np.full(len(X), np.inf)
    top = np.sort(scores, axis=1)
    return top[:, -1] - top[:, -2]


def check_labels(estimator, model, X, magnitude, where):
    expected, found = estimator.predict(X.astype(np.float64)), model.predict(X)
    assert found.dtype == expected.dtype
    largest = np.broadcast_to(magnitude, (len(X), np.shape(magnitude)[-1])).max(axis=1)
    differs = (found != expected) & (margins_of(estimator, X) > TIE * largest)
    assert not differs.any(), np.flatnonzero(differs)
    note(estimator, "labels that differ", (found != expected).sum(), where)


METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score_samples",
    "transform",
)


def check_methods(estimator, model, without=()):
    """The model has the original's methods, and no others. without: but these."""
    ours = {name for name in METHODS if hasattr(model, name)}
    theirs = {name for name in METHODS if hasattr(estimator, name)}
    assert ours == theirs - set(without)


def check_classifier(estimator, X, magnitude, where, model=None, without=()):
    """Everything that a classifier answers. magnitude: (n, margins)."""
    model = model or Model.from_sklearn(estimator)
    check_methods(estimator, model, without)
    check_labels(estimator, model, X, magnitude, where)
    if hasattr(model, "decision_function"):
        check_values(estimator, model, "decision_function", X, magnitude, where)
    if hasattr(model, "predict_proba"):
        check_proba(estimator, model, X, magnitude, where)
    return model


def check_firmware(model, X):
    """Rows one by one, as firmware runs them, have the bits of the batch."""
    runtime = model._runtime
    rows = np.stack([runtime.firmware(row, "run") for row in X])
    np.testing.assert_array_equal(
        runtime.scores(X).view(np.uint32), rows.view(np.uint32)
    )
