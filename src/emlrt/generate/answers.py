# SPDX-License-Identifier: MIT
"""The functions that a user calls: scores, classes and probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from emlrt._native import lib
from emlrt.blob import PROBA_OPS, PROBABLE, Program, Span
from emlrt.generate import calls
from emlrt.generate.plan import Group, Plan, Step
from emlrt.generate.stages import Text, x_type
from emlrt.generate.votes import Votes
from emlrt.inputs import c_float

X_TYPES = {
    lib.EMLRT_U8: "uint8_t",
    lib.EMLRT_I16: "int16_t",
    lib.EMLRT_I32: "int32_t",
    lib.EMLRT_F32: "float",
}


@dataclass(frozen=True)
class Api:
    """One function: its declaration without a semicolon, what it says of itself, and
    its body. guard: a macro without which it is not there."""

    declaration: str
    about: str
    body: list[str]
    guard: str = ""


def _pointer(c_type: str, address: str) -> str:
    """An address as a pointer that may alias."""
    const = "const " if c_type.startswith("const ") else ""
    return f"({c_type} *)({const}void *)({address})"


def keys_function(text: Text, group: Group) -> None:
    """The function that makes a group's keys, if any stage takes them."""
    if not group.keys:
        return
    name = f"@keys{group.number}"
    text.add(f"@NOINLINE static void {name}(const @u32 *x, int32_t *k) {{")
    tables: dict[tuple[int, ...], str] = {}
    for key, i in group.keys.items():
        if key.bin is None:
            text.need("KEY")
            nan = "-2147483647 - 1" if key.missing_left else "2147483647"
            text.add(f"  k[{i}] = @key(x[{key.element}], {nan});")
            continue
        text.need("BIN")
        keys = key.bin.keys
        if keys and keys not in tables:
            tables[keys] = f"@bins{group.number}_{i}"
            words = ("-2147483647 - 1" if k == -(1 << 31) else str(k) for k in keys)
            text.table(tables[keys], np.array(keys, np.int32), words)
        where = tables.get(keys, "(const int32_t *)0")
        asked = f"x[{key.element}], {where}, {len(keys)}u, {key.bin.missing}"
        text.add(f"  k[{i}] = @bin({asked}, {int(key.bin.exact)});")
    text.add("}")


def _keys_call(group: Group) -> str:
    return f"  @keys{group.number}({_of_x('@u32', group.source)}, k{group.number});"


def _of_x(c_type: str, span: Span) -> str:
    return _pointer(f"const {c_type}", calls.address(span))


def _input(step: Step) -> str:
    """What a stage's function takes."""
    assert step.columns is not None
    if step.columns.keyed and step.group is not None:
        return f"k{step.group.number}"
    source = step.stage.source
    if step.columns.bins is not None and step.group is not None:
        source = step.group.source
    return _of_x(x_type(step), source)


def _step(step: Step) -> Iterator[str]:
    if step.columns is None:
        yield calls.call(step)
        return
    if step.columns.keyed and step.group is not None and not step.group.once:
        yield _keys_call(step.group)
    votes = step.stage.target.dtype == lib.EMLRT_U32
    y = _pointer("@u32" if votes else "@f32", calls.address(step.stage.target))
    yield f"  @s{step.index}({_input(step)}, {y});"


def _groups(plan: Plan) -> list[Group]:
    return [group for group in plan.groups if group.keys]


def _key_arrays(plan: Plan) -> list[str]:
    return [f"  int32_t k{g.number}[{len(g.keys)}];" for g in _groups(plan)]


def _keys_once(plan: Plan) -> list[str]:
    return [_keys_call(group) for group in _groups(plan) if group.once]


def _clear(plan: Plan) -> list[str]:
    """The arena starts as zeros."""
    if plan.arena == 0:
        return []
    return [
        "  @u32 *arena = (@u32 *)scratch;",
        "  unsigned long i;",
        f"  for (i = 0; i < {plan.arena // 4}ul; i++) {{",
        "    arena[i] = 0;",
        "    @KEEP();",
        "  }",
    ]


def x_parameter(program: Program) -> str:
    return f"const {X_TYPES[program.input_dtype]} x[@CODE_INPUTS]"


def y_type(program: Program) -> str:
    return "float" if program.score_dtype == lib.EMLRT_F32 else "uint32_t"


def has_scratch(plan: Plan) -> bool:
    """Whether the functions take memory from their caller."""
    return plan.arena != 0


def _scratch(plan: Plan) -> str:
    return ", void *scratch" if has_scratch(plan) else ""


def scores(plan: Plan) -> Api:
    """The function that gives what emlrt_run gives."""
    x, y = x_parameter(plan.program), y_type(plan.program)
    body = [*_key_arrays(plan), *_clear(plan), *_keys_once(plan)]
    for step in plan.steps:
        body += _step(step)
    return Api(
        f"void @scores({x}, {y} y[@CODE_SCORES]{_scratch(plan)})",
        "All scores: those of emlrt_run, bit for bit.",
        body,
    )


def _own_scores(plan: Plan) -> list[str]:
    """Statements that put the scores into an array: behind the arena, or here."""
    program, kind = plan.program, y_type(plan.program)
    if has_scratch(plan):
        at = f"(uint8_t *)scratch + {plan.arena}"
        return [f"  {kind} *y = {_pointer(kind, at)};", "  @scores(x, y, scratch);"]
    return [f"  {kind} y[{program.n_scores}];", "  @scores(x, y);"]


def _classes(text: Text, plan: Plan) -> Iterator[tuple[int, str]]:
    """C text of each output's class, from u, the bits of the scores."""
    program, at = plan.program, 0
    binary = {lib.EMLRT_OUTPUT_LOGISTIC: ">", lib.EMLRT_OUTPUT_BINARY: ">"}
    binary[lib.EMLRT_OUTPUT_INLIERS] = ">="
    for k, size in enumerate(program.output_sizes):
        if program.output in binary:
            text.need("ORDER")
            yield k, f"@order(u[{at}]) {binary[program.output]} 0x80000000u"
        else:
            text.need("MOST")
            yield k, f"@most(u + {at}, {size}u)" if at else f"@most(u, {size}u)"
        at += size


def _orders(text: Text, program: Program) -> list[str]:
    """Statements that turn float scores into numbers that compare as they do."""
    kinds = (lib.EMLRT_OUTPUT_LOGITS, lib.EMLRT_OUTPUT_MARGINS, lib.EMLRT_OUTPUT_SHARES)
    if program.output not in kinds:
        return []
    text.need("ORDER")
    n = sum(program.output_sizes)
    loop = f"  for (j = 0; j < {n}; j++) u[j] = @order(u[j]);"
    return ["  unsigned long j;", loop]


def classify(text: Text, plan: Plan, early: Votes | None) -> Api | None:
    """The function that gives the class, or the class of each output."""
    program = plan.program
    if not program.class_counts:
        return None
    x, n = x_parameter(program), len(program.output_sizes)
    about = "The class, as emlrt_classify gives it."
    if early is not None:
        body = [*_key_arrays(plan), *_keys_once(plan)]
        body.append(f"  return @c{early.step.index}({_input(early.step)});")
        return Api(f"uint32_t @classify({x}{_scratch(plan)})", about, body)
    declared, call = _own_scores(plan)
    found, orders = list(_classes(text, plan)), _orders(text, program)
    bits = "  @u32 *u = (@u32 *)(void *)y;"
    body = [declared, bits, call, *orders]
    if n == 1:
        body.append(f"  return {found[0][1]};")
        return Api(f"uint32_t @classify({x}{_scratch(plan)})", about, body)
    body += [f"  classes[{k}] = {one};" for k, one in found]
    about = "The class of each output, as emlrt_classify gives it."
    parameters = f"{x}, uint32_t classes[@CODE_OUTPUTS]{_scratch(plan)}"
    return Api(f"void @classify({parameters})", about, body)


def proba(text: Text, plan: Plan) -> Api | None:
    """The function that gives probabilities, where the model has any."""
    program = plan.program
    if program.output not in PROBABLE:
        return None
    op = PROBA_OPS.get(program.output)
    body = _own_scores(plan)
    body += {
        lib.EMLRT_OUTPUT_VOTES: _shares,
        lib.EMLRT_OUTPUT_SHARES: _copy,
        lib.EMLRT_OUTPUT_LOGITS: _softmax,
        lib.EMLRT_OUTPUT_LOGISTIC: _logistic,
    }[program.output](program)
    declaration = f"void @proba({x_parameter(program)}, float p[@CODE_CLASSES]"
    about = "The probability of each class of each output, as emlrt_proba gives it."
    guard = "" if op is None or plan.calls else "@CODE_PROBA"
    if op is not None:
        text.need("RUN")
    return Api(f"{declaration}{_scratch(plan)})", about, body, guard)


def _shares(program: Program) -> list[str]:
    """Each number is stored, so that every compiler rounds it as the runtime does."""
    total = c_float(np.float32(program.vote_total))
    return [
        f"  volatile float total = {total}, share;",
        "  unsigned long j;",
        f"  for (j = 0; j < {sum(program.class_counts)}; j++) {{",
        "    share = (float)y[j];",
        "    share = share / total;",
        "    p[j] = share;",
        "  }",
    ]


def _copy(program: Program) -> list[str]:
    n = sum(program.class_counts)
    return ["  unsigned long j;", f"  for (j = 0; j < {n}; j++) p[j] = y[j];"]


def _op(name: str, at: int, n: int) -> str:
    moved = f" + {at}" if at else ""
    return (
        f"  @run(&emlrt_op_{name}, EMLRT_ROM_NULL, 0, y{moved}, {n}u, p{moved}, {n}u);"
    )


def _softmax(program: Program) -> list[str]:
    lines, at = [], 0
    for size in program.output_sizes:
        lines.append(_op("softmax", at, size))
        at += size
    return lines


def _logistic(program: Program) -> list[str]:
    n = len(program.output_sizes)
    return [
        "  volatile float rest;",
        "  unsigned long j;",
        _op("logistic", 0, n),
        f"  for (j = {n}; j-- != 0;) {{",
        "    float share = p[j];",
        "    rest = 1.0f - share;",
        "    p[2 * j] = rest;",
        "    p[2 * j + 1] = share;",
        "  }",
    ]
