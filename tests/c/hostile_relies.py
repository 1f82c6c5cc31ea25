# SPDX-License-Identifier: MIT
"""Blobs that one check alone holds off: for rows of tests/c/relies whose facts no
other hostile blob breaks by itself."""

import struct
from collections.abc import Iterator

from c.blobs import ARENA, HEADER, INPUT, OUTPUT, STAGE, U32, pack, with_crc
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
    VOTES,
)
from c.hostile_ops.prep import IMPUTE, INTERPOLATE, LOOKUP, f32, u32
from c.hostile_ops.table import TABLE
from c.op_blob import op_blob

CHOOSE = 0x0406060E
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
    first = {"size": len(items), "op": NEAREST, "in_offset": 0, "in_count": 1}
    first |= {"out_offset": 0, "out_count": 2, "in_space": INPUT, "out_space": ARENA}
    second = {"size": len(payload), "op": code, "in_offset": at, "in_count": n_in}
    second |= {"out_offset": 0, "out_count": 1, "in_space": ARENA, "out_space": OUTPUT}
    rest = u32(1) + pack(STAGE, first) + pack(STAGE, second) + items + payload
    votes = code >> 8 & 0xFF == U32
    header = {"magic": 0x4C4D458E, "version": 1, "flags": 0, "crc32": 0, "work": 1}
    header |= {"total_size": 48 + len(rest), "body_size": 48 + len(rest)}
    header |= {"input_size": 4, "arena_size": 8, "score_size": 4, "n_outputs": 1}
    header |= {"vote_total": int(votes), "n_stages": 2, "input": 0x0E}
    header |= {"output": 0x26 if votes else 0x1E}
    return with_crc(pack(HEADER, header) + rest)


def indices() -> Iterator[tuple[str, bytes]]:
    """Programs whose list of neighbours is of other items than the op's."""
    head = struct.pack("<IHH", 1, 1, 0)
    yield "votes_index", neighbors(VOTES, 4, 1, head + bytes(4))
    yield "means_index", neighbors(MEANS, 4, 1, head + f32(1))
    density = struct.pack("<IIff", 1, 0, 1.5, 0) + f32(1, 2)
    yield "density_index", neighbors(DENSITY, 0, 2, density)


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
    for name, blob in indices():
        yield f"relies_{name}", blob, "OK"
    yield "relies_groups_peek", groups(), "STAGE"
    # All that follows the groups are small numbers, up to the end.
    yield "relies_label", op_blob(CAST_U8, 2, 2, b"", 0x6E), "OK"
