# SPDX-License-Identifier: MIT
"""Which bins stand in front of which trees, so that trees can compare their keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emlrt._native import lib
from emlrt.blob import Program, Span, Stage
from emlrt.dtypes import dtype_of


@dataclass(frozen=True)
class Bin:
    """A column of bins: the keys that an element of the bins' input is among."""

    element: int
    keys: tuple[int, ...]
    missing: int
    exact: bool


def _end(span: Span) -> int:
    return span.offset + span.count * (1 << (span.dtype & 3))


def _meet(a: Span, b: Span) -> bool:
    """Whether two spans share a byte."""
    return a.space == b.space and a.offset < _end(b) and b.offset < _end(a)


def _holds(outer: Span, inner: Span) -> bool:
    same = (outer.space, outer.dtype) == (inner.space, inner.dtype)
    return same and outer.offset <= inner.offset and _end(inner) <= _end(outer)


def bins_in_front(program: Program, reader: int) -> int | None:
    """The bucketize stage that wrote all that a stage reads, if its own input is
    still what it was then."""
    source = program.stages[reader].source
    for i in reversed(range(reader)):
        stage = program.stages[i]
        if not _meet(stage.target, source):
            continue
        between = program.stages[i + 1 : reader]
        kept = not any(_meet(s.target, stage.source) for s in between)
        whole = stage.name.startswith("bucketize") and _holds(stage.target, source)
        return i if whole and kept else None
    return None


def is_read(program: Program, writer: int, but: set[int]) -> bool:
    """Whether a later stage, but for those given, reads what a stage writes."""
    target = program.stages[writer].target
    later = range(writer + 1, len(program.stages))
    reads = (i for i in later if _meet(program.stages[i].source, target))
    return target.space == lib.EMLRT_SPACE_OUTPUT or any(i not in but for i in reads)


def columns_of(stage: Stage) -> list[Bin]:
    """The columns of a bucketize stage."""
    dtype, n = dtype_of("emlrt_bucketize"), stage.target.count
    heads = np.frombuffer(stage.payload, dtype, n)
    at, found = heads.nbytes, []
    keys: tuple[int, ...] = ()
    for head in heads:
        source, count = int(head["source"]), int(head["count"])
        if not source & lib.EMLRT_BUCKETIZE_AGAIN:
            keys = tuple(np.frombuffer(stage.payload, "<i4", count, at).tolist())
            at += 4 * count
        exact = bool(source & lib.EMLRT_BUCKETIZE_EXACT)
        found.append(Bin(source >> 2, keys, int(head["missing"]), exact))
    return found
