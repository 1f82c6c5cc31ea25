# SPDX-License-Identifier: MIT
"""Fourier transforms: all radices, odd and even, frames of every kind."""

import numpy as np
from ensembles import model_of

from emlrt.convert.ir.graph import Graph
from emlrt.convert.signal.fourier import StftFrames, stft
from families import Case, odd_rows

RNG = np.random.default_rng(16)


def spectra(n_in, kind, **frames):
    def make():
        graph = Graph(n_in)
        model = model_of(graph, stft(graph, graph.input, StftFrames(**frames), kind))
        rows = np.random.default_rng(n_in).normal(size=(4, n_in))
        return model, np.concatenate([rows.astype(np.float32), odd_rows(n_in)])

    return make


TAPER = RNG.uniform(size=6)

CASES = [
    Case("one", spectra(1, "power", n_fft=1)),
    Case("two", spectra(2, "complex", n_fft=2)),
    Case("fours", spectra(32, "complex", n_fft=32)),
    Case("twos", spectra(16, "power", n_fft=16)),
    Case("fives", spectra(10, "magnitude", n_fft=10)),
    Case("sizes", spectra(12, "magnitude", n_fft=12, taper=RNG.uniform(size=12))),
    Case("odd", spectra(15, "complex", n_fft=15)),
    Case("mixed", spectra(60, "power", n_fft=60)),
    Case(
        "frames",
        spectra(21, "power", n_fft=8, n_frames=6, hop=5, taper=TAPER, lead=1, before=4),
    ),
    Case(
        "detrend",
        spectra(7, "power", n_fft=8, n_frames=3, hop=2, length=4, detrend=True),
    ),
    Case(
        "channels",
        spectra(
            *(30, "complex"),
            **dict(n_fft=9, n_frames=2, hop=4, length=5, channels=3),
            **dict(first=1, n_channels=2),
        ),
    ),
]
