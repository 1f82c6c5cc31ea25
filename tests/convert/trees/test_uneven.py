# SPDX-License-Identifier: MIT
"""Sums of trees with a few leaves that are far larger than the others."""

import warnings

import numpy as np
import pytest
from ensembles import convert, names, scores_of, stumps
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.ensemble import GradientBoostingClassifier

from emlrt import Model
from emlrt.errors import PrecisionWarning, UnsupportedModelError


def with_large_leaves(rng, large):
    """Stumps, the last of which takes back what the first one adds, and one of large
    leaves that few rows meet."""
    splits = [(int(rng.integers(3)), t, False) for t in rng.normal(size=30)]
    splits = [(0, 0.5, False), (1, -2.0, False), *splits, (0, 0.5, False)]
    values = rng.normal(size=(2, len(splits)))
    values[0, 0], values[0, 1], values[0, -1] = large, large / 3, -large
    return stumps(splits, values.ravel())


@pytest.mark.parametrize("large", [1e6, 3e8, 1e11])
def test_larger_leaves_make_two_sums(large):
    """What large leaves leave of each other is as exact as without them."""
    rng = np.random.default_rng(0)
    found = with_large_leaves(rng, large)
    X = rng.normal(size=(300, 3)).astype(np.float32)
    expected = found.sums(X)
    small = abs(expected) < 100
    assert small.any()
    assert (~small).any()
    for encoding in ("direct", "bins"):
        model = convert(found, encoding=encoding)
        assert "weighted_sum" in names(model)
        assert model.leaf_error is None
        rounding = np.spacing(abs(expected).astype(np.float32))
        y = scores_of(model, X)
        assert (abs(y - expected) <= rounding + 1e-6 + large * 2.0**-50).all()
    # It is needed: floats, which the caller may ask for, lose what is small.
    with pytest.warns(PrecisionWarning, match="largest leaves add up to"):
        model = convert(found, sums="float32")
    assert (abs(scores_of(model, X) - expected)[small] > large * 2.0**-36).any()


def test_leaves_that_no_sum_holds():
    found = with_large_leaves(np.random.default_rng(0), 1e25)
    with pytest.warns(PrecisionWarning, match="diverged; lower the learning rate"):
        convert(found)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        convert(found, True)  # the original's bits


@pytest.mark.parametrize(("rate", "depth"), [(3.0, 1), (1.5, 1), (3.0, 3)])
@pytest.mark.parametrize("load", [load_iris, load_breast_cancer, load_digits])
def test_boosting_that_diverged(load, rate, depth):
    """Leaves of 10^7 to 10^32: the answers, or at the least a word."""
    X, y = (part[:300] for part in load(return_X_y=True))
    original = GradientBoostingClassifier(
        learning_rate=rate, max_depth=depth, n_estimators=8, random_state=0
    ).fit(X, y)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            model = Model.from_sklearn(original)
        except UnsupportedModelError:  # for leaves that float32 has not
            leaves = [tree.tree_.value for tree in original.estimators_.flat]
            assert max(abs(values).max() for values in leaves) > 1e37
            return
    got, wanted = model.decision_function(X), original.decision_function(X)
    loose = any(w.category is PrecisionWarning for w in said)
    near = 2e-5 * np.maximum(abs(wanted), 1)
    assert loose or (abs(got - wanted) <= near).all()
    if not loose:
        np.testing.assert_array_equal(model.predict(X), original.predict(X))
