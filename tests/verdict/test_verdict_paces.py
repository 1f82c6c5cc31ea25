# SPDX-License-Identifier: MIT
"""What a stream takes of a processor's time: load, buffer, TOO SLOW, limits; and the
command line on recordings."""

import csv
import json
import wave
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

import emlrt
from emlrt import signal
from emlrt.boards import BOARDS
from emlrt.estimate.estimates import Estimates
from emlrt.verdict import Limits, check, diff
from emlrt.verdict.feeding import feeding

RNG = np.random.default_rng(0)
#: Two channels at 100 Hz: what is still, and what moves.
TIMES = 400
STILL, MOVING = (
    np.rint(RNG.normal(0, 20 * (1 + 9 * k), (TIMES, 2))).astype(np.int16)
    for k in range(2)
)
LENGTH, HOP = 32, 8
N = 1 + (TIMES - LENGTH) // HOP


@cache
def made(hop: int = HOP, votes: int = 3, channels: int = 2):
    """An original with state, and its model of int16."""
    frame = signal.Frame(LENGTH, hop)
    given = [each[:, :channels] for each in (STILL, MOVING)]
    X, y = frame.cut(given, ["still", "moving"])
    forest = RandomForestClassifier(3, max_depth=3, random_state=0)
    pipeline = make_pipeline(frame, signal.TimeFeatures(["std", "range"]), forest)
    decision = signal.Decision(pipeline, signal.Vote(votes)).fit(X, y)
    return decision, emlrt.convert(decision, dtype="int16", X=X)


def board(**more):
    return replace(BOARDS["zero"], **more)


def test_the_load_is_of_the_rate_the_hop_and_the_clock(counted):
    _, model = made()
    (found,) = model.report(MOVING, boards=board(mhz=0.5), rate=100).verdicts
    mean, longest = found.cost.mean, found.cost.longest
    assert found.load == pytest.approx(mean * (100 / HOP) / 0.5e6)
    assert found.per_sample == mean / HOP
    assert found.waiting == np.ceil(longest / 0.5e6 * 100)
    assert found.pace.period == HOP / 100
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["load"] == found.load
    assert told["waiting"] == found.waiting
    report = model.report(MOVING, boards=board(mhz=0.5), rate=100)
    assert "load  buffer" in str(report)
    assert "5 %       1" in str(report)
    assert "load 5 %" in report.to_html()
    assert report.to_dict()["pace"]["rate"] == 100


def test_too_slow_tight_and_too_big(counted):
    _, model = made()

    def word(rate, **more):
        (found,) = model.report(boards=board(mhz=1, **more), rate=rate).verdicts
        return found.verdict, found.load, found.most

    full = 1e6 / model.report(boards=board()).verdicts[0].cost.mean * HOP
    assert word(0.7 * full)[0] == "FITS"
    assert word(0.8 * full)[0] == "TIGHT"
    slow, load, most = word(1.25 * full)
    assert slow == "TOO SLOW"
    assert load == pytest.approx(1.25)
    assert "time: 125 % at " in most[-1]
    assert f"all of it would be {full:,.0f} times a second" in most[-1]
    assert word(1.25 * full, ram=64)[0] == "TOO BIG"
    assert word(None)[:2] == ("FITS", None)
    page = model.report(boards=board(mhz=1), rate=1.25 * full).to_html()
    assert "TOO SLOW" in page


def test_a_load_that_is_not_known_is_said():
    """Whatever prices there are: of a core without tables nothing is known."""
    _, model = made()
    report = model.report(MOVING, boards="esp32", rate=100)
    (found,) = report.verdicts
    assert (found.load, found.verdict) == (None, "UNKNOWN")
    assert model.report(boards="esp32").verdicts[0].verdict == "FITS"
    huge = replace(BOARDS["esp32"], ram=64)
    assert model.report(boards=huge, rate=100).verdicts[0].verdict == "TOO BIG"
    text = " ".join(str(report).split())
    assert "Where it is not known, a model that has room may be too slow." in text
    reasons = check(model, "esp32", MOVING, Limits(load=0.5), rate=100).reasons
    assert any("share of the time is not known" in reason for reason in reasons)
    reasons = check(model, "zero", limits=Limits(load=0.5)).reasons
    assert any("give rate (--rate)" in reason for reason in reasons)


def test_a_run_that_is_a_part_of_a_window_is_no_window(monkeypatch):
    """Whatever an estimate says of one run, with state a window may take several."""
    real, counts = Estimates.on, np.array([1000.0])
    monkeypatch.setattr(
        Estimates, "on", lambda *x, **y: replace(real(*x, **y), counts=counts)
    )
    loads = {}
    for hop in (8, 24):  # runs of 8 times: one a window, or three
        _, model = made(hop=hop)
        assert model.program.n_inputs == 8 * model.window.channels
        (found,) = model.report(MOVING, boards="zero", rate=100).verdicts
        loads[hop] = found.load
    window = 1000 + feeding(made()[1], "cortex-m0plus").counts
    assert loads == {8: pytest.approx(window * 100 / (8 * 48e6)), 24: None}


def test_limits_of_the_load(counted):
    _, model = made()
    slow = board(mhz=0.5)
    assert check(model, slow, MOVING, Limits(load=0.06), rate=100).ok
    (reason,) = check(model, slow, MOVING, Limits(load=0.04), rate=100).reasons
    assert "takes 5 % of the time at 100 times a second, above the limit of 4 %" in (
        reason
    )
    (reason,) = check(model, board(mhz=0.02), rate=100).reasons
    assert "above the limit of 100 %" in reason


def test_pushes_are_measured(tool):
    tool("arm-none-eabi-gcc")
    pytest.importorskip("unicorn")
    from emlrt.emulate import measure, stream

    _, model = made()
    report = model.report(MOVING, boards="pico", measure=True, rate=100)
    (found,) = report.verdicts
    samples = MOVING[: LENGTH + 15 * HOP]
    expected = stream(model, samples, pieces=[16], call="classify")
    assert len(expected.counts) == found.cost.n_rows == 16
    assert found.cost.how == "measured"
    assert found.cost.mean == expected.counts[1:].mean()
    assert found.cost.worst == expected.counts[1:].max()
    assert found.cost.longest == expected.longest
    singly = stream(model, samples[: LENGTH + HOP], pieces=[2])
    assert 0.5 * singly.counts.min() < singly.longest < singly.counts.min()
    assert found.cost.code == expected.flash > stream(model, samples[:LENGTH]).flash
    assert found.cost.ram == found.cost.ram_bound
    (guess,) = model.report(MOVING, boards="pico").verdicts
    assert guess.cost.code == found.cost.code == guess.cost.code_bound
    assert guess.cost.ram <= found.cost.ram <= guess.cost.ram_bound
    assert 0 < found.load < 0.05
    assert "the pushes of a window, 16 windows, measured" in " ".join(
        str(report).split()
    )
    with pytest.raises(ValueError, match=r"stream\(model, recording, core=.cortex-m4f"):
        measure(model, np.zeros((1, 64)), core="cortex-m4f")
    rows = signal.Frame(LENGTH, HOP).cut([MOVING])
    with pytest.raises(emlrt.UnsupportedModelError, match=r"X of \(n_samples, 2\)"):
        check(model, "pico", rows, measure=True)


def test_windows_of_two_models_are_compared():
    _, a = made()
    _, b = made(votes=9)
    found = diff(a, b, [STILL, MOVING])
    other = [
        emlrt.Stream(a).push(x) != emlrt.Stream(b).push(x) for x in (STILL, MOVING)
    ]
    assert found.rows.tolist() == np.flatnonzero(np.concatenate(other)).tolist()
    assert found.n_rows == 2 * N
    assert f"of {2 * N} windows are answered otherwise" in str(found)
    assert diff(a, a, MOVING).same
    _, wide = made(hop=16)
    assert "windows of 32 samples every 8, of 2 channel(s), and b of 32" in (
        diff(a, wide, MOVING).reason
    )
    _, one = made(channels=1)
    assert "and b of 32 samples every 8, of 1" in diff(a, one, MOVING).reason


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A model, and recordings in files, in the folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    made()[1].save("m.eml")
    np.save("moving.npy", MOVING)
    with wave.open("moving.wav", "wb") as file:
        file.setparams((2, 2, 100, 0, "NONE", ""))
        file.writeframes(MOVING.tobytes())
    both = np.concatenate([STILL, MOVING])
    labels = ["still"] * TIMES + ["moving"] * TIMES
    with open("both.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["ax", "what", "ay"])
        rows.writerows(
            [x, label, y] for (x, y), label in zip(both, labels, strict=True)
        )
    return tmp_path


def test_report_reads_recordings(cli, folder):
    _, model = made()
    answers = emlrt.Stream(model).push(MOVING)
    for name in ("moving.npy", "moving.wav"):
        options = ("--data", name, "--label", "moving", "--board", "zero", "--json")
        code, out, err = cli("report", "m.eml", *options)
        assert (code, err) == (0, "")
        found = json.loads(out)
        assert found["agreement"]["rows"] == N
        assert found["agreement"]["score"] == (answers == "moving").mean()
        rate = 100 if name.endswith("wav") else None
        assert found["pace"]["rate"] == rate
    options = ("--data", "both.csv", "--target", "what", "--rate", 80.5)
    code, out, err = cli("report", "m.eml", *options, "--board", "zero", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    both = np.concatenate([STILL, MOVING])
    expected = emlrt.Stream(model).push(both)
    right = ["still"] * ((TIMES - LENGTH // 2) // HOP)  # of more than half a window
    right += ["moving"] * (len(expected) - len(right))
    assert found["agreement"]["score"] == (expected == right).mean()
    assert found["pace"]["rate"] == 80.5
    np.savetxt("still.csv", STILL, "%d", ",")
    files = ("--data", "still.csv", "--data", "moving.wav", "--board", "zero")
    labels = ("--label", "still", "--label", "moving")
    code, out, _ = cli("report", "m.eml", *files, *labels, "--json")
    found = json.loads(out)
    expected = model.report([STILL, MOVING], ["still", "moving"]).agreement
    assert found["agreement"]["recordings"] == 2
    assert found["agreement"]["score"] == expected.score
    assert found["pace"]["rate"] == 100
    with wave.open("fast.wav", "wb") as file:
        file.setparams((2, 2, 200, 0, "NONE", ""))
        file.writeframes(MOVING.tobytes())
    files = ("--data", "moving.wav", "--data", "fast.wav", "--board", "zero")
    code, _, err = cli("report", "m.eml", *files)
    assert code == 2
    assert "moving.wav has 100 samples a second, and fast.wav 200: --rate N" in err
    code, out, _ = cli("report", "m.eml", *files, "--rate", 100, "--json")
    half = 1 + (TIMES // 2 - LENGTH) // HOP
    assert json.loads(out)["agreement"]["rows"] == N + half
    code, out, _ = cli("report", "m.eml", "--board", "zero", "--rate", 100)
    assert code == 0
    assert "an answer each 80 ms" in " ".join(out.split())


def test_check_and_diff_read_recordings(cli, counted, folder):
    made(votes=9)[1].save("b.eml")
    common = ("check", "m.eml", "--board", "zero", "--data", "moving.wav")
    code, out, err = cli(*common, "--max-load", "1%")
    assert (code, err) == (0, "")
    assert "load" in out
    code, _, err = cli(*common, "--max-load", "0.0001")
    assert code == 1
    assert "above the limit of 0.01 %" in err
    code, out, _ = cli("diff", "m.eml", "b.eml", "--data", "moving.npy")
    assert "windows are answered otherwise" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "moving.wav", "--target", "what"], "only a .csv has target"),
        (["--data", "moving.wav", "--original", "what"], "--original is of rows"),
        (["--data", "moving.wav", "--rate", "80.5"], "is a whole number, not 80.5"),
        (["--data", "both.csv", "--target", "who"], "no column named 'who'"),
        (["--data", "moving.wav", "--label", "walk"], "y holds walk"),
        (["--data", "moving.wav", "--label", "a", "--target", "b"], "give one of them"),
        (["--label", "moving"], "give --data"),
        (["--rate", "0"], "a number above 0"),
        (["--integers"], "give --data"),
        (["--data", "moving.npy", "--data", "both.csv"], "both.csv is no recording"),
        (["--data", "moving.npy", *["--label", "moving"] * 2], "once a file"),
    ],
)
def test_wrong_use_of_recordings_is_said(cli, folder, arguments, words):
    code, out, err = cli("report", "m.eml", *arguments)
    assert (code, out) == (2, "")
    assert words in err
