# SPDX-License-Identifier: MIT
"""The command line: answers, exit codes, and errors of one line."""

import argparse
import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from forest_kinds import KINDS
from sklearn.cluster import KMeans
from sklearn.metrics import accuracy_score, r2_score
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt import Model
from emlrt.checksum import crc32
from emlrt.cli import COMMANDS
from emlrt.dtypes import dtype_of
from emlrt.files import replacing
from emlrt.inspect.open_cost import open_cost, verify_cost
from emlrt.inspect.stage_cost import run_cost
from emlrt.inspect.work import program_work

HEADER = dtype_of("emlrt_header")


def patched(blob, at, raw):
    """A blob with some bytes replaced and its CRC made to match."""
    data = bytearray(blob)
    data[at : at + len(raw)] = raw
    place = HEADER.fields["crc32"][1]
    data[place : place + 4] = crc32(bytes(data)).to_bytes(4, "little")
    return bytes(data)


def is_one_error_line(err):
    return err.startswith("emlrt: error: ") and err.count("\n") == 1


@pytest.fixture
def saved(models, tmp_path):
    """Paths of the models, by kind."""
    paths = {name: tmp_path / f"{name.replace(' ', '-')}.eml" for name in models}
    for name, path in paths.items():
        models[name].save(path)
    return paths


def table(text):
    return list(csv.reader(io.StringIO(text)))


# Usage


def test_help_and_version(cli, capsysbinary):
    for arguments in (["--help"], *([name, "--help"] for name in COMMANDS)):
        with pytest.raises(SystemExit) as left:
            cli(*arguments)
        assert left.value.code == 0
        assert b"usage: emlrt" in capsysbinary.readouterr().out
    with pytest.raises(SystemExit):
        cli("--version")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["inspect"],
        ["inspect", "--colour", "x"],
        ["inspect", "/no/such/file"],
        ["verify", "/"],
        ["predict", "/no/such/file", "-"],
        ["predict", "-", "-"],
        ["strip", "x.eml"],
        ["strip", "x.eml", "-o", "y.eml", "--keep", "everything"],
        ["embed", "/no/such/file"],
        ["demo", "-o", "/no/such/folder/digits.eml", "--colour"],
    ],
)
def test_wrong_usage_is_one_line_and_2(cli, arguments):
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert is_one_error_line(err)


def test_module_and_script_are_the_same_program(saved):
    command = [sys.executable, "-m", "emlrt", "verify", "--json", saved["integers"]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["ok"]
    assert done.stderr == ""
    lost = subprocess.run(
        [sys.executable, "-m", "emlrt", "verify", "gone.eml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert lost.returncode == 2
    assert is_one_error_line(lost.stderr)
    assert "gone.eml" in lost.stderr


def test_unforeseen_errors_are_no_traceback(cli, saved, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("emlrt.cli.verify.checks", fail)
    code, _, err = cli("verify", saved["integers"])
    assert code == 2
    assert is_one_error_line(err)
    assert "RuntimeError: two lines" in err
    monkeypatch.setenv("EMLRT_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli("verify", saved["integers"])


# inspect


@pytest.mark.parametrize("more", [1, 2, 5000])
def test_inspect_counts_all_bytes_of_a_file(cli, models, tmp_path, more):
    path, whole = tmp_path / "long.eml", bytes(models["integers"])
    path.write_bytes(whole + bytes(more))
    code, out, err = cli("inspect", path)
    assert code == 1
    assert "(SIZE)" in err
    assert re.search(rf"^bytes +{len(whole) + more} ", out, re.MULTILINE)
    assert re.search(rf"^too many +{more} bytes$", out, re.MULTILINE)
    path.write_bytes(b"x" * 3000)
    assert re.search(r"^bytes +3000$", cli("inspect", path)[1], re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_inspect_says_what_the_model_knows(cli, models, saved, kind):
    model = models[kind]
    code, out, err = cli("inspect", "--json", saved[kind])
    found = json.loads(out)
    assert (code, err, found["ok"]) == (0, "", True)
    assert found["bytes"] == model.nbytes
    assert found["crc32"]["ok"]
    assert found["header"]["work"] == model.work
    assert found["scratch_bytes"] == model.scratch_bytes
    assert found["class_counts"] == list(model.program.class_counts)
    metadata = model.program.metadata
    assert found["metadata"]["labels"] == [c.tolist() for c in metadata.classes]
    assert found["metadata"]["features"] == list(metadata.features)
    assert found["metadata"]["golden"] == 3
    assert sum(s["bytes"] for s in found["stages"]) == sum(
        len(stage.payload) for stage in model.stages
    )
    assert found["stages"][0]["trees"] == 5
    assert found["cost"]["run"] == round(run_cost(model.program))
    assert found["cost"]["open"] == round(open_cost(model.program))
    assert found["cost"]["verify"] == round(verify_cost(model.nbytes))
    assert 0 < found["stages"][0]["instructions"] < found["cost"]["run"]


def test_inspect_counts_splits(cli, forests, models, saved):
    estimator, _, _ = forests["values"]
    splits = sum(int((e.tree_.children_left >= 0).sum()) for e in estimator.estimators_)
    _, out, _ = cli("inspect", "--json", saved["values"])
    (stage,) = json.loads(out)["stages"]
    # Pruning takes splits whose leaves agree; a regressor has few of them.
    assert 0.9 * splits <= stage["splits"] <= splits
    expected = len(models["values"].stages[0].payload) / stage["splits"]
    assert stage["bytes_per_split"] == pytest.approx(expected)


def test_inspect_reads_a_stage_that_writes_nothing(cli, models, tmp_path):
    model = models["values"]
    stage = dtype_of("emlrt_stage")
    at = HEADER.itemsize + 4 * len(model.program.output_sizes)
    at += stage.fields["out_count"][1]
    path = tmp_path / "damaged.eml"
    path.write_bytes(patched(bytes(model), at, bytes(4)))
    code, out, _ = cli("inspect", "--json", path)
    assert code == 1
    found = json.loads(out)
    assert not found["ok"]
    assert "cost" not in found
    assert found["stages"][0]["trees"] == 5


@pytest.mark.parametrize("kind", KINDS)
def test_inspect_prints_tables(cli, models, saved, kind):
    code, out, _ = cli("inspect", saved[kind])
    assert code == 0
    assert str(models[kind].nbytes) in out
    assert models[kind].stages[0].name in out
    assert models[kind].note in out
    assert f"about {round(run_cost(models[kind].program))} instructions" in out


def test_inspect_draws_with_rich_on_a_terminal(models, saved, monkeypatch):
    pytest.importorskip("rich")

    def screen(*arguments):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stdout", terminal)
        emlrt.cli.main(["inspect", str(saved["text labels"]), *arguments])
        return terminal.getvalue()

    op = models["text labels"].stages[0].name
    assert "\x1b[" in screen()
    assert op in screen()
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert "\x1b[" not in screen()
    assert op in screen()


def test_no_color_is_honoured(saved, monkeypatch):
    pytest.importorskip("rich")
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    emlrt.cli.main(["inspect", str(saved["text labels"])])
    codes = terminal.getvalue().split("\x1b[")[1:]
    assert all(int(code.split("m")[0] or 0) < 30 for code in codes)


def test_damaged_files_are_described(cli, models, tmp_path):
    blob, path = bytes(models["text labels"]), tmp_path / "bad.eml"
    path.write_bytes(blob[:-8])
    code, out, err = cli("inspect", path)
    assert code == 1
    assert "missing" in out
    assert models["text labels"].stages[0].name in out
    assert is_one_error_line(err)
    record = HEADER.itemsize + 4 * 3 + dtype_of("emlrt_stage").itemsize + 24 + 4 * 5
    path.write_bytes(patched(blob, record + 4, b"\xff\xff"))
    code, out, err = cli("inspect", "--json", path)
    found = json.loads(out)
    assert code == 1
    assert found["status"] == "PAYLOAD"
    (stage,) = found["stages"]
    assert stage["offset"] <= found["offset"] <= record
    assert f"at offset {found['offset']}" in err


def test_any_damage_is_1_and_one_line(cli, models, tmp_path):
    """Truncations and flips: CRC left as it was, and CRC made to match."""
    blob, path = bytes(models["text labels"]), tmp_path / "bad.eml"
    random = np.random.default_rng(0)
    bad = [blob[:n] for n in random.integers(0, len(blob), 20)]
    head = [*range(HEADER.itemsize), *range(len(blob) - 250, len(blob), 6)]
    for at in [*head, *random.integers(0, len(blob), 40).tolist()]:
        flipped = bytes([blob[at] ^ 1 << random.integers(8)])
        bad.append(patched(blob, at, flipped))
        if at % 4 == 0:
            bad.append(blob[:at] + flipped + blob[at + 1 :])
    for data in bad:
        path.write_bytes(data)
        for command in ("inspect", "verify"):
            code, out, err = cli(command, "--json", path)
            found = json.loads(out)
            assert code == (0 if found["ok"] else 1), (command, out, err)
            assert found["ok"] or is_one_error_line(err)
            if emlrt_refuses(data):
                assert code == 1


def emlrt_refuses(data):
    try:
        emlrt.Model.from_bytes(data)
    except emlrt.FormatError:
        return True
    return False


@pytest.mark.parametrize("data", [b"", b"\n", b"From: a@b\n" * 9, b"\x8eEML" * 30])
def test_what_is_no_blob_is_said_to_be_none(cli, tmp_path, data):
    path = tmp_path / "letter.eml"
    path.write_bytes(data)
    for command in ("inspect", "verify", "embed"):
        code, _, err = cli(command, path)
        assert code == 1
        assert is_one_error_line(err)
        assert "letter.eml" in err
    assert os.listdir(tmp_path) == ["letter.eml"]


# verify


@pytest.mark.parametrize("kind", KINDS)
def test_verify_accepts(cli, saved, kind):
    code, out, err = cli("verify", "--json", saved[kind])
    checks = json.loads(out)["checks"]
    assert (code, err) == (0, "")
    names = ["structure", "crc", "metadata", "work", "selftest"]
    assert [check["name"] for check in checks] == names
    assert all(check["ok"] for check in checks)


@pytest.mark.parametrize(
    ("field", "name"), [("work", "work"), ("total_size", "structure")]
)
def test_verify_finds_a_wrong_header(cli, models, tmp_path, field, name):
    blob, path = bytes(models["integers"]), tmp_path / "bad.eml"
    value = int(np.frombuffer(blob, HEADER, 1)[0][field]) + 4
    path.write_bytes(
        patched(blob, HEADER.fields[field][1], value.to_bytes(4, "little"))
    )
    code, out, err = cli("verify", "--json", path)
    failed = [c["name"] for c in json.loads(out)["checks"] if c["ok"] is False]
    assert (code, failed) == (1, [name])
    assert is_one_error_line(err)


def test_verify_finds_damage(cli, models, tmp_path):
    blob, path = bytes(models["integers"]), tmp_path / "bad.eml"
    failed = {}
    for what, data in {
        "crc": blob[:-1] + bytes([blob[-1] ^ 1]),
        "selftest": patched(blob, len(blob) - 4, bytes([blob[-4] ^ 1])),
        "metadata": patched(blob, models["integers"].strip().nbytes, b"\x09"),
    }.items():
        path.write_bytes(data)
        code, out, _ = cli("verify", "--json", path)
        assert code == 1
        checks = json.loads(out)["checks"]
        failed[what] = [c["name"] for c in checks if c["ok"] is False]
    assert failed == {w: [w] for w in failed}


def test_labels_that_python_cannot_read(cli, models, tmp_path):
    blob, path = bytes(models["integers"]), tmp_path / "bad.eml"
    path.write_bytes(patched(blob, blob.index(b"<i8"), b"<m8"))
    for command in ("inspect", "verify"):
        code, out, err = cli(command, "--json", path)
        assert (code, json.loads(out)["ok"]) == (1, False)
        assert "<m8" in err
    code, out, _ = cli("verify", "--json", path)
    failed = [c["name"] for c in json.loads(out)["checks"] if c["ok"] is False]
    assert failed == ["metadata"]


def deepest(tree, node=0):
    """Splits on the longest path of a scikit-learn tree."""
    if tree.children_left[node] < 0:
        return 0
    return 1 + max(
        deepest(tree, tree.children_left[node]),
        deepest(tree, tree.children_right[node]),
    )


@pytest.mark.parametrize("dtype", ["float32", "int16", "uint8"])
@pytest.mark.parametrize("features", [4, 300, 70000])
def test_work_is_the_sum_of_depths(dtype, features):
    """All record sizes: 4, 6, 8 and 12 bytes. A regressor's trees with leaves
    all different are not pruned, so scikit-learn's depths hold."""
    from sklearn.ensemble import ExtraTreesRegressor

    random = np.random.default_rng(features)
    X = random.integers(0, 256, (60, features))
    forest = ExtraTreesRegressor(4, random_state=0, max_features=2)
    forest.fit(X, random.normal(size=60))
    model = emlrt.Model.from_sklearn(forest, dtype=dtype, X=X)
    depths = sum(deepest(e.tree_) for e in forest.estimators_)
    assert program_work(model.program) == model.work == depths


def test_work_of_lone_leaves_is_1(forests):
    from sklearn.tree import DecisionTreeClassifier

    model = emlrt.Model.from_sklearn(DecisionTreeClassifier().fit([[1], [2]], [3, 3]))
    assert program_work(model.program) == model.work == 1


# predict


def write_csv(path, rows, header=None, **options):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, **options)
        if header is not None:
            writer.writerow(header)
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["csv", "npy"])
def test_predict_gives_the_models_answers(cli, forests, models, saved, kind, form):
    model, X = models[kind], np.asarray(forests[kind][1])
    path = saved[kind].with_suffix(f".{form}")
    np.save(path, X) if form == "npy" else write_csv(path, X.tolist())
    code, out, err = cli("predict", saved[kind], path)
    assert (code, err) == (0, "")
    _, *rows = table(out)
    expected = model.predict(X).reshape(len(X), -1)
    if expected.dtype.kind == "f":
        np.testing.assert_array_equal(np.array(rows, np.float32), expected)
    else:
        assert rows == expected.astype(str).tolist()


@pytest.mark.parametrize("kind", ["text labels", "many labels"])
def test_predict_proba(cli, forests, models, saved, kind, tmp_path):
    X = np.asarray(forests[kind][1])
    np.save(tmp_path / "x.npy", X)
    code, out, _ = cli("predict", "--proba", saved[kind], tmp_path / "x.npy")
    head, *rows = table(out)
    p = models[kind].predict_proba(X)
    p = np.concatenate(p, axis=1) if isinstance(p, list) else p
    k = models[kind].n_outputs_
    assert code == 0
    assert len(head) == k + p.shape[1]
    got = np.array([row[k:] for row in rows], np.float32)
    np.testing.assert_array_equal(got, p.astype(np.float32))
    if k == 1:
        assert head[1:] == [f"proba_{label}" for label in models[kind].classes_]


def test_predict_matches_columns_by_name(cli, forests, models, saved, tmp_path):
    _, frame, y = forests["text labels"]
    mixed = frame[frame.columns[::-1]].copy()
    mixed.insert(2, "label", y)
    mixed.to_csv(tmp_path / "x.csv")  # with an index column, too
    code, out, err = cli(
        "predict", saved["text labels"], tmp_path / "x.csv", "--target", "label"
    )
    expected = models["text labels"].predict(frame)
    assert code == 0
    assert [row[0] for row in table(out)[1:]] == expected.tolist()
    assert f"accuracy {accuracy_score(y, expected):.6f}" in err
    code, out, err = cli(
        "predict", saved["text labels"], write_csv(tmp_path / "y.csv", [], list("abcd"))
    )
    assert (code, out) == (2, "")
    assert repr(frame.columns[0]) in err


@pytest.mark.parametrize("kind", ["integers", "booleans"])
def test_predict_scores_numbers_and_booleans(cli, forests, models, saved, kind):
    _, X, y = forests[kind]
    wrong = np.where(np.arange(len(y)) % 3 == 0, np.roll(y, 60), y)
    path = saved[kind].with_suffix(".csv")
    rows = np.concatenate([X, wrong[:, None].astype(object)], axis=1)
    write_csv(path, rows.tolist())
    code, out, _ = cli("predict", "--json", saved[kind], path, "--target", 5)
    found = json.loads(out)
    assert code == 0
    assert found["accuracy"] == accuracy_score(wrong, models[kind].predict(X))
    assert found["predictions"] == models[kind].predict(X).tolist()


def test_predict_scores_values_over_blocks(
    cli, forests, models, saved, tmp_path, monkeypatch
):
    monkeypatch.setattr("emlrt.cli.predict._BLOCK", 7)
    _, X, Y = forests["many values"]
    rows = np.concatenate([np.asarray(X), Y], axis=1).tolist()
    path = write_csv(tmp_path / "x.csv", rows, list("abcdef"))
    targets = [word for name in "def" for word in ("--target", name)]
    output = tmp_path / "y.csv"
    code, out, _ = cli(
        "predict", "--json", saved["many values"], path, *targets, "-o", output
    )
    found = json.loads(out)
    predicted = models["many values"].predict(X)
    assert code == 0
    assert "predictions" not in found
    expected = r2_score(Y, predicted, multioutput="raw_values")
    np.testing.assert_allclose(found["r2"], expected, rtol=1e-12)
    got = np.array(table(output.read_text())[1:], np.float32)
    np.testing.assert_array_equal(got, predicted)


def test_predict_reads_stdin(models, saved, forests):
    X = np.asarray(forests["integers"][1])
    command = [sys.executable, "-m", "emlrt", "predict", saved["integers"], "-"]
    numpy_file = io.BytesIO()
    np.save(numpy_file, X)
    text = "\n".join(",".join(map(str, row)) for row in X).encode()
    for data in (numpy_file.getvalue(), text):
        done = subprocess.run(command, input=data, capture_output=True, check=True)
        answers = done.stdout.decode().split()[1:]
        assert answers == models["integers"].predict(X).astype(str).tolist()


def test_truths_in_a_csv(cli, saved, models, tmp_path):
    """As pandas writes them: 1 and 0, in columns of nothing else."""
    model, path = models["integers"], tmp_path / "x.csv"
    n = model.n_features_in_
    rows = np.zeros((4, n), int)
    rows[:, 0], rows[:, 1] = [1, 0, 0, 1], [3, 4, 5, 6]

    def predicted(column):
        """With a column's cells in place of the first one's."""
        cells = [[cell, *row[1:]] for cell, row in zip(column, rows, strict=True)]
        return cli("predict", saved["integers"], write_csv(path, cells))

    want = predicted(["1", "0", "0", "1"])
    assert want[0] == 0
    assert predicted(["True", "False", "False", "True"]) == want
    for column in (["1", "False", "0", "1"], ["True", "False", "0", "True"]):
        code, _, err = predicted(column)
        assert code == 2
        assert "in a column of True and False and of numbers" in err


def test_predict_takes_csv_as_it_comes(cli, models, saved, tmp_path):
    """A byte-order mark, CRLF, blank lines, quotes, other delimiters."""
    model, path = models["integers"], tmp_path / "x.csv"
    X = [[50, 33, 14, 2], [65, 30, 58, 22]]
    expected = ["prediction", *model.predict(X).astype(str)]
    for data, options in {
        b"\xef\xbb\xbf50,33,14,2\r\n65,30,58,22\r\n": [],
        b'\n"50", 33,14,2\n\n6.5e1,30.0,58,22': [],
        b"a,b,c,d\n50,33,14,2\n65,30,58,22\n": [],
        b"1,2,3,4\n50,33,14,2\n65,30,58,22\n": ["--header", "yes"],
        b"50;33;14;2\n65;30;58;22\n": ["--delimiter", ";"],
        b"50\t33\t14\t2\n65\t30\t58\t22\n": ["--delimiter", "\\t"],
    }.items():
        path.write_bytes(data)
        code, out, err = cli("predict", saved["integers"], path, *options)
        assert (code, err) == (0, ""), data
        assert out.split() == expected, data


def test_predict_takes_missing_values_where_the_model_does(
    cli, models, saved, tmp_path
):
    path = tmp_path / "x.csv"
    path.write_text("5.1,,1.4,NA\n,nan,4.5,1.5\n")
    X = np.array([[5.1, np.nan, 1.4, np.nan], [np.nan, np.nan, 4.5, 1.5]])
    code, out, _ = cli("predict", saved["missing"], path, "--header", "no")
    assert code == 0
    assert out.split()[1:] == models["missing"].predict(X).tolist()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1,2,3,4\n1,2,x,4\n", "line 2, column 3"),
        ("a,b,c,d\n1,2,3,4\n\n1,2,3,1_000\n", "line 4, column 4 (d)"),
        ("1,2,3,4\n1,2,3\n", "line 2"),
        ("1,2,3,4\n1,2,3,4,5\n", "line 2"),
        ("1,2,3\n", "3 columns"),
        ("1,2,x,4\n", "line 1, column 3"),
        ("1,2,3,4\n1,inf,3,4\n", "line 2, column 2"),
        ("1,2,3,4\n1,2,1e39,4\n", "line 2, column 3"),
        ('1,2,3,4\n"1,2,3,4\n', "line 2"),
        ("", "empty"),
        ("1,2,3,4\n1,2,\xff,4\n", "UTF-8"),
    ],
)
def test_predict_names_the_bad_cell(cli, saved, tmp_path, text, place):
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("latin-1"))
    code, _, err = cli("predict", saved["integers"], path, "-o", tmp_path / "y.csv")
    assert code == 2
    assert is_one_error_line(err)
    assert place in err
    assert "x.csv" in err
    assert not (tmp_path / "y.csv").exists()


@pytest.mark.parametrize(
    ("value", "reason"), [("3.5", "int16"), ("40000", "int16"), ("", "missing")]
)
def test_predict_refuses_what_integers_cannot_hold(
    cli, forests, tmp_path, value, reason
):
    estimator, X, _ = forests["integers"]
    model = tmp_path / "m.eml"
    emlrt.Model.from_sklearn(estimator, dtype="int16", X=X).save(model)
    path = tmp_path / "x.csv"
    path.write_text(f"1,2,3,4\n1,2,3,{value}\n")
    code, _, err = cli("predict", model, path)
    assert code == 2
    assert f"{path}, line 2, column 4" in err
    assert reason in err


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(4),
        np.zeros((2, 5)),
        np.zeros((2, 4), "M8[s]"),
        np.array([["1"] * 4]),
        np.array([[np.inf] * 4]),
        np.array([[None] * 4]),
    ],
)
def test_predict_refuses_other_arrays(cli, saved, tmp_path, array):
    np.save(tmp_path / "x.npy", array)
    code, out, err = cli("predict", saved["integers"], tmp_path / "x.npy")
    assert code == 2
    assert is_one_error_line(err)
    assert "x.npy" in err
    assert len(out.splitlines()) <= 1


def test_predict_refuses_wrong_options(cli, saved, tmp_path):
    path = write_csv(tmp_path / "x.csv", [[1, 2, 3, 4, 5]], list("abcde"))
    for kind, arguments, words in [
        ("values", ["--proba"], "regressor"),
        ("integers", ["--target", "z"], "'z'"),
        ("integers", ["--target", "d", "--target", "e"], "1 output"),
        ("integers", ["--delimiter", "ab"], "one character"),
    ]:
        code, _, err = cli("predict", saved[kind], path, *arguments)
        assert code == 2
        assert words in err


def test_predict_leaves_old_output_alone_on_errors(cli, saved, tmp_path, monkeypatch):
    monkeypatch.setattr("emlrt.cli.predict._BLOCK", 2)
    output = tmp_path / "y.csv"
    output.write_text("old")
    rows = [[1, 2, 3, 4]] * 9
    path = write_csv(tmp_path / "x.csv", [*rows, [1, 2, 3, "x"]])
    before = sorted(os.listdir(tmp_path))
    assert cli("predict", saved["integers"], path, "-o", output)[0] == 2
    assert output.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == before
    write_csv(path, rows)
    assert cli("predict", saved["integers"], path, "-o", output)[0] == 0
    assert len(output.read_text().splitlines()) == 10


def test_a_reader_that_leaves_is_no_traceback(saved, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((200000, 4)))
    command = [sys.executable, "-m", "emlrt", "predict", saved["integers"]]
    with subprocess.Popen(
        [*command, tmp_path / "x.npy"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 2


# strip


def test_strip_keeps_what_it_is_told_to(cli, models, saved, tmp_path):
    model, output = models["text labels"], tmp_path / "s.eml"
    for keep in ([], ["classes"], ["classes", "golden"]):
        options = [word for part in keep for word in ("--keep", part)]
        code, out, _ = cli(
            "strip", "--json", saved["text labels"], "-o", output, *options
        )
        assert code == 0
        assert output.read_bytes() == bytes(model.strip(*keep))
        assert json.loads(out)["bytes"] == output.stat().st_size
    code, out, _ = cli("inspect", "--json", output)
    tags = [section["tag"] for section in json.loads(out)["sections"]]
    assert tags == ["classes", "golden"]


def test_strip_keeps_the_answers(models, forests):
    X = forests["integers"][1]
    stripped = models["integers"].strip()
    np.testing.assert_array_equal(stripped.scores(X), models["integers"].scores(X))


# Files


def test_replacing_a_link_or_a_pipe(tmp_path):
    target, link, pipe = (tmp_path / name for name in ("target", "link", "pipe"))
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    os.mkfifo(pipe)
    heard = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    with replacing(pipe) as file:
        file.write(b"through")
    reader.join(10)
    assert heard == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


# Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize("rich", [True, False])
def test_progress_shows_on_a_terminal_only(cli, saved, tmp_path, monkeypatch, rich):
    if rich:
        pytest.importorskip("rich")
    else:
        monkeypatch.setitem(sys.modules, "rich.console", None)
    monkeypatch.setattr("emlrt.progress.PATIENCE", 0.0)
    monkeypatch.setattr("emlrt.cli.predict._BLOCK", 100)
    write_csv(tmp_path / "x.csv", [[1, 2, 3, 4]] * 1000)
    arguments = ["predict", str(saved["integers"]), str(tmp_path / "x.csv")]
    arguments += ["-o", str(tmp_path / "y.csv")]
    code, _, err = cli(*arguments)
    assert code == 0
    assert "predicting" not in err
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert emlrt.cli.main(arguments) == 0
    assert "predicting" in terminal.getvalue()


# demo


def test_demo(cli, tmp_path):
    path = tmp_path / "digits.eml"
    code, out, err = cli("demo", "--json", "-o", path)
    found = json.loads(out)
    assert code == 0
    assert "train" in err
    assert [model["model"] for model in found["models"]] == [
        "float32",
        "int16",
        "uint8",
    ]
    for model in found["models"]:
        assert model["agreement"] == 1
        assert model["accuracy"] == found["sklearn_accuracy"] > 0.9
    assert found["models"][0]["bytes"] == path.stat().st_size
    for result in found["emulated"]:
        assert "missing" in result or (
            result["agreement"] == 1 and 0 < result["instructions"] < 20000
        )
    if os.environ.get("CI"):
        targets = [r["target"] for r in found["emulated"]]
        assert targets == ["cortex-m0plus"] * 3 + ["cortex-m4f"] * 3


def test_demo_has_its_result_on_the_first_screen(cli, tmp_path):
    path = tmp_path / "digits.eml"
    code, out, err = cli("demo", "-o", path)
    assert code == 0
    lines = [*err.splitlines(), *out.splitlines()]
    assert len(lines) < 60
    assert "100.0%" in "".join(lines[:24])
    assert "emlearn" in "".join(lines[:28])
    assert sum("@@" in line for line in lines) >= 6
    for command in ("embed", "export arduino", "inspect"):
        assert f"emlrt {command} {path}" in out


@pytest.mark.parametrize(
    ("estimator", "kind"),
    [(StandardScaler(), "transformer"), (KMeans(2, n_init=1), "clusterer")],
    ids=["scaler", "clusters"],
)
def test_models_of_other_kinds(cli, estimator, kind, tmp_path):
    """Transformers and clusterers say what they are, and answer."""
    X = np.arange(12.0).reshape(4, 3) ** 2
    model = emlrt.Model.from_sklearn(estimator.fit(X))
    model.save(tmp_path / "m.eml")
    np.save(tmp_path / "x.npy", X)
    code, out, _ = cli("inspect", tmp_path / "m.eml")
    assert code == 0
    assert kind in out
    assert "bytes/split" not in out
    code, out, _ = cli("predict", tmp_path / "m.eml", tmp_path / "x.npy")
    assert code == 0
    want = model.transform(X) if kind == "transformer" else model.predict(X)
    got = np.array(table(out)[1:], float)
    np.testing.assert_allclose(got, want.reshape(4, -1), rtol=1e-6)


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_closed_streams(closed, monkeypatch):
    """Python has None for a stream that was closed before it started."""
    monkeypatch.setattr(sys, closed, None)
    blob = Path(__file__).parents[1] / "golden" / "v1" / "vote_f32.eml"
    assert emlrt.cli.main(["inspect", str(blob)]) == 0
    assert emlrt.cli.main(["inspect", "no such file"]) == 2


def test_demo_writes_what_the_quick_start_does_not(capsys):
    """Nor does it ask for packages by any name but an extra's."""
    from emlrt.cli import demo
    from emlrt.emulate import ToolMissing

    parser = argparse.ArgumentParser()
    demo.add(parser)
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert parser.parse_args([]).output not in readme
    for tool in ("unicorn", "elftools"):
        assert "pip install 'emlrt[emulate]'" in str(ToolMissing(tool))
    model = Model.from_sklearn(DecisionTreeClassifier().fit([[0], [1]], [0, 1]))
    demo._print_usage("digits.eml", model)
    out = capsys.readouterr().out
    assert "emlrt embed digits.eml -o digits_eml.h" in out
    assert '#include "digits_eml.h"' in readme
