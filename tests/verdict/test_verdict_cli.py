# SPDX-License-Identifier: MIT
"""emlrt report, check and diff."""

import json

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest

import emlrt
from emlrt.boards import BOARDS


def is_one_error_line(err):
    return err.startswith("emlrt: error: ") and err.count("\n") == 1


@pytest.fixture
def files(models, forests, tmp_path):
    """A model, its table with targets and the original's answers, and more models."""
    estimator, frame, y = forests["text labels"]
    models["text labels"].save(tmp_path / "m.eml")
    emlrt.convert(estimator, voting="hard").save(tmp_path / "hard.eml")
    models["many values"].save(tmp_path / "many.eml")
    theirs = estimator.predict(frame)
    theirs[[2, 50]] = ["virginica", "setosa"]
    frame.assign(kind=y, theirs=theirs).to_csv(tmp_path / "rows.csv", index=False)
    np.save(tmp_path / "rows.npy", frame.to_numpy())
    return tmp_path


def test_report_says_all(cli, files, models, forests):
    estimator, frame, y = forests["text labels"]
    columns = ("--target", "kind", "--original", "theirs")
    boards = ("--board", "uno", "--board", "nucleo-l053r8")
    page = files / "page.html"
    common = ("report", files / "m.eml", "--data", files / "rows.csv", *columns)
    code, out, err = cli(*common, *boards, "--html", page)
    assert (code, err) == (0, "")
    assert "148 of 150 rows are answered as by the original" in out
    assert "row 50:" in out
    for key in ("uno", "nucleo-l053r8"):
        assert key in out
        assert BOARDS[key].name in page.read_text(encoding="utf-8")
    code, out, err = cli(*common, *boards, "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["agreement"]["differ"] == [2, 50]
    assert found["differ_places"] == [4, 52]  # lines, behind the header
    accuracy = (estimator.predict(frame) == y).mean()
    assert found["agreement"]["score"] == pytest.approx(accuracy)
    assert [each["board"]["key"] for each in found["verdicts"]] == [
        "uno",
        "nucleo-l053r8",
    ]


def test_report_without_rows_or_boards(cli, files):
    code, out, err = cli("report", files / "m.eml")
    assert (code, err) == (0, "")
    assert "cortex-m0plus" in out
    code, out, _ = cli("report", files / "m.eml", "--data", files / "rows.npy")
    assert code == 0
    assert "150 rows" in out


def test_report_takes_boards_of_a_file(cli, files):
    mine = files / "mine.toml"
    mine.write_text('[tiny]\ncore = "cortex-m0"\nflash = 0.5\nram = 1\nmhz = 8\n')
    options = ("--board", "tiny", "--board-file", mine)
    code, out, _ = cli("report", files / "m.eml", *options, "--json")
    (found,) = json.loads(out)["verdicts"]
    assert code == 0
    assert found["verdict"] == "TOO BIG"
    assert found["board"]["flash"] == 512


def test_report_of_several_outputs(cli, files, forests):
    estimator, X, Y = forests["many values"]
    theirs = estimator.predict(X)
    table = X.assign(a=Y[:, 0], b=Y[:, 1], c=Y[:, 2])
    table = table.assign(d=theirs[:, 0], e=theirs[:, 1], f=theirs[:, 2])
    table.to_csv(files / "many.csv", index=False, header=[*"uvwabcdef"])
    targets = [word for name in "abc" for word in ("--target", name)]
    originals = [word for name in "def" for word in ("--original", name)]
    options = ("--header", "yes", "--data", files / "many.csv", "--json")
    code, out, _ = cli("report", files / "many.eml", *options, *targets, *originals)
    found = json.loads(out)["agreement"]
    assert code == 0
    assert found["differ"] == []
    assert found["score"] == pytest.approx(found["original_score"], abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "m.eml", "--board", "unoo"], "did you mean uno"),
        (["report", "m.eml", "--target", "kind"], "give --data"),
        (["report", "m.eml", "--measure"], "give --data"),
        (["report", "m.eml", "--data", "rows.csv", "--target", "no"], "named 'no'"),
        (["report", "m.eml", "--data", "gone.csv"], "gone.csv"),
        (["report", "-", "--data", "-"], "only one"),
        (["report", "m.eml", "--html", "m.eml"], "which is read too"),
        (["check", "m.eml"], "give --board"),
        (["check", "m.eml", "--board", "uno", "--max-flash", "24q"], "like 24k"),
        (["check", "m.eml", "--board", "uno", "--max-instructions", "x"], "0 or more"),
        (["check", "m.eml", "--board", "unoo"], "did you mean uno"),
        (["check", "many.eml", "--board", "uno", "--data", "rows.npy"], "4 columns"),
        (["diff", "m.eml", "gone.eml"], "gone.eml"),
        (["diff", "m.eml", "hard.eml", "--core", "z80"], "no tables for 'z80'"),
        (["diff", "-", "-"], "only one"),
    ],
)
def test_wrong_usage_is_said(cli, files, monkeypatch, arguments, words):
    monkeypatch.chdir(files)
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert is_one_error_line(err)
    assert words in err


def test_a_recording_is_no_rows(cli, files):
    (files / "sound.wav").write_bytes(b"RIFF")
    code, _, err = cli("report", files / "m.eml", "--data", files / "sound.wav")
    assert code == 2
    assert "is a recording" in err


def test_check_keeps_limits(counted, cli, files, models, forests):
    model, X = models["text labels"], forests["text labels"][1]
    (found,) = model.report(X, boards="uno").verdicts
    common = ("check", files / "m.eml", "--board", "uno", "--data", files / "rows.npy")
    limits = ("--max-flash", found.flash, "--max-ram", found.ram)
    limits += ("--max-instructions", found.cost.worst)
    code, out, err = cli(*common, *limits)
    assert (code, err) == (0, "")
    assert f"{found.flash:,} of 32,768" in out
    code, out, err = cli(*common, "--max-flash", found.flash - 1, "--max-ram", 1)
    assert code == 1
    lines = err.splitlines()
    assert len(lines) == 2
    assert all("m.eml: uno: " in line for line in lines)
    assert "flash is" in lines[0]
    assert "RAM is" in lines[1]
    code, out, err = cli(*common, "--max-milliseconds", 0, "--json")
    told = json.loads(out)
    assert (code, told["ok"], len(told["reasons"])) == (1, False, 1)
    assert told["limits"]["milliseconds"] == 0
    assert told["verdicts"][0]["flash"] == found.flash


def test_diff_says_what_differs(cli, files, models, forests):
    X = forests["text labels"][1]
    hard = emlrt.Model.load(files / "hard.eml")
    code, out, err = cli("diff", files / "m.eml", files / "m.eml")
    assert (code, err) == (0, "")
    code, out, _ = cli("diff", files / "m.eml", files / "hard.eml")
    assert code == 1
    assert "trees_vote_f32" in out
    data = ("--data", files / "rows.npy")
    code, out, _ = cli("diff", files / "m.eml", files / "hard.eml", *data, "--json")
    found = json.loads(out)
    other = models["text labels"].predict(X) != hard.predict(X)
    assert found["differ"] == np.flatnonzero(other).tolist()
    assert code == int(other.any())
    code, out, _ = cli("diff", files / "m.eml", files / "many.eml", *data)
    assert code == 1
    assert "not compared: a takes 4 features, and b 3" in out


def test_predict_refuses_targets_that_are_other_names(cli, files, models, forests):
    estimator, frame, y = forests["text labels"]
    numbers = frame.assign(kind=np.searchsorted(estimator.classes_, y))
    numbers.to_csv(files / "numbers.csv", index=False)
    output = files / "answers.csv"
    common = (files / "numbers.csv", "--target", "kind", "-o", output)
    code, out, err = cli("predict", files / "m.eml", *common)
    assert (code, out) == (2, "")
    assert is_one_error_line(err)
    assert "target kind holds '0', and the model answers with labels, of setosa" in err
    assert not output.exists()
    some = frame.assign(kind=np.where(np.arange(150) < 4, "tulip", y))
    some.to_csv(files / "some.csv", index=False)
    common = (files / "some.csv", "--target", "kind", "-o", output)
    code, _, err = cli("predict", files / "m.eml", *common)
    assert code == 0
    assert "4 rows have labels that the model has not" in err
    code, out, _ = cli("predict", "--json", files / "m.eml", *common)
    expected = (estimator.predict(frame) == some["kind"]).mean()
    found = json.loads(out)
    assert (found["strange"], found["accuracy"]) == (4, pytest.approx(expected))


def test_predict_scores_what_has_a_score(cli, tmp_path):
    X = np.random.default_rng(0).normal(size=(30, 2))
    clusters = KMeans(2, n_init=1, random_state=0).fit(X)
    emlrt.convert(clusters).save(tmp_path / "clusters.eml")
    lonely = IsolationForest(n_estimators=3, random_state=0).fit(X)
    emlrt.convert(lonely).save(tmp_path / "lonely.eml")
    table = np.column_stack([X, clusters.labels_])
    np.savetxt(tmp_path / "rows.csv", table, delimiter=",")
    common = (tmp_path / "rows.csv", "--target", "3")
    code, _, err = cli("predict", tmp_path / "clusters.eml", *common)
    assert code == 2
    assert "a clusterer has no score" in err
    code, _, err = cli("predict", tmp_path / "lonely.eml", *common)
    assert code == 2
    assert "answers with labels, of -1, 1" in err
