# SPDX-License-Identifier: MIT
"""Headers whose x is wrong, of programs in which no stage reads x."""

from collections.abc import Iterator

from c.blobs import ARENA, F32, I16, I32, U8, U32
from c.op_blob import program_blob, stage_of
from c.op_codes import OP

Cases = Iterator[tuple[str, bytes]]

SQUARE = OP["square"]


def unread(dtype: int, octets: int) -> bytes:
    """The square of the arena's first number, 0, whatever x is."""
    stage = stage_of(SQUARE, 1, 1, 0) | {"in_space": ARENA}
    return program_blob([(stage, b"")], 1, 1, 8, input=dtype, input_size=octets)


def header() -> Cases:
    """Each ends in status HEADER."""
    beyond = (0x13, 0x2A, 0x2E, 0x040E, 0x0E00, 0xFFFF)
    for dtype in (0, 1, U32, 0x02, 0x0B, 0x0D, 0x0F, *beyond):
        yield f"dtype_{dtype:x}", unread(dtype, 4)
    for dtype, octets in ((F32, 2), (F32, 5), (F32, 0), (I16, 3), (I16, 0), (U8, 0)):
        yield f"octets_{dtype:x}_{octets}", unread(dtype, octets)
    for dtype, octets in ((I32, 0), (I32, 2), (I32, 5)):
        yield f"octets_{dtype:x}_{octets}", unread(dtype, octets)


def valid() -> Cases:
    for dtype, octets in ((F32, 4), (F32, 8), (I16, 2), (I16, 6), (U8, 1), (U8, 7)):
        yield f"octets_{dtype:x}_{octets}", unread(dtype, octets)
    for dtype, octets in ((I32, 4), (I32, 12)):
        yield f"octets_{dtype:x}_{octets}", unread(dtype, octets)
