# SPDX-License-Identifier: MIT
"""Dense, affine, gather, mix and casts with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.op_blob import op_blob
from c.op_codes import OP

DENSE, AFFINE, GATHER, MIX = OP["dense"], OP["affine"], OP["gather"], OP["weighted_sum"]
CAST_U8, CAST_I16, SHARES = OP["cast_u8"], OP["cast_i16"], OP["votes_to_proba"]


def f32(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def u32(value: int) -> bytes:
    return struct.pack("<I", value)


def dense() -> Iterator[tuple[str, bytes]]:
    good = u32(1) + f32(*range(3)) + f32(*range(6))
    yield "dense_empty", op_blob(DENSE, 2, 3, b"")
    yield "dense_head_only", op_blob(DENSE, 2, 3, u32(0))
    yield "dense_flag", op_blob(DENSE, 2, 3, u32(2) + good[4:])
    yield "dense_short", op_blob(DENSE, 2, 3, good[:-4])
    yield "dense_long", op_blob(DENSE, 2, 3, good + f32(0))
    yield "dense_more_inputs", op_blob(DENSE, 3, 3, good)
    yield "dense_more_outputs", op_blob(DENSE, 2, 4, good)
    yield "dense_huge", op_blob(DENSE, 0x3FFFFFF, 3, good)
    for name, value in (("nan", math.nan), ("inf", math.inf)):
        yield f"dense_bias_{name}", op_blob(DENSE, 1, 1, u32(0) + f32(value, 1))
        yield f"dense_weight_{name}", op_blob(DENSE, 1, 1, u32(0) + f32(1, value))


def affine() -> Iterator[tuple[str, bytes]]:
    good = u32(5) + f32(1, 2, 3, 4)
    yield "affine_empty", op_blob(AFFINE, 2, 2, b"")
    yield "affine_no_flag", op_blob(AFFINE, 2, 2, u32(0))
    yield "affine_unknown_flag", op_blob(AFFINE, 2, 2, u32(21) + good[4:] + f32(1, 2))
    yield "affine_short", op_blob(AFFINE, 2, 2, good[:-4])
    yield "affine_long", op_blob(AFFINE, 2, 2, good + f32(0))
    yield "affine_counts", op_blob(AFFINE, 1, 2, good)
    yield "affine_fewer_outputs", op_blob(AFFINE, 2, 1, good)
    yield "affine_more_outputs", op_blob(AFFINE, 2, 3, good)
    yield "affine_nan", op_blob(AFFINE, 2, 2, good[:-4] + f32(math.nan))


def rest() -> Iterator[tuple[str, bytes]]:
    yield "gather_beyond", op_blob(GATHER, 3, 2, struct.pack("<HH", 0, 3))
    yield "gather_padding", op_blob(GATHER, 3, 1, struct.pack("<HH", 0, 1))
    yield "gather_short", op_blob(GATHER, 3, 3, struct.pack("<HH", 0, 1))
    yield "gather_long", op_blob(GATHER, 3, 2, struct.pack("<HHI", 0, 1, 0))
    wide = struct.pack("<I", 0x10001)
    yield "gather_wide_beyond", op_blob(GATHER, 0x10001, 1, wide)
    yield "gather_wide_short", op_blob(GATHER, 0x10001, 2, wide)
    yield "mix_remainder", op_blob(MIX, 5, 2, f32(1, 2))
    yield "mix_more_outputs", op_blob(MIX, 1, 2, f32(1))
    yield "mix_short", op_blob(MIX, 4, 2, f32(1))
    yield "mix_long", op_blob(MIX, 4, 2, f32(1, 2, 3))
    yield "mix_inf", op_blob(MIX, 4, 2, f32(1, -math.inf))
    for name, code in (("u8", CAST_U8), ("i16", CAST_I16)):
        yield f"cast_{name}_payload", op_blob(code, 2, 2, u32(0))
        yield f"cast_{name}_counts", op_blob(code, 2, 1, b"")
    for name, total in (("zero", 0.0), ("negative", -1.0), ("inf", math.inf)):
        yield f"shares_{name}", op_blob(SHARES, 2, 2, f32(total))
    yield "shares_counts", op_blob(SHARES, 2, 1, f32(1))
    yield "shares_empty", op_blob(SHARES, 2, 2, b"")


def cases() -> Iterator[tuple[str, bytes]]:
    yield from dense()
    yield from affine()
    yield from rest()
