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
from emlrt.cli.rows import (
    CsvOptions,
    add_csv,
    check_values,
    csv_options,
    opened_rows,
)
from emlrt.cli.samples import kind_of
from emlrt.cli.scoring import Scorer
from emlrt.model import Model

if TYPE_CHECKING:
    from emlrt.boards import Board

_BLOCK = 4096  # rows


@dataclass(frozen=True)
class Data:
    """Rows (n_rows, n_features), where each stands in the file, and columns of answers,
    (n_rows,) or (n_rows, n_outputs), by their option; None of those not asked for. Or
    a recording (n_samples, channels), with answers of each sample, the first sample of
    each window, and times a second, where the file says that."""

    X: NDArray[Any]
    places: list[int]
    columns: dict[str, NDArray[Any] | None]
    rate: float | None = None


def _rate(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"a number above 0, not {text!r}")
    return found


def add(parser: argparse.ArgumentParser) -> None:
    """The options that name rows, or a recording."""
    parser.add_argument(
        "--data",
        metavar="ROWS",
        help="CSV or .npy, one row per prediction, - for stdin; or, for a model of"
        " samples, a recording: .wav, .flac, or .npy or .csv with a column a channel",
    )
    parser.add_argument(
        "--rate",
        metavar="N",
        type=_rate,
        help="of models of samples: times a second at which samples come; by default"
        " what the model says, or the file; a .wav or .flac of another rate is"
        " resampled",
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


def _resampled(arguments: argparse.Namespace) -> int | None:
    """The rate of a sound that --rate asks for; other files do not say theirs."""
    rate = arguments.rate
    if rate is None or kind_of(arguments.data) not in windows.SOUNDS:
        return None
    if rate != int(rate):
        raise Failure(f"--rate of a .wav or .flac is a whole number, not {rate:g}")
    return int(rate)


def _recorded(
    arguments: argparse.Namespace,
    model: Model,
    options: CsvOptions,
    answers: dict[str, Sequence[str]],
) -> Data:
    """The recording that --data names, with the targets of its samples."""
    path = arguments.data
    if model.program.metadata.window is None:
        raise Failure(
            f"{path} is a recording, and the model takes rows of"
            f" {model.n_features_in_} features"
        )
    if answers.get("original"):
        raise Failure(
            f"--original is of rows, and {path} is a recording; give the original to"
            " model.report in Python"
        )
    rate = _resampled(arguments)
    found = windows.read(path, model, options, rate=rate, integers=arguments.integers)
    columns: dict[str, NDArray[Any] | None] = dict.fromkeys(answers)
    if options.targets:
        scorer, lines = Scorer(model, options.targets), list(found.lines)
        if not lines:
            raise Failure(f"{path}: only a .csv has target columns")
        columns["target"] = _column(scorer.values(list(found.targets), lines))
    length, hop = (
        n // model.window.channels for n in (model.window.length, model.window.hop)
    )
    places = list(range(0, len(found.samples) - length + 1, hop))
    return Data(found.samples, places, columns, found.rate)


def read(
    arguments: argparse.Namespace, model: Model, answers: dict[str, Sequence[str]]
) -> Data:
    """All rows of the file that --data names, or its recording.

    answers: names of the columns that hold answers, by their option, each as often as
    the model has outputs, or none.
    """
    scorers = {name: Scorer(model, tuple(c)) for name, c in answers.items() if c}
    every = [column for columns in answers.values() for column in columns]
    options = csv_options(arguments, list(dict.fromkeys(every)))
    if windows.is_recording(arguments.data, model, options):
        return _recorded(arguments, model, options, answers)
    if arguments.integers:
        raise Failure("--integers is for recordings, not for rows")
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


def label(arguments: argparse.Namespace, model: Model, found: Data) -> Any:
    """What --label says of a whole recording: one value a window."""
    window = model.program.metadata.window
    if window is None or found.X.shape[1] != window.channels:
        raise Failure("--label is for recordings; --target names a column of rows")
    scorer = Scorer(model, ("--label",))
    ((value,),) = scorer.values([[arguments.label]], [1])
    return np.repeat(value, len(found.places))
