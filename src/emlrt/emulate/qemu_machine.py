# SPDX-License-Identifier: MIT
"""Calling functions of an image, one by one, on a core that only QEMU has.

The image has a monitor (firmware/monitor.c) that reads requests from QEMU's standard
input. QEMU's clock advances with each instruction (-icount), so counts are exact.
"""

from __future__ import annotations

import subprocess
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np

from . import build, qemu
from .elf import Image
from .sources import FIRMWARE
from .targets import BOARDS, Target
from .tools import program
from .unicorn_run import FaultError

_WRITE, _READ, _CALL = 1, 2, 3
_ARGUMENTS = 8
#: An instruction takes 2 to this power of nanoseconds.
_SHIFT = 9
#: Seconds in which the monitor starts.
_PATIENCE = 60


@dataclass(frozen=True)
class _Memory:
    """Where blobs and memory of the caller go, and the clock's MHz."""

    rom: int
    rom_size: int
    heap: int
    heap_size: int
    mhz: float


_MEMORIES = {
    "mps3-an547": _Memory(0x21200000, 0x200000, 0x21000000, 0x200000, 32.0),
    # Not where an ESP8266 has its flash, of which code takes all that is there.
    "sim": _Memory(0x50100000, 0x3000000, 0x60000000, 0x4000000, 40.0),
}


def monitor(target: Target) -> list[Path]:
    """Objects of the monitor, which `QemuMachine` needs in its image."""
    names = ("monitor", f"monitor_{target.family}", f"platform_{target.family}")
    return build.objects(target, [FIRMWARE / f"{name}.c" for name in names])


class QemuMachine:
    """A core with an image loaded: what `unicorn_run.Machine` is, of QEMU.

    Memory behind the blob and the caller's is mapped: nothing faults there. `stack` is
    what a call has written of it.

    Parameters
    ----------
    target : Target
        One with a `machine`.
    image : Image
        From `build.link`, with the objects of `monitor`.

    Attributes
    ----------
    image : Image
    instructions, stack : int
        Instructions of the last call, and its bytes of stack.
    """

    def __init__(self, target: Target, image: Image) -> None:
        self.image = image
        self._memory = _MEMORIES[target.machine]
        self._where = target.name
        self._heap = self._memory.heap
        self.instructions = self.stack = 0
        self._beside = 0
        board = BOARDS[target.machine]
        command = [program(qemu.emulator(board)), *qemu.arguments(board)]
        command += ["-icount", f"shift={_SHIFT},sleep=off"]
        with build.scratch_dir() as work:
            kernel = work / "image.elf"
            kernel.write_bytes(image.content)
            self._process = subprocess.Popen(
                [*command, "-kernel", str(kernel)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
            )
            weakref.finalize(self, _end, self._process)
            self.call("platform_nothing", timeout=_PATIENCE)
        self._beside = self.instructions - 1

    def place_rom(self, content: bytes, address: int | None = None) -> int:
        """Put a blob where the core reads it, in the place of the last one; its
        address."""
        at = self._memory.rom if address is None else address
        if address is None and len(content) > self._memory.rom_size:
            raise ValueError(
                f"{len(content):,} bytes do not fit {self._where}'s"
                f" {self._memory.rom_size:,} bytes for the blob"
            )
        self.write(at, content)
        return at

    def allocate(self, size: int) -> int:
        """Take writable memory, aligned to 16."""
        address, self._heap = self._heap, self._heap + -(-max(size, 1) // 16) * 16
        if self._heap > self._memory.heap + self._memory.heap_size:
            raise ValueError(
                f"{size:,} bytes of memory do not fit {self._where}'s"
                f" {self._memory.heap_size:,}"
            )
        return address

    def release(self) -> None:
        """Give back all memory that `allocate` gave."""
        self._heap = self._memory.heap

    def write(self, address: int, content: bytes) -> None:
        """Write memory."""
        self._ask(_WRITE, address, len(content), ())
        self._send(content)

    def read(self, address: int, size: int) -> bytes:
        """Read memory."""
        self._ask(_READ, address, size, ())
        return self._receive(size)

    def call(self, function: str, *arguments: int, timeout: float = 0) -> int:
        """Call a function with up to eight integer and pointer arguments; see
        `unicorn_run.Machine.call`."""
        kill = threading.Timer(timeout, self._process.kill)
        if timeout:
            kill.start()
        try:
            address = self.image.address(function)
            self._ask(_CALL, address, len(arguments), arguments)
            result, ticks, stack = np.frombuffer(self._receive(12), "<u4").tolist()
        finally:
            kill.cancel()
        per_instruction = 2**_SHIFT * self._memory.mhz / 1000
        self.instructions = round(ticks / per_instruction) - self._beside
        self.stack = stack
        return int(result - (1 << 32) if result >> 31 else result)

    def _ask(self, what: int, address: int, n: int, arguments: Sequence[int]) -> None:
        words = [what, address, n, *arguments, *[0] * (_ARGUMENTS - len(arguments))]
        self._send(b"".join((w & 0xFFFFFFFF).to_bytes(4, "little") for w in words))

    def _send(self, content: bytes) -> None:
        view = memoryview(content)
        try:
            while view:
                view = view[cast("IO[bytes]", self._process.stdin).write(view) :]
        except BrokenPipeError:
            raise self._fault() from None

    def _receive(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = cast("IO[bytes]", self._process.stdout).read(size - len(found))
            if not more:
                raise self._fault()
            found += more
        return found

    def _fault(self) -> FaultError:
        """Why the emulator has ended."""
        process = self._process
        code = process.wait()
        text = cast("IO[bytes]", process.stderr).read().decode("utf-8", "replace")
        why = "the call does not return" if code < 0 else f"a fault (code {code})"
        return FaultError(f"{why} on {self._where} {text.strip()}".strip(), 0)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End an emulator that nobody calls any more."""
    process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    process.wait()
