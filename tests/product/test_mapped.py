# SPDX-License-Identifier: MIT
"""Models that read a file's pages: the same model, and the same errors."""

from __future__ import annotations

import copy
import io
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsRegressor

from emlrt import FormatError, Model

X, y = load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def model() -> Model:
    forest = RandomForestClassifier(10, random_state=0).fit(X, y)
    return Model.from_sklearn(forest).with_golden(X[::30])


@pytest.fixture
def path(model: Model, tmp_path: Path) -> Path:
    model.save(tmp_path / "model.eml")
    return tmp_path / "model.eml"


def test_it_is_the_same_model(model: Model, path: Path) -> None:
    found = Model.load(path, mmap=True)
    assert found == model
    assert model == found
    assert hash(found) == hash(model)
    assert {model: 1}[found] == 1
    assert bytes(found) == bytes(model)
    assert (found.nbytes, repr(found)) == (model.nbytes, repr(model))
    assert found.stages == model.stages
    assert found.selftest()
    for rows in (X[:1], X):
        assert (found.predict_proba(rows) == model.predict_proba(rows)).all()


def test_copies_and_files_of_it(model: Model, path: Path, tmp_path: Path) -> None:
    found = Model.load(path, mmap=True)
    for copied in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        assert copied == model
        assert type(copied._blob) is bytes
    assert copy.copy(found) == model
    assert found.strip() == model.strip()
    assert found.with_golden(X[:2]) == model.with_golden(X[:2])
    found.save(tmp_path / "again.eml")
    assert (tmp_path / "again.eml").read_bytes() == bytes(model)
    assert pickle.loads(pickle.dumps(found.stages)) == model.stages
    assert copy.deepcopy(found.program).stages == model.stages


def test_another_file_in_its_place(model: Model, path: Path) -> None:
    found = Model.load(path, mmap=True)
    found.strip().save(path)
    assert (found.predict(X) == model.predict(X)).all()
    assert Model.load(path, mmap=True) == model.strip()
    path.unlink()
    assert found == model


def test_what_has_no_path(model: Model, path: Path) -> None:
    stream = io.BytesIO(bytes(model))
    with pytest.raises(TypeError, match="mmap=True takes the path of a file, not"):
        Model.load(stream, mmap=True)
    with (
        path.open("rb") as file,
        pytest.raises(TypeError, match=r"model\.eml: mmap=True takes the path"),
    ):
        Model.load(file, mmap=True)
    with pytest.raises(TypeError, match="a path or an open binary file"):
        Model.load(bytes(model), mmap=True)  # type: ignore[arg-type]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FormatError, match="pipe: no regular file, but a pipe"):
        Model.load(tmp_path / "pipe", mmap=True)
    with pytest.raises(FileNotFoundError):
        Model.load(tmp_path / "none", mmap=True)


def test_damaged_files(model: Model, path: Path) -> None:
    """Each is refused in the words of one that is read."""
    blob = bytes(model)
    rng = np.random.default_rng(0)
    flips = [
        (int(at), int(bit)) for at, bit in rng.integers(0, (len(blob), 8), (60, 2))
    ]
    damaged = [blob[:n] for n in (0, 3, 47, 48, 100, len(blob) - 1)]
    damaged += [blob + bytes(4), b"\x1f\x8b" + blob]
    for at, bit in flips:
        octets = bytearray(blob)
        octets[at] ^= 1 << bit
        damaged.append(bytes(octets))
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(FormatError) as read:
            Model.load(path)
        with pytest.raises(FormatError) as mapped:
            Model.load(path, mmap=True)
        assert str(mapped.value) == str(read.value)
        assert (mapped.value.status, mapped.value.offset) == (
            read.value.status,
            read.value.offset,
        )


CHILD = """
import sys, numpy as np
from emlrt import Model
model = Model.load(sys.argv[1], mmap=True)
X = np.load(sys.argv[2])
print(model.predict(X).tobytes().hex())
with open("/proc/self/smaps") as file:
    lines = file.read().split("\\n")
at = next(k for k, line in enumerate(lines) if line.endswith(sys.argv[1]))
print(*(line.split()[1] for line in lines[at:at + 24] if line.startswith("Private_D")))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_two_processes_share_its_pages(tmp_path: Path) -> None:
    fit = KNeighborsRegressor(3, algorithm="brute").fit(
        np.tile(X, (40, 1)), np.tile(y, 40)
    )
    made = Model.from_sklearn(fit)
    made.save(tmp_path / "knn.eml")
    np.save(tmp_path / "x.npy", X[:20].astype("f4"))
    files = [str(tmp_path / name) for name in ("knn.eml", "x.npy")]
    command = [sys.executable, "-c", CHILD, *files]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in "12"
    ]
    for process in started:
        said = process.communicate(timeout=120)[0].splitlines()
        assert bytes.fromhex(said[0]) == made.predict(X[:20].astype("f4")).tobytes()
        assert said[1] == "0"  # kB that only this process has


def test_a_blob_at_an_odd_address(model: Model, path: Path) -> None:
    """Bytes of Python lie where C reads them; a part of them is copied."""
    from emlrt.native import Runtime

    shifted = memoryview(b"." + bytes(model))[1:]
    runtime = Runtime(shifted)
    rows = X.astype("f4")
    assert (runtime.scores(rows) == model.scores(rows)).all()


def test_payloads_are_bytes_each_time(path: Path) -> None:
    stage = Model.load(path, mmap=True).stages[0]
    assert type(stage.payload) is bytes
    assert stage.payload_bytes == len(stage.payload)


@pytest.mark.parametrize("mmap", ["yes", 1, None])
def test_what_is_no_bool(path: Path, mmap: Any) -> None:
    with pytest.raises(ValueError, match=f"mmap is True or False, not {mmap!r}"):
        Model.load(path, mmap=mmap)
