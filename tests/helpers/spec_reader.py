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

import spec_ops
from spec_ops.f32 import add, mul, rounded

DTYPES = {0x04: "B", 0x09: "h", 0x0A: "i", 0x06: "I", 0x0E: "f"}
INPUT, ARENA, OUTPUT, STATE = 0, 1, 2, 3
VALUES, VOTES = 0x1E, 0x26
OFFSET, KEEPS = 4, 8
#: Kinds with one score for two classes, and what makes it class 1.
BINARY = {0x4E: lambda s: s > 0, 0x7E: lambda s: s > 0, 0x8E: lambda s: s >= 0}
LEFT, RIGHT, MISSING = 1, 2, 4
# Section 6, by the two high bytes of an op: sum or not, bytes of a record.
# The low byte, the input's dtype, tells the records of ...11, ...21 and ...31.
NARROW = {0x0E: 8, 0x0A: 8, 0x09: 6, 0x04: 4}
WIDTHS = {1: NARROW, 2: dict.fromkeys(NARROW, 12), 3: {0x04: 6}}
# With categories.
WIDTHS |= {4: {0x04: 6}, 5: {0x09: 12}}
CODED = (4, 5)
KINDS = {1: "vote", 2: "soft", 3: "sum", 4: "add"}

Numbers = Sequence[float]


class Header(NamedTuple):
    """Section 3."""

    magic: int
    version: int
    flags: int
    total_size: int
    crc32: int
    body_size: int
    input_size: int
    arena_size: int
    score_size: int
    work: int
    vote_total: int
    n_outputs: int
    n_stages: int
    input: int
    output: int


class Stage(NamedTuple):
    """Section 5."""

    size: int
    op: int
    in_offset: int
    in_count: int
    out_offset: int
    out_count: int
    in_space: int
    out_space: int

    @property
    def source(self) -> str:
        """Element read, for struct."""
        return DTYPES[self.op & 0xFF]

    @property
    def target(self) -> str:
        """Element written, for struct."""
        return DTYPES[self.op >> 8 & 0xFF]


class Trees(NamedTuple):
    """Section 7."""

    n_trees: int
    leaves: int
    n_items: int
    unit: int
    leaf_shift: int
    item: int


class TreesSets(NamedTuple):
    """Section 7: the head of ops with categories."""

    n_trees: int
    leaves: int
    n_words: int
    first_category: int
    leaf_shift: int
    reserved: int


class Split(NamedTuple):
    """What the four record structures have in common."""

    feature: int
    threshold: int
    flags: int
    link: int


def pad4(n_bytes: int) -> int:
    return n_bytes + -n_bytes % 4


def key_of(x: float) -> int | None:
    """The ordered key of a float32; None for NaN."""
    if math.isnan(x):
        return None
    (bits,) = struct.unpack("<i", struct.pack("<f", x))
    return bits ^ 0x7FFFFFFF if bits < 0 else bits


def read_split(data: bytes, at: int, n_bytes: int) -> Split:
    if n_bytes == 4:
        split, link = struct.unpack_from("<HH", data, at)
        return Split(split & 0xFF, split >> 8, link & 3, link >> 2)
    if n_bytes == 6:
        split, threshold, link = struct.unpack_from("<HhH", data, at)
        return Split(split >> 2, threshold, split & 3, link)
    layout = "<iHH" if n_bytes == 8 else "<iII"
    threshold, split, link = struct.unpack_from(layout, data, at)
    return Split(split >> 3, threshold, split & 7, link)


def goes_left(split: Split, x: float, is_float: bool) -> bool:
    key = key_of(x) if is_float else int(x)
    if key is None:
        return bool(split.flags & MISSING)
    return key <= split.threshold


class Forest:
    """One payload of a trees op, cut into its parts."""

    def __init__(self, data: bytes, stage: Stage) -> None:
        self.data, self.out_count = data, stage.out_count
        self.is_float = stage.source == "f"
        self.kind = KINDS[stage.op >> 20 & 0xF]
        size = stage.op >> 16 & 0xF
        self.record, self.coded = WIDTHS[size][stage.op & 0xFF], size in CODED
        head = TreesSets if self.coded else Trees
        self.head = head(*struct.unpack_from("<IIIIHH", data))
        self.at = 20
        n = self.out_count if self.kind == "sum" else 0
        self.exponents = self.take(f"<{n}i")
        numbers = self.take(f"<{2 * self.head.n_trees}I")
        self.sizes, self.bases = numbers[::2], numbers[1::2]
        self.records = self.skip(sum(self.sizes) * self.record)
        assert self.at == self.head.leaves, "the records must end at the leaves"
        self.leaf_width = 1 << self.head.leaf_shift
        if self.coded:
            self.items = len(data) - pad4(self.head.n_words * 2)
        else:
            self.item_width = (self.head.item & 0xFF) + (self.head.item >> 8)
            self.items = len(data) - pad4(self.head.n_items * self.item_width)

    def skip(self, n_bytes: int) -> int:
        start = self.at
        self.at += pad4(n_bytes)
        return start

    def take(self, layout: str) -> tuple[int, ...]:
        return struct.unpack_from(layout, self.data, self.skip(struct.calcsize(layout)))

    def walk(self, at: int, x: Numbers) -> int:
        """The leaf that x reaches in the tree whose records start at `at`."""
        while True:
            split = read_split(self.data, at, self.record)
            at += self.record
            if self.coded and split.feature >= self.head.first_category:
                left = self.in_set(split.threshold, int(x[split.feature]))
            else:
                left = goes_left(split, x[split.feature], self.is_float)
            leaves = split.flags & (LEFT | RIGHT)
            if leaves == LEFT | RIGHT:
                return split.link + (not left)
            if leaves & (LEFT if left else RIGHT):
                return split.link
            if not left and not leaves:
                at += split.link * self.record

    def in_set(self, threshold: int, code: int) -> bool:
        """Whether a code is in the set at a place, both of them unsigned."""
        code %= 1 << 16
        at = self.items + 2 * (threshold % (1 << (16 if self.record == 6 else 32)))
        (n,) = struct.unpack_from("<H", self.data, at)
        if code // 16 >= n:
            return False
        (bits,) = struct.unpack_from("<H", self.data, at + 2 + 2 * (code // 16))
        return bool(bits >> code % 16 & 1)

    def leaf_indices(self, x: Numbers) -> Iterator[int]:
        at = self.records
        for size, base in zip(self.sizes, self.bases, strict=True):
            yield base + (self.walk(at, x) if size else 0)
            at += size * self.record

    def number(self, index: int, signed: bool) -> int:
        at = self.head.leaves + index * self.leaf_width
        n_bytes = self.data[at : at + self.leaf_width]
        return int.from_bytes(n_bytes, "little", signed=signed)

    def row(self, item: int) -> Iterator[tuple[int, int]]:
        """Score index and votes of each item of a row."""
        votes_bits = 8 * (self.head.item & 0xFF)
        last = 8 * self.item_width - 1
        while True:
            at = self.items + item * self.item_width
            number = int.from_bytes(self.data[at : at + self.item_width], "little")
            index = (number & (1 << last) - 1) >> votes_bits
            yield index, number & (1 << votes_bits) - 1
            if number >> last:
                return
            item += 1

    def run(self, x: Numbers) -> list[float]:
        if self.kind == "add":
            return self.added(x)
        scores = [0] * self.out_count
        for leaf in self.leaf_indices(x):
            for index, amount in self.given(leaf):
                scores[index] += amount
        if self.kind != "sum":
            return [score % 2**32 for score in scores]
        pairs = zip(scores, self.exponents, strict=True)
        return [to_float32(wrap(score), e) for score, e in pairs]

    def added(self, x: Numbers) -> list[float]:
        """float32, tree after tree."""
        y = [0.0] * self.out_count
        for leaf in self.leaf_indices(x):
            at = self.head.leaves + leaf * self.out_count * 4
            numbers = struct.unpack_from(f"<{self.out_count}f", self.data, at)
            y = [add(a, b) for a, b in zip(y, numbers, strict=True)]
        return y

    def given(self, leaf: int) -> Iterator[tuple[int, int]]:
        """What a leaf adds to which score."""
        if self.kind == "sum":
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


class Number:
    """One payload of a numeric op: section 17, by tests/spec_ops."""

    def __init__(self, data: bytes, stage: Stage) -> None:
        self.data, self.out_count = data, stage.out_count
        self.op = spec_ops.load()[stage.op]

    def run(self, x: Numbers) -> list[float]:
        return self.op(self.data, list(x), self.out_count)


class Keeper:
    """One payload of an op that may keep state: section 18."""

    def __init__(self, data: bytes, stage: Stage) -> None:
        self.data, self.out_count = data, stage.out_count
        self.op = spec_ops.keepers()[stage.op]

    def step(self, x: Numbers, old: Numbers, state: bytearray) -> list[float]:
        """old: what stands where it writes."""
        return self.op(self.data, list(x), list(old), state)


def is_trees(stage: Stage) -> bool:
    return stage.op >> 24 == 1


class Blob:
    """A whole blob."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.header = head = Header(*struct.unpack_from("<IHHIIIIIIIIHHHH", data))
        assert head.magic == 0x4C4D458E
        assert head.version == 1
        assert head.total_size == len(data)
        assert head.crc32 == zlib.crc32(data[16:], zlib.crc32(data[:12]))
        self.x, self.y = DTYPES[head.input], DTYPES[head.output & 0xF]
        self.n_inputs = head.input_size // struct.calcsize(self.x)
        self.n_scores = head.score_size // struct.calcsize(self.y)
        self.groups = struct.unpack_from(f"<{head.n_outputs}I", data, 48)
        at = 48 + 4 * head.n_outputs
        self.stages = [
            Stage(*struct.unpack_from("<IIIIIIHH", data, at + 28 * i))
            for i in range(head.n_stages)
        ]
        at += 28 * head.n_stages
        self.state_bytes = 0
        if head.flags & KEEPS:
            (self.state_bytes,) = struct.unpack_from("<I", data, at)
            at += 4
        self.forests = []
        for stage in self.stages:
            make = Forest if is_trees(stage) else Number
            if stage.op in spec_ops.keepers():
                make = Keeper
            self.forests.append(make(data[at : at + stage.size], stage))
            at += stage.size
        assert at == head.body_size

    def scores(self, x: Numbers) -> Numbers:
        """Section 5: the program, on spaces of bytes."""
        found = self.run(x, bytearray(0))
        assert found is not None
        return found

    def run(self, x: Numbers, state: bytearray) -> Numbers | None:
        """The same with state; None for a run that is held."""
        assert len(x) == self.n_inputs
        assert len(state) == self.state_bytes
        spaces = {
            INPUT: bytearray(struct.pack(f"<{self.n_inputs}{self.x}", *x)),
            ARENA: bytearray(self.header.arena_size),
            OUTPUT: bytearray(self.header.score_size),
            STATE: state,
        }
        state[:4] = bytes(len(state[:4]))
        for stage, forest in zip(self.stages, self.forests, strict=True):
            source, target = spaces[stage.in_space], spaces[stage.out_space]
            layout = f"<{stage.in_count}{stage.source}"
            given = struct.unpack_from(layout, source, stage.in_offset)
            layout = f"<{stage.out_count}{stage.target}"
            if isinstance(forest, Keeper):
                old = struct.unpack_from(layout, target, stage.out_offset)
                result = forest.step(given, old, state)
            else:
                result = forest.run(given)
            n_bytes = struct.pack(layout, *result)
            target[stage.out_offset : stage.out_offset + len(n_bytes)] = n_bytes
            if any(state[:4]):
                return None
        return struct.unpack(f"<{self.n_scores}{self.y}", spaces[OUTPUT])

    def stream(self, samples: Numbers) -> list[Numbers]:
        """Section 18: the scores of each window of samples, from rest."""
        state, found = bytearray(self.state_bytes), []
        hop = self.n_inputs
        if not self.state_bytes and 8 in self.sections():
            _, hop, _ = struct.unpack("<III", self.sections()[8])
        for at in range(0, len(samples) - self.n_inputs + 1, hop):
            y = self.run(samples[at : at + self.n_inputs], state)
            if y is not None:
                found.append(y)
        return found

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Section 4: classes of each output; none for values."""
        if self.header.output == VALUES:
            return ()
        binary = self.header.output in BINARY
        return (2,) * len(self.groups) if binary else self.groups

    def answers(self, x: Numbers) -> list[int]:
        """Section 8: the winning class of each output."""
        scores, winners = list(self.scores(x)), []
        if self.header.output in BINARY:
            one = BINARY[self.header.output]
            return [int(one(score)) for score in scores[: len(self.groups)]]
        for count in self.class_counts:
            part, scores = scores[:count], scores[count:]
            order = [(0, 0.0) if math.isnan(s) else (1, s) for s in part]
            winners.append(order.index(max(order)))
        return winners

    def sections(self) -> dict[int, bytes]:
        """Section 9: contents by tag."""
        at, found = self.header.body_size, {}
        while at < len(self.data):
            tag, size = struct.unpack_from("<II", self.data, at)
            found[tag] = self.data[at + 8 : at + 8 + size]
            at += 8 + pad4(size)
        return found

    def made(self, raw: Sequence[float]) -> Numbers:
        """Section 9, Inputs: x from raw numbers, which here are whole or finite."""
        if not self.header.flags & OFFSET:
            return tuple(raw)
        rules = struct.iter_unpack("<qf", self.sections()[7])
        return tuple(
            self.element(number - offset, scale)
            for number, (offset, scale) in zip(raw, rules, strict=True)
        )

    def element(self, difference: float, scale: float) -> float:
        """One element, from raw - offset."""
        if self.x == "f" or scale != 1:
            difference = rounded(float(difference))
        if self.x == "f":
            return difference
        n_bytes = 8 * struct.calcsize(self.x)
        low, high = (-(1 << n_bytes - 1), (1 << n_bytes - 1) - 1)
        if self.x.isupper():
            low, high = 0, (1 << n_bytes) - 1
        scaled = difference if scale == 1 else mul(difference, scale)
        return min(max(round(scaled), low), high)

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
        x_layout, y_layout = f"<{self.n_inputs}{self.x}", f"<{self.n_scores}{self.y}"
        vectors = []
        for _ in range(n):
            x = struct.unpack_from(x_layout, content, at)
            at += pad4(struct.calcsize(x_layout))
            vectors.append((x, struct.unpack_from(y_layout, content, at)))
            at += struct.calcsize(y_layout)
        return vectors
