# SPDX-License-Identifier: MIT
"""Edges of checks that soak/mutants.py found no other blob to stand on."""

import struct
from collections.abc import Iterator

from c.hostile_ops.boosting import AGAIN, RANKS, column, i32
from c.hostile_ops.kernels import DOT, f32, u32
from c.hostile_ops.neighbors import DISTANCES, MEANS, NEAREST, NEAREST_I16, POWER
from c.hostile_ops.prep import INTERPOLATE, LOOKUP, PRODUCTS
from c.hostile_ops.table import TABLE
from c.hostile_ops.work import COUPLE, FULL, GATHER, MIX, SQUARE, TREES, WINNER, halves
from c.hostile_ops.work import SHARES as NEIGHBOR_SHARES
from c.hostile_ops.work import VOTES as NEIGHBOR_VOTES
from c.op_blob import op_blob, program_blob, stage_of
from c.op_codes import OP

AFFINE, SHARES = OP["affine"], OP["votes_to_proba"]
Cases = Iterator[tuple[str, bytes]]


WEIGHTED = struct.pack("<IHH", 3, 1, 2) + struct.pack("<3f", 1, 2, 3)


def affine(flags: int, arrays: int) -> bytes:
    return op_blob(AFFINE, 1, 1, u32(flags) + f32(*[1.0] * arrays))


def cases() -> Cases:
    yield "affine_fifth_array", affine(31, 5)
    yield "affine_fifth_array_alone", affine(16, 1)
    for total in (0, 0x007FFFFF, 0x7F800000, 0x80800000):
        yield f"shares_of_{total:x}", op_blob(SHARES, 1, 1, u32(total))
    yield "means_weighted_more", op_blob(MEANS, 8, 1, WEIGHTED)
    yield "power_k_beyond", power(1025, 1025, 3)
    yield "power_whole_beyond", power(1, 2, 65)
    most = struct.pack("<IHHHh", 1028, 1025, 0, 1, 0) + bytes(1028)
    yield "nearest_i16_k_beyond", op_blob(NEAREST_I16, 1, 3075, most)
    none = struct.pack("<IHH", 3, 0, 0)
    yield "votes_no_values", op_blob(NEIGHBOR_VOTES, 2, 2, none)
    yield "couple_more", op_blob(COUPLE, 6, 19, u32(4) + bytes(48))
    yield "gather_far_beyond", op_blob(GATHER, 0x10001, 2, u32(0, 0x10001))
    for name, (code, _) in RANKS.items():
        again = column(0, 0, 2, 0) + column(1, AGAIN, 2, 0) + i32(-5, 5)
        yield f"rank_{name}_again_source_above", op_blob(code, 2, 2, again)


def power(k: int, n: int, whole: int) -> bytes:
    head = struct.pack("<IHHff", n, k, whole, 0, 0.3)
    return op_blob(POWER, 1, 2 * k, head + bytes(4 * n))


def neighbors() -> dict[str, bytes]:
    """As many as may be asked for, of as many items, of one element each."""
    most, n = 1024, 1024
    power = struct.pack("<IHHff", n, most, 3, 0, 0.3) + bytes(4 * n)
    wide = struct.pack("<IHHHh", n, most, 0, 1, 0) + bytes(n)
    return {
        "nearest": op_blob(
            NEAREST, 1, 2 * most, struct.pack("<IHH", n, most, 0) + bytes(4 * n)
        ),
        "power": op_blob(POWER, 1, 2 * most, power),
        "nearest_i16": op_blob(NEAREST_I16, 1, 3 * most, wide),
    }


def two_votes() -> bytes:
    """Votes for two outputs: the first has its class before the last tree, which
    decides the second."""
    head = struct.pack("<IIIIHH", 4, 52, 0, 1, 0, 0)
    trees = b"".join(struct.pack("<II", 0, k) for k in range(4))
    payload = head + trees + bytes([0, 0, 0, 3])
    stage = stage_of(TREES["vote"], 1, 4, len(payload))
    more = {"output": 0x26, "vote_total": 4}
    return program_blob([(stage, payload)], 1, 4, groups=(2, 2), **more)


def valid() -> Cases:
    yield "two_votes", two_votes()
    yield "table", op_blob(TABLE, 2, 2, u32(2, 1) + f32(*range(8)))
    yield "winner_powers", halves(WINNER, 8, 3, u32(1))
    root = struct.pack("<IHHff", 2, 1, 0, 0.5, 0.5) + bytes(8)
    yield "power_root", op_blob(POWER, 1, 2, root)
    yield "mix", op_blob(MIX, 4, 2, f32(0.5, 0.25))
    head = struct.pack("<IHH", 4, 1, 7)  # wide, weighted and roots
    yield "shares_flags", op_blob(NEIGHBOR_SHARES, 4, 2, head + bytes(8))
    for name, blob in neighbors().items():
        yield f"{name}_most", blob
    yield "interpolate_one", op_blob(INTERPOLATE, 1, 1, u32(1) + f32(1, 10))
    for degree in (1, 65535):
        yield f"dot_{degree}", op_blob(DOT, 2, 1, u32(1, degree, 1) + f32(*range(5)))
    for flags in (0, 1):
        payload = struct.pack("<HH", 0, flags) + f32(*range(6))
        yield f"distances_flags_{flags}", op_blob(DISTANCES, 2, 3, payload)
    yield "affine_all_arrays", affine(15, 4)
    yield "power_whole", power(1, 2, 64)
    yield "gather_far", op_blob(GATHER, 0x10001, 2, u32(0, 0x10000))
    yield "gather_near", op_blob(GATHER, 0x10000, 2, bytes(4))
    yield "products_far", op_blob(PRODUCTS, 0x10000, 1, u32(0, 0x10000))
    yield "products_near", op_blob(PRODUCTS, 0xFFFF, 2, bytes(8))
    yield "lookup_without_keys", op_blob(LOOKUP, 1, 1, u32(0, 0) + f32(5))
    highest = struct.pack("<IHHHh", 3, 2, 0, 1, 32512) + bytes(8)
    yield "nearest_i16_base", op_blob(NEAREST_I16, 2, 6, highest)
    one = struct.pack("<IHHHh", 3, 1, 0, 1, 0) + bytes(8)
    yield "nearest_i16_one", op_blob(NEAREST_I16, 2, 3, one)
    yield "means_weighted", op_blob(MEANS, 6, 1, WEIGHTED)
    own = struct.pack("<I", 0) + bytes(4 * 200 * (1 + 10 + 55))
    yield "full_own", op_blob(FULL, 10, 200, own)
    squares = [(stage_of(SQUARE, 4, 4, 0), b"")]
    yield "logits_groups", program_blob(squares, 4, 4, groups=(2, 2), output=0x3E)
    for total in (0x00800000, 0x7F7FFFFF):
        yield f"shares_of_{total:x}", op_blob(SHARES, 1, 1, u32(total))
    for name, (code, _) in RANKS.items():
        none = column(0, 0, 0, 0) + column(1, 0, 0, 0)
        yield f"rank_{name}_without_keys", op_blob(code, 2, 2, none)
