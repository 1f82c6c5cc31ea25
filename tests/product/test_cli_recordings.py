# SPDX-License-Identifier: MIT
"""emlrt predict: windows of recordings, and rows of windows, for models of samples."""

import csv
import io
import json
import re
import sys
import wave

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.pipeline import make_pipeline, make_union

import emlrt
import emlrt.embed
from emlrt import Model, Stream, signal
from emlrt.cli import main, progress
from emlrt.signal.framing import windows

RNG = np.random.default_rng(0)
SAMPLES = RNG.integers(-3000, 3000, (400, 2)).astype(np.int16)
SAMPLES[200:] *= 4
FLOATS = SAMPLES.astype(np.float32) / 32768
CUT = signal.Frame(50, 20)
X, Y = CUT.cut([FLOATS[:200], FLOATS[200:]], ["still", "moving"])
FOREST = RandomForestClassifier(5, max_depth=3, random_state=0)


def with_state():
    """A filter in front of windows, which keeps state."""
    front = signal.ExponentialMean(0.5)
    steps = make_pipeline(front, CUT, signal.TimeFeatures(["std"]), FOREST)
    return Model.from_sklearn(steps.fit(X, Y))


def without_state():
    steps = make_pipeline(CUT, signal.TimeFeatures(["mean", "std"]), FOREST)
    return Model.from_sklearn(steps.fit(X, Y))


def write_wav(path, samples=SAMPLES, width=2, rate=100):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("recordings")
    with_state().save(place / "state.eml")
    without_state().save(place / "plain.eml")
    write_wav(place / "r.wav")
    soundfile.write(place / "r.flac", SAMPLES, 100, "PCM_16")
    np.save(place / "r.npy", FLOATS)
    lines = [",".join(map(repr, row)) for row in FLOATS.astype(float).tolist()]
    (place / "r.csv").write_text("\n".join(["ax,ay", *lines]))
    (place / "tabs.csv").write_text("\n".join(lines).replace(",", "\t"))
    cut = windows(FLOATS, 50, 20)
    np.save(place / "windows.npy", cut)
    np.save(place / "rows.npy", cut.reshape(len(cut), -1))
    np.savetxt(place / "rows.csv", cut.reshape(len(cut), -1), delimiter=",")
    return place


def table(text):
    head, *rows = csv.reader(text.splitlines())
    return head, [dict(zip(head, row, strict=True)) for row in rows]


MODELS = pytest.mark.parametrize("name", ["state", "plain"])


@MODELS
@pytest.mark.parametrize("file", ["r.wav", "r.flac", "r.npy", "r.csv", "tabs.csv"])
def test_answers_of_each_window(folder, name, file, capsys):
    model = Model.load(folder / f"{name}.eml")
    more = ["--delimiter", "\\t"] if file == "tabs.csv" else []
    path = str(folder / file)
    assert main(["predict", str(folder / f"{name}.eml"), path, "--proba", *more]) == 0
    out, err = capsys.readouterr()
    head, rows = table(out)
    timed = ["seconds"] if file in ("r.wav", "r.flac") else []
    assert head == ["start", *timed, "prediction", "proba_moving", "proba_still"]
    assert [int(row["start"]) for row in rows] == list(range(0, 351, 20))
    if timed:
        assert [float(row["seconds"]) for row in rows] == [
            k * 20 / 100 for k in range(18)
        ]
    assert [row["prediction"] for row in rows] == Stream(model).push(FLOATS).tolist()
    p = np.array(
        [[row["proba_moving"], row["proba_still"]] for row in rows], np.float32
    )
    assert np.array_equal(p, Stream(model).push_proba(FLOATS).astype(np.float32))
    assert len(set(map(tuple, p))) > 1
    assert err == ""


@MODELS
@pytest.mark.parametrize("file", ["windows.npy", "rows.npy", "rows.csv"])
def test_answers_of_rows(folder, name, file, capsys):
    model = Model.load(folder / f"{name}.eml")
    path = str(folder / file)
    assert main(["predict", "--json", str(folder / f"{name}.eml"), path]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 18
    assert found["predictions"] == model.predict(windows(FLOATS, 50, 20)).tolist()


def test_into_a_file_and_json(folder, tmp_path, capsys):
    model, path = str(folder / "state.eml"), str(folder / "r.wav")
    output = tmp_path / "y.csv"
    assert main(["predict", model, path, "-o", str(output)]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "18 windows\n")
    _, rows = table(output.read_text())
    assert main(["predict", model, path, "--json", "--proba"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["windows"] == 18
    assert found["starts"] == [int(row["start"]) for row in rows]
    assert found["seconds"] == [float(row["seconds"]) for row in rows]
    assert found["predictions"] == [row["prediction"] for row in rows]
    assert len(found["probabilities"]) == 18


def test_another_hop_and_integers(folder, capsys):
    path = str(folder / "r.wav")
    model = Model.load(folder / "plain.eml")
    arguments = ["predict", str(folder / "plain.eml"), path, "--hop", "7"]
    assert main([*arguments, "--integers"]) == 0
    _, rows = table(capsys.readouterr().out)
    assert [int(row["start"]) for row in rows] == list(range(0, 351, 7))
    expected = model.predict(windows(SAMPLES, 50, 7)).tolist()
    assert [row["prediction"] for row in rows] == expected


def test_a_regressor_of_one_channel(tmp_path, capsys):
    frame = signal.Frame(30, 10)
    mono = FLOATS[:, 0]
    X = frame.cut([mono, 3 * mono])
    trees = RandomForestRegressor(3, max_depth=3, random_state=0)
    steps = make_pipeline(frame, signal.TimeFeatures(["std"]), trees)
    model = Model.from_sklearn(steps.fit(X, X.std(axis=1)))
    model.save(tmp_path / "m.eml")
    np.save(tmp_path / "x.npy", mono)
    assert main(["predict", str(tmp_path / "m.eml"), str(tmp_path / "x.npy")]) == 0
    _, rows = table(capsys.readouterr().out)
    found = np.array([row["prediction"] for row in rows], np.float32)
    assert np.array_equal(found, Stream(model).push(mono).astype(np.float32))


def test_a_model_of_scaled_integers_takes_raw_numbers(tmp_path, capsys):
    steps = make_pipeline(CUT, signal.TimeFeatures(["std"]), FOREST).fit(X, Y)
    inputs = emlrt.to_int16(X)
    model = Model.from_sklearn(steps, dtype="int16", inputs=inputs)
    model.save(tmp_path / "m.eml")
    write_wav(tmp_path / "r.wav")
    assert main(["predict", str(tmp_path / "m.eml"), str(tmp_path / "r.wav")]) == 0
    _, rows = table(capsys.readouterr().out)
    expected = model.predict(windows(FLOATS, 50, 20)).tolist()
    assert [row["prediction"] for row in rows] == expected
    assert set(expected) == {"still", "moving"}


WIDE = np.array([[-(2**23), 2**23 - 1], [1, -1], [2**22, 0]], np.int64)


def test_wav_of_24_bits(tmp_path):
    from emlrt.cli.samples import recording

    data = WIDE.astype("<i4").reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3]
    with wave.open(str(tmp_path / "r.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(3)
        file.setframerate(8000)
        file.writeframes(data.tobytes())
    whole = recording(str(tmp_path / "r.wav"), integers=True)
    assert np.array_equal(whole.samples, WIDE)
    assert whole.rate == 8000
    floats = recording(str(tmp_path / "r.wav"), integers=False).samples
    expected, rate = soundfile.read(tmp_path / "r.wav", dtype="float32")
    assert rate == 8000
    assert np.array_equal(floats, expected)


@pytest.mark.parametrize("integers", [True, False])
def test_files_of_another_rate(folder, tmp_path, capsys, integers):
    more = ["--integers"] if integers else []
    model = str(folder / "plain.eml")
    samples = SAMPLES if integers else FLOATS
    found = resample_poly(samples.astype(float), 3, 2, axis=0)
    if integers:
        found = np.clip(np.rint(found), -32768, 32767)
    arguments = ["predict", model, str(folder / "r.wav"), "--json", *more]
    assert main([*arguments, "--rate", "1.5e2"]) == 0
    told = json.loads(capsys.readouterr().out)
    expected = Stream(Model.load(model)).push(found.astype(np.float32))
    assert told["predictions"] == expected.tolist()
    assert told["seconds"] == [round(k * 20 / 150, 6) for k in range(len(expected))]
    assert main([*arguments, "--rate", "100"]) == 0
    same = json.loads(capsys.readouterr().out)
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out) == same


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_wav_that_was_cut_off(tmp_path, width):
    from emlrt.cli.samples import recording

    path, count = tmp_path / "r.wav", 44 + 2 * width * 30
    wide = np.zeros((len(SAMPLES), 2 * width), np.uint8)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, width, 100, 0, "NONE", ""))
        file.writeframes(wide.tobytes())
    whole = path.read_bytes()
    for more in range(2 * width):
        path.write_bytes(whole[: count + more])
        for integers in (False, True):
            assert recording(str(path), integers=integers).samples.shape == (30, 2)


@pytest.mark.parametrize("subtype", ["FLOAT", "PCM_24", "DOUBLE"])
def test_wav_of_other_kinds(tmp_path, subtype):
    from emlrt.cli.samples import recording

    path = tmp_path / "r.wav"
    soundfile.write(path, FLOATS, 8000, subtype, format="WAVEX")
    found = recording(str(path), integers=False)
    assert np.array_equal(found.samples, FLOATS)
    assert found.rate == 8000


def test_wav_that_only_soundfile_reads(folder, tmp_path, monkeypatch, capsys):
    path = tmp_path / "r.wav"
    soundfile.write(path, FLOATS, 8000, "FLOAT")
    arguments = ["predict", str(folder / "plain.eml"), str(path)]
    assert main(arguments) == 0
    capsys.readouterr()
    monkeypatch.setitem(sys.modules, "soundfile", None)
    assert main(arguments) == 2
    assert "soundfile reads more kinds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["plain.eml", "r.wav", "--target", "1"], 2, "--target is for rows"),
        (["plain.eml", "r.wav", "--jobs", "2"], 2, "--jobs is for rows"),
        (["plain.eml", "rows.npy", "--hop", "0"], 2, "--hop is for recordings"),
        (["plain.eml", "rows.csv", "--integers"], 2, "--integers is for rec"),
        (["plain.eml", "rows.npy", "--rate", "9"], 2, "--rate is for recordings"),
        (["plain.eml", "r.npy", "--rate", "9"], 2, "does not say its own rate"),
        (["plain.eml", "r.wav", "--rate", "0"], 2, "--rate: a whole number"),
        (["plain.eml", "r.wav", "--rate", "80.5"], 2, "--rate: a whole number"),
        (["state.eml", "r.wav", "--hop", "3"], 2, "has its hop from its stages"),
        (["plain.eml", "r.wav", "--hop", "0"], 2, "hop is a number of times"),
        (["plain.eml", "short.npy"], 2, "short.npy: 40 samples are less"),
        (["plain.eml", "mono.wav"], 2, "has 1 channels, and the model takes 2"),
        (["plain.eml", "three.npy"], 2, "100 features, or of a .npy or .csv of"),
        (["plain.eml", "three.csv"], 2, "of samples 2 channel(s)"),
        (["plain.eml", "nan.npy"], 2, "nan.npy: X contains NaN"),
        (["plain.eml", "text.npy"], 2, "text.npy holds samples of dtype <U1: no num"),
        (["rate.eml", "r.wav"], 2, "was made for 50.5: --rate 100 takes it as it is"),
        (["plain.eml", "other.npy"], 2, "holds windows of (50, 3); the model takes"),
        (["plain.eml", "broken.flac"], 2, "is no FLAC file"),
        (["state.eml", "r.wav", "--trace"], 1, "emlrt.Stream(model).push_scores"),
        (["state.eml", "rows.npy", "--trace"], 1, "emlrt.emulate.stream"),
        (["plain.eml", "r.wav", "--trace", "--row", "18"], 2, "has 18 windows"),
    ],
)
def test_what_does_not_fit_is_said(
    folder, monkeypatch, capsys, arguments, code, message
):
    monkeypatch.chdir(folder)
    np.save("short.npy", FLOATS[:40])
    np.save("text.npy", np.array([["a", "b"]]))
    steps = make_pipeline(CUT, signal.Welch(50.5, nperseg=32), FOREST)
    Model.from_sklearn(steps.fit(X, Y)).save("rate.eml")
    np.save("three.npy", np.zeros((60, 3)))
    np.savetxt("three.csv", np.zeros((60, 3)), delimiter=",")
    np.save("nan.npy", np.full_like(FLOATS, np.nan))
    np.save("other.npy", np.zeros((2, 50, 3)))
    write_wav("mono.wav", SAMPLES[:, :1])
    (folder / "broken.flac").write_bytes(b"nothing")
    assert main(["predict", *arguments]) == code
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_flac_says_what_reads_it(folder, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "soundfile", None)
    assert main(["predict", str(folder / "plain.eml"), str(folder / "r.flac")]) == 2
    assert "pip install soundfile" in capsys.readouterr().err


def test_the_trace_of_a_window(folder, capsys):
    arguments = [str(folder / "plain.eml"), str(folder / "r.npy"), "--trace", "--json"]
    assert main(["predict", *arguments, "--row", "3"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["traces"]
    model = Model.load(folder / "plain.eml")
    expected = model.trace(windows(FLOATS, 50, 20)[3:4].reshape(1, -1)).to_dict()
    (row,), (wanted,) = found["rows"], expected["rows"]
    assert row["row"] == 3
    assert row["stages"] == json.loads(json.dumps(wanted["stages"]))


def test_verify_says_what_to_do_in_place_of_rows(folder, capsys):
    model, rows = str(folder / "state.eml"), str(folder / "rows.npy")
    assert main(["verify", model]) == 0
    capsys.readouterr()
    assert main(["verify", model, "--data", rows]) == 1
    assert "compare what emlrt.Stream says" in capsys.readouterr().err


class Terminal(io.StringIO):
    """A stderr that is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize("command", ["predict", "features"])
@pytest.mark.parametrize("rich", [True, False])
def test_a_long_recording_shows_a_bar_on_a_terminal_only(
    folder, monkeypatch, capsys, command, rich
):
    monkeypatch.setattr("emlrt.progress.PATIENCE", 0.0)
    monkeypatch.setattr("emlrt.progress._REFRESH", 0.0)
    if not rich:
        monkeypatch.setattr(progress, "console", lambda stream: None)
    arguments = [command, str(folder / "state.eml"), str(folder / "r.wav")]
    assert main(arguments) == 0
    piped, err = capsys.readouterr()
    assert err == ""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    assert main(arguments) == 0
    assert capsys.readouterr().out == piped
    assert "windows" in shown.getvalue()
    if not rich:
        shares = [part.split("%")[0][-4:] for part in shown.getvalue().split("\r")[1:]]
        assert [int(share) for share in shares] == sorted(map(int, shares))
        assert "100%  400 samples" in shown.getvalue()
        assert len(shares) > 10


def _of_rate(*steps):
    rng = np.random.default_rng(1)
    samples = rng.normal(size=4000).astype(np.float32)
    X, y = signal.Frame(512, 256).cut([samples, 9 * samples], ["low", "high"])
    return Model.from_sklearn(make_pipeline(*steps, FOREST).fit(X, y))


def _mel(rate=16000):
    shape = {"n_fft": 256, "hop_length": 128, "n_mels": 8, "center": False}
    return signal.MelSpectrogram(sr=rate, **shape)


@pytest.mark.parametrize(
    ("steps", "rate"),
    [
        (lambda: [signal.Frame(512, 256), _mel()], 16000),
        (lambda: [_mel(22050), signal.PowerToDb()], 22050),
        (lambda: [signal.Frame(512, 256), signal.Welch(fs=50.5)], 50.5),
        (lambda: [signal.Frame(512, 256), signal.Welch()], None),
        (lambda: [signal.Frame(512, 256), signal.TimeFeatures(["std"])], None),
        (lambda: [signal.Decimate(2), signal.Frame(256, 128), signal.Welch(fs=25)], 50),
        (
            lambda: [
                signal.Frame(512, 256),
                make_union(_mel(), signal.Welch(fs=16000)),
            ],
            16000,
        ),
        (
            lambda: [signal.Frame(512, 256), make_union(_mel(), signal.Welch(fs=8000))],
            None,
        ),
        (
            lambda: [
                signal.Frame(512),
                signal.Decimate(3),
                signal.Welch(8000, nperseg=90),
            ],
            24000,
        ),
        (
            lambda: [
                signal.Frame(512),
                *(signal.Decimate(q) for q in (3, 5)),
                signal.Welch(100, nperseg=32),
            ],
            1500,
        ),
        (
            lambda: [
                signal.Frame(512, 256),
                make_union(
                    _mel(24000),
                    make_pipeline(signal.Decimate(3), signal.Welch(8000, nperseg=90)),
                ),
            ],
            24000,
        ),
    ],
)
def test_a_model_knows_its_rate(steps, rate):
    model = _of_rate(*steps())
    assert model.window.rate == rate
    again = Model.from_bytes(bytes(model.strip()))
    assert again.window == model.window
    header = emlrt.embed.header(model, "m")
    line = None if rate is None else f"#define M_EML_RATE {float(rate):g}"
    assert ("M_EML_RATE" in header) == (rate is not None)
    assert line is None or line in header


def test_a_recording_of_another_rate_is_refused(tmp_path, capsys):
    _of_rate(signal.Frame(512, 256), _mel()).save(tmp_path / "mel.eml")
    rng = np.random.default_rng(2)
    samples = (rng.normal(size=(4000, 1)) * 1000).astype(np.int16)
    write_wav(tmp_path / "r.wav", samples, rate=44100)
    write_wav(tmp_path / "own.wav", samples, rate=16000)
    model, path = str(tmp_path / "mel.eml"), str(tmp_path / "r.wav")
    for command in ("predict", "features"):
        assert main([command, model, path]) == 2
        told = capsys.readouterr().err
        assert "r.wav has 44100 samples a second, and the model was made for" in told
        assert "--rate 16000 resamples, --rate 44100 takes it as it is" in told
    answers = []
    for more in ([path, "--rate", "44100"], [str(tmp_path / "own.wav")]):
        assert main(["predict", model, *more, "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out)["predictions"])
    assert answers[0] == answers[1]
    assert main(["predict", model, path, "--rate", "16000"]) == 0
    assert main(["inspect", model]) == 0
    assert "16000 times a second" in capsys.readouterr().out


AXES = ["ax", "ay"]


def _named(tmp_path, rate=None):
    """A model that knows its channels, and perhaps its rate; its file."""
    cut = signal.Frame(50, 20, channels=AXES)
    welch = [] if rate is None else [signal.Welch(fs=rate)]
    steps = make_pipeline(cut, *(welch or [signal.TimeFeatures(["mean"])]), FOREST)
    model = Model.from_sklearn(steps.fit(X, Y))
    model.save(tmp_path / "named.eml")
    return model, str(tmp_path / "named.eml")


def _write_csv(path, **columns):
    lines = zip(*columns.values(), strict=True)
    text = [",".join(columns), *(",".join(map(str, line)) for line in lines)]
    path.write_text("\n".join(text))
    return str(path)


def test_a_csv_has_its_channels_by_name(tmp_path, capsys):
    model, path = _named(tmp_path)
    expected = Stream(model).push(FLOATS).tolist()
    ax, ay = FLOATS.astype(float).T.tolist()
    others = {"note": ["x"] * len(ax), "": range(len(ax)), "time": range(len(ax))}
    given = _write_csv(tmp_path / "turned.csv", ay=ay, **others, ax=ax)
    for command, key in (("predict", "predictions"), ("features", "answers")):
        assert main([command, path, given, "--json"]) == 0
        out, err = capsys.readouterr()
        assert np.ravel(json.loads(out)[key]).tolist() == expected
        assert f"{given}: ignored columns, which are no channels" in err
        assert "of the model: note, one without a title, time" in err
    assert main(["report", path, "--data", given, "--board", "zero", "--json"]) == 0
    assert "without a title, time" in json.loads(capsys.readouterr().out)["notes"][0]
    assert main(["inspect", path]) == 0
    assert re.search("^channel names +2: 0=ax, 1=ay$", capsys.readouterr().out, re.M)
    target = ["--target", "y", "--board", "zero"]
    scored = _write_csv(tmp_path / "y.csv", ay=ay, y=["moving"] * len(ax), ax=ax)
    assert main(["report", path, "--data", scored, *target, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["agreement"]
    assert found["score"] == np.mean(np.array(expected) == "moving")
    other = _write_csv(tmp_path / "other.csv", ay=ay, z=ax)
    assert main(["predict", path, other]) == 2
    told = capsys.readouterr().err
    assert "the header has the channel 'ax' nowhere; the model takes ax, ay" in told
    wide = _write_csv(tmp_path / "wide.csv", ay=ay, z=ax, time=ax)
    assert main(["predict", path, wide]) == 2
    assert "the header has the channel 'ax' nowhere" in capsys.readouterr().err
    spaced = _write_csv(tmp_path / "spaced.csv", **{"ay ": ay, " z": ax, " ax": ax})
    assert main(["predict", path, spaced, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["predictions"] == expected


def test_what_is_done_to_the_rate_is_said(tmp_path, capsys):
    """In text, JSON and on the page; on stderr where answers are printed."""
    _, named = _named(tmp_path)
    model, rated = _named(tmp_path, rate=50)
    model.save(tmp_path / "rated.eml")
    rated = str(tmp_path / "rated.eml")
    _named(tmp_path)
    sound, page = str(tmp_path / "r.wav"), tmp_path / "page.html"
    write_wav(tmp_path / "r.wav")
    board = ["--board", "zero"]
    for path, rate, words in (
        (named, 150, "r.wav is resampled from 100 samples a second to 150 (--rate)"),
        (rated, 50, "r.wav is resampled from 100 samples a second to 50 (--rate)"),
        (rated, 100, "made for 50: it is taken as it is"),
    ):
        given = ["report", path, "--data", sound, "--rate", str(rate), *board]
        assert main([*given, "--html", str(page)]) == 0
        assert words in capsys.readouterr().out.replace("\n  ", " ")
        assert words in page.read_text()
        assert main([*given, "--json"]) == 0
        assert any(words in n for n in json.loads(capsys.readouterr().out)["notes"])
        assert main(["check", *given[1:], "--json"]) in (0, 1)
        out, err = capsys.readouterr()
        assert words in err
        assert any(words in note for note in json.loads(out)["notes"])
        assert main(["predict", path, sound, "--rate", str(rate)]) == 0
        assert words in capsys.readouterr().err
        assert main(["diff", path, path, *given[2:-2]]) == 0
        assert words in capsys.readouterr().err
    for command in (["predict", rated, sound], ["report", rated, "--data", sound]):
        assert main([*command, "--rate", "80"]) == 2
        told = capsys.readouterr().err
        assert "--rate 80 is neither" in told
        assert (
            "100 samples a second, and the model was made for 50; leave --rate" in told
        )


def test_a_rate_that_is_not_the_models_is_said(tmp_path):
    model, _ = _named(tmp_path, rate=50)
    words = "The model was made for 50 samples a second, and the given rate is 100"
    report = model.report(FLOATS, boards="zero", rate=100)
    assert any(note.startswith(words) for note in report.notes)
    assert words in str(report).replace("\n  ", " ")
    assert words in report.to_html()
    for rate in (None, 50):
        notes = model.report(FLOATS, boards="zero", rate=rate).notes
        assert not any(note.startswith("The model was made") for note in notes)


@pytest.mark.parametrize(
    ("title", "step", "said"),
    [
        ("time", 0.02, False),
        ("Time [ms]", 20, False),
        ("t", 20.4, False),
        ("timestamp_us", 20_000, False),
        ("time", 0.01, True),
        ("time_ms", 10, True),
        ("count", 10, False),
        ("time", 0, False),
    ],
)
def test_times_that_contradict_the_rate_are_said(tmp_path, capsys, title, step, said):
    _, path = _named(tmp_path, rate=50)
    ax, ay = FLOATS.astype(float).T.tolist()
    times = (np.arange(len(ax)) * step).tolist()
    given = _write_csv(tmp_path / "r.csv", **{title: times}, ax=ax, ay=ay)
    assert main(["predict", path, given]) == 0
    err = capsys.readouterr().err
    assert f"of the model: {title}" in err
    words = f"its column {title} rises by {step:g} from sample to sample, which is 50"
    assert (words in err) == said
    assert main(["report", path, "--data", given, "--rate", "100"]) == 0
    told = capsys.readouterr().out.replace("\n  ", " ")
    assert ("which is 100 samples a second in no unit" in told) == (
        title != "count" and step not in (0, 0.01, 10)
    )
