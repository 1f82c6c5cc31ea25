# SPDX-License-Identifier: MIT
"""Recordings in files, and what a model's stream says of their windows."""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli.common import Failure
from emlrt.cli.progress import progress
from emlrt.cli.rows import CsvOptions
from emlrt.cli.samples import Recording, kind_of, recording, resampled
from emlrt.model import Model
from emlrt.reading import opened
from emlrt.stream import Stream

#: What only recordings are: their samples have no other form.
SOUNDS = "wav", "flac"


def add(parser: argparse.ArgumentParser) -> None:
    """The options of recordings."""
    parser.add_argument(
        "--hop",
        metavar="N",
        type=int,
        help="of recordings: times from one window to the next; by default what the"
        " model says",
    )
    parser.add_argument(
        "--rate",
        metavar="N",
        type=int,
        help="of recordings: samples a second that the model is for; a .wav or .flac of"
        " another rate is resampled",
    )
    add_integers(parser)


def add_integers(parser: argparse.ArgumentParser) -> None:
    """The option that says what numbers samples are."""
    parser.add_argument(
        "--integers",
        action="store_true",
        help="of recordings: samples of a .wav or .flac as the integers that they are,"
        " for a model of floats; by default from -1 to 1, as librosa and soundfile read"
        " them",
    )


def check_rows(arguments: argparse.Namespace) -> None:
    """Refuses options of recordings, where the input is rows."""
    for name in ("hop", "rate", "integers"):
        value = getattr(arguments, name)
        if value is not None and value is not False:  # 0 is False's equal
            raise Failure(f"--{name} is for recordings, not for rows")


@dataclass(frozen=True)
class Windows:
    """Windows of a recording, and what the stream says of them.

    starts: the first time of each. seconds: the same, where the file says its rate.
    scores: (n_windows, n_scores).
    """

    starts: NDArray[np.int64]
    seconds: NDArray[np.float64] | None
    scores: NDArray[Any]

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """When each window begins, by titles."""
        found: dict[str, NDArray[Any]] = {"start": self.starts}
        return found if self.seconds is None else {**found, "seconds": self.seconds}

    @property
    def lists(self) -> dict[str, list[Any]]:
        """The same for JSON: "starts", and perhaps "seconds"."""
        columns = self.columns
        found = {"starts": columns.pop("start").tolist()}
        return found | {name: column.tolist() for name, column in columns.items()}


def _width(path: str, options: CsvOptions) -> tuple[int, ...]:
    """The shape of a file of numbers, but for its first dimension; () if it is none,
    which whoever reads it says."""
    try:
        with opened(path) as stream:
            if kind_of(path) == "npy":
                shape: tuple[int, ...] = np.load(path, mmap_mode="r").shape
                return (*shape[1:], 1)[:1] if len(shape) < 3 else shape[1:]
            line = stream.readline().decode("utf-8-sig", "replace")
    except (ValueError, EOFError):
        return ()
    cells = next(csv.reader([line], delimiter=options.delimiter), [])
    return (len(cells),)


def is_recording(path: str, model: Model, options: CsvOptions) -> bool:
    """Whether a file holds samples, a column a channel, and not a row a window."""
    kind = kind_of(path)
    if kind in SOUNDS:
        return True
    if path == "-" or model.program.metadata.window is None:
        return False
    channels = model.window.channels
    if kind not in ("npy", "csv") or channels == model.n_features_in_:
        return False
    more = len(set(options.targets)) if kind == "csv" else 0
    return _width(path, options) == (channels + more,)


def _at_rate(path: str, found: Recording, rate: int) -> Recording:
    if rate < 1:
        raise Failure(f"--rate is a number of samples a second, not {rate}")
    if found.rate is None:
        raise Failure(f"--rate: {path} does not say its own rate, as .wav and .flac do")
    return replace(found, samples=resampled(found.samples, found.rate, rate), rate=rate)


def _check_rate(path: str, found: Recording, wanted: float | None) -> None:
    """Refuses a recording of another rate than the model was made for."""
    if wanted is None or found.rate is None or found.rate == wanted:
        return
    own, asked = found.rate, f"{wanted:.10g}"
    resamples = f"--rate {asked} resamples, " if wanted == int(wanted) else ""
    raise Failure(
        f"{path} has {own} samples a second, and the model was made for {asked}:"
        f" {resamples}--rate {own} takes it as it is"
    )


def _check_numbers(path: str, samples: NDArray[Any]) -> None:
    """Refuses what are no numbers."""
    if samples.dtype.kind not in "biuf":
        raise Failure(f"{path} holds samples of dtype {samples.dtype}: no numbers")


def read(
    path: str,
    model: Model,
    options: CsvOptions,
    *,
    rate: int | None = None,
    integers: bool = False,
) -> Recording:
    """The samples of a file, as the model asks for them.

    Those of WAV and FLAC stay integers for models of integers that have no rule for raw
    numbers. rate, integers: as the options say.
    """
    whole = model.input_dtype.kind != "f" and model.inputs is None
    found = recording(path, integers=integers or whole, options=options)
    _check_numbers(path, found.samples)
    if rate is not None:
        found = _at_rate(path, found, rate)
    else:
        _check_rate(path, found, model.window.rate)
    channels, given = model.window.channels, found.samples.shape[1]
    if given != channels:
        raise Failure(f"{path} has {given} channels, and the model takes {channels}")
    return replace(found, path=path)


def asked(
    path: str, model: Model, arguments: argparse.Namespace, options: CsvOptions
) -> Recording:
    """The same as the arguments of `add` ask for it."""
    given = {"rate": arguments.rate, "integers": arguments.integers}
    return read(path, model, options, **given)


def _stream(model: Model, hop: int | None) -> Stream:
    try:
        return Stream(model, hop)
    except ValueError as error:
        raise Failure(f"--hop: {error}") from None


def streamed(model: Model, found: Recording, hop: int | None) -> Windows:
    """What the stream says of a recording, with a bar for a long one.

    Raises
    ------
    Failure
        If there is no whole window, or the model's metadata contradict its program.
    """
    stream, total = _stream(model, hop), len(found.samples)
    with progress("windows") as advance:
        try:
            scores = stream.push_scores(
                found.samples,
                progress=lambda share: advance(
                    share, f"{round(share * total)} samples"
                ),
            )
        except ValueError as error:
            raise Failure(f"{found.path}: {error}") from None
    channels = model.window.channels
    step = hop or model.window.hop_times
    try:
        replace(model.window, hop=step * channels).check_answers(total, len(scores))
    except ValueError as error:
        raise Failure(str(error)) from None
    if not len(scores):
        times = model.window.times
        raise Failure(
            f"{found.path}: {total} samples are less than a window of {times}"
        )
    starts = np.arange(len(scores)) * step
    seconds = None if found.rate is None else np.round(starts / found.rate, 6)
    return Windows(starts, seconds, scores)


def one(model: Model, found: Recording, number: int, hop: int | None) -> NDArray[Any]:
    """A window as a row, (1, n_features).

    Raises
    ------
    Failure
        If the recording has no window of that number.
    """
    length, step = model.window.times, hop or model.window.hop_times
    window = found.samples[number * step : number * step + length]
    if len(window) < length:
        cut = replace(model.window, hop=step * model.window.channels)
        count = cut.count(len(found.samples))
        raise Failure(f"the recording has {count} windows; there is no window {number}")
    return window.reshape(1, -1)
