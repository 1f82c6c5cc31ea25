# SPDX-License-Identifier: MIT
"""What stages of a blob cost, see emlrt.inspect.cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from emlrt._native import lib
from emlrt.blob import Program, Stage
from emlrt.dtypes import dtype_of
from emlrt.inspect import oblivious
from emlrt.inspect.cost import (
    Bools,
    Ints,
    Terms,
    bin_terms,
    mean_visits,
    oblivious_terms,
    price,
    tree_terms,
)
from emlrt.inspect.trees import leaf_numbers, trees_header, trees_table
from emlrt.inspect.work import sizes_and_records


@dataclass(frozen=True, eq=False)
class Shape:
    """The shape of a stage's trees, as `mean_visits` takes it. link: of records."""

    sizes: Ints
    left: Bools
    right: Bools
    link: Ints

    @property
    def skip(self) -> Ints:
        """Splits between a split and its right child, if both are splits."""
        return np.where(self.left | self.right, 0, self.link)


def shape_of(stage: Stage) -> Shape:
    """The shape of a trees stage."""
    sizes, records = sizes_and_records(stage)
    packed = "threshold" not in (records.dtype.names or ())
    link = records["link"].astype(np.int64)
    flags = records["link" if packed else "split"]
    return Shape(
        sizes,
        (flags & lib.EMLRT_LEAF_LEFT) != 0,
        (flags & lib.EMLRT_LEAF_RIGHT) != 0,
        link >> 2 if packed else link,
    )


def _leaf_places(shape: Shape, bases: Ints) -> tuple[Ints, Ints]:
    """The tree of each leaf, and its place in the leaf table."""
    tree = np.repeat(np.arange(shape.sizes.size), shape.sizes)
    first = shape.link + bases[tree]
    some, both = shape.left | shape.right, shape.left & shape.right
    lone = np.flatnonzero(shape.sizes == lib.EMLRT_TREES_LONE)
    places = [first[some], first[both] + 1, bases[lone]]
    return np.concatenate([tree[some], tree[both], lone]), np.concatenate(places)


def row_items(stage: Stage) -> Ints:
    """Items from each one on to the end of its row."""
    head = trees_header(stage)
    votes, own = head["item"] & 0xFF, head["item"] >> 8
    n = head["n_items"]
    tail = n * (votes + own)
    at = len(stage.payload) - (tail + -tail % 4)
    items = np.frombuffer(stage.payload, np.uint8, tail, at).reshape(n, votes + own)
    ends = np.flatnonzero(items[:, -1] & 0x80)
    found: Ints = ends[np.searchsorted(ends, np.arange(n))] - np.arange(n) + 1
    return found


def _items(stage: Stage, shape: Shape) -> float:
    """Items that a run of soft votes reads, if each leaf is as likely."""
    bases = trees_table(stage)["base"].astype(np.int64)
    tree, place = _leaf_places(shape, bases)
    row = leaf_numbers(stage)[place].astype(np.int64) - stage.target.count
    each = row_items(stage)
    n = np.where(row < 0, 0, each[row.clip(0)]) if each.size else np.zeros(row.size)
    leaves = np.bincount(tree, minlength=shape.sizes.size)
    return float((np.bincount(tree, n, shape.sizes.size) / leaves).sum())


def _trees(stage: Stage) -> Terms:
    _, kind, record = stage.name.split("_")
    shape = shape_of(stage)
    visits = mean_visits(shape.sizes, shape.left, shape.right, shape.skip)
    items = _items(stage, shape) if kind == "soft" else 0.0
    n = stage.target.count
    return tree_terms(kind, record, shape.sizes.size, visits, n, items)


def _bins(stage: Stage) -> Terms:
    dtype = dtype_of("emlrt_bucketize")
    table = np.frombuffer(stage.payload, dtype, stage.target.count)
    again = (table["source"] & lib.EMLRT_BUCKETIZE_AGAIN) != 0
    return bin_terms(table["count"][~again].tolist(), int(again.sum()))


def _oblivious(stage: Stage) -> Terms:
    trees = oblivious.trees(stage)
    asked = sum(len(tree.feature) for tree in trees)
    return oblivious_terms(len(trees), asked, stage.target.count)


def stage_terms(stage: Stage) -> Terms | None:
    """The terms of a stage; None if no price is known for its op."""
    if stage.name.startswith("trees_"):
        return _trees(stage)
    if stage.name.startswith("bucketize_"):
        return _bins(stage)
    return _oblivious(stage) if stage.name.startswith("oblivious_") else None


def stage_cost(stage: Stage) -> float | None:
    """Instructions of a stage on a Cortex-M0+; None if no price is known for its op."""
    terms = stage_terms(stage)
    return None if terms is None else price(terms)


def sum_of(costs: Iterable[float | None]) -> float | None:
    """Instructions of a run on a Cortex-M0+ by those of its stages; None where one of
    them is."""
    found = price({"call": 1.0})
    for cost in costs:
        if cost is None:
            return None
        found += cost
    return found


def run_cost(program: Program) -> float | None:
    """Instructions of a run on a Cortex-M0+; None where an op has no price. The
    program must have been opened."""
    return sum_of(map(stage_cost, program.stages))
