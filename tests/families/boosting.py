# SPDX-License-Identifier: MIT
"""Boosted trees: every op of sums, bins, categories, oblivious trees, the median."""

import numpy as np

from emlrt import Model
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.planner import program_of
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.binning import binned
from emlrt.convert.trees.by_output import coded
from emlrt.convert.trees.encoding import bucketize_stage
from emlrt.convert.trees.ensemble import Ensemble, Oblivious, ObliviousTree
from emlrt.convert.trees.forest import order
from emlrt.convert.trees.oblivious import oblivious_sums
from emlrt.convert.trees.payload import LeafTables, numbers_payload
from emlrt.convert.trees.sums import OPS, sums
from families import Case, odd_rows

#: Numbers of 8 features that forests compare with.
POOL = np.array([-2.5, -1.0, 0.0, 1.0, 3.0, 7.0, 2.0**-149, np.inf], np.float32)


def grown(rng, nodes, depth, features, pool):
    """Adds a random tree to lists of nodes; gives its root."""
    at = len(nodes)
    nodes.append(None)
    if depth == 0 or rng.random() < 0.1:
        nodes[at] = (-1, -1, 0, 0.0, False, -1)
        return at
    feature, threshold = int(rng.integers(features)), float(rng.choice(pool))
    left = grown(rng, nodes, depth - 1, features, pool)
    right = grown(rng, nodes, depth - 1, features, pool)
    nodes[at] = (left, right, feature, threshold, bool(rng.random() < 0.5), -1)
    return at


def ensemble(seed=0, trees=3, depth=3, features=4, outputs=1, vectors=False, pool=POOL):
    """A random sum of trees."""
    rng, nodes = np.random.default_rng(seed), []
    roots = [grown(rng, nodes, depth, features, pool) for _ in range(trees)]
    left, right, feature, threshold, missing, category = map(
        np.array, zip(*nodes, strict=True)
    )
    width = outputs if vectors else 1
    value = rng.normal(size=(len(nodes), width)).astype(np.float32)
    return Ensemble(
        n_features=features,
        roots=np.array(roots),
        left=left,
        right=right,
        feature=feature,
        threshold=threshold.astype(np.float64),
        missing_left=missing,
        value=value.astype(np.float64),
        outputs=np.arange(trees) % outputs,
        base=np.round(rng.normal(size=outputs), 2),
        category=category,
    )


def with_categories(found, levels, exact=False):
    """The same trees; every split of feature 0 or 1 asks for categories."""
    rng, split = np.random.default_rng(9), found.left >= 0
    mine = split & (found.feature < 2)
    found.category[mine] = np.arange(mine.sum())
    for _ in range(int(mine.sum())):
        chosen = np.sort(rng.choice(levels, levels // 2, replace=False))
        if exact:
            left = rng.random(chosen.size) < 0.5
            found.sets.append(Categories(chosen.astype(float), left, exact=True))
        else:
            some = Categories.of_integers(chosen, left=True, around_zero=True)
            found.sets.append(some)
    return found


def rows(features, integers=False):
    rng = np.random.default_rng(5)
    if integers:
        return rng.integers(0, 9, (9, features))
    x = rng.choice(POOL[:6], (9, features))
    x[3:6] = np.nextafter(x[3:6], np.float32(np.inf))
    x[6:] = rng.integers(-1, 12, (3, features)) + np.float32([[0], [0.5], [0]])
    return np.concatenate([x, odd_rows(features)]).astype(np.float32)


def made(graph, y, missing=True):
    program = program_of(graph, OutputSpec("values", y, missing=missing), [])
    return Model._of(program, "boosted", None, None)


def summed(make, floats=False, **options):
    """A model of an ensemble, and rows for it."""

    def build():
        found = make()
        integers = options.get("dtype", "float32") != "float32"
        x = rows(found.n_features, integers)
        if integers:
            x = x.astype(options["dtype"])
        chosen = Options(**options, X=x if integers else None)
        graph = Graph(found.n_features, chosen)
        return made(graph, sums(graph, found, graph.input, in_floats=floats)), x

    return build


def wide():
    """More features than short records can tell apart."""
    found = ensemble(features=20000, trees=1, depth=2)
    found.feature[found.left >= 0] = [19999, 17000, 3][: (found.left >= 0).sum()]
    return found


def wide_model(dtype, floats):
    """Records of 12 bytes, on inputs of which only the last few are looked at."""

    def build():
        model, _ = summed(wide, floats, dtype=dtype, encoding="direct")()
        x = np.zeros((4, 20000), dtype)
        x[1:, 19999], x[:, 17000], x[2:, 3] = 9, 1, 5
        return model, x

    return build


def medium():
    """More features than records of 4 bytes can tell apart."""
    found = ensemble(features=300, trees=2, depth=2, seed=2)
    found.feature[found.left >= 0] = 299
    return found


def in_int16(floats):
    """Bins and records of the larger kind, where the smaller would do."""

    def build():
        found = with_categories(ensemble(), 9)
        forest, numbers = coded(found, 32, floats)
        bins = binned([order(forest)], found.sets, "int16")
        (splits,) = bins.by_split
        graph = Graph(found.n_features)
        x = bucketize_stage(graph, graph.input, bins)
        tables = LeafTables(splits)
        op, payload = numbers_payload(splits, tables, bins.form, numbers, bins.sets)
        return made(graph, graph.stage(OPS[op], x, 1, payload)), rows(found.n_features)

    return build


def many_columns():
    """Bins of more columns than records of 4 bytes can tell apart."""
    rng = np.random.default_rng(3)
    found = ensemble(features=300, trees=60, depth=3, seed=4)
    split = found.left >= 0
    found.feature[split] = rng.permutation(split.sum()) % 300
    return found


def both_ways():
    """NaN goes left here and right there, for one feature."""
    found = ensemble(features=1, trees=2, depth=2, seed=6)
    found.missing_left[found.left >= 0] = np.arange((found.left >= 0).sum()) % 2 == 0
    return found


def oblivious(outputs=1, **options):
    def build():
        rng, trees = np.random.default_rng(7), []
        for depth in (3, 0, 1, 5):
            leaves = rng.normal(size=(2**depth, outputs))
            borders = rng.choice(POOL[:6], depth).astype(np.float64)
            missing = rng.random(depth) < 0.5
            trees.append(
                ObliviousTree(rng.integers(0, 3, depth), borders, missing, leaves)
            )
        found = Oblivious(3, trees, np.full(outputs, 0.5))
        graph = Graph(3, Options(**options))
        return made(graph, oblivious_sums(graph, found, graph.input)), rows(3)

    return build


def median():
    graph = Graph(5)
    weights = np.array([1, 2, 3, 2, 1], "<u4").tobytes()
    return made(graph, graph.stage("MEDIAN", graph.input, 1, weights)), rows(5)


CASES = [
    Case("direct", summed(ensemble, encoding="direct")),
    Case("ranks", summed(lambda: ensemble(trees=6, depth=4), encoding="bins")),
    Case("ranks-both-ways", summed(both_ways, encoding="bins")),
    Case("ranks-many-columns", summed(many_columns, encoding="bins")),
    Case("outputs", summed(lambda: ensemble(outputs=3, trees=6), encoding="bins")),
    Case("add", summed(ensemble, floats=True, encoding="direct")),
    Case(
        "add-vectors",
        summed(lambda: ensemble(outputs=2, vectors=True), floats=True),
    ),
    Case("add-ranks", summed(ensemble, floats=True, encoding="bins")),
    Case("add-many-columns", summed(many_columns, floats=True, encoding="bins")),
    Case("add-int16", summed(ensemble, floats=True, dtype="int16")),
    Case("add-int32", summed(ensemble, floats=True, dtype="int32")),
    Case("add-uint8", summed(ensemble, floats=True, dtype="uint8")),
    Case("add-uint8-medium", summed(medium, floats=True, dtype="uint8")),
    Case("add-float32-wide", wide_model("float32", floats=True)),
    Case("add-int16-wide", wide_model("int16", floats=True)),
    Case("add-int32-wide", wide_model("int32", floats=True)),
    Case("add-uint8-wide", wide_model("uint8", floats=True)),
    Case("categories", summed(lambda: with_categories(ensemble(), 9))),
    Case("categories-exact", summed(lambda: with_categories(ensemble(), 9, True))),
    Case(
        "add-categories",
        summed(lambda: with_categories(ensemble(), 9), floats=True),
    ),
    Case("categories-int16", in_int16(floats=False)),
    Case("add-categories-int16", in_int16(floats=True)),
    Case("categories-many", summed(lambda: with_categories(ensemble(), 600))),
    Case(
        "add-categories-many",
        summed(lambda: with_categories(ensemble(), 600), floats=True),
    ),
    Case("leaf-bits", summed(ensemble, leaf_bits=8)),
    Case("oblivious", oblivious()),
    Case("oblivious-outputs", oblivious(outputs=3, leaf_bits=8)),
    Case("oblivious-bits", oblivious(leaf_bits=16)),
    Case("median", median),
]
