# SPDX-License-Identifier: MIT
"""Thousands of files a reader that no library wrote: read, or refused by one error.

By atheris, which looks for inputs that reach new lines, from small real files on.
See fuzz_readers/; `make soak` tries more.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from draws import draws

FOLDER = Path(__file__).parents[2] / "fuzz_readers"
READERS = (
    "xgboost",
    "lightgbm",
    "catboost",
    "treelite",
    "onnx",
    "keras",
    "metadata",
)
#: Files a reader; `make soak` asks for more.
RUNS = int(os.environ.get("EMLRT_READER_RUNS", draws(20_000)))


def test_every_reader_is_here():
    found = {
        path.name.removesuffix("_target.py") for path in FOLDER.glob("*_target.py")
    }
    assert found == set(READERS)
    assert all(any((FOLDER / "seeds" / name).iterdir()) for name in READERS)


@pytest.mark.parametrize("name", READERS)
def test_files_of_nobody(name, tmp_path):
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not on the index for this Python")
    seeds = FOLDER / "seeds" / name
    found = tmp_path / "corpus"
    found.mkdir()
    done = subprocess.run(
        [
            sys.executable,
            str(FOLDER / "run.py"),
            name,
            str(RUNS),
            str(found),
            str(seeds),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=max(1500, RUNS // 20),
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert f"Done {RUNS} " in done.stderr
