# SPDX-License-Identifier: MIT
"""Bands, decibels, energies over their past."""

import struct

import numpy as np

from emlrt import Model
from emlrt.convert.ir.steps import floats
from families import Case, odd_rows
from families.maths import one


def block(name, n, **options):
    """A block's model, and energies of every size."""

    def make():
        from emlrt import signal

        rng = np.random.default_rng(n)
        rows = rng.exponential(size=(9, n)) * 10.0 ** rng.integers(-12, 9, (9, n))
        made = getattr(signal, name)(**options).fit(rows)
        return Model.from_sklearn(made), np.concatenate([rows, -rows[:2], odd_rows(n)])

    return make


def lone_frames(n_bands, *blocks):
    """Mel bands of a stream's frames, blocks (name, options) that see each once, and
    windows of three frames of n_bands."""

    def make():
        from sklearn.pipeline import make_pipeline

        from emlrt import signal

        mel = signal.MelSpectrogram(
            sr=1000, n_fft=16, hop_length=8, n_mels=3, center=False
        )
        more = [getattr(signal, name)(**options) for name, options in blocks]
        rows = np.random.default_rng(2).normal(size=(6, 32)).astype(np.float32)
        pipe = make_pipeline(mel, *more, signal.Frame(3, 2, n_bands=n_bands))
        return Model.from_sklearn(pipe.fit(rows)), rows

    return make


TRIANGLES = [[0, 1, 0.5, 0, 0], [0, 0, 0.25, 1, 0], [0, 0, 0, 0, 0], [0, 0, 0.25, 1, 0]]


def spectral(n_frames, width, *features):
    """Payload of features (kind, start, length, number)."""
    head = struct.pack("<IHHf", n_frames, width, len(features), 31.25)
    return head + b"".join(
        struct.pack("<4Hf", *each[:3], 0, each[3]) for each in features
    )


def magnitudes(payload, n_in, n_out):
    """A model of spectral, and rows of magnitudes: some small, some 0."""

    def make():
        model, rows = one("spectral", n_in, n_out, payload)()
        even = np.tile(np.float32([0, 0.25, 4]), (4, n_in))[:, :n_in]
        return model, np.concatenate([abs(rows), rows, np.zeros((1, n_in)), even])

    return make


ALL = [(kind, 0, 4, number) for kind, number in enumerate((0, 0, 0.85, 1e-10, 0, 0))]
ALL += [(6, 0, 4, 0.7), (7, 1, 2, 0.5), (5, 2, 2, 0)]

CASES = [
    Case("bank", block("FilterBank", 10, matrix=TRIANGLES)),
    Case(
        "bank-biased",
        one(
            "bands",
            8,
            8,
            struct.pack("<IHHHHHHIHHI", 2, 2, 2, 2, 1, 0, 2, 0, 1, 1, 1)
            + floats([0.5, -2, 3, 0.1]),
        ),
    ),
    Case("delta", block("Delta", 14, width=3, n_bands=2)),
    Case("decibels", block("PowerToDb", 4, ref=0.5)),
    Case("decibels-top", block("AmplitudeToDb", 4, top_db=60.0)),
    Case("pcen", block("PCEN", 6, n_bands=2)),
    Case("pcen-no-bias", block("PCEN", 4, n_bands=2, bias=0)),
    Case("spectral", magnitudes(spectral(2, 4, *ALL), 8, 2 * len(ALL))),
    Case("pcen-no-power", block("PCEN", 4, n_bands=1, power=0)),
]
STREAMS = [
    Case("pcen-levels", lone_frames(3, ("PCEN", {"n_bands": 3, "b": 0.25}))),
    Case(
        "bank-frames",
        lone_frames(2, ("PowerToDb", {}), ("FilterBank", {"matrix": np.eye(2, 3)})),
    ),
]
