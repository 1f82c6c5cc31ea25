# SPDX-License-Identifier: MIT
"""The weighted median of AdaBoost's regressors against sorted numbers."""

import numpy as np
import pytest
from ensembles import model_of, names, same_bits, scores_of
from hypothesis import given
from strategies import quick, seeds

from emlrt.convert.ir.graph import Graph
from emlrt.convert.sklearn.adaboost import _median_payload
from emlrt.errors import UnsupportedModelError


def median_of(weights):
    """A model that is nothing but the median of its inputs."""
    graph = Graph(len(weights))
    payload = _median_payload(np.asarray(weights, float))
    return model_of(graph, graph.stage("MEDIAN", graph.input, 1, payload))


def expected_of(weights, X):
    """The first number, in order, with half of all weights up to it. NaN is below
    all others; equal numbers stay in the order of their inputs."""
    below = np.where(np.isnan(X), -np.inf, X)
    place = np.broadcast_to(np.arange(X.shape[1]), X.shape)
    order = np.lexsort((place, below, ~np.isnan(X)))
    upto = np.cumsum(np.asarray(weights, float)[order], axis=1)
    first = (upto >= 0.5 * upto[:, -1:]).argmax(axis=1)[:, None]
    found = np.take_along_axis(X, np.take_along_axis(order, first, 1), 1)
    return np.where(np.isnan(found), np.float32(np.nan), found)


@quick
@given(seeds)
def test_median(seed):
    """Weights of few digits, so that sums in float64 are exact as well."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    weights = rng.integers(0, 5, n) / 4
    weights[rng.integers(n)] = 1.5
    odd = np.float32([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1.5])
    pool = np.concatenate([odd, rng.normal(size=4).astype(np.float32)])
    X = rng.choice(pool, (100, n))
    model = median_of(weights)
    assert names(model) == ["median"]
    same_bits(scores_of(model, X), expected_of(weights, X))


def test_half_of_all_is_enough():
    X = np.float32([[3, 1, 2, 4], [1, 1, 1, 1], [4, 3, 2, 1]])
    assert scores_of(median_of([1, 1, 1, 1]), X)[:, 0].tolist() == [2, 1, 2]
    assert scores_of(median_of([1, 1, 1, 3.01]), X)[:, 0].tolist() == [4, 1, 1]
    assert scores_of(median_of([0, 0, 5, 0]), X)[:, 0].tolist() == [2, 1, 2]


def test_equal_numbers_keep_their_bits():
    """The first of two zeros is what it is, -0.0 or not."""
    X = np.float32([[-0.0, 0.0, 1], [0.0, -0.0, 1], [1, -0.0, -1]])
    same_bits(scores_of(median_of([2, 1, 1]), X), np.float32([[-0.0], [0.0], [-0.0]]))


@pytest.mark.parametrize("scale", [2.0**-60, 1e-6, 1.0, 2.0**31, 1e30])
def test_weights_of_any_size(scale):
    rng = np.random.default_rng(0)
    weights = rng.integers(1, 100, 9)
    X = rng.normal(size=(100, 9)).astype(np.float32)
    scaled = weights * scale
    same_bits(scores_of(median_of(scaled), X), expected_of(weights, X))
    whole = np.frombuffer(_median_payload(scaled), "<u4").astype(np.int64)
    assert 2**31 - 9 <= whole.sum() < 2**32


def test_one_input():
    X = np.float32([[1.5], [np.nan], [-0.0], [np.inf]])
    same_bits(scores_of(median_of([1.0]), X), X)


def test_another_number_of_weights():
    graph = Graph(3)
    y = graph.stage("MEDIAN", graph.input, 1, bytes(8))
    with pytest.raises(UnsupportedModelError, match="PAYLOAD"):
        model_of(graph, y)
