# SPDX-License-Identifier: MIT
"""Print what a model says of each window of a recording: features, or answers."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli import windows
from emlrt.cli.common import Failure, add_model, check_apart, load, print_json
from emlrt.cli.rows import CsvOptions
from emlrt.files import replacing
from emlrt.model import Model
from emlrt.texts import shown


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    parser.add_argument(
        "recording",
        metavar="RECORDING",
        help=".wav, .flac, .npy (n,) or (n, channels), or .csv with a column a channel",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="CSV; stdout by default"
    )
    windows.add(parser)


def _answers(model: Model, scores: NDArray[Any]) -> NDArray[Any]:
    """What predict, or transform, says of each window."""
    name = next((m for m in ("predict", "transform") if m in model.methods), None)
    if name is None:
        raise Failure(f"the model has no answers but {', '.join(model.methods)}")
    answers: NDArray[Any] = model.answer_of(name, scores)
    return answers.reshape(len(scores), -1)


@contextmanager
def _file(path: str) -> Iterator[IO[str]]:
    if path == "-":
        yield sys.stdout
        return
    with replacing(path, "w", encoding="utf-8", newline="") as file:
        yield file


def _write(path: str, said: windows.Windows, answers: NDArray[Any]) -> None:
    floats = answers.dtype.kind == "f"
    cells = (answers.astype(np.float32) if floats else answers).astype(str)
    when = [column.tolist() for column in said.columns.values()]
    with _file(path) as file:
        text = shown if file is sys.stdout else str
        writer = csv.writer(file, lineterminator="\n")
        one = answers.shape[1] == 1
        names = ["answer"] if one else [f"feature{k}" for k in range(cells.shape[1])]
        writer.writerow([*said.columns, *names])
        for *times, row in zip(*when, cells.tolist(), strict=True):
            writer.writerow([*times, *map(text, row)])


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    check_apart([arguments.model, arguments.recording], [arguments.output])
    model = load(arguments.model)
    found = windows.asked(arguments.recording, model, arguments, CsvOptions())
    said = windows.streamed(model, found, arguments.hop)
    answers = _answers(model, said.scores)
    if arguments.output != "-" or not arguments.json:
        _write(arguments.output, said, answers)
    if arguments.json:
        lists = {**said.lists, "answers": answers.tolist()}
        print_json({"output": arguments.output, **lists})
    return 0
