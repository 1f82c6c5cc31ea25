# SPDX-License-Identifier: MIT
"""Recordings in files: WAV, FLAC, .npy and CSV."""

from __future__ import annotations

import csv
import sys
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli.common import Failure
from emlrt.cli.rows import CsvOptions, named_columns, target_column, titles_of
from emlrt.cli.terminal import say
from emlrt.reading import opened

#: dtypes of WAV's samples by their bytes; those of one byte are unsigned, and three
#: bytes are read as the upper ones of four.
_WAV = {1: "u1", 2: "<i2", 3: "<i4", 4: "<i4"}
#: A header of so many bytes of samples, or more, was written before they were known.
_PIPED = 0x7FFF0000


@dataclass(frozen=True)
class Recording:
    """samples: (n, channels). rate: samples a second, where the file says so. path: of
    the file, for messages. targets: cells of a CSV's target columns, a list a line;
    lines: where each line stands. others: cells of its columns that are no channels, by
    their titles. notes: what was done with the file, for people."""

    samples: NDArray[Any]
    rate: int | None = None
    path: str = "the recording"
    targets: Sequence[list[str]] = ()
    lines: Sequence[int] = ()
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def _widened(data: bytes) -> bytes:
    """Samples of 24 bits as 32, times 256."""
    narrow = np.frombuffer(data[: len(data) // 3 * 3], np.uint8).reshape(-1, 3)
    wide = np.zeros((len(narrow), 4), np.uint8)
    wide[:, 1:] = narrow
    return wide.tobytes()


def _tell_cut(path: str, found: int, named: int, size: int) -> None:
    """Says on stderr if a file has fewer samples than its header names; size: bytes of
    one. Programs that write to a pipe name the most that there can be."""
    if found < named and named * size < _PIPED:
        say(
            f"emlrt: {path} was cut off: it has {found:,} of the {named:,} samples that"
            " its header names, and these are taken",
            file=sys.stderr,
        )


def _wav(path: str, integers: bool) -> Recording:
    """Integers as they stand, or numbers from -1 to 1. Other samples than integers, and
    headers that this Python's wave does not know, are left to soundfile."""
    try:
        with opened(path) as stream, wave.open(stream) as file:
            width, channels = file.getsampwidth(), file.getnchannels()
            rate, n = file.getframerate(), file.getnframes()
            data = file.readframes(n)
    except (wave.Error, EOFError) as error:
        why = str(error) or "it ends before its samples"
        refusal = f"{path} is no WAV file of plain samples: {why}"
        if missing_decoder():
            raise Failure(f"{refusal}; soundfile reads more kinds") from None
        return _decoded(path, integers, refusal)
    if width not in _WAV:
        raise Failure(f"{path} has samples of {width} bytes; save it with 16 bits")
    _tell_cut(path, len(data) // (width * channels), n, width * channels)
    data = data[: len(data) // width * width]  # of a file that was cut off
    samples = np.frombuffer(_widened(data) if width == 3 else data, _WAV[width])
    samples = samples[: samples.size // channels * channels].reshape(-1, channels)
    if integers:
        return Recording(samples >> 8 if width == 3 else samples, rate)
    middle, unit = (
        (128, 2.0**7) if width == 1 else (0, 2.0 ** (8 * samples.itemsize - 1))
    )
    floats = (samples.astype(np.float32) - np.float32(middle)) / np.float32(unit)
    return Recording(floats, rate)


def missing_decoder() -> bool:
    """Whether soundfile, which reads FLAC, is not to be had."""
    try:
        import soundfile  # noqa: F401
    except (ImportError, OSError):  # OSError: without its library
        return True
    return False


def _flac(path: str, integers: bool) -> Recording:
    if missing_decoder():
        raise Failure(f"{path}: FLAC takes soundfile; pip install soundfile")
    return _decoded(path, integers, f"{path} is no FLAC file")


def _decoded(path: str, integers: bool, refusal: str) -> Recording:
    """What soundfile reads: integers of 16 bits, or numbers from -1 to 1.

    Raises
    ------
    Failure
        With a message, if it reads nothing.
    """
    import soundfile

    dtype = "int16" if integers else "float32"
    try:
        with opened(path) as stream:
            samples, rate = soundfile.read(stream, dtype=dtype, always_2d=True)
    except soundfile.LibsndfileError:
        raise Failure(refusal) from None
    return Recording(samples, int(rate))


def _npy(path: str) -> NDArray[Any]:
    try:
        with opened(path) as stream:
            samples = np.load(stream, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise Failure(f"{path} is no .npy file of numbers: {error}") from None
    if not isinstance(samples, np.ndarray) or samples.ndim not in (1, 2):
        raise Failure(f"{path} holds no samples (n,) or (n, channels)")
    return samples.reshape(len(samples), -1)


def _numbers(line: list[str], number: int, path: str) -> list[float]:
    try:
        return [float(cell) for cell in line]
    except ValueError:
        raise Failure(f"{path}, line {number}: {line} are no numbers") from None


def _headed(line: list[str], options: CsvOptions, names: Sequence[str]) -> bool:
    """Whether the first line of a CSV is a header: it has the channels' names, or what
    it has beside targets, which may be words, is no number."""
    if options.header != "auto":
        return options.header == "yes"
    if names and set(names) <= set(line):
        return True
    numbered = {int(t) - 1 for t in options.targets if t.isdecimal()}
    named = set(options.targets) & set(line)
    cells = [cell for k, cell in enumerate(line) if k not in numbered]
    try:
        return bool(named) or not [float(cell) for cell in cells]
    except ValueError:
        return True


def _csv(path: str, options: CsvOptions, names: Sequence[str]) -> Recording:
    """A column a channel, and perhaps targets; the first line may be a header, whose
    columns are those of the names, where there are some."""
    with opened(path) as stream:
        text = stream.read().decode("utf-8-sig", "replace")
    reader = csv.reader(text.splitlines(), delimiter=options.delimiter)
    numbered = [(reader.line_num, line) for line in reader if line]
    lines, places = [line for _, line in numbered], [k for k, _ in numbered]
    lines[:1] = [titles_of(line, names) for line in lines[:1]]
    first = int(bool(lines) and _headed(lines[0], options, names))
    if len(lines) == first or len({len(line) for line in lines}) != 1:
        raise Failure(f"{path} has no lines of as many samples each")
    header, width = (lines[0] if first else None), len(lines[0])
    at = [target_column(path, t, header, width) for t in options.targets]
    kept = [k for k in range(width) if k not in at]
    if header is not None and names:
        kept = named_columns(path, header, names, "channel")
    rows = [
        _numbers([line[k] for k in kept], place, path)
        for place, line in zip(places[first:], lines[first:], strict=True)
    ]
    targets = [[line[k] for k in at] for line in lines[first:]]
    rest = [k for k in range(width) if header is not None and k not in (*at, *kept)]
    others = {(header or [])[k]: [line[k] for line in lines[first:]] for k in rest}
    samples = np.array(rows, np.float64)
    return Recording(samples, None, path, targets, places[first:], others)


def kind_of(path: str) -> str:
    """What a file's name ends in, in lower case."""
    return path.lower().rpartition(".")[2]


def recording(
    path: str,
    *,
    integers: bool,
    options: CsvOptions | None = None,
    names: Sequence[str] = (),
) -> Recording:
    """The samples of a file.

    integers : whether those of WAV and FLAC stay what they are. options : of CSV.
    names : of channels, for the columns of a CSV that has a header.

    Raises
    ------
    Failure
        If the file holds anything else.
    OSError
        If it cannot be read.
    """
    kind = kind_of(path)
    if kind in ("wav", "flac"):
        found = (_wav if kind == "wav" else _flac)(path, integers)
        if not found.rate:
            raise Failure(f"{path}: its header says 0 samples a second; save it anew")
        return found
    if kind == "npy":
        return Recording(_npy(path))
    if kind == "csv":
        return _csv(path, options or CsvOptions(), names)
    raise Failure(f"{path}: a recording is a .wav, .flac, .npy or .csv file")


def resampled(samples: NDArray[Any], rate: int, wanted: int) -> NDArray[Any]:
    """Samples (n,) or (n, channels) at another rate, of the same dtype, by
    scipy.signal.resample_poly.

    Raises
    ------
    Failure
        Without scipy.
    """
    if rate == wanted:
        return samples
    try:
        from scipy.signal import resample_poly
    except ImportError:
        raise Failure("another rate takes scipy; pip install scipy") from None
    ratio = Fraction(wanted, rate)
    floats = np.asarray(samples, np.float64 if samples.dtype.kind != "f" else None)
    found = resample_poly(floats, ratio.numerator, ratio.denominator, axis=0)
    if samples.dtype.kind == "f":
        return np.asarray(found, samples.dtype)
    limits = np.iinfo(samples.dtype)
    whole = np.clip(np.rint(found), limits.min, limits.max)
    return np.asarray(whole, samples.dtype)
