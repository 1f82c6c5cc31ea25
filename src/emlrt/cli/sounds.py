# SPDX-License-Identifier: MIT
"""Sounds for the demo of signals: Sonic Pi's drums, files of a folder, or made ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.cli.common import Failure
from emlrt.cli.recordings import Recordings
from emlrt.cli.samples import missing_decoder, recording, resampled

RATE = 16000  # samples a second
_MOST = RATE // 2  # of a sound: its first half second
_LEAST = 5  # sounds of a name, one for each part of the cross-validation
_PACKAGE = "supersonic-scsynth-samples"
DRUMS = f"drums, from {_PACKAGE} (Sonic Pi, CC0)"
MADE = "MADE sounds, of no microphone: for real drums, "
_FETCH = f"npm install {_PACKAGE}"
_DECODE = "pip install soundfile"
#: What the package's names begin with, of the drums that have many sounds.
_NAMES = {"bd": "bass drum", "hat": "hi-hat", "tabla": "tabla"}
_KINDS = ".flac", ".wav"


def _package() -> Path | None:
    """The package's samples, where npm install has put them."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        samples = folder / "node_modules" / _PACKAGE / "samples"
        if samples.is_dir():
            return samples
    return None


def _heard(path: Path, length: int) -> NDArray[np.float32]:
    """The first half second of a file, one channel, and silence up to a window."""
    found = recording(str(path), integers=False)
    if found.rate is None:
        raise Failure(f"{path} has no rate")
    mono = found.samples.mean(axis=1, dtype=np.float32)
    samples = resampled(mono, found.rate, RATE)[:_MOST]
    return np.pad(samples, (0, max(0, length - len(samples))))


def _files(folder: Path) -> dict[str, list[Path]]:
    """Files of sounds by their class: what their names have before the first "_"."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in _KINDS and "_" in path.stem:
            found.setdefault(path.stem.partition("_")[0], []).append(path)
    chosen = {_NAMES[name]: found[name] for name in _NAMES if name in found}
    if len(chosen) < len(_NAMES):
        chosen = found
    return {name: paths for name, paths in chosen.items() if len(paths) >= _LEAST}


def _of(folder: Path, source: str, length: int) -> Recordings:
    files = _files(folder)
    if len(files) < 2:
        raise Failure(
            f"{folder}: holds no {_LEAST} sounds each of two classes or more; name the"
            f" files CLASS_name.wav or CLASS_name.flac"
        )
    pairs = [(name, path) for name, paths in files.items() for path in paths]
    samples = [_heard(path, length) for _, path in pairs]
    labels = np.array([name for name, _ in pairs])
    return Recordings(source, samples, labels, np.arange(len(pairs)))


def _made(source: str) -> Recordings:
    """Decaying tones and noise: each kind has its pitch, each sound its own pace."""
    rng = np.random.default_rng(0)
    t = np.arange(_MOST) / RATE
    samples, labels = [], []
    for k in range(36):
        pitch, noise = ((60, 0.02), (300, 0.1), (3000, 1))[k % 3]
        decay = np.exp(-t * rng.uniform(6, 20))
        tone = np.sin(2 * np.pi * pitch * rng.uniform(0.7, 1.4) * t)
        hiss = np.diff(rng.normal(size=_MOST + 1)) * noise
        samples.append(((tone + hiss) * decay * 0.3).astype(np.float32))
        labels.append(("low tone", "high tone", "hiss")[k % 3])
    return Recordings(source, samples, np.array(labels), np.arange(36))


def sounds(place: str | None, length: int) -> Recordings:
    """Sounds of a folder, or of the package if npm has put it into this folder or one
    above; or else made ones, which say so. Each has `length` samples or more.

    Raises
    ------
    Failure
        If a folder is given that holds no such sounds.
    """
    if place is not None:
        folder = Path(place)
        if not folder.is_dir():
            raise Failure(f"{place}: is no folder of sounds")
        inside = folder / "samples"
        of: Any = inside if inside.is_dir() else folder
        return _of(of, f"sounds of {place}", length)
    found = _package()
    lacking = missing_decoder()
    if found is not None and not lacking:
        return _of(found, DRUMS, length)
    steps = [_FETCH] * (found is None) + [_DECODE] * lacking
    return _made(MADE + ", and ".join(steps))
