# SPDX-License-Identifier: MIT
"""Neighbours and distances with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.op_blob import op_blob
from c.op_codes import OP

DISTANCES, NEAREST, NEAREST_I16 = OP["distances"], OP["nearest"], OP["nearest_i16"]
POWER, VOTES, SHARES, MEANS = (
    OP["nearest_power"],
    OP["neighbor_votes"],
    OP["neighbor_shares"],
    OP["neighbor_means"],
)
DENSITY, BISECT = OP["neighbor_density"], OP["bisecting_kmeans"]

Cases = Iterator[tuple[str, bytes]]


def f32(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def distances() -> Cases:
    good = struct.pack("<HH", 0, 1) + f32(*range(6))
    yield "distances_empty", op_blob(DISTANCES, 2, 3, b"")
    yield (
        "distances_metric",
        op_blob(DISTANCES, 2, 3, struct.pack("<HH", 3, 0) + good[4:]),
    )
    yield (
        "distances_flag",
        op_blob(DISTANCES, 2, 3, struct.pack("<HH", 0, 2) + good[4:]),
    )
    yield "distances_short", op_blob(DISTANCES, 2, 3, good[:-4])
    yield "distances_long", op_blob(DISTANCES, 2, 3, good + f32(0))
    yield "distances_inputs", op_blob(DISTANCES, 3, 3, good)
    yield "distances_outputs", op_blob(DISTANCES, 2, 4, good)
    yield "distances_huge", op_blob(DISTANCES, 0x3FFFFFF, 3, good)
    yield "distances_nan", op_blob(DISTANCES, 2, 3, good[:-4] + f32(math.nan))


def nearest() -> Cases:
    items = f32(*range(6))
    for name, n, k, metric, n_out in (
        ("no_items", 0, 1, 0, 2),
        ("k_zero", 3, 0, 0, 2),
        ("k_above_items", 3, 4, 0, 8),
        ("k_huge", 3, 0xFFFF, 0, 2),
        ("items_huge", 0xFFFFFFFF, 1, 0, 2),
        ("items_wrap", 0x40000003, 1, 0, 2),
        ("metric", 3, 1, 4, 2),
        ("outputs", 3, 2, 0, 2),
        ("outputs_odd", 3, 2, 0, 5),
    ):
        head = struct.pack("<IHH", n, k, metric)
        yield f"nearest_{name}", op_blob(NEAREST, 2, n_out, head + items)
    good = struct.pack("<IHH", 3, 2, 0) + items
    yield "nearest_empty", op_blob(NEAREST, 2, 4, b"")
    yield "nearest_short", op_blob(NEAREST, 2, 4, good[:-4])
    yield "nearest_long", op_blob(NEAREST, 2, 4, good + f32(0))
    yield "nearest_inf", op_blob(NEAREST, 2, 4, good[:-4] + f32(math.inf))
    for name, k, whole, fraction, inverse in (
        ("whole", 2, 65, 0.5, 0.5),
        ("none", 2, 0, 0.0, 1.0),
        ("fraction_one", 2, 1, 1.0, 0.5),
        ("fraction_negative", 2, 1, -0.5, 0.5),
        ("fraction_nan", 2, 1, math.nan, 0.5),
        ("inverse_zero", 2, 3, 0.0, 0.0),
        ("inverse_negative", 2, 3, 0.0, -1.0),
        ("inverse_inf", 2, 3, 0.0, math.inf),
        ("k_zero", 0, 3, 0.0, 0.3),
        ("k_many", 4, 3, 0.0, 0.3),
    ):
        head = struct.pack("<IHHff", 3, k, whole, fraction, inverse)
        yield f"power_{name}", op_blob(POWER, 2, 2 * max(k, 1), head + items)
    good = struct.pack("<IHHff", 3, 2, 3, 0, 0.3) + items
    yield "power_empty", op_blob(POWER, 2, 4, b"")
    yield "power_short", op_blob(POWER, 2, 4, good[:-4])
    yield "power_long", op_blob(POWER, 2, 4, good + f32(0))
    yield "power_nan", op_blob(POWER, 2, 4, good[:-4] + f32(math.nan))


def integers() -> Cases:
    def of(n=3, k=2, metric=0, width=1, base=-9, n_out=6, items=bytes(8)) -> bytes:
        head = struct.pack("<IHHHh", n, k, metric, width, base)
        return op_blob(NEAREST_I16, 2, n_out, head + items)

    yield "i16_empty", op_blob(NEAREST_I16, 2, 6, b"")
    yield "i16_padding", of(items=bytes(6) + b"\0\1")
    yield "i16_long", of(items=bytes(12))
    yield "i16_short", of(items=bytes(4))
    yield "i16_width_zero", of(width=0)
    yield "i16_width_three", of(width=3)
    yield "i16_metric", of(metric=2)
    yield "i16_base", of(base=32513)
    yield "i16_k_zero", of(k=0)
    yield "i16_k_many", of(k=4, n_out=12)
    yield "i16_outputs", of(n_out=4)
    yield "i16_items_none", of(n=0)
    yield "i16_items_huge", of(n=0xFFFFFFFF)


def tables() -> Cases:
    for name, code in (("votes", VOTES), ("shares", SHARES)):
        flags, n_in = (0, 2) if code == VOTES else (2, 4)  # lists of two
        for what, n, values, more, table in (
            ("beyond", 3, 1, 0, b"\0\1\2\0"),
            ("padding", 3, 1, 0, b"\0\1\1\1"),
            ("short", 5, 1, 0, bytes(4)),
            ("long", 3, 1, 0, bytes(8)),
            ("values_none", 3, 0, 0, bytes(4)),
            ("wide_short", 3, 1, 1, bytes(4)),
            ("wide_beyond", 2, 1, 1, b"\0\0\2\0"),
            ("huge", 0xFFFFFFFF, 0xFFFF, 0, bytes(4)),
            ("flag", 4, 1, 8, bytes(4)),
        ):
            head = struct.pack("<IHH", n, values, flags | more)
            yield f"{name}_{what}", op_blob(code, n_in, 2, head + table)
        yield f"{name}_empty", op_blob(code, n_in, 2, b"")
    head = struct.pack("<IHH", 4, 1, 2)
    yield "votes_weighted", op_blob(VOTES, 2, 2, head + bytes(4))
    yield "shares_odd", op_blob(SHARES, 3, 2, head + bytes(4))
    unweighted = struct.pack("<IHH", 4, 1, 0)
    yield "shares_unweighted", op_blob(SHARES, 4, 2, unweighted + bytes(4))
    for what, n, values, flags, n_in in (
        ("values", 3, 1, 0, 2),
        ("flag_wide", 3, 2, 1, 2),
        ("flag_root_alone", 3, 2, 4, 2),
        ("flag", 3, 2, 8, 2),
        ("weighted_odd", 3, 2, 2, 3),
        ("short", 4, 2, 0, 2),
        ("long", 2, 2, 0, 2),
        ("huge", 0xFFFFFFFF, 2, 0, 2),
    ):
        head = struct.pack("<IHH", n, values, flags)
        yield f"means_{what}", op_blob(MEANS, n_in, 2, head + f32(*range(6)))
    good = struct.pack("<IHH", 3, 2, 0) + f32(*range(5))
    yield "means_nan", op_blob(MEANS, 2, 2, good + f32(math.nan))
    yield "means_empty", op_blob(MEANS, 2, 2, b"")


def rest() -> Cases:
    for what, n, flags, n_in, n_out, offset in (
        ("flags", 2, 1, 4, 1, 1.5),
        ("odd", 2, 0, 3, 1, 1.5),
        ("outputs", 2, 0, 4, 2, 1.5),
        ("short", 3, 0, 4, 1, 1.5),
        ("long", 1, 0, 4, 1, 1.5),
        ("huge", 0x80000002, 0, 4, 1, 1.5),
        ("offset_nan", 2, 0, 4, 1, math.nan),
    ):
        head = struct.pack("<IIff", n, flags, offset, 1e-10)
        yield f"density_{what}", op_blob(DENSITY, n_in, n_out, head + f32(1, 2, 3, 4))
    head = struct.pack("<IIff", 0, 0, 1.5, 0)
    yield "density_none", op_blob(DENSITY, 4, 1, head)
    yield "density_empty", op_blob(DENSITY, 4, 1, b"")
    head = struct.pack("<IIff", 2, 0, 1.5, 0)
    yield "density_inf", op_blob(DENSITY, 4, 1, head + f32(1, 2, 3, math.inf))

    def fork(*links: int, n: int = 2, items: bytes = f32(*range(8))) -> bytes:
        head = struct.pack(f"<I{len(links)}I", n, *links)
        return op_blob(BISECT, 2, 3, head + items)

    yield "bisect_empty", op_blob(BISECT, 2, 3, b"")
    yield "bisect_none", op_blob(BISECT, 2, 3, bytes(4))
    yield "bisect_back", fork(1, 2, 0, 3)
    yield "bisect_self", fork(0, 2, 3, 4)
    yield "bisect_beyond", fork(1, 2, 3, 5)
    yield "bisect_short", fork(1, 2, 3, 4, items=f32(*range(7)))
    yield "bisect_no_items", fork(1, 2, 3, 4, items=b"")
    yield "bisect_long", fork(1, 2, 3, 4, items=f32(*range(9)))
    yield "bisect_huge", fork(1, 2, 3, 4, n=0x80000002)
    yield "bisect_nan", fork(1, 2, 3, 4, items=f32(*range(7), math.nan))


def cases() -> Cases:
    yield from distances()
    yield from nearest()
    yield from integers()
    yield from tables()
    yield from rest()
