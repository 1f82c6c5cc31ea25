# SPDX-License-Identifier: MIT
"""Blocks that make features of samples, as scikit-learn transformers.

Each computes by the C code that firmware runs, so that training, `Model.predict` and
the device have the same bits. A row of X is a window of samples: (n, length), or
(n, length, channels) of several channels; interleaved rows (n, length * channels) are
the same to a fitted block. `Decision` stands behind a classifier. Needs scikit-learn.
"""

from __future__ import annotations

from typing import Any

from emlrt.later import attribute

#: The module of this package that each class or function is in.
_MODULES = {
    "Debounce": "decision",
    "Decision": "decision",
    "Threshold": "decision",
    "Vote": "decision",
    "AmplitudeToDb": "decibels",
    "Delta": "banks",
    "FilterBank": "banks",
    "MFCC": "mel",
    "MelSpectrogram": "mel",
    "PCEN": "decibels",
    "PowerToDb": "decibels",
    "SpectralFeatures": "spectral",
    "audio_mfcc": "audio",
    "log_mel": "audio",
    "mel_filters": "mel_scale",
    "mlperf_ad": "audio",
    "FeatureDisplay": "feature_display",
    "SpectrogramDisplay": "spectrogram_display",
    "Detrend": "level",
    "Frame": "framing",
    "Magnitude": "level",
    "RemoveMean": "level",
    "Standardize": "level",
    "Tilt": "level",
    "TimeFeatures": "features",
    "Channels": "channels",
    "Goertzel": "goertzel",
    "Lags": "channels",
    "RFFT": "fourier",
    "Welch": "fourier",
    "IntegerTimeFeatures": "integer",
    "LogMelQ15": "integer",
    "MicroFrontend": "micro",
    "Window": "windows",
    "Decimate": "filters",
    "Difference": "filters",
    "ExponentialMean": "filters",
    "ExponentialZScore": "filters",
    "Fir": "filters",
    "Gravity": "filters",
    "Lfilter": "filters",
    "MedianFilter": "filters",
    "MovingAverage": "filters",
    "Sosfilt": "filters",
    "SosfiltFilt": "filters",
    "twiddles_q15": "q15",
    "emg": "presets",
    "imu": "presets",
    "vibration": "presets",
}


def __getattr__(name: str) -> Any:
    """A class or function, whose module is loaded when it is first asked for."""
    return attribute(__name__, _MODULES, name)


def __dir__() -> list[str]:
    return sorted(_MODULES)


__all__ = sorted(_MODULES)
