# SPDX-License-Identifier: MIT
"""Say how exact a model is, how large, how fast, and whether it fits boards."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from emlrt.cli import data
from emlrt.cli.boards import add_file
from emlrt.cli.common import Failure, add_model, check_apart, load, print_json
from emlrt.cli.terminal import say
from emlrt.model import Model


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    data.add_boards(parser)
    add_file(parser)
    data.add(parser)
    for name, what in (("target", "what is right"), ("original", "what it predicts")):
        parser.add_argument(
            f"--{name}",
            metavar="COLUMN",
            action="append",
            default=[],
            help=f"a CSV column with {what}, by its name, or its number from 1 on if"
            " there is no header; once an output",
        )
    parser.add_argument(
        "--label",
        metavar="LABEL",
        action="append",
        default=[],
        help="of a recording: what is right of all of it, in place of --target; once"
        " for all recordings, or once for each",
    )
    parser.add_argument("--html", metavar="FILE", help="also write a page")


def _check(arguments: argparse.Namespace) -> None:
    inputs = [arguments.model, *(arguments.data or [])]
    if inputs.count("-") > 1:
        raise Failure("only one of MODEL and ROWS can be stdin")
    if arguments.data is None:
        for name in ("target", "original", "measure", "label", "integers"):
            if getattr(arguments, name):
                raise Failure(f"--{name} is of rows; give --data")
    if arguments.label and arguments.target:
        raise Failure("--label and --target say the same; give one of them")
    check_apart(inputs, [arguments.html])


def _found(arguments: argparse.Namespace, model: Model) -> data.Data | None:
    if arguments.data is None:
        return None
    answers = {"target": arguments.target, "original": arguments.original}
    return data.read(arguments, model, answers)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    _check(arguments)
    boards, model = data.boards(arguments), load(arguments.model)
    found = _found(arguments, model)
    given: dict[str, Any] = {"boards": boards, "measure": arguments.measure}
    given["rate"] = data.pace(arguments, model, found)
    if found is not None:
        given |= {"X": found.X, "y": found.columns["target"]}
        given["original"] = found.columns["original"]
    if found is not None and arguments.label:
        given["y"] = data.label(arguments, model, found)
    try:
        report = model.report(**given)
    except ValueError as error:
        raise Failure(str(error)) from None
    if found is not None:
        report = replace(report, notes=(*found.notes, *report.notes))
    if arguments.html is not None:
        report.to_html(arguments.html)
    if arguments.json:
        differ = [] if report.agreement is None else report.agreement.rows.tolist()
        places = [] if found is None else [found.places[row] for row in differ]
        told = report.to_dict()
        print_json({"file": arguments.model, **told, "differ_places": places})
    else:
        for line in str(report).splitlines():
            say(line)
    return 0
