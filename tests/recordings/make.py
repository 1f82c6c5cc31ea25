# SPDX-License-Identifier: MIT
"""Make the excerpts of this folder again: make.py SAMPLES WATCH.

SAMPLES: the folder "samples" of the npm package supersonic-scsynth-samples 0.84.2;
WATCH: watch_dataset.npy of the PyPI package seglearn 1.2.5.
"""

import sys
from pathlib import Path

import numpy as np

from emlrt.cli.recordings import watch
from emlrt.cli.sounds import RATE, sounds

HERE = Path(__file__).parent
WINDOW = 3872  # samples of the demo's window of sound
DRUMS = 6  # of each kind
PEOPLE, EXERCISES, TIMES = 5, ("ABD", "PEN", "ROW"), slice(100, 500)


def int16(samples, scale):
    return np.clip(np.round(samples * scale), -32768, 32767).astype(np.int16)


def drums(place):
    """The first third of a second, as long as a window and one hop at least."""
    found = sounds(place, WINDOW + 1600)
    chosen = [
        k
        for name in np.unique(found.labels)
        for k in np.flatnonzero(found.labels == name)[:DRUMS]
    ]
    X = np.stack([found.samples[k][: WINDOW + 1600] for k in chosen])
    labels = found.labels[chosen]
    np.savez_compressed(HERE / "drums.npz", X=int16(X, 32768), y=labels, rate=RATE)


def gestures(place):
    """400 times of six axes, in thousandths of the file's units."""
    found = watch(place)
    people = np.unique(found.groups)[:PEOPLE]
    chosen = np.isin(found.groups, people) & np.isin(found.labels, EXERCISES)
    rows = np.flatnonzero(chosen)
    X = np.stack([found.samples[k][TIMES] for k in rows])
    known = {"y": found.labels[rows], "groups": found.groups[rows]}
    np.savez_compressed(HERE / "watch.npz", X=int16(X, 1000), **known)


if __name__ == "__main__":
    drums(sys.argv[1])
    gestures(sys.argv[2])
