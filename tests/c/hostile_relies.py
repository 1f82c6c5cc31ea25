# SPDX-License-Identifier: MIT
"""Blobs that one check alone holds off: for rows of tests/c/relies whose facts no
other hostile blob breaks by itself."""

import struct
from collections.abc import Iterator

from c.blobs import ARENA, HEADER, OUTPUT, pack, with_crc
from c.hostile_ops.affine import CAST_U8, DENSE
from c.hostile_ops.gauss import DIAG, FULL
from c.hostile_ops.gauss import payload as gauss_payload
from c.hostile_ops.kernels import COUPLE, OVO, RBF
from c.hostile_ops.neighbors import (
    DENSITY,
    MEANS,
    NEAREST,
    NEAREST_I16,
    POWER,
    SHARES,
    VOTES,
)
from c.hostile_ops.prep import IMPUTE, INTERPOLATE, LOOKUP, f32, u32
from c.hostile_ops.table import TABLE
from c.hostile_ops.work import lone_trees
from c.op_blob import op_blob, program_blob, stage_of
from c.op_codes import OP

CHOOSE, VOTE_F32 = OP["argmax"], OP["trees_vote_f32"]
Case = tuple[str, bytes, str]


def sizes() -> Iterator[tuple[str, bytes]]:
    """Payloads that would be right if one part less were asked for."""
    yield "choose_stage", op_blob(CHOOSE, 2, 2, b"")
    yield "dense_no_biases", op_blob(DENSE, 2, 1, u32(0) + f32(1, 2))
    yield "impute_outputs", op_blob(IMPUTE, 2, 3, u32(0) + f32(1, 2))
    table = u32(2) + f32(9) + f32(1, 2) + f32(10, 20)
    yield "lookup_outputs", op_blob(LOOKUP, 1, 2, u32(0) + table)
    curve = u32(2) + f32(1, 2) + f32(10, 20)
    yield "interpolate_outputs", op_blob(INTERPOLATE, 1, 2, curve)
    none = u32(0, 1) + f32(1, 2)
    yield "interpolate_none", op_blob(INTERPOLATE, 2, 2, none)
    yield "table_row_less", op_blob(TABLE, 2, 2, u32(1, 1) + f32(0, 1, 2, 3))
    for name, code, factors in (("diag", DIAG, 2), ("full", FULL, 3)):
        bare = gauss_payload(0, 2, factors)
        yield f"{name}_no_constants", op_blob(code, 2, 1, bare)
        yield f"{name}_no_means", op_blob(code, 2, 1, gauss_payload(0, 1, factors))


def lists() -> Iterator[tuple[str, bytes]]:
    many = struct.pack("<IHH", 1025, 1025, 0) + f32(*range(1025))
    yield "nearest_k_most", op_blob(NEAREST, 1, 2050, many)
    power = struct.pack("<IHHff", 3, 2, 3, 0, 0.3) + f32(*range(6))
    yield "power_outputs", op_blob(POWER, 2, 6, power)
    wide = struct.pack("<IHHHh", 3, 2, 0, 3, -9) + bytes(20)
    yield "i16_width_three", op_blob(NEAREST_I16, 2, 6, wide)


def machines() -> Iterator[tuple[str, bytes]]:
    odd = u32(1, 2, 1) + f32(*range(5))
    yield "kernel_odd", op_blob(RBF, 2, 3, odd)
    four = u32(4, 2, 1, 1, 1, 0) + f32(*range(4 + 3 * 5))
    yield "kernel_sections", op_blob(RBF, 2, 6, four)
    yield "kernel_no_counts", op_blob(RBF, 2, 6, u32(3, 2) + bytes(16))
    yield "ovo_pairs", op_blob(OVO, 3, 4, u32(4, 1))
    yield "couple_pairs", op_blob(COUPLE, 3, 15, u32(4) + f32(*range(6)))


def neighbors(code: int, at: int, n_in: int, payload: bytes) -> bytes:
    """The nearest of five items, and then an op that has one item: the index that
    it reads is 4."""
    items = struct.pack("<IHH", 5, 1, 0) + f32(9, 9, 9, 9, 0)
    first = stage_of(NEAREST, 1, 2, len(items)) | {"out_space": ARENA}
    second = stage_of(code, n_in, 1, len(payload))
    second |= {"in_space": ARENA, "in_offset": at}
    return program_blob([(first, items), (second, payload)], 1, 1, 8)


def indices() -> Iterator[tuple[str, bytes]]:
    """Programs whose list of neighbours is of other items than the op's."""
    head = struct.pack("<IHH", 1, 1, 0)
    yield "votes_index", neighbors(VOTES, 4, 1, head + bytes(4))
    yield "means_index", neighbors(MEANS, 4, 1, head + f32(1))
    density = struct.pack("<IIff", 1, 0, 1.5, 0) + f32(1, 2)
    yield "density_index", neighbors(DENSITY, 0, 2, density)


#: The nearest of five items is the last; then come the others in their order.
FIVE = f32(4, 5, 6, 7, 1)
LABELS = bytes([0, 0, 0, 1, 1])


def voters(
    k: int = 1,
    read: int | None = None,
    at: int | None = None,
    values: int = 1,
    labels: bytes = LABELS,
    groups: tuple[int, ...] = (2,),
    metric: int = 0,
    n_in: int = 1,
    more: int = 0,
    **fields: int,
) -> bytes:
    """The k nearest of five, and votes of two classes that read `read` of them.
    x has n_in elements, the arena so many octets more; fields: of the first stage."""
    items = struct.pack("<IHH", 5, k, metric) + FIVE
    head = struct.pack("<IHH", len(labels) // values, values, 0)
    table = head + labels + bytes(-len(labels) % 4)
    first = stage_of(NEAREST, 1, 2 * k, len(items)) | {"out_space": ARENA} | fields
    second = stage_of(VOTES, k if read is None else read, 2, len(table))
    second |= {"in_space": ARENA, "in_offset": 4 * k if at is None else at}
    stages = [(first, items), (second, table)]
    return program_blob(stages, n_in, 2, 8 * k + more, groups, output=0x26)


def integer_voters(k: int, at: int, labels: bytes = LABELS) -> bytes:
    """As voters, of int16."""
    items = struct.pack("<IHHHh", 5, k, 0, 1, -3) + bytes([7, 8, 9, 10, 4, 0, 0, 0])
    table = struct.pack("<IHH", len(labels), 1, 0) + labels + bytes(-len(labels) % 4)
    first = stage_of(NEAREST_I16, 1, 3 * k, len(items)) | {"out_space": ARENA}
    second = stage_of(VOTES, k, 2, len(table)) | {"in_space": ARENA, "in_offset": at}
    stages = [(first, items), (second, table)]
    return program_blob(stages, 1, 2, 12 * k, (2,), output=0x26)


def powers() -> bytes:
    """As voters, by a power of the distance."""
    items = struct.pack("<IHHff", 5, 1, 2, 0, 0.5) + FIVE
    table = struct.pack("<IHH", 5, 1, 0) + LABELS + bytes(3)
    first = stage_of(POWER, 1, 2, len(items)) | {"out_space": ARENA}
    second = stage_of(VOTES, 1, 2, len(table)) | {"in_space": ARENA, "in_offset": 4}
    stages = [(first, items), (second, table)]
    return program_blob(stages, 1, 2, 8, (2,), output=0x26)


def weighted() -> bytes:
    """The two nearest, and shares that take them for one's distance and index."""
    items = struct.pack("<IHH", 5, 2, 0) + FIVE
    table = struct.pack("<IHH", 5, 1, 2) + bytes([1, 0, 0, 0, 0]) + bytes(3)
    first = stage_of(NEAREST, 1, 4, len(items)) | {"out_space": ARENA}
    second = stage_of(SHARES, 2, 2, len(table)) | {"in_space": ARENA, "in_offset": 8}
    return program_blob(
        [(first, items), (second, table)], 1, 2, 16, (2,), output=0x6E, vote_total=0
    )


def no_nearest() -> bytes:
    """A dense stage whose payload looks as if it had one item and k of 1, and
    which writes what is no index."""
    layer = u32(1, 1) + f32(1, 0, 0)
    table = struct.pack("<IHH", 1, 1, 0) + bytes(4)
    first = stage_of(DENSE, 1, 2, len(layer)) | {"out_space": ARENA}
    second = stage_of(VOTES, 1, 2, len(table)) | {"in_space": ARENA, "in_offset": 4}
    stages = [(first, layer), (second, table)]
    return program_blob(stages, 1, 2, 8, (2,), output=0x26)


def three_stages() -> bytes:
    """Nearest, votes and trees: the third stage's entry and what follows look like
    the payloads of the first two. k is the low half of the trees' op."""
    k = VOTE_F32 & 0xFFFF
    trees = struct.pack("<IIIIHHIIBxxx", 1, 28, 0, 1, 0, 0, 0, 0, 1)
    items = struct.pack("<IHH", 7, 1, 0) + u32(len(trees), 1) + bytes(20)
    table = struct.pack("<IHH", k, 1, 0) + bytes(k + -k % 4)
    first = stage_of(NEAREST, 1, 2, len(items)) | {"out_space": ARENA}
    second = stage_of(VOTES, k, 2, len(table))
    second |= {"in_space": ARENA, "in_offset": 4 * k}
    third = stage_of(VOTE_F32, 1, 2, len(trees))
    stages = [(first, items), (second, table), (third, trees)]
    return program_blob(stages, 1, 2, 8 * k, (2,), output=0x26)


def items() -> Iterator[tuple[str, bytes]]:
    """Programs of which emlrt_items_classify must say that they are no neighbours
    alone, and one that is."""
    yield "items", voters(3)
    yield "items_outputs", voters(groups=(1, 1))
    yield "items_group", voters(groups=(1,))
    yield "items_fewer_read", voters(3, read=1, labels=bytes([0, 0, 0, 0, 1]))
    yield "items_others_read", voters(2, at=0, labels=bytes([1] * 5))
    yield "items_fewer_labels", voters(labels=bytes([1, 1]))
    yield "items_values", voters(values=2, labels=bytes([0] * 5 + [1] * 5))
    yield "items_weighted", weighted()
    yield "items_no_nearest", no_nearest()
    yield "items_three_stages", three_stages()
    yield "items_more_read", voters(2, read=3, more=8, labels=bytes([0, 0, 0, 1, 0]))
    yield "items_later_read", voters(2, at=12, more=8)
    yield "items_more_labels", voters(labels=bytes(6))
    yield "items_cosine", voters(2, metric=3)
    for metric in (1, 2):
        yield f"items_metric_{metric}", voters(2, metric=metric)
    yield "items_some_inputs", voters(2, n_in=2)
    yield "items_of_arena", voters(2, more=8, in_space=ARENA, in_offset=16)
    yield "items_into_y", voters(1, out_space=OUTPUT)
    yield "items_behind", voters(2, at=16, more=8, out_offset=8)
    yield "items_powers", powers()
    yield "items_i16", integer_voters(2, 16)
    yield "items_i16_distances", integer_voters(2, 8)
    yield "items_i16_fewer_labels", integer_voters(2, 16, LABELS[2:])


def groups() -> bytes:
    """A header of three outputs, one group, and nothing more."""
    header = {"magic": 0x4C4D458E, "version": 1, "flags": 0, "crc32": 0, "work": 1}
    header |= {"total_size": 52, "body_size": 52, "input_size": 4, "arena_size": 0}
    header |= {"score_size": 4, "n_outputs": 3, "vote_total": 1, "n_stages": 1}
    return with_crc(pack(HEADER, header | {"input": 0x0E, "output": 0x26}) + bytes(4))


def cases() -> Iterator[Case]:
    for of, status in ((sizes, "PAYLOAD"), (lists, "PAYLOAD"), (machines, "PAYLOAD")):
        for name, blob in of():
            yield f"relies_{name}", blob, status
    for of in (indices, items):
        for name, blob in of():
            yield f"relies_{name}", blob, "OK"
    yield "relies_items_group_more", voters(groups=(3,)), "HEADER"
    yield "relies_items_group_behind", voters(groups=(2, 1)), "HEADER"
    yield "relies_groups_peek", groups(), "STAGE"
    # Trees times scores are 2^32, with which a count would be right again.
    yield "relies_work_wraps", lone_trees("soft", 1024, 1 << 22), "WORK"
    # All that follows the groups are small numbers, up to the end.
    yield "relies_label", op_blob(CAST_U8, 2, 2, b"", 0x6E), "OK"
