# SPDX-License-Identifier: MIT
"""Pictures of signals: what is drawn is what the blocks compute, where it is."""

import subprocess
import sys

import librosa
import matplotlib as mpl
import numpy as np
import pytest
from real_recordings import example
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from emlrt import signal
from emlrt.signal.framing import windows

mpl.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

RATE = 8000
RNG = np.random.default_rng(0)
#: Noise for half a second, then a tone of 1000 Hz.
T = np.arange(RATE) / RATE
SOUND = np.where(T < 0.5, RNG.normal(0, 0.01, RATE), np.sin(2000 * np.pi * T))
SOUND = SOUND.astype(np.float32)
MEL = {"sr": RATE, "n_fft": 256, "hop_length": 64, "n_mels": 20}


def check_mesh(display):
    """The picture has the values, in the middle of its cells."""
    mesh = display.mesh_
    assert np.array_equal(mesh.get_array(), display.values)
    corners = mesh.get_coordinates()
    times = (corners[0, 1:, 0] + corners[0, :-1, 0]) / 2
    np.testing.assert_allclose(times, display.times, atol=1e-9)
    assert display.ax_.get_xlabel() == "time [s]"
    assert display.figure_ is display.ax_.figure


@pytest.mark.parametrize("center", [True, False])
def test_mel_bands_are_those_of_librosa(center):
    block = signal.MelSpectrogram(**MEL, center=center)
    display = signal.SpectrogramDisplay.from_samples(SOUND, block)
    expected = librosa.feature.melspectrogram(y=SOUND, center=center, **MEL)
    np.testing.assert_allclose(display.values, expected, rtol=1e-3, atol=1e-4)
    check_mesh(display)
    assert display.scale == display.colorbar_.ax.get_ylabel() == "power"
    assert display.ax_.get_ylabel() == "frequency [Hz]"
    middles = librosa.mel_frequencies(n_mels=22, fmax=RATE / 2)[1:-1]
    np.testing.assert_allclose(display.bands, middles, rtol=1e-6)
    late = display.times > 0.55
    loudest = display.bands[np.argmax(display.values[:, late].mean(axis=1))]
    assert abs(loudest - 1000) < 120
    onset = display.times[np.argmax(display.values.max(axis=0) > 1)]
    assert abs(onset - 0.5) < 128 / RATE + 64 / RATE


def test_decibels_and_filters_in_front():
    low = signal.Sosfilt([[0.1, 0.1, 0, 1, -0.8, 0]])
    blocks = make_pipeline(
        low, signal.Frame(2048, 1024), signal.MelSpectrogram(**MEL), signal.PowerToDb()
    )
    display = signal.SpectrogramDisplay.from_samples(SOUND, blocks)
    heard = low.fit_transform(SOUND[None])
    expected = make_pipeline(*blocks[2:]).fit_transform(heard).reshape(-1, 20).T
    assert np.array_equal(display.values, expected)
    assert display.scale == "dB"
    assert not isinstance(display.mesh_.norm, mpl.colors.LogNorm)
    check_mesh(display)


def test_energies_over_their_past():
    mel, pcen = signal.MelSpectrogram(**MEL), signal.PCEN(sr=RATE, n_bands=20)
    display = signal.SpectrogramDisplay.from_samples(SOUND, make_pipeline(mel, pcen))
    expected = pcen.fit_transform(mel.fit_transform(SOUND[None])).reshape(-1, 20).T
    assert np.array_equal(display.values, expected)
    assert display.scale == "energy"


def test_mfcc_of_a_fitted_pipeline():
    X, y = signal.Frame(2000, 1000).cut([SOUND[:4000], SOUND[4000:]], [0, 1])
    forest = RandomForestClassifier(3, random_state=0)
    mfcc = signal.audio_mfcc(RATE, n_mfcc=7)
    pipeline = make_pipeline(signal.Frame(2000, 1000), mfcc, StandardScaler(), forest)
    pipeline.fit(X, y)
    figure, ax = plt.subplots()
    display = signal.SpectrogramDisplay.from_estimator(pipeline, SOUND, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is figure
    whole = signal.audio_mfcc(RATE, n_mfcc=7).fit_transform(SOUND[None])
    assert np.array_equal(display.values, whole.reshape(-1, 7).T)
    assert display.unit == display.ax_.get_ylabel() == "coefficient"
    assert display.bands.tolist() == list(range(7))
    check_mesh(display)
    assert pipeline[1][0].shape_in_ == (2000, 1)


def test_spectra_of_windows():
    blocks = make_pipeline(
        signal.Frame(256, 100), signal.Window("hann"), signal.RFFT(bins=(10, 60))
    )
    display = signal.SpectrogramDisplay.from_samples(SOUND, blocks, sr=RATE)
    taper = np.hanning(257)[:-1]
    expected = np.abs(np.fft.rfft(windows(SOUND, 256, 100) * taper))[:, 10:60]
    np.testing.assert_allclose(display.values, expected.T, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(display.bands, np.arange(10, 60) * RATE / 256)
    np.testing.assert_allclose(display.times[:2], [127.5 / RATE, 227.5 / RATE])
    assert display.scale == "magnitude"
    assert isinstance(display.mesh_.norm, mpl.colors.LogNorm)
    check_mesh(display)
    alone = signal.SpectrogramDisplay.from_samples(SOUND, signal.RFFT(256), hop=100)
    assert alone.values.shape == (129, 78)
    assert alone.bands.max() == 0.5


def test_welch_has_its_frequencies():
    blocks = make_pipeline(signal.Frame(512), signal.Welch(fs=RATE, nperseg=128))
    display = signal.SpectrogramDisplay.from_samples(SOUND[:, None], blocks)
    assert display.bands[np.argmax(display.values[:, -1])] == 1000
    assert display.bands.max() == RATE / 2
    np.testing.assert_allclose(display.times[1] - display.times[0], 512 / RATE)
    check_mesh(display)


def test_what_is_asked_of_matplotlib():
    display = signal.SpectrogramDisplay.from_samples(
        SOUND, signal.MelSpectrogram(**MEL)
    )
    display.plot(cmap="gray", vmin=1e-3, vmax=1)
    assert display.mesh_.get_cmap().name == "gray"
    assert display.mesh_.get_clim() == (1e-3, 1)
    silent = signal.SpectrogramDisplay.from_samples(
        np.zeros(1000), signal.MelSpectrogram(**MEL)
    )
    assert not silent.mesh_.get_array().any()
    silent.figure_.canvas.draw()


@pytest.mark.parametrize(
    ("block", "samples", "message"),
    [
        (signal.TimeFeatures(["mean"]), SOUND, "none of them gives a spectrogram"),
        (
            make_pipeline(signal.MelSpectrogram(**MEL), StandardScaler()),
            SOUND,
            "StandardScaler gives no spectrogram",
        ),
        (
            make_pipeline(signal.RemoveMean(), signal.MelSpectrogram(**MEL)),
            SOUND,
            "RemoveMean is of each window",
        ),
        (signal.RFFT(), SOUND, "put a Frame in front"),
        (signal.RFFT(64, output="complex"), SOUND, "no spectrogram"),
        (signal.MelSpectrogram(**MEL), SOUND.reshape(-1, 2), "of one channel"),
    ],
)
def test_what_is_no_spectrogram(block, samples, message):
    with pytest.raises(ValueError, match=message):
        signal.SpectrogramDisplay.from_samples(samples, block)


# Features over time


def gestures():
    """A fitted pipeline, and three recordings one after the other."""
    known = example("watch")
    whole = known.load(None)
    X, y = known.frame().cut(whole.samples, whole.labels)
    order = [int(np.flatnonzero(whole.labels == name)[0]) for name in ("ABD", "PEN")]
    recording = np.concatenate([whole.samples[k] for k in order])
    return known.pipeline().fit(X, y), recording


def test_features_and_classes_of_windows():
    pipeline, recording = gestures()
    display = signal.FeatureDisplay.from_estimator(pipeline, recording, sr=50)
    cut = windows(recording, 100, 50)
    values = pipeline[:2].transform(cut)
    assert np.array_equal(display.values, values)
    assert display.names == list(pipeline[:2].get_feature_names_out())
    np.testing.assert_allclose(display.times, (np.arange(15) * 50 + 49.5) / 50)
    assert (display.classes == pipeline.predict(cut)).all()
    assert len(set(display.classes)) > 1
    scaled = StandardScaler().fit_transform(values.astype(float))
    np.testing.assert_allclose(display.mesh_.get_array(), scaled.T, atol=1e-3)
    assert display.lines_ is None
    for name, first, last in display.spans_:
        within = (display.times > first) & (display.times < last)
        assert (display.classes[within] == name).all()
    firsts, lasts = np.array([span[1:] for span in display.spans_]).T
    assert np.array_equal(firsts[1:], lasts[:-1])
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert sorted(labels) == sorted(set(display.classes))
    assert len(display.ax_.patches) == len(display.spans_)
    display.figure_.canvas.draw()


def test_some_features_are_lines():
    pipeline, recording = gestures()
    names = ["std_c2", "mean_c0"]
    display = signal.FeatureDisplay.from_estimator(
        pipeline, recording, sr=50, features=names
    )
    all_names = list(pipeline[:2].get_feature_names_out())
    values = pipeline[:2].transform(windows(recording, 100, 50))
    assert [line.get_label() for line in display.lines_] == names
    for line, name in zip(display.lines_, names, strict=True):
        assert np.array_equal(line.get_xdata(), display.times)
        assert np.array_equal(line.get_ydata(), values[:, all_names.index(name)])
    assert display.mesh_ is None


def test_features_of_blocks_alone():
    union = make_union(signal.TimeFeatures(["mean"]), signal.TimeFeatures(["std"]))
    display = signal.FeatureDisplay.from_samples(SOUND, union, length=400, hop=100)
    cut = windows(SOUND, 400, 100)
    np.testing.assert_allclose(display.values[:, 1], cut.std(axis=1), rtol=1e-4)
    assert display.classes is None
    assert display.spans_ == []
    assert display.times[1] - display.times[0] == 100
    assert display.names == list(union.fit(cut).get_feature_names_out())


def test_filters_in_front_go_on_from_window_to_window():
    filtered = signal.ExponentialMean(0.01)
    pipeline = make_pipeline(filtered, signal.Frame(200), signal.TimeFeatures(["mean"]))
    pipeline.fit(SOUND[None, :200])
    display = signal.FeatureDisplay.from_estimator(pipeline, SOUND)
    whole = signal.ExponentialMean(0.01).fit_transform(SOUND[None])[0]
    means = windows(whole, 200, 200).mean(axis=1)
    np.testing.assert_allclose(display.values[:, 0], means, rtol=1e-4, atol=1e-6)


def test_what_has_no_features():
    pipeline, recording = gestures()
    display = signal.FeatureDisplay.from_estimator
    with pytest.raises(ValueError, match="begins with no block"):
        display(pipeline[-1], recording)
    with pytest.raises(ValueError, match="no feature 'loudness'"):
        display(pipeline, recording, features=["loudness"])
    with pytest.raises(ValueError, match="50 samples are less than a window"):
        display(pipeline, recording[:50])


@pytest.mark.parametrize("kind", [signal.FeatureDisplay, signal.SpectrogramDisplay])
def test_without_matplotlib_it_says_how_to_get_it(monkeypatch, kind):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    more = {"names": ["a"]} if kind is signal.FeatureDisplay else {"bands": np.ones(1)}
    display = kind(values=np.ones((1, 1)), times=np.ones(1), **more)
    with pytest.raises(ImportError, match=r"pip install 'emlrt\[plot\]'"):
        display.plot()


def test_matplotlib_is_loaded_when_something_is_drawn():
    text = (
        "import sys, emlrt.signal as s; s.FeatureDisplay, s.SpectrogramDisplay;"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", text], check=True)
