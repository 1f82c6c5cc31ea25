# SPDX-License-Identifier: MIT
"""The work bound of a program, counted anew from its records.

The runtime takes header.work as it stands: to check it, emlrt_open would have
to know the depth of every record, and it has no memory for that. Here it has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Program, Stage
from emlrt.dtypes import dtype_of
from emlrt.inspect.records import RECORDS
from emlrt.inspect.trees import trees_table


def sizes_and_records(stage: Stage) -> tuple[NDArray[Any], NDArray[Any]]:
    """Each tree's size, and the records of all trees."""
    _, leaf, suffix = stage.name.split("_")
    table = trees_table(stage)
    at = dtype_of("emlrt_trees").itemsize + table.nbytes
    at += 4 * stage.target.count if leaf == "sum" else 0
    sizes, dtype = table["size"].astype(np.int64), RECORDS[suffix.upper()]
    return sizes, np.frombuffer(stage.payload, dtype, int(sizes.sum()), at)


def _children(records: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The distances from each record to its two splits, 0 for a child that is a leaf.

    Where one child is a leaf the other one counts twice, which changes no depth.
    """
    packed = "threshold" not in (records.dtype.names or ())
    link = records["link"].astype(np.int64)
    flags = records["link" if packed else "split"] & 3
    link = link >> 2 if packed else link
    both = flags == (lib.EMLRT_LEAF_LEFT | lib.EMLRT_LEAF_RIGHT)
    near = np.where(both, 0, 1)
    return near, np.where(flags == 0, 1 + link, near)


def _depth(near: list[int], far: list[int]) -> int:
    """Most records on a path from the first one. Children follow their parents,
    so one pass from the end sees every child before its parent, whatever
    shape a blob gives its trees."""
    depth = [0] * len(near)
    for i in range(len(near) - 1, -1, -1):
        if near[i]:
            depth[i] = max(depth[i + near[i]], depth[i + far[i]]) + 1
        else:
            depth[i] = 1
    return depth[0]


def stage_work(stage: Stage) -> int:
    """Most steps that a run of this stage takes, linear in its payload: records
    that trees visit; for any other op, the payload's numbers and the elements
    read and written."""
    if not stage.name.startswith("trees_"):
        return stage.payload_bytes // 4 + stage.source.count + stage.target.count
    sizes, records = sizes_and_records(stage)
    near, far = _children(records)
    total, at = 0, 0
    for size in sizes.tolist():
        if size == lib.EMLRT_TREES_LONE:
            continue
        end = at + size
        total += _depth(near[at:end].tolist(), far[at:end].tolist())
        at = end
    return total


def program_work(program: Program) -> int:
    """The right value of header.work, at least 1. The program must have been opened."""
    return max(1, sum(map(stage_work, program.stages)))
