# SPDX-License-Identifier: MIT
"""SpectrogramDisplay: spectrograms, mel bands and MFCC, as blocks compute them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.convert.signal.spectra import bin_range
from emlrt.plotting import axes
from emlrt.signal.decibels import PCEN, AmplitudeToDb, PowerToDb
from emlrt.signal.fourier import RFFT, Welch
from emlrt.signal.framing import Frame, windows
from emlrt.signal.mel import MFCC, MelSpectrogram
from emlrt.signal.mel_scale import hz_to_mel, mel_to_hz

#: The smallest power that is drawn, as a share of the largest one.
_DARK = 1e-8


@dataclass(frozen=True)
class _Axes:
    """times: seconds of each column's middle; bands: of each row; unit: of rows;
    mels: whether rows are spaced as mel bands are."""

    times: NDArray[Any]
    bands: NDArray[Any]
    unit: str
    mels: bool = False


class SpectrogramDisplay:
    """A spectrogram, mel spectrogram or MFCC, as the blocks compute it.

    Make one with `from_samples` or `from_estimator`. Powers and magnitudes have
    logarithmic colours; decibels and coefficients have linear ones.

    Parameters
    ----------
    values : ndarray (n_bands, n_frames)
    times : ndarray (n_frames,)
        The middle of each frame, in seconds.
    bands : ndarray (n_bands,)
        The middle of each band in Hz; numbers of coefficients from 0 of MFCC.
    unit : str
        Of the bands: "Hz" or "coefficient".
    scale : str
        What the values are: "dB", "power", "magnitude", "coefficient" or "energy".
    mels : bool
        Whether bands are spaced as mel bands.

    Attributes
    ----------
    ax_, figure_ : matplotlib's Axes and Figure
    mesh_ : QuadMesh
    colorbar_ : Colorbar
    """

    def __init__(
        self,
        *,
        values: NDArray[Any],
        times: NDArray[Any],
        bands: NDArray[Any],
        unit: str = "Hz",
        scale: str = "power",
        mels: bool = False,
    ) -> None:
        self.values = values
        self.times = times
        self.bands = bands
        self.unit = unit
        self.scale = scale
        self.mels = mels

    @classmethod
    def from_samples(
        cls,
        samples: ArrayLike,
        block: Any,
        *,
        hop: int | None = None,
        sr: float = 1.0,
        ax: Any = None,
    ) -> SpectrogramDisplay:
        """Draws what an unfitted block makes of a recording.

        Parameters
        ----------
        samples : array-like (n,)
        block : MelSpectrogram, MFCC, RFFT, Welch, or a pipeline of blocks
            Of a pipeline, filters and a `Frame` may come first, then blocks of windows
            if RFFT or Welch follows; PowerToDb, AmplitudeToDb and PCEN may come last.
            Mel bands are of all frames of the recording, as of one long window.
        hop : int, optional
            Of RFFT with n, where there is no Frame: samples from a window to the next.
        sr : samples a second, of RFFT; other blocks say their own
        ax : matplotlib's Axes, optional

        Raises
        ------
        ValueError
            If the block gives no spectrogram; the message says what does.
        """
        from sklearn.base import clone

        steps = [clone(step) for step in _flat(block)]
        end = _end(steps)
        if end < len(steps):
            raise ValueError(
                f"{type(steps[end]).__name__} gives no spectrogram; leave it out"
            )
        return cls._of(samples, steps, hop, sr).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        samples: ArrayLike,
        *,
        sr: float = 1.0,
        ax: Any = None,
    ) -> SpectrogramDisplay:
        """The same of a fitted pipeline, up to its last block that has bands: what is
        behind it, such as a classifier, is left out."""
        from sklearn.base import clone

        flat = _flat(estimator)
        steps = [clone(step) for step in flat[: _end(flat)]]
        return cls._of(samples, steps, None, sr).plot(ax=ax)

    @classmethod
    def _of(
        cls, samples: ArrayLike, steps: list[Any], hop: int | None, sr: float
    ) -> SpectrogramDisplay:
        """Computes. steps: unfitted blocks, with a spectral one among them."""
        at = _spectral(steps)
        frames = [k for k in range(at) if isinstance(steps[k], Frame)]
        first = frames[0] if frames else 0
        rows: Any = _mono(samples)[None]
        for step in steps[:first]:
            rows = step.fit_transform(rows)
        frame = steps[first] if frames else None
        behind = steps[first + len(frames) :]
        cut = None
        if not isinstance(steps[at], MelSpectrogram | MFCC):
            cut = _windows_of(steps[at], frame, hop)
            rows = windows(rows[0], *cut)
        elif behind[0] is not steps[at]:
            raise ValueError(
                f"{type(behind[0]).__name__} is of each window, and a spectrogram of"
                f" {type(steps[at]).__name__} of the whole recording: leave it out"
            )
        for step in behind:
            rows = step.fit_transform(rows)
        axes = _axes(steps[at], len(rows), cut, sr)
        values = np.asarray(rows).reshape(len(axes.times), -1).T
        return cls(
            values=values,
            times=axes.times,
            bands=axes.bands,
            unit=axes.unit,
            scale=_scale(steps),
            mels=axes.mels,
        )

    def plot(self, ax: Any = None, **more: Any) -> SpectrogramDisplay:
        """Draws.

        Parameters
        ----------
        ax : matplotlib's Axes, optional
            A new figure's by default.
        **more
            For matplotlib's `pcolormesh`, as norm, vmin, vmax and cmap.
        """
        self.ax_ = axes(type(self).__name__, ax)
        self.figure_ = self.ax_.figure
        top = float(np.max(self.values, initial=0))
        if self.scale in ("power", "magnitude") and top > 0 and "norm" not in more:
            from matplotlib.colors import LogNorm

            most, least = more.pop("vmax", top), more.pop("vmin", top * _DARK)
            more["norm"] = LogNorm(least, most, clip=True)
        more = {"shading": "nearest", **more}
        self.mesh_ = self.ax_.pcolormesh(self.times, self.bands, self.values, **more)
        if self.mels:
            self.ax_.set_yscale("function", functions=(hz_to_mel, mel_to_hz))
        self.ax_.set_xlabel("time [s]")
        hertz = self.unit == "Hz"
        self.ax_.set_ylabel("frequency [Hz]" if hertz else self.unit)
        self.colorbar_ = self.figure_.colorbar(
            self.mesh_, ax=self.ax_, label=self.scale
        )
        return self


def _mono(samples: ArrayLike) -> NDArray[Any]:
    """Samples of one channel, (n,).

    Raises
    ------
    ValueError
        If there are more channels.
    """
    found = np.asarray(samples)
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim != 1:
        raise ValueError(
            "a spectrogram is of samples (n,) of one channel, not of"
            f" {found.shape}; choose one, as samples[:, 0]"
        )
    return found


def _flat(estimator: Any) -> list[Any]:
    """The steps of a pipeline, and of those in it."""
    if not hasattr(estimator, "steps"):
        return [estimator]
    return [step for _, each in estimator.steps for step in _flat(each)]


def _spectral(steps: list[Any]) -> int:
    """Where the block is that has bands.

    Raises
    ------
    ValueError
        If there is none.
    """
    kinds = (MelSpectrogram, MFCC, RFFT, Welch)
    for k, step in enumerate(steps):
        if isinstance(step, kinds):
            return k
    names = ", ".join(type(step).__name__ for step in steps)
    wanted = ", ".join(kind.__name__ for kind in kinds)
    raise ValueError(f"{names}: none of them gives a spectrogram, as {wanted} do")


def _end(steps: list[Any]) -> int:
    """The end of the steps that give bands."""
    end = _spectral(steps) + 1
    while end < len(steps) and isinstance(steps[end], PowerToDb | AmplitudeToDb | PCEN):
        end += 1
    return end


def _windows_of(block: Any, frame: Any, hop: int | None) -> tuple[int, int]:
    """(length, hop) of windows that each become a column."""
    if frame is not None:
        return frame.length, frame.hop_
    length = getattr(block, "n", None)
    if length is None:
        raise ValueError(
            f"{type(block).__name__} is of windows: put a Frame in front of it, or give"
            " RFFT its n"
        )
    return length, length if hop is None else hop


def _axes(block: Any, n: int, cut: tuple[int, int] | None, sr: float) -> _Axes:
    """Times and bands of a fitted block. n: windows that it has seen; cut: of them."""
    if cut is not None:
        length, hop = cut
        rate = float(block.fs) if isinstance(block, Welch) else float(sr)
        times = (np.arange(n) * hop + (length - 1) / 2) / rate
        if isinstance(block, Welch):
            return _Axes(times, block.freqs_, "Hz")
        if block.output == "complex":
            raise ValueError("RFFT of output='complex' is no spectrogram; use 'power'")
        first, end = bin_range(block.bins, block.n_ // 2 + 1)
        return _Axes(times, np.arange(first, end) * rate / block.n_, "Hz")
    spectra = block.cut(block.shape_in_[0])
    start = 0.0 if spectra.half else (spectra.n_fft - 1) / 2
    times = (start + np.arange(spectra.n_frames) * spectra.hop) / block.sr
    if isinstance(block, MFCC):
        return _Axes(times, np.arange(float(block.n_mfcc)), "coefficient")
    ends = hz_to_mel([block.fmin, block.fmax or block.sr / 2], block.htk)
    mels = np.linspace(ends[0], ends[1], block.n_mels + 2)[1:-1]
    middles = mel_to_hz(mels, block.htk)
    return _Axes(times, middles, "Hz", mels=True)


def _scale(steps: list[Any]) -> str:
    """What the values of the last step are."""
    last, block = steps[-1], steps[_spectral(steps)]
    if isinstance(last, PowerToDb | AmplitudeToDb):
        return "dB"
    if isinstance(last, PCEN):
        return "energy"
    if isinstance(block, MFCC):
        return "coefficient"
    if isinstance(block, Welch):
        return "power"
    if isinstance(block, RFFT):
        return block.output
    return "power" if block.power == 2 else "magnitude"
