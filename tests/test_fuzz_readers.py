# SPDX-License-Identifier: MIT
"""10^5 files that no library wrote: each is read, or refused by one clear error.

By atheris, which looks for inputs that reach new lines, from small real files on.
See fuzz_readers/.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "fuzz_readers"
#: Inputs of each reader; 10^5 in all.
RUNS = {"xgboost": 30000, "lightgbm": 30000, "catboost": 20000, "onnx": 20000}


def test_every_reader_is_here():
    assert set(RUNS) == {
        path.name.removesuffix("_target.py") for path in FOLDER.glob("*_target.py")
    }
    assert sum(RUNS.values()) >= 10**5


@pytest.mark.parametrize("name", RUNS)
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
            str(RUNS[name]),
            str(found),
            str(seeds),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=1500,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert f"Done {RUNS[name]} " in done.stderr
