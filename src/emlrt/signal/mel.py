# SPDX-License-Identifier: MIT
"""Mel spectrograms and cepstral coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.signal.mel_scale import check_norm, mel_filters
from emlrt.signal.spectra import SpectraBlock
from emlrt.validation import whole


class _Mel(SpectraBlock):
    """Has the parameters of a mel spectrogram."""

    n_fft: int
    sr: float
    power: float
    n_mels: int
    fmin: float
    fmax: float | None
    htk: bool

    @property
    def _norm(self) -> Any:
        raise NotImplementedError

    @property
    def bank_(self) -> NDArray[np.float64]:
        """Weights of the bins of a spectrum, (n_mels, 1 + n_fft // 2)."""
        return mel_filters(
            sr=self.sr,
            n_fft=self.n_fft,
            n_mels=self.n_mels,
            fmin=self.fmin,
            fmax=self.fmax,
            htk=self.htk,
            norm=self._norm,
        )

    def _check(self, length: int, channels: int) -> None:
        super()._check(length, channels)
        if self.power not in (1, 2):
            raise ValueError(f"power is 1 or 2, not {self.power!r}")
        self.bank_  # noqa: B018 (raises)


class MelSpectrogram(_Mel):
    """Energies of mel bands, as `librosa.feature.melspectrogram`.

    The features are the bands of one frame after the other, (n, n_frames * n_mels),
    of one channel after the other: "mel3_t5" is band 3 of frame 5. librosa has bands
    by frames, the transpose.

    Parameters
    ----------
    sr : float, default 22050
        Samples a second.
    n_fft : int, default 2048
        Length of the transform: 2^a 3^b 5^c, at most 8192.
    hop_length : int, default 512
        Samples from a frame to the next.
    win_length : int, optional
        Samples that the window has, in the middle of a frame; by default n_fft.
    window : str, tuple, float or array-like (win_length,), default "hann"
        As scipy.signal.get_window takes it; periodic.
    center : bool, default True
        Whether frame t is about sample t * hop_length.
    pad_mode : str, default "constant"
        What a centred frame has beyond the samples: zeros, or "edge", "reflect",
        "symmetric" or "wrap", as numpy.pad has them.
    power : {1.0, 2.0}, default 2.0
        Of the magnitudes.
    n_mels : int, default 128
    fmin : float, default 0.0
    fmax : float, optional
        By default sr / 2.
    htk : bool, default False
        HTK's scale, not Slaney's.
    norm : "slaney", float or None, default "slaney"
        What triangles are divided by, as librosa.filters.mel has it.
    """

    def __init__(
        self,
        sr: float = 22050,
        n_fft: int = 2048,
        hop_length: int = 512,
        win_length: int | None = None,
        window: Any = "hann",
        center: bool = True,
        pad_mode: str = "constant",
        power: float = 2.0,
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
        self.center = center
        self.pad_mode = pad_mode
        self.power = power
        self.n_mels = n_mels
        self.fmin = fmin
        self.fmax = fmax
        self.htk = htk
        self.norm = norm

    @property
    def _norm(self) -> Any:
        return self.norm

    def _stems(self) -> list[str]:
        return [f"mel{b}" for b in range(self.n_mels)]


class MFCC(_Mel):
    """Cepstral coefficients of mel bands, as `librosa.feature.mfcc`: the discrete
    cosine transform of the bands in decibels.

    The features are those of one frame after the other, of one channel after the
    other: "mfcc3_t5". librosa limits decibels to 80 below the largest one of the
    recording, or in 0.11 of all recordings together; here `top_db` is None by default,
    and 80 looks at each window by itself.

    Parameters
    ----------
    sr, n_fft, hop_length, win_length, window, center, pad_mode, power, n_mels, fmin, \
fmax, htk
        As in `MelSpectrogram`.
    n_mfcc : int, default 20
        Coefficients, at most n_mels.
    dct_type : {1, 2, 3}, default 2
    norm : "ortho" or None, default "ortho"
        Of the cosine transform, as scipy.fft.dct has it.
    lifter : float, default 0
        Coefficient k times 1 + lifter / 2 sin(pi (k + 1) / lifter), if above 0.
    mel_norm : "slaney", float or None, default "slaney"
        The `norm` of `MelSpectrogram`.
    top_db : float, optional
        As in `PowerToDb`.
    """

    def __init__(
        self,
        sr: float = 22050,
        n_mfcc: int = 20,
        dct_type: int = 2,
        norm: str | None = "ortho",
        lifter: float = 0,
        mel_norm: Any = "slaney",
        n_fft: int = 2048,
        hop_length: int = 512,
        win_length: int | None = None,
        window: Any = "hann",
        center: bool = True,
        pad_mode: str = "constant",
        power: float = 2.0,
        n_mels: int = 128,
        fmin: float = 0.0,
        fmax: float | None = None,
        htk: bool = False,
        top_db: float | None = None,
    ) -> None:
        self.sr = sr
        self.n_mfcc = n_mfcc
        self.dct_type = dct_type
        self.norm = norm
        self.lifter = lifter
        self.mel_norm = mel_norm
        self.n_fft = n_fft
        self.hop_length = hop_length
        self.win_length = win_length
        self.window = window
        self.center = center
        self.pad_mode = pad_mode
        self.power = power
        self.n_mels = n_mels
        self.fmin = fmin
        self.fmax = fmax
        self.htk = htk
        self.top_db = top_db

    @property
    def _norm(self) -> Any:
        return self.mel_norm

    def _check(self, length: int, channels: int) -> None:
        check_norm("mel_norm", self.mel_norm)
        super()._check(length, channels)
        if whole("n_mfcc", self.n_mfcc, 1) > self.n_mels:
            raise ValueError(f"n_mfcc={self.n_mfcc} is above n_mels={self.n_mels}")
        if self.dct_type not in (1, 2, 3):
            raise ValueError(f"dct_type is 1, 2 or 3, not {self.dct_type!r}")
        if self.norm not in ("ortho", None):
            raise ValueError(f"norm is 'ortho' or None, not {self.norm!r}")
        if not (np.isfinite(self.lifter) and self.lifter >= 0):
            raise ValueError(f"lifter is a number from 0, not {self.lifter!r}")
        if self.dct_type == 1 and self.n_mels < 2:
            raise ValueError("dct_type=1 takes two n_mels or more")
        if self.top_db is not None and not self.top_db >= 0:
            raise ValueError(f"top_db is a number from 0, not {self.top_db!r}")

    def not_alone(self) -> str:
        coupled = "top_db= is of a window's largest number: use None"
        return super().not_alone() if self.top_db is None else coupled

    @property
    def cosines_(self) -> NDArray[np.float64]:
        """What coefficients take of the decibels, (n_mfcc, n_mels)."""
        from scipy.fft import dct

        n = int(self.n_mfcc)
        found = dct(np.eye(self.n_mels), axis=0, type=self.dct_type, norm=self.norm)[:n]
        if self.lifter > 0:
            waves = np.sin(np.pi * np.arange(1, 1 + n) / self.lifter)
            found = found * (1 + self.lifter / 2 * waves)[:, None]
        return np.asarray(found, np.float64)

    def _stems(self) -> list[str]:
        return [f"mfcc{k}" for k in range(int(self.n_mfcc))]
