# SPDX-License-Identifier: MIT
"""Costs as scorers: they are the model's own figures, in any search."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt import DeployedClassifier, metrics
from emlrt.boards import BOARDS, find
from emlrt.estimate import CORES, estimate

X, Y = load_iris(return_X_y=True)
FOREST = RandomForestClassifier(5, max_depth=4, random_state=0)
DEPLOYED = DeployedClassifier(FOREST).fit(X, Y)
MODEL = DEPLOYED.model_
BOARD = replace(find("zero"), mhz=50.0, ua_mhz=100.0, volts=2.0)


@pytest.mark.parametrize("core", CORES)
def test_costs_are_those_of_the_estimate(core):
    found = estimate(MODEL, X, core=core)
    costs = {
        name: metrics.make_scorer(name, core=core).cost(DEPLOYED, X)
        for name in ("bytes", "scratch", "flash")
    }
    assert costs["bytes"] == MODEL.nbytes
    assert costs["scratch"] == MODEL.scratch_bytes
    assert costs["flash"] == MODEL.nbytes + found.flash


def test_units():
    units = {n: metrics.make_scorer(n, board=BOARD).unit for n in metrics.COSTS}
    assert units["flash"] == "bytes"
    assert units["instructions"] == "instructions"
    assert (units["milliseconds"], units["energy"]) == ("ms", "uJ")
    assert metrics.make_scorer("instructions", core="atmega328p").unit == "cycles"


def test_what_a_scorer_takes():
    scorer = metrics.make_scorer("flash")
    expected = scorer.cost(MODEL, X)
    assert scorer.cost(DEPLOYED, X) == expected
    plain = DEPLOYED.estimator_
    assert scorer.cost(plain, X) == expected
    search = GridSearchCV(DeployedClassifier(FOREST), {}, cv=3).fit(X, Y)
    assert scorer.cost(search, X) == expected
    options = metrics.make_scorer("bytes", dtype="int16", inputs="auto")
    small = DeployedClassifier(FOREST, dtype="int16", inputs="auto").fit(X, Y)
    assert options.cost(plain, X) == small.model_.nbytes != MODEL.nbytes
    with pytest.raises(ValueError, match="leave \\['dtype', 'inputs'\\] out"):
        options.cost(DEPLOYED, X)


def test_pipelines():
    scorer = metrics.make_scorer("flash")
    behind = make_pipeline(StandardScaler(), DeployedClassifier(FOREST)).fit(X, Y)
    rows = behind[:-1].transform(X)
    assert scorer.cost(behind, X) == scorer.cost(behind[-1].model_, rows)
    inside = DeployedClassifier(make_pipeline(StandardScaler(), FOREST)).fit(X, Y)
    plain = make_pipeline(StandardScaler(), FOREST).fit(X, Y)
    assert scorer.cost(plain, X) == scorer.cost(inside, X)


def test_wrong_names_are_errors():
    for arguments, text in [
        ({"cost": "size"}, "no cost 'size'; there are bytes, scratch, flash"),
        ({"cost": "flash", "core": "z80"}, "no figures of core 'z80'"),
        ({"cost": "flash", "board": "unoo"}, "no board 'unoo'"),
        ({"cost": "milliseconds"}, "milliseconds is of a board"),
        ({"cost": "energy", "board": "leonardo"}, "'leonardo' are not known"),
        ({"cost": "bytes", "leaf_bits": 9}, "leaf_bits=9"),
    ]:
        with pytest.raises(ValueError, match=text):
            metrics.make_scorer(**arguments)
    with pytest.raises(TypeError, match="no option 'leafbits'"):
        metrics.make_scorer("bytes", leafbits=8)
    other = next(key for key, b in BOARDS.items() if b.like not in CORES)
    with pytest.raises(ValueError, match="no figures of core"):
        metrics.make_scorer("flash", board=other)
    assert metrics.make_scorer("bytes", board=other).cost(MODEL) == MODEL.nbytes


SCORING = {
    "accuracy": "accuracy",
    "bytes": metrics.make_scorer("bytes"),
    "flash": metrics.make_scorer("flash", board="zero"),
}
GRID = {"estimator__max_depth": [1, 2, 3, 4], "leaf_bits": [32, 4]}
CV = StratifiedKFold(3, shuffle=True, random_state=0)


def test_a_grid_search_by_accuracy_within_a_budget():
    limit = MODEL.nbytes - 100
    search = GridSearchCV(
        DeployedClassifier(FOREST),
        GRID,
        scoring=SCORING,
        refit=metrics.best_within(max_bytes=limit),
        cv=CV,
        error_score="raise",
    ).fit(X, Y)
    results = search.cv_results_
    # Each figure again by hand, of one candidate and all splits.
    at = search.best_index_
    for k, (train, test) in enumerate(CV.split(X, Y)):
        forest = RandomForestClassifier(
            5, random_state=0, max_depth=results["param_estimator__max_depth"][at]
        ).fit(X[train], Y[train])
        bits = int(results["param_leaf_bits"][at])
        model = emlrt.convert(forest, X=X[train], leaf_bits=bits)
        found = estimate(model, X[test], core=find("zero").like)
        assert results[f"split{k}_test_accuracy"][at] == model.score(X[test], Y[test])
        assert results[f"split{k}_test_bytes"][at] == -model.nbytes
        assert results[f"split{k}_test_flash"][at] == -(model.nbytes + found.flash)
    sizes = -np.min([results[f"split{k}_test_bytes"] for k in range(3)], axis=0)
    accuracy = results["mean_test_accuracy"]
    assert sizes[at] <= limit < sizes.max()
    assert accuracy[at] == accuracy[sizes <= limit].max()
    assert (search.predict(X) == search.best_estimator_.model_.predict(X)).all()


def test_a_random_search_of_plain_estimators():
    scoring = {"accuracy": "accuracy", "bytes": metrics.make_scorer("bytes")}
    search = RandomizedSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 2, 3, 4], "min_samples_leaf": [1, 3, 9]},
        n_iter=5,
        random_state=0,
        scoring=scoring,
        refit="accuracy",
        cv=CV,
    ).fit(X, Y)
    assert (search.cv_results_["mean_test_bytes"] < 0).all()


@pytest.mark.parametrize("limit", [450, 900])
def test_a_halving_search_within_a_budget(limit):
    scorer = metrics.score_within("accuracy", max_bytes=limit)
    assert pickle.loads(pickle.dumps(scorer)) == scorer
    search = HalvingGridSearchCV(
        DeployedClassifier(DecisionTreeClassifier(random_state=0)),
        {"estimator__max_depth": [1, 2, 3, 4, 5, 6]},
        scoring=scorer,
        cv=CV,
        random_state=0,
        min_resources=60,
    ).fit(X, Y)
    assert search.best_estimator_.model_.nbytes <= limit
    assert search.best_score_ > 0.5


def test_a_score_within():
    limit = MODEL.nbytes
    inside = metrics.score_within("accuracy", max_bytes=limit, max_scratch=1000)
    assert inside(DEPLOYED, X, Y) == DEPLOYED.score(X, Y)
    outside = metrics.score_within("accuracy", max_bytes=limit / 2, max_scratch=1000)
    assert outside(DEPLOYED, X, Y) == -2e6
    with pytest.raises(ValueError, match="no cost 'size'"):
        metrics.score_within(max_size=3)


def test_cross_validation_of_a_linear_model():
    deployed = DeployedClassifier(LogisticRegression(max_iter=1000))
    found = cross_validate(deployed, X, Y, scoring=SCORING, error_score="raise")
    assert len(set(found["test_flash"])) == 1  # the shapes are the same
