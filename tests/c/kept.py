# SPDX-License-Identifier: MIT
"""Objects of C files, kept on disk by what they are made of.

Many tests compile the whole runtime. All processes of a run share the objects of
equal compilers, flags and contents, and so do later runs. They are in build/objects,
or where EMLRT_BUILD_CACHE says: an object is at CONFIGURATION/CONTENTS/NAME.o, two
hashes and the name of its source.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Folders whose headers a file may include; an edit of one makes all objects old.
HEADERS = [ROOT / "c", ROOT / "tests/c"]
#: Of each name and configuration: today's, and what a change taken back will need.
VERSIONS = 3


def folder() -> Path:
    return Path(os.environ.get("EMLRT_BUILD_CACHE") or ROOT / "build/objects")


def digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "little") + part)
    return whole.hexdigest()[:24]


@functools.cache
def version(compiler: str) -> bytes:
    """What a compiler says of itself."""
    return subprocess.run([compiler, "--version"], capture_output=True).stdout


@functools.cache
def headers() -> bytes:
    found = sorted(path for top in HEADERS for path in top.rglob("*.h"))
    parts = [part for path in found for part in (bytes(path), path.read_bytes())]
    return digest(*parts).encode()


def configuration(command: Sequence[str]) -> Path:
    """The folder of a compiler with its flags."""
    line = "\0".join(command).encode()
    return folder() / digest(version(command[0]), line)


def place(within: Path, source: Path) -> Path:
    """Where the object of a file is, if it has been made."""
    key = digest(headers(), bytes(source), source.read_bytes())
    return within / key / f"{source.stem}.o"


@contextmanager
def alone(within: Path) -> Iterator[None]:
    """One process compiles with a configuration; others wait for its objects."""
    within.mkdir(parents=True, exist_ok=True)
    with open(within / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def objects(command: Sequence[str], files: Sequence[Path]) -> list[Path]:
    """The objects of C files, in their order, compiled where that is not done yet.

    `command` is a compiler that is installed, and its flags.
    """
    within = configuration(command)
    places = [place(within, file) for file in files]
    with alone(within):
        wanted = dict(zip(files, places, strict=True))
        missing = {f: p for f, p in wanted.items() if not p.exists()}
        if missing:
            compile_into(command, missing, within)
    return places


def compile_into(command: Sequence[str], missing: dict[Path, Path], within: Path):
    """Compile files; each object appears as a whole or not at all."""
    with tempfile.TemporaryDirectory(dir=within) as work:
        done = subprocess.run(
            [*command, "-c", *map(str, missing)],
            cwd=work,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        line = " ".join(command)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        for made in missing.values():
            made.parent.mkdir(exist_ok=True)
            os.replace(Path(work, made.name), made)
            forget(within, made.name)


def forget(within: Path, name: str) -> None:
    """Remove all but the last versions of an object."""
    made = sorted(within.glob(f"*/{name}"), key=lambda path: -path.stat().st_mtime)
    for old in made[VERSIONS:]:
        old.unlink()
        old.parent.rmdir()
