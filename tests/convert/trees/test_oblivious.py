# SPDX-License-Identifier: MIT
"""Oblivious trees, in a stage of their own and as ordinary ones."""

import numpy as np
import pytest
from ensembles import (
    assert_within,
    beside,
    model_of,
    names,
    same_bits,
    scores_of,
)
from hypothesis import given
from hypothesis import strategies as st
from strategies import quick, seeds

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.trees.ensemble import Oblivious, ObliviousTree
from emlrt.convert.trees.oblivious import as_ensemble, oblivious_sums
from emlrt.errors import UnsupportedModelError


def some(rng, depths, n_features=5, n_outputs=1, n_borders=40):
    """Random trees of some depths; borders come from a pool of a few."""
    pool = [*rng.normal(size=n_borders), 0.0, -0.0, np.inf, -np.inf, 0.1, 1e-46]
    made = [
        ObliviousTree(
            rng.integers(n_features, size=depth),
            rng.choice(pool, depth),
            rng.random(depth) < 0.5,
            rng.normal(size=(2**depth, n_outputs)),
        )
        for depth in depths
    ]
    return Oblivious(n_features, made, rng.normal(size=n_outputs)), pool


def oblivious(found, **options):
    graph = Graph(found.n_features, Options(**options))
    return model_of(graph, oblivious_sums(graph, found, graph.input))


depths = st.lists(st.integers(0, 7), max_size=10)


@pytest.mark.parametrize("leaf_bits", [8, 16, 32])
@quick
@given(seeds, depths, st.integers(1, 4), st.integers(1, 5))
def test_their_own_stage(leaf_bits, seed, depths, n_outputs, n_features):
    rng = np.random.default_rng(seed)
    found, pool = some(rng, depths, n_features, n_outputs)
    X = beside(rng, pool, (60, n_features))
    model = oblivious(found, leaf_bits=leaf_bits)
    assert names(model) == ["bucketize_u8", "oblivious_u8"]
    assert_within(model, scores_of(model, X), found.sums(X))


@quick
@given(seeds, depths, st.integers(1, 4))
def test_as_ordinary_trees(seed, depths, n_outputs):
    rng = np.random.default_rng(seed)
    found, pool = some(rng, depths, n_outputs=n_outputs)
    X = beside(rng, pool, (60, 5))
    plain = as_ensemble(found)
    np.testing.assert_allclose(plain.sums(X), found.sums(X), rtol=0, atol=1e-12)
    model = oblivious(found, sums="float32")
    same_bits(scores_of(model, X), plain.sums(X, np.float32))
    same_bits(
        scores_of(oblivious(found, sums="float32", encoding="bins"), X),
        model._runtime.scores(X),
    )
    model = oblivious(found, encoding="direct")
    assert_within(model, scores_of(model, X), found.sums(X))


@pytest.mark.parametrize(
    ("options", "op"),
    [
        ({}, "oblivious_u8"),
        ({"leaf_bits": 8}, "oblivious_u8"),
        ({"encoding": "bins"}, "oblivious_u8"),
        ({"sums": "int32"}, "oblivious_u8"),
        ({"encoding": "direct"}, "trees_sum_f32"),
        ({"encoding": "direct", "leaf_bits": 8}, "trees_sum_f32"),
        ({"encoding": "direct", "sums": "float32"}, "trees_add_f32"),
        ({"sums": "float32", "encoding": "bins"}, "trees_add_u8"),
    ],
)
def test_which_stage(options, op):
    rng = np.random.default_rng(0)
    found, pool = some(rng, [3, 6, 0, 1], n_outputs=2)
    model = oblivious(found, **options)
    assert names(model)[-1] == op
    assert names(model)[:-1] in ([], ["bucketize_u8"])
    assert (names(model)[0] == "bucketize_u8") == (not op.endswith("f32"))
    scores_of(model, beside(rng, pool, (60, 5)))


@pytest.mark.parametrize("dtype", ["int16", "uint8"])
@pytest.mark.parametrize("options", [{}, {"encoding": "direct"}])
def test_integer_inputs(dtype, options):
    rng = np.random.default_rng(0)
    found, _ = some(rng, [5, 3, 7], n_outputs=2)
    for tree in found.trees:
        tree.borders[:] = rng.integers(-3, 260, tree.borders.size) + 0.5
    X = rng.integers(0, 256, (200, 5)).astype(dtype)
    model = oblivious(found, dtype=dtype, X=X, **options)
    assert model.input_dtype == dtype
    assert_within(model, scores_of(model, X), found.sums(X.astype(np.float32)))


def test_many_borders_of_one_feature():
    rng = np.random.default_rng(0)
    found, pool = some(rng, [7] * 90, n_features=1, n_borders=2000)
    model = oblivious(found)
    assert model.stages[0].target.count >= 4
    X = beside(rng, pool, (500, 1))
    assert_within(model, scores_of(model, X), found.sums(X))


def test_no_question_at_all():
    for depths in ([], [0], [0, 0, 0]):
        found, _ = some(np.random.default_rng(0), depths, n_outputs=3)
        X = np.float32(np.zeros((30, 5)) + np.nan)
        for options in ({}, {"encoding": "direct"}, {"leaf_bits": 8}):
            model = oblivious(found, **options)
            assert_within(model, scores_of(model, X), found.sums(X))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("options", [{}, {"encoding": "direct"}, {"leaf_bits": 8}])
def test_numbers_that_are_not_finite(options, bad):
    found, _ = some(np.random.default_rng(0), [2, 3])
    found.trees[1].leaves[5] = bad
    with pytest.raises(UnsupportedModelError, match="NaN or infinite"):
        oblivious(found, **options)
    found, _ = some(np.random.default_rng(0), [2, 3])
    found.base[0] = bad
    with pytest.raises(UnsupportedModelError, match="NaN or infinite"):
        oblivious(found, **options)


def test_floats_of_few_bits():
    found, _ = some(np.random.default_rng(0), [2, 3])
    with pytest.raises(ValueError, match="leaf_bits=8"):
        oblivious(found, sums="float32", leaf_bits=8)


def test_the_deepest_tree():
    rng = np.random.default_rng(0)
    found, pool = some(rng, [16, 2])
    model, X = oblivious(found), beside(rng, pool, (60, 5))
    assert_within(model, scores_of(model, X), found.sums(X))
    found, _ = some(rng, [17])
    with pytest.raises(UnsupportedModelError, match="17 levels"):
        oblivious(found)


def test_more_columns_than_questions_tell_apart():
    """Each of 16,400 trees has features of its own; the last few leaves count."""
    n, depth = 16400, 4
    no, zeros = np.zeros(depth, bool), np.zeros(depth)
    features = np.arange(n * depth).reshape(n, depth)
    made = [ObliviousTree(f, zeros, no, np.zeros((2**depth, 1))) for f in features]
    for k, tree in enumerate(made[-9:]):
        tree.leaves[k:, 0] = 2.0**k
    found = Oblivious(n * depth, made, np.ones(1))
    X = np.random.default_rng(0).choice(np.float32([-1, 1, np.nan]), (3, n * depth))
    model = oblivious(found)
    assert not any(name.startswith("oblivious") for name in names(model))
    np.testing.assert_array_equal(model._runtime.scores(X), found.sums(X))
