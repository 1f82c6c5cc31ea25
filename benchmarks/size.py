# SPDX-License-Identifier: MIT
"""Flash, RAM and stack by target and op, and of whole programs against peers.

    python benchmarks/size.py

Writes results/size.csv (the runtime alone, an op at a time) and
results/programs.csv (a program that predicts, with its model, from emlrt,
emlearn, m2cgen and micromlgen).
"""

from __future__ import annotations

import re

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from functools import cache  # noqa: E402
from itertools import product  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from firmware import emlrt_program, empty_program, peer_program  # noqa: E402
from forests import Case, case, emlrt_model  # noqa: E402
from instructions import reason  # noqa: E402
from peers_code import generate  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    RandomForestClassifier,
    RandomForestRegressor,
)

import emlrt  # noqa: E402
from emlrt.emulate import ToolError, ToolMissing, build, measure, targets  # noqa: E402
from emlrt.emulate.elf import Image  # noqa: E402
from emlrt.emulate.facts import facts  # noqa: E402
from emlrt.emulate.targets import Target  # noqa: E402
from emlrt.emulate.tools import program, run  # noqa: E402

TARGETS = (
    "cortex-m0plus",
    "cortex-m3",
    "cortex-m4f",
    "rv32imac",
    "atmega1284p",
    "atmega2560",
)
OPTS = ("-Os", "-O2")

Row = dict[str, Any]

#: Compiler helpers that an integer forest has no business with.
_UNWANTED = re.compile(r"div|mod|[sd]f\d?|float|aeabi_[fd]")


# The runtime, an op at a time


@cache
def op_blobs() -> dict[str, tuple[bytes, Any]]:
    """A small blob of each op and a few rows for it, by the op's name."""
    found: dict[str, tuple[bytes, Any]] = {}
    random = np.random.default_rng(0)
    for features in (64, 300, 17000):
        X = random.integers(0, 256, (80, features)).astype(np.float32)
        y = random.integers(0, 4, 80)
        for kind in (RandomForestClassifier, RandomForestRegressor):
            forest = kind(5, max_depth=6, random_state=0).fit(X, y)
            votings = ("hard", "soft") if hasattr(forest, "classes_") else (None,)
            for dtype, voting in product(("float32", "int16", "uint8"), votings):
                model = emlrt.Model.from_sklearn(
                    forest, dtype=dtype, voting=voting, X=X
                )
                blob = bytes(model.strip())
                (op,) = facts(blob).ops
                found.setdefault(op, (blob, X[:8]))
    return dict(sorted(found.items()))


def _calls(op: str) -> tuple[str, ...]:
    return ("run",) if "sum" in op else ("run", "classify")


@cache
def _library(target: Target) -> frozenset[str]:
    """Names that the compiler's own library defines."""
    compiler = program(target.compiler)
    path = run([compiler, *target.flags, "-print-libgcc-file-name"]).strip()
    listed = run([re.sub("gcc$", "nm", compiler), "-g", "--defined-only", path])
    return frozenset(line.split()[-1] for line in listed.splitlines() if " " in line)


def helpers(target: Target, image: Image) -> list[str]:
    """Functions that are linked but not the runtime's, by name."""
    known = _library(target) | {"memcpy", "memset", "memmove", "memcmp"}
    ends = {"__data_start", "__data_end", "__bss_start", "__bss_end"}
    return sorted(known.intersection(image.symbols) - ends)


def runtime_rows() -> Iterator[Row]:
    """A row a target, optimization level and op."""
    for name in TARGETS:
        target = targets.find(name)
        for opt in OPTS:
            progress(f"runtime: {name} {opt}")
            for op in op_blobs():
                if opt == "-Os" or op.endswith(("_f32", "_i16", "_u8")):
                    yield _runtime_row(target, opt, op)


def _runtime_row(target: Target, opt: str, op: str) -> Row:
    functions = ["emlrt_open", *(f"emlrt_{call}" for call in _calls(op))]
    row: Row = {"target": target.name, "opt": opt, "op": op}
    try:
        image = build.footprint(target, [op], functions, build.Options(opt=opt))
    except (ToolError, ToolMissing) as error:
        return {**row, "note": reason(error)}
    row.update(flash=image.flash, ram=image.ram)
    row["prepared"] = _prepared(target, opt, op)
    row["helpers"] = " ".join(helpers(target, image))
    return {**row, **_stack(target, opt, op)}


def _prepared(target: Target, opt: str, op: str) -> int:
    """Bytes of a prepared call's code with the op, without emlrt_open."""
    call = "run" if "sum" in op else "classify"
    functions = [f"emlrt_prepared_{call}", f"emlrt_run_{op}"]
    return build.footprint(target, [], functions, build.Options(opt=opt)).flash


def _stack(target: Target, opt: str, op: str) -> Row:
    blob, X = op_blobs()[op]
    row: Row = {}
    for call in _calls(op):
        try:
            m = measure(blob, X, core=target.name, opt=opt, call=call)  # type: ignore[arg-type]
        except (ToolError, ToolMissing, ValueError) as error:
            return {"note": reason(error)}
        row.update({"stack_open": m.open_stack, f"stack_{call}": m.stack})
    return row


# Whole programs


def program_rows(case: Case) -> Iterator[Row]:
    """A row a target and contestant: one forest, one minimal program, at -Os."""
    codes, failed = generate(case)
    for name, why in failed:
        yield {"forest": case.name, "contestant": name, "note": why}
    models = list(_models(case))
    for target in TARGETS:
        progress(f"programs: {case.name} {target}")
        empty = empty_program(target, "-Os")
        for code in codes:
            size = 4 if "atmega" in target else 8
            inputs = code.x_dtype(size).itemsize * case.n_features
            make = peer_program, (target, code, case.n_features, "-Os")
            yield _program_row(case, target, code.name, make, empty, inputs)
        for name, model in models:
            inputs = model.input_dtype.itemsize * case.n_features
            make = emlrt_program, (target, bytes(model), "-Os")
            row = _program_row(case, target, name, make, empty, inputs)
            yield {**row, "of_it_model": model.nbytes}


def _models(case: Case) -> Iterator[tuple[str, Any]]:
    votings = ("hard", "soft") if case.is_classifier else ("mean",)
    for dtype in case.dtypes:
        for voting in votings:
            for bits in (32,) if voting == "hard" else (32, 8):
                leaves = "" if bits == 32 else f" {bits}-bit leaves"
                model = emlrt_model(case, dtype, voting, bits)
                yield f"emlrt {dtype} {voting}{leaves}", model


def _program_row(
    case: Case, target: str, name: str, make: Any, empty: Image, inputs: int
) -> Row:
    row: Row = {"forest": case.name, "target": target, "contestant": name}
    function, arguments = make
    try:
        image = function(*arguments)
    except (ToolError, ToolMissing) as error:
        return {**row, "note": reason(error)}
    row["flash"] = image.flash - empty.flash
    row["ram"] = image.ram - empty.ram - inputs
    return row


def add_ratios(rows: list[Row]) -> None:
    """Put the ratios to emlearn's tables of the same voting into the rows."""
    by = {(r["forest"], r.get("target"), r["contestant"]): r for r in rows}
    for (forest, target, name), row in by.items():
        voting = next((v for v in ("hard", "soft", "mean") if v in name), "soft")
        voting = {"hard": " hard", "soft": " soft8", "mean": ""}[voting]
        voting = "" if forest.startswith("regression") else voting
        reference = by.get((forest, target, f"emlearn loadable int16{voting}"))
        if reference and "flash" in reference and "flash" in row:
            row["vs"] = round(row["flash"] / reference["flash"], 3)


def goals(rows: list[Row]) -> list[Row]:
    """The issue's lines on the runtime's code, RAM and stack."""
    by = {(r["target"], r["opt"], r["op"]): r for r in rows}
    found = []
    for op in ("trees_vote_i16", "trees_soft_i16"):
        row = by["cortex-m0plus", "-Os", op]
        what = f"M0+ -Os {op}: open + run + classify"
        found.append(goal(what, row["flash"], 1536, "bytes"))
        what = f"M0+ -Os {op}: a prepared call, without open"
        found.append(goal(what, row["prepared"], 600, "bytes"))
        found.append(goal(f"M0+ -Os {op}: RAM", row["ram"], 16, "bytes (the model)"))
    for target in ("cortex-m0plus", "atmega1284p"):
        names = set()
        for row in rows:
            if row["target"] == target:
                names |= set(filter(_UNWANTED.search, row.get("helpers", "").split()))
        what = f"{target}: float and division helpers {' '.join(sorted(names))}"
        found.append(goal(what.strip(), len(names), 0))
    for target, limit in (("cortex-m0plus", 160), ("atmega1284p", 128)):
        for call in ("open", "classify", "run"):
            for opt in OPTS:
                stacks = [
                    (row.get(f"stack_{call}", 0), row["op"])
                    for row in rows
                    if (row["target"], row["opt"]) == (target, opt)
                ]
                most, op = max(stacks)
                what = f"{target} {opt}: stack of {call} ({op})"
                found.append(goal(what, most, limit, "bytes"))
    return found


def main() -> None:
    """Measure, print and write."""
    rows = list(runtime_rows())
    columns = ("op", "target", "opt", "flash", "prepared", "ram", "stack_open")
    columns += ("stack_classify", "stack_run", "helpers", "note")
    shown = [row for row in rows if row["op"].endswith(("_f32", "_i16", "_u8"))]
    print_table("The runtime: open + run (+ classify), one op", shown, columns)
    forests = ("digits", "regression")
    programs = [row for name in forests for row in program_rows(case(name, 10))]
    add_ratios(programs)
    columns = ("contestant", "target", "forest", "flash", "of_it_model", "ram")
    print_table("Programs at -Os", programs, (*columns, "vs", "note"))
    print_table("Goals", goals(rows), GOAL_COLUMNS)
    write_csv("size", rows, ("bytes; no start-up code, no blob; RAM: without stack",))
    notes = (
        "bytes above an empty program, at -Os, with the model, without a libc's"
        " start-up; RAM: without stack and the input, with scratch",
        "vs: flash / emlearn loadable's of the same voting",
    )
    write_csv("programs", programs, notes)


if __name__ == "__main__":
    main()
