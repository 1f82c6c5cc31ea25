# SPDX-License-Identifier: MIT
"""Spectra in front of a Frame: each frame of a stream once, with state over all."""

from pathlib import Path

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, Stream, UnsupportedModelError, signal
from emlrt.signal import Frame, MicroFrontend
from emlrt.signal.framing import windows

FOUND = np.load(Path(__file__).resolve().parent / "data/micro.npz")
RECORDING = FOUND["samples"].ravel()
RNG = np.random.default_rng(0)
RATE, LENGTH = 8000, 2000
CUT = {"sr": RATE, "n_fft": 256, "hop_length": 80, "center": False}
MEL = {"n_mels": 12, **CUT}
N_FRAMES = 1 + (LENGTH - 256) // 80
#: Spectra by name, and the numbers of a frame.
SPECTRA = {
    "mel": (lambda: signal.MelSpectrogram(win_length=200, **MEL), 12),
    "magnitude": (lambda: signal.MelSpectrogram(power=1.0, **MEL), 12),
    "mfcc": (lambda: signal.MFCC(n_mfcc=8, **MEL), 8),
    "spectral": (lambda: signal.SpectralFeatures(mean=False, **CUT), 4),
}
#: What may follow them in front of the Frame: whether it has state of its own.
FOLLOWERS = {
    "none": (lambda n: [], False),
    "decibels": (lambda n: [signal.PowerToDb()], False),
    "amplitude": (lambda n: [signal.AmplitudeToDb(ref=2.0)], False),
    "pcen": (lambda n: [signal.PCEN(sr=RATE, hop_length=80, n_bands=n)], True),
    "pcen-bias": (lambda n: [signal.PCEN(bias=0, b=0.2, n_bands=n)], True),
    "bank": (lambda n: [signal.FilterBank(np.eye(n) + np.eye(n, k=1))], False),
    "both": (
        lambda n: [signal.FilterBank(np.eye(n)), signal.PCEN(b=0.1, n_bands=n)],
        True,
    ),
}
#: What may stand before them, each of one channel.
FRONTS = {
    "none": lambda: [],
    "fir": lambda: [signal.Fir([1.0, -0.97])],
    "sections": lambda: [signal.Sosfilt([[0.2, 0.1, 0, 1, -0.5, 0.1]])],
    "decimate": lambda: [signal.Decimate(2)],
}


def noise(n):
    t = np.arange(n) / RATE
    loud = np.where(t % 0.5 < 0.25, 1.0, 0.05)
    return ((RNG.normal(size=n) + np.sin(4000 * t)) * loud).astype(np.float32)


SAMPLES = noise(9000)


def streamed(pipeline, samples, X, dtype="float32"):
    """A pipeline, fitted on windows; its model; what a stream makes of samples."""
    fitted = pipeline.fit(X)
    model = Model.from_sklearn(fitted, dtype=dtype, X=X)
    return fitted, model, Stream(model).push_scores(samples)


def test_keyword_spotting_has_the_numbers_of_tflm_over_a_whole_recording():
    """Recorded by record_micro.py from pymicro-features 2.0.2, which never stops."""
    X = windows(RECORDING, 480 + 4 * 160, 160)
    pipeline = make_pipeline(MicroFrontend(), Frame(5, 1, n_bands=40))
    _, model, got = streamed(pipeline, RECORDING, X, "int16")
    expected = windows(FOUND["stream"], 5, 1).reshape(-1, 200)
    assert len(expected) == 244
    assert (got == expected).all()
    alone = MicroFrontend().fit_transform(X)  # each window from rest

    assert (model.transform(X) == alone).all()
    assert (alone != expected).any()


def words():
    """Windows of one second, and labels."""
    X = windows(RECORDING, 16000, 800)
    return X, np.arange(len(X)) % 3


def test_a_second_of_20_ms_frames_answers_each_20_ms():
    X, y = words()
    pipeline = make_pipeline(
        MicroFrontend(window_step=20),
        Frame(49, 1, n_bands=40),
        RandomForestClassifier(8, random_state=0),
    ).fit(X, y)
    model = Model.from_sklearn(pipeline, dtype="int16", X=X)
    assert (model.predict(X) == pipeline.predict(X)).all()
    whole = MicroFrontend(window_step=20).fit_transform(RECORDING[None])
    frames = windows(whole.reshape(-1, 40), 49, 1).reshape(-1, 1960)
    forest = pipeline[-1]
    stream = Stream(model)
    proba = stream.push_proba(RECORDING)
    assert len(proba) == 1 + (len(RECORDING) - 480 - 48 * 320) // 320
    np.testing.assert_allclose(proba, forest.predict_proba(frames), atol=1e-7)
    assert (proba[0] == model.predict_proba(RECORDING[None, :16000])[0]).all()
    # a frame of samples, noise of 40 bands, and 49 frames of 40 int16
    assert 0 <= model.state_bytes - (4 + 4 + 960 + 160 + 4 + 3920) < 8
    assert model.stream_bytes < 9000


def test_noise_goes_on_and_reset_forgets_it():
    X, _ = words()
    pipeline = make_pipeline(MicroFrontend(window_step=20), Frame(49, 5, n_bands=40))
    _, model, got = streamed(pipeline, RECORDING, X, "int16")
    stream = Stream(model)
    first = stream.push_scores(RECORDING[:16000])
    again = stream.push_scores(RECORDING[:16000])[-1]
    assert (first[0] == got[0]).all()
    assert (again != first[0]).any()
    stream.reset()
    assert (stream.push_scores(RECORDING[:16000]) == first).all()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 20000), max_size=12))
def test_pieces_of_any_size(cuts):
    found = test_pieces_of_any_size.__dict__
    if "model" not in found:
        X, _ = words()
        pipeline = make_pipeline(MicroFrontend(), Frame(98, 3, n_bands=40))
        made = streamed(pipeline, RECORDING[:20000], X, "int16")
        found["model"], found["expected"] = made[1:]
    stream = Stream(found["model"])
    parts = [
        stream.push_scores(part) for part in np.split(RECORDING[:20000], sorted(cuts))
    ]
    assert np.concatenate(parts).tobytes() == found["expected"].tobytes()


#: Every pair, but that PCEN is of energies, and coefficients may be negative.
PAIRS = [
    (spectra, follower)
    for spectra in SPECTRA
    for follower, (_, keeps) in FOLLOWERS.items()
    if spectra != "mfcc" or not keeps
]


@pytest.mark.parametrize("hop", [1, 4, 30])
@pytest.mark.parametrize(("spectra", "follower"), PAIRS)
def test_a_stream_is_one_long_window(spectra, follower, hop):
    """What the blocks make of the whole recording, cut into windows of frames, has the
    bits of the stream; and predict of a row those of the blocks on that row."""
    block, n = SPECTRA[spectra]
    more, keeps = FOLLOWERS[follower]
    X = windows(SAMPLES, LENGTH, 480)
    pipeline = make_pipeline(block(), *more(n), Frame(N_FRAMES, hop, n_bands=n))
    fitted, model, got = streamed(pipeline, SAMPLES, X)
    whole = make_pipeline(block(), *more(n)).fit_transform(SAMPLES[None])
    expected = windows(whole.reshape(-1, n), N_FRAMES, hop).reshape(-1, N_FRAMES * n)
    assert got.tobytes() == expected.tobytes()
    assert (model.transform(X) == fitted.transform(X)).all()
    behind = fitted.transform(windows(SAMPLES, LENGTH, 80 * hop))
    assert (behind[0] == got[0]).all()
    same = (behind == got[: len(behind)]).all()
    assert same != keeps


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("follower", ["none", "decibels", "pcen"])
def test_filters_before_spectra_never_stop(front, follower):
    block, n = SPECTRA["mel"]
    ratio = 2 if front == "decimate" else 1
    X = windows(SAMPLES, LENGTH * ratio, 480)
    more = FOLLOWERS[follower][0]
    pipeline = make_pipeline(
        *FRONTS[front](), block(), *more(n), Frame(N_FRAMES, 3, n_bands=n)
    )
    fitted, model, got = streamed(pipeline, SAMPLES, X)
    blocks = [*FRONTS[front](), block(), *more(n)]
    whole = make_pipeline(*blocks).fit_transform(SAMPLES[None])
    expected = windows(whole.reshape(-1, n), N_FRAMES, 3).reshape(-1, N_FRAMES * n)
    assert len(got) == len(expected)
    assert got.tobytes() == expected.tobytes()
    assert (model.transform(X) == fitted.transform(X)).all()


def test_pcen_is_librosa_s_with_its_state():
    """librosa.pcen of pieces, each with the state of the one before."""
    block, n = SPECTRA["mel"]
    pcen = signal.PCEN(sr=RATE, hop_length=80, n_bands=n)
    X = windows(SAMPLES, LENGTH, 480)
    pipeline = make_pipeline(block(), pcen, Frame(N_FRAMES, 1, n_bands=n))
    _, _, got = streamed(pipeline, SAMPLES, X)
    mel = librosa.feature.melspectrogram(
        y=SAMPLES.astype(np.float64), win_length=200, **MEL
    )
    parts, zi = [], None
    for piece in np.array_split(mel, 7, axis=1):
        part, zi = librosa.pcen(
            piece, sr=RATE, hop_length=80, zi=zi, return_zf=True, axis=-1
        )
        parts.append(part)
    expected = windows(np.hstack(parts).T, N_FRAMES, 1).reshape(len(got), -1)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_integer_frames():
    X = RECORDING.reshape(-1, LENGTH)
    options = {"sr": 16000, "n_fft": 512, "win_length": 400, "hop_length": 160}
    block = signal.LogMelQ15(n_mels=16, **options)
    pipeline = make_pipeline(block, Frame(11, 2, n_bands=16))
    fitted, model, got = streamed(pipeline, RECORDING, X, "int16")
    whole = signal.LogMelQ15(n_mels=16, **options).fit_transform(RECORDING[None])
    expected = windows(whole.reshape(-1, 16), 11, 2).reshape(len(got), -1)
    assert (got == expected).all()
    assert (model.transform(X) == fitted.transform(X)).all()


@pytest.mark.parametrize(
    ("block", "dtype"),
    [
        (signal.LogMelQ15(sr=RATE, n_fft=256, hop_length=80, n_mels=8), "int16"),
        (signal.SpectralFeatures(**CUT), "float32"),
        (signal.SpectralFeatures(mean=False, **CUT), "float32"),
    ],
    ids=["integer", "means", "spectral"],
)
def test_frames_behind_a_frame_are_made_once_too(block, dtype):
    samples = RECORDING[:9000] if dtype == "int16" else SAMPLES
    X = windows(samples, LENGTH, 480)
    pipeline = make_pipeline(Frame(LENGTH, 480), block)
    fitted, model, got = streamed(pipeline, samples, X, dtype)
    assert 0 < model.state_bytes < LENGTH * (2 if dtype == "int16" else 4)
    assert (got == fitted.transform(X)).all()
    assert (model.transform(X) == fitted.transform(X)).all()


def test_a_model_behind():
    _, n = SPECTRA["mel"]
    X = windows(SAMPLES, LENGTH, 480)
    y = np.arange(len(X)) % 2
    pipeline = make_pipeline(
        *(signal.log_mel(RATE, 12, 32, 10), Frame(N_FRAMES, 6, n_bands=n)),
        *(StandardScaler(), LogisticRegression()),
    ).fit(X, y)
    model = Model.from_sklearn(pipeline)
    np.testing.assert_allclose(
        model.predict_proba(X), pipeline.predict_proba(X), atol=1e-5
    )
    np.testing.assert_array_equal(
        Stream(model).push_proba(SAMPLES), model.predict_proba(X)
    )


REFUSED = {
    "delta": (
        [signal.MelSpectrogram(**MEL), signal.Delta(n_bands=12)],
        r"Delta stands in front of Frame.* looks ahead, at the 4 frames.*behind Frame",
    ),
    "top": (
        [signal.MelSpectrogram(**MEL), signal.PowerToDb(top_db=80.0)],
        r"PowerToDb stands in front of Frame.* top_db= .*use None",
    ),
    "mfcc-top": (
        [signal.MFCC(n_mfcc=12, top_db=80.0, **MEL)],
        r"MFCC stands in front of Frame.* top_db= .*use None",
    ),
    "centre": (
        [signal.MelSpectrogram(**{**MEL, "center": True})],
        r"MelSpectrogram stands in front.* use center=False",
    ),
    "flux": (
        [signal.SpectralFeatures(["flux"] * 12, mean=False, **CUT)],
        r"SpectralFeatures stands in front.* flux is of the frame before",
    ),
    "means": (
        [signal.SpectralFeatures(["energy"] * 12, **CUT)],
        r"SpectralFeatures stands in front.* use mean=False",
    ),
    "two": (
        [signal.MelSpectrogram(**MEL), signal.RemoveMean()],
        r"RemoveMean stands in front.* looks at a whole window; put it behind",
    ),
    "filter": (
        [signal.MelSpectrogram(**MEL), signal.MovingAverage(3)],
        r"MovingAverage stands in front.* each frame comes once",
    ),
    "window": (
        [signal.Detrend(), signal.MelSpectrogram(**MEL)],
        r"Detrend stands in front.* each sample comes once",
    ),
}


@pytest.mark.parametrize(("blocks", "text"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_in_front_is_refused_by_name(blocks, text):
    X = windows(SAMPLES, LENGTH, 480)
    made = make_pipeline(*blocks).fit_transform(X)
    n = 12 if made.shape[1] % 12 == 0 else 1
    pipeline = make_pipeline(*blocks, Frame(made.shape[1] // n, 1, n_bands=n))
    with pytest.raises(UnsupportedModelError, match=text):
        Model.from_sklearn(pipeline.fit(X))


def test_a_frame_of_the_wrong_numbers_is_told_which():
    X = windows(SAMPLES, LENGTH, 480)
    mel = signal.MelSpectrogram(**MEL)
    pipeline = make_pipeline(mel, Frame(N_FRAMES * 12, 12)).fit(X)
    with pytest.raises(UnsupportedModelError, match=r"Frame\(22, hop, n_bands=...\)"):
        Model.from_sklearn(pipeline)
    with pytest.raises(ValueError, match="no whole frames of n_bands=13"):
        make_pipeline(mel, Frame(N_FRAMES, 1, n_bands=13)).fit(X)
    with pytest.raises(ValueError, match="but X has 3 channels"):
        Frame(4, n_bands=2).fit(np.zeros((2, 4, 3)))
    with pytest.raises(ValueError, match="give n_bands=12"):
        make_pipeline(mel, Frame(N_FRAMES)).fit(X)


def test_frames_that_come_from_elsewhere():
    """Frame first, of rows of frames: a stream of 3 channels."""
    X = RNG.normal(size=(5, 12)).astype(np.float32)
    pipeline = make_pipeline(Frame(4, 2, n_bands=3), signal.PCEN(n_bands=3))
    fitted, model, got = streamed(pipeline, abs(X.ravel()), abs(X))
    assert model.window.channels == 3
    assert Frame(4, n_bands=3).fit(X).get_feature_names_out()[4] == "c1_t1"
    expected = windows(abs(X).reshape(-1, 3), 4, 2).reshape(-1, 12)
    assert (got == fitted.transform(expected)).all()
