# SPDX-License-Identifier: MIT
"""All rows of a file at once, for commands that compare them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli import recorded, windows
from emlrt.cli.boards import known
from emlrt.cli.common import Failure
from emlrt.cli.rows import (
    CsvOptions,
    add_csv,
    check_values,
    csv_options,
    opened_rows,
)
from emlrt.cli.scoring import Scorer
from emlrt.model import Model

if TYPE_CHECKING:
    from emlrt.boards import Board

_BLOCK = 4096  # rows


@dataclass(frozen=True)
class Data:
    """Rows (n_rows, n_features), where each stands in the file, and columns of answers,
    (n_rows,) or (n_rows, n_outputs), by their option; None of those not asked for. Or
    a list of recordings (n_samples, channels), with lists of answers of each sample,
    the first sample of each window, times a second, where the files say that, and notes
    of what was done with them."""

    X: Any
    places: list[int]
    columns: dict[str, Any]
    rate: float | None = None
    notes: tuple[str, ...] = ()


def _rate(text: str) -> float:
    found = windows.number_of(text)
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"a number above 0, not {text!r}")
    return found


def add(parser: argparse.ArgumentParser) -> None:
    """The options that name rows, or a recording."""
    parser.add_argument(
        "--data",
        metavar="ROWS",
        action="append",
        help="CSV or .npy, one row per prediction, - for stdin; or, for a model of"
        " samples, a recording: .wav, .flac, or .npy or .csv with a column a channel,"
        " which may be repeated",
    )
    parser.add_argument(
        "--rate",
        metavar="N",
        type=_rate,
        help="of models of samples: times a second at which samples come; by default"
        " what the model says, or the file; a .wav or .flac of another rate is"
        " resampled, which a note says",
    )
    windows.add_integers(parser)
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


def pace(arguments: argparse.Namespace, model: Model, found: Data | None) -> Any:
    """Times a second that are not the model's own; None if there are none."""
    if arguments.rate is not None or found is None or found.rate is None:
        return arguments.rate
    known = model.program.metadata.window
    return found.rate if known is not None and known.rate is None else None


def _recorded(
    arguments: argparse.Namespace,
    model: Model,
    options: CsvOptions,
    answers: dict[str, Sequence[str]],
) -> Data:
    """The recordings that --data names, with the targets of their samples."""
    if answers.get("original"):
        raise Failure(
            f"--original is of rows, and {arguments.data[0]} is a recording; give the"
            " original to model.report in Python"
        )
    found = recorded.read(arguments.data, arguments, model, options)
    columns: dict[str, Any] = dict.fromkeys(answers)
    if options.targets:
        columns["target"] = found.targets
    return Data(found.parts, found.places, columns, found.rate, found.notes)


def _rows(
    path: str, model: Model, options: CsvOptions
) -> tuple[NDArray[Any], list[int], list[list[str]]]:
    """The rows of a file, where each stands, and the cells of its target columns."""
    parts, places, cells = [], list[int](), list[list[str]]()
    try:
        with opened_rows(path, model, options) as rows:
            for block in rows.blocks(_BLOCK):
                check_values(model, block, rows)
                parts.append(block.X)
                places += block.places
                cells += block.targets
    except Failure as error:
        if path != "-" or model.program.metadata.window is None:
            raise
        raise Failure(
            f"{error}; stdin takes rows, one a window: give samples as a file"
        ) from None
    if not parts:
        raise Failure(f"{path}: has no rows")
    return np.concatenate(parts), places, cells


def read(
    arguments: argparse.Namespace, model: Model, answers: dict[str, Sequence[str]]
) -> Data:
    """All rows of the file that --data names, or its recordings.

    answers: names of the columns that hold answers, by their option, each as often as
    the model has outputs, or none.
    """
    scorers = {name: Scorer(model, tuple(c)) for name, c in answers.items() if c}
    every = [column for columns in answers.values() for column in columns]
    options = csv_options(arguments, list(dict.fromkeys(every)))
    if recorded.all_recordings(arguments.data, model, options):
        return _recorded(arguments, model, options, answers)
    if arguments.integers:
        raise Failure("--integers is for recordings, not for rows")
    (path,) = arguments.data
    X, places, cells = _rows(path, model, options)
    columns = {}
    for name, scorer in scorers.items():
        at = [options.targets.index(column) for column in answers[name]]
        own = [[row[k] for k in at] for row in cells]
        columns[name] = _column(scorer.values(own, places))
    return Data(X, places, {n: columns.get(n) for n in answers})


def label(arguments: argparse.Namespace, model: Model, found: Data) -> Any:
    """What --label says of whole recordings: a value of each."""
    window = model.program.metadata.window
    several = isinstance(found.X, list)
    if window is None or not (several or found.X.shape[1] == window.channels):
        raise Failure("--label is for recordings; --target names a column of rows")
    return recorded.labels(arguments.label, model, len(found.X) if several else 1)
