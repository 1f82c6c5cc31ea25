# SPDX-License-Identifier: MIT
"""Say what differs between two models, and which rows they answer otherwise."""

from __future__ import annotations

import argparse

from emlrt.cli import data
from emlrt.cli.common import Failure, load, print_json
from emlrt.cli.terminal import say, say_notes


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("a", metavar="A", help="an .eml file; - for stdin")
    parser.add_argument("b", metavar="B", help="another one")
    parser.add_argument(
        "--core",
        default="cortex-m0plus",
        help="that costs are of, or a board that has it; cortex-m0plus",
    )
    data.add(parser)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code: 0 of the same answers, 1 of others."""
    from emlrt.verdict import diff

    if [arguments.a, arguments.b, *(arguments.data or [])].count("-") > 1:
        raise Failure("only one of A, B and ROWS can be stdin")
    a, b = load(arguments.a), load(arguments.b)
    if arguments.data is None and (arguments.rate or arguments.integers):
        raise Failure("--rate and --integers are of a recording; give --data")
    rows = None if arguments.data is None else data.read(arguments, a, {})
    X = None if rows is None else rows.X
    say_notes(() if rows is None else rows.notes)
    try:
        found = diff(a, b, X, core=arguments.core)
    except ValueError as error:
        raise Failure(str(error)) from None
    if arguments.json:
        print_json({"a": arguments.a, "b": arguments.b, **found.to_dict()})
    else:
        for line in str(found).splitlines():
            say(line)
    return 0 if found.same else 1
