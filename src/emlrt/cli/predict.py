# SPDX-License-Identifier: MIT
"""Predict rows of a CSV or .npy file, or windows of a recording, by the C runtime."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli import tracing, windows
from emlrt.cli.common import Failure, add_model, check_apart, load, print_json
from emlrt.cli.progress import progress
from emlrt.cli.rows import (
    CsvOptions,
    Rows,
    add_csv,
    check_values,
    csv_options,
    listed,
    opened_rows,
)
from emlrt.cli.scoring import Scorer
from emlrt.cli.terminal import say
from emlrt.files import replacing
from emlrt.jobs import threads
from emlrt.model import Model
from emlrt.progress import Advance
from emlrt.texts import shown

_BLOCK = 4096  # rows


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    parser.add_argument(
        "input",
        metavar="INPUT",
        help="CSV or .npy, one row per prediction, - for stdin; or, for a model of"
        " samples, a recording: .wav, .flac, or .npy or .csv with a column a channel",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="CSV; stdout by default"
    )
    parser.add_argument(
        "--proba", action="store_true", help="add a column of probability a class"
    )
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=int,
        help="threads; 1 by default, -1 for one a core",
    )
    parser.add_argument(
        "--target",
        metavar="COLUMN",
        action="append",
        default=[],
        help="a CSV column to score against: its name, or its number from 1 on if"
        " there is no header; once an output",
    )
    tracing.add(parser)
    windows.add(parser)
    add_csv(parser)


def _heads(model: Model, proba: bool) -> list[str]:
    """Titles of the output's columns."""
    names = model.program.metadata.outputs
    one = model.n_outputs_ == 1
    if not names:
        names = [f"prediction{'' if one else k}" for k in range(model.n_outputs_)]
    heads = list(names)
    if proba:
        for k, labels in enumerate(model.output_classes):
            output = "" if one else f"{k}_"
            heads += [f"proba_{output}{label}" for label in labels.tolist()]
    return heads


class _Table:
    """Answers as lines of CSV. A file holds labels and names as they are; what may
    be shown has them escaped."""

    def __init__(
        self, file: IO[str], model: Model, proba: bool, first: Sequence[str] = ()
    ) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._text = shown if file is sys.stdout or file.isatty() else str
        self._writer.writerow(map(self._text, [*first, *_heads(model, proba)]))

    def add(
        self,
        predicted: NDArray[Any],
        p: NDArray[np.float32] | None,
        first: Sequence[NDArray[Any]] = (),
    ) -> None:
        """Writes a block, behind columns of what comes first. Floats have as many
        digits as float32 needs."""
        if predicted.dtype.kind == "f" and p is None:
            predicted = predicted.astype(np.float32)
        columns = [predicted.reshape(len(predicted), -1).astype(str)]
        if predicted.dtype.kind in "UO":
            texts = [list(map(self._text, row)) for row in columns[0].tolist()]
            columns = [np.array(texts, str)]
        if p is not None:
            columns.append(p.astype(str))
        columns = [*(column[:, None].astype(str) for column in first), *columns]
        self._writer.writerows(np.concatenate(columns, axis=1).tolist())


class _Lists:
    """Answers as lists, for JSON."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {"predictions": []}

    def add(self, predicted: NDArray[Any], p: NDArray[np.float32] | None) -> None:
        """Appends a block."""
        self.data["predictions"] += predicted.tolist()
        if p is not None:
            self.data.setdefault("probabilities", []).extend(p.tolist())


def _joined(p: Any) -> NDArray[np.float32]:
    """Probabilities of all outputs, side by side."""
    joined = np.concatenate(p, axis=1) if isinstance(p, list) else p
    return joined.astype(np.float32)


def _predict(
    arguments: argparse.Namespace,
    model: Model,
    rows: Rows,
    answers: _Table | _Lists,
    advance: Advance,
) -> dict[str, Any]:
    scorer, done = Scorer(model, tuple(arguments.target)), 0
    for block in rows.blocks(_BLOCK):
        check_values(model, block, rows)
        answer = model.predict if hasattr(model, "predict") else model.transform
        n_jobs = arguments.jobs
        predicted = answer(block.X, n_jobs=n_jobs)
        p = model.predict_proba(block.X, n_jobs=n_jobs) if arguments.proba else None
        p = None if p is None else _joined(p)
        answers.add(predicted, p)
        scorer.add(predicted, block.targets, block.places)
        done += len(block.places)
        advance(rows.share(), f"{done} rows")
    return {"rows": done, "ignored": rows.ignored, **scorer.result()}


@contextmanager
def _answers(
    arguments: argparse.Namespace, model: Model, first: Sequence[str] = ()
) -> Iterator[_Table | _Lists]:
    if arguments.output != "-":
        with replacing(arguments.output, "w", encoding="utf-8", newline="") as file:
            yield _Table(file, model, arguments.proba, first)
    elif arguments.json:
        yield _Lists()
    else:
        yield _Table(sys.stdout, model, arguments.proba, first)


def _summary(result: dict[str, Any]) -> str:
    words = [f"{result[what]} {what}" for what in ("rows", "windows") if what in result]
    for name in ("accuracy", "r2"):
        if name in result:
            values = np.atleast_1d(result[name])
            words.append(f"{name} {', '.join(f'{value:.6f}' for value in values)}")
    if "strange" in result:
        words.append(f"{result['strange']} rows have labels that the model has not")
    if result.get("ignored"):
        words.append(f"ignored columns: {listed(result['ignored'])}")
    return "; ".join(words)


def _check_recording(arguments: argparse.Namespace) -> None:
    """Refuses options that are for rows."""
    for name in ("target", "jobs"):
        if getattr(arguments, name):
            raise Failure(
                f"--{name} is for rows, and {arguments.input} is a recording, whose"
                " windows are predicted; `emlrt report` scores them"
            )


def _recording(
    arguments: argparse.Namespace, model: Model, options: CsvOptions
) -> dict[str, Any]:
    """Predicts the windows of a recording; writes them, or gives lists for JSON."""
    _check_recording(arguments)
    found = windows.asked(arguments.input, model, arguments, options)
    said = windows.streamed(model, found, arguments.hop)
    name = "predict" if hasattr(model, "predict") else "transform"
    predicted = model.answer_of(name, said.scores)
    p = None
    if arguments.proba:
        p = _joined(model.answer_of("predict_proba", said.scores))
    when = said.columns
    with _answers(arguments, model, list(when)) as answers:
        if isinstance(answers, _Lists):
            answers.add(predicted, p)
            return {"windows": len(said.starts), **said.lists, **answers.data}
        answers.add(predicted, p, list(when.values()))
    return {"windows": len(said.starts)}


def _check_targets(model: Model, options: CsvOptions) -> None:
    """Refuses columns that are too many or too few, or have no score."""
    from emlrt.verdict.answers import metric_of

    Scorer(model, options.targets)
    if options.targets and not metric_of(model):
        raise Failure(
            f"--target is for classifiers and regressors; a {model.estimator_type} has"
            " no score here"
        )


def _check_jobs(n_jobs: int | None) -> None:
    try:
        threads(n_jobs)
    except ValueError:
        raise Failure(f"--jobs is -1 or a positive number, not {n_jobs}") from None


def _print_result(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    if arguments.json:
        print_json({"output": arguments.output, **result})
    elif arguments.output != "-" or arguments.target:
        say(_summary(result), file=sys.stderr)


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    if arguments.model == arguments.input == "-":
        raise Failure("only one of MODEL and INPUT can be stdin")
    tracing.check(arguments)
    _check_jobs(arguments.jobs)
    check_apart([arguments.model, arguments.input], [arguments.output])
    options, model = csv_options(arguments, arguments.target), load(arguments.model)
    recorded = windows.is_recording(arguments.input, model, options)
    if not recorded:
        windows.check_rows(arguments)
    if arguments.trace:
        return tracing.run(arguments, model, options)
    if arguments.proba and not hasattr(model, "predict_proba"):
        raise Failure("--proba is for classifiers; the model is a regressor")
    if recorded:
        _print_result(arguments, _recording(arguments, model, options))
        return 0
    _check_targets(model, options)
    with (
        opened_rows(arguments.input, model, options) as rows,
        progress("predicting") as advance,
        _answers(arguments, model) as answers,
    ):
        result = _predict(arguments, model, rows, answers, advance)
    lists = answers.data if isinstance(answers, _Lists) else {}
    _print_result(arguments, {**result, **lists})
    return 0
