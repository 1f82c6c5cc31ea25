# SPDX-License-Identifier: MIT
"""Forests and inputs that hypothesis makes, against scikit-learn's own trees."""

import checks
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import is_classifier
from strategies import (
    CORNERS,
    classifiers,
    fitted,
    quick,
    regressors,
    rows_for,
    seeds,
    synthetic_classifier,
)

from emlrt import Model
from emlrt.convert.trees.leaves import quantize_shares, quantize_values, value_exponents

bits = st.sampled_from([32, 16, 8])


@quick
@given(classifiers(), seeds, bits)
def test_classifiers(estimator, seed, leaf_bits):
    model = Model.from_sklearn(estimator, leaf_bits=leaf_bits)
    x = rows_for(np.random.default_rng(seed), estimator, 60)
    checks.check_shares(model, estimator, x, max(1e-6, model.leaf_error))


@quick
@given(classifiers(), seeds)
def test_hard_voting(estimator, seed):
    model = Model.from_sklearn(estimator, voting="hard")
    x = rows_for(np.random.default_rng(seed), estimator, 60)
    checks.check_hard(model, estimator, x)


@quick
@given(regressors(), seeds, bits)
def test_regressors(estimator, seed, leaf_bits):
    model = Model.from_sklearn(estimator, leaf_bits=leaf_bits)
    x = rows_for(np.random.default_rng(seed), estimator, 60)
    error = None if leaf_bits == 32 else model.leaf_error
    checks.check_values(model, estimator, x, error)


@quick
@given(fitted())
def test_fitted_models(case):
    estimator, x = case
    model = Model.from_sklearn(estimator)
    if is_classifier(estimator):
        checks.check_shares(model, estimator, x)
        ours, theirs = model.predict_proba(x), estimator.predict_proba(x)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
        hard = Model.from_sklearn(estimator, voting="hard")
        checks.check_hard(hard, estimator, x)
    else:
        checks.check_values(model, estimator, x)
        assert model.predict(x).shape == estimator.predict(x).shape


@quick
@given(classifiers(), seeds)
def test_every_tree_reaches_its_leaf(estimator, seed):
    """One tree a model, leaves all different: the very leaf is seen."""
    x = rows_for(np.random.default_rng(seed), estimator, 40)
    for member in getattr(estimator, "estimators_", [estimator]):
        number = np.arange(member.tree_.node_count, dtype=float)
        member.tree_.value[:, 0, 0] = number
        model = Model.from_sklearn(as_regressor(member))
        leaf = member.tree_.apply(x)
        np.testing.assert_array_equal(model._runtime.scores(x)[:, 0], leaf)


def as_regressor(member):
    """The same tree as a regressor of its first value."""
    from sklearn.tree import DecisionTreeRegressor
    from sklearn.tree._tree import Tree

    state = member.tree_.__getstate__()
    values = np.ascontiguousarray(state["values"][:, :1, :1])
    tree = Tree(member.n_features_in_, np.ones(1, np.intp), 1)
    tree.__setstate__({**state, "values": values})
    out = DecisionTreeRegressor()
    out.tree_, out.n_features_in_, out.n_outputs_ = tree, member.n_features_in_, 1
    return out


@pytest.mark.parametrize("forest", ["tree", "forest"])
def test_missing_values_follow_the_fit(forest):
    """NaN seen in fit, of features with and without them; and new ones."""
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 5))
    y = (x[:, 0] > 0) * 2 + (x[:, 1] > 0.3)
    x[rng.random(400) < 0.3, 0] = np.nan
    x[y == 3, 2] = np.nan  # whether it is missing says the class
    kinds = {
        "tree": [DecisionTreeClassifier, DecisionTreeClassifier],
        "forest": [RandomForestClassifier, ExtraTreesClassifier],
    }[forest]
    for cls in kinds:
        estimator = cls(random_state=0).fit(x, y)
        model = Model.from_sklearn(estimator)
        new = x.copy()
        new[rng.random(new.shape) < 0.3] = np.nan
        for rows in (x, new, np.full((1, 5), np.nan)):
            checks.check_shares(model, estimator, rows.astype(np.float32))
            np.testing.assert_allclose(
                model.predict_proba(rows), estimator.predict_proba(rows), atol=1e-6
            )


def test_a_split_of_missing_from_present():
    """scikit-learn gives such a split an infinite threshold."""
    from sklearn.tree import DecisionTreeClassifier

    x = np.array([[1.0], [2.0], [-3.0], [np.nan], [np.nan]])
    tree = DecisionTreeClassifier().fit(x, [0, 0, 0, 1, 1])
    assert np.isinf(tree.tree_.threshold[0])
    model = Model.from_sklearn(tree)
    np.testing.assert_array_equal(model.predict(x), [0, 0, 0, 1, 1])
    odd = np.array([[np.inf], [-np.inf], [3e38], [np.nan], [-np.nan]], np.float32)
    classes = model._runtime.scores(odd).argmax(axis=1)
    np.testing.assert_array_equal(classes, [0, 0, 0, 1, 1])


def test_every_threshold_against_every_input():
    """All pairs of corner values and their neighbours, one split each."""
    rng = np.random.default_rng(0)
    exact = np.concatenate([CORNERS, [np.inf, -np.inf]]).astype(np.float32)
    with np.errstate(over="ignore"):
        below = np.nextafter(exact, np.float32(-np.inf))
        above = np.nextafter(exact, np.float32(np.inf))
    x = np.unique(np.concatenate([exact, below, above, [-0.0, np.nan]]))
    x = np.append(x, np.float32(-0.0))[:, None].astype(np.float32)
    exact = exact.astype(np.float64)
    off = np.nextafter(exact, -np.inf), np.nextafter(exact, np.inf)
    for threshold in np.concatenate([exact, *off]):
        estimator = synthetic_classifier(rng, [1], 1, [2])
        state = estimator.tree_.__getstate__()
        state["nodes"]["threshold"][0] = threshold
        state["values"][:] = [[[1, 0]], [[1, 0]], [[0, 1]]]
        estimator.tree_.__setstate__(state)
        model = Model.from_sklearn(estimator)
        checks.check_shares(model, estimator, x)


def test_identical_trees_do_not_add_up_their_rounding():
    """1,000 equal trees: each rounds alike, and the sum must still be right."""
    from sklearn.ensemble import RandomForestRegressor

    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(300, 1)), rng.normal(size=300)
    estimator = RandomForestRegressor(
        1000, bootstrap=False, max_depth=6, random_state=0
    ).fit(x, y)
    model = Model.from_sklearn(estimator)
    checks.check_values(model, estimator, x.astype(np.float32))


@pytest.mark.parametrize("leaf_bits", [8, 16, 32])
def test_many_trees_do_not_overflow(leaf_bits):
    """Leaves are summed in 32 bits: 200,000 trees at the largest value."""
    trees = [np.array([[1.0], [-1.0]])] * 200_000
    exponents = value_exponents(trees, leaf_bits)
    numbers = quantize_values(trees, exponents, leaf_bits).reshape(-1, 2)
    sums = numbers.sum(axis=0, dtype=np.int64)
    assert (abs(sums) < 2**31).all()
    assert abs(numbers).max() < 2 ** (leaf_bits - 1)
    error = np.ldexp(0.5 * len(trees), exponents[0])
    assert (abs(np.ldexp(sums.astype(float), exponents[0])) > 2e5 - error - 1).all()


def test_many_voting_trees():
    """So many trees that the votes of one must be fewer than usual."""
    rng = np.random.default_rng(4)
    for n in (1200, 6000):
        estimator = synthetic_classifier(rng, [2] * 7, 3, [3], pool="any")
        estimator.estimators_ = [
            estimator.estimators_[i] for i in rng.integers(0, 7, n)
        ]
        model = Model.from_sklearn(estimator)
        assert model.program.vote_total < 2**32
        x = rows_for(rng, estimator, 20)
        checks.check_shares(model, estimator, x, max(1e-6, model.leaf_error))


@pytest.mark.parametrize("unit", [240, 55440, 720720])
def test_votes_are_the_nearest_whole_ones(unit):
    rng = np.random.default_rng(5)
    shares = rng.random((5000, 5)) ** 3
    shares /= shares.sum(axis=1, keepdims=True)
    votes, exact = quantize_shares(shares, unit), shares * unit
    assert (votes.sum(axis=1) <= unit).all()
    rounded = np.floor(exact + 0.5)
    fits = rounded.sum(axis=1) <= unit
    assert 0.2 < fits.mean() < 1
    np.testing.assert_array_equal(votes[fits], rounded[fits])
    assert (votes[~fits].sum(axis=1) == unit).all()  # no two shares are equal
    assert abs(votes - exact).max() <= 1


@pytest.mark.parametrize("leaf_bits", [8, 16, 32])
def test_exponents_are_the_least_that_hold_the_leaves(leaf_bits):
    most = 2.0**31 - 2 if leaf_bits == 32 else 2.0 ** (leaf_bits - 1) - 1
    for power in range(-200, 90):
        for peak in most * 2.0**power * np.array([1 - 2e-16, 1, 1 + 3e-16, 1.9]):
            (e,) = value_exponents([np.array([[peak]])], leaf_bits)
            assert np.ldexp(most, e) >= peak > np.ldexp(most, e - 1)
