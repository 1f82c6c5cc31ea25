# SPDX-License-Identifier: MIT
"""Compiling the C runtime and its drivers, for the tests of the C side."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from . import kept

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
USE = [
    HERE / f"{name}.c"
    for name in ("use", "use_items", "use_prepared", "use_stream", "misuse", "octets")
]
USE_HOST = [HERE / "use_host.c", HERE / "use_kept.c"]
#: Trees are laid out for choices wherever they can be, whatever is faster.
HOST_FLAGS = [HOST, "-DEMLRT_ALWAYS_CHOOSE=1"]
#: The build of tests that need no flags of their own.
RELEASE = ("gcc", "-std=c99", "-O2", "-DNDEBUG")
INCLUDES = [INCLUDE, f"-I{HERE}", HOST]
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
    """Compile files like those of the runtime under every sanitizer."""
    return compiled(folder, [*SANITIZE, *COVER, *flags], files)


def clang(flags: list[str]) -> list[str]:
    return [need(CLANG), "-std=c99", *flags, INCLUDE, f"-I{HERE}"]


def compiled(folder: Path, flags: list[str], files: list[Path]) -> list[Path]:
    """Compile files with these flags and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    must([*clang(flags), "-c", *files], cwd=folder)
    return sorted(folder.glob("*.o"))


def release() -> list[Path]:
    """Objects of the runtime, as a user has them."""
    return kept.objects([need(RELEASE[0]), *RELEASE[1:], *INCLUDES], sources())


def kept_objects(flags: tuple[str, ...]) -> list[Path]:
    """The runtime and what uses it, under every sanitizer."""
    users = kept.objects(clang([*SANITIZE, *flags]), USE)
    return users + kept.objects(clang([*SANITIZE, *COVER, *flags]), sources())


@functools.cache
def plain_objects() -> dict[str, Path]:
    """The runtime, the host and use.c, use_host.c, as the extension has them: by
    name. No frame of the host takes more than 2 KiB and a little."""
    command = [need("gcc"), "-std=c99", *PLAIN, INCLUDE, HOST, f"-I{HERE}"]
    made = kept.objects(command, [*sources(), *USE])
    host = [*host_sources(), C / "host/memory/memory.c", *USE_HOST]
    made += kept.objects([*command, *WARNINGS, "-Wframe-larger-than=3072"], host)
    return {path.stem: path for path in made}


def plain(out: Path, driver: str, without: str) -> Path:
    """Link a driver of this folder with all plain objects but one."""
    objects = [path for name, path in plain_objects().items() if name != without]
    command = [need("gcc"), "-std=c99", *PLAIN, *WARNINGS, INCLUDE, HOST, f"-I{HERE}"]
    must([*command, HERE / driver, *objects, "-o", out])
    return out


def kept_host_objects() -> list[Path]:
    """The host and use_host.c too."""
    users = kept.objects(clang([*SANITIZE, HOST]), USE_HOST)
    host = kept.objects(clang([*SANITIZE, *COVER, *HOST_FLAGS]), host_sources())
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
