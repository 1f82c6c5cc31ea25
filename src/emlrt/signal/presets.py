# SPDX-License-Identifier: MIT
"""Sets of features that are in use, as pipelines with their sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emlrt.signal.features import TimeFeatures
from emlrt.signal.level import Magnitude

#: Of each axis of an inertial sensor, and of the magnitude over the axes.
IMU: tuple[str, ...] = ("mean", "std", "mad", "max", "min", "energy", "iqr", "rms")
IMU += ("zero_crossings", "mean_crossings", "skew", "kurtosis")
MAGNITUDE = ("mean", "std", "mad", "max", "min", "energy", "iqr")

#: Hudgins' set.
EMG = ("mean_abs", "step_crossings", "slope_sign_changes", "waveform_length")

#: Of machines.
VIBRATION: tuple[str, ...] = ("rms", "crest", "kurtosis", "skew", "abs_max", "range")
VIBRATION += ("shape_factor", "impulse_factor")


def _pipeline(steps: list[tuple[str, Any]]) -> Any:
    from sklearn.pipeline import Pipeline

    return Pipeline(steps)


def imu(axes: int = 6, *, magnitude: bool = True, correlation: bool = True) -> Any:
    """Features of windows of an inertial sensor: an unfitted sklearn Pipeline for
    windows (n, length, axes).

    Of each axis: mean, std, mad, max, min, energy, iqr, rms, zero and mean crossings,
    skew and kurtosis; the correlation of each pair of axes, and the signal magnitude
    area; and of the magnitude of each three axes mean, std, mad, max, min, energy and
    iqr. These are the features in time of Anguita et al., "A Public Domain Dataset for
    Human Activity Recognition Using Smartphones" (ESANN 2013), without entropy and
    autoregression, with the crossings of Figo et al., "Preprocessing techniques for
    context recognition from accelerometer data" (2010). mad is about the median,
    energy a sum, as in the list of the data set's `features_info.txt`.

    Parameters
    ----------
    axes : int, default 6
        Channels: a multiple of 3 if magnitude, the axes of a sensor side by side.
    magnitude, correlation : bool, default True
        Whether those features are there.

    Raises
    ------
    ValueError
        If magnitude is asked for of channels that are no multiple of 3.
    """
    from sklearn.pipeline import FeatureUnion

    names = [*IMU, "sma"]
    if correlation and axes > 1:
        names.append("correlation")
    parts: list[tuple[str, Any]] = [("axes", TimeFeatures(names))]
    if magnitude:
        if axes < 3 or axes % 3:
            raise ValueError(
                f"axes={axes} is no multiple of 3; use magnitude=False for other axes"
            )
        parts += [
            (f"magnitude{first // 3}", _of_magnitude([first, first + 1, first + 2]))
            for first in range(0, axes, 3)
        ]
    return _pipeline([("features", FeatureUnion(parts))])


def _of_magnitude(axes: Sequence[int]) -> Any:
    """Features of the magnitude over some axes."""
    features = TimeFeatures(list(MAGNITUDE))
    return _pipeline(
        [("magnitude", Magnitude(axes=list(axes))), ("features", features)]
    )


def emg(threshold: float = 0.0) -> Any:
    """Hudgins' features of windows of an electromyogram: an unfitted sklearn Pipeline.

    Of each channel the mean absolute value, zero crossings, slope sign changes and the
    waveform length: Hudgins, Parker and Scott, "A new strategy for multifunction
    myoelectric control", IEEE Transactions on Biomedical Engineering 40 (1993).

    Parameters
    ----------
    threshold : float, default 0
        What neighbours must differ by to count, in the samples' unit: a few times the
        noise at rest.
    """
    return _pipeline([("features", TimeFeatures(list(EMG), threshold=threshold))])


def vibration(*more: Any) -> Any:
    """Features of windows of a machine's vibration: an unfitted sklearn Pipeline.

    Of each channel rms, crest factor, kurtosis, skew, largest magnitude, range, shape
    factor and impulse factor, less the mean: Lei, He and Zi, "Application of an
    intelligent classification method to mechanical fault diagnosis" (2009), and ISO
    13373-2 for crest factor and kurtosis.

    Parameters
    ----------
    *more : transformers
        Further features of the same windows, such as band energies.
    """
    from sklearn.pipeline import make_union

    from emlrt.signal.level import RemoveMean

    features = TimeFeatures(list(VIBRATION))
    of = make_union(features, *more) if more else features
    return _pipeline([("level", RemoveMean()), ("features", of)])
