# SPDX-License-Identifier: MIT
"""Stages for sums of oblivious trees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.steps import I32, Tensor
from emlrt.convert.rounding.questions import Questions
from emlrt.convert.trees.binning import Bins, binned
from emlrt.convert.trees.encoding import bucketize_stage
from emlrt.convert.trees.ensemble import Ensemble, Floats, Oblivious, ObliviousTree
from emlrt.convert.trees.forest import Ints, Splits
from emlrt.convert.trees.leaves import pack_numbers, quantize_values, value_exponents
from emlrt.convert.trees.settle import settle
from emlrt.convert.trees.sums import sums
from emlrt.dtypes import dtype_of, padded
from emlrt.errors import UnsupportedModelError
from emlrt.inspect.cost import oblivious_terms, price, total, tree_terms
from emlrt.native import constants
from emlrt.thresholds import down32

_DEPTH_MAX = constants("EMLRT_OBLIVIOUS_")["MAX"]
#: Columns that a question can tell apart.
_COLUMNS_MAX = 1 << 16


def _questions(trees: list[ObliviousTree]) -> Splits:
    """The questions of all trees, in order, as splits."""
    none = np.zeros(0, np.int64)
    empty: list[NDArray[np.generic]] = [none]

    def every(name: str) -> NDArray[np.generic]:
        return np.concatenate([*empty, *(getattr(tree, name) for tree in trees)])

    return Splits(
        sizes=none,
        lone=none,
        depths=none,
        feature=every("features").astype(np.int64),
        threshold=every("borders").astype(np.float64),
        missing_left=~every("missing").astype(bool),
        left=none,
        right=none,
        skip=none,
        category=none,
    )


def _start(oblivious: Oblivious) -> list[ObliviousTree]:
    """A tree without a question for what sums start from."""
    none = np.zeros(0)
    leaves = oblivious.base[None].astype(np.float64)
    if oblivious.trees and not leaves.any():
        return []
    return [ObliviousTree(none.astype(np.int64), none, none.astype(bool), leaves)]


def _payload(
    trees: list[ObliviousTree], questions: Splits, exponents: Ints, leaf_bits: int
) -> bytes:
    n_bytes = leaf_bits // 8
    leaves: list[Floats] = [tree.leaves for tree in trees]
    numbers = quantize_values(leaves, exponents, leaf_bits)
    table = np.zeros(questions.feature.size, dtype_of("emlrt_question"))
    table["feature"], table["threshold"] = questions.feature, questions.threshold
    head = np.array([len(trees), n_bytes.bit_length() - 1], "<u4").tobytes()
    parts = [head, exponents.astype("<i4").tobytes()]
    asked = given = 0
    for tree in trees:
        depth, n = tree.features.size, len(tree.leaves)
        parts.append(np.array(depth, "<u4").tobytes())
        parts.append(table[asked : asked + depth].tobytes())
        parts.append(padded(pack_numbers(numbers[given : given + n], n_bytes)))
        asked, given = asked + depth, given + n
    return b"".join(parts)


def _nodes(tree: ObliviousTree) -> dict[str, NDArray[Any]]:
    """An oblivious tree as an ordinary one, level after level: the last question
    first, so that leaves stand in the order of their numbers."""
    depth = tree.features.size
    inner, leaves = 2**depth - 1, 2**depth
    level = np.repeat(np.arange(depth), 2 ** np.arange(depth))
    question = depth - 1 - level
    child = 2 * np.arange(inner) + 1
    none = np.full(leaves, -1, np.int64)
    zeros = np.zeros(leaves)
    outputs = tree.leaves.shape[1]
    return {
        "left": np.concatenate([child, none]),
        "right": np.concatenate([child + 1, none]),
        "feature": np.append(tree.features[question], zeros).astype(np.int64),
        "threshold": np.append(tree.borders[question], zeros),
        "missing_left": np.append(~tree.missing[question], zeros).astype(bool),
        "value": np.concatenate([np.zeros((inner, outputs)), tree.leaves]),
    }


def as_ensemble(oblivious: Oblivious) -> Ensemble:
    """The same trees with a split for every branch."""
    trees = [_nodes(tree) for tree in [*_start(oblivious), *oblivious.trees]]
    sizes = np.array([len(tree["left"]) for tree in trees], np.int64)
    roots = np.cumsum(sizes) - sizes
    every = {name: np.concatenate([t[name] for t in trees]) for name in trees[0]}
    shift = np.repeat(roots, sizes)
    for name in ("left", "right"):
        every[name] = np.where(every[name] < 0, -1, every[name] + shift)
    return Ensemble(
        n_features=oblivious.n_features,
        roots=roots,
        left=every["left"],
        right=every["right"],
        feature=every["feature"],
        threshold=every["threshold"],
        missing_left=every["missing_left"],
        value=every["value"],
        outputs=np.zeros(roots.size, np.int64),
        base=np.zeros(len(oblivious.base)),
    )


def _checked(oblivious: Oblivious) -> list[ObliviousTree]:
    """The trees, that of the start first."""
    trees = [*_start(oblivious), *oblivious.trees]
    if not all(np.isfinite(tree.leaves).all() for tree in trees):
        raise UnsupportedModelError(
            "a leaf's value is NaN or infinite; refit the model"
        )
    deepest = max(tree.features.size for tree in trees)
    if deepest > _DEPTH_MAX:
        raise UnsupportedModelError(
            f"a tree has {deepest} levels; supported are up to {_DEPTH_MAX}"
        )
    return trees


def _settled(
    graph: Graph, trees: list[ObliviousTree], x: Tensor
) -> list[ObliviousTree]:
    """The same trees, with borders for inputs that are made by a rule."""
    if graph.codes(x) is None:
        return trees
    at = np.concatenate([tree.features for tree in trees]).astype(np.int64)
    t = np.concatenate([tree.borders for tree in trees]).astype(np.float64)
    strict = np.zeros(at.size, bool)
    asked = Questions(graph.inputs_of(x)[at], at, t, strict, None, wide=False)
    ends = np.cumsum([tree.features.size for tree in trees])[:-1]
    found = np.split(down32(settle(graph, True, asked)), ends)
    return [
        replace(tree, borders=borders)
        for tree, borders in zip(trees, found, strict=True)
    ]


def _codes(graph: Graph, x: Tensor, bins: Bins) -> Tensor:
    """What the questions read; something even if there is no question."""
    if bins.columns:
        return bucketize_stage(graph, x, bins)
    return graph.stage("BUCKETIZE_U8", graph.part(x, 0, 1), 1, bytes(8))


def _plain_is_faster(trees: list[ObliviousTree], bins: Bins, options: Options) -> bool:
    """Whether the caller wants speed, and ordinary trees have it: with a few trees,
    finding bins takes longer than all visits."""
    if options.optimize != "speed" or options.encoding != "auto":
        return False
    n, n_outputs = len(trees), trees[0].leaves.shape[1]
    levels = sum(tree.features.size for tree in trees)
    own = total([bins.terms(), oblivious_terms(n, levels, n_outputs)])
    return price(tree_terms("sum", "f32", n, levels, n_outputs)) < price(own)


def oblivious_sums(graph: Graph, oblivious: Oblivious, x: Tensor) -> Tensor:
    """Stages that give the scores of oblivious trees, one an output. They become
    ordinary trees if the caller asks for what only those have, or for speed where those
    are faster; if inputs are int32, of which no op makes bins; or if questions could
    not number all columns.

    Raises
    ------
    UnsupportedModelError
        If a leaf is not finite, or a tree too deep.
    """
    graph.used.update(("leaf_bits", "encoding", "optimize", "sums"))
    options = graph.options
    options.check_numbers()
    plain = options.encoding == "direct" or options.sums == "float32"
    if plain or graph.input.dtype == I32:
        return sums(graph, as_ensemble(oblivious), x)
    trees = _settled(graph, _checked(oblivious), graph.floats(x))
    bins = binned([_questions(trees)], [], "uint8")
    if bins is None or len(bins.columns) > _COLUMNS_MAX:
        return sums(graph, as_ensemble(oblivious), x)
    if _plain_is_faster(trees, bins, options):
        return sums(graph, as_ensemble(oblivious), x)
    bits = options.leaf_bits
    exponents = value_exponents([tree.leaves for tree in trees], bits)
    payload = _payload(trees, bins.by_split[0], exponents, bits)
    codes = _codes(graph, graph.floats(x), bins)
    return graph.stage("OBLIVIOUS_U8", codes, len(oblivious.base), payload)
