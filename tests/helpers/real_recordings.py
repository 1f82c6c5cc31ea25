# SPDX-License-Identifier: MIT
"""Examples on real recordings (tests/recordings): data, and the demo's models."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from emlrt.cli.demo_signal import EXAMPLES, Example
from emlrt.cli.recordings import Recordings

FOLDER = Path(__file__).parents[1] / "recordings"


def drums() -> Recordings:
    """18 sounds of three kinds of drums, at 16 kHz."""
    held = np.load(FOLDER / "drums.npz")
    samples = list(held["X"].astype(np.float32) / 32768)
    return Recordings("drums", samples, held["y"], np.arange(len(samples)))


def watch() -> Recordings:
    """30 gestures of five people, of three exercises."""
    held = np.load(FOLDER / "watch.npz")
    samples = list(held["X"].astype(np.float32) / 1000)
    return Recordings("watch", samples, held["y"], held["groups"])


@cache
def example(name: str) -> Example:
    """An example of the demo, on the excerpt."""
    found = {"audio": drums, "watch": watch}[name]
    return replace(EXAMPLES[name], load=lambda _: found())
