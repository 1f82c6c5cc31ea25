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

from emlrt.cli.common import Failure, add_model, check_apart, load, print_json
from emlrt.cli.progress import progress
from emlrt.cli.samples import recording
from emlrt.files import replacing
from emlrt.model import Model
from emlrt.stream import Stream
from emlrt.texts import shown

_PIECE = 1 << 16  # samples


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_model(parser)
    parser.add_argument(
        "recording",
        metavar="RECORDING",
        help=".wav, .npy (n,) or (n, channels), or .csv with a column a channel",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="CSV; stdout by default"
    )
    parser.add_argument(
        "--hop",
        metavar="N",
        type=int,
        help="times from one window to the next; by default what the model says",
    )
    parser.add_argument(
        "--integers",
        action="store_true",
        help="samples of a .wav as the integers that they are, for a model of floats;"
        " by default from -1 to 1, as librosa and soundfile read them",
    )


def _stream(model: Model, hop: int | None) -> Stream:
    try:
        return Stream(model, hop)
    except ValueError as error:
        raise Failure(f"--hop: {error}") from None


def _samples(arguments: argparse.Namespace, model: Model) -> NDArray[Any]:
    whole = arguments.integers or model.input_dtype.kind != "f"
    samples = recording(arguments.recording, integers=whole).samples
    channels = model.window.channels
    if samples.shape[1] != channels:
        raise Failure(
            f"{arguments.recording} has {samples.shape[1]} channels, and the model"
            f" takes {channels}"
        )
    return samples


def _answers(model: Model, stream: Stream, samples: NDArray[Any]) -> NDArray[Any]:
    """What predict, or transform, says of each window."""
    name = next((m for m in ("predict", "transform") if m in model.methods), None)
    if name is None:
        raise Failure(f"the model has no answers but {', '.join(model.methods)}")
    scores = []
    with progress("windows") as advance:
        for at in range(0, len(samples), _PIECE):
            scores.append(stream.push_scores(samples[at : at + _PIECE]))
            advance(min(1.0, (at + _PIECE) / len(samples)), f"{at} samples")
    found = np.concatenate([*scores, np.empty((0, model.n_scores), scores[0].dtype)])
    if not len(found):
        times = model.window.length // model.window.channels
        raise Failure(f"{len(samples)} samples are less than a window of {times}")
    answers: NDArray[Any] = model.answer_of(name, found)
    return answers.reshape(len(found), -1)


def _starts(model: Model, hop: int | None, n: int) -> NDArray[np.int64]:
    """The first time of each window."""
    step = hop or model.window.hop // model.window.channels
    return np.arange(n) * step


@contextmanager
def _file(path: str) -> Iterator[IO[str]]:
    if path == "-":
        yield sys.stdout
        return
    with replacing(path, "w", encoding="utf-8", newline="") as file:
        yield file


def _write(path: str, starts: NDArray[np.int64], answers: NDArray[Any]) -> None:
    floats = answers.dtype.kind == "f"
    cells = (answers.astype(np.float32) if floats else answers).astype(str)
    with _file(path) as file:
        text = shown if file is sys.stdout else str
        writer = csv.writer(file, lineterminator="\n")
        one = answers.shape[1] == 1
        names = ["answer"] if one else [f"feature{k}" for k in range(cells.shape[1])]
        writer.writerow(["start", *names])
        for start, row in zip(starts.tolist(), cells.tolist(), strict=True):
            writer.writerow([start, *map(text, row)])


def run(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    check_apart([arguments.model, arguments.recording], [arguments.output])
    model = load(arguments.model)
    stream = _stream(model, arguments.hop)
    answers = _answers(model, stream, _samples(arguments, model))
    starts = _starts(model, arguments.hop, len(answers))
    if arguments.output != "-" or not arguments.json:
        _write(arguments.output, starts, answers)
    if arguments.json:
        found = {"starts": starts.tolist(), "answers": answers.tolist()}
        print_json({"output": arguments.output, **found})
    return 0
