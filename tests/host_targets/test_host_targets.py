# SPDX-License-Identifier: MIT
"""The runtime on other Linux machines under qemu-user, one of them big-endian."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from forest_cases import Case, case, cases, need

import emlrt
from emlrt._native import lib

# Compiler, emulator, flags. i686 with x87 arithmetic too, where nothing rounds
# floats to 32 bits unless told.
MACHINES = {
    "i686": ("i686-linux-gnu-gcc", "qemu-i386", ["-march=i686", "-mfpmath=387"]),
    "i686-sse": ("i686-linux-gnu-gcc", "qemu-i386", ["-msse2", "-mfpmath=sse"]),
    "aarch64": ("aarch64-linux-gnu-gcc", "qemu-aarch64", []),
    "armel": ("arm-linux-gnueabi-gcc", "qemu-arm", []),
    "s390x": ("s390x-linux-gnu-gcc", "qemu-s390x", []),
}
BUILDS = [("-Os", "c99"), ("-O2", "gnu11")]
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror"]
BIG_ENDIAN = "s390x"


def emulator(name: str) -> str:
    """QEMU's program, which some systems have as -static only."""
    static = f"{name}-static"
    if shutil.which(name) is None and shutil.which(static) is not None:
        return static
    need(name)
    return name


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of every case: a blob and its rows."""
    made = tmp_path_factory.mktemp("cases")
    for each in cases():
        (made / f"{each.name}.eml").write_bytes(each.blob)
        (made / f"{each.name}.rows").write_bytes(each.rows.tobytes())
    return made


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs are built."""
    return tmp_path_factory.mktemp("programs")


@cache
def build(programs: Path, machine: str, opt: str, std: str) -> list[str]:
    """Compile for a machine; the command that runs the program."""
    compiler, qemu, flags = MACHINES[machine]
    need(compiler)
    out = programs / f"{machine}{opt}-{std}"
    sources = [*emlrt.get_sources(), str(Path(__file__).with_name("scores.c"))]
    command = [compiler, f"-std={std}", opt, "-static", *flags, *WARNINGS]
    command += [f"-I{emlrt.get_include()}", *sources, "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [emulator(qemu), str(out)]


def expected(each: Case) -> list[str]:
    """The program's lines for a case, from the host's answers."""
    calls = {"run": each.scores}
    calls |= {what: each.host(what) for what in each.facts.calls[1:]}
    return [
        " ".join([what, *(f"{bits:08x}" for bits in answers[row])])
        for row in range(len(each.rows))
        for what, answers in calls.items()
    ]


@pytest.mark.parametrize(("opt", "std"), BUILDS)
@pytest.mark.parametrize("machine", MACHINES)
def test_every_answer_has_the_hosts_bits(
    machine: str, opt: str, std: str, folder: Path, programs: Path
) -> None:
    command = [*build(programs, machine, opt, std)]
    for each in cases():
        command += [str(folder / f"{each.name}.eml"), str(folder / f"{each.name}.rows")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    got = iter(done.stdout.splitlines())
    for each in cases():
        for line in expected(each):
            assert next(got) == line, each.name
    assert next(got, None) is None


@pytest.mark.parametrize("machine", MACHINES)
def test_damage_is_a_status_there_too(
    machine: str, tmp_path: Path, folder: Path, programs: Path
) -> None:
    command = build(programs, machine, *BUILDS[0])
    blob = bytearray(case("vote-i16").blob)
    blob[len(blob) // 2] ^= 4
    bad = tmp_path / "bad.eml"
    bad.write_bytes(blob)
    rows = str(folder / "vote-i16.rows")
    done = subprocess.run([*command, str(bad), rows], capture_output=True, check=False)
    assert done.returncode in {
        -lib.EMLRT_ERR_PAYLOAD,
        -lib.EMLRT_ERR_CRC,
    }


def test_the_big_endian_machine_is_one(programs: Path, tmp_path: Path) -> None:
    """Else it would prove nothing."""
    compiler, qemu, _ = MACHINES[BIG_ENDIAN]
    need(compiler)
    source = tmp_path / "order.c"
    source.write_text(
        "#include <stdint.h>\n"
        "int main(void) { union { uint32_t word; unsigned char first; } u;\n"
        "  u.word = 0x01020304; return u.first; }\n"
    )
    out = tmp_path / "order"
    subprocess.run([compiler, "-static", source, "-o", out], check=True)
    done = subprocess.run([emulator(qemu), out], check=False)
    assert done.returncode == 1
    assert sys.byteorder == "little"
