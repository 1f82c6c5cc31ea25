# SPDX-License-Identifier: MIT
"""The WebAssembly module of a C file, by the compiler that is there."""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from emlrt.emulate.tools import ToolError, ToolMissing, run

#: What either compiler takes.
FLAGS = (
    *("-std=c99", "-O2", "-ffreestanding", "-nostdlib", "-Wl,--no-entry"),
    *("-Wl,--strip-all", "-Wl,-z,stack-size=65536"),
)
#: Names of clang, the newest last; Debian has no plain one beside clang-14.
_CLANGS = ("clang", *(f"clang-{k}" for k in range(30, 11, -1)))


def _compilers() -> list[list[str]]:
    """Commands that may compile for WebAssembly, the one to try first first."""
    found = [path for name in _CLANGS if (path := shutil.which(name))]
    commands = [[path, "--target=wasm32"] for path in dict.fromkeys(found)]
    if find_spec("ziglang") is not None:
        target = "--target=wasm32-freestanding"
        commands.append([sys.executable, "-m", "ziglang", "cc", target])
    return commands


def _is_absent(error: ToolError) -> bool:
    """Whether this clang has no WebAssembly, or its linker, which comes apart from it,
    is not there."""
    text = str(error)
    signs = ("doesn't exist", "No such file", "No available targets")
    return "wasm" in text and any(sign in text for sign in signs)


def wasm(sources: dict[str, bytes], main: str) -> bytes:
    """The module of one C file of these, which lie in one folder.

    Raises
    ------
    emlrt.emulate.ToolMissing
        If there is no clang with wasm-ld and no ziglang.
    emlrt.emulate.ToolError
        If the compiler finds a fault.
    """
    return _wasm(tuple(sorted(sources.items())), main)


@cache
def _wasm(sources: tuple[tuple[str, bytes], ...], main: str) -> bytes:
    with tempfile.TemporaryDirectory() as work:
        for name, data in sources:
            Path(work, name).write_bytes(data)
        for command in _compilers():
            try:
                run([*command, *FLAGS, "-o", "out.wasm", main], cwd=Path(work))
            except ToolError as error:
                if not _is_absent(error):
                    raise
            else:
                return Path(work, "out.wasm").read_bytes()
    raise ToolMissing("clang with wasm-ld", "emlrt export wasm")


__all__ = ["FLAGS", "wasm"]
