# SPDX-License-Identifier: MIT
"""Rows whose answer hangs on what float32 loses of sums of squares.

A sum of n squares of differences is off by (n + 2) units of 2^-24 of itself at most:
one for the difference, which squaring doubles, one for the square, and one for each
sum. Far outside, where the squares are large and much the same for all that they are
compared with, that can be more than what they differ in.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emlrt import blob as blobs
from emlrt._native import lib
from emlrt.blob import Program, Stage
from emlrt.layout import dtype_of, padded
from emlrt.native import Runtime
from emlrt.parts import until

Bools = NDArray[np.bool_]
#: Half a unit in the last place of float32.
EPSILON = 2.0**-24


def loss(sizes: NDArray[np.floating], n_terms: int) -> NDArray[np.float64]:
    """What float32 may lose of sums of so many squares."""
    return (n_terms + 2) * EPSILON * abs(np.asarray(sizes, np.float64))


def hanging(
    sums: NDArray[np.floating], n_terms: int, k: int = 1, *, equal: bool = False
) -> Bools:
    """Rows (n,) of which another k of the sums (n, n_sums) could be the least, for all
    that float32 says. equal: whether sums are rounded, so that equal ones need not be;
    of others that are equal the first one is meant."""
    if sums.shape[1] <= k:
        return np.zeros(len(sums), bool)
    least = np.partition(np.asarray(sums, np.float64), [k - 1, k], axis=1)
    last, next_one = least[:, k - 1], least[:, k]
    with np.errstate(invalid="ignore"):
        lost = loss(last, n_terms) + loss(next_one, n_terms)
        return (equal | (next_one > last)) & (next_one - last <= lost)


def _read_by(program: Program, at: int, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a stage reads of some rows."""
    source = program.stages[at].source
    if source.space == lib.EMLRT_SPACE_INPUT:
        first = source.offset // 4
        return x[:, first : first + source.count]
    every = np.arange(source.count)
    payload = every.astype("<u2" if source.count <= 1 << 16 else "<u4").tobytes()
    # Several stages may write parts of what one reads.
    y = replace(source, space=lib.EMLRT_SPACE_OUTPUT)
    return _run(program, at, Stage(lib.EMLRT_OP_GATHER, source, y, padded(payload)), x)


def _written_by(
    program: Program, at: int, x: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What a stage writes of some rows."""
    return _run(program, at, program.stages[at], x)


def _run(
    program: Program, at: int, last: Stage, x: NDArray[np.float32]
) -> NDArray[np.float32]:
    part = until(program, at, last, lib.EMLRT_OUTPUT_VALUES)
    return Runtime(blobs.write(part)).scores(x)


def _items(stage: Stage) -> tuple[int, NDArray[np.float32]] | None:
    """How many of a stage's items it looks for, and the items, if it goes by squares
    of differences."""
    if stage.name not in ("distances", "nearest"):
        return None
    dtype = dtype_of(f"emlrt_{stage.name}")
    head = np.frombuffer(stage.payload, dtype, 1)[0]
    items = np.frombuffer(stage.payload, "<f4", offset=dtype.itemsize)
    if head["metric"] != lib.EMLRT_METRIC_SQUARES:
        return None
    k = int(head["k"]) if stage.name == "nearest" else 1
    return k, items.reshape(-1, stage.source.count)


def far(program: Program, x: NDArray[np.float32]) -> Bools:
    """Rows (n,) of a model of float32 inputs that lie so far from centres, from stored
    rows or from components of one covariance that another could be the nearest."""
    found = np.zeros(len(x), bool)
    for at, stage in enumerate(program.stages):
        own, n = _items(stage), stage.source.count
        if own is not None:
            k, items = own
            read = _read_by(program, at, x).astype(np.float64)
            squares = [((row - items) ** 2).sum(axis=1) for row in read]
            if squares:
                found |= hanging(np.array(squares), n, k)
        elif stage.name == "gauss_full":
            flags = int.from_bytes(stage.payload[:4], "little")
            if flags & lib.EMLRT_GAUSS_SHARED and stage.target.count > 1:
                sums = -_written_by(program, at, x).astype(np.float64)
                found |= hanging(sums, n * n, equal=True)
    return found
