# SPDX-License-Identifier: MIT
"""Every parameter of scikit-learn's estimators that answers depend on is looked at.

A parameter that an original reads when it answers must be read by its conversion, too,
or stand below with why it cannot matter: a parameter that a new version brings fails
the test. Those that either of them reads are tried with each value that
scikit-learn's own constraints allow: the model answers as the original does, or is
refused by name. `EMLRT_ALL_VALUES=1` tries every parameter, which takes five minutes.
"""

import os
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from parameter_values import trials
from sklearn.preprocessing import MaxAbsScaler

from emlrt import Model
from emlrt.errors import UnsupportedModelError

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "docs"))

import support

pytestmark = pytest.mark.filterwarnings("ignore")
#: Parameters that an original reads when it answers, and that change no answer.
ANYWHERE = {
    "n_jobs": "threads",
    "verbose": "prints",
    "copy": "whose memory is written",
    "cache_size": "libsvm's, of training",
    "n_estimators": "the fitted ones are counted",
    "n_components": "the fitted ones are counted",
    "dtype": "of what transform gives; numbers are float64 here",
    "sparse": "a container of the same numbers",
    "sparse_output": "a container of the same numbers",
    "dense_output": "a container of the same numbers",
    "order": "of memory",
    "feature_names_out": "names",
    "flatten_transform": "the shape; with False there is no transform here",
    "random_state": "what answers at random is refused",
}
OF_CLASS = {
    ("DummyClassifier", "constant"): "fitted",
    ("GaussianProcessRegressor", "kernel"): "kernel_ is the fitted one",
    ("KNeighborsClassifier", "metric_params"): "effective_metric_params_ has them",
    ("KNeighborsClassifier", "p"): "effective_metric_params_ has it",
    ("KernelDensity", "atol"): "how far the original may be off",
    ("KernelDensity", "rtol"): "how far the original may be off",
    ("KernelDensity", "breadth_first"): "how it searches",
    ("LocalOutlierFactor", "n_neighbors"): "n_neighbors_ is the fitted one",
    ("MissingIndicator", "error_on_new"): "whether what is new raises",
    ("MissingIndicator", "features"): "features_ is the fitted one",
    ("QuantileTransformer", "ignore_implicit_zeros"): "of sparse matrices",
    ("SimpleImputer", "keep_empty_features"): "statistics_ says what is kept",
    ("SimpleImputer", "strategy"): "statistics_ is the fitted one",
}
#: Values that are not tried, and why.
UNTRIED = {
    ("KernelDensity", "atol"): "the original may be off so far",
    ("KernelDensity", "rtol"): "the original may be off so far",
    ("OneClassSVM", "max_iter"): "a sum that is 0 but for a rounding",
    ("KNeighborsRegressor", "metric"): "ties of equal distances",
    ("KNeighborsClassifier", "metric"): "ties of equal distances",
    ("LocalOutlierFactor", "metric"): "ties of equal distances",
}
#: Estimators that the others are parts of, whose parameters are other estimators'.
SLOW = {
    "GridSearchCV",
    "HalvingGridSearchCV",
    "HalvingRandomSearchCV",
    "RandomizedSearchCV",
    "SequentialFeatureSelector",
    "TunedThresholdClassifierCV",
}
ALL = bool(os.environ.get("EMLRT_ALL_VALUES"))
NAMES = [
    name
    for name, cls in support.estimators().items()
    if support.why(cls.__new__(cls)) is None and "DictionaryLearning" not in name
]


@contextmanager
def reads(cls, names, found):
    """Notes which of some attributes are read from an instance of a class."""
    plain, own = cls.__getattribute__, "__getattribute__" in vars(cls)

    def get(self, name):
        if name in names:
            found.add(name)
        return plain(self, name)

    cls.__getattribute__ = get
    try:
        yield
    finally:
        if own:
            cls.__getattribute__ = plain
        else:
            del cls.__getattribute__


@cache
def data(name):
    """Few rows, and few columns where an estimator takes any number of them."""
    full = support.data_of(name, support.estimators()[name])
    X, y = full.X[::4], full.y[::4]
    if name == "KernelCenterer":
        return X[:, ::4], y
    fixed = ("FrozenEstimator", "ColumnTransformer", "SparseCoder")
    return (X if name in fixed else X[:, :5]), y


def fitted(name, **parameters):
    X, y = data(name)
    estimator = support.made(name, support.estimators()[name])
    if parameters:
        estimator.set_params(**parameters)
    return estimator.fit(X.copy(), y)


def looked_at(estimator):
    """The model, and which parameters its conversion read."""
    cls, found = type(estimator), set()
    with reads(cls, estimator.get_params(deep=False).keys(), found):
        return Model.from_sklearn(estimator), found


def used(estimator, model, X):
    """The original's answers, and which parameters it read for them."""
    cls, found = type(estimator), set()
    answers = {}
    for method in support.METHODS:
        if hasattr(model, method):
            with reads(cls, estimator.get_params(deep=False).keys(), found):
                answers[method] = getattr(estimator, method)(X.copy())
    return answers, found


def unseen(name, estimator_reads, conversion_reads):
    """What an original reads and its conversion does not, but for what cannot
    matter."""
    found = estimator_reads - conversion_reads - ANYWHERE.keys()
    return sorted(p for p in found if (name, p) not in OF_CLASS)


def of_default(name):
    """What the original and the conversion read with the usual parameters; None if
    these are refused."""
    estimator = fitted(name)
    try:
        model, ours = looked_at(estimator)
    except UnsupportedModelError:
        return None
    return used(estimator, model, data(name)[0])[1], ours


def wrong(model, answers, X):
    """Methods whose answers are others than the original's."""
    found = []
    for method, theirs in answers.items():
        ours = getattr(model, method)(X)
        if method == "kneighbors":
            ours, theirs = ours[0], theirs[0]
        if support.differ(ours, theirs):
            found.append(method)
        elif method == "predict" and hasattr(model, "classes_"):
            found += [] if np.array_equal(ours, theirs) else [method]
        elif method != "predict_log_proba":  # which is as large as it is unsure
            error = support._difference(ours, theirs, method == "predict_proba")
            found += [] if error <= 1e-5 else [method]
    return found


def compared(name, parameter, value):
    """What is wrong with an estimator with one parameter changed: empty if it answers
    as the original, is refused by name, or if the original fails."""
    X, _ = data(name)
    try:
        estimator = fitted(name, **{parameter: value})
    except Exception:
        return []
    try:
        model, ours = looked_at(estimator)
    except UnsupportedModelError as error:
        return [] if len(str(error)) > 20 else ["refused without a reason"]
    except Exception as error:
        try:
            estimator.transform(X) if hasattr(estimator, "transform") else (
                estimator.predict(X)
            )
        except Exception:
            return []
        return [repr(error)]
    answers, theirs = used(estimator, model, X)
    return wrong(model, answers, X) + unseen(name, theirs, ours)


def tried(name, matters):
    """What is wrong, by parameter and value."""
    if name in SLOW and not ALL:
        return {}
    estimator, failed = support.made(name, support.estimators()[name]), {}
    for parameter, value in trials(estimator):
        if (name, parameter) in UNTRIED or not (ALL or parameter in matters):
            continue
        problems = compared(name, parameter, value)
        if problems:
            failed[parameter, value] = problems
    return failed


@pytest.mark.parametrize("name", NAMES)
def test_what_answers_depend_on_is_looked_at(name):
    found = of_default(name)
    if found is not None:  # else the usual parameters are refused
        assert not unseen(name, *found)
        assert not tried(name, set.union(*found) - ANYWHERE.keys())


def test_a_parameter_that_is_not_looked_at_is_found():
    """What the tests above say of a conversion that forgets `clip`."""

    class Scaler(MaxAbsScaler):
        pass

    X = np.array([[1.0], [2.0]])
    scaler = Scaler(clip=True).fit(X)
    model = Model.from_sklearn(MaxAbsScaler().fit(X))
    answers, found = used(scaler, model, 2 * X)
    assert unseen("MaxAbsScaler", found, set()) == ["clip"]
    assert wrong(model, answers, 2 * X) == ["transform"]
    assert "__getattribute__" not in vars(Scaler)


def test_the_lists_say_nothing_of_what_is_not_there():
    known = support.estimators()
    for name, parameter in [*OF_CLASS, *UNTRIED]:
        assert parameter in support.made(name, known[name]).get_params(deep=False)
