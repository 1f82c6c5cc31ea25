# SPDX-License-Identifier: MIT
"""All blocks of emlrt.signal, each with parameters that suit windows of 64 samples."""

import inspect

import numpy as np

from emlrt import signal
from emlrt.signal.base import Block

#: What each block needs beside its defaults.
SPECTRA = {"sr": 1000, "n_fft": 32, "hop_length": 16, "n_mels": 8}
NEEDED = {
    "Decimate": {"q": 2},
    "Delta": {"n_bands": 8, "width": 3},
    "ExponentialMean": {"alpha": 0.5},
    "ExponentialZScore": {"alpha": 0.5},
    "FilterBank": {"matrix": np.eye(64)},
    "Fir": {"taps": [1.0]},
    "Frame": {"length": 64},
    "Lfilter": {"b": [1.0], "a": [1.0, -0.5]},
    "Goertzel": {"frequencies": [0.1, 0.25]},
    "LogMelQ15": SPECTRA,
    "MFCC": {**SPECTRA, "n_mfcc": 4},
    "MelSpectrogram": SPECTRA,
    "MicroFrontend": {"sample_rate": 1000, "upper_band_limit": 400, "num_channels": 4},
    "MovingAverage": {"n": 2},
    "PCEN": {"n_bands": 8},
    "Sosfilt": {"sos": [[1.0, 0, 0, 1, 0, 0]]},
    "SosfiltFilt": {"sos": [[1.0, 0, 0, 1, 0, 0]]},
    "SpectralFeatures": {"sr": 1000, "n_fft": 32, "hop_length": 16},
}
#: Their names.
BLOCKS = [
    name
    for name in signal.__all__
    if inspect.isclass(getattr(signal, name))
    and issubclass(getattr(signal, name), Block)
]


def made(name, **parameters):
    """A block that is not fitted."""
    return getattr(signal, name)(**{**NEEDED.get(name, {}), **parameters})
