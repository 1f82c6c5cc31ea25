# SPDX-License-Identifier: MIT
"""Models within a budget: they fit, they are what the record says, and nothing else
that was tried is better."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import emlrt
from emlrt import DeployedClassifier, DeployedRegressor
from emlrt.deployed.first_trees import first_trees, n_trees
from emlrt.deployed.pruning import alphas, pruned

DIGITS = load_digits(return_X_y=True)
X, XT, Y, YT = train_test_split(*DIGITS, test_size=0.5, random_state=0)
FOREST = RandomForestClassifier(6, max_depth=8, random_state=0)
WHOLE = DeployedClassifier(FOREST).fit(X, Y)


@pytest.mark.parametrize("alpha", [2e-3, 1e-2, 1.0])
@pytest.mark.parametrize("kind", [DecisionTreeClassifier, DecisionTreeRegressor])
def test_pruning_is_that_of_training(kind, alpha):
    tree = kind(random_state=0, max_depth=7).fit(X, Y)
    expected = kind(random_state=0, max_depth=7, ccp_alpha=alpha).fit(X, Y)
    found = pruned(tree, alpha)
    assert found.tree_.node_count == expected.tree_.node_count < tree.tree_.node_count
    assert (found.predict(XT) == expected.predict(XT)).all()
    assert found.ccp_alpha == alpha
    assert tree.ccp_alpha == 0


def test_pruning_of_forests_is_that_of_training():
    found = pruned(WHOLE.estimator_, 3e-3)
    expected = clone(FOREST).set_params(ccp_alpha=3e-3).fit(X, Y)
    assert (found.predict_proba(XT) == expected.predict_proba(XT)).all()
    nodes = [each.tree_.node_count for each in found.estimators_]
    assert nodes == [each.tree_.node_count for each in expected.estimators_]


def test_alphas_go_from_all_to_nothing():
    steps = alphas(WHOLE.estimator_, 40)
    assert len(steps) == 40
    assert steps[0] == 0
    assert (np.diff(steps) > 0).all()
    nodes = [
        sum(t.tree_.node_count for t in pruned(each, a).estimators_)
        for each, a in [(WHOLE.estimator_, a) for a in steps]
    ]
    assert sorted(nodes, reverse=True) == nodes
    assert nodes[-1] == 6  # a leaf a tree


@pytest.mark.parametrize(
    "estimator",
    [
        GradientBoostingClassifier(n_estimators=6, max_depth=2, random_state=0),
        AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=6),
    ],
)
def test_first_trees_are_those_of_shorter_training(estimator):
    fitted = clone(estimator).set_params(random_state=0).fit(X, Y)
    assert n_trees(fitted) == 6
    found = first_trees(fitted, 2)
    expected = clone(fitted).set_params(n_estimators=2).fit(X, Y)
    assert (found.predict(XT) == expected.predict(XT)).all()
    model = emlrt.convert(found)
    assert (model.predict(XT) == expected.predict(XT)).all()
    assert n_trees(fitted) == 6


def test_what_fits_stays_as_it_is():
    nbytes = WHOLE.model_.nbytes
    found = DeployedClassifier(FOREST, max_bytes=nbytes).fit(X, Y)
    assert found.model_ == WHOLE.model_
    assert found.budget_.taken.optimize == "balanced"
    assert found.budget_.needed == found.budget_.taken.taken == {"max_bytes": nbytes}
    assert found.budget_.tried == ()


def test_the_smallest_encoding_comes_first():
    forest = clone(FOREST).set_params(n_estimators=20)
    whole = DeployedClassifier(forest).fit(X, Y)
    small = DeployedClassifier(forest, optimize="size").fit(X, Y)
    limit = small.model_.nbytes
    assert limit < whole.model_.nbytes
    found = DeployedClassifier(forest, max_bytes=limit).fit(X, Y)
    assert found.model_ == small.model_
    assert (found.predict_proba(XT) == whole.predict_proba(XT)).all()
    assert found.budget_.taken.score is None
    direct = DeployedClassifier(forest, encoding="direct", max_bytes=limit).fit(X, Y)
    assert direct.budget_.taken.optimize == "balanced"
    assert direct.budget_.taken.score is not None


@pytest.mark.parametrize("share", [0.5, 0.1])
@pytest.mark.parametrize("fraction", [0.2, None])
def test_the_model_is_within_and_is_what_the_record_says(share, fraction):
    limit = int(WHOLE.model_.nbytes * share)
    found = DeployedClassifier(FOREST, max_bytes=limit, validation_fraction=fraction)
    budget = found.fit(X, Y).budget_
    taken = budget.taken
    assert found.model_.nbytes == taken.taken["max_bytes"] <= limit
    assert budget.needed["max_bytes"] == WHOLE.model_.nbytes
    # The same by hand.
    expected = clone(FOREST).set_params(ccp_alpha=taken.ccp_alpha).fit(X, Y)
    expected.estimators_ = expected.estimators_[: taken.n_trees]
    options = {"leaf_bits": taken.leaf_bits, "optimize": taken.optimize}
    assert found.model_ == emlrt.convert(expected, X=X, **options)
    assert (found.estimator_.predict_proba(XT) == expected.predict_proba(XT)).all()
    # Nothing that was tried is better, and all of it fits.
    assert taken in budget.tried
    assert max(each.score for each in budget.tried) == taken.score
    assert all(each.taken["max_bytes"] <= limit for each in budget.tried)
    assert {each.leaf_bits for each in budget.tried} == {32, 8, 5, 4, 3}
    assert found.score(XT, YT) > 0.5


def test_the_same_budget_gives_the_same_model():
    tree = DecisionTreeClassifier(max_features="sqrt", random_state=0)
    limit = DeployedClassifier(tree).fit(X, Y).model_.nbytes // 2
    one, two = (DeployedClassifier(tree, max_bytes=limit).fit(X, Y) for _ in "12")
    assert one.budget_.tried
    assert one.model_ == two.model_
    assert one.budget_ == two.budget_


def test_scores_are_of_the_twin_on_rows_that_it_has_not_seen():
    limit = WHOLE.model_.nbytes // 5
    taken = DeployedClassifier(FOREST, max_bytes=limit).fit(X, Y).budget_.taken
    a, b, ya, yb = train_test_split(X, Y, test_size=0.2, random_state=0, stratify=Y)
    twin = clone(FOREST).set_params(ccp_alpha=taken.ccp_alpha).fit(a, ya)
    twin.estimators_ = twin.estimators_[: taken.n_trees]
    options = {"leaf_bits": taken.leaf_bits, "optimize": taken.optimize}
    model = emlrt.convert(twin, X=X, **options)
    assert taken.score == model.score(b, yb)


def test_weights_go_to_the_twin_too():
    weight = np.where(Y < 5, 1.0, 0.01)
    tree = DecisionTreeClassifier(random_state=0)
    limit = DeployedClassifier(tree).fit(X, Y).model_.nbytes // 2
    found = DeployedClassifier(tree, max_bytes=limit)
    plain = found.fit(X, Y).budget_.taken.score
    weighted = found.fit(X, Y, sample_weight=weight)
    assert weighted.budget_.taken.score != plain
    few = YT < 5
    assert weighted.score(XT[few], YT[few]) > 0.7


@pytest.mark.parametrize(
    "estimator",
    [
        ExtraTreesRegressor(5, max_depth=6, random_state=0),
        DecisionTreeRegressor(random_state=0),
        HistGradientBoostingRegressor(max_iter=16, max_leaf_nodes=6),
        make_pipeline(StandardScaler(), DecisionTreeRegressor(random_state=0)),
    ],
)
def test_regressors(estimator):
    x, y = load_diabetes(return_X_y=True)
    whole = DeployedRegressor(estimator).fit(x, y)
    limit = whole.model_.nbytes // 3
    found = DeployedRegressor(estimator, max_bytes=limit).fit(x, y)
    assert found.model_.nbytes <= limit
    assert found.budget_.taken.leaf_bits >= 8
    near = np.abs(found.predict(x) - found.estimator_.predict(x)).max()
    assert near <= 1 + np.max(found.model_.leaf_error)
    assert found.score(x, y) > 0.1


def test_hard_votes_keep_their_leaves():
    hard = DeployedClassifier(FOREST, voting="hard")
    limit = hard.fit(X, Y).model_.nbytes // 3
    found = hard.set_params(max_bytes=limit).fit(X, Y)
    assert found.model_.nbytes <= limit
    assert {each.leaf_bits for each in found.budget_.tried} == {32}


def test_what_cannot_be_made_small_enough_is_an_error():
    text = (
        f"takes {WHOLE.model_.nbytes} bytes, of max_bytes=60; the smallest that is made"
        " of it takes [0-9]+ bytes"
    )
    with pytest.raises(ValueError, match=text):
        DeployedClassifier(FOREST, max_bytes=60).fit(X, Y)
    text = (
        "LogisticRegression takes [0-9]+ bytes, of max_bytes=60; nothing can be taken"
        " from it here. Most of it, 2604 bytes, is stage 1 dense; less: "
    )
    with pytest.raises(ValueError, match=text):
        DeployedClassifier(LogisticRegression(max_iter=500), max_bytes=60).fit(X, Y)


def test_flash_counts_the_code():
    limit = WHOLE.model_.nbytes
    found = DeployedClassifier(FOREST, max_flash=limit, board="zero").fit(X, Y)
    scorer = emlrt.metrics.make_scorer("flash", board="zero")
    taken = found.budget_.taken.taken["max_flash"]
    assert scorer.cost(found) == taken <= limit
    assert found.model_.nbytes < taken
    both = DeployedClassifier(FOREST, max_flash=limit, max_bytes=4000, board="zero")
    both.fit(X, Y)
    assert both.model_.nbytes <= 4000
    assert set(both.budget_.needed) == {"max_bytes", "max_flash"}


@pytest.mark.parametrize("wrong", [0, 1, 2.0, -0.1, float("nan"), True, "half"])
def test_a_fraction_that_is_none_is_refused_before_training(wrong):
    """Even where the model fits as it is, and no twin is trained."""
    found = DeployedClassifier(FOREST, validation_fraction=wrong)
    with pytest.raises(ValueError, match="validation_fraction is a number between"):
        found.fit(X, Y)


def test_a_board_is_looked_up_without_a_limit():
    with pytest.raises(ValueError, match="no board 'unoo'"):
        DeployedClassifier(FOREST, board="unoo", max_bytes=10**6).fit(X, Y)
