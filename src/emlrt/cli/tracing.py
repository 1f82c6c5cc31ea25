# SPDX-License-Identifier: MIT
"""`emlrt predict --trace`: one row's numbers at every stage, here and on a core."""

from __future__ import annotations

import argparse
from dataclasses import replace

from emlrt.cli import windows
from emlrt.cli.common import Failure, print_json
from emlrt.cli.rows import Block, CsvOptions, check_values, opened_rows
from emlrt.cli.terminal import say
from emlrt.model import Model
from emlrt.trace_text import beside, row_text
from emlrt.tracing import Difference, Trace

_BLOCK = 4096  # rows


def add(parser: argparse.ArgumentParser) -> None:
    """The options of a trace."""
    parser.add_argument(
        "--trace",
        action="store_true",
        help="show the numbers that every stage reads and writes for one row; exit"
        " code 1 if two ways of running the model differ",
    )
    parser.add_argument(
        "--row",
        metavar="N",
        type=int,
        help="of --trace: the row, or the window of a recording; 0 by default",
    )
    parser.add_argument(
        "--core",
        metavar="NAME",
        help="of --trace: run the stages on this emulated core, too, for example"
        " cortex-m0plus, and mark the first difference",
    )


def check(arguments: argparse.Namespace) -> None:
    """Refuses options that do not go together."""
    if not arguments.trace:
        if arguments.row is not None or arguments.core is not None:
            raise Failure("--row and --core are for --trace")
        return
    if arguments.proba or arguments.target or arguments.output != "-":
        raise Failure("--trace shows a row; leave out --proba, --target and --output")
    if arguments.row is not None and arguments.row < 0:
        raise Failure(f"--row counts from 0; got {arguments.row}")


def _row(
    arguments: argparse.Namespace, model: Model, options: CsvOptions, number: int
) -> Block:
    """The row of a file with a number, or the window of a recording; checked."""
    path = arguments.input
    if windows.is_recording(path, model, options):
        found = windows.asked(path, model, arguments, options)
        return Block(windows.one(model, found, number, arguments.hop), [number])
    passed = 0
    with opened_rows(path, model, options) as rows:
        for block in rows.blocks(_BLOCK):
            at = number - passed
            if at < len(block.places):
                one = Block(block.X[at : at + 1], block.places[at : at + 1])
                check_values(model, one, rows)
                return one
            passed += len(block.places)
    raise Failure(f"{path}: has {passed} rows, so there is no row {number}")


def _on_core(model: Model, row: Block, core: str) -> Trace:
    """The same row on an emulated core."""
    try:
        return model.trace(row.X, core=core)
    except (ValueError, RuntimeError) as error:  # no such core, or a tool is missing
        raise Failure(str(error)) from error


def _show(host: Trace, core: Trace | None, differences: list[Difference]) -> None:
    text = row_text(host, 0) if core is None else beside(host, core, 0)
    for line in text.splitlines():
        say(line)
    for one in differences[:1]:
        say(f"first difference: {one}")
    if not differences:
        also = "" if core is None else f", and so does {core.where}"
        say(
            f"no difference: the stages, emlrt_run and batches give the same bits{also}"
        )


def run(arguments: argparse.Namespace, model: Model, options: CsvOptions) -> int:
    """Returns the exit code."""
    number = arguments.row or 0
    row = _row(arguments, model, options, number)
    host = replace(model.trace(row.X), first=number)
    core = None
    if arguments.core is not None:
        core = replace(_on_core(model, row, arguments.core), first=number)
    traces = [host] if core is None else [host, core]
    differences = host.compare(core) if core is not None else []
    differences += [one for trace in traces for one in trace.contradictions]
    if arguments.json:
        found = [trace.to_dict() for trace in traces]
        print_json({"traces": found, "differences": [d.to_dict() for d in differences]})
    else:
        _show(host, core, differences)
    return 1 if differences else 0
