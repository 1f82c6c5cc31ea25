# SPDX-License-Identifier: MIT
"""Features of spectra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlrt.signal.decibels import positive
from emlrt.signal.spectra import SpectraBlock

#: Features by name, in the order of EMLRT_SPECTRAL_*.
NAMES = (
    "centroid",
    "bandwidth",
    "rolloff",
    "flatness",
    "flux",
    "peak",
    "entropy",
    "energy",
)


@dataclass(frozen=True)
class Feature:
    """A feature of the bins from start on, `length` of them."""

    kind: str
    name: str
    start: int
    length: int


def _pair(band: Any) -> tuple[float, float]:
    """low and high of a band in Hz.

    Raises
    ------
    ValueError
        If they are no two numbers.
    """
    try:
        low, high = map(float, band)
    except (TypeError, ValueError):
        raise ValueError(f"bands are pairs (low, high), not {band!r}") from None
    return low, high


class SpectralFeatures(SpectraBlock):
    """Features of the spectrum of each frame: means over a window's frames, or all.

    m are the magnitudes of a frame, f the frequencies of its bins, sums over bins:

    ========== ==================================================================
    centroid   sum(f m) / sum(m), as librosa.feature.spectral_centroid; 0 of silence
    bandwidth  root of sum((f - centroid)^2 m) / sum(m), as spectral_bandwidth; 0
    rolloff    the first f up to which the sum of m is `roll_percent` of all; 0
    flatness   geometric over arithmetic mean of max(m^2, amin), as
               spectral_flatness; 1 of silence
    flux       root of sum of (m - that of the frame before)^2; 0 of the first frame
    peak       f of the largest m, the lowest on a tie
    entropy    of the shares m^2 / sum(m^2), over log(number of bins); 0 of silence
    energy     sum(m^2)
    ========== ==================================================================

    Where m or m f^2 is squared, summed or multiplied, that is in float32: of samples
    from 1e-17 to 1e17 all features are in range.

    Parameters
    ----------
    features : list of str or (str, low, high), default ("centroid", "bandwidth", \
"rolloff", "flatness")
        Names from the table; with two frequencies in Hz, of the bins with low <= f <
        high alone (f = sr / 2 is in a band that ends there).
    bands : list of (low, high), optional
        Energies of bands in Hz, behind the features.
    sr : float, default 22050
        Samples a second.
    n_fft : int, optional, default 2048
        As in `MelSpectrogram`. None: one frame, of all samples of a window.
    hop_length, win_length, window, center, pad_mode
        As in `MelSpectrogram`.
    roll_percent : float, default 0.85
    amin : float, default 1e-10
    mean : bool, default True
        Means over the frames; else the features of one frame after the other.
    """

    _one_frame = True

    def __init__(
        self,
        features: Sequence[Any] = ("centroid", "bandwidth", "rolloff", "flatness"),
        bands: Sequence[tuple[float, float]] | None = None,
        sr: float = 22050,
        n_fft: int | None = 2048,
        hop_length: int = 512,
        win_length: int | None = None,
        window: Any = "hann",
        center: bool = True,
        pad_mode: str = "constant",
        roll_percent: float = 0.85,
        amin: float = 1e-10,
        mean: bool = True,
    ) -> None:
        self.features = features
        self.bands = bands
        self.sr = sr
        self.n_fft = n_fft
        self.hop_length = hop_length
        self.win_length = win_length
        self.window = window
        self.center = center
        self.pad_mode = pad_mode
        self.roll_percent = roll_percent
        self.amin = amin
        self.mean = mean

    def _bins(self, band: Sequence[float], n_fft: int) -> tuple[int, int]:
        """The first bin of a band (low, high), and how many."""
        low, high = band
        hz = np.arange(1 + n_fft // 2) * (self.sr / n_fft)
        top = hz <= high if high == self.sr / 2 else hz < high
        found = np.flatnonzero((hz >= low) & top)
        if not len(found):
            raise ValueError(
                f"no frequency of the spectrum is in the band ({low!r}, {high!r}):"
                f" they are {self.sr / n_fft:g} Hz apart, up to {self.sr / 2:g}"
            )
        return int(found[0]), len(found)

    def listed(self, n_fft: int) -> list[Feature]:
        """All features of a frame, with their bins.

        Raises
        ------
        ValueError
            If one is unknown, or a band has no frequency.
        """
        asked: list[Any] = list(self.features)
        bands = () if self.bands is None else self.bands
        asked += [("energy", *_pair(band)) for band in bands]
        found = []
        for each in asked:
            name, *band = each if isinstance(each, tuple | list) else (each,)
            if str(name) not in NAMES or len(band) not in (0, 2):
                raise ValueError(
                    f"features are of {NAMES}, or (name, low, high), not {each!r}"
                )
            bins = self._bins(band, n_fft) if band else (0, 1 + n_fft // 2)
            text = "_".join([name, *(f"{hz:g}" for hz in band)])
            found.append(Feature(name, text, *bins))
        return found

    def _check(self, length: int, channels: int) -> None:
        super()._check(length, channels)
        positive("sr", self.sr)
        positive("amin", self.amin)
        if not 0 < self.roll_percent < 1:
            raise ValueError(
                f"roll_percent is between 0 and 1, not {self.roll_percent!r}"
            )
        cut = self.cut(length)
        listed = self.listed(cut.n_fft)
        if not listed:
            raise ValueError("features and bands are empty: name a feature")
        if cut.n_frames == 1 and any(each.kind == "flux" for each in listed):
            raise ValueError("flux is of two frames or more; a window has one")

    def not_alone(self) -> str:
        if any(each.kind == "flux" for each in self.listed(self.framing().n_fft)):
            return "flux is of the frame before: leave it out"
        return super().not_alone()

    def front_fault(self) -> str:
        if self.mean:
            return "mean=True is over a window's frames: use mean=False"
        return self.not_alone()

    def _stems(self) -> list[str]:
        listed = self.listed(self.cut(self.shape_in_[0]).n_fft)
        return [each.name for each in listed]

    def _n_times(self) -> int:
        return 0 if self.mean else super()._n_times()
