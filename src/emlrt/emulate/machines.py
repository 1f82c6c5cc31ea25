# SPDX-License-Identifier: MIT
"""A core with some functions, under whichever emulator has it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import build
from .qemu_machine import QemuMachine, monitor
from .targets import Target
from .unicorn_run import Machine

AnyMachine = Machine | QemuMachine


def start(
    target: Target,
    parts: Sequence[Path],
    work: Path,
    roots: Sequence[str],
    *,
    count: bool = True,
) -> AnyMachine:
    """Link objects and load them, ready for calls of the roots.

    target: any but an AVR. count: whether instructions and stack are counted, which
    takes time under unicorn.
    """
    if not target.machine:
        image = build.link(target, parts, work, roots=roots)
        return Machine(target, image, count=count, stack=count)
    parts = [*parts, *monitor(target)]
    roots = [*roots, "platform_nothing"]
    return QemuMachine(target, build.link(target, parts, work, roots=roots))
