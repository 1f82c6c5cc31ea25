# SPDX-License-Identifier: MIT
"""The report of models of samples: recordings in place of rows."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from families import stream_cases
from scipy.signal import butter
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import emlrt
from emlrt import signal
from emlrt.verdict import Limits, check
from emlrt.verdict.costs import ESTIMATED
from emlrt.verdict.recordings import recordings_of, targets_of
from emlrt.verdict.streamed import streamed

RATE, LENGTH, HOP = 50, 40, 16
NAMES = ["still", "walk", "run"]
#: A filter that remembers a second, so that windows from rest differ from a stream's.
SOS = butter(2, 0.5, "highpass", fs=RATE, output="sos")


def swings(seed: int, *, channels: int = 3) -> list[np.ndarray]:
    """Two made recordings of each name, as of a watch: swings and noise."""
    rng, t = np.random.default_rng(seed), np.arange(230)[:, None] / RATE
    found = []
    for k in range(6):
        pace = (0.0, 1.1, 2.7)[k % 3] * rng.uniform(0.9, 1.1)
        swing = np.sin(2 * np.pi * pace * t + rng.uniform(0, 3, channels))
        noise = rng.normal(0, 0.7, (len(t), channels))
        found.append((rng.normal() + swing + noise).astype(np.float32))
    return found


TRAIN, TEST = swings(0), swings(1)
LABELS = NAMES * 2
FRAME = signal.Frame(LENGTH, HOP)
COUNT = 1 + (230 - LENGTH) // HOP  # windows of each recording


def frame() -> signal.Frame:
    return signal.Frame(LENGTH, HOP)


def forest() -> RandomForestClassifier:
    return RandomForestClassifier(7, max_depth=4, random_state=0)


def features() -> signal.TimeFeatures:
    return signal.TimeFeatures(["mean", "std", "range"])


KINDS = {
    "plain": lambda: make_pipeline(frame(), features(), forest()),
    "filtered": lambda: make_pipeline(
        signal.Sosfilt(SOS), signal.Magnitude(), frame(), features(), forest()
    ),
    "voted": lambda: signal.Decision(
        make_pipeline(frame(), features(), forest()), signal.Vote(5)
    ),
    "decided": lambda: signal.Decision(
        make_pipeline(signal.Sosfilt(SOS), frame(), features(), forest()),
        [signal.Vote(3), signal.Threshold(0.5, other="unsure")],
    ),
    "at the end": lambda: make_pipeline(
        signal.Channels(3),
        frame(),
        features(),
        signal.Decision(forest(), signal.Vote(3)),
    ),
    "searched": lambda: GridSearchCV(
        signal.Decision(
            make_pipeline(frame(), features(), forest()), signal.Debounce(2)
        ),
        {"debounce__n": [2, 3]},
        cv=2,
    ),
    "decimated": lambda: make_pipeline(
        signal.Decimate(2), signal.Frame(LENGTH // 2, HOP // 2), features(), forest()
    ),
    "spectral": lambda: make_pipeline(
        frame(),
        signal.MelSpectrogram(sr=RATE, n_fft=16, hop_length=8, n_mels=4, center=False),
        StandardScaler(),
        LogisticRegression(),
    ),
}
#: Those without state; of all others only streams run.
STATELESS = {"plain", "spectral"}


@cache
def made(kind: str):
    """The fitted original, and its model."""
    X, y = FRAME.cut(TRAIN, LABELS)
    fitted = KINDS[kind]().fit(X, y)
    return fitted, emlrt.convert(fitted)


def pushed(model: emlrt.Model, recordings: list[np.ndarray]) -> np.ndarray:
    """The stream's answers, each recording from rest and in pieces."""
    stream, found = emlrt.Stream(model), []
    for each in recordings:
        stream.reset()
        found += [stream.push(piece) for piece in np.array_split(each, 7)]
    return np.concatenate(found)


@pytest.mark.parametrize("kind", KINDS)
def test_windows_are_answered_as_a_stream_and_as_the_original(kind):
    original, model = made(kind)
    assert bool(model.state_bytes) == (kind not in STATELESS)
    found = model.report(TEST, LABELS, original, boards="pico")
    same = found.agreement
    answers = pushed(model, TEST)
    assert same.n_rows == len(answers) == 6 * COUNT
    assert same.predicted.tolist() == answers.tolist()
    assert same.share == 1
    assert same.score == (answers == np.repeat(LABELS, COUNT)).mean() > 0.2
    assert same.original_score == same.score
    text = " ".join(str(found).split())
    assert f"all {6 * COUNT} windows are answered as by the original" in text
    assert f"Windows of {LENGTH} samples of 3 channels, a new one every {HOP}" in text
    assert f"a stream takes {model.stream_bytes:,} bytes of RAM" in text
    parts = found.verdicts[0].cost.ram_parts
    assert parts["state"] == model.state_bytes
    assert parts["state"] + parts["stream"] == model.stream_bytes


@pytest.mark.parametrize("kind", ["filtered", "voted", "decided"])
def test_it_is_not_what_windows_by_themselves_get(kind):
    original, model = made(kind)
    alone = np.concatenate([original.predict(FRAME.cut([each])) for each in TEST])
    wrong = model.report(TEST, original=alone).agreement
    assert 0 < len(wrong.rows) < len(alone)
    assert wrong.rows.tolist() == np.flatnonzero(alone != pushed(model, TEST)).tolist()


def test_windows_that_differ_are_named_by_their_samples():
    _, model = made("voted")
    theirs = np.split(pushed(model, TEST).astype(object), 6)
    theirs[2][3] = "still" if theirs[2][3] != "still" else "run"
    found = model.report(TEST, original=theirs)
    (row,) = found.agreement.rows
    assert row == 2 * COUNT + 3
    assert f"window {row} (from sample {3 * HOP} of recording 2): " in str(found)
    assert f"(from sample {3 * HOP} of recording 2)" in found.to_html()
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))["agreement"]
    assert (told["of"], told["recordings"]) == ("windows", 6)
    assert told["differ_recordings"] == [2]
    assert told["differ_starts"] == [3 * HOP]
    one = model.report(TEST[2], original=theirs[2])
    assert f"window 3 (from sample {3 * HOP}): " in str(one)


def test_labels_of_windows_recordings_and_samples():
    _, model = made("decided")
    answers = pushed(model, TEST)
    each = np.repeat(LABELS, COUNT)
    score = (answers == each).mean()
    lists = [np.repeat(label, COUNT) for label in LABELS]
    samples = [np.repeat(label, 230) for label in LABELS]
    mixed = [lists[0], "walk", *samples[2:]]
    for y in (LABELS, np.array(LABELS), each, lists, samples, mixed):
        assert model.report(TEST, y).agreement.score == score
    own = (answers[:COUNT] == "still").mean()
    for y in ("still", ["still"], lists[0], samples[0], [samples[0]]):
        assert model.report(TEST[0], y).agreement.score == own
    # Of 40 samples, a window has the label of more than half; of 20 each, the first.
    change = np.where(np.arange(230) < HOP + 20, "run", "still")
    found = recordings_of(model, TEST[0])
    expected = ["run", "run", *["still"] * (COUNT - 2)]
    assert targets_of(change, found, True).tolist() == expected


def test_forms_of_a_recording():
    original, model = made("filtered")
    answers = pushed(model, TEST[:2])
    table = pd.DataFrame(TEST[0], columns=["ax", "ay", "az"])
    for X in (TEST[:2], tuple(TEST[:2]), np.stack(TEST[:2]), [table, TEST[1]]):
        same = model.report(X, original=original).agreement
        assert same.predicted.tolist() == answers.tolist()
        assert same.share == 1
    for X in (TEST[0], table, TEST[0].ravel()):
        same = model.report(X, original=original).agreement
        assert same.predicted.tolist() == answers[:COUNT].tolist()
    rows = FRAME.cut(TEST[:1])
    for X in (rows, rows.reshape(COUNT, -1)):
        alone = model.report(X, original=original.predict(rows))
        assert alone.agreement.what == "rows"
        assert alone.agreement.share == 1
        assert "each row was answered from rest" in " ".join(str(alone).split())


def test_one_channel_and_values():
    heard = [each[:, 0] for each in TRAIN]
    X, y = FRAME.cut(heard, [0.0, 1.0, 2.0] * 2)
    pipeline = make_pipeline(
        signal.MovingAverage(3),
        frame(),
        features(),
        RandomForestRegressor(5, max_depth=3, random_state=0),
    ).fit(X, y)
    model = emlrt.convert(pipeline)
    for recordings in (heard, [each[:, None] for each in heard]):
        same = model.report(recordings, [0.0, 1.0, 2.0] * 2, pipeline).agreement
        assert same.metric == "r2"
        assert same.score == pytest.approx(same.original_score, abs=1e-6)
        assert not len(same.rows)
    with pytest.raises(ValueError, match=rf"230 values .* its {COUNT} windows$"):
        model.report(heard[0], np.zeros(230))


def test_frames_of_spectra_in_front():
    rng = np.random.default_rng(0)
    loud = [rng.normal(0, 300 * (1 + k), 4000).astype(np.int16) for k in range(3)]
    samples = 480 + 4 * 160
    X, y = signal.Frame(samples, 320).cut(loud, [0, 1, 2])
    pipeline = make_pipeline(
        signal.MicroFrontend(), signal.Frame(5, 2, n_bands=40), forest()
    ).fit(X, y)
    model = emlrt.convert(pipeline, dtype="int16", X=X)
    assert model.window.rate == 16000
    found = model.report(loud, [0, 1, 2], pipeline, boards="pico")
    assert found.agreement.share == 1
    assert found.agreement.n_rows == 3 * (1 + (4000 - samples) // 320)
    assert (pipeline.predict(X) != pushed(model, loud)).any()
    assert "at 16,000 times a second, an answer each 20 ms" in " ".join(
        str(found).split()
    )


def test_frames_that_are_transformed_once():
    heard = [each[:, 0] for each in TRAIN]
    X, y = FRAME.cut(heard, LABELS)
    mel = signal.MelSpectrogram(sr=RATE, n_fft=16, hop_length=8, n_mels=4, center=False)
    pipeline = make_pipeline(frame(), mel, StandardScaler(), LogisticRegression())
    model = emlrt.convert(pipeline.fit(X, y))
    assert model.state_bytes
    found = model.report([each[:, 0] for each in TEST], LABELS, pipeline)
    assert found.agreement.share == 1
    assert found.agreement.score == pipeline.score(
        *FRAME.cut([each[:, 0] for each in TEST], LABELS)
    )


def test_a_long_recording_is_estimated_in_part():
    _, model = made("plain")
    long = np.concatenate(TEST * 4)
    (found,) = model.report(long, boards="pico").verdicts
    assert found.cost.n_rows == ESTIMATED
    recordings = recordings_of(model, [long, TEST[0]])
    some, every = recordings.sampled(ESTIMATED), recordings.rows()
    assert (some[0] == every[0]).all()
    assert (some[-1] == every[-1]).all()
    assert (recordings.sampled(10**6) == every).all()


@pytest.mark.parametrize("case", stream_cases()[::4], ids=str)
def test_every_window_has_an_answer(case):
    cut = case.model.window
    length, hop = cut.length // cut.channels, cut.hop // cut.channels
    for n in (length, length + hop - 1, length + hop, length + 3 * hop + 1):
        samples = np.random.default_rng(n).integers(0, 100, (n, cut.channels))
        found = case.model.report([samples, samples]).agreement
        assert found.n_rows == 2 * (1 + (n - length) // hop)
        starts = np.arange(found.n_rows // 2) * hop
        assert found.recordings.starts.tolist() == [*starts, *starts]


def test_rows_of_a_table_are_times_to_a_decision():
    rng = np.random.default_rng(0)
    X = np.cumsum(rng.normal(size=(120, 4)), axis=0)
    y = (X[:, 0] > X[:, 1]).astype(int)
    decision = signal.Decision(forest(), signal.Vote(9)).fit(X, y)
    model = emlrt.convert(decision)
    found = model.report(X, y, decision).agreement
    assert found.what == "windows"
    assert found.predicted.tolist() == decision.predict_stream(X).tolist()
    assert found.share == 1
    assert found.score == (decision.predict_stream(X) == y).mean()
    assert (decision.predict(X) != decision.predict_stream(X)).any()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"X": [TEST[0], TEST[1][:30]]}, "recording 1 has 30 samples, .* window of 40"),
        ({"X": [TEST[0], TEST[1][:, :2]]}, r"recording 1: samples are \(n, 3\)"),
        ({"X": np.full((90, 3), np.nan)}, "recording 0: .*NaN"),
        ({"X": TEST, "y": LABELS[:4]}, "4 values; .* 72 windows, .* 6 recordings"),
        ({"X": TEST, "y": "walk"}, "y has 1 values; .* 6 recordings"),
        ({"X": TEST[0], "y": LABELS[:2]}, "2 values of recording 0; .* 230 samples"),
        ({"X": TEST, "y": [1, 2, 3] * 2}, "y holds numbers, .* texts"),
        ({"X": TEST, "y": ["a"] * 6}, "y holds a"),
        ({"X": TEST, "original": ["walk"] * 71}, "original has 71 rows"),
        ({"X": TEST, "rate": 0}, "rate is a number of times a second"),
        ({"X": TEST, "rate": True}, "rate is a number of times a second"),
    ],
)
def test_what_does_not_fit_is_said(wrong, words):
    _, model = made("decided")
    with pytest.raises(ValueError, match=words):
        model.report(**wrong)


def test_a_rate_is_of_models_of_samples(models):
    with pytest.raises(ValueError, match="rate is of models of samples"):
        models["integers"].report(rate=50)
    with pytest.raises(ValueError, match="load is of models of samples"):
        check(models["integers"], "uno", limits=Limits(load=0.5))


def test_an_original_that_is_not_asked():
    original, model = made("decided")
    found = recordings_of(model, TEST)
    twice = signal.Decision(original, signal.Vote(2))
    with pytest.raises(ValueError, match="a Decision in a Decision: give original="):
        streamed(twice, "predict", found)
    long = np.concatenate(TEST * 16)
    with pytest.raises(ValueError, match=r"Sosfilt, .* 22080 samples at once; split"):
        model.report(long, original=original)
    answers = pushed(model, [long])
    assert model.report(long, original=answers).agreement.share == 1
