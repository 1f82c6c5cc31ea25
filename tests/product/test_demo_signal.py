# SPDX-License-Identifier: MIT
"""`emlrt demo --signal`, on made recordings and on a file like seglearn's."""

import json
import os
import pickle

import numpy as np
import pytest

import emlrt.cli
from emlrt.cli import demo_signal, recordings


def watch_like(path):
    """A file of the same form: a dict of arrays, in an array of no dimensions."""
    rng = np.random.default_rng(0)
    X = np.empty(8, object)
    for k in range(8):
        X[k] = rng.normal(size=(230, 6)) + k % 2
    found = {"X": X, "y": np.arange(8) % 2, "subject": np.arange(8) // 2 + 1}
    np.save(path, {**found, "y_labels": ["PEN", "ABD"]}, allow_pickle=True)
    return path


@pytest.fixture
def no_cores(monkeypatch):
    monkeypatch.setattr(demo_signal, "_TARGETS", ())


def run(capsys, *arguments):
    code = emlrt.cli.main(["demo", "--signal", *arguments])
    return code, capsys.readouterr().out


def check(found):
    assert found["agreement"] == 1
    assert found["accuracy"] > 0.8
    assert found["bytes"] == os.path.getsize(found["output"])


def test_made_recordings_say_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(recordings, "_watch_file", lambda: None)
    path = str(tmp_path / "m.eml")
    code, out = run(capsys, "--json", "-o", path)
    found = json.loads(out)
    assert code == 0
    assert "MADE" in found["source"]
    check(found)
    assert found["windows"] == 2 * 4 * 11
    for result in found["emulated"]:
        assert "missing" in result or result["agreement"] == 1
    if os.environ.get("CI"):
        assert [r["target"] for r in found["emulated"]] == ["cortex-m0", "cortex-m4f"]


def test_recordings_of_a_file(tmp_path, capsys, monkeypatch, no_cores):
    path = watch_like(tmp_path / "watch_dataset.npy")
    monkeypatch.setattr(recordings, "_watch_file", lambda: path)
    monkeypatch.setattr(demo_signal, "_FOLDS", 2)
    code, out = run(capsys, "-o", str(tmp_path / "m.eml"))
    assert code == 0
    assert "8 recordings of a watch, from seglearn" in out
    assert "windows as scikit-learn has them       100.00%" in out
    assert "emlrt_stream_push_f32" in out
    assert set(recordings.recordings().labels) == {"PEN", "ABD"}


def test_a_file_that_would_run_something_is_refused(tmp_path, monkeypatch):
    class Harm:
        def __reduce__(self):
            return os.system, ("true",)

    path = tmp_path / "watch_dataset.npy"
    np.save(path, {"X": Harm()}, allow_pickle=True)
    monkeypatch.setattr(recordings, "_watch_file", lambda: path)
    with pytest.raises(pickle.UnpicklingError, match=r"the recordings name .*system"):
        recordings.recordings()


def test_the_file_is_found_without_an_import(tmp_path, monkeypatch):
    package = tmp_path / "seglearn"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert recordings._watch_file() is None
    path = watch_like(package / "data" / "watch_dataset.npy")
    assert recordings._watch_file() == path
