# SPDX-License-Identifier: MIT
"""Instructions (on AVR: cycles) per prediction and per node visited.

    python benchmarks/instructions.py [--quick]

emlrt against emlearn, m2cgen and micromlgen: the same forests, the same rows,
under unicorn and simavr. Writes results/instructions.csv (costs and agreement
with scikit-learn on all test rows) and results/bytes.csv (bytes per split).
"""

from __future__ import annotations

import argparse

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from itertools import product  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from firmware import run_peer  # noqa: E402
from forests import Case, case, emlrt_model  # noqa: E402
from host_c import CompileError, compile_emlrt, compile_peer  # noqa: E402
from peers_code import Code, generate  # noqa: E402

from emlrt.emulate import ToolError, ToolMissing, measure  # noqa: E402

TARGETS = (
    "cortex-m0",
    "cortex-m0plus",
    "cortex-m3",
    "cortex-m4f",
    "rv32imac",
    "atmega1284p",
)
ROWS = 16
REFERENCE = "emlearn loadable int16 hard"
SOFT_REFERENCE = "emlearn loadable int16 soft8"
REGRESSION_REFERENCE = "emlearn loadable int16"

Row = dict[str, Any]

NOTES = (
    f"instructions (AVR: cycles) of one call, mean of the first {ROWS} test rows",
    "visits: splits on a row's paths in the whole forest (scikit-learn's"
    " decision_path), the same for all; agree: share of all test rows answered"
    " as scikit-learn's predict does, by the same C on the host",
    "emlrt classify stops when the class is certain; emlrt run gives all scores;"
    " prepared: the same by emlrt/prepared.h",
    "vs: ratio to emlearn loadable of the same voting, in this run",
)


class Contest:
    """One forest on some targets, with the peers whose names contain `peers`."""

    def __init__(
        self,
        case: Case,
        targets: tuple[str, ...],
        opts: tuple[str, ...],
        peers: str = "",
    ):
        self.case, self.targets, self.opts, self.peers = case, targets, opts, peers
        self.visits = case.visits(ROWS)

    def rows(self) -> Iterator[Row]:
        """A row a contestant, target and optimization level."""
        codes, failed = generate(self.case)
        for name, reason in failed:
            yield {"forest": self.case.name, "contestant": name, "note": reason}
        for code in codes:
            if self.peers in code.name:
                yield from self._peer(code)
        votings = ("hard", "soft") if self.case.is_classifier else ("mean",)
        for dtype in self.case.dtypes:
            for voting in votings:
                yield from self._emlrt(dtype, voting)

    def _row(self, name: str, voting: str, target: str, opt: str) -> Row:
        return {
            "forest": self.case.name,
            "contestant": name,
            "voting": voting,
            "target": target,
            "opt": opt,
        }

    def _costs(self, row: Row, counts: Any, stack: int, agree: float | None) -> Row:
        mean = float(np.mean(counts))
        row["per_prediction"] = round(mean, 1)
        row["visits"] = round(self.visits, 2)
        row["per_visit"] = round(mean / self.visits, 2)
        row.update(stack=stack, agree=agree)
        return row

    def _peer(self, code: Code) -> Iterator[Row]:
        progress(f"{self.case.name}: {code.name}")
        voting = _voting(code.name)
        agree, note = self._peer_agreement(code)
        for opt in self.opts:
            for target in self.targets:
                row = self._row(code.name, voting, target, opt)
                try:
                    run = run_peer(target, code, self.case.X[:ROWS], opt)
                except (ToolError, ToolMissing) as error:
                    yield {**row, "agree": agree, "note": reason(error)}
                    continue
                yield {**self._costs(row, run.counts, run.stack, agree), "note": note}

    def _peer_agreement(self, code: Code) -> tuple[float | None, str]:
        try:
            compiled = compile_peer(code)
        except CompileError as error:
            return None, f"host: {error}"
        answers = compiled.answers(compiled.rows(self.case.X))
        return self.case.agreement(answers), ""

    def _emlrt(self, dtype: str, voting: str) -> Iterator[Row]:
        progress(f"{self.case.name}: emlrt {dtype} {voting}")
        model = emlrt_model(self.case, dtype, voting)
        compiled = compile_emlrt(f"emlrt {dtype}", model)
        agree = self.case.agreement(compiled.answers(compiled.rows(self.case.X)))
        calls = ("classify", "run") if self.case.is_classifier else ("run",)
        rows = self.case.X[:ROWS]
        for opt in self.opts:
            for target in self.targets:
                for call, prepared in product(calls, (False, True)):
                    name = f"emlrt {dtype} {voting} {call}{' prepared' * prepared}"
                    row = self._row(name, voting, target, opt)
                    how: dict[str, Any] = {"opt": opt, "call": call}
                    try:
                        m = measure(model, rows, core=target, prepared=prepared, **how)
                    except (ToolError, ToolMissing, ValueError) as error:
                        yield {**row, "agree": agree, "note": reason(error)}
                        continue
                    yield self._costs(row, m.counts, m.stack, agree)


def reason(error: Exception) -> str:
    """The line of a tool's output that says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines[1:] if "error" in line or "overflow" in line]
    said += [line for line in lines[1:] if "not within" in line or "will not" in line]
    return (said or lines)[0][-160:]


def _voting(name: str) -> str:
    if "soft8" in name or name == "m2cgen":
        return "soft"
    return "hard" if "hard" in name or name == "micromlgen" else "mean"


def add_ratios(rows: list[Row]) -> None:
    """Put the ratio to emlearn's tables into each row that has costs."""
    costs = {
        (r["forest"], r.get("target"), r.get("opt"), r["contestant"]): r
        for r in rows
        if "per_visit" in r
    }
    references = {
        "hard": REFERENCE,
        "soft": SOFT_REFERENCE,
        "mean": REGRESSION_REFERENCE,
    }
    for key, row in costs.items():
        reference = costs.get((*key[:3], references[row["voting"]]))
        if reference is not None:
            ratio = row["per_prediction"] / reference["per_prediction"]
            row["vs"] = round(ratio, 3)


def goals(rows: list[Row]) -> list[Row]:
    """The issue's lines for digits 10 x 8 at -O2, on M0+ and AVR."""
    found = []
    limits = {"float32": 0.35, "int16": 0.35, "uint8": 0.30}
    digits = {
        (r["contestant"], r["target"]): r
        for r in rows
        if r["forest"] == "digits 10 x 8" and r.get("opt") == "-O2" and "vs" in r
    }
    for target in ("cortex-m0plus", "atmega1284p"):
        for dtype, limit in limits.items():
            for voting in ("hard", "soft"):
                row = digits.get((f"emlrt {dtype} {voting} classify", target))
                if row:
                    base = digits[REFERENCE, target]["per_visit"]
                    what = f"{target}: {dtype} {voting} / emlearn loadable hard"
                    found.append(goal(what, row["per_visit"] / base, limit, "x"))
        found += prepared_goals(digits, target)
        other = digits.get(("micromlgen", target))
        ours = digits.get(("emlrt float32 hard classify", target))
        if other and ours:
            what = f"{target}: float32 hard / micromlgen"
            ratio = ours["per_visit"] / other["per_visit"]
            found.append(goal(what, ratio, 1.0, "x"))
    return found


#: Of a prepared call with hard votes: on M0+ of what emlrt_classify took at commit
#: 6fae822, on AVR of emlearn loadable.
BEFORE = {"int16": 1467, "uint8": 1363, "float32": 1629}
PREPARED = {"int16": 0.35, "uint8": 0.28, "float32": 0.47}


def prepared_goals(digits: dict[tuple[Any, ...], Row], target: str) -> list[Row]:
    """The lines on prepared calls: digits 10 x 8, hard votes, -O2."""
    found = []
    small = target == "cortex-m0plus"
    for dtype, limit in PREPARED.items():
        row = digits.get((f"emlrt {dtype} hard classify prepared", target))
        if row is None:
            continue
        base = digits[REFERENCE, target]["per_prediction"]
        ratio = row["per_prediction"] / (BEFORE[dtype] if small else base)
        of = f"{BEFORE[dtype]} instructions" if small else "emlearn loadable hard"
        what = f"{target}: {dtype} hard prepared"
        found.append(goal(f"{what} / {of}", ratio, 0.82 if small else limit, "x"))
        most = 128 if small else 100
        found.append(goal(f"{what}, stack", row["stack"], most, "bytes"))
    return found


# Bytes a split


def table_sizes(case: Case) -> list[Row]:
    """Blobs and emlearn's tables for one forest, in bytes."""
    rows = []
    leaf_bits = {"hard": (32,), "soft": (32, 16, 8), "mean": (32, 16, 8)}
    votings = ("hard", "soft") if case.is_classifier else ("mean",)
    for dtype in case.dtypes:
        for voting in votings:
            for bits in leaf_bits[voting]:
                size = emlrt_model(case, dtype, voting, bits).nbytes
                rows.append(_size(case, f"emlrt {dtype}", voting, bits, size))
    for code in generate(case)[0]:
        size = code.table_bytes()
        if size is not None:
            bits = 8 if "soft8" in code.name else (0 if case.is_classifier else 32)
            rows.append(_size(case, code.name, _voting(code.name), bits, size))
    return rows


def _size(case: Case, name: str, voting: str, bits: int, size: int) -> Row:
    return {
        "forest": case.name,
        "contestant": name,
        "voting": voting,
        "leaf_bits": bits or "",
        "splits": case.splits,
        "bytes": size,
        "bytes_per_split": round(size / case.splits, 3),
    }


def size_goals(rows: list[Row]) -> list[Row]:
    """The issue's lines on bytes, for digits 10 x 8."""
    digits = [row for row in rows if row["forest"] == "digits 10 x 8"]
    by = {(r["contestant"], r["voting"], r["leaf_bits"]): r for r in digits}
    found = []
    for dtype, limit in (("float32", 8.3), ("int16", 6.3), ("uint8", 4.3)):
        value = by[f"emlrt {dtype}", "hard", 32]["bytes_per_split"]
        found.append(goal(f"{dtype} hard votes", value, limit, "bytes a split"))
    reference = by.get((SOFT_REFERENCE, "soft", 8))
    for dtype in ("float32", "int16", "uint8"):
        if reference:
            size = by[f"emlrt {dtype}", "soft", 8]["bytes"]
            what = f"{dtype} soft votes, 8-bit leaves / emlearn's"
            found.append(goal(what, size / reference["bytes"], 1.0, "x"))
    return found


def contests(quick: bool) -> list[Contest]:
    """Every forest with its targets and optimization levels."""
    both, fast = ("-O2", "-Os"), ("-O2",)
    few = tuple(t for t in TARGETS if t != "cortex-m0")
    found = [Contest(case("digits", 10), TARGETS, fast if quick else both)]
    if not quick:
        found.append(Contest(case("breast_cancer", 10), few, fast))
        found.append(Contest(case("regression", 10), few, fast))
        # The others' code of 9,500 splits takes minutes to compile.
        found.append(Contest(case("digits", 100), few, fast, "loadable"))
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="digits 10 x 8 only")
    entries = contests(parser.parse_args().quick)
    rows = [row for contest in entries for row in contest.rows()]
    add_ratios(rows)
    columns = ("contestant", "target", "opt", "per_prediction", "per_visit")
    columns += ("vs", "stack", "agree", "note")
    for contest in entries:
        name = contest.case.name
        title = f"{name} ({contest.case.splits} splits, {contest.visits:.1f} visits)"
        print_table(title, [r for r in rows if r["forest"] == name], columns)
    sizes = [row for contest in entries for row in table_sizes(contest.case)]
    columns = ("forest", "contestant", "voting", "leaf_bits", "bytes")
    print_table("Bytes, code excluded", sizes, (*columns, "bytes_per_split"))
    print_table("Goals", goals(rows) + size_goals(sizes), GOAL_COLUMNS)
    write_csv("instructions", rows, NOTES)
    write_csv("bytes", sizes, ("blob without metadata; emlearn: nodes of 8 bytes",))


if __name__ == "__main__":
    main()
