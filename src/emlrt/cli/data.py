# SPDX-License-Identifier: MIT
"""All rows of a file at once, for commands that compare them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli import windows
from emlrt.cli.boards import known
from emlrt.cli.common import Failure
from emlrt.cli.rows import add_csv, check_values, csv_options, opened_rows
from emlrt.cli.scoring import Scorer
from emlrt.model import Model

if TYPE_CHECKING:
    from emlrt.boards import Board

_BLOCK = 4096  # rows


@dataclass(frozen=True)
class Data:
    """Rows (n_rows, n_features), where each stands in the file, and columns of answers,
    (n_rows,) or (n_rows, n_outputs), by their option; None of those not asked for."""

    X: NDArray[Any]
    places: list[int]
    columns: dict[str, NDArray[Any] | None]


def add(parser: argparse.ArgumentParser) -> None:
    """The options that name rows."""
    parser.add_argument(
        "--data",
        metavar="ROWS",
        help="CSV or .npy, one row per prediction, - for stdin",
    )
    add_csv(parser)


def add_boards(parser: argparse.ArgumentParser) -> None:
    """The options that name boards."""
    parser.add_argument(
        "--board",
        metavar="BOARD",
        action="append",
        default=[],
        help="a name that `emlrt boards` lists; may be repeated",
    )
    parser.add_argument(
        "--measure",
        action="store_true",
        help="run some rows on the emulated cores in place of an estimate, where a"
        " compiler and an emulator are there",
    )


def boards(arguments: argparse.Namespace) -> list[Board]:
    """The boards that are named."""
    from emlrt.boards import find

    table = known(arguments.board_file)
    try:
        return [find(key, table) for key in arguments.board]
    except ValueError as error:
        raise Failure(str(error)) from None


def _column(values: list[list[Any]]) -> NDArray[Any] | None:
    """Answers of one output as a vector, of several as columns."""
    if not values:
        return None
    found = np.array(values).T
    return found[:, 0] if len(values) == 1 else found


def read(
    arguments: argparse.Namespace, model: Model, answers: dict[str, Sequence[str]]
) -> Data:
    """All rows of the file that --data names.

    answers: names of the columns that hold answers, by their option, each as often as
    the model has outputs, or none.
    """
    scorers = {name: Scorer(model, tuple(c)) for name, c in answers.items() if c}
    every = [column for columns in answers.values() for column in columns]
    options = csv_options(arguments, list(dict.fromkeys(every)))
    if windows.is_recording(arguments.data, model, options):
        raise Failure(
            f"{arguments.data} is a recording; give rows, each a window, as"
            " emlrt.signal.Frame.cut makes them"
        )
    parts, places, cells = [], [], []
    with opened_rows(arguments.data, model, options) as rows:
        for block in rows.blocks(_BLOCK):
            check_values(model, block, rows)
            parts.append(block.X)
            places += block.places
            cells += block.targets
    if not parts:
        raise Failure(f"{arguments.data}: has no rows")
    columns = {}
    for name, scorer in scorers.items():
        at = [options.targets.index(column) for column in answers[name]]
        own = [[row[k] for k in at] for row in cells]
        columns[name] = _column(scorer.values(own, places))
    return Data(np.concatenate(parts), places, {n: columns.get(n) for n in answers})
