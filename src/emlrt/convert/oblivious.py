# SPDX-License-Identifier: MIT
"""Stages for sums of oblivious trees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ensemble import Floats, Oblivious, ObliviousTree
from emlrt.convert.forest import Ints, Splits
from emlrt.convert.graph import Graph, Wire
from emlrt.convert.leaves import pack_numbers, quantize_values, value_exponents
from emlrt.convert.ranking import rank_stage
from emlrt.convert.ranks import ranked
from emlrt.errors import UnsupportedModelError
from emlrt.layout import dtype_of, padded
from emlrt.native import constants

_DEPTH_MAX = constants("EMLRT_OBLIVIOUS_")["MAX"]


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
    octets = leaf_bits // 8
    leaves: list[Floats] = [tree.leaves for tree in trees]
    numbers = quantize_values(leaves, exponents, leaf_bits)
    table = np.zeros(questions.feature.size, dtype_of("emlrt_question"))
    table["feature"], table["threshold"] = questions.feature, questions.threshold
    head = np.array([len(trees), octets.bit_length() - 1], "<u4").tobytes()
    parts = [head, exponents.astype("<i4").tobytes()]
    asked = given = 0
    for tree in trees:
        depth, n = tree.features.size, len(tree.leaves)
        parts.append(np.array(depth, "<u4").tobytes())
        parts.append(table[asked : asked + depth].tobytes())
        parts.append(padded(pack_numbers(numbers[given : given + n], octets)))
        asked, given = asked + depth, given + n
    return b"".join(parts)


def oblivious_sums(graph: Graph, oblivious: Oblivious, x: Wire) -> Wire:
    """Stages that give the scores of oblivious trees, one an output.

    Raises
    ------
    UnsupportedModelError
        If a leaf is not finite, or a tree too deep.
    """
    graph.used.add("leaf_bits")
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
    x, bits = graph.floats(x), graph.options.leaf_bits
    exponents = value_exponents([tree.leaves for tree in trees], bits)
    ranks = ranked([_questions(trees)], [], "uint8")
    if ranks is None:
        raise AssertionError("numbers always have ranks")
    if not ranks.columns:  # no question at all
        one = graph.part(x, 0, 1)
        codes = graph.stage("RANK_U8", one, 1, bytes(8))
    else:
        codes = rank_stage(graph, x, ranks)
    payload = _payload(trees, ranks.by_split[0], exponents, bits)
    return graph.stage("OBLIVIOUS_U8", codes, len(oblivious.base), payload)
