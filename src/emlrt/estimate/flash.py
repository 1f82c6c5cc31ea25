# SPDX-License-Identifier: MIT
"""What a program's flash holds, part by part."""

from __future__ import annotations

from collections.abc import Sequence

from emlrt.emulate.facts import STREAM_ANSWERS, STREAM_CALLS, Call

from .linking import GLUE, MODEL, Program, Table, entry, link, op_section


def functions_of(call: Call, stream: bool) -> tuple[str, ...]:
    """The functions that firmware calls, that which opens first. stream: of
    emlrt/stream.h."""
    if stream:
        return (*STREAM_CALLS, STREAM_ANSWERS[call])
    return ("emlrt_open", f"emlrt_{call}")


def flash_of(
    table: Table, ops: Sequence[str], functions: Sequence[str]
) -> tuple[Program, dict[str, int]]:
    """A program with functions and ops, and the bytes of its parts.

    The parts are "core" (the first function, which opens, and what it takes), "call"
    (what the others take beside it), one for each op by its name (what no other takes),
    "shared" (what several ops take), "library" (the compiler's), "ops" (the list of
    ops) and "padding". They add up to the program's flash.
    """
    opens, *others = functions
    program = link(table, ops, functions)
    core = table.needed([opens])
    call = table.needed(map(entry, others)) - core
    takes = {op: table.needed([op_section(table, op)]) - core - call for op in ops}
    parts = dict.fromkeys(("core", "call", *takes, "shared", "library", GLUE), 0)
    for name, size in program.sizes.items():
        if name != MODEL:
            parts[_part(name, core, call, takes)] += size
    return program, parts | {"padding": program.padding}


def _part(name: str, core: set[str], call: set[str], takes: dict[str, set[str]]) -> str:
    """The part that a section belongs to."""
    if name == GLUE:
        return GLUE
    if name.startswith("lib"):
        return "library"
    if name in core or name in call:
        return "core" if name in core else "call"
    users = [op for op, needed in takes.items() if name in needed]
    return users[0] if len(users) == 1 else "shared"
