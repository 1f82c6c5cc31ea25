# SPDX-License-Identifier: MIT
"""Reads trees payloads, for reports and for checks on the host."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Program, Stage
from emlrt.dtypes import dtype_of
from emlrt.inspect.records import FEW_TREES


def has_sets(stage: Stage) -> bool:
    """Whether a trees stage has categorical features."""
    return stage.name.endswith("c")


def trees_header(stage: Stage) -> dict[str, int]:
    """The fields of a trees stage's payload header, by name."""
    dtype = dtype_of("emlrt_trees_sets" if has_sets(stage) else "emlrt_trees")
    head = np.frombuffer(stage.payload, dtype, 1)[0]
    return {name: int(head[name]) for name in head.dtype.names or ()}


def trees_table(stage: Stage) -> NDArray[Any]:
    """Each tree's records and leaf base: as many as the payload really holds."""
    at = dtype_of("emlrt_trees").itemsize
    at += 4 * stage.target.count if stage.name.startswith("trees_sum") else 0
    dtype = dtype_of("emlrt_tree")
    room = max(0, stage.payload_bytes - at) // dtype.itemsize
    n = min(trees_header(stage)["n_trees"], room)
    return np.frombuffer(stage.payload, dtype, n, at if n else 0)


def trees_shape(stage: Stage) -> dict[str, int]:
    """Numbers of trees, splits, leaf entries and items of a trees stage."""
    head, table = trees_header(stage), trees_table(stage)
    if has_sets(stage):
        items, tail = head["n_words"], 2 * head["n_words"]
    else:
        items = head["n_items"]
        tail = items * ((head["item"] & 0xFF) + (head["item"] >> 8))
    n_bytes = stage.payload_bytes - (tail + -tail % 4) - head["leaves"]
    entry = 1 << (head["leaf_shift"] & 3)
    if stage.name.startswith(("trees_sum", "trees_add")):
        entry *= max(1, stage.target.count)  # 0 only in what is damaged
    return {
        "trees": head["n_trees"],
        "splits": int(table["size"].sum(dtype=np.int64)),
        "leaves": max(0, n_bytes) // entry,
        "items": items,
    }


def leaf_numbers(stage: Stage) -> NDArray[Any]:
    """The leaf table of a trees stage: codes, or (n_entries, out_count) numbers."""
    head, count = trees_header(stage), trees_shape(stage)["leaves"]
    kind = {"sum": "i", "add": "f"}.get(stage.name.split("_")[1], "u")
    n = stage.target.count if kind != "u" else 1
    dtype = f"<{kind}{1 << head['leaf_shift']}"
    found = np.frombuffer(stage.payload, dtype, count * n, head["leaves"])
    return found if kind == "u" else found.reshape(count, n)


def _sum_head(stage: Stage) -> tuple[int, int, int]:
    """Trees, the logarithm of a leaf number's bytes, and where exponents stand, of
    a stage that adds integers."""
    if stage.name.startswith("trees_"):
        head = trees_header(stage)
        return head["n_trees"], head["leaf_shift"], dtype_of("emlrt_trees").itemsize
    dtype = dtype_of("emlrt_oblivious")
    record = np.frombuffer(stage.payload, dtype, 1)[0]
    return int(record["n_trees"]), int(record["leaf_shift"]), dtype.itemsize


def exponents(stage: Stage) -> NDArray[Any]:
    """The exponent of each output of a stage that adds integers."""
    at = _sum_head(stage)[2]
    return np.frombuffer(stage.payload, "<i4", stage.target.count, at)


def _sum_error(stage: Stage) -> NDArray[np.float64]:
    """The error of each output of a stage that adds integers."""
    n, shift, _ = _sum_head(stage)
    of_one = 1.0 if shift == 2 and n > FEW_TREES else 0.5
    error: NDArray[np.float64] = np.ldexp(of_one * n, exponents(stage))
    return error


#: Ops that only hand numbers on, and those whose leaves are rounded.
_EXACT = ("cast_", "bucketize_", "gather")
_ROUNDED = ("trees_soft", "trees_sum", "oblivious")


def leaf_error(program: Program) -> float | NDArray[np.float64] | None:
    """See `Model.leaf_error`."""
    stages = [s for s in program.stages if not s.name.startswith(_EXACT)]
    sums = [s for s in stages if s.name.startswith(_ROUNDED)]
    if not sums:
        return 0.0
    soft = any(s.name.startswith("trees_soft") for s in sums)
    last = all(s.target.space == lib.EMLRT_SPACE_OUTPUT for s in sums)
    if len(sums) != len(stages) or not last or (soft and len(sums) > 1):
        return None
    if soft:
        # Rounding to nearest loses half a vote at most, and a row that would
        # have too many votes loses one more of a class that gained by it.
        unit = trees_header(stages[0])["unit"]
        return 1.0 / unit if unit > 1 else 0.0
    return np.concatenate([_sum_error(stage) for stage in sums])


__all__ = [
    "exponents",
    "leaf_error",
    "leaf_numbers",
    "trees_header",
    "trees_shape",
    "trees_table",
]
