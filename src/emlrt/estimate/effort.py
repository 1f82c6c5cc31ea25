# SPDX-License-Identifier: MIT
"""What it takes to count what a row does, and the most that an estimate takes.

A small file may ask for a row of hundreds of megabytes, or for thousands of features
of the same samples. What is counted is bounded by the sizes of the file and of the
rows that are given, in numbers: those that a stage reads and writes, bytes of memory,
and what stands for a step of a loop in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlrt.blob import Program, Stage
from emlrt.dtypes import dtype_of
from emlrt.inspect.trees import trees_shape

from .fourier import head

#: Numbers that any model may take; and more for each byte of its file, and for each
#: number of the rows that are given.
MOST, FOR_BYTE, FOR_NUMBER = 1 << 22, 64, 1024
#: Numbers that a step of a loop takes as long as.
_LOOP = 100
#: Sums of samples go on in a loop over parts of so many.
_PART = 32
#: Sums over all samples that moments and hjorth take at most, whatever is asked for.
_SUMS = 24


@dataclass(frozen=True)
class Effort:
    """Numbers that counting takes for each row, and once for all of them."""

    each: int
    once: int = 0

    def of(self, n_rows: int) -> int:
        """Numbers that so many rows take."""
        return n_rows * self.each + self.once


def _sums(stage: Stage, n: int) -> Effort:
    """So many sums over all samples that a stage reads."""
    samples = stage.source.count
    return Effort(n * samples, n * (samples // _PART + 1) * _LOOP)


def _features(stage: Stage) -> Effort:
    return _sums(stage, _SUMS)


def _codes(stage: Stage) -> Effort:
    """Of features that are computed one by one."""
    return _sums(stage, int(head(stage, "emlrt_features")["n_codes"]) + _SUMS)


def _quantiles(stage: Stage) -> Effort:
    own = head(stage, "emlrt_features")
    found = own["channels"] * 3 * _LOOP + 4 * stage.source.count
    return Effort(int(own["n_codes"] * found))


def _correlation(stage: Stage) -> Effort:
    """Of pairs of channels."""
    own = head(stage, "emlrt_features")
    samples, parts = int(own["length"]), int(own["length"]) // _PART + 1
    whole = _features(stage)
    n = 4 * int(own["n_codes"])
    return Effort(whole.each + n * samples, whole.once + n * parts * _LOOP)


def _moving_mean(stage: Stage) -> Effort:
    own = head(stage, "emlrt_moving")
    times, width = stage.source.count // own["channels"], int(own["width"])
    return Effort(int(own["channels"]) * width, -(-times // width) * 3 * _LOOP)


def _bands(stage: Stage) -> Effort:
    own = head(stage, "emlrt_bands")
    at, kind = dtype_of("emlrt_bands").itemsize, dtype_of("emlrt_bands_span")
    spans = np.frombuffer(stage.payload, kind, own["n_bands"], at)
    return Effort(int(own["rows"] * own["stride"]) * int(spans["length"].sum()))


def _nearest(stage: Stage) -> Effort:
    return Effort(int(np.frombuffer(stage.payload, "<u4", 1)[0]) * 2 * _LOOP)


def _soft(stage: Stage) -> Effort:
    """Of soft votes: the votes of each leaf, and of each tree, for all classes."""
    shape, n = trees_shape(stage), stage.target.count
    return Effort(shape["trees"] * n, (n + shape["items"]) * n)


#: What counting an op takes beside what it reads and writes.
_MORE: dict[str, Callable[[Stage], Effort]] = {
    **dict.fromkeys(("moments", "extrema", "hjorth"), _features),
    **dict.fromkeys(("autocorrelation", "crossings"), _codes),
    "quantiles": _quantiles,
    "correlation": _correlation,
    "moving_mean": _moving_mean,
    "bands": _bands,
    "nearest": _nearest,
}


def _of_stage(stage: Stage) -> Effort:
    own = stage.source.count + stage.target.count + 3 * _LOOP
    rule = _soft if stage.name.startswith("trees_soft") else _MORE.get(stage.name)
    more = Effort(0) if rule is None else rule(stage)
    return Effort(own + more.each, more.once + _LOOP)


def of_rows(program: Program, n_bytes: int) -> Effort:
    """What counting rows takes. n_bytes: of a row's inputs, arena and scores.

    The program must have been opened.
    """
    stages = [_of_stage(stage) for stage in program.stages]
    # Each stage is run by a blob of its own, which has all sizes of outputs.
    outputs = len(program.stages) * len(program.output_sizes)
    each = n_bytes + sum(stage.each for stage in stages)
    return Effort(each, outputs + sum(stage.once for stage in stages))


def most(blob_bytes: int, rows: Any = None) -> int:
    """Numbers that may be taken for a file, and some rows (n_rows, n_inputs); None for
    rows that are drawn."""
    if rows is None:
        return MOST + FOR_BYTE * blob_bytes
    return MOST + FOR_NUMBER * int(rows.size) + FOR_BYTE * blob_bytes * len(rows)
