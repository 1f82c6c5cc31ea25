# SPDX-License-Identifier: MIT
"""A reader of .eml blobs written from SPEC.md alone, to show that it suffices.

It needs nothing but the standard library, is meant for clarity, not speed, and
checks only what it needs: emlrt_open's checks have tests of their own. Comments
name sections of SPEC.md.
"""

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

DTYPES = {0x04: "B", 0x09: "h", 0x06: "I", 0x0E: "f"}
INPUT, ARENA, OUTPUT = 1, 2, 3
VALUES, VOTES = 1, 2
LONE, BASES = 0x80000000, 1
LEFT, RIGHT, MISSING = 1, 2, 4
# Low octet of an op, but for its top bit: octets of a record.
RECORDS = {1: 8, 2: 6, 3: 4, 4: 6, 5: 12, 6: 12, 7: 12}
# Octets of an item: bits of votes, bits of the score's index.
ITEMS = {2: (8, 7), 3: (16, 7), 4: (22, 9), 8: (32, 31)}

Numbers = Sequence[float]


class Header(NamedTuple):
    """Section 3."""

    magic: int
    version: int
    flags: int
    total_size: int
    crc32: int
    body_size: int
    arena_bytes: int
    work: int
    n_inputs: int
    n_scores: int
    vote_total: int
    n_outputs: int
    n_stages: int
    dtypes: int
    output: int


class Stage(NamedTuple):
    """Section 5."""

    size: int
    in_offset: int
    in_count: int
    out_offset: int
    out_count: int
    in_: int
    out: int
    op: int
    reserved: int


class Trees(NamedTuple):
    """Section 7."""

    n_trees: int
    n_records: int
    n_leaves: int
    n_items: int
    unit: int
    flags: int
    widths: int


class Split(NamedTuple):
    """What the four record structures have in common."""

    feature: int
    threshold: int
    flags: int
    link: int


def pad4(octets: int) -> int:
    return octets + -octets % 4


def key_of(x: float) -> int | None:
    """The ordered key of a float32; None for NaN."""
    if math.isnan(x):
        return None
    (bits,) = struct.unpack("<i", struct.pack("<f", x))
    return bits ^ 0x7FFFFFFF if bits < 0 else bits


def read_split(data: bytes, at: int, octets: int) -> Split:
    if octets == 4:
        split, link = struct.unpack_from("<HH", data, at)
        return Split(split & 0xFF, split >> 8, link & 3, link >> 2)
    if octets == 6:
        split, threshold, link = struct.unpack_from("<HhH", data, at)
        return Split(split >> 2, threshold, split & 3, link)
    layout = "<iHH" if octets == 8 else "<iII"
    threshold, split, link = struct.unpack_from(layout, data, at)
    return Split(split >> 3, threshold, split & 7, link)


def goes_left(split: Split, x: float, is_float: bool) -> bool:
    key = key_of(x) if is_float else int(x)
    if key is None:
        return bool(split.flags & MISSING)
    return key <= split.threshold


class Forest:
    """One payload of a trees op, cut into its parts."""

    def __init__(self, data: bytes, op: int, out_count: int, is_float: bool) -> None:
        self.data, self.out_count, self.is_float = data, out_count, is_float
        self.votes = not op & 0x80
        self.head = Trees(*struct.unpack_from("<IIIIIHH", data))
        self.record = RECORDS[op & 0x7F]
        self.leaf_width, self.item_width = (
            self.head.widths & 0xFF,
            self.head.widths >> 8,
        )
        self.at = 24
        n = self.head.n_trees
        self.exponents = () if self.votes else self.take(f"<{out_count}i")
        self.sizes = self.take(f"<{n}I")
        self.bases = self.take(f"<{n}I") if self.head.flags & BASES else (0,) * n
        self.records = self.skip(self.head.n_records * self.record)
        entry = self.leaf_width * (1 if self.votes else out_count)
        self.leaves = self.skip(self.head.n_leaves * entry)
        self.items = self.skip(self.head.n_items * self.item_width)
        assert self.at == len(data), "the parts must fill the payload"

    def skip(self, octets: int) -> int:
        start = self.at
        self.at += pad4(octets)
        return start

    def take(self, layout: str) -> tuple[int, ...]:
        return struct.unpack_from(layout, self.data, self.skip(struct.calcsize(layout)))

    def walk(self, at: int, x: Numbers) -> int:
        """The leaf that x reaches in the tree whose records start at `at`."""
        while True:
            split = read_split(self.data, at, self.record)
            at += self.record
            left = goes_left(split, x[split.feature], self.is_float)
            leaves = split.flags & (LEFT | RIGHT)
            if leaves == LEFT | RIGHT:
                return split.link + (not left)
            if leaves & (LEFT if left else RIGHT):
                return split.link
            if not left and not leaves:
                at += split.link * self.record

    def leaf_indices(self, x: Numbers) -> Iterator[int]:
        at = self.records
        for size, base in zip(self.sizes, self.bases, strict=True):
            if size & LONE:
                yield base + (size ^ LONE)
            else:
                yield base + self.walk(at, x)
                at += size * self.record

    def number(self, index: int, signed: bool) -> int:
        at = self.leaves + index * self.leaf_width
        octets = self.data[at : at + self.leaf_width]
        return int.from_bytes(octets, "little", signed=signed)

    def row(self, item: int) -> Iterator[tuple[int, int]]:
        """Score index and votes of each item of a row."""
        votes_bits, index_bits = ITEMS[self.item_width]
        while True:
            at = self.items + item * self.item_width
            number = int.from_bytes(self.data[at : at + self.item_width], "little")
            votes = number & (1 << votes_bits) - 1
            yield number >> votes_bits & (1 << index_bits) - 1, votes
            if number >> votes_bits + index_bits:
                return
            item += 1

    def run(self, x: Numbers) -> list[float]:
        scores = [0] * self.out_count
        for leaf in self.leaf_indices(x):
            for index, amount in self.given(leaf):
                scores[index] += amount
        if self.votes:
            return [score % 2**32 for score in scores]
        pairs = zip(scores, self.exponents, strict=True)
        return [to_float32(wrap(score), e) for score, e in pairs]

    def given(self, leaf: int) -> Iterator[tuple[int, int]]:
        """What a leaf adds to which score."""
        if not self.votes:
            for k in range(self.out_count):
                yield k, self.number(leaf * self.out_count + k, signed=True)
            return
        code = self.number(leaf, signed=False)
        if code < self.out_count:
            yield code, self.head.unit
        else:
            yield from self.row(code - self.out_count)


def wrap(number: int) -> int:
    """Modulo 2^32, as two's complement."""
    return (number + 2**31) % 2**32 - 2**31


def to_float32(number: int, exponent: int) -> float:
    """number * 2^exponent, rounded once to nearest, ties to even."""
    exact = math.ldexp(number, exponent)  # 32 bits fit a double
    try:
        return struct.unpack("<f", struct.pack("<f", exact))[0]
    except OverflowError:
        return math.copysign(math.inf, exact)


class Blob:
    """A whole blob."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.header = Header(*struct.unpack_from("<IHHIIIIIIIIHHHH", data))
        assert self.header.magic == 0x4C4D458E
        assert self.header.version == 1
        assert self.header.total_size == len(data)
        assert self.header.crc32 == zlib.crc32(data[16:], zlib.crc32(data[:12]))
        at, self.class_counts = 48, ()
        if self.header.output == VOTES:
            self.class_counts = struct.unpack_from(
                f"<{self.header.n_outputs}I", data, at
            )
            at += 4 * self.header.n_outputs
        self.stages = [
            Stage(*struct.unpack_from("<IIIIIHHHH", data, at + 28 * i))
            for i in range(self.header.n_stages)
        ]
        at += 28 * self.header.n_stages
        self.forests = []
        for stage in self.stages:
            payload = data[at : at + stage.size]
            is_float = DTYPES[stage.in_ >> 8] == "f"
            self.forests.append(Forest(payload, stage.op, stage.out_count, is_float))
            at += stage.size
        assert at == self.header.body_size

    def scores(self, x: Numbers) -> list[float]:
        """Section 5: the program. The arena is kept as numbers by octet."""
        assert len(x) == self.header.n_inputs
        arena: dict[int, float] = {}
        y = [0.0] * self.header.n_scores
        for stage, forest in zip(self.stages, self.forests, strict=True):
            source = range(stage.in_offset, stage.in_offset + stage.in_count)
            octets = struct.calcsize(DTYPES[stage.in_ >> 8])
            if stage.in_ & 0xFF == INPUT:
                result = forest.run([x[i] for i in source])
            else:
                result = forest.run([arena[i * octets] for i in source])
            octets = struct.calcsize(DTYPES[stage.out >> 8])
            for i, number in enumerate(result, stage.out_offset):
                if stage.out & 0xFF == OUTPUT:
                    y[i] = number
                else:
                    arena[i * octets] = number
        return y

    def answers(self, x: Numbers) -> list[int]:
        """Section 8: the winning class of each output."""
        scores, winners = self.scores(x), []
        for count in self.class_counts:
            part, scores = scores[:count], scores[count:]
            winners.append(part.index(max(part)))
        return winners

    def sections(self) -> dict[int, bytes]:
        """Section 9: contents by tag."""
        at, found = self.header.body_size, {}
        while at < len(self.data):
            tag, size = struct.unpack_from("<II", self.data, at)
            found[tag] = self.data[at + 8 : at + 8 + size]
            at += 8 + pad4(size)
        return found

    def texts(self, tag: int) -> list[str]:
        content = self.sections()[tag]
        (n,) = struct.unpack_from("<I", content)
        ends = (0, *struct.unpack_from(f"<{n}I", content, 4))
        body = content[4 + 4 * n :]
        return [body[a:b].decode() for a, b in pairwise(ends)]

    def golden(self) -> list[tuple[Numbers, Numbers]]:
        """Inputs and scores of the golden vectors."""
        content, at = self.sections()[5], 4
        (n,) = struct.unpack_from("<I", content)
        x_layout = f"<{self.header.n_inputs}{DTYPES[self.header.dtypes & 0xFF]}"
        y_layout = f"<{self.header.n_scores}{DTYPES[self.header.dtypes >> 8]}"
        vectors = []
        for _ in range(n):
            x = struct.unpack_from(x_layout, content, at)
            at += pad4(struct.calcsize(x_layout))
            vectors.append((x, struct.unpack_from(y_layout, content, at)))
            at += struct.calcsize(y_layout)
        return vectors
