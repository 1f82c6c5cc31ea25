# SPDX-License-Identifier: MIT
"""Generated code on emulated cores, beside the runtime and others' generated code.

    python benchmarks/generated.py [--quick]

Writes results/code.csv: instructions or cycles of one call, and bytes of a whole
program. Forests: digits 10 x 8, beside emlearn inline; LightGBM beside m2cgen.
"""

from __future__ import annotations

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

import argparse  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from dataclasses import replace  # noqa: E402
from typing import Any  # noqa: E402

import boosters  # noqa: E402
import m2cgen  # noqa: E402
import numpy as np  # noqa: E402
from firmware import emlrt_program, empty_program, peer_program, run_peer  # noqa: E402
from forests import case, emlrt_model  # noqa: E402
from host_c import compile_peer  # noqa: E402
from instructions import reason  # noqa: E402
from peers_code import Code, generate  # noqa: E402

import emlrt  # noqa: E402
from emlrt import embed  # noqa: E402
from emlrt.emulate import ToolError, measure  # noqa: E402

Row = dict[str, Any]

TARGETS = ("cortex-m0plus", "cortex-m4f", "rv32imac", "atmega1284p")
ROWS = 16
NOTES = (
    f"count: instructions of one call (AVR: cycles), -O2, mean of {ROWS} rows; runtime:"
    " emlrt_classify, or emlrt_run for LightGBM, whose raw score all give",
    "flash: bytes of a whole program above an empty one, -Os, with the model",
    "agree: share of all rows with the runtime's class, or of the rows with its score",
    "no NaN: with NAME_CODE_NO_NAN, which is right for inputs that are no NaN",
    "memset and memcpy of the others are loops over bytes, as newlib-nano has them,"
    " since no libc is linked; m2cgen's exp is a function that returns its argument",
)
#: What the others' code asks of a libc.
_LIBC = """
#if !defined(__AVR__)
#include <stddef.h>
#define PLAIN __attribute__((noinline, optimize("no-tree-loop-distribute-patterns")))
void *memset(void *to, int value, size_t n);
void *memcpy(void *to, const void *from, size_t n);
PLAIN void *memset(void *to, int value, size_t n) {
  unsigned char *at = (unsigned char *)to;
  while (n-- != 0) *at++ = (unsigned char)value;
  return to;
}
PLAIN void *memcpy(void *to, const void *from, size_t n) {
  unsigned char *at = (unsigned char *)to;
  const unsigned char *source = (const unsigned char *)from;
  while (n-- != 0) *at++ = *source++;
  return to;
}
#endif
"""


def ours(model: Any, dtype: str, classes: bool, no_nan: bool = False) -> Code:
    """A model's generated code."""
    x = {"float32": "float"}.get(dtype, f"{dtype}_t")
    y = "uint32_t" if classes else "float"
    body = "*y = m_classify(x);" if classes else "m_scores(x, y);"
    source = "#define M_CODE_NO_NAN\n" if no_nan else ""
    source += embed.code(model, "m")
    source += f"void bench_call(const {x} *x, {y} *y);\n"
    source += f"void bench_call(const {x} *x, {y} *y) {{ {body} }}\n"
    return Code("code", source, ".c", x, classes)


def _flash(target: str, code: Code, n: int) -> int:
    program = peer_program(target, code, n, "-Os").flash
    return int(program - empty_program(target, "-Os").flash)


def _row(model: str, name: str, target: str, **more: Any) -> Row:
    return {"model": model, "contestant": name, "target": target, **more}


def _measured(
    model: str, name: str, code: Code, X: Any, expected: Any, agree: float | None
) -> Iterator[Row]:
    """A row for each target; agree of the rows here, if not given."""
    for target in TARGETS:
        try:
            run = run_peer(target, code, X[:ROWS], "-O2")
            flash = _flash(target, code, X.shape[1])
        except ToolError as error:
            yield _row(model, name, target, note=reason(error))
            continue
        same = run.answers.view(np.uint32) == expected[:ROWS].view(np.uint32)
        share = float(np.mean(same)) if agree is None else agree
        costs = {"count": float(np.mean(run.counts)), "stack": run.stack}
        yield _row(model, name, target, **costs, flash=flash, agree=share)


def _runtime(model: str, name: str, blob: bytes, X: Any, call: Any) -> Iterator[Row]:
    for target in TARGETS:
        found = measure(blob, X[:ROWS], core=target, call=call)
        flash = emlrt_program(target, blob, "-Os").flash
        flash -= empty_program(target, "-Os").flash
        costs = {"count": found.mean, "stack": found.stack}
        yield _row(model, name, target, **costs, flash=flash, agree=1.0)


def forest_rows(quick: bool) -> Iterator[Row]:
    """digits 10 x 8 in each input dtype and voting."""
    made = case("digits", 10)
    X, name = made.X, made.name
    classes = _classes(emlrt_model(made, "float32", "hard"), X, "float32")
    for code in generate(made)[0]:
        if "inline" not in code.name or (quick and "hard" not in code.name):
            continue
        progress(code.name)
        compiled = compile_peer(code)
        agree = float(np.mean(compiled.answers(compiled.rows(X)) == classes))
        whole = replace(code, source=code.source + _LIBC)
        yield from _measured(name, code.name, whole, X, classes, agree)
    for dtype in made.dtypes:
        for voting in ("hard",) if quick else ("hard", "soft"):
            progress(f"{dtype} {voting}")
            model = emlrt_model(made, dtype, voting)
            yield from _forest(name, f"{dtype} {voting}", model, X, dtype)


def _classes(model: Any, X: Any, dtype: str) -> Any:
    return model._runtime.classify(X.astype(dtype)).astype(np.uint32).reshape(-1)


def _forest(name: str, form: str, model: Any, X: Any, dtype: str) -> Iterator[Row]:
    expected = _classes(model, X, dtype)
    yield from _runtime(name, f"runtime {form}", bytes(model), X, "classify")
    for no_nan in (False, True) if dtype == "float32" else (False,):
        code = ours(model, dtype, True, no_nan)
        compiled = compile_peer(code)
        agree = float(np.mean(compiled.answers(compiled.rows(X)) == expected))
        what = f"code {form}{', no NaN' if no_nan else ''}"
        yield from _measured(name, what, code, X, expected, agree)


def boosted_rows(quick: bool) -> Iterator[Row]:
    """LightGBM with 31 leaves a tree."""
    X, y = boosters.breast_like()
    X = np.ascontiguousarray(X, np.float32)
    for trees in (100,) if quick else (20, 100):
        name = f"LightGBM {trees} x 31"
        progress(name)
        fitted = boosters._lightgbm(n_estimators=trees, num_leaves=31).fit(X, y)
        model = emlrt.Model.from_lightgbm(fitted).strip()
        scores = model._runtime.scores(X)[:, 0]
        yield from _measured(name, "m2cgen", _m2cgen(fitted), X, scores, None)
        yield from _runtime(name, "runtime", bytes(model), X, "run")
        code = ours(model, "float32", False)
        yield from _measured(name, "code", code, X, scores, None)


def _m2cgen(fitted: Any) -> Code:
    source = m2cgen.export_to_c(fitted)
    exp = "static double exp(double x) { return x; }"
    source = source.replace("#include <math.h>", exp)
    source += """
void bench_call(const double *x, float *y);
void bench_call(const double *x, float *y) {
  double p[2];
  score((double *)x, p);
  *y = (float)p[1];
}
"""
    return Code("m2cgen", source + _LIBC, ".c", "double", False)


def add_ratios(rows: list[Row]) -> None:
    """Ratios of counts and of flash to the runtime's and the other generator's."""
    found = {
        (r["model"], r["contestant"], r["target"]): r for r in rows if "count" in r
    }
    for (model, name, target), row in found.items():
        if not name.startswith("code"):
            continue
        form = name.removesuffix(", no NaN").removeprefix("code").strip()
        runtime = found.get((model, f"runtime {form}".strip(), target))
        other = found.get((model, _other(form), target))
        for what, reference in (("runtime", runtime), ("other", other)):
            if reference:
                row[f"vs_{what}"] = round(row["count"] / reference["count"], 3)
                flash = row["flash"] / reference["flash"]
                row[f"flash_vs_{what}"] = round(flash, 3)


def _other(form: str) -> str:
    """The other generator's code that a form is compared with."""
    if not form:
        return "m2cgen"
    dtype, voting = form.split()
    if voting == "soft":
        return "emlearn inline int16 soft8"
    return f"emlearn inline {'float' if dtype == 'float32' else 'int16'} hard"


def goals(rows: list[Row]) -> list[Row]:
    """The issue's lines."""
    found = []
    for row in rows:
        name, target = row["contestant"], row["target"]
        if not name.startswith("code") or "count" not in row:
            continue
        what, boosted = f"{row['model']}, {name}, {target}", name == "code"
        if "hard" in name:
            found.append(goal(f"{what}: / runtime", row["vs_runtime"], 0.30, "x"))
        if "vs_other" in row and (boosted or "hard" in name):
            limit = 0.15 if boosted else 0.6
            found.append(goal(f"{what}: / other", row["vs_other"], limit, "x"))
            limit, flash = 0.5 if boosted else 1.05, row["flash_vs_other"]
            found.append(goal(f"{what}: flash / other", flash, limit, "x"))
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer forms")
    quick = parser.parse_args().quick
    rows = [*forest_rows(quick), *boosted_rows(quick)]
    add_ratios(rows)
    ratios = ("vs_runtime", "vs_other", "flash_vs_runtime", "flash_vs_other")
    columns = ("contestant", "target", "count", "flash", "stack", "agree", *ratios)
    for name in dict.fromkeys(row["model"] for row in rows):
        print_table(name, [r for r in rows if r["model"] == name], (*columns, "note"))
    print_table("Goals", goals(rows), GOAL_COLUMNS)
    write_csv("code", rows, NOTES)


if __name__ == "__main__":
    main()
