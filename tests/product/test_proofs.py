# SPDX-License-Identifier: MIT
"""What `make proofs` proves, by hand, is of the runtime that there is: its drivers
compile, its table names ops, and RESULTS.md has rows of the table."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROOFS = Path(__file__).resolve().parents[2] / "proofs"


@pytest.fixture(scope="module")
def prove():
    """proofs/prove.py"""
    sys.path.insert(0, str(PROOFS))
    try:
        yield importlib.import_module("prove")
    finally:
        sys.path.remove(str(PROOFS))


def test_drivers_compile(prove, tool):
    commands = {}
    for proof in prove.ALL:
        macros = [word for word in proof.flags() if word.startswith("-D")]
        kind = re.sub(r"OP=\w+|=\d+", "", " ".join(macros))
        commands[proof.driver, kind] = [*macros, str(PROOFS / proof.driver)]
    assert len(commands) > len(prove.WHOLE) + len(prove.WALL)
    for words in commands.values():
        flags = ["-std=c99", "-Werror=implicit-function-declaration", "-fsyntax-only"]
        include = f"-I{prove.SRC.parent / 'include'}"
        command = [tool("gcc"), *flags, include, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_ops_are_those_of_the_runtime(prove):
    listed = (prove.SRC / "all_ops.c").read_text(encoding="utf-8")
    names = [proof.op for proof in prove.OPS]
    assert len(set(names)) == len(names)
    assert set(names) <= set(re.findall(r"&emlrt_op_(\w+)", listed))


def test_results_are_of_rows_of_the_table(prove):
    rows = {proof.name: str(proof.bytes) for proof in prove.ALL}
    text = (PROOFS / "RESULTS.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (\w+) \| (all|\d+) \|", text, re.MULTILINE)
    assert found
    assert {name: size for name, size in found if rows.get(name) != size} == {}
