# SPDX-License-Identifier: MIT
"""The parts that sums of trees are made of, each by itself."""

from dataclasses import replace

import numpy as np
import pytest
from ensembles import (
    assert_within,
    beside,
    convert,
    names,
    same_bits,
    scores_of,
    stumps,
    trees,
)
from hypothesis import given
from hypothesis import strategies as st
from strategies import quick

from emlrt._native import lib
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees import forest as forest_module
from emlrt.convert.trees import leaf_order
from emlrt.convert.trees.by_output import _owners, _parts, grouped, is_uneven
from emlrt.convert.trees.tolerance import with_ranges
from emlrt.dtypes import dtype_of

INF, NAN = np.inf, np.nan
ENCODINGS = ["direct", "bins", "auto"]


def rank_columns(model):
    """The columns of a model's rank stage: source, count, missing."""
    stage = model.stages[0]
    assert stage.name.startswith("bucketize_")
    return np.frombuffer(stage.payload, dtype_of("emlrt_bucketize"), stage.target.count)


# Few of a kind are done otherwise, to the same end


def random_forest(draw, n_splits):
    """Trees grown at random leaves, and a split that no root leads to."""
    left, right = [1, -1, -1], [2, -1, -1]
    roots, leaves = [3, 4], [3, 4]
    left += [-1, -1]
    right += [-1, -1]
    for _ in range(n_splits):
        # The last leaf makes a chain, others make wide trees.
        at = draw.choice([-1, int(draw.integers(len(leaves)))])
        leaf = leaves.pop(at)
        left[leaf], right[leaf] = len(left), len(left) + 1
        leaves += [len(left), len(left) + 1][:: draw.choice([1, -1])]
        left += [-1, -1]
        right += [-1, -1]
    left, right = np.array(left), np.array(right)
    n = left.size
    return forest_module.Forest(
        roots=np.array(roots),
        left=left,
        right=right,
        feature=draw.integers(0, 3, n),
        threshold=draw.integers(-4, 4, n).astype(np.float64),
        missing_left=draw.integers(0, 2, n) > 0,
        code=np.where(left < 0, draw.integers(0, 2, n), -1),
    )


@pytest.mark.parametrize(("low", "high"), [(-INF, INF), (-3, 2)])
@pytest.mark.parametrize("n_splits", [0, 1, 30, 120])
def test_levels_of_few_splits(n_splits, low, high, monkeypatch):
    """Walked, whole levels at once, or both in turn: the same splits."""
    for seed in range(4):
        found = []
        for few in (1, 4, 10**9):
            monkeypatch.setattr(forest_module, "_FEW", few)
            forest = random_forest(np.random.default_rng(seed), n_splits)
            forest_module.prune(forest, low, high)
            splits = forest_module.order(forest)
            found.append([np.asarray(part).tolist() for part in vars(splits).values()])
        assert found[0] == found[1] == found[2]
        assert n_splits < 30 or found[0][0] > [0]


def test_a_table_of_few_leaves():
    draw = np.random.default_rng(0)
    for _ in range(150):
        n, k, codes = draw.integers(0, 9), draw.integers(0, 9), draw.integers(1, 14)
        pairs, singles = draw.integers(0, codes, (n, 2)), draw.integers(0, codes, k)
        few = leaf_order._arrange_few(pairs.tolist(), singles.tolist())
        many = leaf_order._arrange_many(pairs, singles)
        for one, other in zip(few, many, strict=True):
            assert (one.dtype, one.tolist()) == (other.dtype, other.tolist())


def test_owners_of_nodes():
    ensemble = trees(np.random.default_rng(0), [3, 0, 9])
    owner, seen = _owners(ensemble), 0
    for tree, root in enumerate(ensemble.roots):
        todo = [root]
        while todo:
            node = todo.pop()
            seen += 1
            assert owner[node] == tree
            if ensemble.left[node] >= 0:
                todo += [ensemble.left[node], ensemble.right[node]]
    assert seen == np.count_nonzero(owner >= 0) == owner.size


# Sets of categories


def test_ranges_go_left():
    known = Categories(np.array([0.0, 2.0, 5.0]), np.array([True, False, True, False]))
    x = np.array([-INF, -1e-45, -0.0, 0, 1.9, 2, 4.9, 5, INF])
    left, missing = known.goes_left(x)
    assert left.tolist() == [1, 1, 0, 0, 0, 1, 1, 0, 0]
    assert not missing.any()
    assert known.goes_left(np.array([NAN]))[1].all()


def test_single_numbers_go_left():
    known = Categories(np.array([-1.0, 0.0, 7.0]), np.array([True, False, True]), True)
    left, missing = known.goes_left(np.array([-1, 0, -0.0, 7]))
    assert left.tolist() == [1, 0, 0, 1]
    assert not missing.any()
    others = np.array([-INF, -2, -0.5, 1e-300, 6.999, 8, INF, NAN])
    assert known.goes_left(others)[1].all()


@quick
@given(st.sets(st.integers(-5, 400), max_size=30), st.booleans(), st.booleans())
def test_integers_go_left(chosen, left, around_zero):
    if around_zero:  # libraries have no negative ones then
        chosen = {code for code in chosen if code >= 0}
    known = Categories.of_integers(chosen, left=left, around_zero=around_zero)
    assert (np.diff(known.cuts) > 0).all()
    assert known.left.size == known.cuts.size + 1
    x = np.concatenate([np.arange(-8, 403), [-0.5, -1e-30, 0.5, 399.5, INF, -INF]])
    part = np.where((x > -1) & (x < 0) & around_zero, 0, np.floor(x))
    inside = np.isin(part, list(chosen))
    np.testing.assert_array_equal(known.goes_left(x)[0], inside == left)


# Groups


@quick
@given(st.lists(st.integers(-(2**31), 2**31), min_size=1), st.integers(1, 40000))
def test_parts_add_up(numbers, most):
    number = np.array(numbers) // 2**31 * most * 7 + np.array(numbers) % (60 * most)
    parts = _parts(number, most)
    np.testing.assert_array_equal(parts.sum(axis=0), number)
    assert abs(parts).max() <= most
    assert len(parts) == max(1, -(-abs(number).max() // most))


@pytest.mark.parametrize("leaf_bits", [8, 16])
@pytest.mark.parametrize("start", [3.0, -700.0, 1e6])
def test_starts_far_above_the_leaves(leaf_bits, start):
    """They need many leaves of few bits, but not too many."""
    rng = np.random.default_rng(0)
    found = trees(rng, [9] * 5, n_outputs=2, vectors=True)
    found.base = np.array([start, -1.5])
    model = convert(found, leaf_bits=leaf_bits)
    table = np.frombuffer(model.stages[-1].payload, dtype_of("emlrt_trees"), 1)
    assert 5 < table["n_trees"][0] <= 5 + 65
    X = beside(rng, found.threshold, (200, 4))
    assert_within(model, scores_of(model, X), found.sums(X))


@pytest.mark.parametrize("leaf_bits", [8, 16])
@pytest.mark.parametrize("sizes", [[], [0], [5, 0]])
def test_starts_where_leaves_say_nothing(sizes, leaf_bits):
    """Trees that add 0, or none: of few bits, some leaves add up to the start."""
    found = trees(np.random.default_rng(0), sizes, n_outputs=2, vectors=True)
    found.value[:], found.base[:] = 0, [0.3, -1e6]
    model = convert(found, leaf_bits=leaf_bits)
    assert model.nbytes < 1000
    y = scores_of(model, np.zeros((3, 4), np.float32))
    assert_within(model, y, found.sums(np.zeros((3, 4), np.float32)))
    np.testing.assert_allclose(y, [found.base] * 3, rtol=2.0 ** (2 - leaf_bits))


def test_groups_keep_trees_and_order():
    rng = np.random.default_rng(0)
    found = trees(rng, [3, 0, 5, 0, 7, 2, 0], n_outputs=4)
    found.outputs = np.array([2, 0, 0, 2, 2, 0, 3])  # none of output 1
    X = beside(rng, found.threshold, (50, 4))
    groups = grouped(found)
    assert [group.first for group in groups] == [0, 1, 2, 3]
    assert [group.ensemble.roots.size for group in groups] == [3, 0, 3, 1]
    for dtype in (np.float32, np.float64):
        whole = found.sums(X, dtype)
        for k, group in enumerate(groups):
            part = group.ensemble.sums(X, dtype)
            np.testing.assert_array_equal(part[:, 0], whole[:, k])
    same_bits(scores_of(convert(found, True), X), found.sums(X, np.float32))


def test_nodes_that_no_root_leads_to():
    rng = np.random.default_rng(0)
    found = trees(rng, [3, 6, 4, 5], n_outputs=2)
    found = replace(found, roots=found.roots[[3, 1]], outputs=np.array([1, 0]))
    X = beside(rng, found.threshold, (50, 4))
    for encoding in ENCODINGS:
        model = convert(found, True, encoding=encoding)
        same_bits(scores_of(model, X), found.sums(X, np.float32))
        model = convert(found, encoding=encoding)
        assert_within(model, scores_of(model, X), found.sums(X))


@pytest.mark.parametrize("place", range(4))
def test_float_sums_keep_the_order(place):
    """Trees that are one leaf, large ones that cancel, at any place."""
    rng = np.random.default_rng(0)
    sizes = np.insert([3, 0, 4, 0], place, [0, 0])
    found = trees(rng, sizes)
    found.base[0] = 1e-3
    lone = found.roots[found.left[found.roots] < 0]
    found.value[lone, 0] = [1e6, -1e6, 0.1, -0.3]
    X = beside(rng, found.threshold, (50, 4))
    for encoding in ENCODINGS:
        model = convert(found, True, encoding=encoding)
        same_bits(scores_of(model, X), found.sums(X, np.float32))
    other = replace(found, roots=found.roots[::-1], outputs=found.outputs[::-1])
    assert (other.sums(X, np.float32) != found.sums(X, np.float32)).any()


def test_what_uneven_leaves_are():
    rng = np.random.default_rng(0)
    found = trees(rng, [9] * 4)
    assert not is_uneven(found)
    leaves = np.flatnonzero(found.left < 0)
    found.value[leaves[5]] = 1e5
    assert is_uneven(found)
    found.value[leaves] = 0
    assert not is_uneven(found)
    assert not is_uneven(trees(rng, []))


# Ranks


def test_missing_both_ways_shares_a_table():
    found = stumps([(0, 1.0, True), (0, 2.0, False), (0, -0.0, True), (1, 1.0, True)])
    model = convert(found, encoding="bins")
    columns = rank_columns(model)
    again = columns["source"] & lib.EMLRT_BUCKETIZE_AGAIN != 0
    assert (columns["source"] >> 2).tolist() == [0, 0, 1]
    assert again.tolist() == [False, True, False]
    assert columns["count"].tolist() == [3, 3, 1]
    assert columns["missing"].tolist() == [3, 0, 0]
    keys = len(model.stages[0].payload) - columns.nbytes
    assert keys == 4 * (3 + 1)
    X = np.float32([[NAN, NAN], [0, 1], [-0.0, 2], [1e-45, NAN], [2, 0], [3, 1]])
    same_bits(scores_of(model, X), found.sums(X, np.float32))


@pytest.mark.parametrize("n", [255, 256, 511, 700])
def test_more_thresholds_than_a_column_holds(n):
    rng = np.random.default_rng(n)
    numbers = np.sort(rng.normal(size=n).astype(np.float32)).astype(float)
    found = stumps([(0, t, k % 3 == 0) for k, t in enumerate(numbers)], np.ones(2 * n))
    found.value[n : 2 * n] = 2
    model = convert(found, True, encoding="bins")
    if names(model)[0] == "bucketize_u8":
        assert rank_columns(model)["count"].max() <= 255
        assert len(rank_columns(model)) > n / 255
    X = beside(rng, numbers, (400, 1))
    X[:n, 0] = numbers[:400]
    same_bits(scores_of(model, X), found.sums(X, np.float32))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_thresholds_of_any_kind(encoding):
    """Where no float32 equals them, where none or all go left, on both zeros."""
    kinds = [INF, -INF, 0.0, -0.0, 0.1, -0.1, 1e-46, -1e-46, 1e39, -1e39, 1.5]
    splits = [(k % 2, t, left) for k, t in enumerate(kinds) for left in (False, True)]
    splits += [(1 - f, t, left) for f, t, left in splits]
    found = stumps(splits, np.random.default_rng(0).integers(0, 99, 2 * len(splits)))
    near = np.clip(kinds, -3.4e38, 3.4e38)
    X = beside(np.random.default_rng(0), near, (300, 2))
    for floats in (False, True):
        y = scores_of(convert(found, floats, encoding=encoding), X)
        np.testing.assert_array_equal(y, found.sums(X))


@pytest.mark.parametrize("n", [200, 400])
@pytest.mark.parametrize("missing_left", [False, True])
def test_kinds_of_questions_about_one_feature(missing_left, n):
    """Numbers, ranges and single numbers."""
    rng = np.random.default_rng(n)
    half = np.sort(rng.choice(n, n // 2, replace=False))
    sets = [
        Categories.of_integers(half, left=True, around_zero=True),
        Categories.of_integers(half[::2], left=False),
        Categories(half + 0.0, rng.random(half.size) < 0.5, exact=True),
        Categories(half[::3] + 0.5, rng.random(half[::3].size) < 0.5, exact=True),
    ]
    found = stumps([(0, n / 2, missing_left)] * 6)
    found.category[1:5] = range(4)
    found.missing_left[3:5] = [missing_left, not missing_left]
    found.sets = sets
    x = np.float32([*np.arange(-2, n + 2, 0.5), -0.9, -1e-30, NAN, INF, -INF, 1e9])
    for floats in (False, True):
        model = convert(found, floats)
        kind = "u8" if n == 200 and len(rank_columns(model)) == 3 else "i16"
        assert names(model)[0] in ("bucketize_" + kind, "bucketize_i16")
        y = scores_of(model, x[:, None])
        np.testing.assert_array_equal(y, found.sums(x[:, None]))


def test_single_numbers_become_ranges():
    """What stages blur still finds them; others go where NaN goes."""
    cuts = np.array([0.0, 1.0, 5.0])
    known = Categories(cuts, np.array([True, False, True]), exact=True)
    for missing_left in (False, True):
        found = stumps([(0, 0.0, missing_left)])
        found = replace(found, category=np.array([0, -1, -1]), sets=[known])
        wide = with_ranges(found)
        beside_them = (cuts + np.array([[0], [1e-9], [-1e-9]]) * cuts).ravel()
        x = np.concatenate([beside_them, [0.5, -1, 4.99, 6, INF, -INF, NAN]])
        expected = [1, 0, 1] * 3 + [missing_left] * 7
        at = wide.leaves(x[:, None])[:, 0]
        np.testing.assert_array_equal(at == 1, expected)
