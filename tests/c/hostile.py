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

from c.op_codes import OP

from c import hostile_ops, hostile_relies

from .blobs import (
    ARENA,
    CLASSES,
    F32,
    FEATURES,
    FLAG_OFFSET,
    GOLDEN,
    I16,
    I32,
    INPUT,
    INPUTS,
    LEAF_LEFT,
    LEAF_RIGHT,
    LONE,
    MISSING_LEFT,
    NOTE,
    OUTPUT,
    OUTPUTS,
    RATE,
    U8,
    U32,
    WALKS,
    Blob,
    Leaf,
    Split,
    Stage,
    Trees,
    forest,
    item,
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
    *("KIND", "BUFFER", "ABSENT", "SELFTEST", "WORK", "FLOAT", "STATE"),
]
BOTH = LEAF_LEFT | LEAF_RIGHT
HUGE = 0xFFFFFFFF
HUGE16 = 0xFFFF
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
    votes, values = samples()["soft_f32"], samples()["sum_f32"]
    whole = votes.bytes()
    total = len(whole)
    (body,) = struct.unpack_from("<I", whole, 16)
    wrong = {
        "magic": [(0, "MAGIC"), (0x8E454D4C, "MAGIC"), (HUGE, "MAGIC")],
        "version": [(0, "VERSION"), (2, "VERSION"), (0x0100, "VERSION")],
        "flags": [(4, "METADATA"), (0x10, "HEADER"), (0x8000, "HEADER")],
        "total_size": [
            (0, "HEADER"),
            (total - 1, "HEADER"),
            (total - 4, "SIZE"),
            (total + 4, "SIZE"),
            (0x7FFFFFFC, "SIZE"),
            (0x80000000, "LIMIT"),
            (HUGE, "LIMIT"),
        ],
        "body_size": [
            (0, "HEADER"),
            (44, "HEADER"),
            (48, "STAGE"),
            (52, "STAGE"),
            (body - 4, "STAGE"),
            (body + 2, "HEADER"),
            (body + 4, "STAGE"),
            (total + 4, "HEADER"),
            (HUGE - 3, "HEADER"),
        ],
        "input_size": [
            (0, "HEADER"),
            (12, "STAGE"),
            (15, "HEADER"),
            (17, "HEADER"),
            (0x10000000, "HEADER"),
            (HUGE, "HEADER"),
        ],
        "arena_size": [(4, "HEADER"), (0x10000000, "HEADER"), (HUGE - 7, "HEADER")],
        "score_size": [
            (0, "HEADER"),
            (8, "STAGE"),
            (10, "HEADER"),
            (16, "STAGE"),
            (0x10000000, "HEADER"),
            (HUGE - 3, "HEADER"),
        ],
        "vote_total": [(0, "HEADER")],
        "n_outputs": [(0, "HEADER"), (2, "OP"), (65535, "STAGE")],
        "n_stages": [(0, "STAGE"), (2, "STAGE"), (65, "STAGE"), (65535, "STAGE")],
        "input": [
            *((0, "HEADER"), (U32, "HEADER"), (I16, "STAGE"), (U8, "STAGE")),
            *((0x0F, "HEADER"), (I32, "STAGE"), (0x10E, "HEADER")),
            *((0x0B, "HEADER"), (0x1A, "HEADER"), (0x2A, "HEADER")),
            (HUGE16, "HEADER"),
        ],
        "output": [(0, "HEADER"), (0x1E, "HEADER"), (0x27, "HEADER"), (6, "HEADER")],
    }
    for name, choices in wrong.items():
        for value, status in choices:
            yield f"header_{name}_{value:x}", change(votes, {name: value}), status
    yield "values_vote_total", change(values, {"vote_total": 1}), "HEADER"
    for kind in (0x3E, 0x4E, 0x5E, 0x6E, 0x7E, 0x8E):
        yield f"kind_{kind:x}", change(values, {"output": kind}), "OK"
    for kind in (0x0E, 0x2E, 0x9E, 0xFE, 0x11E, 0x8E1E):
        yield f"kind_{kind:x}", change(values, {"output": kind}), "HEADER"
    for kind in (0, 0x1F, 0x16, 0x3A, 0x26):  # not the dtype that is written
        yield f"kind_{kind:x}", change(values, {"output": kind}), "HEADER"
    yield "values_n_outputs", change(values, {"n_outputs": 2}), "OP"
    for group in (0, 2, HUGE):
        yield f"values_group_{group:x}", change(values, groups=[group]), "HEADER"
    for group in (0, 4, HUGE, 0x10000000):
        yield f"group_{group:x}", change(votes, groups=[group]), "HEADER"
    for kind in (0x4E, 0x7E, 0x8E):  # one score an output
        two = change(values, {"output": kind}, groups=[2])
        yield f"group_kind_{kind:x}", two, "HEADER"
    outputs = samples()["soft_outputs"]
    for groups in ([0, 5], [5, 0], [HUGE, 6], [0x80000000, 0x80000005], [3, 3]):
        name = f"groups_{groups[0]:x}_{groups[1]:x}"
        yield name, change(outputs, groups=groups), "HEADER"
    for size in (0, 1, 4, 16, 44, 47):
        yield f"size_{size}", whole[:size], "SIZE"
    yield "size_48", whole[:48], "SIZE"
    yield "size_less", whole[:-4], "SIZE"
    yield "size_more", whole + bytes(4), "SIZE"
    yield "erased_flash", b"\xff" * 64, "MAGIC"
    yield "erased_header", b"\xff" * 48, "MAGIC"
    three = samples()["sum_i16"]
    yield "values_group_of_two", change(three, {"n_outputs": 1}, groups=[2]), "HEADER"
    for kind in (0x3E, 0x4E, 0x5E, 0x6E, 0x7E, 0x8E):
        none = change(values, {"output": kind}, groups=[0])
        yield f"group_none_kind_{kind:x}", none, "HEADER"
    yield "zeros", bytes(64), "MAGIC"
    flipped = bytearray(whole)
    flipped[-1] ^= 0x10
    yield "crc_metadata", bytes(flipped), "CRC"
    yield "crc_itself", change(votes, {"crc32": 0x12345678}), "CRC"


def stage_cases() -> Iterator[Case]:
    votes = samples()["soft_f32"]  # 4 inputs, 3 scores
    size = len(votes.stages[0].trees.payload())
    wrong = {
        "size": [
            (0, "PAYLOAD"),
            (16, "PAYLOAD"),
            (size - 4, "PAYLOAD"),
            (size - 2, "STAGE"),
            (size + 4, "STAGE"),
            (HUGE - 3, "STAGE"),
        ],
        "op": [
            (0, "OP"),
            (0x0123060E, "OP"),
            (0x0121060F, "OP"),
            (HUGE, "OP"),
            (OP["trees_soft_i16"], "STAGE"),
            (OP["trees_sum_f32"], "STAGE"),
            (OP["trees_vote_f32"], "PAYLOAD"),
            (OP["trees_soft_f32w"], "PAYLOAD"),
        ],
        "in_offset": [
            (2, "STAGE"),
            (4, "STAGE"),
            (16, "STAGE"),
            (HUGE - 15, "STAGE"),
            (HUGE, "STAGE"),
        ],
        "in_count": [
            (0, "STAGE"),
            (5, "STAGE"),
            (0x10000000, "STAGE"),
            (0x40000004, "STAGE"),
            (HUGE, "STAGE"),
        ],
        "out_offset": [
            (4, "STAGE"),
            (2, "STAGE"),
            (HUGE, "STAGE"),
            (HUGE - 11, "STAGE"),
        ],
        "out_count": [
            (0, "STAGE"),
            (2, "PAYLOAD"),
            (4, "STAGE"),
            (0x40000003, "STAGE"),
            (HUGE, "STAGE"),
        ],
        "in_space": [(1, "STAGE"), (2, "STAGE"), (3, "STAGE"), (0x100, "STAGE")],
        "out_space": [(0, "STAGE"), (1, "STAGE"), (3, "STAGE"), (0xFFFF, "STAGE")],
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
    def case(name: str, blob: Blob, status: str = "STAGE", **fields: int) -> Case:
        return f"program_{name}", change(blob, fields), status

    swapped = program()
    swapped.stages[1:] = swapped.stages[:0:-1]
    swapped.fields["vote_total"] = 1
    # The arena starts as zeros: its order and gaps are the writer's business.
    yield case("reads_unwritten", swapped, "OK")
    yield case("hole", rewired((1, "out_offset", 3)), "OK")
    for name, at in (("in_offset", 2), ("in_offset", 3), ("out_offset", 6)):
        yield case(f"odd_{name}_{at}", rewired((1, "fields", {name: at})))
    yield case("writes_another_dtype", rewired((1, "out_space", OUTPUT)))
    yield case("arena_small", program(), arena_size=8)
    yield case("arena_none", program(), arena_size=0)
    yield case("arena_far", rewired((1, "out_offset", 0x3FFFFFFF)))
    missing = program()
    missing.groups = [3]
    yield case("output_uncovered", missing, score_size=12)
    # Bits are bits: votes in the arena may be read as floats.
    mixed = program()
    mixed.stages[0].trees = forest(1, "f32", 3, 2, 1, 1, unit=5)
    yield case("reads_votes", mixed, "OK")
    for space in (ARENA, OUTPUT):
        for out_offset, status in ((0, "STAGE"), (1, "STAGE"), (2, "STAGE"), (3, "OK")):
            blob = chained(space, out_offset)
            yield case(f"overlap_{space}_{out_offset}", blob, status)
    yield case("reads_output_early", rewired((2, "in_space", OUTPUT)))
    # Scores are written before they are read, and without a gap.
    early = Stage(forest(1, "f32", 2, 3, 1, 1), 2, OUTPUT, 0, ARENA)
    scores = Stage(forest(3, "f32", 3, 5, 2, 1), 3)
    yield case("reads_scores", Blob(3, [early, scores], n_values=5, arena_size=16))
    parts = [
        Stage(forest(n, "f32", 3, n, 1, 1), 3, INPUT, 0, OUTPUT, at)
        for n, at in ((3, 0), (1, 4), (2, 3))
    ]
    yield case("gap_in_scores", Blob(3, parts, n_values=5))
    # x is the caller's, and may be const: nothing is written there.
    onto_x = Stage(forest(2, "f32", 2, 1, 2, 2), 2, INPUT, 1, INPUT)
    votes = Stage(forest(3, "f32", 3, 2, 3, 2, unit=5), 3)
    yield case("writes_input", Blob(3, [onto_x, votes], [2]))


def chained(space: int, out_offset: int) -> Blob:
    """Writes 3 floats at 0, then reads the last 2 of them to write 2 others."""
    stages = [
        Stage(forest(1, "f32", 3, 3, 1, 1), 3, out_space=space),
        Stage(forest(2, "f32", 2, 2, 1, 1), 2, space, 1, space, out_offset),
        Stage(forest(3, "f32", 3, 5, 2, 1), 3),
    ]
    return Blob(3, stages, n_values=5, arena_size=24)


def payload_cases() -> Iterator[Case]:
    def case(name: str, base: str, **changes: Any) -> Case:
        return f"payload_{base}_{name}", change(known[base], **changes), "PAYLOAD"

    known = samples()
    size = {k: len(b.stages[0].trees.payload()) for k, b in known.items()}
    for base in ("soft_f32", "vote_f32", "sum_f32"):
        for n in (0, 2, 4, 0x10000001, 0x20000000, 0x20000003, HUGE):
            yield case(f"n_trees_{n:x}", base, trees={"n_trees": n})
        for at in (0, 16, 19, 20, size[base], size[base] + 4, HUGE - 3, HUGE):
            yield case(f"leaves_{at:x}", base, trees={"leaves": at})
        for shift in (3, 4, 32, 0x100, 0xFFFF):
            yield case(f"shift_{shift:x}", base, trees={"leaf_shift": shift})
    for n in (0, 1, 0x10000000, 0x20000000, 0x80000000, HUGE):
        yield case(f"n_items_{n:x}", "soft_f32", trees={"n_items": n})
        yield case(f"n_items_{n:x}", "soft_f32w", trees={"n_items": n})
    for word in (0, 1, 0x0100, 0x0005, 0x0500, 0x0505, 0x0002, 0x8001, 0xFFFF):
        yield case(f"item_{word:x}", "soft_f32", trees={"item": word})
    for base in ("vote_f32", "sum_f32"):
        yield case("n_items", base, trees={"n_items": 1})
        for word in (1, 0x0101, 0x8000):
            yield case(f"item_{word:x}", base, trees={"item": word})
    yield case("unit", "sum_f32", trees={"unit": 1})
    for base in ("soft_f32", "vote_f32", "sum_f32"):
        for octets in (0, 4, 16, 20):
            blob = copy.deepcopy(known[base])
            blob.stages[0].trees.raw = bytes(octets)
            yield f"payload_{base}_{octets}_octets", change(blob, meta=[]), "PAYLOAD"
    yield from padding_cases(known)
    for exponent in (257, -257, 2**31 - 1, -(2**31)):
        parts = {"exponents": numbers("i", [exponent])}
        yield case(f"exponent_{exponent}", "sum_f32", parts=parts)
    for exponent in (256, -256):
        parts = {"exponents": numbers("i", [exponent])}
        yield f"exponent_most_{exponent}", change(known["sum_f32"], parts=parts), "OK"
    # More scores than the payload has exponents for: 4 octets each may wrap.
    # All that follows is zero, as an exponent may be, up to the blob's end.
    blob = copy.deepcopy(known["sum_f32"])
    blob.stages[0].trees.raw = numbers("I", [1, 24, 0, 0, 0, 0, 0, 0])
    for n_out in (4, 40, 0x03FFFFFF):
        octets = change(blob, {"score_size": n_out * 4}, {"out_count": n_out}, meta=[])
        yield f"payload_sum_scores_{n_out:x}", octets, "PAYLOAD"


def padding_cases(known: dict[str, Blob]) -> Iterator[Case]:
    base = known["soft_u8"]
    items = base.stages[0].trees.build()["items"]
    rest = -len(items) % 4
    if rest == 0:
        raise AssertionError("soft_u8's items need no padding: choose another")
    for k in range(rest):
        pad = bytes(n == k for n in range(rest))
        yield (
            f"padding_items_{k}",
            change(base, parts={"items": items + pad}),
            "PAYLOAD",
        )
    three = Trees("i16", [Split(0, 5, Leaf(0), Leaf(1))] * 3, 2, unit=1)
    octets = struct.pack("<HhHHhHHhH", 3, 5, 0, 3, 5, 2, 3, 5, 4)
    for pad, status in ((b"\0\0", "OK"), (b"\1\0", "PAYLOAD"), (b"\0\1", "PAYLOAD")):
        blob = change(single(three, 1, [2]), parts={"records": octets + pad})
        yield f"padding_records_{pad.hex()}", blob, status


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
    table = b"\0\1\0\1" if unit else b"\0\1\2\3"
    a, b, c, d = (0, 0, 1), (1, BOTH, 0), (1, BOTH, 2), (0, BOTH, 0)
    chain = (0, LEAF_LEFT, 3)

    def make(name: str, status: str, *records: tuple[int, int, int]) -> Case:
        return case(name, status, *records, parts={"leaves": table})

    yield make("valid", "OK", a, b, c, d)
    yield make("valid_chain", "OK", chain, (1, LEAF_RIGHT, 3), c, d)
    yield make("valid_same", "OK", (0, 0, 0), b, c, d)  # both children are next
    bad = "PAYLOAD"
    yield make("feature_first", bad, (2, 0, 1), b, c, d)
    yield make("feature_last", bad, a, b, c, (2, BOTH, 0))
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
    yield make("no_next_inner", bad, a, b, (1, 0, 0), d)
    if WALKS[walk][0] >= 8:
        status = "OK" if WALKS[walk][1] == F32 else bad
        yield make("missing", status, (0, MISSING_LEFT, 1), b, c, d)
    forests = {
        "size_more": [3, 0, 2, 0],
        "size_less": [2, 0, 1, 0],
        "size_huge": [3, 0, HUGE, 0],
        "size_wraps": [3, 0, 0x80000001, 0],
        "only_lone": [LONE, 0, LONE, 0],
        "lone_far": [LONE, 4, 4, 0],
        "lone_huge": [LONE, HUGE, 4, 0],
        "base": [3, 0, 1, 3],
        "base_end": [3, 0, 1, 4],
        "base_past": [3, 0, 1, 5],
        "base_huge": [3, 0, 1, HUGE],
        "base_valid": [3, 0, 1, 2],
    }
    for name, words in forests.items():
        parts = {"leaves": table, "trees": numbers("I", words)}
        status = "OK" if name == "base_valid" else bad
        yield case(name, status, a, b, c, d, parts=parts)


def row_cases() -> Iterator[Case]:
    for octets in ((1, 1), (1, 2), (2, 1), (3, 1), (3, 2), (4, 4)):
        yield from item_cases(octets)
    wide = single(Trees("f32", [Leaf(0)], 2, unit=1, leaf_width=4), 1, [2])
    for code in (2, HUGE, 0x80000000):
        parts = {"leaves": numbers("I", [code])}
        yield f"code_{code:x}", change(wide, parts=parts), "PAYLOAD"


def item_cases(octets: tuple[int, int]) -> Iterator[Case]:
    """Rows of an item table, which is (score 0, 1 vote) and (score 1, 2)."""
    tree = Split(0, 1.0, Leaf({0: 1, 1: 2}), Leaf(2))
    blob = single(Trees("f32", [tree], 3, unit=9, item=octets), 1, [3])
    prefix = f"row_{octets[0]}{octets[1]}"
    rows = {
        "valid": ([(0, 1, 0), (1, 2, 1)], "OK"),
        "full": ([(0, 255, 0), (2, 255, 1)], "OK"),
        "index": ([(0, 1, 0), (3, 2, 1)], "PAYLOAD"),
        "index_far": ([(2 ** (8 * octets[1] - 1) - 1, 1, 0), (1, 2, 1)], "PAYLOAD"),
        "endless": ([(0, 1, 0), (1, 2, 0)], "PAYLOAD"),
        "endless_last": ([(0, 1, 1), (1, 2, 0)], "PAYLOAD"),
        "longest": ([(0, 1, 0), (1, 2, 0), (2, 1, 1)], "OK"),
        "too_long": ([(0, 1, 0)] * 3 + [(1, 2, 1)], "PAYLOAD"),
    }
    for name, (items, status) in rows.items():
        parts = {"items": b"".join(item(octets, v, k, last) for k, v, last in items)}
        fields = {"n_items": len(items)}
        yield f"{prefix}_{name}", change(blob, None, None, fields, parts), status
    for code, status in ((4, "OK"), (5, "PAYLOAD"), (255, "PAYLOAD")):
        parts = {"leaves": bytes([3, code])}
        yield f"{prefix}_code_{code}", change(blob, parts=parts), status


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
    yield case("tag_8", (8, bytes(4)))
    yield case("methods", (6, texts(["regressor", "predict=scores"])), status="OK")
    yield case("methods_none", (6, bytes(4)), status="OK")
    yield case("methods_far", (6, numbers("I", [HUGE])))
    yield case("methods_size", (6, bytes(3)))
    yield case("tag_huge", (HUGE, bytes(4)))
    yield case("tag_10", (10, bytes(4)))
    rates = {"one": 0x3F800000, "zero": 0, "minus": 0xBF800000, "nan": 0x7FC00000}
    rates |= {"infinite": 0x7F800000, "subnormal": 1}
    for name, bits in rates.items():
        status = "OK" if name == "one" else "METADATA"
        yield case(f"rate_{name}", (RATE, numbers("I", [bits])), status=status)
    yield case("rate_short", (RATE, bytes(3)))
    yield case("rate_long", (RATE, numbers("I", [0x3F800000, 0])))
    for size in range(4):
        yield case(f"size_{size}", (NOTE, bytes(size)))
        yield case(f"golden_size_{size}", (GOLDEN, bytes(size)))
    for n in (1, 3, HUGE, 0x40000000, 0x80000000):
        yield case(f"texts_{n:x}", (FEATURES, numbers("I", [n, 1, 2]) + b"xy"))
    ends = {"falling": [2, 1], "far": [1, HUGE], "past": [1, 3], "short": [1, 1]}
    ends |= {"first_far": [HUGE, 2], "first_past": [3, 2]}
    for name, values in ends.items():
        yield case(f"ends_{name}", (FEATURES, numbers("I", [2, *values]) + b"xy"))
    # Without padding behind it, the last text would reach beyond the blob.
    yield case("ends_over", (FEATURES, numbers("I", [2, 4, 8]) + b"wxyz"))
    part = numbers("I", [2, 1]) + b"xy"  # half of the second end
    yield case("ends_part", (FEATURES, part))
    yield case("ends_most", (FEATURES, part + b"z"))
    two = copy.deepcopy(samples()["soft_outputs"])
    two.meta = [(OUTPUTS, texts(["a", "b"]))]
    yield "metadata_outputs", two.bytes(), "OK"
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
    kind = (CLASSES, texts(["int64"]))
    yield "metadata_values_kind", change(values, meta=[kind]), "METADATA"


def rule(*scales: int, offset: int = 1_700_000_000) -> tuple[int, bytes]:
    """A section of inputs: an offset of each, and a scale's bits."""
    low, high = offset & 0xFFFFFFFF, offset >> 32 & 0xFFFFFFFF
    return INPUTS, numbers("I", [n for scale in scales for n in (low, high, scale)])


def input_cases() -> Iterator[Case]:
    def case(
        name: str, head: dict[str, int], *meta: tuple[int, bytes], status: str = "OK"
    ) -> Case:
        return f"inputs_{name}", change(blob, head, meta=list(meta)), status

    flag, one, ten = {"flags": FLAG_OFFSET}, 0x3F800000, 0x41200000
    blob = single(forest(10, "f32", 2, 3, unit=9), 2, [3])
    note = (NOTE, texts(["by hand"]))
    yield case("valid", flag, note, rule(one, one))
    yield case("below_0", flag, rule(one, one, offset=-(1 << 40)))
    bad = "METADATA"
    yield case("none", flag, note, status=bad)
    yield case("no_flag", {}, rule(one, one), status=bad)
    yield case("few", flag, rule(one), status=bad)
    yield case("many", flag, rule(one, one, one), status=bad)
    yield case("empty", flag, rule(), status=bad)
    yield case("short", flag, (INPUTS, rule(one, one)[1][:-1]), status=bad)
    yield case("float_scale", flag, rule(one, ten), status=bad)
    for offset in (-(1 << 53), (1 << 53) - 1):
        yield case(f"offset_{offset:x}", flag, rule(one, one, offset=offset))
    for offset in (-(1 << 53) - 1, 1 << 53, -(1 << 63), (1 << 63) - 1):
        far = rule(one, one, offset=offset)
        yield case(f"offset_{offset:x}", flag, far, status=bad)
    blob = single(forest(10, "i16", 2, 3, unit=9), 2, [3])
    yield case("scales", flag, rule(one, ten))
    for bits in (0x00800000, 0x7F7FFFFF):
        yield case(f"scale_{bits:x}", flag, rule(one, bits))
    for bits in (0, 1, 0x007FFFFF, 0x7F800000, 0x7FC00000, 0xBF800000, HUGE):
        yield case(f"scale_{bits:x}", flag, rule(one, bits), status=bad)


def relies_cases() -> Iterator[Case]:
    """Blobs of which one rule alone is broken, for rows of tests/c/relies."""
    votes, values = samples()["soft_f32"], samples()["sum_f32"]
    size = len(votes.stages[0].trees.payload())
    total = len(votes.bytes())
    yield "relies_payload_odd", change(votes, stage={"size": size - 2}), "STAGE"
    yield "relies_body_beyond", change(votes, {"body_size": total + 4}), "HEADER"
    bad = change(values, {"output": 0x3E}, groups=[HUGE])
    yield "relies_group_3e", bad, "HEADER"
    for kind in (0x4E, 0x7E):
        fields = {"output": kind, "n_outputs": 2}
        few = change(values, fields, groups=[1, 1])
        yield f"relies_outputs_{kind:x}", few, "HEADER"
    two = single(forest(21, "f32", 2, 2), 2)
    fields = {"output": 0x4E, "n_outputs": 1}
    yield "relies_group_4e", change(two, fields, groups=[2]), "HEADER"
    none = change(votes, {"vote_total": 0, "output": 0x36})
    yield "relies_votes_no_total", none, "HEADER"
    unread = program()
    for stage in unread.stages:
        stage.in_space = ARENA
    unread.arena_size = 32
    yield "relies_input_none", change(unread, {"input_size": 0}), "HEADER"
    wide = {"input_size": 16, "input": 0x2E}
    yield "relies_input_beyond", change(unread, wide), "HEADER"
    yield "relies_arena", program().bytes(), "OK"
    far = Trees("i16", [Split(999, 5, Leaf(1), Leaf(2))] * 3, 3, unit=1)
    ballot = Blob(1, [Stage(far, 1000, in_space=ARENA)], [3], arena_size=2000)
    yield "relies_ballot_arena", ballot.bytes(), "OK"
    golden = program()
    golden.meta = [golden.golden([[0.5, 1.0, -1.0]])]
    yield "relies_arena_golden", golden.bytes(), "OK"
    base = single(forest(10, "f32", 2, 3, unit=9), 2, [3])
    short = change(base, meta=[(FEATURES, numbers("I", [2, 1]))])
    yield "relies_texts_short", short, "METADATA"
    names = numbers("I", [2, 1, 8]) + b"wxyz"
    octets = bytearray(change(base, meta=[(FEATURES, names)]))
    struct.pack_into("<I", octets, len(octets) - 20, 20)  # and there are 16
    yield "relies_section_beyond", with_crc(bytes(octets)), "METADATA"
    items = change(votes, trees={"n_items": 1000})
    yield "relies_items_many", items, "PAYLOAD"
    three = Trees("i16", [Split(0, 5, Leaf(0), Leaf(1))] * 3, 2, unit=1)
    records = struct.pack("<HhHHhHHhH", 3, 5, 0, 3, 5, 2, 3, 5, 4)
    odd = single(three, 1, [2])
    odd = change(odd, trees={"leaves": 20 + 24 + 18}, parts={"records": records})
    yield "relies_leaves_odd", odd, "PAYLOAD"
    yield from hostile_relies.cases()


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
        input_cases,
        relies_cases,
    ):
        for name, blob, status in group():
            if name in cases:
                raise AssertionError(f"two cases are named {name}")
            cases[name] = blob, status
    for kind, status in hostile_ops.STATUSES.items():
        for name, blob in hostile_ops.of(kind):
            if name in cases:
                raise AssertionError(f"two cases are named {name}")
            cases[name] = blob, status
    return cases
