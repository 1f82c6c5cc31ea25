# SPDX-License-Identifier: MIT
"""Running whole images on QEMU's boards, with semihosting."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .build import scratch_dir
from .elf import Image
from .targets import TARGETS, Board, Family
from .tools import ToolError, program

_EMULATORS: dict[Family, str] = {
    "arm": "qemu-system-arm",
    "riscv": "qemu-system-riscv32",
    "xtensa": "qemu-system-xtensa",
}
_MORE: dict[Family, list[str]] = {
    "riscv": ["-bios", "none"],
    "xtensa": ["-cpu", "lx106"],
}


@dataclass(frozen=True)
class Run:
    """Exit code and console text of a finished run."""

    code: int
    text: str


def emulator(board: Board) -> str:
    """Name of the QEMU program that has a board."""
    return _EMULATORS[_family(board)]


def arguments(board: Board) -> list[str]:
    """QEMU's arguments for a board without devices, with semihosting."""
    found = ["-M", board.machine, "-display", "none", "-monitor", "none"]
    found += ["-serial", "none", "-semihosting-config", "enable=on,target=native"]
    return found + _MORE.get(_family(board), [])


def _family(board: Board) -> Family:
    return TARGETS[board.target].family


def intel_hex(content: bytes, address: int) -> str:
    """Intel hex of bytes at an address.

    QEMU refuses raw files larger than the board's RAM, but not these.
    """
    lines = []
    page = -1
    at = 0
    while at < len(content):
        here = address + at
        if here >> 16 != page:
            page = here >> 16
            lines.append(_record(4, 0, page.to_bytes(2, "big")))
        size = min(16, len(content) - at, 0x10000 - (here & 0xFFFF))
        lines.append(_record(0, here & 0xFFFF, content[at : at + size]))
        at += size
    return "\n".join([*lines, _record(1, 0, b""), ""])


def _record(kind: int, address: int, data: bytes) -> str:
    body = bytes([len(data), address >> 8, address & 0xFF, kind]) + data
    return ":" + (body + bytes([-sum(body) & 0xFF])).hex().upper()


def simulate(
    board: Board,
    image: Image,
    *,
    blobs: Mapping[int, bytes] | None = None,
    timeout: float = 30,
) -> Run:
    """Run an image from reset until it exits.

    Parameters
    ----------
    board : Board
    image : Image
        Linked for that board.
    blobs : mapping of int to bytes, optional
        Further content of the flash, by address: what an update wrote there.
    timeout : float
        Seconds after which to give up.

    Raises
    ------
    ToolMissing
        Without QEMU.
    ToolError
        At the timeout, or if QEMU itself fails.
    """
    command = [program(emulator(board)), *arguments(board)]
    with scratch_dir() as work:
        kernel = work / "image.elf"
        kernel.write_bytes(image.content)
        command += ["-kernel", str(kernel)]
        for address, content in (blobs or {}).items():
            command += ["-device", f"loader,file={_hex(work, address, content)}"]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ToolError(f"{board.machine} did not end in {timeout} s") from error
    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    return Run(done.returncode, text)


def _hex(work: Path, address: int, content: bytes) -> Path:
    path = work / f"{address:x}.hex"
    path.write_text(intel_hex(content, address), encoding="ascii")
    return path
