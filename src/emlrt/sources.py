# SPDX-License-Identifier: MIT
"""Where the C runtime's files are, for builds of firmware."""

from __future__ import annotations

from pathlib import Path


def _root() -> Path:
    here = Path(__file__).resolve().parent
    installed = here / "_c"
    return installed if installed.is_dir() else here.parents[1] / "c"


def get_include() -> str:
    """Directory for the compiler's -I: holds `emlrt/emlrt.h`.

    In an installed package it also holds `emlrt_amalgamated.h`, which includes the
    rest from there; `emlrt export amalgamation` makes one to copy.
    """
    return str(_root() / "include")


def get_sources() -> list[str]:
    """The runtime's .c files; compile all of them, the linker drops the rest."""
    return sorted(str(path) for path in (_root() / "src").rglob("*.c"))
