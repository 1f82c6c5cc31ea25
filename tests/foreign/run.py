# SPDX-License-Identifier: MIT
"""Run emlrt as other machines have it, under emulators: RESULTS.md.

    python tests/foreign/run.py [arm64] [armhf] [i386] [windows] [macos]

By hand, on Debian 12 for x86-64. For a Linux: the wheel, compiled by Debian's cross
compiler, beside Debian's Python and numpy of that machine, under qemu-user;
ci/smoke.py asks it for the bits of the golden blobs. For Windows: the runtime and the
host's code in a program that answers thousands of blobs, by zig (`pip install ziglang`)
under wine; the answers must be those of this machine. Everything is in build/foreign.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build/foreign"
PAGE = Path(__file__).with_name("RESULTS.md")
HEAD = """\
# Other machines

Written by `tests/foreign/run.py`, by hand.

| machine | compiled by | run by | result |
|---|---|---|---|
"""
PACKAGES = (
    *("libc6", "libgcc-s1", "libstdc++6", "libgfortran5", "libblas3", "liblapack3"),
    *("zlib1g", "libexpat1", "libffi8", "libpython3.11-dev", "python3.11-minimal"),
    *("libpython3.11-minimal", "libpython3.11-stdlib", "python3-numpy"),
    *("python3-cffi", "python3-cffi-backend", "python3-pycparser"),
)


class Linux(NamedTuple):
    """A machine by its name in Debian."""

    triplet: str  # of the compiler and of folders of libraries
    platform: str  # as Python names it
    emulator: str
    more: tuple[str, ...] = ()  # packages


LINUXES = {
    "arm64": Linux("aarch64-linux-gnu", "linux-aarch64", "qemu-aarch64"),
    "armhf": Linux("arm-linux-gnueabihf", "linux-armv7l", "qemu-arm"),
    "i386": Linux("i686-linux-gnu", "linux-i686", "qemu-i386", ("libquadmath0",)),
}


def run(command: list[str | Path], **more: str) -> str:
    """What a command prints, with these variables set; raises if it fails."""
    done = subprocess.run(
        command, env={**os.environ, **more}, cwd=WORK, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def unpacked(name: str) -> Path:
    """Debian's packages of a machine, in a folder and not installed."""
    place = WORK / name
    root = place / "root"
    if root.is_dir():
        return root
    for folder in ("state/lists/partial", "cache/archives/partial", "packages"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    (place / "status").touch()
    settings = {
        "APT::Architecture": name,
        "APT::Architectures::": name,
        "Dir::State": place / "state",
        "Dir::State::status": place / "status",
        "Dir::Cache": place / "cache",
        "APT::Sandbox::User": "root",
    }
    options = [w for key, value in settings.items() for w in ("-o", f"{key}={value}")]
    apt = ["apt-get", *options, "-q"]
    subprocess.run([*apt, "update"], check=False)  # a part of the lists may do
    load = [*apt, "download", *PACKAGES, *LINUXES[name].more]
    subprocess.run(load, cwd=place / "packages", check=True)
    for package in sorted((place / "packages").glob("*.deb")):
        run(["dpkg-deb", "-x", package, place / "half"])
    (place / "half").rename(root)
    return root


def wheel(name: str, root: Path) -> Path:
    """emlrt for a machine, unpacked."""
    linux, out = LINUXES[name], WORK / name / "wheel"
    compiler = f"{linux.triplet}-gcc"
    headers = f"-I{root}/usr/include/python3.11 -I{root}/usr/include"
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", out]
    run(
        [*build, ROOT],
        CC=f"{compiler} {headers}",
        LDSHARED=f"{compiler} -shared",
        CFLAGS="-Werror",
        _PYTHON_HOST_PLATFORM=linux.platform,
    )
    (made,) = out.glob(f"*{linux.platform.replace('-', '_')}.whl")
    with zipfile.ZipFile(made) as archive:
        archive.extractall(WORK / name / "site")
    return WORK / name / "site"


def on_linux(name: str) -> list[str]:
    """The cells of a machine's row."""
    linux, root = LINUXES[name], unpacked(name)
    site = wheel(name, root)
    folder = next(path for path in (root / "usr/lib").glob("*-linux-gnu*"))
    libraries = ":".join(f"{folder}{part}" for part in ("", "/blas", "/lapack"))
    emulator = [linux.emulator, "-L", root, "-E", f"LD_LIBRARY_PATH={libraries}"]
    python = [*emulator, root / "usr/bin/python3.11", "-W", "error"]
    said = run(
        [*python, ROOT / "ci/smoke.py"],
        PYTHONHOME=f"{root}/usr",
        PYTHONPATH=f"{site}:{root}/usr/lib/python3/dist-packages",
        PYTHONDONTWRITEBYTECODE="1",
    )
    versions = (
        run([program, "--version"]).splitlines()[0]
        for program in (f"{linux.triplet}-gcc", linux.emulator)
    )
    compiler, emulated = (re.sub(r" version| \(.*\)", "", text) for text in versions)
    return [f"Linux, {name}", compiler, emulated, said.partition(",")[0]]


def by_zig(target: str) -> list[Path]:
    """Objects of the runtime, of the host's code and of the program that answers."""
    folder = WORK / target
    folder.mkdir(exist_ok=True)
    files = [*(ROOT / "c").rglob("*.c"), ROOT / "tests/c/answers.c"]
    flags = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-DANSWERS_HOST"]
    paths = [f"-I{ROOT / path}" for path in ("c/include", "c/host", "tests/c")]

    def made(source: Path) -> Path:
        out = folder / f"{source.stem}.o"
        run(
            [
                "python-zig",
                "cc",
                "-target",
                target,
                *flags,
                *paths,
                "-c",
                source,
                "-o",
                out,
            ]
        )
        return out

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(made, files))


def zig_version() -> str:
    return f"zig {run(['python-zig', 'version']).strip()}"


def on_windows(_: str) -> list[str]:
    """The cells of Windows' row."""
    sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "tests/helpers", "src")]
    from c import builds

    target, program = "x86_64-windows-gnu", WORK / "answers.exe"
    run(["python-zig", "cc", "-target", target, *by_zig(target), "-o", program])
    settings = {"WINEPREFIX": str(WORK / "wine"), "WINEDEBUG": "-all"}
    got = run(["wine", program, f"Z:{builds.everything()}"], **settings).splitlines()
    builds.same(got, builds.expected(), list(builds.blobs()))
    wine = run(["wine", "--version"]).split()[0]
    result = f"{len(got):,} of {len(got):,} blobs get the answers of Linux"
    return ["Windows, x86-64 (C alone)", zig_version(), wine, result]


def for_macos(_: str) -> list[str]:
    """The cells of a system that nothing here runs."""
    by_zig("aarch64-macos")
    return ["macOS, arm64 (C alone)", zig_version(), "", "compiles, not run"]


MACHINES: dict[str, Callable[[str], list[str]]] = {
    **dict.fromkeys(LINUXES, on_linux),
    "windows": on_windows,
    "macos": for_macos,
}


def main(names: list[str]) -> None:
    """Writes a row for each machine that answers."""
    if wrong := set(names) - set(MACHINES):
        raise SystemExit(f"no machine {', '.join(wrong)}; there are {list(MACHINES)}")
    WORK.mkdir(parents=True, exist_ok=True)
    for name in names or MACHINES:
        cells = MACHINES[name](name)
        rows = written() | {cells[0]: f"| {' | '.join(cells)} |"}
        print(rows[cells[0]])
        PAGE.write_text(HEAD + "\n".join(rows.values()) + "\n", encoding="utf-8")


def written() -> dict[str, str]:
    """The page's rows by machine."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    return {row.split("|")[1].strip(): row for row in text[len(HEAD) :].splitlines()}


if __name__ == "__main__":
    main(sys.argv[1:])
