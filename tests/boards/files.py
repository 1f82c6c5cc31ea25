# SPDX-License-Identifier: MIT
"""What device.py reads: models, rows, and the scores that Python has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlrt
from emlrt.native import OpenStream


def accepted(model: emlrt.Model, x: NDArray[Any]) -> NDArray[Any]:
    """The rows that the model was made for: of finite floats, or others it knows."""
    if x.dtype.kind != "f":
        return x
    bad = np.zeros(x.shape, bool)
    if not model.program.missing:
        bad |= np.isnan(x)
    if not model.program.infinite:
        bad |= np.isinf(x)
    return x[~bad.any(axis=1)]


def put_rows(folder: Path, name: str, model: emlrt.Model, x: NDArray[Any]) -> str:
    """A model's files, of rows as the device reads them; returns its line."""
    x = accepted(model, x)
    y = model._runtime.scores(x)
    (folder / f"{name}.eml").write_bytes(bytes(model))
    (folder / f"{name}.x").write_bytes(x.tobytes())
    (folder / f"{name}.y").write_bytes(y.tobytes())
    return f"{name} rows {len(x)} {x[0].nbytes} {y[0].nbytes}"


def put_windows(folder: Path, name: str, model: emlrt.Model, x: NDArray[Any]) -> str:
    """The same of samples, one after the other."""
    samples = np.ascontiguousarray(x).reshape(-1)
    found = OpenStream(bytes(model), 0, model.stream_bytes).push(samples, None)
    y = np.stack([np.asarray(each) for each in found])
    (folder / f"{name}.eml").write_bytes(bytes(model))
    (folder / f"{name}.x").write_bytes(samples.tobytes())
    (folder / f"{name}.y").write_bytes(y.tobytes())
    return f"{name} windows {len(y)} {samples.nbytes} {y[0].nbytes}"


def put_list(folder: Path, lines: Iterable[str]) -> None:
    """The list of what is there."""
    (folder / "models.txt").write_text("".join(f"{line}\n" for line in lines))
