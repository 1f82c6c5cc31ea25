# SPDX-License-Identifier: MIT
"""Ops of preprocessing with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.op_blob import op_blob
from c.op_codes import OP

IMPUTE, TAILS, LOOKUP, EQUALS = (
    OP["impute"],
    OP["ndtri_two_sided"],
    OP["map_values"],
    OP["one_hot"],
)
PRODUCTS, INTERPOLATE = OP["polynomial"], OP["interpolate"]
NAN, OTHER_NAN, INFINITY = 0x7FC00000, 0x7FC00001, 0x7F800000


def f32(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def u32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def impute() -> Iterator[tuple[str, bytes]]:
    good = u32(NAN) + f32(1, 2)
    yield "impute_empty", op_blob(IMPUTE, 2, 2, b"")
    yield "impute_short", op_blob(IMPUTE, 2, 2, good[:-4])
    yield "impute_long", op_blob(IMPUTE, 2, 2, good + f32(0))
    yield "impute_counts", op_blob(IMPUTE, 3, 2, good)
    yield "impute_other_nan", op_blob(IMPUTE, 2, 2, u32(OTHER_NAN) + f32(1, 2))
    yield "impute_infinity", op_blob(IMPUTE, 2, 2, u32(INFINITY) + f32(1, 2))
    yield "impute_to_nan", op_blob(IMPUTE, 2, 2, u32(NAN) + f32(1, math.nan))
    yield "impute_huge", op_blob(IMPUTE, 0x3FFFFFF, 0x3FFFFFF, good)


def tails() -> Iterator[tuple[str, bytes]]:
    yield "tails_empty", op_blob(TAILS, 2, 2, b"")
    yield "tails_long", op_blob(TAILS, 2, 2, f32(5, 5))
    yield "tails_counts", op_blob(TAILS, 3, 2, f32(5))
    yield "tails_negative", op_blob(TAILS, 2, 2, f32(-5))
    yield "tails_minus_zero", op_blob(TAILS, 2, 2, f32(-0.0))
    yield "tails_infinite", op_blob(TAILS, 2, 2, f32(math.inf))


def lookup() -> Iterator[tuple[str, bytes]]:
    one = u32(2) + f32(9) + f32(1, 2) + f32(10, 20)
    yield "lookup_empty", op_blob(LOOKUP, 1, 1, b"")
    yield "lookup_head_only", op_blob(LOOKUP, 1, 1, u32(0))
    yield "lookup_flag", op_blob(LOOKUP, 1, 1, u32(2) + one)
    yield "lookup_counts", op_blob(LOOKUP, 2, 1, u32(0) + one)
    yield "lookup_one_table_of_two", op_blob(LOOKUP, 2, 2, u32(0) + one)
    yield "lookup_half_a_head", op_blob(LOOKUP, 2, 2, u32(0) + one + u32(0))
    yield "lookup_short", op_blob(LOOKUP, 1, 1, u32(0) + one[:-4])
    yield "lookup_long", op_blob(LOOKUP, 1, 1, u32(0) + one + f32(0))
    for n in (1, 3, 0x40000000, 0x80000000, 0xFFFFFFFF):
        yield f"lookup_{n}_keys", op_blob(LOOKUP, 1, 1, u32(0, n) + one[4:])
    keys = {
        "equal": f32(1, 1),
        "falling": f32(2, 1),
        "zeros": f32(-0.0, 0.0),
        "nan_last": f32(1, math.nan),
        "infinite": f32(1, math.inf),
        "other_nan": u32(OTHER_NAN) + f32(1),
    }
    for name, pair in keys.items():
        payload = u32(0) + one[:8] + pair + one[16:]
        yield f"lookup_keys_{name}", op_blob(LOOKUP, 1, 1, payload)
    for bits in (OTHER_NAN, INFINITY):
        value = u32(0) + one[:-4] + u32(bits)
        yield f"lookup_value_{bits:x}", op_blob(LOOKUP, 1, 1, value)
        other = u32(0, 2, bits) + one[8:]
        yield f"lookup_other_{bits:x}", op_blob(LOOKUP, 1, 1, other)


def equals() -> Iterator[tuple[str, bytes]]:
    good = u32(0) + f32(1) + u32(1) + f32(2)
    yield "equals_empty", op_blob(EQUALS, 2, 2, b"")
    yield "equals_short", op_blob(EQUALS, 2, 2, good[:-4])
    yield "equals_long", op_blob(EQUALS, 2, 2, good + u32(0, 0))
    yield "equals_beyond", op_blob(EQUALS, 1, 2, good)
    yield "equals_far_beyond", op_blob(EQUALS, 2, 1, u32(0x10000) + f32(1))
    yield "equals_infinity", op_blob(EQUALS, 2, 1, u32(0, INFINITY))
    yield "equals_other_nan", op_blob(EQUALS, 2, 1, u32(0, OTHER_NAN))


def products() -> Iterator[tuple[str, bytes]]:
    def pairs(*numbers: int) -> bytes:
        return struct.pack(f"<{len(numbers)}H", *numbers)

    good = pairs(0, 2, 1, 0)
    yield "products_empty", op_blob(PRODUCTS, 2, 2, b"")
    yield "products_short", op_blob(PRODUCTS, 2, 2, good[:-4])
    yield "products_long", op_blob(PRODUCTS, 2, 2, good + pairs(0, 0))
    yield "products_later_base", op_blob(PRODUCTS, 2, 2, pairs(1, 0, 1, 0))
    yield "products_factor", op_blob(PRODUCTS, 2, 2, pairs(0, 3, 1, 0))
    yield "products_wide_short", op_blob(PRODUCTS, 0x10000, 1, pairs(0, 0))
    yield "products_wide_factor", op_blob(PRODUCTS, 0x10000, 1, u32(0, 0x10001))
    yield "products_wide_base", op_blob(PRODUCTS, 0x10000, 1, u32(0x10000, 0))


def interpolate() -> Iterator[tuple[str, bytes]]:
    good = u32(2) + f32(1, 2) + f32(10, 20)
    yield "interpolate_empty", op_blob(INTERPOLATE, 1, 1, b"")
    yield "interpolate_no_points", op_blob(INTERPOLATE, 1, 1, u32(0))
    yield "interpolate_short", op_blob(INTERPOLATE, 1, 1, good[:-4])
    yield "interpolate_long", op_blob(INTERPOLATE, 1, 1, good + u32(0))
    yield "interpolate_counts", op_blob(INTERPOLATE, 2, 1, good)
    yield "interpolate_one_of_two", op_blob(INTERPOLATE, 2, 2, good)
    for n in (1, 3, 0x20000000, 0xFFFFFFFF):
        yield f"interpolate_{n}_points", op_blob(INTERPOLATE, 1, 1, u32(n) + good[4:])
    for name, keys in (("equal", (1, 1)), ("falling", (2, 1)), ("nan", (math.nan, 1))):
        payload = u32(2) + f32(*keys) + f32(10, 20)
        yield f"interpolate_{name}", op_blob(INTERPOLATE, 1, 1, payload)
    for bad in (math.nan, math.inf):
        payload = u32(2) + f32(1, 2) + f32(10, bad)
        yield f"interpolate_value_{bad}", op_blob(INTERPOLATE, 1, 1, payload)


def cases() -> Iterator[tuple[str, bytes]]:
    yield from impute()
    yield from tails()
    yield from lookup()
    yield from equals()
    yield from products()
    yield from interpolate()
