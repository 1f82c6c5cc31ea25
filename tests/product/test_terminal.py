# SPDX-License-Identifier: MIT
"""What the command line shows: no text of a blob or a file acts on a terminal."""

import ast
import io
import json
import os
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt import Model, blob
from emlrt.cli import COMMANDS, main
from emlrt.metadata import Metadata
from emlrt.texts import acts, shown, shown_json

X = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [0.5, 0.5]], np.float32)
CLI = Path(emlrt.__file__).parent / "cli"

#: A few of each class of characters, and what rich would take for its own.
BAD = {
    "C0": "\x07\x08\x1b\r\n\t\x00",
    "DEL": "\x7f",
    "C1": "\x80\x85\x9b\x9d",
    "formats": "\u00ad\u200b\u200e\u202a\u202e\u2066\u2069\ufeff\U000e0041",
    "lines": "\u2028\u2029",
    "private": "\ue000\U000f0000\U0010fffd",
    "unassigned": "\u0378\U000effff\uffff",
    "escape sequence": "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "markup": "[red]x[/red][link=https://example.org]y[/link][/]:smile:",
}
SURROGATES = "\ud800\udfff\udcff"
GOOD = "grün  日本語　é ☃ 😀 'x' \\u"


def is_safe(text):
    """No character acts but the ends of lines, and what rich draws with."""
    return not any(acts(c) for c in text if c != "\n")


def test_every_code_point():
    categories = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for code in range(sys.maxunicode + 1):
        c = chr(code)
        assert acts(c) == (unicodedata.category(c) in categories)
    assert shown(GOOD) == GOOD
    assert shown("a\x1b\u202e\U000e0041\ud800") == r"a\u001b\u202e\U000e0041\ud800"
    for c in (*"".join(BAD.values()), *SURROGATES):
        text = shown_json(json.dumps({"a": c}, ensure_ascii=False))
        assert is_safe(text)
        assert json.loads(text) == {"a": c}


def test_all_printing_is_in_one_place():
    """No command prints but by `say` and its like; none writes to a stream."""
    for path in CLI.glob("*.py"):
        if path.name == "terminal.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            call = ast.unparse(node.func)
            assert call != "print", f"{path.name}:{node.lineno}"
            assert call not in ("sys.stdout.write", "sys.stderr.write"), path.name
            if call.endswith("stdout.buffer.write"):
                assert path.name == "common.py"  # blobs, and the text of headers


class Terminal(io.TextIOWrapper):
    """A screen that keeps what is written to it."""

    def __init__(self):
        super().__init__(io.BytesIO(), "utf-8", newline="", write_through=True)

    def isatty(self):
        return True

    def getvalue(self):
        return self.buffer.getvalue().decode()


@pytest.fixture
def screen(monkeypatch):
    """A function: runs a command on a terminal; what it shows, rich's codes taken
    away."""

    def run(*arguments, rich=True):
        out, err = Terminal(), Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setenv("TERM", "dumb")
            patch.setenv("NO_COLOR", "1")
            patch.setenv("COLUMNS", "2000")
            if not rich:
                patch.setitem(sys.modules, "rich.console", None)
            code = main(list(map(str, arguments)))
        return code, out.getvalue(), err.getvalue()

    return run


def hostile(text):
    """A model whose every text is this: labels, names, note."""
    y = np.array([text, f"{text}2", text, f"{text}2"], object)
    forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, y)
    model = Model.from_sklearn(forest, note=text, golden=X[:1])
    texts = replace(
        model.program.metadata, features=[text, f"{text} b"], outputs=[text]
    )
    return Model(blob.write(replace(model.program, metadata=texts)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table(path, names):
    lines = [",".join(f'"{name}"' for name in names)]
    lines += [",".join(map(str, row)) for row in X.tolist()]
    path.write_bytes("\n".join(lines).encode() + b"\n")


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("rich", [True, False])
def test_texts_of_a_blob(screen, folder, kind, rich):
    text = BAD[kind]
    model = hostile(text)
    model.save("m.eml")
    np.save("x.npy", X)
    commands = [
        ["inspect", "m.eml"],
        ["verify", "m.eml"],
        ["predict", "m.eml", "x.npy"],
        ["predict", "m.eml", "x.npy", "--proba"],
        ["embed", "m.eml", "-o", "-"],
        ["embed", "m.eml", "-o", "m.h", "--source", "m.c"],
        ["strip", "m.eml", "-o", "n.eml", "--keep", "note"],
    ]
    everything = ""
    for command in commands:
        for more in ([], ["--json"]) if "-" not in command else ([],):
            code, out, err = screen(*command, *more, rich=rich)
            assert code == 0, err
            assert is_safe(out + err), (command, out, err)
            everything += out + err if not more else ""
            if more:
                json.loads(out)
    line = shown(text) if kind != "lines" else "\\u2028"
    assert everything.count(line) >= 6
    found = json.loads(screen("inspect", "--json", "m.eml")[1])
    assert found["metadata"]["labels"] == [c.tolist() for c in [model.classes_]]
    assert found["metadata"]["note"] == text


def test_a_file_holds_labels_as_they_are(screen, folder):
    text = BAD["formats"] + BAD["C1"]
    hostile(text).save("m.eml")
    np.save("x.npy", X)
    assert screen("predict", "m.eml", "x.npy", "-o", "y.csv")[0] == 0
    assert text in Path("y.csv").read_text("utf-8")


@pytest.mark.parametrize("kind", [k for k in BAD if k != "markup"] + ["markup"])
def test_texts_of_tables(screen, folder, kind):
    """Headers and cells of CSV, quoted by errors and by the summary."""
    text = BAD[kind].replace("\x00", "").replace("\n", "").replace("\r", "")
    tree = DecisionTreeClassifier().fit(X, [0, 1, 0, 1])
    model = Model.from_sklearn(tree)
    names = Metadata(features=["a", "b"])
    Model(blob.write(replace(model.program, metadata=names))).save("m.eml")
    table(folder / "more.csv", ["a", "b", text])
    lines = Path("more.csv").read_bytes().splitlines()
    rows = b"".join(line + b",1\n" for line in lines[1:])
    Path("more.csv").write_bytes(lines[0] + b"\n" + rows)
    code, out, err = screen("predict", "m.eml", "more.csv", "-o", "y.csv")
    assert code == 0
    assert shown(text) in err
    assert is_safe(out + err)
    Path("cell.csv").write_text(f'a,b\n1,"{text}"\n', "utf-8", newline="")
    table(folder / "wrong.csv", ["a", text])
    for path in ("cell.csv", "wrong.csv"):
        for more in ([], ["--target", text], ["--delimiter", text]):
            code, out, err = screen("predict", "m.eml", path, *more)
            assert code == 2 or kind == "lines"  # which strip to nothing: missing
            assert is_safe(out + err)
        assert err.strip().count("\n") == 0


NAMES = {
    "controls": "a\x1b[31m\x07\x7f\t\n",
    "C1 and formats": "b\x9b\u202e\u2066\u2028\ue000",
    "no UTF-8": os.fsdecode(b"c\xff\xfe"),
    "markup": "[red]x[bold]:smile:",
}


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("rich", [True, False])
def test_names_of_files(screen, folder, kind, rich):
    name = NAMES[kind]
    try:
        Path(name).mkdir()
    except (OSError, UnicodeError):
        pytest.skip("the file system has no such names")
    os.chdir(name)
    tree = DecisionTreeClassifier().fit(X, [0, 1, 0, 1])
    Model.from_sklearn(tree).save(f"{name}.eml")
    np.save("x.npy", X)
    os.rename("x.npy", f"{name}.npy")
    Path(f"{name}.bad").write_bytes(b"EML?" * 20)
    here = os.path.join("..", name, name)
    good = [
        ["inspect", f"{here}.eml"],
        ["verify", f"{here}.eml"],
        ["predict", f"{here}.eml", f"{here}.npy", "-o", f"{here}.csv"],
        ["embed", f"{here}.eml", "-o", f"{here}.h"],
        ["strip", f"{here}.eml", "-o", f"{here}2.eml"],
    ]
    bad = [[c, f"{here}.bad", *["-o", "y"] * (c == "strip")] for c in COMMANDS[2:4]]
    bad += [["convert", f"{here}.bad"], ["inspect", f"{here}.gone"]]
    bad += [["strip", f"{here}.bad", "-o", "y"], ["embed", f"{here}.bad"]]
    bad += [["strip", f"{here}.eml", "-o", f"{here}/no/y"]]
    bad += [["predict", f"{here}.eml", f"{here}.bad"], ["predict", "x", f"{here}"]]
    bad += [[f"{here}"], ["inspect", f"{here}.eml", f"--{name}"]]
    for command in good + bad:
        for more in ([], ["--json"]):
            code, out, err = screen(*command, *more, rich=rich)
            assert (code == 0) == (command in good), (command, err)
            assert is_safe(out + err), (command, out, err)
            if command in bad:
                assert err.strip().count("\n") == 0
    os.chdir(folder)


def test_names_in_files_of_other_libraries(screen, folder):
    """Errors of readers quote what stands in the file."""
    text = "".join(BAD[k] for k in ("C1", "formats", "private")) + "[red]x[/red]"
    for document in (
        {"learner": {"objective": {"name": text}}, "version": [2, 0, 0]},
        {"learner": {text: {}}, "version": [2, 0, 0]},
        {"oblivious_trees": [], text: 1, "model_info": {"params": {text: text}}},
    ):
        Path("m.json").write_text(json.dumps(document), "utf-8")
        code, out, err = screen("convert", "m.json")
        assert code in (1, 2)
        assert err.strip().count("\n") == 0
        assert is_safe(out + err), err
    lines = ["tree", "version=v4", "num_class=1", f"objective={text}"]
    Path("m.txt").write_text("\n".join(lines) + "\n", "utf-8")
    code, out, err = screen("convert", "m.txt")
    assert code in (1, 2)
    assert is_safe(out + err)


def test_debug_shows_no_more(folder):
    Path("m.eml").write_bytes(b"x" * 99)
    name = "m\x1b[31m\u202e.eml"
    os.rename("m.eml", name)
    done = subprocess.run(
        [sys.executable, "-m", "emlrt", "strip", name, "-o", "y"],
        env={**os.environ, "EMLRT_DEBUG": "1"},
        capture_output=True,
        check=False,
    )
    err = done.stderr.decode()
    assert "Traceback" in err
    assert shown(name) in err
    assert is_safe(err)


def test_the_demo_quotes_its_output(screen, folder, monkeypatch):
    name = "d\x1b[31m\u202e[red]x.eml"
    from emlrt.cli import demo

    missing = {"missing": f"no {BAD['C1']}"}
    monkeypatch.setattr(demo, "_emulations", lambda *arguments: [missing])
    code, out, err = screen("demo", "-o", name)
    assert code == 0
    assert is_safe(out + err), err
    assert out.count(shown(name)) == 5  # its size, and what to do next
    assert shown(name) in err


def test_no_blob_goes_to_a_terminal(screen, folder):
    hostile("\x1b[31m").save("m.eml")
    for command in (["strip", "m.eml", "-o", "-"],):
        code, out, err = screen(*command)
        assert (code, out) == (2, "")
        assert "use -o FILE or a pipe" in err
