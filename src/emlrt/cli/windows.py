# SPDX-License-Identifier: MIT
"""Recordings in files, and what a model's stream says of their windows."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli.common import Failure
from emlrt.cli.progress import progress
from emlrt.cli.rows import CsvOptions, listed, titles_of
from emlrt.cli.samples import Recording, kind_of, recording, resampled
from emlrt.cli.terminal import say_notes
from emlrt.model import Model
from emlrt.reading import opened
from emlrt.stream import Stream

#: What only recordings are: their samples have no other form.
SOUNDS = "wav", "flac"
#: How titles of columns of times begin, or what they are; and what a second has of
#: their units, from seconds to nanoseconds.
_TIMES = ("time", "t_", "sec", "milli", "micro")
_UNIT_NAMES = ("t", "s", "ms", "us", "ns")
_UNITS = (1.0, 1e3, 1e6, 1e9)
#: How far times may be from a rate, as a share of it: clocks and roundings are.
_NEAR = 0.05


def number_of(text: str) -> float:
    """A number in an argument; NaN if it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _whole_rate(text: str) -> int:
    """Samples a second, as 8000 or 8e3."""
    found = number_of(text)
    if not 1 <= found < 2**31 or found != int(found):
        raise argparse.ArgumentTypeError(f"a whole number of samples, not {text!r}")
    return int(found)


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
        type=_whole_rate,
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


def _shape(path: str) -> tuple[int, ...]:
    """The shape of an .npy file, but for its first dimension; () if it is none, which
    whoever reads it says."""
    try:
        shape: tuple[int, ...] = np.load(path, mmap_mode="r").shape
    except (ValueError, EOFError):
        return ()
    return (*shape[1:], 1)[:1] if len(shape) < 3 else shape[1:]


def _cells(path: str, options: CsvOptions) -> list[str]:
    """The first line of a CSV."""
    with opened(path) as stream:
        line = stream.readline().decode("utf-8-sig", "replace")
    return next(csv.reader([line], delimiter=options.delimiter), [])


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
    if kind == "npy":
        with opened(path):  # which says what is no file
            return _shape(path) == (channels,)
    names = model.channel_names
    cells = titles_of(_cells(path, options), names)
    if options.header != "no" and set(names) & set(cells):
        return True
    return len(cells) == channels + len(set(options.targets))


def _at_rate(path: str, found: Recording, rate: int, wanted: float | None) -> Recording:
    """The recording at a rate that was asked for. wanted: that which the model was made
    for, if it says one."""
    own = found.rate
    if own is None:
        raise Failure(f"--rate: {path} does not say its own rate, as .wav and .flac do")
    made = "" if wanted is None else f"the model was made for {wanted:.10g}"
    if rate == own:
        if wanted is None or wanted == own:
            return found
        note = f"{path} has {own} samples a second, and {made}: it is taken as it is"
        return replace(found, notes=(*found.notes, note))
    if wanted not in (None, rate):
        raise Failure(
            f"--rate {rate} is neither: {path} has {own} samples a second, and {made};"
            f" leave --rate out, or give --rate {own} to take it as it is"
        )
    samples = resampled(found.samples, own, rate)
    note = f"{path} is resampled from {own} samples a second to {rate} (--rate)"
    return replace(found, samples=samples, rate=rate, notes=(*found.notes, note))


def _timed(path: str, found: Recording, wanted: float | None) -> Iterator[str]:
    """What is to be said of the columns of a CSV that are no channels: that they are
    ignored, and of those of times whether they contradict the rate."""
    if found.others:
        shown = listed(found.others)
        yield f"{path}: ignored columns, which are no channels of the model: {shown}"
    for title, cells in found.others.items():
        step = _step(title, cells)
        if wanted is None or step is None:
            continue
        if not any(abs(step * wanted - unit) < _NEAR * unit for unit in _UNITS):
            yield (
                f"{path}: its column {title} rises by {step:.6g} from sample to sample,"
                f" which is {wanted:.6g} samples a second in no unit of time: the"
                " samples are taken as they are"
            )


def _step(title: str, cells: Sequence[str]) -> float | None:
    """By how much the times in a column rise, mostly; None if it is none of times."""
    word = title.strip().lower()
    if not word.startswith(_TIMES) and word not in _UNIT_NAMES:
        return None
    try:
        steps = np.diff(np.array([float(cell) for cell in cells]))
    except ValueError:
        return None
    return float(np.median(steps)) if steps.size and (steps > 0).all() else None


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
    pace: float | None = None,
) -> Recording:
    """The samples of a file, as the model asks for them, with notes of what was done.

    Those of WAV and FLAC stay integers for models of integers that have no rule for raw
    numbers. rate, integers: as the options say. pace: times a second at which samples
    are said to come, where the file does not say it.
    """
    whole = model.input_dtype.kind != "f" and model.inputs is None
    names = model.channel_names
    found = recording(path, integers=integers or whole, options=options, names=names)
    _check_numbers(path, found.samples)
    wanted = model.window.rate
    if rate is not None:
        found = _at_rate(path, found, rate, wanted)
    else:
        _check_rate(path, found, wanted)
    found = replace(found, notes=(*found.notes, *_timed(path, found, pace or wanted)))
    channels, given = model.window.channels, found.samples.shape[1]
    if given != channels:
        raise Failure(f"{path} has {given} channels, and the model takes {channels}")
    return replace(found, path=path)


def asked(
    path: str, model: Model, arguments: argparse.Namespace, options: CsvOptions
) -> Recording:
    """The same as the arguments of `add` ask for it; the notes go to stderr."""
    given = {"rate": arguments.rate, "integers": arguments.integers}
    found = read(path, model, options, **given)
    say_notes(found.notes)
    return found


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
