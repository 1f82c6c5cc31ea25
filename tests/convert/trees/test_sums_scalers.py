# SPDX-License-Identifier: MIT
"""Sums of trees behind scalers, and what sums refuse."""

import numpy as np
import pytest
from ensembles import (
    beside,
    convert,
    model_of,
    names,
    same_bits,
    scores_of,
    stumps,
    trees,
)
from hypothesis import given
from sklearn.preprocessing import StandardScaler
from strategies import quick, seeds

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.sklearn.scalers import convert as convert_scaler
from emlrt.convert.trees.sums import sums
from emlrt.errors import UnsupportedModelError

INF, NAN = np.inf, np.nan
ENCODINGS = ["direct", "bins", "auto"]


# Behind scalers


def behind(scaler, found, *, moved=True, wide=False, **options):
    """A model of trees behind a scaler, which they pass over if they may."""
    graph = Graph(found.n_features, Options(**options))
    x = convert_scaler(graph, scaler, graph.input).scores
    if not moved:
        graph.origins.clear()
    return model_of(graph, sums(graph, found, x, in_floats=True, wide=wide))


def scaler_of(mean, scale):
    scaler = StandardScaler().fit(np.zeros((2, len(mean))))
    scaler.mean_, scaler.scale_ = np.array(mean), np.array(scale)
    return scaler


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_trees_pass_over_a_scaler(encoding, dtype):
    """Where float32 loses nothing, with a scaler's stage or without: same bits."""
    if dtype == "int16" and encoding == "bins":
        return
    rng = np.random.default_rng(0)
    found = trees(rng, [9, 0, 12], n_outputs=2)
    found.threshold = np.round(found.threshold * 8) / 8
    found.threshold[:3] = [INF, -INF, -0.0]
    scaler = scaler_of([1.0, -2, 0, 0.5 * (dtype == "float32")], [2.0, 0.5, 1, 4])
    X = np.round(rng.normal(size=(300, 4)) * 16).astype(np.float32)
    if dtype == "float32":
        X = np.where(rng.random(X.shape) < 0.1, np.float32(NAN), X / 4)
    options = {"encoding": encoding, "dtype": dtype, "X": np.zeros((1, 4))}
    short = behind(scaler, found, **options)
    assert not any(name.startswith(("affine", "cast")) for name in names(short))
    long = behind(scaler, found, moved=False, **options | {"encoding": "auto"})
    assert any(name.startswith("affine") for name in names(long))
    X = X.astype(short.input_dtype)
    y = scores_of(short, X)
    same_bits(y, scores_of(long, X))
    scaled = scaler.transform(X.astype(float)).astype(np.float32)
    same_bits(y, found.sums(scaled, np.float32))


@pytest.mark.parametrize("wide", [False, True])
@quick
@given(seeds)
def test_thresholds_before_a_scaler(wide, seed):
    """They decide as the original does, which computes in float64 with these rows."""
    rng = np.random.default_rng(seed)
    found = trees(rng, [9, 12])
    scaler = scaler_of(rng.normal(size=4), np.exp(rng.normal(size=4) * 3))
    back = scaler.inverse_transform(np.repeat(found.threshold[:, None], 4, axis=1))
    X = beside(rng, back.ravel(), (200, 4))
    with np.errstate(over="ignore"):
        scaled = (X.astype(float) - scaler.mean_) / scaler.scale_
        scaled = scaled if wide else scaled.astype(np.float32)
    model = behind(scaler, found, wide=wide, X=X.astype(float))
    same_bits(scores_of(model, X), found.sums(scaled, np.float32))


# Refused


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"sums": "float32", "leaf_bits": 8}, "leaf_bits=8"),
        ({"sums": "float32", "leaf_bits": 16}, "leaf_bits=16"),
        ({"encoding": "bins", "dtype": "int16"}, "encoding='bins'"),
        ({"encoding": "bins", "dtype": "uint8"}, "encoding='bins'"),
        ({"encoding": "sorted"}, "encoding='sorted'"),
        ({"leaf_bits": 12}, "leaf_bits=12"),
        ({"sums": "float64"}, "sums='float64'"),
        ({"dtype": "int64"}, "dtype='int64'"),
    ],
)
def test_options_that_do_not_fit(options, match):
    with pytest.raises(ValueError, match=match):
        convert(stumps([(0, 1.0, True)]), **options, X=[[0]])


def test_options_that_do_not_fit_categories():
    found = stumps([(0, 1.0, True)])
    found.sets, found.category[0] = [Categories.of_integers([1], left=True)], 0
    with pytest.raises(ValueError, match="encoding='direct'"):
        convert(found, encoding="direct")


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("where", ["lone leaf", "leaf", "base"])
def test_numbers_that_are_not_finite(where, bad):
    found = trees(np.random.default_rng(0), [0, 3], n_outputs=2, vectors=True)
    if where == "base":
        found.base[1] = bad
    else:
        leaves = np.flatnonzero(found.left < 0)
        found.value[leaves[0 if where == "lone leaf" else 2], 1] = bad
    for options in ({}, {"sums": "float32"}, {"leaf_bits": 8}):
        with pytest.raises(UnsupportedModelError, match="NaN or infinite"):
            convert(found, **options)
