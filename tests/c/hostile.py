# SPDX-License-Identifier: MIT
"""Blobs made to harm: one for each rule of emlrt_open and emlrt_verify.

`hostile()` gives name -> (blob, status): the status, without its EMLRT_ERR_
prefix, that opening and then verifying the blob must end in. All have a right
CRC, as an attacker's would, but those named crc_*.
"""

import copy
import struct
from collections.abc import Iterator
from typing import Any

from .blobs import (
    ARENA,
    CLASSES,
    F32,
    FEATURES,
    GOLDEN,
    I16,
    INPUT,
    ITEMS,
    LEAF_LEFT,
    LEAF_RIGHT,
    LONE,
    MISSING_LEFT,
    NOTE,
    OUTPUT,
    OUTPUTS,
    U32,
    WALKS,
    Blob,
    Leaf,
    Split,
    Stage,
    Trees,
    forest,
    numbers,
    program,
    samples,
    single,
    texts,
    with_crc,
)

# emlrt_status, from 0 downwards.
STATUSES = [
    *("OK", "ARGUMENT", "ALIGN", "SIZE", "MAGIC", "VERSION", "CRC", "HEADER"),
    *("STAGE", "OP", "PAYLOAD", "METADATA", "LIMIT", "DTYPE", "COUNT", "SCRATCH"),
    *("KIND", "BUFFER", "ABSENT", "SELFTEST"),
]
BOTH = LEAF_LEFT | LEAF_RIGHT
HUGE = 0xFFFFFFFF
Case = tuple[str, bytes, str]


def change(
    blob: Blob,
    head: dict[str, int] | None = None,
    stage: dict[str, int] | None = None,
    trees: dict[str, int] | None = None,
    parts: dict[str, bytes] | None = None,
    **attributes: Any,
) -> bytes:
    """The octets of a blob with fields of its last stage or its head changed."""
    blob = copy.deepcopy(blob)
    blob.fields |= head or {}
    blob.stages[-1].fields |= stage or {}
    blob.stages[-1].trees.fields |= trees or {}
    blob.stages[-1].trees.parts |= parts or {}
    for name, value in attributes.items():
        setattr(blob, name, value)
    return blob.bytes()


def header_cases() -> Iterator[Case]:
    votes, values = samples()["vote_f32"], samples()["sum_f32"]
    whole = votes.bytes()
    total = len(whole)
    (body,) = struct.unpack_from("<I", whole, 16)
    wrong = {
        "magic": [(0, "MAGIC"), (0x8E454D4C, "MAGIC"), (HUGE, "MAGIC")],
        "version": [(0, "VERSION"), (2, "VERSION"), (0x0100, "VERSION")],
        "flags": [(2, "HEADER"), (0x8000, "HEADER")],
        "total_size": [
            (0, "HEADER"),
            (total - 1, "HEADER"),
            (total - 4, "SIZE"),
            (total + 4, "SIZE"),
            (0x7FFFFFFC, "SIZE"),
            (0x7FFFFFFD, "LIMIT"),
            (HUGE, "LIMIT"),
        ],
        "body_size": [
            (0, "HEADER"),
            (44, "HEADER"),
            (48, "HEADER"),
            (52, "STAGE"),
            (body - 4, "STAGE"),
            (body + 2, "HEADER"),
            (body + 4, "STAGE"),
            (total + 4, "HEADER"),
            (HUGE - 3, "HEADER"),
        ],
        "arena_bytes": [(4, "HEADER"), (0x40000000, "HEADER"), (HUGE - 7, "HEADER")],
        "work": [(0, "HEADER")],
        "n_inputs": [(0, "HEADER"), (0x10000000, "HEADER"), (HUGE, "HEADER")],
        "n_scores": [(0, "HEADER"), (2, "HEADER"), (4, "HEADER"), (HUGE, "HEADER")],
        "vote_total": [(0, "HEADER")],
        "n_outputs": [(0, "HEADER"), (2, "HEADER"), (65535, "HEADER")],
        "n_stages": [(0, "HEADER"), (65, "HEADER"), (65535, "HEADER"), (64, "STAGE")],
        "dtypes": [
            (0, "HEADER"),
            (U32 << 8 | U32, "HEADER"),
            (F32 << 8 | F32, "HEADER"),
            (U32 << 8 | 0x0F, "HEADER"),
            (U32 << 8 | I16, "STAGE"),
        ],
        "output": [(0, "HEADER"), (1, "HEADER"), (3, "HEADER"), (0x102, "HEADER")],
    }
    for name, choices in wrong.items():
        for value, status in choices:
            yield f"header_{name}_{value:x}", change(votes, {name: value}), status
    yield "values_vote_total", change(values, {"vote_total": 1}), "HEADER"
    yield "values_n_outputs", change(values, {"n_outputs": 2}), "HEADER"
    yield "values_n_scores", change(values, {"n_scores": 0x10000000}), "HEADER"
    for counts in ([0], [2], [4], [HUGE], [0x10000000]):
        blob = change(votes, {"n_scores": 3}, counts=counts)
        yield f"counts_{counts[0]:x}", blob, "HEADER"
    outputs = samples()["vote_outputs"]
    for counts in ([0, 5], [5, 0], [HUGE, 6], [0x80000000, 0x80000005], [3, 3]):
        blob = change(outputs, {"n_scores": 5}, counts=counts)
        yield f"counts_{counts[0]:x}_{counts[1]:x}", blob, "HEADER"
    for size in (0, 1, 4, 16, 44, 47):
        yield f"size_{size}", whole[:size], "SIZE"
    yield "size_48", whole[:48], "SIZE"
    yield "size_less", whole[:-4], "SIZE"
    yield "size_more", whole + bytes(4), "SIZE"
    yield "erased_flash", b"\xff" * 64, "MAGIC"
    yield "zeros", bytes(64), "MAGIC"
    flipped = bytearray(whole)
    flipped[-1] ^= 0x10
    yield "crc_metadata", bytes(flipped), "CRC"
    yield "crc_itself", change(votes, {"crc32": 0x12345678}), "CRC"


def stage_cases() -> Iterator[Case]:
    votes = samples()["vote_f32"]  # 4 inputs, 3 scores
    size = len(votes.stages[0].trees.payload())
    wrong = {
        "size": [
            (0, "PAYLOAD"),
            (20, "PAYLOAD"),
            (size - 4, "PAYLOAD"),
            (size - 2, "STAGE"),
            (size + 4, "STAGE"),
            (HUGE - 3, "STAGE"),
        ],
        "in_offset": [(1, "STAGE"), (4, "STAGE"), (HUGE, "STAGE"), (HUGE - 3, "STAGE")],
        "in_count": [(0, "STAGE"), (5, "STAGE"), (HUGE, "STAGE")],
        "out_offset": [(1, "STAGE"), (HUGE, "STAGE"), (HUGE - 2, "STAGE")],
        "out_count": [(0, "STAGE"), (4, "STAGE"), (HUGE, "STAGE"), (2, "PAYLOAD")],
        "in": [
            (0 | F32 << 8, "STAGE"),
            (4 | F32 << 8, "STAGE"),
            (INPUT | I16 << 8, "STAGE"),
            (ARENA | F32 << 8, "STAGE"),
            (OUTPUT | U32 << 8, "STAGE"),
        ],
        "out": [
            (0 | U32 << 8, "STAGE"),
            (INPUT | F32 << 8, "STAGE"),
            (ARENA | U32 << 8, "STAGE"),
            (OUTPUT | F32 << 8, "STAGE"),
            (5 | U32 << 8, "STAGE"),
        ],
        "op": [
            (0, "OP"),
            (0x0108, "OP"),
            (0xFFFF, "OP"),
            (0x0102, "STAGE"),
            (0x0181, "STAGE"),
        ],
        "reserved": [(1, "STAGE"), (0x8000, "STAGE")],
    }
    for name, choices in wrong.items():
        for value, status in choices:
            yield f"stage_{name}_{value:x}", change(votes, stage={name: value}), status
    yield "stage_gap", change(votes, padding=bytes(4)), "STAGE"


def rewired(*changes: tuple[int, str, Any]) -> Blob:
    """The sample program with attributes of its stages changed."""
    blob = program()
    for i, name, value in changes:
        setattr(blob.stages[i], name, value)
    return blob


def program_cases() -> Iterator[Case]:
    def case(name: str, blob: Blob, **fields: int) -> Case:
        return f"program_{name}", change(blob, fields), "STAGE"

    swapped = program()
    swapped.stages[1:] = swapped.stages[:0:-1]
    swapped.fields["vote_total"] = 1
    yield case("reads_unwritten", swapped)
    yield case("hole", rewired((1, "out_offset", 3)))
    yield case("reads_more", rewired((1, "space_out", OUTPUT)))
    yield case("arena_small", program(), arena_bytes=8)
    yield case("arena_none", program(), arena_bytes=0)
    yield case("arena_offset", rewired((1, "out_offset", 0x3FFFFFFF)))
    yield case("arena_offset_wraps", rewired((1, "out_offset", HUGE)))
    missing = program()
    missing.fields["n_scores"] = 3
    missing.counts = [3]
    yield case("output_uncovered", missing)
    # Votes lie in the arena as uint32; the next stage takes them for floats.
    votes = forest(1, "f32", 3, 2, 1, 1, unit=5)
    mixed = program()
    mixed.stages[0].trees = votes
    yield case("reads_another_dtype", mixed)
    for name, offset in ("all", 0), ("first", 2), ("last", -1):
        blob = overlapping(1 + offset)
        yield case(f"overlap_{name}", blob)


def overlapping(out_offset: int) -> Blob:
    """Writes floats 1..3 of the arena, then reads them while writing others."""
    stages = [
        Stage(forest(1, "f32", 3, 3, 1, 1), 3, space_out=ARENA, out_offset=1),
        Stage(forest(2, "f32", 3, 2, 1, 1), 3, ARENA, 1, ARENA, out_offset),
        Stage(forest(3, "f32", 3, 2, 2, 1, unit=5), 3),
    ]
    return Blob(3, stages, [2], arena_bytes=32)


def payload_cases() -> Iterator[Case]:
    def case(name: str, base: str, **changes: Any) -> Case:
        return f"payload_{name}", change(known[base], **changes), "PAYLOAD"

    known = samples()
    for field in ("n_trees", "n_records", "n_leaves", "n_items"):
        for value in (0x10000000, 0x20000001, 0x40000000, HUGE):
            yield case(f"{field}_{value:x}", "vote_f32", trees={field: value})
            yield case(f"sum_{field}_{value:x}", "sum_f32", trees={field: value})
    for field in ("n_trees", "n_leaves"):
        yield case(f"{field}_0", "vote_f32", trees={field: 0})
        yield case(f"sum_{field}_0", "sum_f32", trees={field: 0})
    yield case("unit_0", "vote_f32", trees={"unit": 0})
    yield case("sum_unit", "sum_f32", trees={"unit": 1})
    for flags in (1, 2, 0x8000):
        yield case(f"flags_{flags:x}", "vote_f32", trees={"flags": flags})
    for widths in (0x0400, 0x0403, 0x0408, 0x0001, 0x0101, 0x0501, 0x0801, 0xFF01):
        yield case(f"widths_{widths:x}", "vote_f32", trees={"widths": widths})
    yield case("widths_items", "vote_i16w", trees={"widths": 0x0204})
    for widths in (0, 3, 2, 0x0104, 0x0404, 8):
        yield case(f"sum_widths_{widths:x}", "sum_f32", trees={"widths": widths})
    yield from wrap_cases()
    yield from padding_cases(known)
    for exponent in (257, -257, 2**31 - 1, -(2**31)):
        parts = {"exponents": numbers("i", [exponent])}
        yield case(f"exponent_{exponent}", "sum_f32", parts=parts)


def wrap_cases() -> Iterator[Case]:
    """Products that are small modulo 2^32, with a payload of that size."""
    lone = Trees("f32", [Leaf([1] * 16)], 16, leaf_width=4, exponents=[0] * 16)
    blob = single(lone, 1)
    for n_leaves in (0x04000001, 0x08000001, 0x0C000001):
        name = f"payload_sum_wraps_{n_leaves:x}"
        yield name, change(blob, trees={"n_leaves": n_leaves}), "PAYLOAD"
    # 2^28 scores of 4 octets wrap to none at all.
    for n_out in (0x0FFFFFFF, 0x08000000):
        fields = {"n_scores": n_out}
        yield (
            f"payload_sum_scores_{n_out:x}",
            change(blob, fields | {"n_outputs": 16}, {"out_count": n_out}),
            "HEADER",
        )


def padding_cases(known: dict[str, Blob]) -> Iterator[Case]:
    for base, part in (
        ("vote_u8", "leaves"),
        ("vote_u8", "items"),
        ("sum_u8m", "leaves"),
    ):
        trees = known[base].stages[0].trees
        octets = trees.build()[part]
        rest = -len(octets) % 4
        if rest == 0:
            raise AssertionError(f"{base}'s {part} need no padding: choose another")
        for k in range(rest):
            pad = bytes(n == k for n in range(rest))
            blob = change(known[base], parts={part: octets + pad})
            yield f"padding_{base}_{part}_{k}", blob, "PAYLOAD"
    three = Trees("i16", [Split(0, 5, Leaf(0), Leaf(1))] * 3, 2, unit=1)
    octets = struct.pack("<HhHHhHHhH", 3, 5, 0, 3, 5, 2, 3, 5, 4)
    good = change(single(three, 1, [2]), parts={"records": octets})
    bad = change(single(three, 1, [2]), parts={"records": octets + b"\0\1"})
    assert len(good) == len(bad)
    yield "padding_records_valid", good, "OK"
    yield "padding_records", bad, "PAYLOAD"


def record(walk: str, feature: int, flags: int, link: int, threshold: int = 1) -> bytes:
    octets = WALKS[walk][0]
    if octets == 4:
        return struct.pack("<HH", feature | threshold << 8, link << 2 | flags & 3)
    if octets == 6:
        return struct.pack("<HhH", feature << 2 | flags & 3, threshold, link)
    layout = "<iHH" if octets == 8 else "<iII"
    return struct.pack(layout, threshold, feature << 3 | flags, link)


def record_cases() -> Iterator[Case]:
    """Wrong records for each walk, in a forest of 2 inputs and 4 leaves: a tree
    of 3 records, and one of 1."""
    for walk in WALKS:
        for unit in (1, 0):
            yield from forest_cases(walk, unit)


def forest_cases(walk: str, unit: int) -> Iterator[Case]:
    def case(
        name: str, status: str, *records: tuple[int, int, int], **more: Any
    ) -> Case:
        parts = {"records": b"".join(record(walk, *r) for r in records)}
        octets = change(base, parts=parts | more.pop("parts", {}), **more)
        return f"record_{walk}_{'vote' if unit else 'sum'}_{name}", octets, status

    leaves = [Leaf(k % 2) for k in range(4)] if unit else [Leaf([k]) for k in range(4)]
    top = Split(0, 1, Split(1, 1, *leaves[:2]), Split(1, 1, *leaves[2:]))
    trees = [top, Split(0, 1, *leaves[:2])]
    options: dict[str, Any] = {"unit": 1} if unit else {"exponents": [0]}
    n_out = 2 if unit else 1
    base = single(Trees(walk, trees, n_out, **options), 2, [2] if unit else None)
    fix = {"n_leaves": 4}
    table = b"\0\1\0\1" if unit else b"\0\1\2\3"
    more: dict[str, Any] = {"trees": fix, "parts": {"leaves": table}}
    a, b, c, d = (0, 0, 1), (1, BOTH, 0), (1, BOTH, 2), (0, BOTH, 0)
    chain = (0, LEAF_LEFT, 3)

    def make(name: str, status: str, *records: tuple[int, int, int]) -> Case:
        return case(name, status, *records, **copy.deepcopy(more))

    yield make("valid", "OK", a, b, c, d)
    yield make("valid_chain", "OK", chain, (1, LEAF_RIGHT, 3), c, d)
    bad = "PAYLOAD"
    yield make("feature_first", bad, (2, 0, 1), b, c, d)
    yield make("feature_last", bad, a, b, c, (2, BOTH, 0))
    yield make("link_0", bad, (0, 0, 0), b, c, d)
    yield make("link_past", bad, (0, 0, 2), b, c, d)
    yield make("link_next_tree", bad, (0, 0, 3), b, c, d)
    yield make("link_far", bad, (0, 0, 0x3FFF), b, c, d)
    yield make("leaf", bad, (0, LEAF_LEFT, 4), b, c, d)
    yield make("leaf_right", bad, (0, LEAF_RIGHT, 4), b, c, d)
    yield make("leaf_pair", bad, a, b, (1, BOTH, 3), d)
    yield make("leaf_pair_far", bad, a, b, c, (0, BOTH, 4))
    yield make("no_next_left", bad, a, b, (1, LEAF_LEFT, 0), d)
    yield make("no_next_right", bad, a, b, (1, LEAF_RIGHT, 0), d)
    yield make("no_next_last", bad, a, b, c, (0, LEAF_LEFT, 0))
    yield make("no_next_inner", bad, a, b, (1, 0, 1), d)
    if WALKS[walk][0] >= 8:
        status = "OK" if WALKS[walk][1] == F32 else bad
        yield make("missing", status, (0, MISSING_LEFT, 1), b, c, d)
    sizes = {
        "size_0": [0, 4],
        "size_more": [3, 2],
        "size_less": [2, 1],
        "size_huge": [3, 0x7FFFFFFF],
        "lone_far": [LONE | 4, 4],
        "lone_huge": [HUGE, 4],
        "only_lone": [LONE, LONE],
    }
    for name, values in sizes.items():
        changes = copy.deepcopy(more)
        changes["parts"]["sizes"] = numbers("I", values)
        yield case(name, bad, a, b, c, d, **changes)
    bases = {"base_0": [0, 2], "base": [0, 3], "base_4": [0, 4]}
    bases |= {"base_past": [0, 5], "base_huge": [0, HUGE]}
    for name, values in bases.items():
        changes = copy.deepcopy(more)
        changes["trees"]["flags"] = 1
        changes["parts"]["bases"] = numbers("I", values)
        base.stages[0].trees.bases = True
        status = "OK" if values[1] == 2 else bad
        yield case(name, status, a, b, c, d, **changes)
        base.stages[0].trees.bases = False


def row_cases() -> Iterator[Case]:
    for width in ITEMS:
        yield from item_cases(width)
    wide = single(Trees("f32", [Leaf(0)], 2, unit=1, leaf_width=4), 1, [2])
    for code in (2, HUGE, 0x80000000):
        parts = {"leaves": numbers("I", [code])}
        yield f"code_{code:x}", change(wide, parts=parts), "PAYLOAD"


def item_cases(width: int) -> Iterator[Case]:
    """Rows of an item table: a pair (score 0, 1 vote) and (score 1, 2)."""
    vote_bits, index_bits = ITEMS[width]

    def item(index: int, votes: int, last: int) -> bytes:
        number = votes | index << vote_bits | last << vote_bits + index_bits
        return number.to_bytes(width, "little")

    tree = Split(0, 1.0, Leaf({0: 1, 1: 2}), Leaf(2))
    blob = single(Trees("f32", [tree], 3, unit=9, item_width=width), 1, [3])
    rows = {
        "valid": ([(0, 1, 0), (1, 2, 1)], "OK"),
        "full": ([(0, 9, 0), (2, 9, 1)], "OK"),
        "index": ([(0, 1, 0), (3, 2, 1)], "PAYLOAD"),
        "index_far": ([(2**index_bits - 1, 1, 0), (1, 2, 1)], "PAYLOAD"),
        "votes": ([(0, 10, 0), (1, 2, 1)], "PAYLOAD"),
        "endless": ([(0, 1, 0), (1, 2, 0)], "PAYLOAD"),
        "endless_last": ([(0, 1, 1), (1, 2, 0)], "PAYLOAD"),
        "longest": ([(0, 1, 0), (1, 2, 0), (2, 1, 1)], "OK"),
        "too_long": ([(0, 1, 0)] * 3 + [(1, 2, 1)], "PAYLOAD"),
    }
    for name, (items, status) in rows.items():
        parts = {"items": b"".join(item(*fields) for fields in items)}
        fields = {"n_items": len(items)}
        yield f"row_{width}_{name}", change(blob, None, None, fields, parts), status
    for code, status in ((4, "OK"), (5, "PAYLOAD"), (255, "PAYLOAD")):
        parts = {"leaves": bytes([3, code])}
        yield f"row_{width}_code_{code}", change(blob, parts=parts), status


def metadata_cases() -> Iterator[Case]:
    def case(name: str, *meta: tuple[int, bytes], status: str = "METADATA") -> Case:
        return f"metadata_{name}", change(base, meta=list(meta)), status

    base = single(forest(10, "f32", 2, 3, unit=9), 2, [3])
    labels = (CLASSES, texts(["<U1", "a", "b", "c"]))
    names = (FEATURES, texts(["x", "y"]))
    yield case("none", status="OK")
    yield case("two", labels, names, status="OK")
    yield case("order", names, labels)
    yield case("twice", names, names)
    yield case("tag_0", (0, b""))
    yield case("tag_6", (6, bytes(4)))
    yield case("tag_huge", (HUGE, bytes(4)))
    for size in range(4):
        yield case(f"size_{size}", (NOTE, bytes(size)))
        yield case(f"golden_size_{size}", (GOLDEN, bytes(size)))
    for n in (1, 3, HUGE, 0x40000000, 0x80000000):
        yield case(f"texts_{n:x}", (FEATURES, numbers("I", [n, 1, 2]) + b"xy"))
    ends = {"falling": [2, 1], "far": [1, HUGE], "past": [1, 3], "short": [1, 1]}
    ends |= {"first_far": [HUGE, 2], "first_past": [3, 2]}
    for name, values in ends.items():
        yield case(f"ends_{name}", (FEATURES, numbers("I", [2, *values]) + b"xy"))
    yield case("labels_few", (CLASSES, texts(["<U1", "a", "b"])))
    yield case("outputs_many", (OUTPUTS, texts(["a", "b"])))
    good = base.golden([[1.0, 2.0], [0.5, 0.25]])[1]
    yield case("golden", (GOLDEN, good), status="OK")
    yield case("golden_0", (GOLDEN, numbers("I", [0])))
    for n in (1, 3, HUGE, 0x80000000):
        yield case(f"golden_{n:x}", (GOLDEN, numbers("I", [n]) + good[4:]))
    yield case("golden_more", (GOLDEN, good + bytes(4)))
    whole = change(base, meta=[names])
    (body,) = struct.unpack_from("<I", whole, 16)
    left = len(whole) - body - 8
    for size in (left + 1, left + 4, HUGE, HUGE - 3, 0x80000000):
        octets = bytearray(whole)
        struct.pack_into("<I", octets, body + 4, size)
        yield f"metadata_size_{size:x}", with_crc(bytes(octets)), "METADATA"
    octets = bytearray(whole)
    octets[-1] = 1  # padding: the texts end two octets before
    yield "metadata_padding", with_crc(bytes(octets)), "METADATA"
    octets = bytearray(change(base) + bytes(4))  # half a section's head
    struct.pack_into("<I", octets, 8, len(octets))
    yield "metadata_head", with_crc(bytes(octets)), "METADATA"
    values = samples()["sum_u8w"]
    yield "metadata_values_classes", change(values, meta=[labels]), "METADATA"


def hostile() -> dict[str, tuple[bytes, str]]:
    """Every case, with some valid neighbours (status OK) that show the edge."""
    cases: dict[str, tuple[bytes, str]] = {}
    for group in (
        header_cases,
        stage_cases,
        program_cases,
        payload_cases,
        record_cases,
        row_cases,
        metadata_cases,
    ):
        for name, blob, status in group():
            if name in cases:
                raise AssertionError(f"two cases are named {name}")
            cases[name] = blob, status
    return cases
