# SPDX-License-Identifier: MIT
"""Converted forests against scikit-learn, on every row of its own datasets."""

import checks
import numpy as np
import pytest
from sklearn import datasets
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreeClassifier,
    ExtraTreeRegressor,
)

from emlrt import Model

CLASSIFIERS = {
    "tree": DecisionTreeClassifier,
    "extra": ExtraTreeClassifier,
    "forest": RandomForestClassifier,
    "extras": ExtraTreesClassifier,
}
REGRESSORS = {
    "tree": DecisionTreeRegressor,
    "extra": ExtraTreeRegressor,
    "forest": RandomForestRegressor,
    "extras": ExtraTreesRegressor,
}
COMMON = {
    "default": {},
    "shallow": {"max_depth": 3},
    "best_first": {"max_leaf_nodes": 20},
    "large_leaves": {"min_samples_leaf": 7, "max_features": 0.5},
}
ONLY_CLASSIFIERS = {
    "entropy": {"criterion": "entropy", "max_depth": 6},
    "log_loss": {"criterion": "log_loss", "max_leaf_nodes": 9},
    "balanced": {"class_weight": "balanced", "min_samples_leaf": 3},
    "pruned": {"ccp_alpha": 0.01},
}
ONLY_REGRESSORS = {
    "absolute": {"criterion": "absolute_error", "max_depth": 3},
    "poisson": {"criterion": "poisson", "max_depth": 5},
    "pruned": {"ccp_alpha": 2.0},
}
ONLY_FORESTS = {
    "bootstrap": {"bootstrap": True, "max_samples": 0.5},
    "whole": {"bootstrap": False, "max_features": 1.0},
}


def cases(options):
    """Kind and options of each case; sampling of rows is for forests only."""
    plain = [(kind, o) for kind in CLASSIFIERS for o in options]
    return plain + [(kind, o) for kind in ("forest", "extras") for o in ONLY_FORESTS]


def load(name):
    x, y = getattr(datasets, "load_" + name)(return_X_y=True)
    return x, y


def fit(cls, options, x, y, weighted=False, **more):
    if "n_estimators" in cls().get_params():
        more = {"n_estimators": 7, **more}
    rng = np.random.default_rng(3)
    weight = rng.integers(0, 4, len(x)) if weighted else None
    return cls(random_state=5, **options, **more).fit(x, y, sample_weight=weight)


def check_classifier(estimator, x, y):
    """predict and predict_proba as a user sees them, on all rows."""
    model = Model.from_sklearn(estimator)
    theirs = estimator.predict_proba(x)
    np.testing.assert_allclose(model.predict_proba(x), theirs, rtol=0, atol=1e-6)
    clear = checks.margin(theirs) > 1e-6
    assert clear.mean() > 0.5
    ours = model.predict(x)
    assert ours.dtype == estimator.predict(x).dtype
    np.testing.assert_array_equal(ours[clear], estimator.predict(x)[clear])
    checks.check_shares(model, estimator, x[:150].astype(np.float32))
    hard = Model.from_sklearn(estimator, voting="hard")
    votes = checks.majority(estimator, x.astype(np.float32))[0]
    np.testing.assert_array_equal(hard.scores(x), votes)
    np.testing.assert_array_equal(hard.predict(x), model.classes_[votes.argmax(axis=1)])
    for bits in (16, 8):
        small = Model.from_sklearn(estimator, leaf_bits=bits)
        error = small.leaf_error + 2e-7
        assert error <= {16: 2e-5, 8: 5e-3}[bits]
        np.testing.assert_allclose(small.predict_proba(x), theirs, rtol=0, atol=error)
        clear = checks.margin(theirs) > 2 * error
        np.testing.assert_array_equal(
            small.predict(x)[clear], estimator.predict(x)[clear]
        )


@pytest.mark.parametrize(("kind", "options"), cases(COMMON | ONLY_CLASSIFIERS))
@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_classifiers(name, kind, options):
    x, y = load(name)
    chosen = {**COMMON, **ONLY_CLASSIFIERS, **ONLY_FORESTS}[options]
    estimator = fit(CLASSIFIERS[kind], chosen, x, y, weighted=options == "shallow")
    check_classifier(estimator, x, y)


@pytest.mark.parametrize(("kind", "options"), cases(COMMON | ONLY_REGRESSORS))
@pytest.mark.parametrize("name", ["diabetes", "linnerud"])
def test_regressors(name, kind, options):
    x, y = load(name)
    if options == "absolute" and kind == "forest" and name == "diabetes":
        x, y = x[:150], y[:150]  # scikit-learn takes long
    chosen = {**COMMON, **ONLY_REGRESSORS, **ONLY_FORESTS}[options]
    estimator = fit(REGRESSORS[kind], chosen, x, y, weighted=options == "shallow")
    model = Model.from_sklearn(estimator)
    ours, theirs = model.predict(x), estimator.predict(x)
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    peak = checks.largest_leaf(estimator).astype(np.float32)
    assert (abs(ours - theirs) <= 2 * np.spacing(peak).squeeze()).all()
    checks.check_values(model, estimator, x.astype(np.float32))
    for bits in (16, 8):
        small = Model.from_sklearn(estimator, leaf_bits=bits)
        assert small.leaf_error.shape == (small.n_outputs_,)
        assert small.nbytes <= model.nbytes
        checks.check_values(small, estimator, x.astype(np.float32), small.leaf_error)


def beside_thresholds(estimator, feature, base):
    """Rows that differ from `base` in one feature: its thresholds and beside."""
    t = np.concatenate(
        [t.threshold[t.feature == feature] for t in checks.trees_of(estimator)]
    )
    down = t.astype(np.float32)
    values = np.concatenate(
        [down, np.nextafter(down, -np.float32(np.inf)), np.nextafter(down, np.inf)]
    )
    rows = np.repeat(base[None].astype(np.float32), len(values), axis=0)
    rows[:, feature] = values
    return rows


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_decisions_at_thresholds(kind):
    x, y = load("wine")
    estimator = fit(CLASSIFIERS[kind], {}, x, y)
    model = Model.from_sklearn(estimator)
    rng = np.random.default_rng(0)
    for feature in range(x.shape[1]):
        rows = beside_thresholds(estimator, feature, x[rng.integers(len(x))])
        if len(rows):
            checks.check_shares(model, estimator, rows)


@pytest.mark.parametrize("kind", REGRESSORS)
def test_values_at_thresholds(kind):
    x, y = load("diabetes")
    estimator = fit(REGRESSORS[kind], {"max_depth": 5}, x, y)
    model = Model.from_sklearn(estimator)
    for feature in range(x.shape[1]):
        rows = beside_thresholds(estimator, feature, x[feature])
        if len(rows):
            checks.check_values(model, estimator, rows)


@pytest.mark.parametrize("kind", ["tree", "extras"])
def test_multi_output_classes(kind):
    x, y = load("iris")
    many = np.stack([y, y % 2, 5 - y, np.arange(150) % 4], axis=1)
    estimator = fit(CLASSIFIERS[kind], {"max_depth": 4}, x, many)
    model = Model.from_sklearn(estimator)
    theirs = estimator.predict_proba(x)
    clear = np.stack([checks.margin(p) for p in theirs], axis=1) > 1e-6
    ours = model.predict(x)
    assert ours.shape == (150, 4)
    np.testing.assert_array_equal(ours[clear], estimator.predict(x)[clear])
    for a, b in zip(model.predict_proba(x), theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)
    checks.check_shares(model, estimator, x.astype(np.float32))
    hard = Model.from_sklearn(estimator, voting="hard")
    checks.check_hard(hard, estimator, x.astype(np.float32))


def test_ties_take_the_lower_index():
    """Two trees that disagree: every row is a tie, as scikit-learn breaks it."""
    x = np.arange(8.0)[:, None]
    first = DecisionTreeClassifier().fit(x, [0, 1, 2, 3, 0, 1, 2, 3])
    second = DecisionTreeClassifier().fit(x, [3, 2, 1, 0, 3, 2, 1, 0])
    forest = RandomForestClassifier(n_estimators=2, bootstrap=False).fit(
        x, [0, 1, 2, 3, 0, 1, 2, 3]
    )
    forest.estimators_ = [first, second]
    expected = forest.predict(x)
    np.testing.assert_array_equal(expected, [0, 1, 1, 0, 0, 1, 1, 0])
    for options in ({}, {"voting": "hard"}, {"leaf_bits": 8}, {"leaf_bits": 16}):
        model = Model.from_sklearn(forest, **options)
        np.testing.assert_array_equal(model.predict(x), expected)
        checks.check_paths(model, x)


def test_small_fractions_tie_exactly():
    """Shares of small leaves are whole votes, so equal shares stay equal."""
    x = np.repeat(np.arange(6.0), 12)[:, None]
    y = np.concatenate([np.tile(np.arange(n), 12)[:12] for n in (1, 2, 3, 4, 6, 12)])
    tree = DecisionTreeClassifier().fit(x, y)
    for bits in (8, 16, 32):
        model = Model.from_sklearn(tree, leaf_bits=bits)
        shares = tree.predict_proba(x)
        votes = model.scores(x)
        np.testing.assert_array_equal(votes == votes.max(axis=1)[:, None], shares > 0)
        np.testing.assert_array_equal(model.predict(x), np.zeros(len(x)))


@pytest.mark.parametrize("counts", [(10, 10, 3), (3, 10, 10), (10, 3, 10)])
def test_rounding_breaks_no_tie(counts):
    """23 divides no unit: all three shares round up, and one vote is too many."""
    x = np.zeros((23, 1))
    tree = DecisionTreeClassifier().fit(x, np.repeat([0, 1, 2], counts))
    for bits in (8, 16, 32):
        model = Model.from_sklearn(tree, leaf_bits=bits)
        votes = model.scores(x[:1])[0]
        assert votes.sum() <= model.program.vote_total
        assert len(set(votes[np.array(counts) == 10])) == 1
        assert model.predict(x[:1]) == tree.predict(x[:1])


def test_shares_of_uneven_leaves():
    x, y = load("digits")
    estimator = RandomForestClassifier(
        40, min_samples_leaf=40, random_state=0, class_weight={3: 0.37, 5: 2.2}
    ).fit(x, y)
    checks.check_shares(Model.from_sklearn(estimator), estimator, x.astype(np.float32))
