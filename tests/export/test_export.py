# SPDX-License-Identifier: MIT
"""What an export writes: whole, reproducible, and nothing lost."""

import errno
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import emlrt
from emlrt import Stream
from emlrt.exports import TARGETS, FolderError, export, files
from emlrt.exports.folder import LIST, write
from emlrt.exports.row import silence
from emlrt.native import OpenStream
from emlrt.signal import Frame, MovingAverage, TimeFeatures, Welch


def contents(folder):
    """Files by their paths."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def taken(target, models):
    """The models that a target takes: a kernel has no floats."""
    return {"digits": models["digits"]} if target == "linux-kernel" else models


#: The command, target by target, in one process.
COMMANDS = """\
import json, sys
from emlrt.cli import main
for command in json.load(sys.stdin):
    assert main(command) == 0, command
"""


@pytest.fixture(scope="module")
def elsewhere(models, tmp_path_factory):
    """A folder with an export of each target, by the command in another process."""
    folder, commands = tmp_path_factory.mktemp("elsewhere"), []
    for name, model in models.items():
        model.save(folder / f"{name}.eml")
    for target in TARGETS:
        paths = [f"{name}.eml" for name in reversed(sorted(taken(target, models)))]
        commands.append(["export", target, *paths, target])
    subprocess.run(
        [sys.executable, "-c", COMMANDS],
        input=json.dumps(commands).encode(),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.mark.parametrize("target", TARGETS)
def test_a_folder_follows_from_its_models_alone(target, models, elsewhere):
    found = contents(elsewhere / target)
    found.pop(LIST)
    assert found == files(target, taken(target, models))


@pytest.mark.parametrize("target", TARGETS)
def test_every_file_is_filled_in(target, models):
    models = taken(target, models)
    made = files(target, models)
    assert {"README.md", "LICENSE"} <= {path.rpartition("/")[2] for path in made}
    for path, data in made.items():
        if path.endswith((".eml", ".in", ".wasm")):
            continue
        text = data.decode("utf-8")
        assert not re.search(r"@[A-Z_]+@", path + text), path
        assert text.endswith("\n"), path
        assert "\r" not in text
        assert "/tmp" not in text.replace("/tmp/build", "")
    for name in models:
        own = rf"\b{name}(_example\.(c|mjs|py)|\.rs)$"
        assert any(re.search(own, path) for path in made), name


@pytest.mark.parametrize("target", TARGETS)
def test_a_folder_without_models_has_the_runtime(target):
    made = files(target)
    paths = " ".join(made)
    assert "_example" not in paths
    assert "emlrt.h" in paths or "emlrt_amalgamated.h" in paths


def test_the_list_is_one_that_sha256sum_reads(models, tmp_path):
    export("amalgamation", tmp_path / "out", models)
    lines = (tmp_path / "out" / LIST).read_text().splitlines()
    found = contents(tmp_path / "out")
    assert len(lines) == len(found) - 1
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256(found[name]).hexdigest() == digest


def test_what_others_put_there_stays(models, tmp_path):
    folder = tmp_path / "out"
    paths = export("cmake", folder, models)
    assert sorted(paths) == sorted(set(contents(folder)) - {LIST})
    (folder / "build").mkdir()
    (folder / "build/mine").write_text("mine")
    export("cmake", folder, {"line": models["line"]})
    found = contents(folder)
    assert found.pop("build/mine") == b"mine"
    del found[LIST]
    assert found == files("cmake", {"line": models["line"]})


@pytest.mark.parametrize("name", ["LICENSE", "models/line_eml.h"])
def test_a_file_that_was_changed_is_not_lost(name, models, tmp_path):
    folder = tmp_path / "out"
    export("cmake", folder, models)
    (folder / name).write_text("mine")
    before = contents(folder)
    with pytest.raises(FolderError, match=f"{name} in it was changed"):
        export("cmake", folder, {"digits": models["digits"]})
    assert contents(folder) == before


def test_a_file_in_the_way_is_not_lost(models, tmp_path):
    folder = tmp_path / "out"
    export("cmake", folder, {"line": models["line"]})
    (folder / "models/digits.eml").write_bytes(b"mine")
    before = contents(folder)
    with pytest.raises(FolderError, match=r"models/digits\.eml in it is no export's"):
        export("cmake", folder, models)
    assert contents(folder) == before


def test_a_folder_with_other_files_is_refused(models, tmp_path):
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(FolderError, match="holds notes, which no export has made"):
        export("cmake", tmp_path, models)
    assert contents(tmp_path) == {"notes": b"mine"}
    with pytest.raises(NotADirectoryError, match="is a file"):
        export("cmake", tmp_path / "notes", models)


def test_a_list_names_no_file_outside(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    folder = tmp_path / "out"
    folder.mkdir()
    lines = [f"{digest}  ../outside", f"{digest}  {outside}", f"{digest}  kept"]
    (folder / "kept").write_text("mine")
    (folder / LIST).write_text("\n".join(lines))
    write(folder, {"new": b"new"})
    assert outside.read_text() == "mine"
    assert set(contents(folder)) == {"new", LIST}


@pytest.mark.parametrize("empty", [False, True])
def test_nothing_is_left_of_an_export_that_fails(empty, tmp_path, monkeypatch):
    """On a full disk, of which a write's error names no file."""
    folder, write_bytes = tmp_path / "out", Path.write_bytes

    def late(path, data):
        if path.name == "second":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_bytes(path, data)

    if empty:
        folder.mkdir()
    monkeypatch.setattr(Path, "write_bytes", late)
    with pytest.raises(OSError, match="No space") as raised:
        write(folder, {"first": b"1", "second": b"2"})
    assert raised.value.filename == str(folder)
    assert list(tmp_path.rglob("*")) == [folder] * empty


def test_what_a_killed_export_left_is_no_hindrance(models, tmp_path):
    (tmp_path / f".LICENSE.{'0' * 16}.tmp").write_bytes(b"half")
    export("amalgamation", tmp_path, models)
    assert "emlrt.c" in contents(tmp_path)


def test_an_empty_folder_is_filled(models, tmp_path):
    folder = tmp_path / "out"
    (folder / "empty").mkdir(parents=True)
    before = folder.stat().st_ino
    export("amalgamation", folder, models)
    assert "emlrt.c" in contents(folder)
    assert folder.stat().st_ino == before, "a shell that is in it sees nothing"


@pytest.mark.parametrize("moved", range(4))
def test_filling_a_folder_goes_on_where_it_was_ended(moved, tmp_path, monkeypatch):
    folder, data = tmp_path / "out", {"a": b"a", "b/c": b"c", "d": b"d"}
    folder.mkdir()
    real, left = os.replace, list(range(moved))

    def replace(*paths):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        real(*paths)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write(folder, data)
    monkeypatch.undo()
    assert len(contents(folder)) == moved
    write(folder, data)
    assert {name: contents(folder)[name] for name in data} == data
    assert len(contents(folder)) == len(data) + 1


def test_a_list_that_is_no_text_is_no_export(tmp_path):
    (tmp_path / LIST).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FolderError, match=f"holds {LIST}, which no export has made"):
        write(tmp_path, {"a": b"a"})


def test_errors_of_a_disk_name_the_folder(tmp_path):
    folder = tmp_path / ("n" * 250)
    with pytest.raises(OSError, match="too long") as caught:
        write(folder, {"a": b"a"})
    assert caught.value.filename == str(folder)


def test_no_module_of_rust_has_the_name_of_another_thing(models):
    library = files("rust", {"line": models["line"]})["src/lib.rs"].decode()
    types = re.findall(r"^pub (?:struct|type) (\w+)", library, re.MULTILINE)
    assert {"emlrt_model", "emlrt_status", "c_int"} < {*types}
    roots = re.findall(r"^use (\w+)::", library, re.MULTILINE)
    assert roots == ["core"]
    for name in [*types, *roots, "Self", "main", "emlrt_sys", "Lib", "Layout"]:
        with pytest.raises(ValueError, match=f"Rust is not called {name}; give it"):
            files("rust", {name: models["line"]})


def test_errors_say_what_to_do(models, tmp_path):
    with pytest.raises(ValueError, match="no target 'arduin'; targets are amalgam"):
        export("arduin", tmp_path / "out", models)
    with pytest.raises(ValueError, match="'9 lives' is no C identifier"):
        export("cmake", tmp_path / "out", {"9 lives": models["line"]})
    with pytest.raises(ValueError, match="emlrt is the runtime's own name"):
        export("cmake", tmp_path / "out", {"emlrt": models["line"]})
    with pytest.raises(ValueError, match="two models are called line"):
        export(
            "cmake", tmp_path / "out", dict.fromkeys(("Line", "line"), models["line"])
        )
    with pytest.raises(ValueError, match="a model of Rust is not called match"):
        export("rust", tmp_path / "out", {"match": models["line"]})
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def large():
    """A model of more bytes than an array of a header takes."""
    ridge = Ridge().fit(np.zeros((2, 600)), np.zeros((2, 600)))
    return {"large": emlrt.Model.from_sklearn(ridge)}


def test_a_large_model_is_a_file_or_refused(large):
    assert large["large"].nbytes > 1 << 20
    for target in TARGETS:
        if target in ("cmake", "esp-idf", "micropython", "rust", "wasm"):
            made = files(target, large)
            (path,) = [path for path in made if path.endswith("large.eml")]
            assert made[path] == bytes(large["large"])
            others = [p for p in made if p not in (path, "emlrt_amalgamated.h")]
            assert max(len(made[p]) for p in others) < 1e6
        else:
            bytes_of = r"large has \d+ bytes, too many"
            why = "large has float32 inputs" if target == "linux-kernel" else bytes_of
            with pytest.raises(ValueError, match=why):
                files(target, large)


def test_the_command_line(cli, models, tmp_path):
    models["line"].save(tmp_path / "line.eml")
    code, out, _ = cli("export", "zephyr", tmp_path / "line.eml", tmp_path / "out")
    assert code == 0
    assert re.fullmatch(r".*out: \d+ files for zephyr \(see README.md\)\n", out)
    code, _, err = cli("export", "zephyr", tmp_path / "line.eml")
    assert code == 2
    assert "is a file, not a folder" in err
    (tmp_path / "b").mkdir()
    models["line"].save(tmp_path / "b/line.eml")
    pair = tmp_path / "line.eml", tmp_path / "b/line.eml"
    code, _, err = cli("export", "zephyr", *pair, tmp_path / "other")
    assert code == 2
    assert "two models would be called line; rename" in err
    code, _, err = cli("export", "zefyr", tmp_path / "other")
    assert code == 2
    assert "zephyr" in err
    assert not (tmp_path / "other").exists()


PAGE = (Path(__file__).parents[2] / "docs/EXPORT.md").read_text()


def test_the_page_has_every_target():
    assert tuple(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE)) == TARGETS


def test_the_page_s_examples_run(cli, models, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```(?:python|sh)\n(.*?)^```$", PAGE, re.M | re.S)
    shell, python = blocks[:2]
    exec(compile(python, "EXPORT.md", "exec"), {})
    assert Path("iris-cmake/models/iris.eml").is_file()
    models["digits"].save("digits.eml")
    (line,) = shell.splitlines()
    assert cli(*line.split()[1:])[0] == 0
    assert Path("libraries/emlrt/library.properties").is_file()


RULES = {
    "none": {},
    "offset": {"offset": np.tile([0, 1000, -500], 32)},
    "int16": {"dtype": "int16"},
}


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_silence_is_what_the_device_reads(rule, filtered):
    rng = np.random.default_rng(0)
    sizes = np.array([0.0, 1000.0, -500.0])
    recordings = [np.round(rng.normal(size=(99, 3)) + sizes, 2) for _ in range(2)]
    rows, y = Frame(32, 16).cut(recordings, [0.5, 2.5])
    steps = [MovingAverage(3)] * filtered + [Frame(32, 16), TimeFeatures(["max"])]
    options = dict(RULES[rule])
    if rule == "int16":
        options |= {"X": rows, "inputs": emlrt.to_int16(rows)}
    forest = RandomForestRegressor(9, random_state=0)
    fitted = make_pipeline(*steps, forest).fit(rows, y)
    model = emlrt.Model.from_sklearn(fitted, **options)
    stream = OpenStream(bytes(model), 0, model.stream_bytes)
    zeros = np.zeros(model.window.length, model.input_dtype)
    (scores,) = stream.push(zeros, None)
    assert silence(model).tobytes() == np.asarray(scores).tobytes()
    if rule == "none":
        return
    plain = Stream(model).push_scores(np.zeros((32, 3)))[0]
    assert silence(model).tobytes() != plain.tobytes(), "the rule tells nothing"


def test_a_row_that_the_model_refuses_wants_golden_vectors(tmp_path):
    known = np.array([[1.0], [2.0]] * 4)
    steps = make_pipeline(OneHotEncoder(), Ridge()).fit(known, known[:, 0])
    model = emlrt.Model.from_sklearn(steps)
    with pytest.raises(ValueError, match=r"unknown category 0.*; give it rows by"):
        export("cmake", tmp_path / "out", {"m": model})
    export("cmake", tmp_path / "out", {"m": model.with_golden(known)})


@pytest.mark.parametrize("rate", [None, 50, 0.1, 1e9])
def test_a_module_of_rust_has_the_rate(rate):
    rows = np.random.default_rng(0).normal(size=(9, 32))
    welch = Welch(1.0 if rate is None else rate)
    fitted = make_pipeline(Frame(32), welch, Ridge()).fit(rows, rows[:, 0])
    made = files("rust", {"m": emlrt.Model.from_sklearn(fitted)})["src/m.rs"].decode()
    found = re.findall(r"^pub const RATE: f32 = (.*);$", made, re.MULTILINE)
    known = [] if rate is None else [np.float32(rate)]
    assert [np.float32(each) for each in found] == known
    assert all("." in each or "e" in each for each in found), "a float of Rust"


@pytest.mark.parametrize("kind", ["estimator", "path", "deployed", "list", "alone"])
def test_what_is_no_model_is_refused_by_its_kind(tmp_path, kind):
    X = np.eye(3)
    estimator = Ridge().fit(X, X[:, 0])
    model = emlrt.convert(estimator)
    deployed = emlrt.DeployedRegressor(Ridge()).fit(X, X[:, 0])
    given = {
        "estimator": ({"a": estimator}, "a is a Ridge, not an emlrt.Model"),
        "path": ({"a": "a.eml"}, "a is a str, not an emlrt.Model"),
        "deployed": ({"a": deployed}, "a is a DeployedRegressor, not an emlrt.Model"),
        "list": ([model], "models are a dict"),
        "alone": (model, "models are a dict"),
    }
    models, words = given[kind]
    for target in TARGETS:
        with pytest.raises(TypeError, match=words):
            export(target, tmp_path / target, models)
    assert not list(tmp_path.iterdir())
