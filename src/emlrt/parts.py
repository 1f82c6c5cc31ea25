# SPDX-License-Identifier: MIT
"""Parts of a program: its first stages, and each stage alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import blob as blobs
from emlrt._native import lib
from emlrt.blob import Program, Span, Stage
from emlrt.dtypes import padded
from emlrt.inspect.work import program_work
from emlrt.metadata import Metadata
from emlrt.native import Runtime

#: Bytes that the size of an arena is a multiple of.
_ARENA = 8


def _in_arena(span: Span, program: Program) -> Span:
    """A span of the scores, at the end of a larger arena. Stages may keep there what
    is not for the scores, of more elements than the part has scores."""
    if span.space != lib.EMLRT_SPACE_OUTPUT:
        return span
    offset = program.arena_bytes + span.offset
    return replace(span, space=lib.EMLRT_SPACE_ARENA, offset=offset)


def _moved(stage: Stage, program: Program) -> Stage:
    source, target = (_in_arena(s, program) for s in (stage.source, stage.target))
    return replace(stage, source=source, target=target)


def until(program: Program, at: int, last: Stage, output: int) -> Program:
    """The stages before one, and then another one that reads and writes what it says,
    but writes it to the scores.

    output: what these are, a code of EMLRT_OUTPUT_*.
    """
    count, votes = last.target.count, output == lib.EMLRT_OUTPUT_VOTES
    y = Span(lib.EMLRT_SPACE_OUTPUT, last.target.dtype, 0, count)
    before = [_moved(stage, program) for stage in program.stages[:at]]
    arena = program.arena_bytes + 4 * program.n_scores
    part = replace(
        program,
        n_scores=count,
        stages=(*before, replace(_moved(last, program), target=y)),
        output=output,
        output_sizes=(count,) if votes else (1,) * count,
        vote_total=int(votes),
        arena_bytes=arena + -arena % _ARENA,
        metadata=Metadata(),
    )
    return replace(part, work=program_work(part))


def alone(program: Program, at: int) -> Program:
    """One stage, on the memory of the whole program.

    A run of it does not clear the arena, since it says that there is none; its spans
    are those of the whole program. So emlrt_open refuses it, and only what has opened
    the whole program may run it.
    """
    stages = (program.stages[at],)
    return replace(program, stages=stages, arena_bytes=0, metadata=Metadata())


def run(part: Program, x: NDArray[Any]) -> NDArray[Any]:
    """Scores of rows of a part's input dtype, by the host's path for many rows."""
    return Runtime(blobs.write(part)).scores(np.ascontiguousarray(x))


def read_by(program: Program, at: int, x: NDArray[Any]) -> NDArray[np.float32]:
    """The floats that a stage reads for some rows."""
    source = program.stages[at].source
    if source.space == lib.EMLRT_SPACE_INPUT:
        first = source.offset // 4
        return x[:, first : first + source.count]
    every = np.arange(source.count)
    payload = every.astype("<u2" if source.count <= 1 << 16 else "<u4").tobytes()
    # Several stages may write parts of what one reads.
    y = replace(source, space=lib.EMLRT_SPACE_OUTPUT)
    last = Stage(lib.EMLRT_OP_GATHER, source, y, padded(payload))
    return run(until(program, at, last, lib.EMLRT_OUTPUT_VALUES), x)


def written_by(program: Program, at: int, x: NDArray[Any]) -> NDArray[np.float32]:
    """The floats that a stage writes for some rows."""
    part = until(program, at, program.stages[at], lib.EMLRT_OUTPUT_VALUES)
    return run(part, x)
