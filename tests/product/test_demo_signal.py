# SPDX-License-Identifier: MIT
"""`emlrt demo --signal`, on made recordings and on files like those of the packages."""

import json
import os
import pickle
import wave

import numpy as np
import pytest
import soundfile
from real_recordings import drums

import emlrt.cli
from emlrt.cli import demo_signal, recordings, sounds
from emlrt.cli.common import Failure


def watch_like(path):
    """A file of the same form: a dict of arrays, in an array of no dimensions."""
    rng = np.random.default_rng(0)
    X = np.empty(8, object)
    for k in range(8):
        X[k] = rng.normal(size=(230, 6)) + k % 2
    found = {"X": X, "y": np.arange(8) % 2, "subject": np.arange(8) % 5 + 1}
    np.save(path, {**found, "y_labels": ["PEN", "ABD"]}, allow_pickle=True)
    return path


@pytest.fixture
def no_cores(monkeypatch):
    monkeypatch.setattr(demo_signal, "_TARGETS", ())


def run(capsys, *arguments):
    code = emlrt.cli.main(["demo", "--signal", *arguments])
    return code, capsys.readouterr().out


def check(found, windows):
    assert found["agreement"] == 1
    assert found["sklearn_accuracy"] == found["accuracy"] > 0.8
    assert found["sklearn_folds"] == found["folds"]
    assert len(found["folds"]) == 5
    assert found["windows"] == windows
    assert found["bytes"] == os.path.getsize(found["output"])
    for result in found["emulated"]:
        assert "missing" in result or result["agreement"] == 1
    if os.environ.get("CI"):
        assert [r["target"] for r in found["emulated"]] == ["cortex-m0", "cortex-m4f"]


def test_made_gestures_say_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(recordings, "_watch_file", lambda: None)
    path = str(tmp_path / "m.eml")
    code, out = run(capsys, "watch", "--json", "-o", path)
    found = json.loads(out)
    assert code == 0
    assert "MADE" in found["source"]
    check(found, 10 * 4 * 11)


def test_made_sounds_say_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sounds, "_package", lambda: None)
    code, out = run(capsys, "--json", "-o", str(tmp_path / "m.eml"))
    found = json.loads(out)
    assert code == 0
    assert "MADE" in found["source"]
    assert "npm install supersonic-scsynth-samples" in found["source"]
    assert "pip" not in found["source"]
    check(found, 36 * 3)


def test_gestures_of_a_file(tmp_path, capsys, no_cores):
    path = watch_like(tmp_path / "watch_dataset.npy")
    for place in (path, tmp_path):
        code, out = run(
            capsys, "watch", "--data", str(place), "-o", str(tmp_path / "m.eml")
        )
        assert code == 0
        assert "8 recordings of a watch, from seglearn" in out
        assert "4 ABD, 4 PEN" in out
        assert "windows as scikit-learn has them  100.00%, of 24" in out
        assert f"emlrt embed {tmp_path / 'm.eml'} -o m_eml.h" in out
        assert out.count("\n") < 24


def drums_in(folder, write):
    """The excerpt as files whose names are those of Sonic Pi's samples."""
    folder.mkdir(parents=True)
    prefixes = {label: prefix for prefix, label in sounds._NAMES.items()}
    whole = drums()
    for k, (samples, label) in enumerate(zip(whole.samples, whole.labels, strict=True)):
        write(folder / f"{prefixes[label]}_{k}", samples)
    (folder / "bd_note.txt").write_text("no sound")
    return whole


def write_flac(path, samples):
    soundfile.write(f"{path}.flac", samples, 16000, "PCM_16")


def write_wav(path, samples):
    with wave.open(f"{path}.wav", "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16000)
        twice = np.repeat(samples, 2) * 32768
        file.writeframes(twice.astype("<i2").tobytes())


@pytest.mark.parametrize("write", [write_flac, write_wav])
def test_sounds_of_files(tmp_path, write):
    whole = drums_in(tmp_path / "samples", write)
    found = sounds.sounds(str(tmp_path), 3872)
    assert sorted(found.labels) == sorted(whole.labels)
    kept = {samples.tobytes() for samples in whole.samples}
    assert {samples.tobytes() for samples in found.samples} == kept
    longer = sounds.sounds(str(tmp_path / "samples"), 6000)
    assert {len(samples) for samples in longer.samples} == {6000}
    for samples in longer.samples:
        assert samples[:5472].tobytes() in kept
        assert not samples[5472:].any()


def test_sounds_of_another_rate_and_length(tmp_path):
    t = np.arange(44100) / 44100
    for k in range(5):
        for name in "ab":
            tone = 0.5 * np.sin(2 * np.pi * 440 * t)
            soundfile.write(tmp_path / f"{name}_{k}.flac", tone, 44100)
    found = sounds.sounds(str(tmp_path), 3872)
    assert set(found.labels) == {"a", "b"}
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)
    for samples in found.samples:
        np.testing.assert_allclose(samples[100:7900], expected[100:7900], atol=2e-3)


def test_the_package_is_found_where_npm_puts_it(
    tmp_path, monkeypatch, capsys, no_cores
):
    inside = tmp_path / "deep" / "er"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert sounds._package() is None
    drums_in(
        tmp_path / "node_modules" / "supersonic-scsynth-samples" / "samples", write_flac
    )
    code, out = run(capsys, "-o", "m.eml")
    assert code == 0
    assert "18 drums, from supersonic-scsynth-samples (Sonic Pi, CC0);" in out
    assert "6 bass drum, 6 hi-hat, 6 tabla." in out
    assert "windows as scikit-learn has them  100.00%, of 36" in out
    monkeypatch.setattr(sounds, "missing_decoder", lambda: True)
    made = sounds.sounds(None, 3872).source
    assert made.startswith("MADE")
    assert made.endswith("for real drums, pip install soundfile")


@pytest.mark.parametrize(
    ("data", "message"),
    [("none", "is no folder of sounds"), (".", "holds no 5 sounds each")],
)
def test_what_holds_no_sounds(tmp_path, monkeypatch, data, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Failure, match=message):
        sounds.sounds(data, 3872)


def test_data_is_of_an_example(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert emlrt.cli.main(["demo", "--data", "."]) == 2
    assert "--data is for --signal" in capsys.readouterr().err
    assert emlrt.cli.main(["demo", "--signal", "watch", "--data", "."]) == 2
    assert "holds no watch_dataset.npy" in capsys.readouterr().err


def test_a_file_that_would_run_something_is_refused(tmp_path, monkeypatch):
    class Harm:
        def __reduce__(self):
            return os.system, ("true",)

    path = tmp_path / "watch_dataset.npy"
    np.save(path, {"X": Harm()}, allow_pickle=True)
    monkeypatch.setattr(recordings, "_watch_file", lambda: path)
    with pytest.raises(pickle.UnpicklingError, match=r"the recordings name .*system"):
        recordings.watch(None)


def test_the_file_is_found_without_an_import(tmp_path, monkeypatch):
    package = tmp_path / "seglearn"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert recordings._watch_file() is None
    path = watch_like(package / "data" / "watch_dataset.npy")
    assert recordings._watch_file() == path
