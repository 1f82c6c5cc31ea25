# SPDX-License-Identifier: MIT
"""Output files: complete or untouched, nothing left behind, no input written over."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from emlrt import Model
from emlrt.files import LEFT_OVER, replacing

X = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], np.float32)
MODEL = Model.from_sklearn(DecisionTreeClassifier().fit(X, [0, 1, 0]))
posix = pytest.mark.skipif(os.name != "posix", reason="links, signals and locks")

#: Says that the temporary file is open, and then waits to be killed.
WRITER = """
import sys, time
from emlrt.files import replacing
with replacing(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    print("open", flush=True)
    time.sleep(600)
"""


def age(path, seconds=LEFT_OVER + 60):
    then = time.time() - seconds
    os.utime(path, (then, then))


def beside(folder, name):
    """The files of a folder but one."""
    return sorted(path for path in os.listdir(folder) if path != name)


@pytest.fixture
def writer():
    """A function: a process that writes a file and never ends."""
    started = []

    def start(path):
        command = [sys.executable, "-c", WRITER, os.fspath(path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout.readline() == b"open\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@posix
@pytest.mark.parametrize(
    "name", ["m.eml", "gru\u00df \u65e5.eml", "n" * 255, "\u65e5" * 85]
)
def test_what_the_killed_leave_goes_with_the_next_save(tmp_path, writer, name):
    path = tmp_path / name
    MODEL.save(path)
    process = writer(path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (left,) = beside(tmp_path, name)
    assert path.read_bytes() == bytes(MODEL)
    MODEL.save(path)
    assert beside(tmp_path, name) == [left]  # too young to be known as left over
    age(tmp_path / left, LEFT_OVER - 60)
    MODEL.save(path)
    assert beside(tmp_path, name) == [left]
    age(tmp_path / left)
    MODEL.save(path)
    assert beside(tmp_path, name) == []
    assert path.read_bytes() == bytes(MODEL)


@posix
def test_what_is_being_written_stays(tmp_path, writer):
    """However old it looks: its writer, even a stopped one, holds a lock."""
    path = tmp_path / "m.eml"
    process = writer(path)
    (left,) = beside(tmp_path, "m.eml")
    process.send_signal(signal.SIGSTOP)
    age(tmp_path / left)
    MODEL.save(path)
    assert beside(tmp_path, "m.eml") == [left]


def test_only_our_own_goes(tmp_path):
    hexes = "0123456789abcdef"
    others = [
        f".n.eml.{hexes}.tmp",
        f".m.eml.{hexes[:-1]}.tmp",
        f".m.eml.{hexes}0.tmp",
        f".m.eml.{hexes.upper()}.tmp",
        f".m.eml.{hexes}.tmp.bak",
        f"m.eml.{hexes}.tmp",
        f".mXeml.{hexes}.tmp",
        f".m.eml.{hexes}.tmp\n",
        ".m.eml.tmp",
        "m.eml.tmp",
    ]
    for name in others:
        (tmp_path / name).write_bytes(b"x")
        age(tmp_path / name)
    folder = tmp_path / f".m.eml.{hexes[::-1]}.tmp"
    folder.mkdir()
    age(folder)
    ours = tmp_path / f".m.eml.{hexes}.tmp"
    ours.write_bytes(b"x")
    age(ours)
    MODEL.save(tmp_path / "m.eml")
    assert beside(tmp_path, "m.eml") == sorted([*others, folder.name])


@posix
def test_links_and_pipes_of_such_names_stay(tmp_path):
    """A link is not followed, and a pipe that nobody writes does not hang."""
    kept = tmp_path / "kept"
    kept.write_bytes(b"kept")
    age(kept)
    link, pipe = (tmp_path / f".m.eml.{digit * 16}.tmp" for digit in "01")
    link.symlink_to(kept)
    os.mkfifo(pipe)
    age(pipe)
    MODEL.save(tmp_path / "m.eml")
    assert link.is_symlink()
    assert pipe.exists()
    assert kept.read_bytes() == b"kept"


@pytest.mark.parametrize("call", ["scandir", "lstat", "unlink", "open"])
def test_failures_of_cleaning_are_silent(tmp_path, monkeypatch, call):
    left = tmp_path / f".m.eml.{'0' * 16}.tmp"
    left.write_bytes(b"x")
    age(left)
    real = getattr(os, call)

    def refuse(path, *more, **options):
        if call == "scandir" or os.path.basename(path) == left.name:
            raise PermissionError(errno.EACCES, "no", path)
        return real(path, *more, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        MODEL.save(tmp_path / "m.eml")
    assert (tmp_path / "m.eml").read_bytes() == bytes(MODEL)
    assert left.exists()


@pytest.mark.parametrize("name", ["a" * 255, "\u65e5" * 85, "\U0001f600" * 63])
def test_long_names(tmp_path, name):
    path = tmp_path / name
    for data in (b"one", b"two"):
        with replacing(path) as file:
            (temporary,) = beside(tmp_path, name)
            assert len(os.fsencode(temporary)) < 143  # the shortest NAME_MAX we know
            assert re.fullmatch(r"\..+\.[0-9a-f]{16}\.tmp", temporary)
            file.write(data)
        assert path.read_bytes() == data
    assert os.listdir(tmp_path) == [name]
    with pytest.raises(OSError, match=os.strerror(errno.ENAMETOOLONG)):
        MODEL.save(tmp_path / (name + "aaaa"))
    assert os.listdir(tmp_path) == [name]


# Input and output


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with an input of each command, and other names of it."""
    monkeypatch.chdir(tmp_path)
    MODEL.save("m.eml")
    np.save("x.npy", X)
    for name in ("m.eml", "x.npy"):
        os.symlink(name, f"link-{name}")
        os.link(name, f"hard-{name}")
    os.mkdir("sub")
    return tmp_path


def names(name):
    return [
        name,
        f"./sub/../{name}",
        os.path.abspath(name),
        f"link-{name}",
        f"hard-{name}",
    ]


COMMANDS = {
    "strip": ["strip", "m.eml", "-o"],
    "embed": ["embed", "m.eml", "-o"],
    "embed --source": ["embed", "m.eml", "-o", "m.h", "--source"],
    "convert": ["convert", "m.eml", "-o"],
    "predict over MODEL": ["predict", "m.eml", "x.npy", "-o"],
    "predict over INPUT": ["predict", "m.eml", "x.npy", "-o"],
}


@posix
@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_writes_over_its_input(cli, folder, command, more):
    read = "x.npy" if command.endswith("INPUT") else "m.eml"
    before = {path.name: path.lstat() for path in folder.iterdir()}
    data = Path(read).read_bytes()
    for output in names(read):
        code, out, err = cli(*COMMANDS[command], output, *more)
        assert (code, out) == (2, "")
        assert f"{output} is the file {read}, which is read too; name another" in err
    after = {path.name: path.lstat() for path in folder.iterdir()}
    assert after.keys() == before.keys()
    for name, status in before.items():
        assert after[name].st_mtime_ns == status.st_mtime_ns
        assert after[name].st_ino == status.st_ino
    assert Path(read).read_bytes() == data


def test_no_file_is_written_twice(cli, folder):
    for header, source in [("m.h", "m.h"), ("m.h", "sub/../m.h"), ("m.h", "link.h")]:
        if source == "link.h":
            os.symlink("m.h", "link.h")
        code, _, err = cli("embed", "m.eml", "-o", header, "--source", source)
        assert code == 2
        assert f"{source} is the file m.h, which is written too" in err
        assert not Path("m.h").exists()


def test_the_output_that_convert_names_itself(cli, folder):
    code, _, err = cli("convert", "m.eml")
    assert code == 2
    assert "m.eml is the file m.eml, which is read too" in err
    assert Path("m.eml").read_bytes() == bytes(MODEL)


@posix
def test_streams_are_files_too(folder):
    """`<` and `>>` name no file, but the system knows which it is."""

    def run(command, read="/dev/null", append="out"):
        with open(read, "rb") as stdin, open(append, "ab") as stdout:
            line = [sys.executable, "-m", "emlrt", *command]
            done = subprocess.run(
                line, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, check=False
            )
        return done.returncode, done.stderr.decode()

    for command, files in (
        (["strip", "-", "-o", "hard-m.eml"], {"read": "m.eml"}),
        (["strip", "m.eml", "-o", "-"], {"append": "link-m.eml"}),
        (["predict", "m.eml", "x.npy"], {"append": "x.npy"}),
    ):
        code, err = run(command, **files)
        assert code == 2
        assert "read too" in err
    assert Path("m.eml").read_bytes() == bytes(MODEL)
    assert run(["strip", "-", "-o", "/dev/null"], read="m.eml")[0] == 0
    assert run(["strip", "m.eml", "-o", "-"])[0] == 0
    assert run(["predict", "m.eml", "x.npy", "-o", "y.csv"])[0] == 0
    assert run(["predict", "m.eml", "-", "-o", "-"], read="x.npy")[0] == 0


def test_other_outputs_are_written(cli, folder):
    for command in (
        ["strip", "m.eml", "-o", "n.eml"],
        ["strip", "m.eml", "-o", "n.eml"],
        ["embed", "m.eml", "-o", "m.h", "--source", "m.c"],
        ["predict", "m.eml", "x.npy", "-o", "y.csv"],
        ["predict", "m.eml", "x.npy", "-o", os.devnull],
    ):
        code, _, err = cli(*command)
        assert code == 0, err


@pytest.mark.parametrize("device", [False, True])
def test_a_full_disk_is_named(device, tmp_path):
    path = Path("/dev/full") if device else tmp_path / "model.eml"
    if device and not path.exists():
        pytest.skip("needs /dev/full")
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write():
        with replacing(path) as file:
            file.write(b"1")
            if not device:
                raise error

    with pytest.raises(OSError, match="No space left") as raised:
        write()
    assert raised.value.filename == str(path)
