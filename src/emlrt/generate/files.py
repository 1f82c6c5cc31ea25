# SPDX-License-Identifier: MIT
"""Whole files of generated code: what stands around the functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emlrt.blob import Program
from emlrt.generate import answers, calls, helpers, sums, votes
from emlrt.generate.answers import Api
from emlrt.generate.payloads import category_sets
from emlrt.generate.plan import Plan, Step, plan
from emlrt.generate.stages import Text

_AVR_TABLES_MAX = 32767  # bytes: an array of avr-gcc, and near flash with room to spare
_ORDER = ("TABLES", "KEY", "BIN", "IN", "SCALE", "SCALE_FAR", "ORDER", "MOST")

_RUNTIME = """\
#if !defined(EMLRT_OP_H) /* emlrt_amalgamated.h defines it, too */
#include <emlrt/op.h>
#endif
"""
_ROM = """\
#if defined(__GNUC__)
#define @ALIGNED __attribute__((aligned(4)))
#else
#define @ALIGNED
#endif
#if defined(__AVR__) && defined(EMLRT_PORT_FAR)
#define @ROM(payload) pgm_get_far_address(payload)
#else
#define @ROM(payload) ((payload).bytes)
#endif
"""


@dataclass(frozen=True)
class Code:
    """Generated code in parts, each a list of lines. tables: bytes in flash. helpers:
    names of those that it has."""

    macros: list[str]
    body: list[str]
    apis: list[Api]
    runtime: bool
    tables: int
    helpers: frozenset[str]


def named(name: str, lines: Sequence[str]) -> str:
    """The lines with a prefix in place of each @."""
    text = "".join(f"{line}\n" for line in lines)
    text = re.sub(r"@(?=[A-Z][A-Z0-9_]*\b)", f"{name.upper()}_", text)
    return text.replace("@", f"{name}_")


def _stage(text: Text, program: Program, step: Step) -> votes.Votes | None:
    """The functions of a step; of votes that may decide, what is known of them."""
    if step.columns is None:
        calls.add_payload(text, step)
        return None
    kind = step.stage.name
    if kind.startswith("oblivious"):
        sums.oblivious_stage(text, step)
    elif kind.startswith(("trees_vote", "trees_soft")):
        return _votes(text, program, step)
    elif step.stage.target.count == 1:
        sums.single(text, step)
    else:
        sums.several(text, step)
    table = f"@sets{step.index}"
    if any(f"@in({table} " in line for line in text.lines):
        numbers = category_sets(step.stage)
        text.table(table, numbers, (f"0x{n:X}" for n in numbers.tolist()))
        text.need("IN")
    return None


def _votes(text: Text, program: Program, step: Step) -> votes.Votes | None:
    found = votes.votes_of(step)
    arguments = votes.add_functions(text, found)
    votes.stage(text, found, arguments)
    if not votes.decides_early(program, found):
        return None
    votes.decide(text, program, found, arguments)
    return found


def _macros(made: Plan) -> Iterator[str]:
    program = made.program
    yield f"#define @CODE_INPUTS {program.n_inputs}u"
    yield f"#define @CODE_SCORES {program.n_scores}u"
    yield f"#define @CODE_OUTPUTS {len(program.output_sizes)}u"
    if program.class_counts:
        yield f"#define @CODE_CLASSES {sum(program.class_counts)}u"
    if answers.has_scratch(made):
        yield f"#define @CODE_SCRATCH {made.arena + 4 * program.n_scores}u"


def _helpers(text: Text) -> list[str]:
    """The helpers that are needed, each in front of those that use it."""
    found = [helpers.TYPES]
    if "BIN" in text.helpers or "IN" in text.helpers:
        text.need("FLASH")
    if "FLASH" in text.helpers:
        found.append(helpers.FLASH)
    if any("@LE" in line or "@GT" in line for line in text.lines):
        text.need("FLOATS")
        found.append(helpers.FLOATS)
    if "SCALE_FAR" in text.helpers:
        text.helpers.discard("SCALE")
    return found


def _too_large(tables: int) -> list[str]:
    if tables <= _AVR_TABLES_MAX:
        return []
    return [
        "#if defined(__AVR__)",
        '#error "the tables exceed near flash of AVR: flash the .eml itself"',
        "#endif",
    ]


def generate(program: Program) -> Code:
    """The code of a program; its names have @ for a prefix."""
    program.require_plain(
        "generated code", "embed the blob, and run it by emlrt/stream.h"
    )
    made, text = plan(program), Text()
    early = [_stage(text, program, step) for step in made.steps]
    for group in made.groups:
        answers.keys_function(text, group)
    last = early[-1] if len(early) == 1 else None
    apis = [answers.scores(made), answers.classify(text, made, last)]
    apis.append(answers.proba(text, made))
    lines = [*_too_large(text.tables), *_helpers(text)]
    if made.calls:
        lines.append(_ROM)
    lines += text.data
    lines += [getattr(helpers, name) for name in _ORDER if name in text.helpers]
    if "RUN" in text.helpers:
        lines += _guarded(helpers.RUN.splitlines(), "" if made.calls else "@CODE_PROBA")
    lines += text.lines
    found = [api for api in apis if api is not None]
    helped = frozenset(text.helpers)
    return Code(list(_macros(made)), lines, found, made.calls, text.tables, helped)


def _guarded(lines: list[str], guard: str) -> list[str]:
    return [f"#if defined({guard})", *lines, "#endif"] if guard else lines


def _includes(code: Code) -> Iterator[str]:
    if code.runtime:
        yield _RUNTIME
        return
    yield "#include <stdint.h>"
    if any(api.guard for api in code.apis):
        yield from _guarded(_RUNTIME.splitlines(), "@CODE_PROBA")


def functions(code: Code, linkage: str) -> Iterator[str]:
    """The functions that a user calls. linkage: what stands in front of each."""
    for api in code.apis:
        lines = ["", f"/* {api.about} */", f"{linkage}{api.declaration} {{"]
        yield from _guarded([*lines, *api.body, "}"], api.guard)


def prototypes(code: Code) -> Iterator[str]:
    """Their declarations, for C and C++."""
    yield from _guarded(['extern "C" {'], "__cplusplus")
    for api in code.apis:
        lines = [f"/* {api.about} */", f"{api.declaration};"]
        yield from _guarded(lines, api.guard)
    yield from _guarded(["}"], "__cplusplus")


def head(code: Code) -> list[str]:
    """What a header starts with, behind its guard."""
    return [*_includes(code), "", *code.macros]
