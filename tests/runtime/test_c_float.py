# SPDX-License-Identifier: MIT
"""Processors whose floats are set otherwise: a status, or the same bits."""

import platform
from pathlib import Path

import pytest
from c.targets import on_linux
from families import cases

from c import build, kept
from emlrt._native import lib

X86 = platform.machine() in ("x86_64", "AMD64")
#: MXCSR with all exceptions masked, and what else may be set there.
PLAIN = 0x1F80
STATES = {
    "flush": 0x8000,
    "inputs-are-zero": 0x0040,
    "down": 0x2000,
    "up": 0x4000,
    "to-zero": 0x6000,
}
RUNNER = Path(__file__).parents[1] / "host_targets" / "scores.c"
#: Compilers whose start-up code flushes when told to link with -Ofast.
LINKED = {
    "x86": ("gcc", None),
    "aarch64": ("aarch64-linux-gnu-gcc", "qemu-aarch64"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Blob and rows of every case of every family."""
    folder = tmp_path_factory.mktemp("float")
    found = []
    for case in cases():
        found += [folder / f"{case.name}.eml", folder / f"{case.name}.rows"]
        found[-2].write_bytes(bytes(case.model))
        found[-1].write_bytes(case.rows[:20].tobytes())
    return found


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not X86:
        pytest.skip("sets x86's MXCSR")
    out = tmp_path_factory.mktemp("program") / "float"
    files = [*build.release(), build.HERE / "float.c"]
    build.must(["gcc", "-std=c99", "-O1", build.INCLUDE, *files, "-o", out])
    return out


@pytest.fixture(scope="module")
def plain(program: Path, files: list[Path]) -> list[str]:
    lines = build.must([program, f"{PLAIN:x}", *files]).splitlines()
    assert all(line.startswith("0 ") for line in lines)
    return lines


@pytest.mark.parametrize("state", STATES)
def test_no_model_answers_otherwise(
    state: str, program: Path, files: list[Path], plain: list[str]
) -> None:
    """Each is refused, or its ops do without floats: then all bits are the same."""
    lines = build.must([program, f"{PLAIN | STATES[state]:x}", *files]).splitlines()
    refused = [line == str(lib.EMLRT_ERR_FLOAT) for line in lines]
    share = f" {lib.EMLRT_ERR_FLOAT}"
    for got, want, status in zip(lines, plain, refused, strict=True):
        assert status or got.replace(share, " 0") == want
    assert len(lines) // 2 < sum(refused) < len(lines)
    assert any(share in line and line.startswith("0 ") for line in lines)


@pytest.mark.parametrize("name", LINKED)
def test_programs_linked_to_flush_are_told(
    name: str, files: list[Path], tmp_path: Path
) -> None:
    compiler, emulator = LINKED[name]
    if emulator is None and not X86:
        pytest.skip("x86's start-up code")
    command = [build.need(compiler), "-std=c99", "-Ofast", "-static", build.INCLUDE]
    objects = build.release()
    if emulator:
        objects = kept.objects(on_linux(name, "-Os", "c99"), build.sources())
    build.must([*command, *objects, RUNNER, "-o", tmp_path / "scores"])
    run = [build.need(emulator)] if emulator else []
    at = next(i for i, path in enumerate(files) if "nets-" in path.name)
    done = build.run([*run, tmp_path / "scores", *files[at : at + 2]])
    assert done.returncode == -lib.EMLRT_ERR_FLOAT, done.stderr
    assert done.stdout == ""
