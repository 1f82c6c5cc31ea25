# SPDX-License-Identifier: MIT
"""Boosted trees on emulated cores: bytes, instructions, and m2cgen beside them.

    python benchmarks/boosting.py [--quick]

Writes results/boosting.csv. Encodings and sums are compared as they are chosen from
(see SPEC.md, "Notes on our converter").
"""

from __future__ import annotations

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from boosters import Case, cases  # noqa: E402
from firmware import (  # noqa: E402
    emlrt_program,
    empty_program,
    peer_program,
    run_peer,
)
from peers_code import Code  # noqa: E402

from emlrt.emulate import ToolError, measure  # noqa: E402

Row = dict[str, Any]

TARGETS = ("cortex-m0plus", "cortex-m4f", "rv32imac", "atmega1284p")
ROWS = 16
FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"encoding": "direct"},
    {"encoding": "bins"},
    {"sums": "float32"},
    {"sums": "int32"},
    {"leaf_bits": 16},
    {"leaf_bits": 8},
    {"optimize": "size"},
    {"optimize": "speed"},
)
#: Of which instructions are counted: those that FORMS begins with, and all wishes.
COUNTED = (*FORMS[1:5], {}, *FORMS[-2:])
#: How much dearer than the faster encoding the default may be.
BALANCE = 1.2
NOTES = (
    f"instructions of one call (AVR: cycles), -O2, mean of {ROWS} rows; emlrt:"
    " emlrt_run with its argument checks, raw scores; m2cgen: score(), whose exp"
    " is replaced by a function that returns its argument, since no libm is linked",
    "blob: bytes without metadata; files: the library's own, in bytes",
    "program: bytes of flash of a whole program above an empty one, Cortex-M0+, -Os",
    "error: largest difference from the library's raw scores, all rows; leaf_error:"
    " the bound that the blob states for its integers",
)


def _raw(case: Case) -> Any:
    """The library's raw scores of all rows, (n, n_scores)."""
    if case.library == "xgboost":
        found = case.estimator.predict(case.X, output_margin=True)
    elif case.library == "lightgbm":
        found = case.estimator.predict(case.X, raw_score=True)
    else:
        found = case.estimator.predict(case.X, prediction_type="RawFormulaVal")
    return np.asarray(found, np.float64).reshape(len(case.X), -1)


#: What m2cgen's code calls, where no library is linked.
_NO_LIBRARY = """static double bench_exp(double x) { return x; }
static void bench_copy(double *to, const double *from, unsigned bytes) {
  unsigned i;
  for (i = 0; i < bytes / sizeof *to; i++) {
    to[i] = from[i];
    __asm__ volatile("");
  }
}
"""


def m2cgen_code(case: Case) -> Code:
    """m2cgen's C of a model; its first score is the answer."""
    import m2cgen

    sys.setrecursionlimit(20000)
    source = m2cgen.export_to_c(case.estimator)
    n = max(2, _raw(case).shape[1])
    head = "void bench_call(const double *x, float *y)"
    source = source.replace("exp(", "bench_exp(").replace("memcpy(", "bench_copy(")
    source = _NO_LIBRARY + source
    source += (
        f"\n{head};\n{head} {{\n  double p[{n}];\n  score((double *)x, p);\n"
        "  *y = (float)p[1];\n}\n"
    )
    return Code("m2cgen", source, ".c", "double", False)


def size_rows(case: Case) -> Iterator[Row]:
    """Blobs of every form, and the library's files."""
    files, right = case.files(), _raw(case)
    for form in FORMS:
        model = case.model(**form)
        scores = model.scores(case.X).astype(np.float64)
        yield {
            "model": case.name,
            "contestant": "emlrt " + ", ".join(f"{k}={v}" for k, v in form.items()),
            "ops": "+".join(dict.fromkeys(s.name for s in model.stages)),
            "blob": model.nbytes,
            "arena": model.arena_bytes,
            "error": float(abs(scores - right).max()),
            "leaf_error": float(np.max(model.leaf_error)),
            **{f"file {name}": size for name, size in files.items()},
        }


def instruction_rows(case: Case, targets: tuple[str, ...]) -> Iterator[Row]:
    """Costs of every form, and of m2cgen."""
    rows = case.rows(ROWS)
    known: dict[tuple[str, bytes], float] = {}  # forms are often the same blob
    for target in targets:
        for form in COUNTED:
            row: Row = {"model": case.name, "target": target}
            row["contestant"] = "emlrt " + ", ".join(
                f"{k}={v}" for k, v in form.items()
            )
            try:
                key = target, bytes(case.model(**form))
                if key not in known:
                    done = measure(key[1], rows, core=target, opt="-O2", call="run")
                    known[key] = done.mean
                row["instructions"] = known[key]
            except (ToolError, ValueError) as error:
                row["note"] = str(error).strip()[-160:]
            yield row
        yield from _m2cgen_rows(case, target, rows)


def _m2cgen_rows(case: Case, target: str, rows: Any) -> Iterator[Row]:
    row: Row = {"model": case.name, "target": target, "contestant": "m2cgen"}
    try:
        run = run_peer(target, m2cgen_code(case), rows, "-O2")
        yield {**row, "instructions": float(run.counts.mean())}
    except Exception as error:  # whatever a peer does, it must not stop us
        yield {**row, "note": f"{type(error).__name__}: {str(error).strip()[-160:]}"}


def program_rows(case: Case) -> Iterator[Row]:
    """Whole programs on a Cortex-M0+."""
    target = "cortex-m0plus"
    row: Row = {"model": case.name, "target": target}
    empty = empty_program(target, "-Os").flash
    blob = bytes(case.model())
    flash = emlrt_program(target, blob, "-Os").flash - empty
    yield {**row, "contestant": "emlrt ", "program": flash}
    try:
        image = peer_program(target, m2cgen_code(case), case.X.shape[1], "-Os")
        yield {**row, "contestant": "m2cgen", "program": image.flash - empty}
    except Exception as error:
        yield {**row, "contestant": "m2cgen", "note": str(error).strip()[-160:]}


def balance_goals(mine: list[Row], name: str) -> Iterator[Row]:
    """What the default costs beside the faster encoding, measured on each core."""
    for target in dict.fromkeys(r["target"] for r in mine if "target" in r):
        every = [_cost(mine, target, f"encoding={e}") for e in ("direct", "bins")]
        own = _cost(mine, target, "")
        if np.isfinite(own):
            ratio = own / np.nanmin(every)
            what = f"{name}: default / faster encoding, {target}"
            yield goal(what, ratio, BALANCE, "x")


def _cost(rows: list[Row], target: str, form: str) -> float:
    """Instructions of one form; NaN if there are none."""
    found = [
        r["instructions"]
        for r in rows
        if r.get("target") == target
        and r["contestant"] == f"emlrt {form}"
        and r.get("instructions") is not None
    ]
    return float(found[0]) if found else np.nan


def _best(rows: list[Row], name: str, target: str, what: str, who: str) -> float:
    found = [
        r[what]
        for r in rows
        if r["model"] == name
        and r.get("target", "") == target
        and r["contestant"].startswith(who)
        and r.get(what) is not None
    ]
    return float(min(found, default=np.nan))


def goals(rows: list[Row]) -> list[Row]:
    """What this project wants to reach."""
    found = []
    for name in dict.fromkeys(r["model"] for r in rows):
        mine = [r for r in rows if r["model"] == name]
        default = next(r for r in mine if r["contestant"] == "emlrt ")
        for file in ("file text", "file ubj", "file cbm", "file json"):
            if file in default:
                ratio = default["blob"] / default[file]
                found.append(goal(f"{name}: blob / {file}", ratio, 0.35, "x"))
        found += balance_goals(mine, name)
        target = "cortex-m0plus"
        for what, limit in (("program", 0.6), ("instructions", 0.5)):
            ours = _best(mine, name, target, what, "emlrt")
            theirs = _best(mine, name, target, what, "m2cgen")
            if np.isfinite(ours / theirs):
                found.append(
                    goal(f"{name}: {what} / m2cgen", ours / theirs, limit, "x")
                )
    return found


def main() -> None:
    """Measure, print and write."""
    quick = "--quick" in sys.argv
    rows: list[Row] = []
    for case in cases():
        progress(case.name)
        rows += size_rows(case)
        rows += instruction_rows(case, TARGETS[:1] if quick else TARGETS)
        rows += program_rows(case)
    columns = ("model", "contestant", "target", "instructions", "program", "blob")
    columns += ("arena", "error", "leaf_error", "ops", "note")
    print_table("Boosted trees", rows, columns)
    print_table("Goals", goals(rows), GOAL_COLUMNS)
    if not quick:
        write_csv("boosting", rows, NOTES)


if __name__ == "__main__":
    main()
