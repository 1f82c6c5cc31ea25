# SPDX-License-Identifier: MIT
"""Budgets of what is no tree of scikit-learn's: each family gets smaller by its own
means, to the largest size that fits, and is what converting by hand gives."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, NuSVC
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt import DeployedClassifier, DeployedRegressor
from emlrt.deployed import first_rows
from emlrt.deployed.boosters import n_rounds

# Decimals, of which float32 holds none; a test of all rows settles them.
X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
XD, YD = load_diabetes(return_X_y=True)
WEIGHT = np.where(Y == 1, 5.0, 1.0)


def xgboost_classifier(**params):
    xgboost = pytest.importorskip("xgboost")
    return xgboost.XGBClassifier(**{"n_estimators": 12, "max_depth": 2, **params})


def lightgbm_classifier(**params):
    lightgbm = pytest.importorskip("lightgbm")
    small = {"n_estimators": 12, "num_leaves": 4, "verbose": -1, "n_jobs": 1}
    return lightgbm.LGBMClassifier(**{**small, **params})


def catboost_classifier(**params):
    catboost = pytest.importorskip("catboost")
    small = {"n_estimators": 12, "depth": 2, "verbose": 0, "allow_writing_files": False}
    return catboost.CatBoostClassifier(**{**small, **params})


def within(estimator, share, x=X, y=NAMES, given=None, **params):
    """A deployed estimator within a share of what it takes, by `given` to its fit."""
    regression = np.asarray(y).dtype.kind == "f"
    kind = DeployedRegressor if regression else DeployedClassifier
    whole = kind(estimator, **params).fit(x, y, **(given or {}))
    limit = int(whole.model_.nbytes * share)
    found = kind(estimator, max_bytes=limit, **params).fit(x, y, **(given or {}))
    assert found.budget_.needed == {"max_bytes": whole.model_.nbytes}
    assert found.model_.nbytes == found.budget_.taken.taken["max_bytes"] <= limit
    check(found, x)
    return found


def check(found, x):
    """That the model is what its estimator converts to by the options in the record,
    and the record in order."""
    budget, taken = found.budget_, found.budget_.taken
    options = {}
    if taken.leaf_bits != 32 or taken.optimize != "balanced":
        options = {"leaf_bits": taken.leaf_bits, "optimize": taken.optimize}
    assert found.model_ == emlrt.convert(found.estimator_, X=x, **options)
    assert taken in budget.tried
    assert taken.score == max(each.score for each in budget.tried)
    losses = [budget.lost(each) for each in budget.tried]
    assert losses == sorted(losses)
    saved = budget.needed["max_bytes"] - taken.taken["max_bytes"]
    assert budget.lost(taken) == (budget.score - taken.score) / saved


def next_size(found, n):
    """Bytes of the model of n trees by what was taken."""
    taken, whole = found.budget_.taken, clone(found.estimator).fit(X, NAMES)
    if hasattr(whole, "_predictors"):
        whole._predictors = whole._predictors[:n]
    options = {"leaf_bits": taken.leaf_bits, "optimize": taken.optimize}
    return emlrt.convert(whole, X=X, **options).nbytes


def test_xgboost_keeps_its_first_rounds():
    found = within(xgboost_classifier(), 0.6, y=Y)
    taken = found.budget_.taken
    whole = clone(found.estimator).fit(X, Y)
    assert found.estimator_.n_estimators == taken.n_trees < 12
    expected = whole.predict_proba(X, iteration_range=(0, taken.n_trees))
    assert (found.estimator_.predict_proba(X) == expected).all()
    options = {"leaf_bits": taken.leaf_bits, "optimize": taken.optimize}
    booster = whole.get_booster()[: taken.n_trees]
    by_hand = emlrt.convert(booster, classes=[0, 1, 2], X=X, **options)
    assert (found.predict_proba(X) == by_hand.predict_proba(X)).all()
    more = whole.get_booster()[: taken.n_trees + 1]
    assert emlrt.convert(more, X=X, **options).nbytes > found.max_bytes
    assert {each.leaf_bits for each in found.budget_.tried} == {32, 16, 8}


def test_sums_of_floats_keep_their_leaves():
    found = within(xgboost_classifier(), 0.6, y=Y, sums="float32")
    assert [each.leaf_bits for each in found.budget_.tried] == [32]


def test_rounds_of_early_stopping_are_those_up_to_the_best():
    estimator = xgboost_classifier(n_estimators=60, early_stopping_rounds=3)
    given = {"eval_set": [(X, np.roll(Y, 9))], "verbose": False}
    whole = clone(estimator).fit(X, Y, **given)
    assert n_rounds(whole) == whole.best_iteration + 1
    assert n_rounds(whole) < whole.get_booster().num_boosted_rounds() < 60
    found = within(estimator, 0.85, y=Y, given=given)
    n = found.budget_.taken.n_trees
    assert n < n_rounds(whole)
    assert n_rounds(found.estimator_) == found.estimator_.n_estimators == n
    expected = whole.predict_proba(X, iteration_range=(0, n))
    assert (found.estimator_.predict_proba(X) == expected).all()


def test_xgboost_keeps_lists_of_categories():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": pd.Categorical(rng.choice(list("pqr"), 200))})
    frame["b"] = rng.normal(size=200).round(2)
    y = (frame.a == "q").to_numpy() + (frame.b > 0).to_numpy() * 1
    found = within(xgboost_classifier(enable_categorical=True), 0.4, x=frame, y=y)
    other = frame.assign(a=frame.a.cat.reorder_categories(list("qpr")))
    expected = found.estimator_.predict_proba(other)
    np.testing.assert_allclose(found.predict_proba(other), expected, atol=1e-2)
    assert (found.predict_proba(frame) == found.predict_proba(other)).all()


def test_forests_of_xgboost_are_trained_with_fewer_trees():
    xgboost = pytest.importorskip("xgboost")
    found = within(xgboost.XGBRFRegressor(n_estimators=8, max_depth=3), 0.4, XD, YD)
    n = found.budget_.taken.n_trees
    expected = clone(found.estimator).set_params(n_estimators=n).fit(XD, YD)
    assert n < 8
    assert (found.estimator_.predict(XD) == expected.predict(XD)).all()


def test_linear_boosters_have_nothing_to_take():
    with pytest.raises(ValueError, match="nothing can be taken from it here"):
        within(xgboost_classifier(booster="gblinear", n_estimators=2), 0.5, y=Y)


@pytest.mark.parametrize("kind", ["gbdt", "rf"])
def test_lightgbm_keeps_its_first_rounds(kind):
    bag = {"bagging_freq": 1, "bagging_fraction": 0.7} if kind == "rf" else {}
    found = within(lightgbm_classifier(boosting_type=kind, **bag), 0.4)
    n = found.budget_.taken.n_trees
    whole = clone(found.estimator).fit(X, NAMES)
    expected = whole.predict_proba(X, num_iteration=n)
    assert n < 12
    assert (found.estimator_.predict_proba(X) == expected).all()
    assert found.estimator_.n_estimators == found.estimator_.n_estimators_ == n
    assert set(found.predict(X)) == set(NAMES)


def test_lightgbm_stops_at_the_best():
    lightgbm = pytest.importorskip("lightgbm")
    given = {
        "eval_set": [(X, np.roll(NAMES, 20))],
        "callbacks": [lightgbm.early_stopping(2, verbose=False)],
    }
    estimator = lightgbm_classifier(n_estimators=200)
    whole = clone(estimator).fit(X, NAMES, **given)
    assert n_rounds(whole) == whole.best_iteration_ < 200
    found = within(estimator, 0.6, given=given)
    n = found.budget_.taken.n_trees
    assert found.estimator_.best_iteration_ == n
    expected = whole.predict_proba(X, num_iteration=n)
    assert (found.estimator_.predict_proba(X) == expected).all()


def test_catboost_keeps_its_first_trees():
    found = within(catboost_classifier(), 0.5, given={"sample_weight": WEIGHT})
    n = found.budget_.taken.n_trees
    whole = clone(found.estimator).fit(X, NAMES, sample_weight=WEIGHT)
    assert (
        found.estimator_.predict_proba(X) == whole.predict_proba(X, ntree_end=n)
    ).all()
    assert found.estimator_.tree_count_ == n


@pytest.mark.parametrize(
    "estimator",
    [
        HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=4),
        make_pipeline(StandardScaler(), AdaBoostClassifier(random_state=0)),
    ],
)
def test_ensembles_keep_as_many_trees_as_fit(estimator):
    found = within(estimator, 0.4)
    taken = found.budget_.taken
    assert {each.leaf_bits for each in found.budget_.tried} == {32, 16, 8}
    if hasattr(found.estimator_, "_predictors"):
        assert next_size(found, taken.n_trees) == found.model_.nbytes
        assert next_size(found, taken.n_trees + 1) > found.max_bytes


def test_regressions_of_ensembles():
    boosted = GradientBoostingRegressor(n_estimators=16, max_depth=2, random_state=0)
    found = within(boosted, 0.6, XD, YD)
    n = found.budget_.taken.n_trees
    expected = clone(boosted).set_params(n_estimators=n).fit(XD, YD)
    assert (found.estimator_.predict(XD) == expected.predict(XD)).all()
    bag = within(BaggingRegressor(n_estimators=6, random_state=0), 0.2, XD, YD)
    assert len(bag.estimator_.estimators_) == bag.budget_.taken.n_trees < 6


def test_what_keeps_its_trees_has_fewer_bits():
    trees = [(str(n), DecisionTreeClassifier(max_leaf_nodes=n)) for n in (3, 5)]
    found = within(
        VotingClassifier([*trees, ("nb", GaussianNB())], voting="soft"), 0.97
    )
    assert found.budget_.taken.leaf_bits < 32
    assert found.budget_.taken.n_trees == 1


@pytest.mark.parametrize("estimator", [KNeighborsClassifier(3), SVC(), NuSVC(nu=0.1)])
def test_what_keeps_its_rows_is_trained_on_fewer(estimator):
    found = within(estimator, 0.7)
    n = found.budget_.taken.n_rows
    rows = first_rows(NAMES, n)
    expected = clone(estimator).fit(X[rows], NAMES[rows])
    assert found.model_ == emlrt.convert(expected, X=X)
    assert found.classes_.tolist() == sorted(set(NAMES))
    assert found.score(X, NAMES) > 0.9


@pytest.mark.parametrize("estimator", [KNeighborsRegressor(4), SVR(C=100.0)])
def test_regressions_on_fewer_rows(estimator):
    found = within(estimator, 0.3, XD, YD)
    n = found.budget_.taken.n_rows
    rows = first_rows(YD, n, classes=False)
    assert n == len(rows) < len(YD) / 2
    expected = clone(estimator).fit(XD[rows], YD[rows])
    assert found.model_ == emlrt.convert(expected, X=XD)


def test_weights_stay_with_their_rows():
    found = within(SVC(), 0.4, given={"sample_weight": WEIGHT})
    rows = first_rows(NAMES, found.budget_.taken.n_rows)
    expected = SVC().fit(X[rows], NAMES[rows], sample_weight=WEIGHT[rows])
    assert found.model_ == emlrt.convert(expected, X=X)


def test_rows_are_never_fewer_than_neighbours():
    with pytest.raises(ValueError, match="the smallest that is made of it takes"):
        within(KNeighborsClassifier(60), 0.3)


def test_first_rows_stand_for_all():
    labels = np.array(list("aaaaaaaabbbbc") * 4)
    for n in (3, 13, 26, 52):
        rows = first_rows(labels, n)
        assert len(set(rows)) == n
        counts = {label: int((labels[rows] == label).sum()) for label in "abc"}
        assert min(counts.values()) > 0
        assert abs(counts["a"] - n * 8 / 13) <= 2
        assert set(rows) <= set(first_rows(labels, min(52, n + 5)))
    assert len(first_rows(np.arange(40.0), 7, classes=False)) == 7
    assert len(first_rows(np.zeros((9, 2)), 4)) == 4


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_nets_are_trained_with_narrower_layers():
    net = MLPClassifier((12, 6), max_iter=60, random_state=0)
    found = within(make_pipeline(StandardScaler(), net), 0.5)
    sizes = found.budget_.taken.hidden_layer_sizes
    assert sizes[0] < 12
    assert sizes[1] == -(-sizes[0] // 2)
    expected = clone(found.estimator).set_params(
        mlpclassifier__hidden_layer_sizes=sizes
    )
    expected.fit(X, NAMES)
    assert found.model_ == emlrt.convert(expected, X=X)
    assert found.estimator_[-1].hidden_layer_sizes == sizes
    wider = [k + 1 for k in sizes]
    expected.set_params(mlpclassifier__hidden_layer_sizes=wider).fit(X, NAMES)
    assert emlrt.convert(expected, X=X).nbytes > found.max_bytes
    values = within(
        MLPRegressor(hidden_layer_sizes=8, max_iter=30, random_state=0), 0.5, XD, YD
    )
    assert len(values.budget_.taken.hidden_layer_sizes) == 1


def test_nothing_is_taken_from_what_has_nothing():
    text = (
        "GaussianNB takes [0-9]+ bytes, of max_bytes=[0-9]+; nothing can be taken from"
        " it here. Most of it, [0-9]+ bytes, is .*; less: "
    )
    with pytest.raises(ValueError, match=text):
        within(GaussianNB(), 0.5)
    model = DeployedClassifier(LogisticRegression(max_iter=500), max_flash=500)
    with pytest.raises(ValueError, match=r"bytes \([0-9]+ of them code\), of max_fl"):
        model.set_params(board="zero").fit(X, Y)


@pytest.mark.parametrize("policy", ["Depthwise", "Lossguide"])
def test_asymmetric_trees_of_catboost_are_trained_anew(policy):
    catboost = pytest.importorskip("catboost")
    own = {"n_estimators": 20, "grow_policy": policy, "depth": 3, "verbose": 0}
    whole = catboost.CatBoostRegressor(**own, allow_writing_files=False)
    found = within(whole, 0.5, XD, YD)
    taken = found.budget_.taken
    assert 1 <= taken.n_trees < 20
    assert found.estimator_.tree_count_ == taken.n_trees
    by_hand = clone(whole).set_params(n_estimators=taken.n_trees).fit(XD, YD)
    assert np.array_equal(found.estimator_.predict(XD), by_hand.predict(XD))


def test_more_outputs_than_y_are_compared_with_the_whole():
    xgboost = pytest.importorskip("xgboost")
    own = {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.9]}
    found = within(xgboost.XGBRegressor(n_estimators=10, **own), 0.6, XD, YD)
    assert found.budget_.score == 1.0
    assert found.budget_.taken.score < 1.0
    assert found.predict(XD).shape == (len(XD), 2)


@pytest.mark.parametrize("fraction", [0.999, 0.9935])
def test_a_share_that_leaves_no_rows_is_refused(fraction):
    with pytest.raises(ValueError, match="of 150 rows leaves none to train on"):
        within(lightgbm_classifier(), 0.5, validation_fraction=fraction)


def test_what_cannot_be_less_is_not_said_to_be_made_smaller():
    with pytest.raises(ValueError, match="nothing can be taken from it here"):
        DeployedClassifier(SVC(kernel="linear"), max_bytes=150).fit(X, Y)


def test_columns_keep_the_names_that_they_have():
    """LightGBM's own have no spaces, and those of an array are made up."""
    frame = pd.DataFrame(X, columns=["sepal length", "sepal width", "a", "b"])
    found = DeployedClassifier(lightgbm_classifier()).fit(frame, NAMES)
    assert list(found.feature_names_in_) == list(frame.columns)
    assert np.array_equal(found.predict(frame), found.estimator_.predict(frame))
    with pytest.raises(ValueError, match="feature names"):
        found.predict(frame[["sepal width", "sepal length", "a", "b"]])
    assert not hasattr(found.fit(X, NAMES), "feature_names_in_")
