# SPDX-License-Identifier: MIT
"""Fail unless a model fits boards, and limits of yours."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from emlrt.cli import data
from emlrt.cli.boards import add_file
from emlrt.cli.common import Failure, add_model, load, print_json
from emlrt.cli.tables import print_table
from emlrt.cli.terminal import say, say_notes


def _size(text: str) -> int:
    from emlrt.verdict import size_of

    try:
        return size_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise argparse.ArgumentTypeError(f"a number of 0 or more, not {text!r}")
    return found


def _share(text: str) -> float:
    percent = text.endswith("%")
    found = _number(text.removesuffix("%").rstrip())
    if not percent and found > 1:
        raise argparse.ArgumentTypeError(
            f"a share such as 50% or 0.5, not {text!r}: above 1 it takes a %"
        )
    if percent and found > 100:
        raise argparse.ArgumentTypeError(f"100% is all of the time, not {text!r}")
    return found / 100 if percent else found


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    data.add_boards(parser)
    add_file(parser)
    for name, what in (("flash", "the blob with its code"), ("ram", "the call")):
        parser.add_argument(
            f"--max-{name}",
            metavar="SIZE",
            type=_size,
            help=f"bytes that {what} may take: 24576, 24k or 24KiB; never more than the"
            " board has",
        )
    parser.add_argument(
        "--max-instructions",
        metavar="N",
        type=_number,
        help="of the largest call of the rows; cycles on AVR",
    )
    parser.add_argument(
        "--max-milliseconds",
        metavar="N",
        type=_number,
        help="of the same, if an instruction takes a cycle",
    )
    parser.add_argument(
        "--max-load",
        metavar="SHARE",
        type=_share,
        help="of the processor's time that a stream of samples takes at its rate, such"
        " as 50%% or 0.5; never more than all of it",
    )
    data.add(parser)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code: 1 if a limit is not kept."""
    from emlrt.verdict import Limits, check
    from emlrt.verdict.text import figures, titles

    if not arguments.board:
        raise Failure("a check is of boards; give --board, which `emlrt boards` lists")
    if [arguments.model, *(arguments.data or [])].count("-") > 1:
        raise Failure("only one of MODEL and ROWS can be stdin")
    boards, model = data.boards(arguments), load(arguments.model)
    rows = None if arguments.data is None else data.read(arguments, model, {})
    X, rate = None if rows is None else rows.X, data.pace(arguments, model, rows)
    limits = Limits(
        arguments.max_flash,
        arguments.max_ram,
        arguments.max_instructions,
        arguments.max_milliseconds,
        arguments.max_load,
    )
    try:
        found = check(model, boards, X, limits, arguments.measure, rate)
    except ValueError as error:
        raise Failure(str(error)) from None
    if rows is not None:
        found = replace(found, notes=(*rows.notes, *found.notes))
    if arguments.json:
        told = [verdict.to_dict() for verdict in found.verdicts]
        result = {"file": arguments.model, "ok": found.ok, "reasons": found.reasons}
        result["notes"] = found.notes
        print_json({**result, "limits": vars(limits), "verdicts": told})
    else:
        print_table(titles(found.verdicts), map(figures, found.verdicts))
    say_notes(found.notes)
    for reason in found.reasons:
        say(f"emlrt: {arguments.model}: {reason}", file=sys.stderr)
    return 0 if found.ok else 1
