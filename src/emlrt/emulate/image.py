# SPDX-License-Identifier: MIT
"""Whole firmware images: built, run on a board, and their output read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from . import avr, build, qemu
from .elf import Image
from .facts import Facts
from .sources import FIRMWARE
from .targets import BOARDS, Target, find

_MAX_STATUS = 100
_SMALL = build.Options(opt="-Os")
#: Section of a blob that AVR reads with 32-bit addresses, at 64 KiB.
_FAR = ".far_blob"
#: Other constants in flash, in front and behind.
_OTHERS = ("others_front", "others_behind")


@dataclass(frozen=True)
class Outcome:
    """What a firmware did.

    Attributes
    ----------
    status : int
        0 or the negative status of the runtime that ended it.
    scores : ndarray of uint32 (n_rows, n_scores)
        Bits of the scores of each row.
    classes : ndarray of uint32 (n_rows,)
        Winning classes; empty for models with other answers.
    golden : bool
        Whether it ran golden vectors.
    """

    status: int
    scores: NDArray[np.uint32] = field(repr=False)
    classes: NDArray[np.uint32] = field(repr=False)
    golden: bool


@dataclass(frozen=True)
class Place:
    """A partition of the flash: its address and its bytes."""

    address: int
    size: int


@dataclass(frozen=True)
class Firmware:
    """An image for a board (a QEMU machine's or an AVR's name)."""

    board: str
    image: Image

    def run(self, blobs: Mapping[int, bytes] | None = None) -> Outcome:
        """Run it from reset, with further flash content by address.

        Raises
        ------
        RuntimeError
            If it ends otherwise than with a status: a fault, no end.
        """
        if self.board in BOARDS:
            done = qemu.simulate(BOARDS[self.board], self.image, blobs=blobs)
            code, text = done.code, done.text
        else:
            run = avr.simulate(find(self.board), self.image, blobs=blobs)
            code, text = run.code, run.text
        end = "." if code == 0 else "!"
        if not 0 <= code < _MAX_STATUS or text[-2:-1] != end:
            raise RuntimeError(f"{self.board} ended with code {code}: {text!r}")
        return _outcome(code, text)


def _outcome(code: int, text: str) -> Outcome:
    lines = [line.split() for line in text.splitlines()]
    rows = [[int(n, 16) for n in line[1:]] for line in lines if line[0] == "s"]
    classes = [int(line[1], 16) for line in lines if line[0] == "c"]
    return Outcome(
        status=-code,
        scores=np.array(rows, np.uint32),
        classes=np.array(classes, np.uint32),
        golden=["g"] in lines,
    )


def firmware(
    board: str,
    known: Facts,
    rows: NDArray[np.generic],
    *,
    blob: bytes | None = None,
    place: Place | None = None,
    options: build.Options = _SMALL,
    others: tuple[int, int] = (0, 0),
    flags: Sequence[str] = (),
) -> Firmware:
    """Build the firmware for a board.

    Parameters
    ----------
    board : str
        A QEMU machine of `BOARDS`, or an AVR of `TARGETS`.
    known : Facts
        What the models that it will open need.
    rows : ndarray (n_rows, n_inputs)
        Inputs to run, of the model's input type; linked in.
    blob : bytes, optional
        A model to link in.
    place : Place, optional
        Else, where in flash to look for a model.
    options : Options
        For the compiler; `far` for AVR's far flash, where a linked-in blob
        is put at 64 KiB.
    others : (int, int)
        AVR: bytes of other constants in flash, linked in front of and behind
        the runtime. A far blob then lies between them.
    flags : sequence of str
        Further linker flags.
    """
    if (blob is None) == (place is None):
        raise ValueError("give either a blob to link in or a place to look for one")
    ops = dict.fromkeys(known.ops + known.call_ops["classify"])
    machine = BOARDS.get(board)
    target = find(machine.target if machine else board)
    defines = [
        "FIRMWARE_OPS=" + "".join(f"&emlrt_op_{name}, " for name in ops),
        f"FIRMWARE_POOL={known.golden_bytes}",
    ]
    if place is not None:
        defines += [f"FIRMWARE_BLOB={place.address}u" + "l" * options.far]
        defines += [f"FIRMWARE_LIMIT={place.size}ul"]
    contents = {"firmware_rows": padded(rows)}
    if blob is not None:
        contents["firmware_blob"] = blob
    code = replace(options, defines=(*options.defines, *defines))
    names = ("firmware.c", f"platform_{target.family}.c")
    far = options.far and not any(others)
    with build.scratch_dir() as work:
        parts = build.runtime_objects(target, options)
        parts += build.objects(target, [FIRMWARE / name for name in names], code)
        for symbol, content in contents.items():
            section = _section(target, symbol, far, options.far)
            parts += build.binary_object(target, symbol, content, work, section)
        roots = [name for name, size in zip(_OTHERS, others, strict=True) if size]
        for name, size in zip(_OTHERS, others, strict=True):
            if size:
                section, data = f".progmem.data.{name}", b"\xa5" * size
                made = build.binary_object(target, name, data, work, section)
                parts = made + parts if name == _OTHERS[0] else parts + made
        start = [f"-Wl,--section-start={_FAR}=0x10000"] if far else []
        image = build.link(
            target, parts, work, board=machine, roots=roots, flags=[*start, *flags]
        )
    return Firmware(board, image)


def padded(rows: NDArray[np.generic]) -> bytes:
    """Rows as the firmware reads them: each padded to a multiple of 4."""
    return b"".join(row.tobytes() + bytes(-row.nbytes % 4) for row in rows)


def _section(target: Target, symbol: str, bank: bool, far: bool) -> str:
    """Where a symbol goes. bank: a far blob to 64 KiB."""
    if target.family != "avr":
        return ".blob"
    if not far:
        return f".progmem.gcc.{symbol}"
    return _FAR if bank and symbol == "firmware_blob" else f".progmem.data.{symbol}"
