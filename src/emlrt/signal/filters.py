# SPDX-License-Identifier: MIT
"""Filters along time, each channel by itself.

Every one is causal but SosfiltFilt, and starts from rest in each window; in front of a
`Frame` it goes on from sample to sample of the stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.signal.sections import (
    decimator,
    numbers,
    padded_length,
    sections_of,
    stable_sections,
)
from emlrt.errors import PrecisionWarning, warn
from emlrt.signal.base import Block
from emlrt.signal.names import joined
from emlrt.signal.precision import simulated_error
from emlrt.validation import whole

#: Error of a cascade, relative to the peak, from which fit warns.
ERROR_LIMIT = 2e-4


def _share(value: Any) -> float:
    """alpha.

    Raises
    ------
    ValueError
        If it is not above 0 and at most 1.
    """
    found = numbers("alpha", value)
    if found.size != 1 or not 0 < found.item() <= 1:
        raise ValueError(f"alpha is above 0 and at most 1, not {value!r}")
    return float(found.item())


class Filter(Block):
    """A block that gives a sample for each sample."""

    signal_out = True
    one_to_one = True
    #: It may stand in front of a Frame.
    in_stream = True


class _Cascade(Filter):
    """Second-order sections.

    Attributes
    ----------
    error_ : float
        The largest error of float32 against float64, relative to the peak, over noise,
        a sweep, an impulse and a step: found by a run of the C code.
    """

    def _sections(self) -> NDArray[np.float64] | None:
        """The sections, or None if there are none."""
        raise NotImplementedError

    def fit(self, X: Any, y: Any = None) -> Any:
        """Learns the shape of windows; warns with PrecisionWarning where float32 is
        too coarse for the filter.

        Parameters
        ----------
        X : array-like (n, length) or (n, length, channels)
        y : ignored
        """
        super().fit(X, y)
        sos = self._sections()
        self.error_ = 0.0 if sos is None else simulated_error(sos)
        if not self.error_ <= ERROR_LIMIT:
            warn(
                f"{type(self).__name__} is up to {self.error_:.1e} of the peak beside"
                " float64, for float32 is too coarse for it; a lower order, a wider"
                " band or a lower rate of samples helps",
                PrecisionWarning,
            )
        return self


class Sosfilt(_Cascade):
    """A cascade of second-order sections, as `scipy.signal.sosfilt(sos, x)`.

    Each section is stored in the form, direct or delta, in which float32 is the most
    exact for its poles; so a low-pass of 5 Hz at 32 kHz is as exact as any other.

    Parameters
    ----------
    sos : array-like (n_sections, 6)
        As scipy.signal.butter(..., output="sos") gives it.

    Attributes
    ----------
    error_ : float
        The largest error of float32 against float64, relative to the peak.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.signal import butter
    >>> from emlrt import signal
    >>> sos = butter(4, 5, fs=100, output="sos")
    >>> block = signal.Sosfilt(sos).fit(np.zeros((1, 200, 3)))
    >>> block.transform(np.ones((1, 200, 3))).shape
    (1, 200, 3)
    """

    def __init__(self, sos: Any) -> None:
        self.sos = sos

    def _sections(self) -> NDArray[np.float64]:
        return stable_sections(self.sos)

    def _check(self, length: int, channels: int) -> None:
        self._sections()


class SosfiltFilt(_Cascade):
    """The same forward and backward, as `scipy.signal.sosfiltfilt(sos, x)`: without a
    shift in time. It looks at the whole window, so it stands behind Frame.

    Parameters
    ----------
    sos : array-like (n_sections, 6)
        As scipy.signal.butter(..., output="sos") gives it.

    Attributes
    ----------
    error_ : float
        The largest error of float32 against float64, of one direction, relative to
        the peak.
    """

    in_stream = False

    def __init__(self, sos: Any) -> None:
        self.sos = sos

    def _sections(self) -> NDArray[np.float64]:
        return stable_sections(self.sos)

    def _check(self, length: int, channels: int) -> None:
        edge = padded_length(self._sections())
        if length <= edge:
            raise ValueError(
                f"sos needs windows of more than {edge} samples, not {length}: so many"
                " are added at either end"
            )


class Lfilter(_Cascade):
    """A filter by the coefficients of its transfer function, as
    `scipy.signal.lfilter(b, a, x)`. It runs as second-order sections.

    Parameters
    ----------
    b, a : array-like
        Numerator and denominator.

    Raises
    ------
    ValueError
        By fit: if the filter is unstable, or sections differ from lfilter in float64.
        Then design it by sections: scipy.signal.butter(..., output="sos").
    """

    def __init__(self, b: Any, a: Any) -> None:
        self.b = b
        self.a = a

    def _sections(self) -> NDArray[np.float64] | None:
        return sections_of(self.b, self.a)

    def _check(self, length: int, channels: int) -> None:
        self._sections()


class Fir(Filter):
    """Weighted sums of the last samples, as `scipy.signal.lfilter(taps, 1, x)`.

    Parameters
    ----------
    taps : array-like (n,)
        taps[0] is the weight of the newest sample.
    """

    def __init__(self, taps: Any) -> None:
        self.taps = taps

    def _check(self, length: int, channels: int) -> None:
        if numbers("taps", self.taps).ndim != 1:
            raise ValueError("taps is a vector")


class Decimate(Filter):
    """A low-pass, and then each q-th sample from the first on, as
    `scipy.signal.decimate(x, q, n, ftype, zero_phase=False)`.

    scipy's own default is zero_phase=True, which looks at later samples, and which a
    stream cannot have: this one is late by the filter's delay.

    Parameters
    ----------
    q : int
        Samples of which one is kept. In front of a Frame, the samples of a window and
        of a hop are multiples of it.
    n : int, optional
        Order of the filter: by default 8 for "iir", 20 q for "fir".
    ftype : "iir" or "fir", default "iir"
        Chebyshev's filter of the first kind, or a sinc with Hamming's window.
    """

    one_to_one = False

    def __init__(self, q: int, n: int | None = None, ftype: str = "iir") -> None:
        self.q = q
        self.n = n
        self.ftype = ftype

    def _check(self, length: int, channels: int) -> None:
        q = whole("q", self.q, 1, 65535)
        if self.n is not None:
            whole("n", self.n, 1, 65535)
        decimator(q, self.n, self.ftype)

    def _shape_out(self) -> tuple[int, int]:
        length, channels = self.shape_in_
        return -(-length // index(self.q)), channels


class MovingAverage(Filter):
    """The mean of the last n samples. What was before the first sample is taken to be
    that sample: `scipy.ndimage.uniform_filter1d(x, n, mode="nearest", origin=(n - 1)
    // 2)` in float32.

    No sum runs on, so no error grows, and NaN or infinity leaves after n samples. Of
    integers whose sum is below 2^24 the mean is rounded once.

    Parameters
    ----------
    n : int
        Samples.
    """

    def __init__(self, n: int) -> None:
        self.n = n

    def _check(self, length: int, channels: int) -> None:
        whole("n", self.n, 1, 65535)


class MedianFilter(Filter):
    """The median of the last n samples. What was before the first sample is taken to be
    that sample: `scipy.ndimage.median_filter(x, n, mode="nearest", origin=n // 2)` of
    one channel. NaN counts as lower than any number.

    Parameters
    ----------
    n : int, default 3
        Samples: 3, 5, 7 or 9.
    """

    def __init__(self, n: int = 3) -> None:
        self.n = n

    def _check(self, length: int, channels: int) -> None:
        if whole("n", self.n, 1, 65535) not in (3, 5, 7, 9):
            raise ValueError(f"n is 3, 5, 7 or 9, not {self.n!r}")


class Difference(Filter):
    """x[t] - x[t - lag], as `x - numpy.roll(x, lag)` behind the first samples: each of
    those is compared with the first one. Of an acceleration, times the rate, it is the
    jerk.

    Parameters
    ----------
    lag : int, default 1
        Samples.
    """

    def __init__(self, lag: int = 1) -> None:
        self.lag = lag

    def _check(self, length: int, channels: int) -> None:
        whole("lag", self.lag, 1, 65535)


class ExponentialMean(Filter):
    """y += alpha (x - y), as `pandas.Series(x).ewm(alpha=alpha, adjust=False).mean()`,
    which starts at the first sample. (pandas' own default is adjust=True, which weighs
    the first samples more as long as there are few.) NaN and infinity stay for good.

    Parameters
    ----------
    alpha : float
        Above 0, at most 1.
    start : "first" or "zero", default "first"
        Where the mean starts: at the first sample, or at 0.
    """

    def __init__(self, alpha: float, start: str = "first") -> None:
        self.alpha = alpha
        self.start = start

    def _check(self, length: int, channels: int) -> None:
        _share(self.alpha)
        if self.start not in ("first", "zero"):
            raise ValueError(f'start is "first" or "zero", not {self.start!r}')


class ExponentialZScore(ExponentialMean):
    """Samples less their exponential mean, in exponential deviations: with
    `e = pandas.Series(x).ewm(alpha=alpha, adjust=False)`, (x - e.mean()) /
    e.std(bias=True). So the mean and the variance have the sample itself in them: m +=
    alpha (x - m), and v = (1 - alpha) (v + alpha d^2), d being the sample less the mean
    before it. The variance starts at 0; as long as it is 0, so is what is given.

    The first 1 / alpha samples or so are about a mean that is not yet one. The mean is
    known to half its last place, which counts where deviations are not far above that.
    NaN and infinity stay for good; deviations are in range from 1e-19 to 1e19.

    Parameters
    ----------
    alpha : float
        Above 0, at most 1.
    start : "first" or "zero", default "first"
        Where the mean starts: at the first sample, or at 0.
    """


class Gravity(Filter):
    """Gravity and linear acceleration: the exponential mean of each axis from its first
    sample on, and what is left of the axis without it.

    It gives twice the channels: of each time the means of all axes, and then x - mean
    of all axes.

    Parameters
    ----------
    alpha : float, default 0.1
        Above 0, at most 1: the share of a new sample in the mean. 0.2 is what Android's
        guide takes.
    """

    one_to_one = False

    def __init__(self, alpha: float = 0.1) -> None:
        self.alpha = alpha

    def _check(self, length: int, channels: int) -> None:
        _share(self.alpha)

    def _shape_out(self) -> tuple[int, int]:
        length, channels = self.shape_in_
        return length, 2 * channels

    def _axes_out(self, axes: Sequence[str]) -> list[str]:
        kinds = ("gravity", "linear")
        return [joined(kind, axis) for kind in kinds for axis in axes]
