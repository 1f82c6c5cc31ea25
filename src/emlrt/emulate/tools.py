# SPDX-License-Identifier: MIT
"""Finding and running compilers and emulators, with clear errors."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_INSTALL = {
    "unicorn": "pip install 'emlrt[emulate]'",
    "elftools": "pip install 'emlrt[emulate]'",
    "arm-none-eabi-gcc": "apt install gcc-arm-none-eabi",
    "riscv64-unknown-elf-gcc": "apt install gcc-riscv64-unknown-elf",
    "avr-gcc": "apt install gcc-avr avr-libc",
    "xtensa-lx106-elf-gcc": "apt install gcc-xtensa-lx106",
    "qemu-system-arm": "apt install qemu-system-arm",
    "qemu-system-riscv32": "apt install qemu-system-misc",
    "qemu-system-xtensa": "apt install qemu-system-misc",
    "clang with wasm-ld": "apt install clang lld` or `pip install ziglang",
    "libsimavr": "apt install libsimavr-dev libelf-dev gcc",
}
_ALIASES = {
    "riscv64-unknown-elf-gcc": ("riscv32-unknown-elf-gcc", "riscv-none-elf-gcc"),
}


class ToolMissing(RuntimeError):  # noqa: N818
    """A compiler, an emulator or a Python package is not installed.

    Attributes
    ----------
    tool : str
        Name of the program, library or module.
    """

    def __init__(self, tool: str, user: str = "emulation") -> None:
        self.tool = tool
        how = _INSTALL.get(tool)
        hint = f"; install it, for example with `{how}`" if how else ""
        super().__init__(f"{user} needs {tool}, which was not found{hint}")


class ToolError(RuntimeError):
    """A compiler or an emulator gave an error; the message quotes it."""


def module(name: str) -> Any:
    """Import an optional package, or raise `ToolMissing`."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ToolMissing(name.partition(".")[0]) from error


def program(name: str) -> str:
    """Path of a program on PATH, or raise `ToolMissing`."""
    for candidate in (name, *_ALIASES.get(name, ())):
        path = shutil.which(candidate)
        if path is not None:
            return str(path)
    raise ToolMissing(name)


def run(command: Sequence[str | Path], cwd: Path | None = None) -> str:
    """Run a program that must succeed; its standard output as text."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        line = " ".join(str(part) for part in command)
        raise ToolError(f"exit code {done.returncode} from: {line}\n{done.stderr}")
    return done.stdout


def cache_dir() -> Path:
    """The folder that keeps compiled objects and linked images.

    EMLRT_CACHE if set, else `emlrt` in XDG_CACHE_HOME or in `~/.cache`. Its files are
    named by the contents of what they were made from and the compiler's version, so
    that none is ever out of date; all of it may be deleted at any time.
    """
    home = os.environ.get("EMLRT_CACHE")
    if home:
        return Path(home)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "emlrt"
