# SPDX-License-Identifier: MIT
"""Front ends for sound as others have set them: pipelines of blocks.

Each reads windows of samples, (n, length); `Frame.cut` makes them of recordings.
"""

from __future__ import annotations

import sys
from typing import Any

from emlrt.signal.decibels import PowerToDb
from emlrt.signal.mel import MFCC, MelSpectrogram


def _pipeline(*blocks: Any) -> Any:
    from sklearn.pipeline import make_pipeline

    return make_pipeline(*blocks)


def _length(sr: float, milliseconds: float) -> int:
    return round(sr * milliseconds / 1000)


def _n_fft(length: int) -> int:
    """The power of two that holds a frame."""
    return 1 << max(length - 1, 1).bit_length()


def _framing(sr: float, frame_ms: float, hop_ms: float) -> dict[str, Any]:
    length = _length(sr, frame_ms)
    return {
        "sr": sr,
        "n_fft": _n_fft(length),
        "win_length": length,
        "hop_length": _length(sr, hop_ms),
        "center": False,
    }


def log_mel(
    sr: float = 16000,
    n_mels: int = 40,
    frame_ms: float = 30.0,
    hop_ms: float = 10.0,
    fmin: float = 20.0,
    fmax: float | None = None,
) -> Any:
    """Mel bands in decibels: features for nets that hear words or events.

    Frames of 30 ms every 10 ms and 40 bands are those of Google's speech commands
    (P. Warden, 2018, arXiv:1804.03209); bands and decibels are librosa's.

    Parameters
    ----------
    sr : samples a second
    n_mels : bands
    frame_ms, hop_ms : length of a frame, and from a frame to the next
    fmin, fmax : ends of the bands in Hz; fmax by default sr / 2

    Returns
    -------
    sklearn.pipeline.Pipeline
        (n, length) samples to (n, n_frames * n_mels): frame after frame.
    """
    framing = _framing(sr, frame_ms, hop_ms)
    mel = MelSpectrogram(**framing, n_mels=n_mels, fmin=fmin, fmax=fmax)
    return _pipeline(mel, PowerToDb())


def audio_mfcc(
    sr: float = 16000,
    n_mfcc: int = 13,
    n_mels: int = 40,
    frame_ms: float = 25.0,
    hop_ms: float = 10.0,
    fmin: float = 20.0,
    fmax: float | None = None,
    lifter: float = 22.0,
) -> Any:
    """Cepstral coefficients: features for small classifiers of sound.

    Frames of 25 ms every 10 ms and a lifter of 22 are those of HTK (S. Young et al.,
    The HTK Book, section 5) and of Kaldi; bands, decibels and the cosine transform are
    librosa's.

    Parameters
    ----------
    sr : samples a second
    n_mfcc : coefficients of a frame
    n_mels : bands that they are made of
    frame_ms, hop_ms : length of a frame, and from a frame to the next
    fmin, fmax : ends of the bands in Hz; fmax by default sr / 2
    lifter : as in `MFCC`

    Returns
    -------
    sklearn.pipeline.Pipeline
        (n, length) samples to (n, n_frames * n_mfcc): frame after frame.
    """
    framing = _framing(sr, frame_ms, hop_ms)
    bands: dict[str, Any] = {"n_mels": n_mels, "fmin": fmin, "fmax": fmax}
    return _pipeline(MFCC(**framing, **bands, n_mfcc=n_mfcc, lifter=lifter))


#: Samples of the window that `mlperf_ad` reads: five frames.
MLPERF_AD_LENGTH = 1024 + 4 * 512


def mlperf_ad() -> Any:
    """The front end of MLPerf Tiny's anomaly detection: 128 mel bands of 5 frames.

    As file_to_vector_array of mlcommons/tiny, anomaly_detection/common.py, has it:
    sr 16000, n_fft 1024, hop 512, power 2, 20 / power * log10(max(mel, eps)), a vector
    of 5 frames of 128 bands, one behind the other. There frames are those of the whole
    recording, centred; here of a window of 3072 samples, not centred: vector t is that
    of samples from 512 t - 512 on.

    Returns
    -------
    sklearn.pipeline.Pipeline
        (n, 3072) samples to (n, 640).
    """
    mel = MelSpectrogram(sr=16000, n_fft=1024, hop_length=512, center=False)
    return _pipeline(mel, PowerToDb(amin=sys.float_info.epsilon))
