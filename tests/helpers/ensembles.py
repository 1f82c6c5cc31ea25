# SPDX-License-Identifier: MIT
"""Ensembles of random trees, rows beside their thresholds, and models of them."""

import numpy as np
from strategies import grow

from emlrt import Model
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.planner import program_of
from emlrt.convert.trees.ensemble import Ensemble
from emlrt.convert.trees.sums import sums


def nodes_of(rng, sizes, shape="random"):
    """Children of all trees' nodes, and the roots."""
    left, right, roots = [], [], []
    for size in sizes:
        root = len(left)
        roots.append(root)
        for side, part in zip((left, right), grow(rng, size, shape), strict=True):
            side += np.where(part < 0, -1, part + root).tolist()
    return (np.array(whole, int) for whole in (left, right, roots))


def trees(rng, sizes, n_features=4, n_outputs=1, vectors=False):
    """Random trees of so many splits each. Inner nodes have NaN for a value, which
    must not matter."""
    left, right, roots = nodes_of(rng, sizes)
    n = left.size
    value = rng.normal(size=(n, n_outputs if vectors else 1))
    value[left >= 0] = np.nan
    return Ensemble(
        n_features=n_features,
        roots=roots,
        left=left,
        right=right,
        feature=rng.integers(n_features, size=n),
        threshold=rng.normal(size=n).astype(np.float32).astype(float),
        missing_left=rng.random(n) < 0.5,
        value=value,
        outputs=rng.integers(n_outputs, size=len(sizes)),
        base=rng.normal(size=n_outputs),
    )


def stumps(splits, values=None):
    """A tree of one split for each (feature, threshold, missing_left), whose leaves
    add a number of their own."""
    n = len(splits)
    feature, threshold, missing_left = zip(*splits, strict=True)
    leaf, zeros = np.full(n, -1), np.zeros(2 * n)
    given = 2.0 ** np.arange(2 * n) if values is None else np.asarray(values, float)
    return Ensemble(
        n_features=max(feature) + 1,
        roots=np.arange(n),
        left=np.concatenate([n + np.arange(n), leaf, leaf]),
        right=np.concatenate([2 * n + np.arange(n), leaf, leaf]),
        feature=np.append(feature, zeros).astype(int),
        threshold=np.append(threshold, zeros),
        missing_left=np.append(missing_left, zeros).astype(bool),
        value=np.append(np.full(n, np.nan), given)[:, None],
        outputs=np.zeros(n, int),
        base=np.zeros(1),
    )


def beside(rng, numbers, shape):
    """Rows of some numbers, of the floats next to them, and of odd ones."""
    near = np.asarray(numbers, np.float32)
    steps = [np.nextafter(near, np.float32(side)) for side in (-np.inf, np.inf)]
    odd = [np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, 3e38]
    pool = np.concatenate([near, *steps, np.float32(odd)])
    return rng.choice(pool, shape).astype(np.float32)


def model_of(graph, y):
    program = program_of(graph, OutputSpec("values", y, missing=True), [])
    return Model._of(program, "t", None, None)


def convert(found, floats=False, **options):
    graph = Graph(found.n_features, Options(**options))
    return model_of(graph, sums(graph, found, graph.input, in_floats=floats))


def names(model):
    return [stage.name for stage in model.stages]


def same_bits(a, b):
    np.testing.assert_array_equal(a.view(np.uint32), b.view(np.uint32))


def scores_of(model, X):
    """Scores: many rows at once, a few, and each by itself have the same bits."""
    y = model._runtime.scores(X)
    one = np.stack([model._runtime.firmware(row, "run") for row in X[:20]])
    same_bits(one, y[:20])
    for n in (1, 2, 3, 7):
        same_bits(model._runtime.scores(X[:n]), y[:n])
    return y


def assert_within(model, y, expected):
    """Integer sums are as exact as the model says they are."""
    rounding = np.spacing(abs(expected).astype(np.float32)) * 0.75
    assert (abs(y - expected) <= model.leaf_error + rounding).all()
