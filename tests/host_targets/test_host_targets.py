# SPDX-License-Identifier: MIT
"""The runtime on other Linux machines under qemu-user, one of them big-endian."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from c.build import must, sources
from c.targets import MACHINES, on_linux
from draws import more
from forest_cases import Case, case, cases, need

from c import kept
from emlrt._native import lib

BUILDS = [("-Os", "c99"), ("-O2", "gnu11")]
#: Each machine with one of the builds, in turn; and the one that rounds otherwise
#: with both.
FIRST = {machine: BUILDS[k % 2] for k, machine in enumerate(MACHINES)}
SECOND = {machine: BUILDS[1 - k % 2] for k, machine in enumerate(MACHINES)}
CASES = [*FIRST.items(), ("i686", SECOND["i686"])]
CASES += more([item for item in SECOND.items() if item not in CASES])
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
    need(MACHINES[machine].compiler)
    command = on_linux(machine, opt, std)
    driver = Path(__file__).with_name("scores.c")
    out = programs / f"{machine}{opt}-{std}"
    files = [*kept.objects(command, sources()), driver]
    must([*command, "-static", *files, "-o", out])
    return [emulator(MACHINES[machine].emulator), str(out)]


def expected(each: Case) -> list[str]:
    """The program's lines for a case, from the host's answers."""
    calls = {"run": each.scores}
    calls |= {what: each.host(what) for what in each.facts.calls[1:]}
    return [
        " ".join([what, *(f"{bits:08x}" for bits in answers[row])])
        for row in range(len(each.rows))
        for what, answers in calls.items()
    ]


@pytest.mark.parametrize(("machine", "options"), CASES)
def test_every_answer_has_the_hosts_bits(
    machine: str, options: tuple[str, str], folder: Path, programs: Path
) -> None:
    command = [*build(programs, machine, *options)]
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
    command = build(programs, machine, *FIRST[machine])
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
