# SPDX-License-Identifier: MIT
"""Spectra of frames behind a Frame: each frame once, and the bits of whole windows."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, Stream, signal
from emlrt.signal.framing import windows

RNG = np.random.default_rng(0)
RATE, LENGTH, HOP = 8000, 2000, 480
TIMES = np.arange(6000) / RATE
RECORDINGS = [
    (RNG.normal(size=6000) * 500 + 4000 * np.sin(700 * k * TIMES)).astype(np.int16)
    for k in (1, 2, 5)
]
FRAMES = {"sr": RATE, "n_fft": 256, "hop_length": 80, "n_mels": 20, "center": False}
BLOCKS = {
    "mel": [signal.MelSpectrogram(win_length=200, **FRAMES), signal.PowerToDb()],
    "mfcc": [signal.MFCC(n_mfcc=8, **FRAMES)],
    "magnitude": [signal.MelSpectrogram(power=1.0, **FRAMES)],
}


INTEGERS = signal.LogMelQ15(
    sr=RATE, n_fft=256, win_length=200, hop_length=80, n_mels=20
)


def models(blocks, dtype, hop=HOP):
    """A pipeline behind a Frame, and its models with the Frame and without."""
    X, y = signal.Frame(LENGTH, hop).cut(RECORDINGS, range(3))
    pipeline = make_pipeline(
        signal.Frame(LENGTH, hop),
        *blocks,
        StandardScaler(),
        RandomForestClassifier(10, random_state=0),
    ).fit(X, y)
    whole = make_pipeline(*[step for _, step in pipeline.steps[1:]])
    made = [Model.from_sklearn(p, dtype=dtype, X=X) for p in (pipeline, whole)]
    return X, pipeline, *made


def cases():
    """Blocks and dtypes, with names."""
    for name, blocks in BLOCKS.items():
        for dtype in ("float32", "int16"):
            yield pytest.param(blocks, dtype, id=f"{name}-{dtype}")
    yield pytest.param([INTEGERS], "int16", id="integers")


@pytest.mark.parametrize(("blocks", "dtype"), list(cases()))
def test_bits_and_memory(blocks, dtype):
    X, pipeline, model, whole = models(blocks, dtype)
    assert 0 < model.state_bytes < model.stream_bytes < whole.stream_bytes / 2
    assert (model.predict(X) == pipeline.predict(X)).all()
    assert model.scores(X).tobytes() == whole.scores(X).tobytes()
    for recording in RECORDINGS:
        expected = whole.scores(windows(recording, LENGTH, HOP))
        stream = Stream(model)
        assert stream.push_scores(recording).tobytes() == expected.tobytes()
        stream.reset()
        cuts = np.sort(RNG.integers(0, 6000, 9))
        parts = [stream.push_scores(part) for part in np.split(recording, cuts)]
        assert np.concatenate(parts).tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    "blocks",
    [
        [signal.MelSpectrogram(**{**FRAMES, "center": True})],
        [signal.MFCC(n_mfcc=8, top_db=80.0, **FRAMES)],
        [signal.MelSpectrogram(**{**FRAMES, "hop_length": 2000})],
    ],
    ids=["centred", "coupled", "one-frame"],
)
def test_frames_that_are_not_alone_are_of_whole_windows(blocks):
    X, pipeline, model, _ = models(blocks, "float32")
    assert model.state_bytes == 0
    assert (model.predict(X) == pipeline.predict(X)).all()
    assert (Stream(model).push(RECORDINGS[0]) == model.predict(X[: len(X) // 3])).all()


def test_a_hop_between_frames_is_of_whole_windows():
    X, pipeline, model, _ = models(BLOCKS["mel"], "float32", hop=500)
    assert model.state_bytes == 0
    assert (model.predict(X) == pipeline.predict(X)).all()


def test_windows_of_integers_are_kept_as_int16():
    """A frame of samples, and the features of a window, take two bytes each."""
    _, _, model, _ = models([INTEGERS], "int16")
    kept = {stage.name for stage in model.stages if stage.name.startswith("frame")}
    assert kept == {"frame_i16"}
    n_frames = 1 + (LENGTH - 200) // 80
    counts = 4 + 2 * 4  # what holds a run, and what each FRAME counts
    assert model.state_bytes <= 2 * 200 + 2 * n_frames * 20 + counts + 8
