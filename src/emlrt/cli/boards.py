# SPDX-License-Identifier: MIT
"""List boards: core, flash, RAM, clock."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emlrt.cli.common import Failure, print_json
from emlrt.cli.tables import print_table

if TYPE_CHECKING:
    from emlrt.boards import Board

_HEAD = ("board", "name", "chip", "core", "float", "flash KiB", "RAM KiB", "MHz")


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("boards", metavar="BOARD", nargs="*", help="these alone")
    add_file(parser)


def add_file(parser: argparse.ArgumentParser) -> None:
    """The option that extends the table."""
    parser.add_argument(
        "--board-file",
        metavar="FILE",
        help="boards of yours, a .toml like emlrt/boards/boards.toml",
    )


def known(path: str | None) -> dict[str, Board]:
    """The boards of the package, and of a file, which may replace them."""
    from emlrt.boards import BOARDS, read

    try:
        return {**BOARDS, **({} if path is None else read(path))}
    except ValueError as error:
        raise Failure(str(error)) from None


def _rows(boards: list[Board]) -> Iterator[tuple[Any, ...]]:
    for board in boards:
        sizes = f"{board.flash / 1024:g}", f"{board.ram / 1024:g}", f"{board.mhz:g}"
        unit = board.float_unit or "-"
        yield board.key, board.name, board.chip, board.core, unit, *sizes


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    from emlrt.boards import find

    table = known(arguments.board_file)
    try:
        keys = arguments.boards or table
        boards = [find(key, table) for key in keys]
    except ValueError as error:
        raise Failure(str(error)) from None
    if arguments.json:
        print_json({"boards": [asdict(board) for board in boards]})
    else:
        print_table(_HEAD, _rows(boards))
    return 0
