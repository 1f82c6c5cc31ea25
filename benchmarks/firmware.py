# SPDX-License-Identifier: MIT
"""The peers' code, and whole programs, on emulated cores.

emlrt itself is measured by `emlrt.emulate.measure`; this gives the same figures
for other code, with the same compilers, flags and emulators.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import HERE
from numpy.typing import NDArray
from peers_code import Code

import emlrt
from emlrt.emulate import ToolError, avr, build, targets
from emlrt.emulate.elf import Image
from emlrt.emulate.facts import facts
from emlrt.emulate.targets import Target
from emlrt.emulate.unicorn_run import FaultError, Machine
from emlrt.prepared import macros

_CXX = ("-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics")

# On AVR the driver and the simulator talk through GPIOR0 and GPIOR1; see
# emulate/firmware/avr_sim.c.
_AVR_DRIVER = r"""
#include <avr/io.h>
#include <stdint.h>
void bench_call(const {x_type} *x, {answer} *y);
{x_type} bench_x[{n}];
{answer} bench_y;
#define MARK(value) (__extension__({{ \
  __asm__ volatile("" ::: "memory");  \
  GPIOR1 = (value);                   \
}}))
int main(void) {{
  for (;;) {{
    MARK(1);
    MARK(2);
    bench_call(bench_x, &bench_y);
    MARK(3);
  }}
}}
"""

_PEER_PROGRAM = """
#include <stdint.h>
void bench_call(const {x_type} *x, {answer} *y);
{x_type} bench_x[{n}];
volatile {answer} bench_y;
int main(void) {{
  for (;;) {{
    {answer} y;
    bench_call(bench_x, &y);
    bench_y = y;
  }}
}}
"""

_EMPTY_PROGRAM = 'int main(void) { for (;;) __asm__ volatile(""); }\n'

_EMLRT_PROGRAM = """
#include <emlrt/prepared.h>
extern const unsigned char bench_blob[];
{x_type} bench_x[{n}];
volatile {answer} bench_y;
static EMLRT_SCRATCH(bench_scratch, {scratch});
{model}
int main(void) {{
  {open}
  for (;;) {{
    {answer} y;
    if ({call}, bench_x, {n}, &y, 1, bench_scratch, {scratch}) == EMLRT_OK)
      bench_y = y;
  }}
}}
"""
_OPENED = {
    "model": """extern const emlrt_op *const emulate_ops[];
extern emlrt_model emulate_model;""",
    "open": """if (emlrt_open(&emulate_model, bench_blob, {size},
                 emulate_ops) != EMLRT_OK)
    for (;;) __asm__ volatile("");""",
    "call": "emlrt_{call}(&emulate_model",
}
_PREPARED = {
    "model": """static const emlrt_prepared_stage bench_stages[] = {stages};
static const emlrt_prepared bench_prepared = {prepared};""",
    "open": "",
    "call": "emlrt_prepared_{call}(&bench_prepared",
}


@dataclass(frozen=True)
class Run:
    """Answers, counts (instructions or cycles) and stack of a peer's calls."""

    answers: NDArray[Any]
    counts: NDArray[np.int64]
    stack: int


def _options(target: Target, code: Code, opt: str) -> build.Options:
    cxx = code.suffix == ".cpp"
    shims = () if target.family == "avr" else (HERE / "shims",)
    include = tuple(f"-I{path}" for path in (*code.include, *shims))
    # gnu99 because m2cgen and emlearn's users compile so; -w for their warnings.
    return build.Options(
        opt=opt,
        std="gnu++11" if cxx else "gnu99",
        flags=(*include, "-w", *(_CXX if cxx else ())),
    )


def _compile(target: Target, code: Code, opt: str) -> list[Path]:
    """The peer's object, compiled once for equal sources."""
    with build.scratch_dir() as work:
        source = work / f"peer{code.suffix}"
        source.write_text(code.source, encoding="utf-8")
        parts = build.objects(target, [source], _options(target, code, opt))
    if target.family == "avr":
        return parts
    libc = build.Options(opt=opt, std="gnu99", flags=(f"-I{HERE / 'shims'}",))
    return parts + build.objects(target, [HERE / "shims/libc.c"], libc)


def _names(code: Code, n_features: int) -> dict[str, Any]:
    return {"x_type": code.x_type, "answer": code.answer_type, "n": n_features}


def run_peer(target_name: str, code: Code, X: NDArray[Any], opt: str) -> Run:
    """A peer's answers and costs for each row of X; ToolError if it does not build."""
    target = targets.find(target_name)
    parts = _compile(target, code, opt)
    rows = np.ascontiguousarray(
        X.astype(code.x_dtype(4 if target.family == "avr" else 8))
    )
    run = _run_avr if target.family == "avr" else _run_unicorn
    try:
        return run(target, code, parts, rows)
    except FaultError as error:
        raise ToolError(f"crashes: {error}") from error


def _run_unicorn(
    target: Target, code: Code, parts: list[Path], rows: NDArray[Any]
) -> Run:
    with build.scratch_dir() as work:
        image = build.link(target, parts, work, roots=["bench_call"])
    machine = Machine(target, image)
    x, y = machine.allocate(rows[0].nbytes), machine.allocate(4)
    answers, counts, stack = [], [], 0
    for row in rows:
        machine.write(x, row.tobytes())
        machine.call("bench_call", x, y)
        answers.append(machine.read(y, 4))
        counts.append(machine.instructions)
        stack = max(stack, machine.stack)
    values = np.frombuffer(b"".join(answers), code.answer_dtype)
    return Run(values, np.array(counts, np.int64), stack)


def _run_avr(target: Target, code: Code, parts: list[Path], rows: NDArray[Any]) -> Run:
    text = _AVR_DRIVER.format(**_names(code, rows.shape[1]))
    with build.scratch_dir() as work:
        options = build.Options(std="gnu99")
        parts = [*parts, *build.compile_text(target, "driver.c", text, options, work)]
        image = build.link(target, parts, work)
    done = avr.simulate(target, image, rows=rows, x="bench_x", y=("bench_y", 4))
    if done.code != 0:
        raise ToolError(f"the program ends with code {done.code}")
    spans = done.spans
    values = np.frombuffer(b"".join(s.result for s in spans), code.answer_dtype)
    counts = np.array([s.cycles for s in spans], np.int64)
    return Run(values, counts, max(s.stack for s in spans))


# Whole programs


def _program(target: Target, text: str, parts: list[Path], opt: str) -> Image:
    with build.scratch_dir() as work:
        options = build.Options(opt=opt, std="gnu99")
        parts = [*build.compile_text(target, "program.c", text, options, work), *parts]
        return build.link(target, parts, work, roots=["main"])


def empty_program(target_name: str, opt: str) -> Image:
    """A program that does nothing."""
    return _program(targets.find(target_name), _EMPTY_PROGRAM, [], opt)


def peer_program(target_name: str, code: Code, n_features: int, opt: str) -> Image:
    """A program that predicts for ever with a peer's code."""
    target = targets.find(target_name)
    return peer_program_of(target, code, _compile(target, code, opt), n_features, opt)


def peer_program_of(
    target: Target, code: Code, parts: list[Path], n_features: int, opt: str
) -> Image:
    """The same with objects and libraries that the caller has."""
    text = _PEER_PROGRAM.format(**_names(code, n_features))
    return _program(target, text, parts, opt)


def emlrt_program(
    target_name: str, blob: bytes, opt: str, prepared: bool = False
) -> Image:
    """A program that has a blob linked in, and predicts for ever.

    It opens the blob, or if `prepared` is made of the constants of `emlrt embed`.
    """
    target, known = targets.find(target_name), facts(blob)
    classes = "classify" in known.calls
    ops = known.ops + (known.call_ops["classify"] if classes else ())
    names = {"size": f"{len(blob)}u", "call": "classify" if classes else "run"}
    if prepared:
        made = macros(emlrt.Model.from_bytes(blob).program, "bench_blob")
        names["stages"] = made["PREPARED_STAGES"]
        names["prepared"] = made["PREPARED(stages)"].replace("stages", "bench_stages")
    form = _PREPARED if prepared else _OPENED
    text = _EMLRT_PROGRAM.format(
        x_type={"f": "float", "i": "int16_t", "u": "uint8_t"}[known.input_dtype.kind],
        answer="uint32_t" if classes else "float",
        n=known.n_inputs,
        scratch=known.scratch_bytes if classes else known.arena_bytes,
        **{name: part.format(**names) for name, part in form.items()},
    )
    section = ".progmem.data" if target.family == "avr" else ".rodata.blob"
    with build.scratch_dir() as work:
        options = build.Options(opt=opt)
        if prepared:
            parts = build.runtime_objects(target, options)
        else:
            parts = build.with_ops(target, ops, options, work)
        parts += build.binary_object(target, "bench_blob", blob, work, section)
        return _program(target, text, parts, opt)
