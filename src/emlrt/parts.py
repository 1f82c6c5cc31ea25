# SPDX-License-Identifier: MIT
"""Parts of a program: its first stages, and each stage alone."""

from __future__ import annotations

from dataclasses import replace

from emlrt._native import lib
from emlrt.blob import Program, Span, Stage
from emlrt.inspect.work import program_work
from emlrt.metadata import Metadata

#: Octets that the size of an arena is a multiple of.
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
