# SPDX-License-Identifier: MIT
"""Blocks in front of Frame: state from run to run, as of the whole recording."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, Stream, UnsupportedModelError, signal, to_int16
from emlrt.signal.framing import windows

RNG = np.random.default_rng(0)
SOS = butter(4, [0.02, 0.2], "bandpass", output="sos")
STEPS = [RNG.integers(-30 * k, 30 * k + 1, (1500, 3)) for k in range(1, 5)]
RECORDINGS = [np.cumsum(s, axis=0).astype(np.int16) for s in STEPS]


def fitted(*front, length=64, hop=24):
    cut = signal.Frame(length, hop)
    X, y = cut.cut(RECORDINGS, range(4))
    return X, make_pipeline(
        *front,
        signal.Frame(length, hop),
        signal.TimeFeatures(),
        StandardScaler(),
        RandomForestClassifier(20, random_state=0),
    ).fit(X, y)


@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_a_stream_is_filtered_as_a_whole(dtype):
    X, pipeline = fitted(signal.Sosfilt(SOS), signal.Magnitude())
    model = Model.from_sklearn(pipeline, dtype=dtype, X=X)
    assert model.state_bytes > 0
    assert (model.predict(X) == pipeline.predict(X)).all()
    behind = make_pipeline(*[step for _, step in pipeline.steps[1:]])
    for recording in RECORDINGS:
        filtered = sosfilt(SOS, recording.astype(float), axis=0).astype(np.float32)
        expected = behind.predict(windows(filtered, 64, 24))
        found = Stream(model).push(recording)
        # float32 filters, not float64: a window in a hundred may differ
        assert (found == expected).mean() >= 0.99
        stream = Stream(model)
        parts = [stream.push(p) for p in np.array_split(recording, 7)]
        assert (np.concatenate(parts) == found).all()


@pytest.mark.parametrize(
    "front",
    [
        [signal.Magnitude("l1")],
        [signal.Tilt()],
        [signal.Difference(), signal.MovingAverage(5)],
        [signal.MedianFilter(3), signal.ExponentialMean(0.1)],
        [signal.Fir([0.5, 0.3, 0.2])],
    ],
    ids=lambda blocks: "-".join(type(b).__name__ for b in blocks),
)
def test_rows_and_the_first_window_agree(front):
    X, pipeline = fitted(*front)
    model = Model.from_sklearn(pipeline)
    assert (model.predict(X) == pipeline.predict(X)).all()
    for recording in RECORDINGS:
        first = Stream(model).push(recording[:64])
        assert (first == pipeline.predict(recording[None, :64])).all()


def test_a_decimated_stream():
    cut = signal.Frame(128, 64)
    X, y = cut.cut(RECORDINGS, range(4))
    pipeline = make_pipeline(
        signal.Decimate(4),
        signal.Frame(32, 16),
        signal.TimeFeatures(),
        RandomForestClassifier(5, random_state=0),
    ).fit(X, y)
    model = Model.from_sklearn(pipeline)
    assert model.window.hop == 192
    assert (model.predict(X) == pipeline.predict(X)).all()
    assert Stream(model).push(RECORDINGS[0]).shape == (1 + (1500 - 128) // 64,)


def test_what_looks_at_windows_is_refused_in_front():
    X, pipeline = fitted(signal.Detrend())
    with pytest.raises(
        UnsupportedModelError, match=r"Detrend stands in front .* behind"
    ):
        Model.from_sklearn(pipeline)
    twice = make_pipeline(signal.Frame(64), signal.Frame(64)).fit(X)
    with pytest.raises(UnsupportedModelError, match="one Frame"):
        Model.from_sklearn(twice)


def test_rows_of_inputs_with_a_rule():
    X, pipeline = fitted(signal.Difference())
    rule = to_int16(X / 7)
    model = Model.from_sklearn(pipeline, dtype="int16", inputs=rule)
    exact = rule.of_channels(3).repeated(64).transform(X.reshape(len(X), -1) / 7)
    near = (exact * 1.0 / np.tile(rule.of_channels(3).scale, 64)).reshape(X.shape)
    assert (model.predict(X / 7) == model.predict(near)).all()
    expected = [Stream(model).push(window)[-1] for window in X[:40] / 7]
    assert (model.predict(X[:40] / 7) == expected).all()
