# SPDX-License-Identifier: MIT
"""Recordings in files: WAV, .npy and CSV."""

from __future__ import annotations

import csv
import wave
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli.common import Failure
from emlrt.reading import opened

#: dtypes of WAV's samples by their bytes; those of one byte are unsigned.
_WAV = {1: "u1", 2: "<i2", 4: "<i4"}


def _wav(path: str, integers: bool) -> NDArray[Any]:
    """Samples (n, channels): integers as they stand, or from -1 to 1."""
    try:
        with opened(path) as stream, wave.open(stream) as file:
            width, channels = file.getsampwidth(), file.getnchannels()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise Failure(f"{path} is no WAV file of plain samples: {error}") from None
    if width not in _WAV:
        raise Failure(f"{path} has samples of {width} bytes; save it with 16 bits")
    samples = np.frombuffer(data, _WAV[width])
    samples = samples[: samples.size // channels * channels].reshape(-1, channels)
    if integers:
        return samples
    middle = 128 if width == 1 else 0
    return (samples.astype(np.float32) - middle) / np.float32(2 ** (8 * width - 1))


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


def _csv(path: str) -> NDArray[np.float64]:
    """A column a channel; the first line may be a header."""
    with opened(path) as stream:
        text = stream.read().decode("utf-8-sig", "replace")
    lines = [line for line in csv.reader(text.splitlines()) if line]
    try:
        first = 0 if not lines else int(not [float(cell) for cell in lines[0]])
    except ValueError:
        first = 1
    rows = [_numbers(line, first + k + 1, path) for k, line in enumerate(lines[first:])]
    if not rows or len({len(row) for row in rows}) != 1:
        raise Failure(f"{path} has no lines of as many samples each")
    return np.array(rows, np.float64)


def recording(path: str, *, integers: bool) -> NDArray[Any]:
    """Samples (n, channels) of a file.

    integers : whether those of WAV stay what they are.

    Raises
    ------
    Failure
        If the file holds anything else.
    OSError
        If it cannot be read.
    """
    kind = path.lower().rpartition(".")[2]
    if kind == "wav":
        return _wav(path, integers)
    if kind in ("npy", "csv"):
        return _npy(path) if kind == "npy" else _csv(path)
    raise Failure(f"{path}: a recording is a .wav, .npy or .csv file")
