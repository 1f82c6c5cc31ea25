# SPDX-License-Identifier: MIT
"""The thresholds with which a blob's stages compare its inputs.

A threshold is a float32 t: of an input's number x it matters to a stage whether x is
above t. Of what is compared for equality, the threshold is the number itself, and the
float32 before it. Numbers that stages only hand on are followed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Program, Span, Stage
from emlrt.dtypes import dtype_of
from emlrt.inspect.records import float_threshold
from emlrt.inspect.work import sizes_and_records
from emlrt.thresholds import before32

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Elements of what a stage reads, and a threshold of each.
Asked = tuple[Ints, Floats]
#: Split fields of float32 records: bits behind the feature.
_FLAGS = 3


def _trees(stage: Stage) -> Asked:
    records = sizes_and_records(stage)[1]
    feature = records["split"].astype(np.int64) >> _FLAGS
    return feature, float_threshold(records["threshold"]).astype(np.float64)


def _both(elements: Ints, numbers: Floats) -> Asked:
    """Of elements that are compared for equality with numbers."""
    known = ~np.isnan(numbers)
    elements, numbers = elements[known], numbers[known]
    return np.tile(elements, 2), np.concatenate([before32(numbers), numbers])


def _bins(stage: Stage) -> Asked:
    dtype = dtype_of("emlrt_bucketize")
    table = np.frombuffer(stage.payload, dtype, stage.target.count)
    keys = np.frombuffer(stage.payload, "<i4", offset=table.nbytes)
    numbers, at = float_threshold(keys).astype(np.float64), 0
    found = []
    for column in table:
        flags, n = int(column["source"]) & 3, int(column["count"])
        if flags & lib.EMLRT_BUCKETIZE_AGAIN:
            continue
        elements = np.full(n, int(column["source"]) >> 2)
        own, at = numbers[at : at + n], at + n
        found.append(
            _both(elements, own)
            if flags & lib.EMLRT_BUCKETIZE_EXACT
            else (elements, own)
        )
    return _joined(found)


def _joined(parts: list[Asked]) -> Asked:
    none = np.zeros(0, np.int64), np.zeros(0)
    elements, numbers = zip(none, *parts, strict=True)
    return np.concatenate(elements), np.concatenate(numbers)


def _tables(stage: Stage, head: str) -> Iterator[tuple[int, Floats]]:
    """Elements, and the keys of their tables."""
    n_bytes = dtype_of(head).itemsize
    at = 4 if head == "emlrt_value_map" else 0
    for element in range(stage.target.count):
        n = int.from_bytes(stage.payload[at : at + 4], "little")
        keys = np.frombuffer(stage.payload, "<f4", n, at + n_bytes)
        yield element, keys.astype(np.float64)
        at += n_bytes + 8 * n


def _map_values(stage: Stage) -> Asked:
    exact = int.from_bytes(stage.payload[:4], "little") & lib.EMLRT_MAP_VALUES_EXACT
    found = []
    for element, keys in _tables(stage, "emlrt_value_map"):
        elements = np.full(keys.size, element)
        found.append(_both(elements, keys) if exact else (elements, before32(keys)))
    return _joined(found)


def _jumps(stage: Stage) -> Asked:
    """Where curves rise from one float32 to the next."""
    found = []
    for element, keys in _tables(stage, "emlrt_curve"):
        jumps = keys[:-1][before32(keys[1:]) == keys[:-1]]
        found.append((np.full(jumps.size, element), jumps))
    return _joined(found)


def _one_hot(stage: Stage) -> Asked:
    table = np.frombuffer(stage.payload, dtype_of("emlrt_one_hot"), stage.target.count)
    numbers = table["value"].view("<f4").astype(np.float64)
    return _both(table["element"].astype(np.int64), numbers)


def _steps(stage: Stage) -> Asked:
    numbers = np.frombuffer(stage.payload, "<f4", stage.target.count)
    return np.arange(stage.target.count), numbers.astype(np.float64)


_READERS = {
    "trees": _trees,
    "bucketize": _bins,
    "map_values": _map_values,
    "interpolate": _jumps,
    "one_hot": _one_hot,
    "step": _steps,
}
#: Ops that hand elements on.
_GATHER, _IMPUTE = "gather", "impute"
#: Ops whose results do not change between two thresholds.
CONSTANT = {*_READERS, _GATHER, _IMPUTE} - {"interpolate"}


def op_group(name: str) -> str:
    """An op's name; of trees and bucketize without the kind of leaf and the dtype."""
    group = name.partition("_")[0]
    return group if group in ("trees", "bucketize") else name


def _bytes(span: Span) -> slice:
    """The bytes of its space that a span covers."""
    return slice(span.offset, span.offset + (span.count << (span.dtype & 3)))


def _words(span: Span) -> slice:
    """The words that it covers, or parts of which."""
    covered = _bytes(span)
    return slice(covered.start // 4, (covered.stop + 3) // 4)


class _Copies:
    """Which input each element of arena and scores is a copy of, -1 for none."""

    def __init__(self, program: Program) -> None:
        arena = np.full(program.arena_bytes // 4, -1, np.int32)
        scores = np.full(program.n_scores, -1, np.int32)
        self._spaces = {
            lib.EMLRT_SPACE_INPUT: np.arange(program.n_inputs, dtype=np.int32),
            lib.EMLRT_SPACE_ARENA: arena,
            lib.EMLRT_SPACE_OUTPUT: scores,
        }

    def of(self, span: Span) -> NDArray[np.int32]:
        first = span.offset // 4
        return self._spaces[span.space][first : first + span.count]

    def run(self, stage: Stage) -> None:
        """Notes the copies that a stage makes."""
        copies: NDArray[np.int32] | int = -1
        if stage.name == _GATHER:
            wide = "<u2" if stage.source.count <= 1 << 16 else "<u4"
            chosen = np.frombuffer(stage.payload, wide, stage.target.count)
            copies = self.of(stage.source)[chosen.astype(np.int64)]
        elif stage.name == _IMPUTE:
            copies = self.of(stage.source).copy()
        self._spaces[stage.target.space][_words(stage.target)] = copies


def _live(program: Program) -> list[Stage]:
    """Stages whose results reach the scores."""
    read = {
        lib.EMLRT_SPACE_INPUT: np.zeros(4 * program.n_inputs, bool),
        lib.EMLRT_SPACE_ARENA: np.zeros(program.arena_bytes, bool),
        lib.EMLRT_SPACE_OUTPUT: np.ones(4 * program.n_scores, bool),
    }
    found = []
    for stage in reversed(program.stages):
        target = read[stage.target.space][_bytes(stage.target)]
        if target.any():
            found.append(stage)
            target[:] = False
            read[stage.source.space][_bytes(stage.source)] = True
    return found[::-1]


def thresholds(program: Program) -> tuple[dict[int, Floats], Ints]:
    """Of a program of float32 inputs: the thresholds of each input that has some,
    rising, and the inputs that other stages compute with."""
    copies, parts = _Copies(program), []
    computed = np.zeros(program.n_inputs, bool)
    for stage in _live(program):
        op = op_group(stage.name)
        own = copies.of(stage.source) if stage.source.dtype == lib.EMLRT_F32 else None
        if own is not None and (own >= 0).any():
            if op in _READERS:
                elements, numbers = _READERS[op](stage)
                parts.append((own[elements].astype(np.int64), numbers))
            if op not in CONSTANT:
                computed[own[own >= 0]] = True
        copies.run(stage)
    inputs, numbers = _joined(parts)
    order = np.lexsort((numbers, inputs))
    inputs, numbers = inputs[order], numbers[order]
    found = {}
    for some in np.split(np.arange(inputs.size), np.flatnonzero(np.diff(inputs)) + 1):
        if some.size and inputs[some[0]] >= 0:
            found[int(inputs[some[0]])] = np.unique(numbers[some])
    return found, np.flatnonzero(computed)
