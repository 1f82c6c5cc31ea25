# SPDX-License-Identifier: MIT
"""Recordings for the demo of signals: a watch's, or made ones."""

from __future__ import annotations

import codecs
import pickle
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from emlrt.cli.common import Failure

WATCH = "recordings of a watch, from seglearn (David Burns, BSD licence)"
MADE = (
    "MADE recordings, of no sensor: for those of a watch,"
    " pip install --no-deps seglearn"
)
_FILE = "watch_dataset.npy"
#: What the file of recordings is made of; its pickle may name nothing else.
_KNOWN = {
    ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
    ("numpy._core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): codecs.encode,
}


@dataclass(frozen=True)
class Recordings:
    """source: what they are. samples: (n,) or (n, channels) float32 each; labels: what
    was done, or heard; groups: what a test may not share with the training, such as who
    did it."""

    source: str
    samples: list[NDArray[np.float32]]
    labels: NDArray[np.str_]
    groups: NDArray[np.int64]


class _Unpickler(pickle.Unpickler):
    """Takes arrays, and nothing that a file could do harm with."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"the recordings name {module}.{name}")
        return _KNOWN[module, name]


def _watch_file() -> Path | None:
    """The file in the package seglearn, which is not imported."""
    spec = find_spec("seglearn")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "data" / _FILE
    return path if path.is_file() else None


def _watch(path: Path) -> Recordings:
    with path.open("rb") as file:
        npy.read_magic(file)
        npy.read_array_header_1_0(file)
        found = _Unpickler(file, encoding="latin1").load().item()
    samples = [np.asarray(each, np.float32) for each in found["X"]]
    labels = np.array(found["y_labels"])[np.asarray(found["y"], np.int64)]
    return Recordings(WATCH, samples, labels, np.asarray(found["subject"], np.int64))


def _made() -> Recordings:
    """Swings of six axes: each exercise has its rate, each subject its own pace."""
    rng = np.random.default_rng(0)
    pairs = [(who, what) for who in range(10) for what in range(4)]
    paces, shares = rng.uniform(0.8, 1.2, 10), rng.uniform(0.2, 1, (4, 6))
    samples = []
    for who, what in pairs:
        phase = 2 * np.pi * np.arange(600) / 50 * paces[who] * (0.5 + 0.4 * what)
        swing = np.sin(phase)[:, None] * shares[what]
        samples.append((swing + rng.normal(0, 0.3, (600, 6))).astype(np.float32))
    labels = np.array([f"exercise {what}" for _, what in pairs])
    return Recordings(MADE, samples, labels, np.array([who for who, _ in pairs]))


def _given(place: str) -> Path:
    """The file that was named, or is in a folder that was."""
    path = Path(place)
    path = path / _FILE if path.is_dir() else path
    if not path.is_file():
        raise Failure(f"{place}: holds no {_FILE} of seglearn")
    return path


def watch(place: str | None) -> Recordings:
    """Those of a watch: from a place, or from seglearn if it is installed; or else made
    ones, which say so."""
    path = _watch_file() if place is None else _given(place)
    return _made() if path is None else _watch(path)
