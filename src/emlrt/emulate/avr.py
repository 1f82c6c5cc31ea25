# SPDX-License-Identifier: MIT
"""Running AVR images under libsimavr: exact cycles, stack and serial output.

The simulator is a small C program of our own (firmware/avr_sim.c), compiled
with the host's compiler when it is first needed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .build import Options, compile_text, link, scratch_dir
from .elf import Image
from .sources import FIRMWARE
from .targets import Target
from .tools import ToolError, ToolMissing, cache_dir, run

#: The linker puts RAM at this address, beyond any flash.
_RAM = 0x800000
#: Bytes of flash that 16-bit addresses reach.
_NEAR = 0x10000
#: Bytes that must be left for the stack.
_STACK = 256


@dataclass(frozen=True)
class Span:
    """What lay between two marks: cycles, bytes of stack, result."""

    cycles: int
    stack: int
    result: bytes


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    code : int
        What the firmware wrote to GPIOR0; -1 if it crashed, -2 if it ran out
        of cycles.
    stack : int
        Most bytes of stack since reset.
    text : str
        What UART 0 sent.
    spans : tuple of Span
        One for each pair of marks.
    """

    code: int
    stack: int
    text: str
    spans: tuple[Span, ...] = field(repr=False)


def simulator() -> str:
    """Path of the simulator, compiled if need be; or `ToolMissing`."""
    source = FIRMWARE / "avr_sim.c"
    out = cache_dir() / f"avr_sim-{_digest(source.read_bytes())}"
    if out.exists():
        return str(out)
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc")
    if compiler is None:
        raise ToolMissing("libsimavr")
    out.parent.mkdir(parents=True, exist_ok=True)
    with scratch_dir() as work:
        made = work / "avr_sim"
        try:
            run([compiler, "-O2", source, "-o", made, "-lsimavr", "-lelf"])
        except ToolError as error:
            raise ToolMissing("libsimavr") from error
        partial = out.with_name(f"{out.name}.{os.getpid()}")
        shutil.copy(made, partial)
        os.replace(partial, out)
    return str(out)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def flash_image(image: Image, size: int, extra: Mapping[int, bytes]) -> bytes:
    """Flash of `size` bytes: an image, other content by address, 0xFF else.

    Raises
    ------
    ValueError
        If something lies outside the flash, or on top of something else.
    """
    flash = bytearray(b"\xff" * size)
    taken: list[tuple[int, int]] = []
    pieces = [(s.load, s.data) for s in image.segments if s.load < _RAM and s.data]
    for start, data in (*pieces, *extra.items()):
        end = start + len(data)
        if end > size:
            raise ValueError(f"[{start:#x}, {end:#x}) is outside {size:#x} of flash")
        if any(start < high and low < end for low, high in taken):
            raise ValueError(f"[{start:#x}, {end:#x}) of the flash is taken")
        taken.append((start, end))
        flash[start:end] = data
    return bytes(flash)


def check_ram(target: Target, variables: int) -> None:
    """ValueError if so many bytes of variables leave no room for the stack."""
    if variables + _STACK > target.ram:
        raise ValueError(
            f"{variables} bytes of variables and {_STACK} of stack do not fit"
            f" {target.name}'s {target.ram} bytes of RAM"
        )


def end_of_code(image: Image) -> int:
    """First flash address behind an image, rounded up to a page of 256."""
    used = [s.load + len(s.data) for s in image.segments if s.load < _RAM]
    return -(-max(used) // 256) * 256


def needs_far(size: int) -> bool:
    """Whether so many bytes cannot lie with the code in the first 64 KiB."""
    room_for_code = 8192
    return size + room_for_code > _NEAR


def placed(make: Callable[[int], Image], far: bool) -> tuple[Image, int]:
    """An image that has a blob's address as a constant, and this address: right behind
    its code, or from 64 KiB on.

    make: links it with an address, first with a guess that leaves room; code and blob
    are then as close as 256 bytes.
    """
    address = end_of_code(make(_NEAR if far else 0x7F00))
    address = max(address, _NEAR) if far else address
    return make(address), address


def driver_image(
    target: Target,
    driver: str,
    parts: Callable[[Path], Sequence[Path]],
    options: Options,
    *,
    at: int,
    size: int,
    defines: Iterable[str],
) -> Image:
    """A driver of the folder firmware, linked with the parts that are made in a folder.
    at, size: address and bytes of the blob. defines: what else the driver is told."""
    suffix = "ul" if options.far else "u"
    where = (f"BLOB_ADDRESS={at}{suffix}", f"BLOB_SIZE={size}ul")
    flags = (*options.flags, f"-I{FIRMWARE}")
    code = replace(options, defines=(*where, *defines), flags=flags)
    text = (FIRMWARE / driver).read_text(encoding="utf-8")
    with scratch_dir() as work:
        own = compile_text(target, "driver.c", text, code, work)
        return link(target, [*parts(work), *own], work)


def simulate(
    target: Target,
    image: Image,
    *,
    blobs: Mapping[int, bytes] | None = None,
    rows: NDArray[np.generic] | None = None,
    x: str = "",
    y: tuple[str, int] = ("", 0),
    cycles: int = 2_000_000_000,
) -> Run:
    """Run an image from reset.

    Parameters
    ----------
    target, image : Target, Image
    blobs : mapping of int to bytes, optional
        Further content of the flash, by address.
    rows : ndarray (n, ...), optional
        Inputs that the firmware asks for one by one, into the variable `x`.
    x, y : str, (str, int)
        Variables of the input, and of the result and its bytes.
    cycles : int
        When to give up.

    Raises
    ------
    ToolMissing
        Without libsimavr and a C compiler for the host.
    ValueError
        If the flash or the RAM is too small.
    """
    check_ram(target, image.ram)
    with scratch_dir() as work:
        flash = work / "flash.bin"
        flash.write_bytes(flash_image(image, target.flash, blobs or {}))
        command = [simulator(), target.cpu, str(flash), str(cycles)]
        if rows is not None:
            data = work / "rows.bin"
            data.write_bytes(rows.tobytes())
            size = rows[0].nbytes if len(rows) else 1
            command += [str(image.address(x) - _RAM), str(size)]
            command += [str(image.address(y[0]) - _RAM), str(y[1]), str(data)]
        return _parse(command)


def _parse(command: list[str]) -> Run:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolError(done.stderr.strip() or f"avr_sim: {done.returncode}")
    facts: dict[str, str] = {}
    spans = []
    for line in done.stdout.splitlines():
        key, _, rest = line.partition(" ")
        if key == "row":
            count, stack, result = (rest + " ").split(" ")[:3]
            spans.append(Span(int(count), int(stack), bytes.fromhex(result)))
        else:
            facts[key] = rest
    text = bytes.fromhex(facts["text"]).decode("utf-8", "replace")
    return Run(int(facts["exit"]), int(facts["stack"]), text, tuple(spans))
