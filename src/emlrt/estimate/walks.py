# SPDX-License-Identifier: MIT
"""Walks of rows through the trees of a stage, and what happens at each split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.inspect.stage_cost import row_items, shape_of
from emlrt.inspect.trees import has_sets, leaf_numbers, trees_header, trees_table
from emlrt.inspect.work import sizes_and_records

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: What happens at a split: the next record follows, to the left or the right; the right
#: child is further on; a leaf is reached to the left or the right. And beside that: the
#: input is negative (floats), NaN, or a code of a category that has a set.
EVENTS = ("go", "next", "jump", "end_left", "end_right", "negative", "nan", "set")


@dataclass(frozen=True, eq=False)
class Walk:
    """events: (n_rows, n_trees) of each of EVENTS, how often. places: the leaf entry
    that each tree leads to, (n_rows, n_trees)."""

    events: dict[str, NDArray[Any]]
    places: Ints


def keys(x: NDArray[Any]) -> Ints:
    """Elements as integers that compare as trees compare them."""
    if x.dtype != np.float32:
        return x.astype(np.int64)
    bits = (x + np.float32(0)).view(np.int32).astype(np.int64)
    return np.where(bits < 0, bits ^ 0x7FFFFFFF, bits)


@dataclass(frozen=True, eq=False)
class _Splits:
    """The records of a stage's trees, one behind the other."""

    feature: Ints
    threshold: Ints
    missing_left: Bools
    left: Bools
    right: Bools
    link: Ints


def _splits(stage: Stage) -> tuple[_Splits, Ints]:
    """The splits, and the trees' sizes."""
    shape, (_, records) = shape_of(stage), sizes_and_records(stage)
    record, split = stage.name.split("_")[2], records["split"].astype(np.int64)
    if record == "u8":
        feature, threshold = split & 0xFF, split >> 8
    else:
        feature = split >> (2 if record in ("i16", "u8m", "u8c") else 3)
        threshold = records["threshold"].astype(np.int64)
    flag = lib.EMLRT_MISSING_LEFT if record in ("f32", "f32w") else 0
    missing = (split & flag) != 0
    found = _Splits(feature, threshold, missing, shape.left, shape.right, shape.link)
    return found, shape.sizes


def _in_set(stage: Stage, place: Ints, code: Ints) -> Bools:
    """Whether codes are in the sets at some places."""
    head = trees_header(stage)
    n, payload = head["n_words"], stage.payload
    at = len(payload) - (2 * n + -2 * n % 4)
    words = np.frombuffer(payload, "<u2", n, at).astype(np.int64)
    inside = code >> 4 < words[place]
    word = words[np.where(inside, place + 1 + (code >> 4), place)]
    found: Bools = inside & ((word >> (code & 15) & 1) != 0)
    return found


def walk(stage: Stage, x: NDArray[Any]) -> Walk:
    """Walks of rows x (n_rows, n_in), as the stage reads them."""
    splits, sizes = _splits(stage)
    bases = trees_table(stage)["base"].astype(np.int64)
    x_keys, is_nan = keys(x), np.isnan(x) if x.dtype.kind == "f" else None
    first = trees_header(stage)["first_category"] if has_sets(stage) else x.shape[1]
    shape = len(x), len(sizes)
    events = {name: np.zeros(shape, np.int64) for name in EVENTS}
    places = np.broadcast_to(bases, shape).copy()
    row, tree = np.nonzero(np.broadcast_to(sizes > 0, shape))
    at = (np.cumsum(sizes) - sizes)[tree]
    while at.size:
        feature = splits.feature[at]
        value, threshold = x_keys[row, feature], splits.threshold[at]
        right = value > threshold
        coded = feature >= first
        if coded.any():
            width = 0xFFFF if stage.name.endswith("u8c") else 0xFFFFFFFF
            place = threshold[coded] & width
            right[coded] = ~_in_set(stage, place, value[coded] & 0xFFFF)
            events["set"][row[coded], tree[coded]] += 1
        if is_nan is not None:
            nan = is_nan[row, feature]
            right = np.where(nan, ~splits.missing_left[at], right)
            events["nan"][row, tree] += nan
            events["negative"][row, tree] += (value < 0) & ~nan
        left_leaf, right_leaf = splits.left[at], splits.right[at]
        ends = np.where(right, right_leaf, left_leaf)
        jumps = right & ~right_leaf & ~left_leaf
        for name, mask in _steps(right, left_leaf, right_leaf).items():
            events[name][row, tree] += mask
        link = splits.link[at]
        leaf = link + (right & left_leaf)
        places[row[ends], tree[ends]] += leaf[ends]
        on = ~ends
        at = (at + 1 + np.where(jumps, link, 0))[on]
        row, tree = row[on], tree[on]
    return Walk(events, places)


def _steps(right: Bools, left_leaf: Bools, right_leaf: Bools) -> dict[str, Bools]:
    """Where rows go on from splits, and whether these have leaves: by EVENTS."""
    return {
        "go": ~right & ~left_leaf,
        "next": right & ~right_leaf & left_leaf,
        "jump": right & ~right_leaf & ~left_leaf,
        "end_left": ~right & left_leaf,
        "end_right": right & right_leaf,
    }


def mean_walk(stage: Stage) -> dict[str, float]:
    """Events of all trees where each leaf of a tree is as likely."""
    splits, sizes = _splits(stage)
    found = dict.fromkeys(EVENTS, 0.0)
    end = 0
    below = _leaves_below(splits, sizes)
    for size in sizes.tolist():
        start, end = end, end + size
        if not size:
            continue
        part = slice(start, end)
        leaves = below[start]
        left, right, link = splits.left[part], splits.right[part], splits.link[part]
        here = below[part]
        near = np.where(left, 1, 0)
        next_at = np.arange(start, end) + 1
        follow = np.where(left & right, 0, below[np.minimum(next_at, len(below) - 1)])
        far_at = np.minimum(next_at + np.where(left | right, 0, link), len(below) - 1)
        far = np.where(left | right, 0, below[far_at])
        found["end_left"] += float(near.sum()) / leaves
        found["end_right"] += float(right.sum()) / leaves
        found["go"] += float(np.where(left, 0, follow).sum()) / leaves
        found["next"] += float(np.where(left & ~right, follow, 0).sum()) / leaves
        found["jump"] += float(far.sum()) / leaves
        assert (here >= 2).all()
    return found


def evened(stage: Stage, found: Walk) -> Walk:
    """A walk whose events are those of leaves that are as likely, spread over trees."""
    n = max(1, found.places.shape[1])
    events: dict[str, Any] = {
        name: np.full(found.places.shape, value / n)
        for name, value in mean_walk(stage).items()
    }
    return Walk(events, found.places)


def _leaves_below(splits: _Splits, sizes: Ints) -> Ints:
    """Leaves below each split."""
    n = len(splits.link)
    below = np.zeros(n, np.int64)
    left, right = splits.left.tolist(), splits.right.tolist()
    link = splits.link.tolist()
    for i in range(n - 1, -1, -1):
        if left[i] and right[i]:
            below[i] = 2
        elif left[i] or right[i]:
            below[i] = 1 + below[i + 1]
        else:
            below[i] = below[i + 1] + below[i + 1 + link[i]]
    return below


@dataclass(frozen=True, eq=False)
class Votes:
    """Of soft votes: whether each row's leaf of each tree is a row of items, how many
    these are, and when a class is certain.

    rows, items: (n_rows, n_trees). until: (n_rows,), trees that are asked until a class
    has more than half of all votes.
    """

    rows: Bools
    items: Ints
    until: Ints


def hard_until(stage: Stage, places: Ints, majority: int) -> tuple[Ints, Bools]:
    """Of each row, trees that vote until a majority, and whether there is one."""
    codes = leaf_numbers(stage).astype(np.int64)[places]
    until = np.full(len(places), places.shape[1])
    decided = np.zeros(len(places), np.bool_)
    for label in np.unique(codes):
        so_far = np.cumsum(codes == label, axis=1)
        reached = so_far >= majority
        at = np.where(reached.any(1), reached.argmax(1) + 1, places.shape[1])
        until, decided = np.minimum(until, at), decided | reached.any(1)
    return until, decided


def soft_votes(stage: Stage, places: Ints, majority: int | None) -> Votes:
    """What the leaves of soft votes take. majority: votes that make a class certain."""
    n = stage.target.count
    codes = leaf_numbers(stage).astype(np.int64)[places]
    rows = codes >= n
    each = row_items(stage)
    items = np.where(rows, each[np.where(rows, codes - n, 0)], 0) if len(each) else 0
    items = np.broadcast_to(items, codes.shape).astype(np.int64)
    until = np.full(len(places), places.shape[1])
    if majority is not None:
        until = _soft_until(stage, codes, majority)
    return Votes(rows, items, until)


def _rows_of_votes(stage: Stage) -> NDArray[np.int64]:
    """Votes of each leaf code: (n_out + n_items, n_out), of an item those of its row
    from there on."""
    head, n = trees_header(stage), stage.target.count
    votes, own = head["item"] & 0xFF, head["item"] >> 8
    tail = head["n_items"] * (votes + own)
    at = len(stage.payload) - (tail + -tail % 4)
    content = np.frombuffer(stage.payload, np.uint8, tail, at).astype(np.int64)
    content = content.reshape(head["n_items"], votes + own)
    number = (content[:, :votes] << 8 * np.arange(votes)).sum(1)
    place = (content[:, votes:] << 8 * np.arange(own)).sum(1)
    last = place >> (8 * own - 1) & 1
    label = place & ((1 << (8 * own - 1)) - 1)
    table = np.zeros((n + head["n_items"] + 1, n), np.int64)
    table[np.arange(n), np.arange(n)] = head["unit"]
    for i in range(head["n_items"] - 1, -1, -1):
        if not last[i]:
            table[n + i] = table[n + i + 1]
        table[n + i, label[i]] += number[i]
    return table


def _soft_until(stage: Stage, codes: Ints, majority: int) -> Ints:
    """Trees until one class, just voted for by a whole tree, has more than this."""
    table, n = _rows_of_votes(stage), stage.target.count
    until = np.full(len(codes), codes.shape[1])
    for i, row in enumerate(codes):
        so_far = np.cumsum(table[row], axis=0)
        pure = np.flatnonzero(row < n)
        over = pure[so_far[pure, row[pure]] > majority]
        if over.size:
            until[i] = over[0] + 1
    return until
