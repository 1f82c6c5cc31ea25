# SPDX-License-Identifier: MIT
"""What emlearn's own tests of audio, filters and windows ask for (commit 578d89d:
test_audio.py, test_filters.py, test_window_function.py), of emlrt: each case with their
tolerance and our error, in the same measure.

    PYTHONPATH=src:tests:tests/helpers python tests/helpers/emlearn_cases.py

prints the table of docs/SIGNAL.md. Where they load a clip that librosa downloads, this
takes drums of tests/recordings; where their numbers are drawn without a seed, here are
20 draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from librosa_plain import librosa_or_skip
from scipy import signal as reference

from emlrt import signal
from emlrt.convert.signal.banks import packed

RECORDINGS = Path(__file__).parents[1] / "recordings"
RATE = 32000
#: Chebyshev filters of their list: order, ripple, edges in Hz, kind.
FILTERS = {
    "order 1, low-pass 1 kHz": (1, 3, 1000, "lp"),
    "order 2, high-pass 2 kHz": (2, 3, 2000, "hp"),
    "order 4, high-pass 2 kHz": (4, 3, 2000, "hp"),
    "order 5, band-pass 2 to 4 kHz": (5, 12, [2000, 4000], "bp"),
    "order 12, high-pass 4 kHz": (12, 12, 4000, "hp"),
}


@dataclass(frozen=True)
class Case:
    """measure: what the tolerance is of, NaN where they skip it. error: ours."""

    name: str
    measure: str
    tolerance: float
    error: float

    @property
    def limit(self) -> str:
        """The tolerance as text; 0: equal."""
        return f"{self.tolerance:.0e}" if self.tolerance else "equal"


def relative(found, expected):
    """The largest error as a share of each number."""
    return float(np.max(np.abs(found - expected) / np.abs(expected)))


def transforms() -> Iterator[Case]:
    for n in (64, 128, 256, 512, 1024):
        x = np.arange(n)
        z = signal.RFFT(output="complex").fit_transform(x[None])[0]
        error = relative(z[::2], np.fft.rfft(x).real)
        yield Case(f"transform of {n}", "each real part", 1e-4, error)


def banks(librosa) -> Iterator[Case]:
    options = {"sr": 22050, "n_fft": 512, "n_mels": 16, "fmin": 0, "fmax": 11025}
    bank = signal.mel_filters(**options, htk=True, norm=None)
    theirs = librosa.filters.mel(**options, htk=True, norm=None)
    draws = np.random.default_rng(0).random((20, 257))
    found = signal.FilterBank(bank).fit_transform(draws)
    error = relative(found, draws @ theirs.astype(np.float64).T)
    yield Case("16 mel bands of 512", "each band", 1e-3, error)

    sr, clip = 16000, drum()
    options = {"sr": sr, "n_fft": 1024, "n_mels": 16, "fmin": 500, "fmax": 5000}
    spectrum = np.abs(librosa.stft(clip, n_fft=1024, hop_length=256)) ** 2
    theirs = librosa.filters.mel(**options, htk=True, norm=None)
    bank = signal.FilterBank(signal.mel_filters(**options, htk=True, norm=None))
    expected = theirs.astype(np.float64) @ spectrum
    found = bank.fit_transform(spectrum.T).T
    yield Case("16 mel bands of a clip", "each band", 0.01, relative(found, expected))

    options["n_mels"] = 64
    mel = signal.MelSpectrogram(
        **options, hop_length=1024, center=False, htk=True, norm=None
    )
    expected = librosa.feature.melspectrogram(
        y=clip[:1024].astype(np.float64), **options, hop_length=1024, center=False,
        htk=True, norm=None,
    )  # fmt: skip
    found = mel.fit_transform(clip[None, :1024])[0]
    share = float(abs(found - expected[:, 0]).max() / expected.max())
    name = "64 mel bands from samples"
    yield Case(name, "the largest band", np.nan, share)


def drum():
    """0.3 s of a drum."""
    sounds = np.load(RECORDINGS / "drums.npz")["X"]
    return np.asarray(sounds[0][:4800], np.float32) / 32768


def sparse(librosa) -> Iterator[Case]:
    """A bank of 30 bands as a table of starts, ends and weights."""
    theirs = librosa.filters.mel(sr=16000, n_fft=1024, n_mels=30).astype(np.float64)
    bank = signal.mel_filters(sr=16000, n_fft=1024, n_mels=30)
    used = [np.flatnonzero(row) for row in theirs]
    records, weights = packed(bank)
    held = np.frombuffer(records, [("start", "<u2"), ("n", "<u2"), ("at", "<u4")])
    same = held["start"].tolist() == [place[0] for place in used]
    same &= held["n"].tolist() == [len(place) for place in used]
    table = np.concatenate(weights)
    same &= table.size == 968
    name = "sparse bank: starts, ends, 968 weights"
    yield Case(name, "each", 0, float(not same))
    ends = [1.6503363149e-03, 2.8125530662e-05]
    error = relative(table[[0, -1]].astype(np.float64), np.array(ends))
    yield Case("sparse bank: first and last weight", "each", 1e-6, error)
    hundred = np.full((1, 513), 100.0)
    found = signal.FilterBank(bank).fit_transform(hundred)[0]
    error = relative(found, theirs @ hundred[0])
    yield Case("sparse bank times 100", "each band", 1e-5, error)


def filters() -> Iterator[Case]:
    t = np.linspace(0, 1, RATE, False)
    chirp = reference.chirp(t, f0=6, f1=RATE / 2, t1=1, method="linear")
    noise = np.random.default_rng(1).normal(size=(20, RATE))
    x = chirp + 0.05 * noise
    for name, (order, ripple, edges, kind) in FILTERS.items():
        sos = reference.cheby1(order, ripple, edges, kind, fs=RATE, output="sos")
        expected = reference.sosfilt(sos, x)
        found = signal.Sosfilt(sos).fit_transform(x)
        off = np.abs(found - expected)
        # numpy's assert_allclose(ref, out, atol=1e-4) adds 1e-7 of each number.
        error = float((off - 1e-7 * np.abs(found)).max())
        yield Case(f"Chebyshev, {name}", "largest error", 1e-4, max(error, 0.0))
        middle = float(np.median(off / np.abs(expected), axis=1).max())
        yield Case(f"Chebyshev, {name}", "median of each sample's", 1e-4, middle)


def window() -> Iterator[Case]:
    found = signal.Window("hann").fit_transform(np.ones((1, 512)))[0]
    error = abs(float(found.sum(dtype=np.float64)) / 256 - 1)
    yield Case("Hann of 512: the sum", "half the length", 1e-7, error)


def cases() -> Iterator[Case]:
    """All of them."""
    librosa = librosa_or_skip()
    yield from transforms()
    yield from banks(librosa)
    yield from sparse(librosa)
    yield from filters()
    yield from window()


def table() -> str:
    """The table of docs/SIGNAL.md."""
    lines = ["| case | error of | emlearn's tolerance | emlrt |", "|---|---|---|---|"]
    for each in cases():
        theirs = "broken, skipped" if np.isnan(each.tolerance) else each.limit
        numbers = f"{theirs} | {each.error:.1e}"
        lines.append(f"| {each.name} | {each.measure} | {numbers} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
