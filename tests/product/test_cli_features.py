# SPDX-License-Identifier: MIT
"""emlrt features: recordings in files, and what a model says of their windows."""

import csv
import json
import wave

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from emlrt import Model, signal
from emlrt.cli import main
from emlrt.signal.framing import windows

RNG = np.random.default_rng(0)
SAMPLES = RNG.integers(-3000, 3000, (400, 2)).astype(np.int16)
CUT = signal.Frame(50, 20)
X, Y = CUT.cut([SAMPLES, SAMPLES * 4], ["still", "moving"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("features")
    blocks = make_pipeline(CUT, signal.TimeFeatures(["mean", "std"]))
    Model.from_sklearn(blocks.fit(X)).save(place / "features.eml")
    forest = RandomForestClassifier(5, random_state=0)
    whole = make_pipeline(CUT, signal.TimeFeatures(["std"]), forest).fit(X, Y)
    Model.from_sklearn(whole, dtype="int16", X=X).save(place / "answers.eml")
    with wave.open(str(place / "r.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(100)
        file.writeframes(SAMPLES.astype("<i2").tobytes())
    np.save(place / "r.npy", SAMPLES)
    lines = ["a,b", *(f"{a},{b}" for a, b in SAMPLES.tolist())]
    (place / "r.csv").write_text("\n".join(lines))
    return place


def table(text):
    """Titles without the seconds, starts, and what is said of each window."""
    head, *rows = csv.reader(text.splitlines())
    starts = [int(row[0]) for row in rows]
    if "seconds" in head:
        assert [float(row[1]) for row in rows] == [start / 100 for start in starts]
        return [head[0], *head[2:]], starts, [row[2:] for row in rows]
    return head, starts, [row[1:] for row in rows]


@pytest.mark.parametrize("kind", ["wav", "npy", "csv"])
def test_features_of_each_window(folder, kind, capsys):
    more = ["--integers"] if kind == "wav" else []
    path = str(folder / f"r.{kind}")
    assert main(["features", str(folder / "features.eml"), path, *more]) == 0
    head, starts, found = table(capsys.readouterr().out)
    expected = Model.load(folder / "features.eml").transform(windows(SAMPLES, 50, 20))
    assert head == ["start", *(f"feature{k}" for k in range(4))]
    assert starts == list(range(0, 351, 20))
    np.testing.assert_array_equal(np.array(found, np.float32), expected)


def test_samples_of_wav_from_minus_one_to_one(folder, capsys):
    path = str(folder / "r.wav")
    assert main(["features", str(folder / "features.eml"), path]) == 0
    _, _, found = table(capsys.readouterr().out)
    scaled = windows(SAMPLES.astype(np.float32) / 32768, 50, 20)
    expected = Model.load(folder / "features.eml").transform(scaled)
    np.testing.assert_array_equal(np.array(found, np.float32), expected)


def test_answers_and_another_hop(folder, capsys, tmp_path):
    model, path = str(folder / "answers.eml"), str(folder / "r.wav")
    output = tmp_path / "a.csv"
    assert main(["features", model, path, "--hop", "7", "-o", str(output)]) == 0
    _, starts, found = table(output.read_text())
    cut = windows(SAMPLES, 50, 7)
    assert starts == list(range(0, 351, 7))
    assert [row[0] for row in found] == Model.load(model).predict(cut).tolist()
    assert main(["features", "--json", model, path]) == 0
    assert len(json.loads(capsys.readouterr().out)["answers"]) == 18


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("r.wav", b"RIFFnothing", "no WAV file"),
        ("r.npy", b"nothing", "no .npy file"),
        ("r.csv", b"a,b\n1,2\n3,x\n", "line 3"),
        ("r.csv", b"a,b\n", "no lines"),
        ("r.csv", b"1\n2\n", "1 channels, and the model takes 2"),
        ("r.csv", b"1,2\n3,4\n", "less than a window of 50"),
        ("r.txt", b"", "a recording is a"),
    ],
)
def test_what_is_no_recording(folder, tmp_path, capsys, name, data, message):
    (tmp_path / name).write_bytes(data)
    model = str(folder / "features.eml")
    assert main(["features", model, str(tmp_path / name)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_hop_that_is_none(folder, capsys):
    model, path = str(folder / "features.eml"), str(folder / "r.wav")
    assert main(["features", model, path, "--hop", "0"]) == 2
    assert "hop is a number of times" in capsys.readouterr().err
