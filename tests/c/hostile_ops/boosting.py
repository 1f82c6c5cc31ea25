# SPDX-License-Identifier: MIT
"""Boosted trees, ranks and the median with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator
from typing import Any

from c.blobs import LEAF_LEFT, LEAF_RIGHT, LONE, MISSING_LEFT, TREES, pack, padded
from c.hostile import BOTH, HUGE, record
from c.op_blob import op_blob
from c.op_codes import OP

# name: (code, the walk in c.blobs whose records have the same layout)
ADD = {
    "add_f32": (OP["trees_add_f32"], "f32"),
    "add_f32w": (OP["trees_add_f32w"], "f32w"),
    "add_i16": (OP["trees_add_i16"], "i16"),
    "add_i16w": (OP["trees_add_i16w"], "i16w"),
    "add_i32": (OP["trees_add_i32"], "i32"),
    "add_i32w": (OP["trees_add_i32w"], "i32w"),
    "add_u8": (OP["trees_add_u8"], "u8"),
    "add_u8w": (OP["trees_add_u8w"], "u8w"),
    "add_u8m": (OP["trees_add_u8m"], "u8m"),
}
CODED = {
    "sum_u8c": (OP["trees_sum_u8c"], "u8m"),
    "sum_i16c": (OP["trees_sum_i16c"], "i16w"),
    "add_u8c": (OP["trees_add_u8c"], "u8m"),
    "add_i16c": (OP["trees_add_i16c"], "i16w"),
}
OPS = ADD | CODED
RANKS = {"u8": (OP["bucketize_u8"], 255), "i16": (OP["bucketize_i16"], 32767)}
OBLIVIOUS, MEDIAN = OP["oblivious_u8"], OP["median"]
#: Ordered keys of the infinities.
LEAST, MOST = -0x7F800001, 0x7F800000

Cases = Iterator[tuple[str, bytes]]


def f32(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def u32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def i32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}i", *values)


def u16(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)


# --- Trees: of 2 inputs and 2 outputs, one of 3 records and one of 1, 4 leaf
# entries. Where there are categories, input 1 has them: two sets, at 0 and 2.

Row = tuple[int, int, int, int]  # feature, flags, link, threshold
A, B, C, D = (0, 0, 1, 1), (1, BOTH, 0, 0), (1, BOTH, 2, 2), (1, BOTH, 0, 0)
SETS = u16(1, 0xFFFF, 2, 5, 6)


def parts_of(op: str, *rows: Row) -> dict[str, bytes]:
    """The parts of a payload that is right, but for what its records say."""
    adds = op.startswith("add")
    return {
        "exponents": b"" if adds else i32(-3, 2),
        "trees": u32(3, 0, 1, 0),
        "records": b"".join(record(OPS[op][1], *r) for r in rows or (A, B, C, D)),
        "table": f32(*range(8)) if adds else bytes(range(8)),
        "sets": SETS if op in CODED else b"",
    }


def payload(op: str, *rows: Row, **changes: Any) -> bytes:
    """Its parts and its head's fields, with some of either changed by name."""
    parts = parts_of(op, *rows)
    parts = {name: changes.pop(name, part) for name, part in parts.items()}
    sized = [padded(part) for part in parts.values()]
    head = {
        "n_trees": 2,
        "leaves": 20 + sum(map(len, sized[:3])),
        "n_items": len(parts["sets"]) // 2,
        "unit": int(op in CODED),
        "leaf_shift": 2 if op.startswith("add") else 0,
        "item": 0,
    }
    head["leaves"] += changes.pop("shifted", 0)
    return pack(TREES, head | changes) + b"".join(sized)


def blob(op: str, *rows: Row, n_in: int = 2, n_out: int = 2, **changes: Any) -> bytes:
    return op_blob(OPS[op][0], n_in, n_out, payload(op, *rows, **changes))


def lone(op: str) -> bytes:
    """Two trees without a split."""
    return blob(op, trees=u32(LONE, 0, LONE, 3), records=b"")


def three(op: str, octets: bytes, shifted: int = 0) -> bytes:
    """One tree of 3 records, and octets that end them."""
    records = parts_of(op, A, B, C)["records"] + octets
    trees = u32(3, 0)
    return blob(op, n_trees=1, trees=trees, records=records, shifted=shifted)


def head_cases(op: str) -> Cases:
    size = len(payload(op))
    for n in (0, 1, 3, 0x10000001, 0x20000002, HUGE):
        yield f"{op}_n_trees_{n:x}", blob(op, n_trees=n)
    for at in (0, 16, 20, 36, size, size + 4, HUGE - 3, HUGE):
        yield f"{op}_leaves_at_{at:x}", blob(op, leaves=at)
    for shifted in (-4, 1, 2, 4):
        yield f"{op}_leaves_shifted_{shifted}", blob(op, shifted=shifted)
    for word in (1, 0x0100, 0x0101, 0x8000):
        yield f"{op}_item_{word:x}", blob(op, item=word)
    shifts = (0, 1, 3) if op.startswith("add") else (3, 4)
    for shift in (*shifts, 32, 34, 0x0102, 0xFFFF):
        yield f"{op}_shift_{shift:x}", blob(op, leaf_shift=shift)
    for octets in (0, 4, 16, 20):
        short = payload(op)[:octets]
        yield f"{op}_{octets}_octets", op_blob(OPS[op][0], 2, 2, short)
        zeros = op_blob(OPS[op][0], 2, 2, bytes(octets))
        yield f"{op}_{octets}_zeros", zeros
    yield f"{op}_one_input", blob(op, n_in=1)
    yield f"{op}_scores_3", blob(op, n_out=3)
    yield f"{op}_scores_many", blob(op, n_out=0x03FFFFFF)


def bare_cases(op: str) -> Cases:
    for n in (1, 2, 0x80000000, HUGE):
        yield f"{op}_n_items_{n:x}", blob(op, n_items=n)
        yield f"{op}_unit_{n:x}", blob(op, unit=n)


def leaf_cases(op: str) -> Cases:
    table = parts_of(op)["table"]
    yield f"{op}_table_none", blob(op, table=b"")
    yield f"{op}_table_short", blob(op, table=table[:-4])
    if not op.startswith("add"):
        for exponent in (257, -257, 2**31 - 1, -(2**31)):
            yield f"{op}_exponent_{exponent}", blob(op, exponents=i32(0, exponent))
        return
    yield f"{op}_table_long", blob(op, table=table + f32(0))
    yield f"{op}_table_one_less", blob(op, table=table[:-8])
    for at in (0, 3, 7):
        for bad in (math.nan, math.inf, -math.inf):
            numbers = [bad if i == at else 1.0 for i in range(8)]
            yield f"{op}_{bad}_at_{at}", blob(op, table=f32(*numbers))
    for bits in (0x7F800001, 0xFFFFFFFF):
        yield f"{op}_bits_{bits:x}", blob(op, table=table[:-4] + u32(bits))


def tree_cases(op: str) -> Cases:
    for name, words in {
        "size_more": [3, 0, 2, 0],
        "size_less": [2, 0, 1, 0],
        "size_huge": [3, 0, HUGE, 0],
        "size_wraps": [3, 0, 0x80000001, 0],
        "only_lone": [LONE, 0, LONE, 0],
        "lone_far": [LONE, 4, 4, 0],
        "base": [3, 0, 1, 3],
        "base_end": [3, 0, 1, 4],
        "base_huge": [3, 0, 1, HUGE],
    }.items():
        yield f"{op}_{name}", blob(op, trees=u32(*words))
    records = parts_of(op)["records"]
    yield f"{op}_records_short", blob(op, records=records[:-4])
    yield f"{op}_records_long", blob(op, records=records + bytes(4))
    if len(records) == 24:
        for pad in (b"\0\1", b"\1\0"):
            yield f"{op}_records_pad_{pad.hex()}", three(op, pad)
        # Without padding nothing but the offset itself is wrong.
        yield f"{op}_records_no_pad", three(op, b"", shifted=-2)


def record_cases(op: str) -> Cases:
    def case(name: str, *rows: Row) -> tuple[str, bytes]:
        return f"{op}_{name}", blob(op, *rows)

    yield case("feature_first", (2, 0, 1, 0), B, C, D)
    yield case("feature_last", A, B, C, (2, BOTH, 0, 0))
    yield case("link_past", (0, 0, 2, 1), B, C, D)
    yield case("link_far", (0, 0, 0x3FFF, 1), B, C, D)
    yield case("leaf_left", (0, LEAF_LEFT, 4, 1), B, C, D)
    yield case("leaf_right", (0, LEAF_RIGHT, 4, 1), B, C, D)
    yield case("leaf_pair", A, B, (1, BOTH, 3, 2), D)
    yield case("leaf_pair_last", A, B, C, (1, BOTH, 3, 0))
    yield case("no_next_left", A, B, (1, LEAF_LEFT, 0, 2), D)
    yield case("no_next_inner", A, B, (1, 0, 0, 2), D)
    yield case("no_next_last", A, B, C, (1, LEAF_RIGHT, 0, 0))
    if OPS[op][1] in ("i16w", "u8w", "i32", "i32w"):
        yield case("missing", (0, MISSING_LEFT, 1, 1), B, C, D)


def coded_cases(op: str) -> Cases:
    size = len(payload(op))
    for unit in (2, 3, 0x10001, HUGE):
        yield f"{op}_unit_{unit:x}", blob(op, unit=unit)
    most = size // 2
    for n in (0, 1, 4, 7, most, most + 1, 0x40000000, 0x7FFFFFFF, HUGE - 1, HUGE):
        yield f"{op}_n_items_{n:x}", blob(op, n_items=n)
    for place in (4, 5, 6, 7, 0x7FFF, -1):
        yield f"{op}_place_{place}_first", blob(op, A, (1, BOTH, 0, place), C, D)
        yield f"{op}_place_{place}_last", blob(op, A, B, C, (1, BOTH, 0, place))
    yield f"{op}_place_by_unit", blob(op, (0, 0, 1, 5), B, C, D, unit=0)
    for count in (3, 4, 0x7FFF, 0x8000, 0xFFFF):
        sets = u16(1, 0xFFFF, count, 5, 6)
        yield f"{op}_set_of_{count:x}", blob(op, sets=sets)
    for count in (5, 0xFFFF):
        sets = u16(count, 0, 0, 0, 0)
        yield f"{op}_first_set_of_{count:x}", blob(op, sets=sets)
    for pad in (1, 0x0100, 0xFFFF):
        sets = SETS + u16(pad)
        yield f"{op}_sets_pad_{pad:x}", blob(op, sets=sets, n_items=5)
    yield f"{op}_sets_none", blob(op, sets=b"")
    yield f"{op}_sets_short", blob(op, sets=SETS[:-4])
    yield f"{op}_sets_end_the_table", blob(op, sets=b"", n_items=2)


def tree_ops() -> Cases:
    for op in OPS:
        yield from head_cases(op)
        yield from leaf_cases(op)
        yield from tree_cases(op)
        yield from record_cases(op)
        yield from coded_cases(op) if op in CODED else bare_cases(op)


# --- Ranks: columns (source << 2 | flags, count, missing), and then keys.

EXACT, AGAIN = 1, 2


def column(source: int, flags: int, count: int, missing: int) -> bytes:
    return struct.pack("<IHH", source << 2 | flags, count, missing)


def rank_cases(name: str) -> Cases:
    code, most = RANKS[name]
    one, keys = column(1, 0, 2, 0), i32(-5, 5)

    def case(what: str, *parts: bytes, n_out: int = 1) -> tuple[str, bytes]:
        return f"rank_{name}_{what}", op_blob(code, 2, n_out, b"".join(parts))

    yield case("empty")
    yield case("half", one[:4])
    yield case("short", one, keys[:-4])
    yield case("long", one, keys, i32(6))
    yield case("no_keys", one)
    yield case("fewer_columns", one, keys, n_out=2)
    yield case("many_columns", one, keys, n_out=0x03FFFFFF)
    yield case("second_short", one, one, keys, i32(1), n_out=2)
    for source in (2, 3, 0x10001, 0x3FFFFFFF):
        yield case(f"source_{source:x}", column(source, 0, 2, 0), keys)
        yield case(
            f"source_{source:x}_last", one, column(source, 0, 0, 0), keys, n_out=2
        )
    for count in (1, 3, most, 0xFFFF):
        yield case(f"count_{count}", column(1, 0, count, 0), keys)
    rising = i32(*range(most + 1))
    yield case("count_above", column(1, 0, most + 1, 0), rising)
    for missing in (most + 1, 0xFFFF):
        yield case(f"missing_{missing}", column(1, 0, 2, missing), keys)
        exact = column(1, EXACT, 2, missing)
        yield case(f"missing_{missing}_exact", exact, keys)
    yield from rank_keys(name)
    yield from rank_again(name)


def rank_keys(name: str) -> Cases:
    code, _ = RANKS[name]
    for what, keys in {
        "equal": (5, 5, 6),
        "equal_last": (4, 5, 5),
        "falling": (5, 4, 6),
        "falling_last": (4, 6, 5),
        "falling_signs": (1, -1, 2),
        "nan": (4, 5, MOST + 1),
        "nan_alone": (MOST + 1, MOST + 2, MOST + 3),
        "nan_largest": (4, 5, 0x7FFFFFFF),
        "nan_below": (LEAST - 1, 4, 5),
        "nan_least": (-(2**31), 4, 5),
    }.items():
        blob = op_blob(code, 2, 1, column(1, 0, 3, 0) + i32(*keys))
        yield f"rank_{name}_keys_{what}", blob
        before = column(0, 0, 1, 0) + column(1, EXACT, 3, 0)
        blob = op_blob(code, 2, 2, before + i32(7, *keys))
        yield f"rank_{name}_keys_{what}_second", blob


def rank_again(name: str) -> Cases:
    code, most = RANKS[name]
    good, keys = column(1, 0, 2, 0), i32(-5, 5)
    for what, again in {
        "source": column(0, AGAIN, 2, 0),
        "source_beyond": column(2, AGAIN, 2, 0),
        "fewer": column(1, AGAIN, 1, 0),
        "more": column(1, AGAIN, 3, 0),
        "none": column(1, AGAIN, 0, 0),
        "count": column(1, AGAIN, most + 1, 0),
        "missing": column(1, AGAIN, 2, most + 1),
    }.items():
        blob = op_blob(code, 2, 2, good + again + keys)
        yield f"rank_{name}_again_{what}", blob
    first, again = column(1, AGAIN, 2, 0), column(1, AGAIN, 2, 1)
    yield f"rank_{name}_again_first", op_blob(code, 2, 1, first + keys)
    yield f"rank_{name}_again_empty", op_blob(code, 2, 1, column(1, AGAIN, 0, 0))
    yield f"rank_{name}_again_both", op_blob(code, 2, 2, first + again + keys)
    twice = good + again + keys + keys
    yield f"rank_{name}_again_keys_twice", op_blob(code, 2, 2, twice)
    other = good + again + column(0, AGAIN, 2, 1) + keys
    yield f"rank_{name}_again_third", op_blob(code, 2, 3, other)


# --- Oblivious trees: of 2 inputs and 2 outputs.


def level(feature: int, threshold: int = 1) -> bytes:
    return u16(feature, threshold)


def oblivious(
    *trees: bytes, n: int | None = None, shift: int = 0, exponents: bytes = i32(-3, 2)
) -> bytes:
    n = len(trees) if n is None else n
    return op_blob(OBLIVIOUS, 2, 2, u32(n, shift) + exponents + b"".join(trees))


def deep(depth: int, levels: int | None = None, leaves: int | None = None) -> bytes:
    """A tree of so many questions, some more or fewer of them being there."""
    levels = depth if levels is None else levels
    leaves = 2 << depth if leaves is None else leaves
    return u32(depth) + level(1) * levels + bytes(leaves)


def oblivious_cases() -> Cases:
    two, flat = deep(2), u32(0) + bytes(4)
    yield "oblivious_empty", op_blob(OBLIVIOUS, 2, 2, b"")
    yield "oblivious_half_a_head", op_blob(OBLIVIOUS, 2, 2, u32(1))
    yield "oblivious_head_only", op_blob(OBLIVIOUS, 2, 2, u32(1, 0))
    yield "oblivious_no_trees", oblivious(n=1)
    yield "oblivious_one_exponent", oblivious(exponents=i32(0), n=1)
    many = op_blob(OBLIVIOUS, 2, 0x03FFFFFF, u32(1, 0) + i32(-3, 2) + two)
    yield "oblivious_many_outputs", many
    for n in (0, 1, 3, 0x40000000, 0x80000002, HUGE):
        yield f"oblivious_n_trees_{n:x}", oblivious(two, flat, n=n)
    yield "oblivious_n_trees_0_alone", oblivious(n=0)
    for shift in (1, 2, 3, 4, 32, 0x100, 0x10000, HUGE):
        yield f"oblivious_shift_{shift:x}", oblivious(two, shift=shift)
    yield "oblivious_shift_3_full", oblivious(deep(2, leaves=64), shift=3)
    for bad in (257, -257, 2**31 - 1, -(2**31)):
        for pair in ((bad, 0), (0, bad)):
            name = f"oblivious_exponents_{pair[0]}_{pair[1]}"
            yield name, oblivious(two, exponents=i32(*pair))
    for depth in (17, 18, 31, 32, 33, 0x100, 0x10000, 0x40000000, HUGE):
        yield f"oblivious_depth_{depth:x}", oblivious(u32(depth) + bytes(12))
    yield "oblivious_depth_17_full", oblivious(deep(17))
    yield "oblivious_depth_16_bare", oblivious(deep(16, leaves=0))
    for feature in (2, 3, 0xFFFF):
        for name, levels in {
            "first": level(feature) + level(1),
            "last": level(1) + level(feature),
        }.items():
            tree = u32(2) + levels + bytes(8)
            yield f"oblivious_{name}_feature_{feature}", oblivious(tree)
            yield f"oblivious_{name}_feature_{feature}_second", oblivious(two, tree)
    yield from oblivious_sizes(two)


def oblivious_sizes(two: bytes) -> Cases:
    """Trees with less than they say, or with more."""
    for name, tree in {
        "questions_none": u32(2),
        "questions_short": u32(2) + level(1),
        "leaves_none": deep(2, leaves=0),
        "leaves_short": deep(2, leaves=4),
        "leaves_long": deep(2, leaves=12),
        "flat_none": u32(0),
        "flat_long": u32(0) + bytes(8),
        "head_none": b"",
    }.items():
        yield f"oblivious_{name}", oblivious(tree, n=1)
        yield f"oblivious_{name}_second", oblivious(two, tree, n=2)


def median_cases() -> Cases:
    good = u32(1, 2, 3)
    yield "median_empty", op_blob(MEDIAN, 3, 1, b"")
    yield "median_short", op_blob(MEDIAN, 3, 1, good[:-4])
    yield "median_long", op_blob(MEDIAN, 3, 1, good + u32(0))
    for n_out in (2, 3, 0x03FFFFFF):
        yield f"median_outputs_{n_out:x}", op_blob(MEDIAN, 3, n_out, good)
    yield "median_zeros", op_blob(MEDIAN, 3, 1, u32(0, 0, 0))
    yield "median_wraps", op_blob(MEDIAN, 3, 1, u32(0x80000000, 0x7FFFFFFF, 1))
    yield "median_wraps_on", op_blob(MEDIAN, 3, 1, u32(0xFFFFFFFF, 1, 5))
    yield "median_inputs_fewer", op_blob(MEDIAN, 2, 1, good)
    yield "median_inputs_many", op_blob(MEDIAN, 0x03FFFFFF, 1, good)


def cases() -> Cases:
    yield from tree_ops()
    for name in RANKS:
        yield from rank_cases(name)
    yield from oblivious_cases()
    yield from median_cases()


# --- What is right, at the edges of the rules above.


def valid_trees() -> Cases:
    for op in OPS:
        yield f"{op}", blob(op)
        yield f"{op}_lone", lone(op)
        yield f"{op}_based", blob(op, trees=u32(3, 0, 1, 2))
        if len(parts_of(op)["records"]) == 24:
            yield f"{op}_records_pad", three(op, b"\0\0")
    for op in CODED:
        yield f"{op}_all_coded", blob(op, (*A[:3], 0), B, C, D, unit=0)
        empty = u16(1, 0xFFFF, 2, 5, 0)
        yield f"{op}_last_place", blob(op, A, (1, BOTH, 0, 4), C, D, sets=empty)
        # What is no category compares with the threshold, of whatever size.
        yield f"{op}_far_threshold", blob(op, (0, 0, 1, -1), B, C, D)


def valid_ranks(name: str) -> Cases:
    code, most = RANKS[name]
    columns = column(1, 0, 3, most) + column(1, AGAIN | EXACT, 3, 1)
    columns += column(0, EXACT, 0, 0) + column(0, AGAIN, 0, most)
    keys = i32(LEAST, 0, MOST)
    yield f"rank_{name}", op_blob(code, 2, 4, columns + keys)
    full = column(0, 0, most, 0) + i32(*range(most))
    yield f"rank_{name}_full", op_blob(code, 1, 1, full)


def valid() -> Cases:
    yield from valid_trees()
    for name in RANKS:
        yield from valid_ranks(name)
    yield "oblivious", oblivious(deep(2), u32(0) + bytes(4), deep(1))
    yield "oblivious_deep", oblivious(deep(16))
    yield "oblivious_wide", oblivious(deep(3, leaves=64), shift=2)
    yield "median", op_blob(MEDIAN, 3, 1, u32(1, 2, 3))
    yield "median_one", op_blob(MEDIAN, 3, 1, u32(0, 1, 0))
    yield "median_most", op_blob(MEDIAN, 3, 1, u32(HUGE, 0xFFFFFFFF - HUGE, 0))
