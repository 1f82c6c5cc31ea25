# SPDX-License-Identifier: MIT
"""The table of the blocks of emlrt.signal and the modules that convert them."""

from __future__ import annotations

from typing import Any

#: Modules of emlrt.convert.signal, and the classes that each converts. A module has
#: `convert(graph, block, x)`, as those of this folder.
BLOCKS: dict[str, tuple[str, ...]] = {
    "features": ("TimeFeatures",),
    "level": ("Detrend", "Magnitude", "RemoveMean", "Standardize", "Tilt"),
    "fourier": ("RFFT", "Welch"),
    "filters": (
        "Decimate",
        "Difference",
        "ExponentialMean",
        "ExponentialZScore",
        "Fir",
        "Gravity",
        "Lfilter",
        "MedianFilter",
        "MovingAverage",
        "Sosfilt",
        "SosfiltFilt",
    ),
    "integer": ("IntegerTimeFeatures", "LogMelQ15"),
    "micro": ("MicroFrontend",),
    "banks": ("Delta", "FilterBank"),
    "decisions": ("Decision",),
    "decibels": ("AmplitudeToDb", "PCEN", "PowerToDb"),
    "mel": ("MFCC", "MelSpectrogram"),
    "spectral": ("SpectralFeatures",),
    "goertzel": ("Goertzel",),
    "windows": ("Channels", "Frame", "Lags", "Window"),
}
#: Module by class name.
REGISTRY: dict[str, str] = {
    name: module for module, names in BLOCKS.items() for name in names
}


def is_block(step: Any) -> bool:
    """Whether an estimator is one of emlrt.signal, which is not imported for that."""
    return type(step).__module__.startswith("emlrt.signal.")
