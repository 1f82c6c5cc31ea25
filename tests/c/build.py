# SPDX-License-Identifier: MIT
"""Compiling the C runtime and its drivers, for the tests of the C side."""

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
C = HERE.parents[1] / "c"
INCLUDE = f"-I{C / 'include'}"
HOST = f"-I{C / 'host'}"
CLANG = "clang-14"
SANITIZE = [
    "-gline-tables-only",
    "-O1",
    "-fsanitize=address,undefined,unsigned-integer-overflow,unsigned-shift-base,"
    "implicit-conversion",
    "-fno-sanitize-recover=all",
]
#: What the extension is compiled with.
PLAIN = ["-O3", "-ffp-contract=off", "-fno-math-errno"]
WARNINGS = [
    *("-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wshadow"),
    *("-pedantic", "-Wvla", "-Wdouble-promotion", "-Wundef", "-Werror"),
    *("-Wstrict-prototypes", "-Wmissing-prototypes"),
]
CPLUSPLUS = [flag for flag in WARNINGS if "prototypes" not in flag]
# What libFuzzer needs. No tracing of comparisons: the mutator knows the format, and
# it would take a third of the time.
COVER = ["-fsanitize-coverage=inline-8bit-counters,pc-table"]
#: What drivers that use blobs are linked with.
USE = [HERE / f"{name}.c" for name in ("use", "use_items", "misuse", "octets")]
WORD_PORT = ['-DEMLRT_PORT_HEADER="word_port.h"']


def sources(c_dir: Path = C) -> list[Path]:
    return sorted((c_dir / "src").rglob("*.c"))


def place(folder: Path, name: str) -> Path:
    """The one file of this name in a folder like c/src or c/host, or below."""
    (found,) = folder.rglob(name)
    return found


def host_sources(c_dir: Path = C) -> list[Path]:
    """Those of the host, but for memory.c: use_host.c has its own."""
    files = sorted((c_dir / "host").rglob("*.c"))
    return [path for path in files if path.name != "memory.c"]


def need(tool: str) -> str:
    """The tool's name, if it is installed; else skip, or fail under CI."""
    if shutil.which(tool) is None:
        message = f"{tool} is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return tool


def run(
    command: list[object], timeout: float = 300, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command; its output is text, and its exit code the caller's matter."""
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        cwd=cwd,
        check=False,
    )


def must(command: list[object], timeout: float = 300, cwd: Path | None = None) -> str:
    """Run a command that must succeed; returns its standard output."""
    done = run(command, timeout, cwd)
    if done.returncode != 0:
        line = " ".join(str(part) for part in command)
        raise AssertionError(f"{line}\n{done.stdout}{done.stderr}")
    return done.stdout


def objects(folder: Path, flags: list[str], files: list[Path]) -> list[Path]:
    """Compile files of the runtime, or like them, under every sanitizer."""
    return compiled(folder, [*SANITIZE, *COVER, *flags], files)


def compiled(folder: Path, flags: list[str], files: list[Path]) -> list[Path]:
    """Compile files with these flags and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [need(CLANG), "-std=c99", *flags, INCLUDE, f"-I{HERE}"]
    must([*command, "-c", *files], cwd=folder)
    return sorted(folder.glob("*.o"))


@functools.cache
def kept_objects(flags: tuple[str, ...]) -> list[Path]:
    """The runtime and what uses it, compiled once for all tests of a process."""
    folder = tempfile.mkdtemp(prefix="emlrt-objects-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    users = compiled(Path(folder, "use"), [*SANITIZE, *flags], USE)
    return users + objects(Path(folder), list(flags), sources())


@functools.cache
def plain_objects() -> dict[str, Path]:
    """The runtime, the host and use.c, use_host.c, as the extension has them: by
    name. No frame of the host takes more than 2 KiB and a little."""
    folder = Path(tempfile.mkdtemp(prefix="emlrt-plain-objects-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = [need("gcc"), "-std=c99", *PLAIN, INCLUDE, HOST, f"-I{HERE}"]
    must([*command, "-c", *sources(), *USE], cwd=folder)
    host = [*host_sources(), C / "host/memory/memory.c", HERE / "use_host.c"]
    must([*command, *WARNINGS, "-Wframe-larger-than=3072", "-c", *host], cwd=folder)
    return {path.stem: path for path in folder.glob("*.o")}


def plain(out: Path, driver: str, without: str) -> Path:
    """Link a driver of this folder with all plain objects but one."""
    objects = [path for name, path in plain_objects().items() if name != without]
    command = [need("gcc"), "-std=c99", *PLAIN, *WARNINGS, INCLUDE, HOST, f"-I{HERE}"]
    must([*command, HERE / driver, *objects, "-o", out])
    return out


@functools.cache
def kept_host_objects() -> list[Path]:
    """The host and use_host.c too."""
    folder = tempfile.mkdtemp(prefix="emlrt-host-objects-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    users = compiled(Path(folder, "use"), [*SANITIZE, HOST], [HERE / "use_host.c"])
    host = objects(Path(folder), [HOST], host_sources())
    return users + host + kept_objects(())


def sanitized(
    out: Path, driver: str, flags: list[str], files: list[Path] | None = None
) -> Path:
    """Link a driver of this folder with `files`, or with the runtime as it is."""
    files = files or kept_objects(tuple(flags))
    command = [
        need(CLANG),
        "-std=c99",
        *SANITIZE,
        *flags,
        INCLUDE,
        f"-I{HERE}",
    ]
    must([*command, HERE / driver, *files, "-o", out])
    return out


def write_blobs(folder: Path, blobs: dict[str, bytes]) -> list[Path]:
    """Write each blob to a file of its name; returns the files in order."""
    files = []
    for name, blob in blobs.items():
        files.append(folder / f"{name}.eml")
        files[-1].write_bytes(blob)
    return files
