# SPDX-License-Identifier: MIT
"""Recordings that --data names, for commands that compare: one file or several."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli import windows
from emlrt.cli.common import Failure
from emlrt.cli.rows import CsvOptions
from emlrt.cli.samples import Recording, kind_of
from emlrt.cli.scoring import Scorer
from emlrt.model import Model


@dataclass(frozen=True)
class Recorded:
    """parts: samples (n_samples, channels) of each file. targets: of each sample, a
    column a file; None without. places: the first sample of each window, file after
    file. rate: times a second, where the files say it. notes: what was done with files,
    for people."""

    parts: list[NDArray[Any]]
    targets: list[NDArray[Any]] | None
    places: list[int]
    rate: float | None
    notes: tuple[str, ...] = ()


def all_recordings(paths: Sequence[str], model: Model, options: CsvOptions) -> bool:
    """Whether files hold samples, not a row a window.

    Raises
    ------
    Failure
        If some do, or several hold rows.
    """
    found = [windows.is_recording(path, model, options) for path in paths]
    if len(paths) > 1 and not all(found):
        other = paths[found.index(False)]
        raise Failure(
            f"--data is given {len(paths)} times, and {other} is no recording for this"
            " model; rows are of one file"
        )
    return all(found)


def _resampled(path: str, rate: float | None) -> int | None:
    """The rate of a sound that --rate asks for; other files do not say theirs."""
    if rate is None or kind_of(path) not in windows.SOUNDS:
        return None
    if rate != int(rate):
        raise Failure(f"--rate of a .wav or .flac is a whole number, not {rate:g}")
    return int(rate)


def _one(
    path: str, arguments: argparse.Namespace, model: Model, options: CsvOptions
) -> Recording:
    """The recording of a file, of a window at least."""
    from emlrt.verdict.recordings import checked

    if model.program.metadata.window is None:
        raise Failure(
            f"{path} is a recording, and the model takes rows of"
            f" {model.n_features_in_} features"
        )
    rate, integers = _resampled(path, arguments.rate), arguments.integers
    given = {"rate": rate, "integers": integers, "pace": arguments.rate}
    found = windows.read(path, model, options, **given)
    if options.targets and not found.lines:
        raise Failure(f"{path}: only a .csv has target columns")
    try:
        checked(model, path, found.samples)
    except ValueError as error:
        raise Failure(str(error)) from None
    return found


def _targets(found: Recording, scorer: Scorer) -> NDArray[Any]:
    """Its target columns: (n_samples,), or (n_samples, n_outputs)."""
    values = np.array(scorer.values(list(found.targets), list(found.lines))).T
    return values[:, 0] if values.shape[1] == 1 else values


def _rate_of(found: Sequence[Recording]) -> float | None:
    """The rate that all files have which say one."""
    rates = {each.rate: each.path for each in found if each.rate is not None}
    if len(rates) > 1:
        (a, one), (b, other) = list(rates.items())[:2]
        raise Failure(
            f"{one} has {a} samples a second, and {other} {b}: --rate N resamples all"
        )
    return next(iter(rates), None)


def read(
    paths: Sequence[str],
    arguments: argparse.Namespace,
    model: Model,
    options: CsvOptions,
) -> Recorded:
    """The recordings of files, with the targets that the options name."""
    found = [_one(path, arguments, model, options) for path in paths]
    targets = None
    if options.targets:
        scorer = Scorer(model, options.targets)
        targets = [_targets(each, scorer) for each in found]
    cut, places = model.window, list[int]()
    for each in found:
        places += range(0, len(each.samples) - cut.times + 1, cut.hop_times)
    samples = [each.samples for each in found]
    notes = tuple(note for each in found for note in each.notes)
    return Recorded(samples, targets, places, _rate_of(found), notes)


def labels(given: Sequence[str], model: Model, n_files: int) -> list[Any]:
    """What --label says of each recording: once for all, or once a file."""
    if len(given) not in (1, n_files):
        raise Failure(
            f"--label is given {len(given)} times for {n_files} recordings: give it"
            " once, or once a file"
        )
    scorer = Scorer(model, ("--label",))
    (values,) = scorer.values([[label] for label in given], [1] * len(given))
    return values * (n_files // len(values))
