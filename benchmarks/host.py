# SPDX-License-Identifier: MIT
"""Time on the host: one row through Python, batches, and row by row in C.

    python benchmarks/host.py [--quick]

emlrt against scikit-learn, onnxruntime, treelite (GTIL), tl2cgen and emlearn
from Python, and against emlearn, m2cgen and micromlgen in C: the same forests,
the same rows, one thread, contestants in turn. Writes results/host.csv.
"""

from __future__ import annotations

import argparse

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

import time  # noqa: E402
from collections.abc import Callable, Mapping, Sequence  # noqa: E402
from statistics import median  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from forests import Case, case, emlrt_model, many_rows  # noqa: E402
from host_c import Compiled, CompileError, compile_emlrt, compile_peer  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from peers_code import generate  # noqa: E402
from peers_host import Contestant, contestants  # noqa: E402

ROWS = 50000
C_ROWS = 20000
ROUNDS = 5
SECONDS = 0.02  # of single calls, a contestant and round
FASTEST = ("scikit-learn", "onnxruntime", "treelite GTIL")

Row = dict[str, Any]

NOTES = (
    f"one thread; medians of {ROUNDS} rounds (batches of the unlimited forest: 2) in"
    " which the contestants take turns;"
    " processor time, so that other work on the machine counts little",
    "us_per_call: one row (1, n) through the Python API;"
    f" rows_per_s: {ROWS} rows in one Python call;"
    f" ns_per_row: {C_ROWS} rows, a call each, inside C (gcc -O2)",
    "agree: share of the test rows answered as scikit-learn's predict does",
    "vs_*: this contestant's time over emlrt float32's (above 1: emlrt is faster)",
)


def in_turn(
    timers: Mapping[str, Callable[[], float]], rounds: int = ROUNDS
) -> dict[str, float]:
    """Median of each timer's results over rounds in which all take turns."""
    found: dict[str, list[float]] = {name: [] for name in timers}
    for _ in range(rounds):
        for name, timer in timers.items():
            found[name].append(timer())
    return {name: median(values) for name, values in found.items()}


def single_timer(contestant: Contestant, rows: Sequence[Any]) -> Callable[[], float]:
    """Microseconds a call, over calls that take SECONDS."""
    # The slow one works in processes of its own.
    clock = time.perf_counter if contestant.slow else time.process_time

    def timer() -> float:
        calls, start = 0, clock()
        while True:
            for row in rows:
                contestant.predict(row)
                calls += 1
                if contestant.slow:
                    break
            spent = clock() - start
            if spent > SECONDS or contestant.slow:
                return spent / calls * 1e6

    return timer


def batch_timer(contestant: Contestant, X: NDArray[Any]) -> Callable[[], float]:
    """Rows a second of one call."""

    def timer() -> float:
        start = time.process_time()
        contestant.predict(X)
        return len(X) / (time.process_time() - start)

    return timer


def c_timer(compiled: Compiled, X: NDArray[Any]) -> Callable[[], float]:
    """Nanoseconds a row inside C."""
    rows = compiled.rows(X)
    return lambda: compiled.seconds(rows) / len(rows) * 1e9


def python_rows(case: Case, X: NDArray[np.float32]) -> list[Row]:
    """One row a contestant that answers from Python."""
    found, missing = contestants(case)
    few = [X[i : i + 1] for i in range(16)]
    given = {c.name: _inputs(c, X) for c in found}
    singles = in_turn(
        {c.name: single_timer(c, [_inputs(c, x) for x in few]) for c in found}
    )
    rounds = ROUNDS if case.splits < 100000 else 2
    batches = in_turn(
        {c.name: batch_timer(c, given[c.name]) for c in found if c.batch}, rounds
    )
    rows = [
        {
            "forest": case.name,
            "contestant": c.name,
            "us_per_call": singles[c.name],
            "rows_per_s": batches.get(c.name),
            "agree": case.agreement(c.predict(_inputs(c, case.X))),
        }
        for c in found
    ]
    absent = ({"forest": case.name, "contestant": n, "note": w} for n, w in missing)
    return [*rows, *absent]


def _inputs(contestant: Contestant, X: NDArray[np.float32]) -> NDArray[Any]:
    """Rows as the contestant takes them best."""
    return X.astype(np.int16) if contestant.name == "emlrt int16" else X


def c_rows(case: Case, X: NDArray[np.float32]) -> list[Row]:
    """One row a contestant that answers inside C, a row at a time."""
    voting = "soft"
    rows: list[Row] = []
    compiled = [
        compile_emlrt(f"emlrt {dtype} in C", emlrt_model(case, dtype, voting))
        for dtype in ("float32", "int16")
    ]
    codes, failed = generate(case) if case.splits < 12000 else ([], _TOO_LARGE)
    for code in codes:
        try:
            compiled.append(compile_peer(code))
        except CompileError as error:
            failed.append((code.name, str(error)))
    times = in_turn({c.name: c_timer(c, X[:C_ROWS]) for c in compiled})
    for c in compiled:
        agree = case.agreement(c.answers(c.rows(case.X)))
        row = {"forest": case.name, "contestant": c.name}
        rows.append({**row, "ns_per_row": times[c.name], "agree": agree})
    for name, why in failed:
        rows.append({"forest": case.name, "contestant": name, "note": why})
    return rows


_TOO_LARGE = [("code generators", "not tried: over 12,000 splits")]


def add_ratios(rows: list[Row]) -> None:
    """Put each contestant's time over emlrt's into the rows of one forest."""
    ours = {row["contestant"]: row for row in rows}
    python, c = ours["emlrt float32"], ours["emlrt float32 in C"]
    for row in rows:
        if row.get("us_per_call"):
            row["vs_call"] = row["us_per_call"] / python["us_per_call"]
        if row.get("rows_per_s"):
            row["vs_batch"] = python["rows_per_s"] / row["rows_per_s"]
        if row.get("ns_per_row"):
            row["vs_c"] = row["ns_per_row"] / c["ns_per_row"]


def same_bits(case: Case, X: NDArray[np.float32]) -> float:
    """Rows of a batch whose scores are not those of the firmware's own call."""
    model = emlrt_model(case, "float32", "soft")
    together = model.scores(X)
    each = np.stack([model._runtime.firmware(x) for x in X])
    return float(np.sum(np.any(together.view("u4") != each.view("u4"), axis=1)))


def goals(case: Case, rows: list[Row], X: NDArray[np.float32]) -> list[Row]:
    """The issue's lines for one forest."""
    by = {row["contestant"]: row for row in rows}
    call = by["emlrt float32"]["us_per_call"]
    found = []
    for name, limit in (("scikit-learn", 0.01), ("onnxruntime", 0.5)):
        if "us_per_call" in by.get(name, {}):
            what = f"{case.name}: one call / {name}'s"
            found.append(goal(what, call / by[name]["us_per_call"], limit, "x"))
    best = max(by[name].get("rows_per_s") or 0 for name in FASTEST if name in by)
    ratio = best / by["emlrt float32"]["rows_per_s"]
    found.append(goal(f"{case.name}: batch time / fastest peer's", ratio, 0.5, "x"))
    what = f"{case.name}: rows of a batch with other bits"
    found.append(goal(what, same_bits(case, X[:500]), 0, "rows of 500"))
    return found


def forests(quick: bool) -> list[Case]:
    """Every forest."""
    if quick:
        return [case("digits", 10), case("synthetic", 100)]
    return [
        case("digits", 10),
        case("digits", 100),
        case("breast_cancer", 100),
        case("synthetic", 10),
        case("synthetic", 100),
        case("synthetic", 100, None),
        case("regression", 10),
    ]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two forests only")
    everything: list[Row] = []
    verdicts: list[Row] = []
    columns = ("contestant", "us_per_call", "vs_call", "rows_per_s", "vs_batch")
    columns += ("ns_per_row", "vs_c", "agree", "note")
    for entry in forests(parser.parse_args().quick):
        progress(f"{entry.name}: {entry.splits} splits")
        X = many_rows(entry, ROWS)
        rows = [*python_rows(entry, X), *c_rows(entry, X)]
        add_ratios(rows)
        visits = entry.visits(min(len(entry.X), 500))
        title = f"{entry.name} ({entry.splits} splits, {visits:.0f} visits)"
        print_table(title, rows, columns)
        everything += rows
        verdicts += goals(entry, rows, X)
    print_table("Goals", verdicts, GOAL_COLUMNS)
    write_csv("host", everything, NOTES)


if __name__ == "__main__":
    main()
