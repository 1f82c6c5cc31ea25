# SPDX-License-Identifier: MIT
"""What a stream takes beside its runs is no less in an estimate than measured; and
what contradicts, or is not known, is said."""

import json
import wave
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt import blob
from emlrt.estimate import CORES
from emlrt.signal import Frame
from emlrt.verdict import Limits, check, diff
from emlrt.verdict.feeding import feeding

LENGTH, HOP = 44, 20
SAMPLES = np.random.default_rng(0).integers(0, 200, 200).astype(np.float32)


@cache
def made(length: int = LENGTH, hop: int = HOP) -> emlrt.Model:
    frame = Frame(length, hop)
    X = frame.cut([SAMPLES])
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    return emlrt.convert(make_pipeline(frame, tree).fit(X, np.arange(len(X)) % 2))


def contradicting(**window) -> emlrt.Model:
    """The model, with a window in its metadata that its program has not."""
    program = made().program
    metadata = replace(
        program.metadata, window=replace(program.metadata.window, **window)
    )
    return emlrt.Model(blob.write(replace(program, metadata=metadata)))


@pytest.mark.parametrize(
    ("board", "compiler", "cut"),
    [
        ("pico", "arm-none-eabi-gcc", (LENGTH, HOP)),
        ("uno", "avr-gcc", (LENGTH, HOP)),
        ("uno", "avr-gcc", (9, 19)),  # samples between windows are passed over
    ],
)
def test_a_stream_is_not_estimated_below_what_is_measured(tool, board, compiler, cut):
    tool(compiler)
    pytest.importorskip("unicorn")
    given, model = {"boards": board, "rate": 1000}, made(*cut)
    (guess,) = model.report(SAMPLES, **given).verdicts
    (found,) = model.report(SAMPLES, **given, measure=True).verdicts
    assert (guess.cost.how, found.cost.how) == ("estimated", "measured")
    room = 1 + guess.cost.error
    assert found.cost.mean <= guess.cost.mean * room <= 1.3 * found.cost.mean
    assert found.cost.worst <= guess.cost.worst * room
    assert found.cost.longest <= guess.cost.longest * room
    assert found.load <= guess.load * room
    assert found.ram <= guess.ram
    (alone,) = model.report(Frame(*cut).cut([SAMPLES]), **given).verdicts
    assert found.load <= alone.load * room  # though its mean is that of a row
    assert alone.cost.mean < found.cost.mean


def test_every_core_with_estimates_has_what_a_stream_takes():
    for core in CORES:
        few, many = (feeding(made(hop=hop), core) for hop in (LENGTH, 4))
        assert few.counts > many.counts > 0  # per window, which has fewer samples
        assert few.stack > 0


def test_a_load_that_is_not_known_fails_a_check():
    from emlrt.signal import Sosfilt

    frame = Frame(LENGTH, HOP)
    X = frame.cut([SAMPLES])
    sos = np.array([[1.0, 0, 0, 1, -0.5, 0]])
    tree = DecisionTreeClassifier(max_depth=2, random_state=0)
    pipeline = make_pipeline(Sosfilt(sos), frame, tree)
    model = emlrt.convert(pipeline.fit(X, np.arange(len(X)) % 2))
    found = check(model, "esp32", SAMPLES, rate=100)
    assert found.verdicts[0].load is None
    assert not found.ok
    assert "share of the time is not known" in found.reasons[0]
    found = check(model, "pico", SAMPLES, rate=100)
    assert found.ok == (found.verdicts[0].load is not None)
    assert found.ok or "--measure" in found.reasons[0]


def test_a_load_is_a_share():
    with pytest.raises(ValueError, match=r"from 0 to 1, not 50: 0\.5 is"):
        Limits(load=50)
    assert Limits(load=1).load == 1


def test_a_load_on_the_command_line_above_1_takes_a_sign(cli, tmp_path):
    made().save(tmp_path / "m.eml")
    given = ("check", tmp_path / "m.eml", "--board", "zero", "--rate", 100)
    code, _, err = cli(*given, "--max-load", "50")
    assert code == 2
    assert "a share such as 50% or 0.5, not '50'" in err
    assert cli(*given, "--max-load", "50%")[0] == 0


def test_a_score_that_is_not_known_is_none():
    frame = Frame(LENGTH, HOP)
    X = frame.cut([SAMPLES])
    line = make_pipeline(frame, LinearRegression()).fit(X, X.sum(axis=1))
    report = emlrt.convert(line).report(SAMPLES, 1.0)
    told = report.to_dict()["agreement"]
    assert (told["metric"], told["score"]) == ("r2", None)
    assert json.loads(json.dumps(told, allow_nan=False))["score"] is None
    assert "R2 ?" in str(report)


def test_metadata_that_contradict_the_program_are_named(cli, tmp_path):
    model, path = contradicting(length=LENGTH - 8), tmp_path / "m.eml"
    model.save(path)
    np.save(tmp_path / "x.npy", SAMPLES)
    words = "metadata contradict its program: by windows of 36 samples every 20"
    with pytest.raises(ValueError, match=words):
        model.report(SAMPLES)
    with pytest.raises(ValueError, match=words):
        diff(model, model, SAMPLES)
    code, _, err = cli("predict", path, tmp_path / "x.npy")
    assert code == 2
    assert words in err


def save_wav(path, rate, samples=60):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(np.zeros(samples, np.int16).tobytes())


def test_sounds_that_are_damaged_are_said(cli, tmp_path):
    model, path = tmp_path / "m.eml", tmp_path / "r.wav"
    made().save(model)
    save_wav(path, 100)
    whole = path.read_bytes()
    path.write_bytes(whole[:24] + bytes(4) + whole[28:])
    for more in ((), ("--rate", 100)):
        code, out, err = cli("predict", model, path, *more)
        assert (code, out) == (2, "")
        assert "0 samples a second" in err
    path.write_bytes(whole[:-20])
    code, out, err = cli("predict", model, path)
    assert (code, len(out.splitlines())) == (0, 2)
    assert "has 50 of the 60 samples that its header names" in err
    path.write_bytes(whole[:30])
    assert "it ends before its samples" in cli("predict", model, path)[2]


def test_recordings_of_files_are_named_by_them(cli, tmp_path):
    made().save(tmp_path / "m.eml")
    for name, samples in (("short", SAMPLES[:20]), ("nan", SAMPLES + np.nan)):
        path = tmp_path / f"{name}.npy"
        np.save(path, samples)
        err = cli("report", tmp_path / "m.eml", "--data", path)[2]
        assert str(path) in err
        assert "recording 0" not in err


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([], "X is empty"),
        ([[1.0] * 60, [2.0] * 60], "X holds lists of 60 numbers"),
        ([[1.0] * 60, [2.0] * 70], "lists of different lengths"),
    ],
)
def test_lists_that_are_no_arrays_are_named(wrong, words):
    with pytest.raises(ValueError, match=words):
        made().report(wrong)
