# SPDX-License-Identifier: MIT
"""The trees of a stage, as lists that a printer can follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.inspect.trees import trees_header, trees_table
from emlrt.inspect.work import sizes_and_records

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Tree:
    """The splits of one tree in depth-first order, an element each.

    left, right: the split that follows, or ~leaf for a leaf entry. root: 0, or ~leaf
    of a tree without splits. missing_left: whether NaN goes left.
    """

    feature: list[int]
    threshold: list[int]
    missing_left: list[bool]
    left: list[int]
    right: list[int]
    root: int


def _fields(stage: Stage, records: NDArray[Any]) -> tuple[Ints, Ints, Ints, Ints]:
    """Feature, threshold, link and flags of each record."""
    split = records["split"].astype(np.int64)
    link = records["link"].astype(np.int64)
    if records.dtype.itemsize == 4:
        return split & 0xFF, split >> 8, link >> 2, link & 3
    shift = 2 if records.dtype.itemsize == 6 else 3
    threshold = records["threshold"].astype(np.int64)
    return split >> shift, threshold, link, split & ((1 << shift) - 1)


def _children(link: Ints, flags: Ints, base: int) -> tuple[Ints, Ints]:
    """The left and the right child of each record of a tree."""
    after = np.arange(len(link)) + 1
    leaf_left = flags & lib.EMLRT_LEAF_LEFT != 0
    leaf_right = flags & lib.EMLRT_LEAF_RIGHT != 0
    left = np.where(leaf_left, ~(base + link), after)
    right = np.where(leaf_left, after, after + link)
    return left, np.where(leaf_right, ~(base + link + leaf_left), right)


def trees(stage: Stage) -> Iterator[Tree]:
    """Each tree of a trees stage, in order."""
    table, (_, records) = trees_table(stage), sizes_and_records(stage)
    feature, threshold, link, flags = _fields(stage, records)
    missing = flags & lib.EMLRT_MISSING_LEFT != 0
    at = 0
    for size, base in table.tolist():
        part = slice(at, at + size)
        left, right = _children(link[part], flags[part], base)
        yield Tree(
            feature[part].tolist(),
            threshold[part].tolist(),
            missing[part].tolist(),
            left.tolist(),
            right.tolist(),
            0 if size else ~base,
        )
        at += size


def rows(stage: Stage) -> dict[int, dict[int, int]]:
    """Of a soft stage: the votes by class of each code that is a row of items."""
    head, n_out = trees_header(stage), stage.target.count
    votes, width = head["item"] & 0xFF, head["item"] >> 8
    size, n = votes + width, head["n_items"]
    tail = n * size
    at = len(stage.payload) - (tail + -tail % 4)
    last = 1 << (8 * width - 1)
    found: dict[int, dict[int, int]] = {}
    row: dict[int, int] = {}
    for i in reversed(range(n)):
        item = stage.payload[at + i * size : at + (i + 1) * size]
        head_bits = int.from_bytes(item[votes:], "little")
        row = {} if head_bits & last else dict(row)
        score = head_bits & (last - 1)
        row[score] = row.get(score, 0) + int.from_bytes(item[:votes], "little")
        found[n_out + i] = row
    return found


def category_sets(stage: Stage) -> NDArray[Any]:
    """The numbers of the sets of a stage with categories."""
    n = trees_header(stage)["n_words"]
    at = len(stage.payload) - (2 * n + (2 * n) % 4)
    return np.frombuffer(stage.payload, "<u2", n, at)
