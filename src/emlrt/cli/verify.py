# SPDX-License-Identifier: MIT
"""Check a blob: structure, CRC, metadata, work bound, golden vectors; and rows."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from typing import Any

from emlrt.check.reports import Finding, number_text, summary
from emlrt.cli.common import Failure, add_model, print_json, read_blob
from emlrt.cli.rows import (
    Block,
    Rows,
    add_csv,
    check_values,
    csv_options,
    opened_rows,
)
from emlrt.cli.tables import print_pairs, print_table
from emlrt.cli.terminal import say
from emlrt.errors import EmlrtError, FormatError
from emlrt.inspect.work import program_work
from emlrt.model import Model

#: Rows that are checked at once; findings that JSON lists, and a table shows.
_BLOCK, _MOST, _SHOWN = 4096, 1000, 20
#: The checks in their order, with what the runtime's status says of each.
_OPENING = {"structure": "", "crc": "CRC", "metadata": "METADATA"}


@dataclass(frozen=True)
class Check:
    """A check: whether it held (None: not made), and a text about it."""

    name: str
    ok: bool | None
    detail: str = ""
    offset: int = 0

    @property
    def text(self) -> str:
        word = {True: "ok", False: "FAILED", None: "not checked"}[self.ok]
        return f"{word}{': ' if self.detail else ''}{self.detail}"


def _refused(error: FormatError) -> list[Check]:
    """The checks up to the one that failed."""
    status = error.status or "METADATA"  # Python refuses labels; C leaves them be
    failed = status if status in _OPENING.values() else ""
    checks = []
    for name, status in _OPENING.items():
        if status == failed:
            checks.append(Check(name, False, str(error), error.offset))
            break
        checks.append(Check(name, True))
    return checks


def _work(model: Model) -> Check:
    bound = program_work(model.program)
    if bound == model.work:
        return Check("work", True, f"at most {bound} steps per prediction")
    detail = f"the header says {model.work} steps per prediction; there are {bound}"
    return Check("work", False, detail)


def _selftest(model: Model) -> Check:
    golden = model.program.metadata.golden
    if golden is None:
        return Check("selftest", None, "the blob has no golden vectors")
    try:
        model.selftest()
    except EmlrtError as error:
        return Check("selftest", False, str(error))
    return Check("selftest", True, f"{len(golden.inputs)} golden vectors")


def checks(blob: bytes) -> list[Check]:
    """Makes all checks, up to the first that leaves nothing to go on with."""
    try:
        model = Model.from_bytes(blob)
    except FormatError as error:
        return _refused(error)
    held = [Check(name, True) for name in _OPENING]
    return [*held, _work(model), _selftest(model)]


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    parser.add_argument(
        "--data",
        metavar="ROWS",
        help="CSV or .npy as the original gets it (- for stdin): also report rows"
        " whose answer depends on a rounding, so that the original may give another: of"
        " trees, those beside a threshold whose answer changes on its other side; of"
        ' sums, a probe. 0 found is no proof where it says "not looked at", nor for'
        " values of regressors. They do not change the exit code",
    )
    add_csv(parser)


def _found(rows: Rows, block: Block, finding: Finding) -> dict[str, Any]:
    """A finding, with its place in the file."""
    line = block.places[finding.row]
    found = asdict(finding) | {"row": line, "place": f"row {line}"}
    if finding.feature is not None:
        found["place"] = rows.place(line, finding.feature)
    return found


def rounding(model: Model, rows: Rows) -> dict[str, Any]:
    """Rows whose result depends on a rounding: how many, and the first."""
    n = hanging = labels = 0
    dtype = "float64"
    notes: dict[str, None] = {}
    findings: list[dict[str, Any]] = []
    for block in rows.blocks(_BLOCK):
        check_values(model, block, rows)
        report = model.check(block.X)
        n, hanging = n + report.n_rows, hanging + len(report.rows)
        labels += len({finding.row for finding in report if finding.label})
        dtype = report.dtype
        notes |= dict.fromkeys(report.notes)
        first = report[: _MOST - len(findings)]
        findings += [_found(rows, block, finding) for finding in first]
    return {
        "rows": n,
        "dtype": dtype,
        "hanging": hanging,
        "labels": labels,
        "notes": list(notes),
        "findings": findings,
    }


def _print_rounding(found: dict[str, Any]) -> None:
    say()
    say(summary(found["hanging"], found["rows"], found["labels"]))
    for note in found["notes"]:
        say(note)
    rows = [
        [
            each["place"],
            number_text(each["number"], found["dtype"]),
            number_text(each["threshold"]),
            "changes" if each["label"] else "",
            each["reason"],
        ]
        for each in found["findings"][:_SHOWN]
    ]
    if rows:
        print_table(["place", "number", "threshold", "label", "reason"], rows)
    if len(rows) < found["hanging"]:
        say("more of them: see --json, or model.check in Python")


def _with_data(arguments: argparse.Namespace, blob: bytes) -> dict[str, Any]:
    model, options = Model.from_bytes(blob), csv_options(arguments)
    with opened_rows(arguments.data, model, options) as rows:
        return {"file": arguments.data, **rounding(model, rows)}


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    if arguments.model == arguments.data == "-":
        raise Failure("only one of MODEL and ROWS can be stdin")
    blob = read_blob(arguments.model)
    made = checks(blob)
    bad = [check for check in made if check.ok is False]
    wanted = arguments.data is not None and not bad
    data = _with_data(arguments, blob) if wanted else None
    if arguments.json:
        listed = [vars(check) for check in made]
        found = {"file": arguments.model, "ok": not bad, "checks": listed}
        print_json(found if data is None else found | {"data": data})
    else:
        print_pairs((check.name, check.text) for check in made)
        if data is not None:
            _print_rounding(data)
    if bad:
        reason = "; ".join(f"{check.name}: {check.detail}" for check in bad)
        raise EmlrtError(f"{arguments.model}: {reason}")
    return 0
