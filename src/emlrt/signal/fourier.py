# SPDX-License-Identifier: MIT
"""Spectra of windows: the Fourier transform, and Welch's estimate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.signal.spectra import bin_range, transform_length
from emlrt.convert.signal.tapers import taper
from emlrt.signal.base import Block
from emlrt.signal.names import of_frames
from emlrt.validation import whole


class RFFT(Block):
    """The Fourier transform of each channel, as numpy.fft.rfft.

    Parameters
    ----------
    n : int, optional
        Length of the transform, by default that of the window: shorter windows are
        filled up with zeros, longer ones cut. 2^a 3^b 5^c, at most 8192.
    norm : {None, "backward", "ortho", "forward"}
        As numpy's: a factor of 1, 1 / sqrt(n) or 1 / n.
    output : {"magnitude", "power", "complex"}
        What is given of each bin. Magnitudes by default: features are real, and the
        phase is that of the moment at which a window happens to start. "complex" gives
        two features a bin, real and imaginary part.
    bins : (int, int), optional
        The first bin to keep, and the first one behind those. By default all
        n // 2 + 1.

    A window that holds NaN gives NaN in all bins of that channel; infinity gives
    infinity or NaN. Magnitudes are right over all of float32's range; powers beyond it
    are infinite, below it 0.
    """

    def __init__(
        self,
        n: int | None = None,
        norm: str | None = None,
        output: str = "magnitude",
        bins: tuple[int, int] | None = None,
    ) -> None:
        self.n = n
        self.norm = norm
        self.output = output
        self.bins = bins

    def _check(self, length: int, channels: int) -> None:
        n = length if self.n is None else whole("n", self.n, 1)
        n = transform_length("n", n)
        if self.norm not in (None, "backward", "ortho", "forward"):
            raise ValueError(
                f"norm is None, 'backward', 'ortho' or 'forward', not {self.norm!r}"
            )
        if self.output not in ("magnitude", "power", "complex"):
            raise ValueError(
                f"output is 'magnitude', 'power' or 'complex', not {self.output!r}"
            )
        bin_range(self.bins, n // 2 + 1)

    @property
    def n_(self) -> int:
        """Length of the transform."""
        return int(self.shape_in_[0]) if self.n is None else int(self.n)

    @property
    def factor_(self) -> float:
        """What the transform is multiplied by."""
        powers = {"ortho": -0.5, "forward": -1.0}
        return float(self.n_ ** powers.get(self.norm or "", 0.0))

    def _named(self, axes: Sequence[str]) -> list[str]:
        first, end = bin_range(self.bins, self.n_ // 2 + 1)
        parts = ("_re", "_im") if self.output == "complex" else ("",)
        stems = [f"rfft{k}{part}" for k in range(first, end) for part in parts]
        return of_frames(stems, axes, 0)


class Welch(Block):
    """The power spectral density of each channel, as scipy.signal.welch.

    Parameters
    ----------
    fs : float, default 1.0
        Samples a second.
    window : str, tuple, float or array-like, default "hann"
        As scipy.signal.get_window takes it.
    nperseg : int, optional
        Samples of a segment: by default 256, or the window's length if it is shorter;
        of a window that is an array, its length.
    noverlap : int, optional
        Samples that a segment shares with the next: by default nperseg // 2.
    nfft : int, optional
        Length of the transform, by default nperseg. 2^a 3^b 5^c, at most 8192.
    detrend : {"constant", False}
        Whether each segment's mean is subtracted.
    scaling : {"density", "spectrum"}
        Power a hertz, or power.
    average : {"mean"}
        How segments become one.

    Powers are taken before they are scaled, so that samples from about 1e18 on give
    infinity, and those below 1e-18 have fewer digits.

    Attributes
    ----------
    freqs_ : ndarray (nfft // 2 + 1,)
        The frequency of each bin.
    """

    def __init__(
        self,
        fs: float = 1.0,
        window: Any = "hann",
        nperseg: int | None = None,
        noverlap: int | None = None,
        nfft: int | None = None,
        detrend: str | bool = "constant",
        scaling: str = "density",
        average: str = "mean",
    ) -> None:
        self.fs = fs
        self.window = window
        self.nperseg = nperseg
        self.noverlap = noverlap
        self.nfft = nfft
        self.detrend = detrend
        self.scaling = scaling
        self.average = average

    def _segments(self, length: int) -> tuple[int, int, int]:
        """Samples of a segment, from one to the next, and of the transform."""
        named = isinstance(self.window, str | tuple | float)
        default = min(256, length) if named else len(np.atleast_1d(self.window))
        given = default if self.nperseg is None else self.nperseg
        size = whole("nperseg", given, 1, length)
        overlap = size // 2 if self.noverlap is None else self.noverlap
        overlap = whole("noverlap", overlap, 0, size - 1)
        n = size if self.nfft is None else whole("nfft", self.nfft, size)
        return size, size - overlap, transform_length("nfft", n)

    def _check(self, length: int, channels: int) -> None:
        size, _, _ = self._segments(length)
        if not (np.isfinite(self.fs) and self.fs > 0):
            raise ValueError(f"fs is a number above 0, not {self.fs!r}")
        window = taper(self.window, size)
        if self.detrend not in ("constant", False):
            raise ValueError(f"detrend is 'constant' or False, not {self.detrend!r}")
        if self.scaling not in ("density", "spectrum"):
            raise ValueError(
                f"scaling is 'density' or 'spectrum', not {self.scaling!r}"
            )
        if self.average != "mean":
            raise ValueError(f"average is 'mean', not {self.average!r}")
        total = np.sum(window**2 if self.scaling == "density" else window)
        if total == 0:
            raise ValueError("the window adds up to 0: there is no scale")

    @property
    def segments_(self) -> tuple[int, int, int]:
        """Samples of a segment, from one to the next, and of the transform."""
        return self._segments(int(self.shape_in_[0]))

    @property
    def taper_(self) -> NDArray[np.float64]:
        """What a segment is multiplied by."""
        return taper(self.window, self.segments_[0])

    @property
    def scale_(self) -> NDArray[np.float64]:
        """What the power of each bin is multiplied by: bins but the first, and the
        last of an even transform, stand for two."""
        n, window = self.segments_[2], self.taper_
        if self.scaling == "density":
            scale = 1.0 / (self.fs * np.sum(window**2))
        else:
            scale = 1.0 / np.sum(window) ** 2
        both = np.full(n // 2 + 1, 2.0)
        both[0] = 1.0
        if n % 2 == 0:
            both[-1] = 1.0
        return both * scale

    @property
    def freqs_(self) -> NDArray[np.float64]:
        """The frequency of each bin."""
        n = self.segments_[2]
        bins: NDArray[np.float64] = np.arange(n // 2 + 1, dtype=np.float64)
        return bins * (float(self.fs) / n)

    def _named(self, axes: Sequence[str]) -> list[str]:
        bins = self.segments_[2] // 2 + 1
        return of_frames([f"welch{k}" for k in range(bins)], axes, 0)
