# SPDX-License-Identifier: MIT
"""Mel spectrograms, cepstral coefficients and features of spectra against librosa, on
recordings that are made here: speech-like, music-like, noise, silence, clipping."""

import pickle
import warnings

import numpy as np
import pytest
from librosa_plain import librosa_or_skip
from scipy.signal import lfilter
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model, signal

librosa = librosa_or_skip()
RNG = np.random.default_rng(0)
SR, N = 16000, 8000
T = np.arange(N) / SR


def speech():
    """Pulses through three formants, voiced and not in turn."""
    pulses = (np.arange(N) % 130 == 0) * 1.0
    source = np.where(np.arange(N) // 2000 % 2, RNG.normal(size=N) * 0.1, pulses)
    for hz in (700, 1220, 2600):
        pole = 0.97 * np.exp(2j * np.pi * hz / SR)
        source = lfilter([1], [1, -2 * pole.real, abs(pole) ** 2], source)
    return source / abs(source).max()


def music():
    """Decaying harmonics of four notes, one after the other."""
    beats = T % 0.125
    notes = np.array([220.0, 277.2, 329.6, 440.0])[(T // 0.125).astype(int) % 4]
    waves = [np.sin(2 * np.pi * notes * k * T) / k for k in range(1, 9)]
    return 0.3 * np.exp(-6 * beats) * sum(waves) + 1e-3 * RNG.normal(size=N)


RECORDINGS = {
    "speech": speech(),
    "music": music(),
    "noise": RNG.normal(size=N) * 0.1,
    "silence": np.zeros(N),
    "clipping": np.clip(3 * np.sin(2 * np.pi * 300 * T) + music(), -1, 1),
    "one": np.eye(1, N, 4321)[0],
}
X = np.stack(list(RECORDINGS.values())).astype(np.float32)

KWS = {"sr": SR, "n_fft": 512, "hop_length": 160, "win_length": 480, "n_mels": 40}
OPTIONS = {
    "default": {},
    "kws": {**KWS, "center": False},
    "htk": {**KWS, "htk": True, "norm": None, "fmin": 20, "fmax": 4000},
    "reflect": {"sr": SR, "n_fft": 1024, "pad_mode": "reflect", "power": 1.0},
    "edge": {"sr": SR, "n_fft": 400, "n_mels": 24, "pad_mode": "edge"},
    "odd": {"sr": SR, "n_fft": 405, "win_length": 301, "n_mels": 20, "norm": 1},
    "window": {**KWS, "window": ("kaiser", 8.0)},
    "boxcar": {**KWS, "window": "boxcar"},
}


def reference(options):
    """librosa's mel spectrograms of all recordings, in float64, frame after frame."""
    made = [
        librosa.feature.melspectrogram(y=x.astype(float), **options).T.ravel()
        for x in X
    ]
    return np.stack(made)


@pytest.mark.parametrize("name", OPTIONS)
def test_mel_spectrograms_are_librosa_s(name):
    found = signal.MelSpectrogram(**OPTIONS[name]).fit(X).transform(X)
    expected = reference(OPTIONS[name])
    # What a spectrum has far below its largest number is rounding in float32.
    floor = 1e-7 * expected.max(axis=1, keepdims=True)
    assert (abs(found - expected) <= 1e-4 * expected + floor).all()


@pytest.mark.parametrize("name", ["default", "kws", "window"])
def test_decibels_of_mel_spectrograms_are_librosa_s(name):
    mel = signal.MelSpectrogram(**OPTIONS[name])
    found = make_pipeline(mel, signal.PowerToDb()).fit_transform(X)
    power = reference(OPTIONS[name])
    expected = np.stack([librosa.power_to_db(row, top_db=None) for row in power])
    near = power >= 1e-8 * power.max(axis=1, keepdims=True)
    assert abs(found - expected)[near].max() < 1e-3
    assert near.mean() > 0.8


@pytest.mark.parametrize(
    "options",
    [
        {},
        {**KWS, "n_mfcc": 13, "center": False},
        {**KWS, "lifter": 22, "norm": None},
        {**KWS, "dct_type": 3, "mel_norm": None},
        {**KWS, "dct_type": 1, "norm": None},
    ],
)
def test_coefficients_are_librosa_s(options):
    found = signal.MFCC(top_db=80, **options).fit_transform(X)
    for y, x in zip(found, X, strict=True):
        expected = librosa.feature.mfcc(y=x.astype(float), **options).T.ravel()
        # 80 dB below the largest, float32's share of an energy is 0.1 %.
        np.testing.assert_allclose(y, expected, atol=2e-5 * abs(expected).max() + 2e-3)


def test_a_tone_s_energies_do_not_depend_on_its_phase():
    """emlearn gives 43.07 at one phase and 0.0005 at another."""
    phases = np.linspace(0, 2 * np.pi, 9)[:, None]
    tones = np.sin(2 * np.pi * 1000 * T[:512] + phases)
    found = signal.MelSpectrogram(
        sr=SR, n_fft=512, hop_length=512, n_mels=30, center=False
    ).fit_transform(tones)
    loud = found[0] > 1e-3 * found[0].max()
    np.testing.assert_allclose(found[:, loud], found[:1, loud].repeat(9, 0), rtol=2e-3)


@pytest.mark.parametrize("n_fft", [64, 128, 256, 512, 1024])
def test_emlearn_s_tests_of_mel_filters(n_fft):
    """Its bank: HTK's scale, no norm, 20 Hz up to an eighth below half the rate;
    compared within 1 % there, here within 1e-5."""
    options = {"n_mels": min(32, n_fft // 8), "htk": True, "norm": None}
    options |= {"fmin": 20, "fmax": 7000}
    spectrum = RNG.exponential(size=(3, 1 + n_fft // 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of bands without a bin
        bank = signal.mel_filters(sr=SR, n_fft=n_fft, **options)
        expected = spectrum @ librosa.filters.mel(sr=SR, n_fft=n_fft, **options).T
    found = signal.FilterBank(bank).fit_transform(spectrum)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_channels_have_their_own_spectra():
    both = np.stack([X[0], X[1]], axis=-1)[None]
    block = signal.MelSpectrogram(**OPTIONS["reflect"]).fit(both)
    y = block.transform(both).reshape(2, -1)
    assert (y == signal.MelSpectrogram(**OPTIONS["reflect"]).fit_transform(X[:2])).all()
    names = block.get_feature_names_out()
    assert names[[0, 1, 128, -1]].tolist() == [
        "mel0_c0_t0",
        "mel1_c0_t0",
        "mel0_c0_t1",
        "mel127_c1_t15",
    ]


LIBROSA = {
    "centroid": lambda x, k: librosa.feature.spectral_centroid(y=x, sr=SR, **k),
    "bandwidth": lambda x, k: librosa.feature.spectral_bandwidth(y=x, sr=SR, **k),
    "rolloff": lambda x, k: librosa.feature.spectral_rolloff(y=x, sr=SR, **k),
    "flatness": lambda x, k: librosa.feature.spectral_flatness(y=x, **k),
}


@pytest.mark.parametrize("name", LIBROSA)
@pytest.mark.parametrize("options", [{"n_fft": 512, "hop_length": 256}, {}])
def test_features_of_spectra_are_librosa_s(name, options):
    expected = np.stack([LIBROSA[name](x.astype(float), options)[0] for x in X])
    block = signal.SpectralFeatures([name], sr=SR, mean=False, **options)
    found = block.fit(X).transform(X)
    scale = abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5 * scale)
    means = clone(block).set_params(mean=True).fit_transform(X)
    np.testing.assert_allclose(means[:, 0], found.mean(axis=1), rtol=2e-6)


def magnitudes(x, n_fft=512, hop=512):
    frames = np.stack([x[t : t + n_fft] for t in range(0, N - n_fft + 1, hop)])
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    return abs(np.fft.rfft(frames * hann))


def test_other_features_of_spectra():
    names = ["flux", "peak", "entropy", "energy", ("peak", 1000, 2000)]
    block = signal.SpectralFeatures(
        names,
        [(0, 500), (3000, 8000)],
        sr=SR,
        n_fft=512,
        center=False,
        mean=False,
    )
    found = block.fit_transform(X).reshape(len(X), -1, 7)
    hz = np.arange(257) * SR / 512
    part = (hz >= 1000) & (hz < 2000)
    for x, y in zip(X[:3], found[:3], strict=True):
        m = magnitudes(x.astype(float))
        shares = m**2 / (m**2).sum(axis=1, keepdims=True)
        expected = [
            [0, *np.linalg.norm(np.diff(m, axis=0), axis=1)],
            hz[m.argmax(axis=1)],
            -(shares * np.log(shares)).sum(axis=1) / np.log(257),
            (m**2).sum(axis=1),
            hz[part][m[:, part].argmax(axis=1)],
            (m[:, hz < 500] ** 2).sum(axis=1),
            (m[:, hz >= 3000] ** 2).sum(axis=1),
        ]
        np.testing.assert_allclose(y.T, expected, rtol=1e-5, atol=1e-6)
    assert (found[3] == [0, 0, 0, 0, 1000, 0, 0]).all()  # silence
    assert list(block.get_feature_names_out())[4:8] == [
        "peak_1000_2000_t0",
        "energy_0_500_t0",
        "energy_3000_8000_t0",
        "flux_t1",
    ]


def test_one_frame_of_all_samples():
    block = signal.SpectralFeatures(["peak"], sr=100, n_fft=None, window="boxcar")
    tones = np.sin(2 * np.pi * np.array([[3.0], [25.0]]) * np.arange(200) / 100)
    assert block.fit_transform(tones).tolist() == [[3.0], [25.0]]


WRONG = [
    (signal.MelSpectrogram(n_fft=514), "2\\^a"),
    (signal.MelSpectrogram(n_fft=0), "n_fft"),
    (signal.MelSpectrogram(n_fft=None), "n_fft"),
    (signal.MelSpectrogram(n_fft=8192, center=False), "n_fft=8192"),
    (signal.MelSpectrogram(hop_length=0), "hop_length"),
    (signal.MelSpectrogram(win_length=4096), "win_length"),
    (signal.MelSpectrogram(pad_mode="mean"), "pad_mode"),
    (signal.MelSpectrogram(power=3.0), "power"),
    (signal.MelSpectrogram(fmin=12000), "fmin"),
    (signal.MFCC(n_mfcc=200), "n_mfcc"),
    (signal.MFCC(dct_type=4), "dct_type"),
    (signal.MFCC(norm="forward"), "norm"),
    (signal.MFCC(lifter=-1), "lifter"),
    (signal.MFCC(top_db=-1), "top_db"),
    (signal.SpectralFeatures(["mean"]), "features are of"),
    (signal.SpectralFeatures([]), "name a feature"),
    (signal.SpectralFeatures(bands=[(1, 2)]), "no frequency"),
    (signal.SpectralFeatures(["flux"], n_fft=None), "flux"),
    (signal.SpectralFeatures(roll_percent=1.0), "roll_percent"),
    (signal.SpectralFeatures(amin=0), "amin"),
]


@pytest.mark.parametrize(("block", "text"), WRONG)
def test_wrong_parameters_are_told(block, text):
    with pytest.raises(ValueError, match=text):
        block.fit(np.ones((2, 8000)))


@pytest.mark.parametrize(
    "block",
    [
        signal.MelSpectrogram(**KWS),
        signal.MFCC(**KWS),
        signal.SpectralFeatures(sr=SR, n_fft=512),
    ],
)
def test_manners(block):
    y = clone(block).fit_transform(X)
    held = pickle.loads(pickle.dumps(clone(block).fit(X)))
    assert (held.transform(X) == y).all()
    assert len(held.get_feature_names_out()) == y.shape[1]
    table = clone(block).set_output(transform="pandas").fit_transform(X)
    assert list(table.columns) == list(held.get_feature_names_out())


SHORT = RNG.normal(size=(10000, 96)) * RNG.choice([1e-4, 1, 30], (10000, 1))
LABELS = RNG.integers(0, 3, 10000)
SMALL = {"sr": 8000, "n_fft": 64, "hop_length": 32, "n_mels": 8, "center": False}


@pytest.mark.parametrize(
    "last", [RandomForestClassifier(10, random_state=0), LogisticRegression()]
)
def test_a_pipeline_agrees_on_all_rows(last):
    pipeline = make_pipeline(
        signal.MelSpectrogram(**SMALL), signal.PowerToDb(), StandardScaler(), last
    ).fit(SHORT[:500], LABELS[:500])
    model = Model.from_sklearn(pipeline)
    assert (model.predict(SHORT) == pipeline.predict(SHORT)).all()


def test_deltas_and_pcen_of_a_mel_spectrogram():
    mel = signal.MelSpectrogram(**KWS)
    for behind in (signal.Delta(n_bands=40), signal.PCEN(n_bands=40, sr=SR)):
        pipeline = make_pipeline(mel, behind).fit(X)
        found = Model.from_sklearn(pipeline).transform(X)
        assert (found == pipeline.transform(X)).all()


def test_parameters_can_be_searched():
    pipeline = make_pipeline(
        signal.SpectralFeatures(sr=8000, n_fft=32), LogisticRegression()
    )
    found = GridSearchCV(
        pipeline, {"spectralfeatures__n_fft": [32, 64]}, cv=2, error_score="raise"
    ).fit(SHORT[:60], LABELS[:60])
    assert found.best_params_["spectralfeatures__n_fft"] in (32, 64)


def test_the_front_end_of_mlperf_s_anomaly_detection():
    x = X[1].astype(float)
    mel = librosa.feature.melspectrogram(
        y=x, sr=SR, n_fft=1024, hop_length=512, n_mels=128, power=2.0
    )
    decibels = 20.0 / 2.0 * np.log10(np.maximum(mel, np.finfo(float).eps))
    vector = np.hstack([decibels[:, t] for t in range(3, 8)])
    window = x[2 * 512 : 2 * 512 + 3072]
    found = signal.mlperf_ad().fit_transform(window[None])
    assert found.shape == (1, 640)
    np.testing.assert_allclose(found[0], vector, atol=1e-3)


def test_front_ends_convert_with_a_classifier():
    for front, n_features in (
        (signal.log_mel(), 47 * 40),
        (signal.audio_mfcc(), 47 * 13),
    ):
        assert front.fit_transform(X).shape == (len(X), n_features)
        pipeline = make_pipeline(front, StandardScaler(), LogisticRegression())
        pipeline.fit(X, np.arange(len(X)) % 2)
        assert (Model.from_sklearn(pipeline).predict(X) == pipeline.predict(X)).all()
