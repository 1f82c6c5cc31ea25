# SPDX-License-Identifier: MIT
"""Soft votes of few bits: what they lose, what they gain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from strategies import quick, seeds

from emlrt import Model
from emlrt.convert.trees.leaves import filled_shares, quantize_shares, vote_unit

UNITS = {3: 6, 4: 12, 5: 30, 6: 60, 7: 120, 8: 240}


@quick
@given(seeds, st.sampled_from([6, 12, 30, 60, 120]), st.integers(1, 12))
def test_filled_shares(seed, unit, n_classes):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, rng.choice([2, 4, 30]), (50, n_classes))
    total = counts.sum(axis=1, keepdims=True)
    shares = counts / np.where(total == 0, 1, total)
    votes, nearest = filled_shares(shares, unit), quantize_shares(shares, unit)
    assert (abs(votes - shares * unit) < 1).all()
    assert (votes >= nearest).all()
    assert (votes.sum(axis=1) <= unit).all()
    for row, own in zip(counts, votes, strict=True):
        assert len(set(zip(row, own, strict=True))) == len(set(row))  # ties stay ties


def test_rows_are_filled():
    shares = np.array([[0.9, 0.02, 0.03, 0.05], [0.25] * 4, [0.5, 0.3, 0.1, 0.1]])
    assert filled_shares(shares, 6).tolist() == [[6, 0, 0, 0], [1] * 4, [3, 2, 0, 0]]


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    made = RandomForestClassifier(10, max_depth=6, random_state=0).fit(X[::2], y[::2])
    return made, X[1::2]


def test_error_and_bytes(digits):
    forest, X = digits
    expected = forest.predict_proba(X)
    sizes, errors = [], []
    for bits, unit in UNITS.items():
        model = Model.from_sklearn(forest, leaf_bits=bits)
        assert vote_unit(bits, 10) == unit
        assert model.leaf_error == 1 / unit
        off = abs(model.predict_proba(X) - expected)
        assert off.max() <= model.leaf_error
        sizes.append(model.nbytes)
        errors.append(off.mean())
        one = Model.from_bytes(bytes(model))
        row = one.scores(X[:1])  # as firmware runs it
        assert (row == model.scores(X)[:1]).all()
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.9 * sizes[-1]
    assert errors == sorted(errors, reverse=True)


def test_hard_votes_have_no_bits(digits):
    forest, _ = digits
    plain = Model.from_sklearn(forest, voting="hard")
    few = Model.from_sklearn(forest, voting="hard", leaf_bits=3)
    assert few.strip() == plain.strip()


@pytest.mark.parametrize(
    "estimator", [RandomForestRegressor(2), GradientBoostingClassifier(n_estimators=2)]
)
def test_what_adds_up_has_8_bits_or_more(estimator):
    X, y = np.arange(40.0).reshape(-1, 2), np.arange(20) % 2
    with pytest.raises(ValueError, match="leaf_bits=5 is for forests that vote"):
        Model.from_sklearn(estimator.fit(X, y), leaf_bits=5)


@pytest.mark.parametrize("bits", [1, 2, 9, 24])
def test_other_bits(digits, bits):
    with pytest.raises(ValueError, match="leaf_bits="):
        Model.from_sklearn(digits[0], leaf_bits=bits)
