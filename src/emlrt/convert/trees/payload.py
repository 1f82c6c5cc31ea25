# SPDX-License-Identifier: MIT
"""The payload of a trees stage: leaf table, links, records, all in one piece."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.trees.forest import Ints, Splits
from emlrt.convert.trees.leaf_order import arrange
from emlrt.convert.trees.leaves import VoteTable, pack_numbers
from emlrt.convert.trees.records import FORMS, Form, float_key
from emlrt.dtypes import dtype_of, padded
from emlrt.errors import UnsupportedModelError


@dataclass(frozen=True)
class Leaves:
    """A leaf table: codes in order, each tree's base (or only leaf), links."""

    table: Ints
    bases: Ints
    link: Ints


def _place(
    splits: Splits, first: int, last: int, lone: Ints
) -> tuple[Ints, Ints, Ints]:
    """Table, links of the splits [first, last), and places of the lone codes."""
    left, right = splits.left[first:last], splits.right[first:last]
    both = (left >= 0) & (right >= 0)
    one = (left >= 0) ^ (right >= 0)
    pairs = np.stack([left[both], right[both]], axis=1)
    singles = np.concatenate([np.maximum(left, right)[one], lone[lone >= 0]])
    table, pair_at, single_at = arrange(pairs, singles)
    link = splits.skip[first:last].copy()
    link[both] = pair_at
    link[one] = single_at[: one.sum()]
    places = np.full(lone.size, -1, np.int64)
    places[lone >= 0] = single_at[one.sum() :]
    return table, link, places


def _place_tree(
    splits: Splits, last: int, size: int, tree: int
) -> tuple[Ints, Ints, Ints]:
    """The same for one tree, whose splits end at `last`."""
    if size == 0:
        return (
            splits.lone[tree : tree + 1],
            np.zeros(0, np.int64),
            np.zeros(1, np.int64),
        )
    left, right = int(splits.left[last - 1]), int(splits.right[last - 1])
    if size == 1 and left != right:
        return np.array([left, right]), np.zeros(1, np.int64), np.full(1, -1)
    return _place(splits, last - size, last, splits.lone[tree : tree + 1])


class LeafTables:
    """The ways to lay out the leaves of some splits, each made once."""

    def __init__(self, splits: Splits) -> None:
        self.splits = splits

    @cached_property
    def shared(self) -> Leaves:
        """One table for all trees."""
        n = self.splits.feature.size
        table, link, lone = _place(self.splits, 0, n, self.splits.lone)
        return Leaves(table, np.maximum(lone, 0), link)

    @cached_property
    def based(self) -> Leaves:
        """Each tree has leaves of its own, so that links stay small."""
        splits = self.splits
        ends = np.cumsum(splits.sizes)
        parts = [
            _place_tree(splits, end, size, t)
            for t, (end, size) in enumerate(
                zip(ends.tolist(), splits.sizes.tolist(), strict=True)
            )
        ]
        tables, links, lone = (
            np.concatenate(part) for part in zip(*parts, strict=True)
        )
        sizes = [len(part[0]) for part in parts]
        return Leaves(tables, np.cumsum(sizes) - sizes + np.maximum(lone, 0), links)


@dataclass(frozen=True)
class Choice:
    """A form, the leaf layout that goes with it, and bytes of both."""

    form: Form
    leaves: Leaves
    n_bytes: int


def choose(splits: Splits, tables: LeafTables, dtype: str, entry: int) -> Choice:
    """The smallest form that holds these splits. tables: of their shape. dtype: of
    the inputs, a key of FORMS. entry: bytes of a leaf.

    Raises
    ------
    UnsupportedModelError
        If no form holds them.
    """
    options = []
    for form in FORMS[dtype]:
        if form.fits(splits, tables.shared.link):
            options.append((form, tables.shared))
            break
        if splits.feature.max(initial=0) < form.features and form.fits(
            splits, tables.based.link
        ):
            options.append((form, tables.based))
    if not options:
        raise UnsupportedModelError(
            f"the forest has more than {lib.EMLRT_COUNT_MAX} splits, leaves or"
            " features; use fewer trees or limit their depth"
        )
    choices = [
        Choice(f, t, f.n_bytes * splits.feature.size + entry * t.table.size)
        for f, t in options
    ]
    return min(choices, key=lambda choice: choice.n_bytes)


def _trees(splits: Splits, leaves: Leaves) -> bytes:
    """The table of trees. One without a split has size 0, which is LONE."""
    trees = np.zeros(splits.sizes.size, dtype_of("emlrt_tree"))
    trees["size"], trees["base"] = splits.sizes, leaves.bases
    return trees.tobytes()


def _join(
    splits: Splits,
    dtype: str,
    choice: Choice,
    fields: dict[str, int],
    before: bytes,
    after: list[bytes],
) -> bytes:
    """The payload. before: exponents; after: the leaf table, and items."""
    key = (
        float_key(splits.threshold)
        if dtype == "float32"
        else splits.threshold.astype(np.int64)
    )
    records = padded(choice.form.pack(splits, key, choice.leaves.link).tobytes())
    front = before + _trees(splits, choice.leaves) + records
    sets = "n_words" in fields
    head = np.zeros((), dtype_of("emlrt_trees_sets" if sets else "emlrt_trees"))
    head["n_trees"] = splits.sizes.size
    head["leaves"] = head.nbytes + len(front)
    for name, value in fields.items():
        head[name] = value
    return head.tobytes() + front + b"".join(map(padded, after))


def vote_payload(
    splits: Splits, tables: LeafTables, dtype: str, votes: VoteTable, leaf_bits: int
) -> tuple[int, bytes]:
    """Op and payload of trees that vote. tables: of the shape of the splits."""
    width = code_bytes(splits)
    choice = choose(splits, tables, dtype, width)
    n_bytes = votes.item_bytes(leaf_bits)
    fields = {
        "n_items": votes.n_items,
        "unit": votes.unit,
        "leaf_shift": width.bit_length() - 1,
        "item": n_bytes[0] | n_bytes[1] << 8,
    }
    table = pack_numbers(choice.leaves.table.astype(np.uint64), width)
    after = [table, votes.pack_items(n_bytes)]
    op = getattr(lib, f"EMLRT_OP_TREES_{votes.kind.upper()}_{choice.form.suffix}")
    return op, _join(splits, dtype, choice, fields, b"", after)


def code_bytes(splits: Splits) -> int:
    """Bytes of a leaf's code."""
    most = int(
        max(splits.left.max(initial=0), splits.right.max(initial=0), splits.lone.max())
    )
    return 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers that leaves add: rows by code.

    rows : (n, n_outputs) integers, or float32.
    exponents : (n_outputs,) by which integers are scaled; empty for float32.
    n_bytes : of a number in the blob: 1, 2 or 4.
    """

    rows: NDArray[np.int32] | NDArray[np.float32]
    exponents: Ints
    n_bytes: int

    @property
    def entry(self) -> int:
        """Bytes of a leaf."""
        return self.n_bytes * int(self.rows.shape[1])

    @property
    def kind(self) -> str:
        """Of leaves, as in names of ops."""
        return "sum" if self.exponents.size else "add"

    def pack(self, table: Ints) -> bytes:
        chosen = self.rows[table]
        if self.exponents.size:
            return pack_numbers(chosen, self.n_bytes)
        return chosen.astype("<f4").tobytes()


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of categories as the blob has them, and the first feature with some."""

    numbers: NDArray[np.uint16]
    first: int


def numbers_payload(
    splits: Splits,
    tables: LeafTables,
    dtype: str,
    numbers: Numbers,
    sets: Sets | None = None,
) -> tuple[int, bytes]:
    """Op and payload of trees that add numbers. tables: of the splits' shape."""
    choice = choose(splits, tables, dtype, numbers.entry)
    fields = {"leaf_shift": numbers.n_bytes.bit_length() - 1}
    after = [numbers.pack(choice.leaves.table)]
    if sets is not None:
        fields |= {"n_words": sets.numbers.size, "first_category": sets.first}
        after.append(sets.numbers.astype("<u2").tobytes())
    before = numbers.exponents.astype("<i4").tobytes()
    op = getattr(lib, f"EMLRT_OP_TREES_{numbers.kind.upper()}_{choice.form.suffix}")
    return op, _join(splits, dtype, choice, fields, before, after)
