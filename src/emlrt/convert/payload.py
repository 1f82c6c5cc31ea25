# SPDX-License-Identifier: MIT
"""The payload of a trees stage: leaf table, links, records, all in one piece."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.forest import Ints, Splits
from emlrt.convert.leaves import VoteTable, pack_numbers
from emlrt.convert.records import FORMS, Form, float_key
from emlrt.convert.trails import arrange
from emlrt.errors import UnsupportedModelError
from emlrt.layout import dtype_of, padded


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


def _shared(splits: Splits) -> Leaves:
    table, link, lone = _place(splits, 0, splits.feature.size, splits.lone)
    return Leaves(table, np.maximum(lone, 0), link)


def _based(splits: Splits) -> Leaves:
    """Each tree has leaves of its own, so that links stay small."""
    ends = np.cumsum(splits.sizes)
    parts = [
        _place(splits, int(end - size), int(end), splits.lone[t : t + 1])
        for t, (end, size) in enumerate(zip(ends, splits.sizes, strict=True))
    ]
    tables, links, lone = (np.concatenate(part) for part in zip(*parts, strict=True))
    sizes = [len(part[0]) for part in parts]
    return Leaves(tables, np.cumsum(sizes) - sizes + np.maximum(lone, 0), links)


def _choose(splits: Splits, dtype: str, entry: int) -> tuple[Form, Leaves]:
    """The smallest form that holds these splits. entry: octets of a leaf."""
    shared, options = _shared(splits), []
    based = None
    for form in FORMS[dtype]:
        if form.fits(splits, shared.link):
            options.append((form, shared))
            break
        if splits.feature.max(initial=0) < form.features:
            based = based or _based(splits)
            if form.fits(splits, based.link):
                options.append((form, based))
    if not options:
        raise UnsupportedModelError(
            f"the forest has more than {lib.EMLRT_COUNT_MAX} splits, leaves or"
            " features; use fewer trees or limit their depth"
        )

    def octets(option: tuple[Form, Leaves]) -> int:
        form, leaves = option
        return form.octets * splits.feature.size + entry * leaves.table.size

    return min(options, key=octets)


def _trees(splits: Splits, leaves: Leaves) -> bytes:
    """The table of trees. One without a split has size 0, which is LONE."""
    trees = np.zeros(splits.sizes.size, dtype_of("emlrt_tree"))
    trees["size"], trees["base"] = splits.sizes, leaves.bases
    return trees.tobytes()


def _join(
    splits: Splits,
    dtype: str,
    form: Form,
    leaves: Leaves,
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
    records = padded(form.pack(splits, key, leaves.link).tobytes())
    front = before + _trees(splits, leaves) + records
    head = np.zeros((), dtype_of("emlrt_trees"))
    head["n_trees"] = splits.sizes.size
    head["leaves"] = head.nbytes + len(front)
    for name, value in fields.items():
        head[name] = value
    return head.tobytes() + front + b"".join(map(padded, after))


def vote_payload(
    splits: Splits, dtype: str, votes: VoteTable, leaf_bits: int
) -> tuple[int, bytes]:
    """Op and payload of trees that vote."""
    most = int(
        max(splits.left.max(initial=0), splits.right.max(initial=0), splits.lone.max())
    )
    width = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4
    form, leaves = _choose(splits, dtype, width)
    octets = votes.item_octets(leaf_bits)
    fields = {
        "n_items": votes.n_items,
        "unit": votes.unit,
        "leaf_shift": width.bit_length() - 1,
        "item": octets[0] | octets[1] << 8,
    }
    table = pack_numbers(leaves.table.astype(np.uint64), width)
    after = [table, votes.pack_items(octets)]
    kind = "SOFT_" if votes.n_items else "VOTE_"
    op = getattr(lib, "EMLRT_OP_TREES_" + kind + form.suffix)
    return op, _join(splits, dtype, form, leaves, fields, b"", after)


def sum_payload(
    splits: Splits,
    dtype: str,
    values: NDArray[np.int32],
    exponents: Ints,
    leaf_bits: int,
) -> tuple[int, bytes]:
    """Op and payload of trees that add numbers. values: rows by code."""
    width = leaf_bits // 8
    form, leaves = _choose(splits, dtype, width * values.shape[1])
    before = exponents.astype("<i4").tobytes()
    after = [pack_numbers(values[leaves.table], width)]
    op = getattr(lib, "EMLRT_OP_TREES_SUM_" + form.suffix)
    fields = {"leaf_shift": width.bit_length() - 1}
    return op, _join(splits, dtype, form, leaves, fields, before, after)
