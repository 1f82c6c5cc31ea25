# SPDX-License-Identifier: MIT
"""Stages that read ranks: each its own, or several the same."""

import numpy as np
import pytest
from families.boosting import POOL, ensemble, made, oblivious, rows

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.trees.sums import sums


def test_forests_read_the_inputs_of_their_own_ranks():
    graph = Graph(8, Options(encoding="bins"))
    found = [
        sums(graph, ensemble(seed=seed), graph.part(graph.input, start, 4))
        for seed, start in ((1, 0), (2, 4), (3, 2))
    ]
    model, x = made(graph, graph.concat(found)), rows(8)
    runtime = model._runtime
    assert [s.name for s in model.stages].count("bucketize_u8") == 3
    single = np.stack([runtime.firmware(row, "run") for row in x])
    bits = runtime.scores(x).view(np.uint32)
    np.testing.assert_array_equal(bits, single.view(np.uint32))


def check_many(model, x):
    """Any number of rows against each by itself."""
    runtime = model._runtime
    single = np.stack([runtime.firmware(row, "run") for row in x]).view(np.uint32)
    for n in (*range(1, 6), 19, 64, 70, 255, 256, 257, 700, len(x)):
        for start in (0, len(x) - n):
            bits = runtime.scores(x[start : start + n]).view(np.uint32)
            np.testing.assert_array_equal(bits, single[start : start + n])


def many(features):
    rng = np.random.default_rng(0)
    x = rng.choice([*POOL, np.nan, -0.0, -np.inf, 2.0], (2049, features))
    return x.astype(np.float32)


@pytest.mark.parametrize("floats", [False, True], ids=["sum", "add"])
def test_classes_share_their_ranks(floats):
    graph = Graph(6, Options(encoding="bins"))
    found = ensemble(trees=24, depth=4, features=6, outputs=4)
    model = made(graph, sums(graph, found, graph.input, in_floats=floats))
    assert [s.name for s in model.stages].count("bucketize_u8") == 1
    assert len(model.stages) > 4
    check_many(model, many(6))


def test_oblivious_trees_see_through_their_ranks():
    for outputs in (1, 3):
        check_many(oblivious(outputs)()[0], many(3))
