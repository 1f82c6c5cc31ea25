# SPDX-License-Identifier: MIT
"""Searches on several processes and machines, and by Optuna: the same results."""

import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.tree import DecisionTreeClassifier

from emlrt import DeployedClassifier, metrics
from emlrt.emulate import Measurement
from emlrt.estimate import estimate

X, Y = load_iris(return_X_y=True)
TREE = DeployedClassifier(DecisionTreeClassifier(random_state=0))
SMALL = clone(TREE).set_params(max_bytes=350)
SCORING = {
    "accuracy": "accuracy",
    "flash": metrics.make_scorer("flash"),
    "instructions": metrics.make_scorer("instructions"),
}
GRID = {"estimator__max_depth": [1, 2, 4], "leaf_bits": [32, 4]}


def searched(n_jobs):
    refit = metrics.best_within(max_flash=100_000)
    search = GridSearchCV(TREE, GRID, scoring=SCORING, refit=refit, cv=3, n_jobs=n_jobs)
    return search.fit(X, Y)


@pytest.fixture(scope="module")
def serial():
    return searched(None)


def check_same(found, expected):
    """Every figure that is no time, and the model itself."""
    for key, column in expected.cv_results_.items():
        if "_time" not in key and key != "params":
            np.testing.assert_array_equal(found.cv_results_[key], column, key)
    assert found.best_index_ == expected.best_index_
    assert found.best_estimator_.model_ == expected.best_estimator_.model_


@pytest.mark.parametrize("backend", ["threading", "loky", "multiprocessing"])
def test_jobs_give_the_serial_result(serial, backend):
    with joblib.parallel_config(backend, n_jobs=2):
        check_same(searched(2), serial)


def test_a_cluster_gives_the_serial_result(serial):
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=None
    )
    with (
        cluster,
        distributed.Client(cluster, set_as_default=False) as client,
        joblib.parallel_config("dask", client=client),
    ):
        check_same(searched(-1), serial)
        # What was fitted there comes back with its models.
        found = cross_validate(SMALL, X, Y, cv=3, n_jobs=-1, return_estimator=True)
    expected = cross_validate(SMALL, X, Y, cv=3, return_estimator=True)
    for one, other in zip(found["estimator"], expected["estimator"], strict=True):
        assert one.model_ == other.model_
        assert one.budget_ == other.budget_


def test_results_pickle(serial):
    model = serial.best_estimator_.model_
    found = estimate(model, X)
    back = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(back.counts, found.counts)
    assert back.flash == found.flash
    ones = np.ones(2, np.int64)
    numbers = ("open_count", "stack", "open_stack", "flash", "ram", "scratch")
    measured = Measurement(
        core="cortex-m0",
        opt="-O2",
        call="classify",
        unit="instructions",
        results=ones,
        counts=ones,
        **{name: 9 - k for k, name in enumerate(numbers)},
    )
    back = pickle.loads(pickle.dumps(measured))
    assert (back.mean, back.flash, back.stack) == (1, 6, 8)
    assert pickle.loads(pickle.dumps(serial)).best_estimator_.model_ == model


def test_a_study_of_optuna():
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def objective(trial):
        depth = trial.suggest_int("max_depth", 1, 5)
        bits = trial.suggest_categorical("leaf_bits", [32, 8, 4])
        tree = DecisionTreeClassifier(max_depth=depth, random_state=0)
        deployed = DeployedClassifier(tree, leaf_bits=bits)
        found = cross_validate(deployed, X, Y, scoring=SCORING, cv=3)
        return found["test_accuracy"].mean(), found["test_flash"].mean()

    study = optuna.create_study(
        directions=["maximize", "maximize"],
        sampler=optuna.samplers.RandomSampler(seed=0),
    )
    study.optimize(objective, n_trials=8)
    values = [trial.values for trial in study.trials]
    front = {study.trials[k].number for k in metrics.pareto(values)}
    assert front == {trial.number for trial in study.best_trials}
