# SPDX-License-Identifier: MIT
"""From an ensemble to forests whose leaves are coded: one for each stage to be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.trees.ensemble import Ensemble, Floats
from emlrt.convert.trees.forest import Forest, Ints
from emlrt.convert.trees.leaves import ValueTable, quantize_values, value_exponents
from emlrt.convert.trees.payload import Numbers
from emlrt.convert.trees.unique_rows import unique_rows
from emlrt.errors import UnsupportedModelError

_EMPTY = np.zeros(0, np.int64)


@dataclass(eq=False)
class Group:
    """Trees that add to the same outputs.

    ensemble: of these trees alone. first: the lowest of their outputs.
    """

    ensemble: Ensemble
    first: int


def _owners(ensemble: Ensemble) -> Ints:
    """The tree of each node, -1 for nodes that no root leads to."""
    n, inner = ensemble.left.size, np.flatnonzero(ensemble.left >= 0)
    up = np.full(n + 1, n)  # from nodes without a parent to nowhere
    up[ensemble.left[inner]] = up[ensemble.right[inner]] = inner
    up[ensemble.roots] = ensemble.roots
    for _ in range(n.bit_length()):
        above = up[up]  # twice as far
        if np.array_equal(above, up):
            break
        up = above
    tree = np.full(n + 1, -1, np.int64)
    tree[ensemble.roots] = np.arange(ensemble.roots.size)
    owner: Ints = tree[up[:n]]
    return owner


def _part(
    ensemble: Ensemble, nodes: Ints, place: Ints, trees: Ints, output: int
) -> Ensemble:
    """Some trees. place: of each node of the ensemble, among those of its part."""
    inner = ensemble.left[nodes] >= 0
    left, right = (
        np.where(inner, place[child[nodes].clip(0)], -1)
        for child in (ensemble.left, ensemble.right)
    )
    return Ensemble(
        n_features=ensemble.n_features,
        roots=place[ensemble.roots[trees]],
        left=left,
        right=right,
        feature=ensemble.feature[nodes],
        threshold=ensemble.threshold[nodes],
        missing_left=ensemble.missing_left[nodes],
        value=ensemble.value[nodes],
        outputs=np.zeros(trees.size, np.int64),
        base=ensemble.base[output : output + 1],
        category=ensemble.category[nodes],
        sets=ensemble.sets,
    )


def n_groups(ensemble: Ensemble) -> int:
    """One group an output; one in all where leaves have a number for each."""
    return 1 if ensemble.value.shape[1] > 1 else ensemble.n_outputs


def grouped(ensemble: Ensemble) -> list[Group]:
    """The trees of each group."""
    if n_groups(ensemble) == 1:
        return [Group(ensemble, 0)]
    owner = _owners(ensemble)
    output = np.where(owner < 0, -1, ensemble.outputs[owner] if owner.size else -1)
    nodes = np.argsort(output, kind="stable")
    every = np.arange(ensemble.n_outputs + 1)
    starts = np.searchsorted(output[nodes], every)
    place = np.full(ensemble.left.size, -1, np.int64)
    place[nodes] = np.arange(nodes.size) - starts[output[nodes].clip(0)]
    trees = np.argsort(ensemble.outputs, kind="stable")
    firsts = np.searchsorted(ensemble.outputs[trees], every)
    groups = []
    for k in range(ensemble.n_outputs):
        mine = nodes[starts[k] : starts[k + 1]]
        own = trees[firsts[k] : firsts[k + 1]]
        groups.append(Group(_part(ensemble, mine, place, own, k), k))
    return groups


#: How far the sum of the trees' largest leaves may be above that of their usual ones
#: before one scale for all of them loses what the usual ones add.
_UNEVEN = 2.0**9


def is_uneven(ensemble: Ensemble) -> bool:
    """Whether some leaves are far larger than what leaves usually are."""
    sizes = [abs(values).max(axis=1) for values in leaves_by_tree(ensemble)]
    usual = sum(float(np.median(size)) for size in sizes)
    largest = sum(float(size.max()) for size in sizes)
    return largest > _UNEVEN * usual > 0


def leaves_by_tree(ensemble: Ensemble) -> list[Floats]:
    """The leaves' values of each tree, (n_leaves, n_values)."""
    trees, _ = _by_tree(ensemble, np.flatnonzero(ensemble.left < 0))
    return [values for values in trees if len(values)]


def _check(ensemble: Ensemble) -> None:
    leaf = ensemble.left < 0
    finite = (
        np.isfinite(ensemble.value[leaf]).all() and np.isfinite(ensemble.base).all()
    )
    if not finite:
        raise UnsupportedModelError(
            "a leaf's value, or what the sum starts from, is NaN or infinite; refit the"
            " model"
        )


def coded(
    ensemble: Ensemble, leaf_bits: int, in_floats: bool
) -> tuple[Forest, Numbers]:
    """The trees, with one more for each part of what sums start from, and what their
    leaves add.

    Raises
    ------
    UnsupportedModelError
        If a number is not finite, or too large for float32.
    """
    _check(ensemble)
    leaves = np.flatnonzero(ensemble.left < 0)
    if in_floats:
        start, numbers, codes = _floats(ensemble, leaves)
    else:
        start, numbers, codes = _integers(ensemble, leaves, leaf_bits)
    n_start, n = len(start), ensemble.left.size
    code = np.full(n + n_start, -1, np.int64)
    code[leaves], code[n:] = codes, start
    none = np.zeros(n_start)

    def longer(array: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([array, none.astype(array.dtype)])

    forest = Forest(
        roots=np.concatenate([np.arange(n, n + n_start), ensemble.roots]),
        left=longer(ensemble.left),
        right=longer(ensemble.right),
        feature=longer(ensemble.feature),
        threshold=longer(ensemble.threshold).astype(np.float64),
        missing_left=longer(ensemble.missing_left).astype(bool),
        code=code,
        category=longer(ensemble.category) if ensemble.sets else _EMPTY,
    )
    return forest, numbers


def _start(ensemble: Ensemble) -> Floats:
    """The start of the sums, one number per output of the trees: none if it is 0."""
    base = ensemble.base[None]
    return base if base.any() or not ensemble.roots.size else base[:0]


def _floats(ensemble: Ensemble, leaves: Ints) -> tuple[Ints, Numbers, Ints]:
    """Codes of the start and of leaves, with float32 leaves."""
    with np.errstate(over="ignore"):
        rows = np.concatenate([_start(ensemble), ensemble.value[leaves]])
        rows32 = rows.astype(np.float32) + np.float32(0)  # no -0
    if not np.isfinite(rows32).all():
        raise UnsupportedModelError(
            "leaf values are too large for float32; scale the target"
        )
    distinct, codes = unique_rows(rows32.view(np.int32))
    n = len(rows) - leaves.size
    values = np.ascontiguousarray(distinct).view(np.float32)
    return codes[:n], Numbers(values, _EMPTY, 4), codes[n:]


def _by_tree(ensemble: Ensemble, leaves: Ints) -> tuple[list[Floats], Ints]:
    """The leaves' values of each tree, and the order in which that takes them."""
    owner = _owners(ensemble)[leaves]
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(ensemble.roots.size + 1))
    values = ensemble.value[leaves[order]]
    trees = [values[a:b] for a, b in pairwise(ends)]
    return trees, order[ends[0] :]


#: Most trees that give a start which no single leaf of few bits can give.
_STARTS_MAX = 64


def _exponents(trees: list[Floats], start: Floats, leaf_bits: int) -> Ints:
    """Exponents for the trees, and for a start in few parts."""
    every = [*trees, *([start] if len(start) else [])]
    exponents = value_exponents(every, 32)
    if leaf_bits == 32:
        return exponents
    most = (2.0 ** (leaf_bits - 1) - 1) * _STARTS_MAX
    with np.errstate(divide="ignore"):
        by_start = np.ceil(np.log2(abs(start).max(axis=0, initial=0) / most))
    lowest = by_start.clip(-999).astype(np.int64)
    if trees:
        some = np.any([tree.any(axis=0) for tree in trees], axis=0)
        few = np.where(some, value_exponents(trees, leaf_bits), lowest)
        lowest = np.maximum(lowest, few)
    largest: Ints = np.maximum(exponents, lowest)
    return largest


def _parts(number: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Numbers (n_outputs,) as a sum of rows, none of them beyond `most`."""
    n = max(1, int(-(-abs(number).max() // most)))
    steps = number[None] * np.arange(1, n + 1)[:, None] // n
    return np.diff(steps, axis=0, prepend=0)


def _integers(
    ensemble: Ensemble, leaves: Ints, leaf_bits: int
) -> tuple[Ints, Numbers, Ints]:
    """Codes of the start and of leaves, with integer leaves."""
    start = _start(ensemble)
    trees, order = _by_tree(ensemble, leaves)
    exponents = _exponents(trees, start, leaf_bits)
    rows = np.zeros((0, ensemble.value.shape[1]), np.int64)
    if len(start):
        whole = np.rint(np.ldexp(start[0], -exponents)).astype(np.int64)
        rows = _parts(whole, 2 ** (leaf_bits - 1) - 1)
    n = len(rows)
    values = quantize_values(trees, exponents, leaf_bits) if trees else rows[:0]
    table = ValueTable.of(np.concatenate([rows, values]).astype(np.int32))
    codes = np.zeros(leaves.size, np.int64)
    codes[order] = table.codes[n:]
    numbers = Numbers(table.values, exponents, leaf_bits // 8)
    return table.codes[:n], numbers, codes
