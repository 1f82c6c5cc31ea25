# SPDX-License-Identifier: MIT
"""Features of windows in the time domain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from emlrt.convert.signal.feature_names import check_names
from emlrt.signal.base import Block
from emlrt.signal.names import of_each
from emlrt.validation import whole

#: What a window of any sensor is described by where nothing else is asked for.
DEFAULT: tuple[str, ...] = (
    "mean",
    "std",
    "rms",
    "min",
    "max",
    "range",
    "median",
    "iqr",
    "mad",
)
DEFAULT += ("zero_crossings", "slope_sign_changes", "waveform_length")
DEFAULT += ("skew", "kurtosis")

#: Most samples of a channel, and most channels.
MOST = 65535
#: Most peaks that a distance may leave.
_MOST_PEAKS = 1024


def _number(name: str, value: Any, least: float = -np.inf) -> float:
    """value as a finite float32 of at least so much, or ValueError."""
    number = float(value)
    if not abs(number) <= np.finfo(np.float32).max or number < least:
        bound = f" of {least:g} or more" if np.isfinite(least) else ""
        raise ValueError(f"{name} is a number{bound} in float32's range, not {value!r}")
    return number


def check_shape(length: int, channels: int) -> None:
    """Raises ValueError if a window has more samples or channels than ops take."""
    if length > MOST or channels > MOST:
        raise ValueError(
            f"X has windows of {length} samples of {channels} channels; at most {MOST}"
            " of each are supported"
        )


class TimeFeatures(Block):
    """Features of each channel of a window, as numpy and scipy compute them.

    They come feature by feature in the order of the list, and of each feature channel
    after channel: `["mean_c0", "mean_c1", "std_c0", "std_c1"]`; names have no suffix
    where there is one channel. The names:

    ==================== ======================================================
    mean, var, std       numpy.mean, var, std with `ddof`
    rms, energy          root of the mean of the squares; sum of the squares
    mean_abs             mean of the magnitudes
    slope                of the line of least squares, a sample (numpy.polyfit)
    skew, kurtosis       scipy.stats with bias=True; kurtosis less 3
    crest                abs_max / rms
    shape_factor         rms / mean_abs
    impulse_factor       abs_max / mean_abs
    min, max, range      numpy.min, max, ptp
    abs_max              largest magnitude
    argmin, argmax       index of the first least and the first largest sample
    last_minus_first     x[-1] - x[0]
    max_abs_diff         largest |x[i + 1] - x[i]|
    median, quantiles    numpy.quantile, method "linear"; of each of `quantiles`
    iqr                  quantile 0.75 less quantile 0.25
    mad                  median of |x - median|
    zero_crossings       sign changes: see `dead_band`
    mean_crossings       the same of x - mean
    step_crossings       neighbours of opposite signs, none 0, that differ by
                         `threshold` or more (Hudgins 1993)
    slope_sign_changes   samples above both neighbours or below both, by
                         `threshold` or more of one of them (Hudgins 1993)
    waveform_length      sum of |x[i + 1] - x[i]|
    willison             how many |x[i + 1] - x[i]| are `threshold` or more
    autocorrelation      of each of `lags`: sum of d[i] d[i + lag] over sum of
                         d[i]^2, with d = x - mean
    hjorth_activity      variance (Hjorth 1970)
    hjorth_mobility      root of var(diff(x)) / var(x)
    hjorth_complexity    mobility of diff(x) over that of x
    peak_count           len(scipy.signal.find_peaks(x, height, distance=distance,
                         prominence=prominence)[0])
    peak_height          mean height of these peaks
    peak_interval        mean of the samples from peak to peak
    correlation          numpy.corrcoef of each pair of channels
    sma                  signal magnitude area: sum of mean_abs over the channels
    ==================== ======================================================

    A channel with a sample that is NaN or infinite has NaN for all of its features.
    Numbers are computed in float32, means and deviations in two passes, to about
    (32 + length / 32) * 6e-8 of the channel's scale; quantiles, iqr and mad are between
    rounded neighbours, and off by up to an ulp of the samples, which beside a large
    offset is much of a small iqr: `RemoveMean` in front keeps its digits. Features take
    no memory beyond the window, but for peaks, which take a quarter of a byte for each
    sample of a channel.

    Parameters
    ----------
    features : list of str, optional
        By default mean, std, rms, min, max, range, median, iqr, mad, zero_crossings,
        slope_sign_changes, waveform_length, skew, kurtosis.
    ddof : int, default 0
        Of var and std: the divisor is length - ddof.
    quantiles : sequence of float, default (0.25, 0.75)
        From 0 to 1.
    lags : sequence of int, default (1,)
        Below length.
    dead_band : float, default 0
        A sample of dead_band or more is positive, one of -dead_band or less negative,
        and one in between has the sign of the sample before. With 0, 0 is positive,
        as in librosa.zero_crossings.
    threshold : float, default 0
        Of step_crossings, slope_sign_changes and willison.
    height, distance, prominence : float, int, float, optional
        Of peaks, as scipy.signal.find_peaks: the least height, samples from peak to
        peak, and prominence. Of equally high peaks that are too near, the last one
        stays, where scipy leaves it to a sort that is not stable.
    constant : float, default 0
        What is undefined of a constant channel: skew, kurtosis, autocorrelation,
        correlation, hjorth_mobility and _complexity; crest and the other factors of
        zeros; peak_height without a peak and peak_interval without two. numpy.nan is
        what scipy and numpy give.
    """

    def __init__(
        self,
        features: Sequence[str] | None = None,
        ddof: int = 0,
        quantiles: Sequence[float] = (0.25, 0.75),
        lags: Sequence[int] = (1,),
        dead_band: float = 0,
        threshold: float = 0,
        height: float | None = None,
        distance: int | None = None,
        prominence: float | None = None,
        constant: float = 0.0,
    ) -> None:
        self.features = features
        self.ddof = ddof
        self.quantiles = quantiles
        self.lags = lags
        self.dead_band = dead_band
        self.threshold = threshold
        self.height = height
        self.distance = distance
        self.prominence = prominence
        self.constant = constant

    def _listed(self) -> list[str]:
        """Names of the features."""
        return check_names(DEFAULT if self.features is None else self.features)

    def _check(self, length: int, channels: int) -> None:
        check_shape(length, channels)
        names = self._listed()
        if whole("ddof", self.ddof, 0) >= length and self.divides(names):
            raise ValueError(f"ddof={self.ddof} needs windows of more samples")
        for q in _each("quantiles", self.quantiles):
            if not 0 <= float(q) <= 1:
                raise ValueError(f"quantiles are from 0 to 1, not {q!r}")
        for lag in _each("lags", self.lags):
            if whole("lags", lag, 0) >= length and "autocorrelation" in names:
                raise ValueError(f"lags: {lag} is no lag of {length} samples")
        for name in ("dead_band", "threshold"):
            _number(name, getattr(self, name), 0)
        if not np.isnan(self.constant):
            _number("constant", self.constant)
        if length < 3 and any(name.startswith("hjorth") for name in names):
            raise ValueError("features: hjorth needs windows of 3 samples or more")
        if channels < 2 and "correlation" in names:
            raise ValueError("features: correlation needs 2 channels or more")
        if channels > 256 and "correlation" in names:
            raise ValueError("features: correlation takes 256 channels at most")
        self._check_peaks(length)

    @staticmethod
    def divides(names: Iterable[str]) -> bool:
        """Whether any of these features has a divisor that ddof changes."""
        return not {"var", "std"}.isdisjoint(names)

    def _check_peaks(self, length: int) -> None:
        if self.height is not None:
            _number("height", self.height)
        if self.prominence is not None:
            _number("prominence", self.prominence, 0)
        distance = self._distance()
        if distance > 2 and length > _MOST_PEAKS * distance:
            raise ValueError(
                f"distance={distance} leaves more than {_MOST_PEAKS} peaks of {length}"
                " samples; use a longer one, or None"
            )

    def _distance(self) -> int:
        """The least distance of peaks, as an integer from 1 on."""
        if self.distance is None:
            return 1
        number = _number("distance", self.distance, 1)
        return min(int(np.ceil(number)), MOST)

    def _pairs(self) -> list[tuple[int, int]]:
        """Channels whose correlation is asked for."""
        return list(combinations(range(self.shape_in_[1]), 2))

    def _named(self, axes: Sequence[str]) -> list[str]:
        return [
            name for each in self._listed() for name in self._of_feature(each, axes)
        ]

    def _of_feature(self, feature: str, axes: Sequence[str]) -> list[str]:
        """Names of the numbers of one feature."""
        if feature == "sma":
            return [feature]
        if feature == "correlation":
            return [f"correlation_{axes[a]}_{axes[b]}" for a, b in self._pairs()]
        return of_each(self._stems(feature), axes)

    def count_of(self, feature: str) -> int:
        """How many numbers a feature has."""
        return len(self._of_feature(feature, self._axes()))

    def _stems(self, feature: str) -> list[str]:
        """Names of the numbers of one feature and one channel."""
        if feature == "quantiles":
            return [f"quantile_{float(q):g}" for q in self.quantiles]
        if feature == "autocorrelation":
            return [f"autocorrelation_{lag}" for lag in self.lags]
        return [feature]


def _each(name: str, values: Any) -> Iterable[Any]:
    """values, which is a sequence."""
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise ValueError(f"{name} is a sequence of numbers, not {values!r}")
    return list(values)
