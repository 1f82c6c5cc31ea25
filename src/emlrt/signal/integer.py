# SPDX-License-Identifier: MIT
"""Features of int16 samples in integers: firmware takes no float instruction."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.signal.integer import TIME_FEATURES
from emlrt.convert.signal.q15 import bits_of
from emlrt.convert.signal.tapers import taper
from emlrt.signal.base import Block
from emlrt.signal.mel_scale import mel_filters
from emlrt.signal.names import of_each, of_frames
from emlrt.signal.spectra import Framing
from emlrt.validation import whole


def _check_integers(name: str, samples: NDArray[Any]) -> None:
    """Refuses samples that are no int16, for a block of this name.

    Raises
    ------
    ValueError
        If they hold decimals, or numbers beyond -32768 to 32767.
    """
    least, most = samples.min(), samples.max()
    if not np.isfinite(float(most) - float(least)):
        return  # which the runtime refuses by its place
    if samples.dtype.kind == "f" and not (samples == np.rint(samples)).all():
        audio = least >= -1 and most <= 1
        how = "numpy.rint(X * 32767), as audio from -1 to 1 is," if audio else "X"
        raise ValueError(
            f"{name} reads int16 samples, but X holds decimals from {least:g} to"
            f" {most:g}; give {how} scaled to integers from -32768 to 32767"
        )
    if not (least >= -32768 and most <= 32767):
        raise ValueError(
            f"{name} reads int16 samples, but X holds numbers from {least} to {most},"
            " beyond -32768 to 32767"
        )


class IntegerBlock(Block):
    """A block that reads int16 samples and gives int16 numbers.

    X holds integers from -32768 to 32767, of any dtype; `transform` gives the
    features' integers as float32. Convert what holds it with
    `Model.from_sklearn(pipeline, dtype="int16")`: trees then read the integers
    themselves.
    """

    def _check_samples(self, rows: NDArray[Any]) -> None:
        _check_integers(type(self).__name__, rows)

    def _model(self) -> Any:
        from emlrt.errors import InputRangeWarning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputRangeWarning)
            return super()._model()

    def _converted(self) -> Any:
        from emlrt.model import Model

        return Model.from_sklearn(self, dtype="int16")


class IntegerTimeFeatures(IntegerBlock):
    """Features of each channel of a window, exact in integers.

    | feature | of samples x, n of them |
    |---|---|
    | mean | sum / n, rounded half up |
    | mean_abs | sum of abs(x) / n, rounded half up |
    | mean_abs_diff | sum of abs(diff(x)) / (n - 1), rounded half up; 0 if n is 1 |
    | min, max | |
    | range | max - min |
    | peak | largest abs(x) |
    | rms | square root of (sum of x^2) / n, rounded down |
    | std | standard deviation with ddof=0, rounded down |
    | zero_crossings | neighbours of which one is below 0 and the other is not |
    | slope_changes | a rise behind a fall or a fall behind a rise |
    | log_energy | 256 log2 of the sum of x^2 |
    | log_variance | 256 log2 of n (sum of x^2) - (sum of x)^2 |
    | log_length | 256 log2 of the sum of abs(diff(x)), the waveform's length |

    Logarithms are off by `error_` at most, and 0 of 0; everything else is exact.
    Numbers above 32767 become 32767.

    Parameters
    ----------
    features : list of str
        In the order of the columns: of each feature all channels.

    Attributes
    ----------
    error_ : float
        The largest error of a logarithm, in its last place.
    """

    #: Measured over all 2^16 mantissas.
    error_ = 0.54

    def __init__(
        self,
        features: Sequence[str] = (
            "mean",
            "std",
            "min",
            "max",
            "mean_abs_diff",
            "zero_crossings",
            "slope_changes",
            "log_energy",
        ),
    ) -> None:
        self.features = features

    def _check(self, length: int, channels: int) -> None:
        whole("the length of a window", length, 1, 32767)
        whole("the number of channels", channels, 1, 65535)
        if isinstance(self.features, str) or not len(self.features):
            raise ValueError(f"features is a list of names, not {self.features!r}")
        for name in self.features:
            if not isinstance(name, str) or name not in TIME_FEATURES:
                raise ValueError(
                    f"features holds {name!r}; known are {', '.join(TIME_FEATURES)}"
                )

    def _named(self, axes: Sequence[str]) -> list[str]:
        return of_each(self.features, axes)


class LogMelQ15(IntegerBlock):
    """Logarithms of energies of mel bands, frame after frame, in integers.

    256 log2 of the sum over a band's weights times |X|^2, and 0 where that is below 1;
    X is the Fourier transform of int16 samples times a window. So numbers times
    10 log10(2) / 256, that is 0.01176, are decibels:
    `librosa.power_to_db(S, amin=1, top_db=None)` with
    `S = librosa.feature.melspectrogram(y=samples, center=False, ...)`. Parameters are
    those of that function. Where `win_length` is below `n_fft`, frames are of
    `win_length` samples, and zeros follow: librosa's frames of samples that are
    padded by (n_fft - win_length) // 2 zeros in front.

    Samples times the window are rounded to integers, and transformed with 16 bits and
    one exponent a frame, so that energies of bands far below the largest of their
    frame are less exact.

    Parameters
    ----------
    sr : float, default 22050
    n_fft : int, default 2048
        A power of 2 from 16 to 8192.
    hop_length : int, default 512
    win_length : int, optional
        By default n_fft.
    window : str, tuple, float or array-like (win_length,), default "hann"
        Numbers from -1 to 1.
    n_mels, fmin, fmax, htk, norm
        As librosa.filters.mel has them.

    Attributes
    ----------
    n_frames_ : int
    error_ : dict
        (mean, largest) error in decibels of bands that are at most 20, 40 and 60
        decibels below the largest of their frame: measured on noise and tones of all
        loudnesses, 40 bands of 512 samples at 16 kHz.
    """

    error_: ClassVar = {20: (0.01, 0.06), 40: (0.02, 0.4), 60: (0.1, 4.0)}

    def __init__(
        self,
        *,
        sr: float = 22050,
        n_fft: int = 2048,
        hop_length: int = 512,
        win_length: int | None = None,
        window: Any = "hann",
        n_mels: int = 128,
        fmin: float = 0.0,
        fmax: float | None = None,
        htk: bool = False,
        norm: Any = "slaney",
    ) -> None:
        self.sr = sr
        self.n_fft = n_fft
        self.hop_length = hop_length
        self.win_length = win_length
        self.window = window
        self.n_mels = n_mels
        self.fmin = fmin
        self.fmax = fmax
        self.htk = htk
        self.norm = norm

    @property
    def _frame(self) -> int:
        """Samples of a frame."""
        given = self.n_fft if self.win_length is None else self.win_length
        return whole("win_length", given, 1, self.n_fft)

    def taper_(self) -> NDArray[np.float64]:
        """The window's numbers, (win_length,)."""
        found = taper(self.window, self._frame)
        if abs(found).max() > 1:
            raise ValueError("the window holds numbers beyond -1 to 1, which Q15 lacks")
        return found

    def bank_(self) -> NDArray[np.float64]:
        """The weights of the bands, (n_mels, n_fft // 2 + 1)."""
        return mel_filters(
            sr=self.sr,
            n_fft=self.n_fft,
            n_mels=whole("n_mels", self.n_mels, 1, 65535),
            fmin=self.fmin,
            fmax=self.fmax,
            htk=self.htk,
            norm=self.norm,
        )

    @property
    def n_frames_(self) -> int:
        """Frames of a window."""
        return int(1 + (self.shape_in_[0] - self._frame) // self.hop_length)

    def framing(self) -> Framing:
        """How the windows that it was fitted on are cut."""
        frame = self._frame
        return Framing(frame, int(self.hop_length), frame, 0, self.n_frames_)

    def not_alone(self) -> str:
        """Why frames cannot be made one by one, as their samples come; empty if they
        can."""
        channels = self.shape_in_[1]
        return "" if channels == 1 else f"it takes one channel there, not {channels}"

    def front_fault(self) -> str:
        return self.not_alone()

    def _check(self, length: int, channels: int) -> None:
        bits_of(self.n_fft, "n_fft")
        whole("hop_length", self.hop_length, 1, 65535)
        whole("the number of channels", channels, 1, 255)
        whole("the length of a window", length, self._frame, 2**24 - 1)
        whole("the frames", 1 + (length - self._frame) // self.hop_length, 1, 65535)
        self.taper_()
        self.bank_()

    def _named(self, axes: Sequence[str]) -> list[str]:
        stems = [f"mel{band}" for band in range(self.n_mels)]
        return of_frames(stems, axes, self.n_frames_)
