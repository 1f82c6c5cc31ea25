# SPDX-License-Identifier: MIT
"""optimize=: which encoding trees get, and the model of costs behind it."""

import csv
from pathlib import Path

import numpy as np
import pytest
from ensembles import beside, model_of, names, same_bits, scores_of, trees
from sklearn.ensemble import (
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression
from test_oblivious import oblivious, some

import emlrt
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.trees.choice import Candidate, pick
from emlrt.convert.trees.sums import sums
from emlrt.inspect.cost import PRICES, mean_visits
from emlrt.inspect.stage_cost import run_cost, shape_of

EVERY = "size", "balanced", "speed"
RESULTS = Path(__file__).parents[3] / "benchmarks/results/cost_model.csv"


def test_pick():
    small, middle = Candidate(10, 200.0, "small"), Candidate(12, 119.0, "middle")
    fast, equal = Candidate(13, 100.0, "fast"), Candidate(14, 100.0, "equal")
    every = [equal, fast, middle, small]
    assert [pick(every, o) for o in EVERY] == ["small", "middle", "fast"]
    assert pick([small, Candidate(11, 167.0, "near")], "balanced") == "small"
    assert pick([small, Candidate(11, 166.0, "near")], "balanced") == "near"


def walked(sizes, left, right, skip):
    """Mean depth of the leaves of each tree, added up."""
    total, start = 0.0, 0
    for size in sizes:
        stack, depths = [(start, 1)] * bool(size), []
        while stack:
            at, depth = stack.pop()
            below = [at + 1, at + 1 + (0 if left[at] else skip[at])]
            for child, leaf in zip(below, (left[at], right[at]), strict=True):
                if leaf:
                    depths.append(depth)
                else:
                    stack.append((child, depth + 1))
        total, start = total + (np.mean(depths) if depths else 0), start + size
    return total


@pytest.mark.parametrize("seed", range(5))
def test_mean_visits(seed):
    rng = np.random.default_rng(seed)
    found = trees(rng, [*rng.integers(0, 40, 9), 0, 1, 300])
    model = boosted(found)
    for stage in model.stages:
        shape = shape_of(stage)
        arguments = shape.sizes, shape.left, shape.right, shape.skip
        assert np.isclose(mean_visits(*arguments), walked(*arguments))


def boosted(found, **options):
    """A model of an ensemble."""
    graph = Graph(found.n_features, Options(**options))
    return model_of(graph, sums(graph, found, graph.input))


def test_each_is_what_it_says():
    rng = np.random.default_rng(0)
    smaller = faster = 0
    for n in (1, 3, 10, 30, 100):
        found = trees(rng, [20] * n)
        found.threshold = np.round(found.threshold)
        size, balanced, speed = (boosted(found, optimize=o) for o in EVERY)
        costs = [run_cost(m.program) for m in (size, balanced, speed)]
        assert size.nbytes <= balanced.nbytes
        assert min(costs) == costs[2]
        assert costs[1] <= 1.2 * costs[2]
        others = [boosted(found, encoding=e) for e in ("direct", "bins")]
        assert size.nbytes == min(m.nbytes for m in others)
        assert costs[2] == min(run_cost(m.program) for m in others)
        smaller += size.nbytes < balanced.nbytes
        faster += balanced.nbytes == size.nbytes
        X = beside(rng, found.threshold[:5], (30, 4))
        same_bits(scores_of(size, X), scores_of(speed, X))
    assert smaller
    assert faster


def data():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 9, (300, 3)).astype(np.float32)
    return X, X[:, 0] * X[:, 1] + X[:, 2] + rng.normal(size=300)


def test_forests():
    X, y = data()
    votes = RandomForestClassifier(20, random_state=0).fit(X, y > 20)
    values = RandomForestRegressor(20, random_state=0).fit(X, y)
    for forest in (votes, values):
        found = [emlrt.convert(forest, optimize=o) for o in EVERY]
        assert names(found[0])[0] == "bucketize_u8"
        assert len(names(found[1])) == 1  # as it was
        assert found[0].nbytes < found[1].nbytes
        for other in found[1:]:
            same_bits(found[0].scores(X), other.scores(X))
    assert len(names(emlrt.convert(votes, optimize="speed"))) == 1  # may stop early
    assert names(emlrt.convert(values, optimize="speed"))[0] == "bucketize_u8"
    given = emlrt.convert(votes, optimize="size", encoding="direct")
    assert names(given) == names(emlrt.convert(votes))


def test_integers_have_no_choice():
    X, y = data()
    made = GradientBoostingRegressor(n_estimators=9, random_state=0).fit(X, y)
    for optimize in EVERY:
        model = emlrt.convert(made, dtype="uint8", X=X, optimize=optimize)
        assert names(model) == ["trees_sum_u8"]


def test_oblivious_trees():
    rng = np.random.default_rng(0)
    for n, faster in ((1, ["trees_sum_f32"]), (40, ["bucketize_u8", "oblivious_u8"])):
        found, pool = some(rng, [5] * n, 3, n_borders=9)
        X = beside(rng, pool, (60, 3))
        size, balanced, speed = (oblivious(found, optimize=o) for o in EVERY)
        assert names(size) == names(balanced) == ["bucketize_u8", "oblivious_u8"]
        assert names(speed) == faster
        assert run_cost(speed.program) <= run_cost(size.program)
        same_bits(scores_of(size, X), scores_of(speed, X))


def test_wrong_wishes():
    X, y = data()
    forest = RandomForestRegressor(2, random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="optimize='small' is not one of"):
        emlrt.convert(forest, optimize="small")
    with pytest.raises(ValueError, match="optimize='size' is for trees"):
        emlrt.convert(LogisticRegression().fit(X, y > 20), optimize="size")


def test_prices_are_those_that_were_measured():
    rows = csv.DictReader(
        line for line in RESULTS.read_text().splitlines() if line[0] != "#"
    )
    found = {
        row["term"]: float(row["price"])
        for row in rows
        if row["target"] == "cortex-m0plus" and row["term"]
    }
    found["visit_i16c"] = found["visit_u8c"]  # which no small model has
    assert found.keys() == PRICES.keys()
    for term, value in found.items():
        assert abs(PRICES[term] - value) < 0.06, term


def test_nothing_is_known_of_other_ops():
    X, y = data()
    model = emlrt.convert(LogisticRegression().fit(X, y > 20))
    assert run_cost(model.program) is None
