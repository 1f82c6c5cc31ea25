# SPDX-License-Identifier: MIT
"""Programs written stage by stage, for tests: any op, any payload, any span."""

import struct
from dataclasses import dataclass

from c.op_codes import OP

from .blobs import ARENA, HEADER, INPUT, OUTPUT, STAGE, octets_of, pack, with_crc

RANK_U8, RANK_I16 = OP["bucketize_u8"], OP["bucketize_i16"]


@dataclass(frozen=True)
class Span:
    """Elements of a space; the offset is in octets."""

    space: int
    offset: int
    count: int


def x(offset: int, count: int) -> Span:
    return Span(INPUT, offset, count)


def arena(offset: int, count: int) -> Span:
    return Span(ARENA, offset, count)


def y(offset: int, count: int) -> Span:
    return Span(OUTPUT, offset, count)


@dataclass(frozen=True)
class Step:
    """One stage: its op, its payload, where it reads and where it writes."""

    op: int
    payload: bytes
    read: Span
    write: Span

    def entry(self, size: int) -> bytes:
        fields = {
            "size": size,
            "op": self.op,
            "in_offset": self.read.offset,
            "in_count": self.read.count,
            "out_offset": self.write.offset,
            "out_count": self.write.count,
            "in_space": self.read.space,
            "out_space": self.write.space,
        }
        return pack(STAGE, fields)


def program(
    steps: list[Step], dtype: int, n_in: int, n_out: int, arena_size: int = 0
) -> bytes:
    """A blob of n_in inputs of a dtype. Outputs are values, or votes if the last
    stage gives votes."""
    payloads = [s.payload + bytes(-len(s.payload) % 4) for s in steps]
    pairs = zip(steps, payloads, strict=True)
    body = struct.pack("<I", 1)
    body += b"".join(s.entry(len(p)) for s, p in pairs) + b"".join(payloads)
    votes = steps[-1].op >> 8 & 0xFF == 0x06
    header = {
        "magic": 0x4C4D458E,
        "version": 1,
        "flags": 0,
        "total_size": 48 + len(body),
        "crc32": 0,
        "body_size": 48 + len(body),
        "input_size": n_in * octets_of(dtype),
        "arena_size": arena_size + 7 & ~7,
        "score_size": n_out * 4,
        "work": 1,
        "vote_total": int(votes),
        "n_outputs": 1,
        "n_stages": len(steps),
        "input": dtype,
        "output": 0x26 if votes else 0x1E,
    }
    return with_crc(pack(HEADER, header) + body)


def ranks(columns: list[tuple[int, list[int], int]], flags: int = 0) -> bytes:
    """A payload of ranks: of each column its input, keys and the rank of NaN."""
    head = b"".join(
        struct.pack("<IHH", source << 2 | flags, len(keys), missing)
        for source, keys, missing in columns
    )
    keys = [key for _, keys, _ in columns for key in keys]
    return head + struct.pack(f"<{len(keys)}i", *keys)
