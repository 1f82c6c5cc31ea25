# SPDX-License-Identifier: MIT
"""A model's stages as C constants, for the calls of emlrt/prepared.h.

They are what `emlrt_prepare` makes of the model; `emlrt_prepared_verify` compares.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from emlrt._native import lib
from emlrt.blob import ARGMAX, PROBA_OPS, Program, Span, Stage
from emlrt.dtypes import dtype_of

_ALL = "UINT32_MAX"
_SPACES = {
    lib.EMLRT_SPACE_INPUT: "EMLRT_SPACE_INPUT",
    lib.EMLRT_SPACE_ARENA: "EMLRT_SPACE_ARENA",
    lib.EMLRT_SPACE_OUTPUT: "EMLRT_SPACE_OUTPUT",
}


def _majority(program: Program) -> str:
    """emlrt_majority of a program: when a class is certain."""
    (first, *more), (size, *others) = program.stages, program.output_sizes
    if more or others or program.arena_bytes or size != program.n_scores:
        return _ALL
    if first.name.startswith("trees_soft"):
        return f"{program.vote_total // 2}u"
    if not first.name.startswith("trees_vote"):
        return _ALL
    head = np.frombuffer(first.payload, dtype_of("emlrt_trees"), 1)[0]
    same = head["unit"] == 1 and head["n_trees"] == program.vote_total
    return f"{program.vote_total // 2 + 1}u" if same else _ALL


def _place(program: Program, span: Span) -> int:
    behind = span.space == lib.EMLRT_SPACE_OUTPUT
    return span.offset + (program.arena_bytes if behind else 0)


def _stage(program: Program, stage: Stage, rom: str, at: int) -> str:
    source, target = stage.source, stage.target
    fields = [
        f"emlrt_run_{stage.name}",
        f"{rom} + {at}",
        f"{len(stage.payload)}u",
        f"{source.count}u",
        f"{target.count}u",
        f"{_place(program, source)}u",
        f"{_place(program, target)}u",
        _SPACES[source.space],
        _SPACES[target.space],
    ]
    return f"{{{', '.join(fields)}}}"


def _stages(program: Program, rom: str) -> Iterator[str]:
    sizes = [
        dtype_of("emlrt_header").itemsize,
        4 * len(program.output_sizes),
        dtype_of("emlrt_stage").itemsize * len(program.stages),
    ]
    at = sum(sizes)
    for stage in program.stages:
        yield _stage(program, stage, rom, at)
        at += len(stage.payload)


def _head(program: Program, rom: str, proba: str | None) -> list[str]:
    """The fields of emlrt_prepared behind the stages."""
    floats = program.class_counts and program.vote_total == 0
    values = not program.class_counts
    scratch = f"{program.arena_bytes + 4 * program.n_scores}u"
    majority = _majority(program)
    compare = majority == _ALL and not values
    return [
        "emlrt_prepared_compare" if compare else "NULL",
        f"emlrt_run_{ARGMAX}" if floats else "NULL",
        f"emlrt_run_{proba}" if proba else "NULL",
        f"{rom} + {dtype_of('emlrt_header').itemsize}",
        majority,
        f"{program.vote_total}u",
        f"{sum(program.class_counts)}u",
        f"{program.arena_bytes}u",
        "(emlrt_count)-1" if values else scratch,
        f"{program.n_scores}u",
        f"{program.n_inputs}u",
        f"{len(program.stages)}u",
        f"{len(program.output_sizes)}u",
        f"{program.input_dtype}u",
        f"{program.output}u",
    ]


def macros(program: Program, rom: str) -> dict[str, str]:
    """Macros and their C text, by the end of their names.

    rom: C expression of the blob's first byte, constant. PREPARED_STAGES: initializer
    of an array of emlrt_prepared_stage. PREPARED(stages): of an emlrt_prepared;
    PREPARED_PROBA(stages): of one that emlrt_prepared_proba can use, where that takes
    an op more.

    Raises
    ------
    UnsupportedModelError
        If the program keeps state.
    """
    program.require_plain(
        "prepared call", "open it by emlrt_stream_open of emlrt/stream.h"
    )
    found = {"PREPARED_STAGES": f"{{{', '.join(_stages(program, rom))}}}"}
    more: dict[str, str | None] = {"PREPARED": None}
    if program.output in PROBA_OPS:
        more["PREPARED_PROBA"] = PROBA_OPS[program.output]
    for name, proba in more.items():
        fields = ", ".join(_head(program, rom, proba))
        found[f"{name}(stages)"] = f"{{stages, {fields}}}"
    return found
