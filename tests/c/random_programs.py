# SPDX-License-Identifier: MIT
"""Random programs that no converter writes: stages of trees, ranks and numeric ops
whose spans overlap, are rewritten, and are read in part.

`programs(seed, n)` gives n blobs, nearly all of which emlrt_open takes. The same
seed gives the same blobs.
"""

import struct
from collections.abc import Callable, Iterator
from random import Random

from c.op_codes import OP

from .blobs import ARENA, F32, I16, I32, INPUT, OUTPUT, U8, U32, octets_of
from .stages import RANK_I16, RANK_U8, Span, Step, program

#: Ordered keys: of ordinary numbers, of the extremes, and of no number.
KEYS = [
    *(-0x7F800001, -0x7F7FFFFF, -0x40000001, -2, -1, 0, 1, 0x3EC00000, 0x3F000000),
    *(0x3F800000, 0x3FC00000, 0x40400000, 0x7F7FFFFF, 0x7F800000),
]
NO_KEYS = [0x7F800001, 0x7FFFFFFF, -0x7F800002, -0x80000000]
#: Octets of a record by the digit in an op's code; with categories last.
WALKS = {
    U8: [(1, 4), (2, 12), (3, 6), (4, 6)],
    I16: [(1, 6), (2, 12), (5, 12)],
    I32: [(1, 8), (2, 12)],
    F32: [(1, 8), (2, 12)],
}
VOTE, SOFT, SUM, ADD = 1, 2, 3, 4
CASTS = {U8: OP["cast_u8"], I16: OP["cast_i16"], U32: OP["votes_to_proba"]}
DENSE, GATHER, ABS, OBLIVIOUS = OP["dense"], OP["gather"], OP["abs"], OP["oblivious_u8"]
ARENA_SIZE = 96
WORDS = {1: "B", 2: "H", 4: "I"}


def padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


def floats(rng: Random, n: int) -> bytes:
    odd = [0.0, -0.0, 1.0, -1.5, 1e-45, -1e-39, 3e38]
    return struct.pack(
        f"<{n}f", *(rng.choice(odd) if rng.random() < 0.3 else rng.gauss(0, 2)
                    for _ in range(n))
    )  # fmt: skip


class Forest:
    """The payload of one stage of trees."""

    def __init__(self, rng: Random, dtype: int, n_in: int, n_out: int) -> None:
        self.rng, self.dtype, self.n_in, self.n_out = rng, dtype, n_in, n_out
        self.variant, self.width = rng.choice(WALKS[dtype])
        self.kind = rng.choice([VOTE, SOFT, SUM, SUM, ADD])
        self.coded = self.variant > 3
        if self.coded:
            self.kind = rng.choice([SUM, ADD])
        self.votes = self.kind in (VOTE, SOFT)
        self.op = 0x01000000 | self.kind << 20 | self.variant << 16 | dtype
        self.op |= (U32 if self.votes else F32) << 8
        self.shift = 2 if self.kind == ADD else rng.randrange(3)
        self.n_leaves = rng.randint(2, 9)
        self.first = rng.randrange(n_in) if self.coded else n_in
        self.sets = [1, rng.randrange(1 << 16), 0, 2, 5, 3]

    def threshold(self, feature: int) -> int:
        rng = self.rng
        if feature >= self.first:
            return rng.choice([0, 2, 3])
        if self.dtype == F32:
            return rng.choice(KEYS if rng.random() < 0.98 else NO_KEYS)
        if rng.random() < 0.8:
            return rng.randrange(8)
        if self.dtype == U8:
            return rng.randrange(256)
        return rng.randrange(-3, 0) if rng.random() < 0.5 else rng.choice([300, 32767])

    def record(self, feature: int, flags: int, link: int) -> bytes:
        threshold = self.threshold(feature)
        if self.width == 4:
            return struct.pack("<HH", feature | threshold << 8, link << 2 | flags)
        if self.width == 6:
            return struct.pack("<HhH", feature << 2 | flags, threshold, link)
        if self.dtype == F32:
            flags |= self.rng.randrange(2) << 2
        layout = "<iHH" if self.width == 8 else "<iII"
        return struct.pack(layout, threshold, feature << 3 | flags, link)

    def tree(self, n: int, leaves: int) -> list[bytes]:
        """Records of n splits, depth first; rarely with a link that goes astray."""
        if n == 0:
            return []
        rng, left = self.rng, self.rng.randrange(n)
        right = n - 1 - left
        flags = (left == 0) | (right == 0) << 1
        link = left if flags == 0 else rng.randrange(leaves - (flags == 3))
        if flags == 0 and rng.random() < 0.02:
            link = rng.randrange(n - 1)
        one = self.record(rng.randrange(self.n_in), flags, link)
        return [one, *self.tree(left, leaves), *self.tree(right, leaves)]

    def items(self) -> list[tuple[int, int]]:
        """Votes and heads of rows of at most n_out items."""
        out: list[tuple[int, int]] = []
        for _ in range(self.rng.randint(1, 4)):
            length = self.rng.randint(1, min(self.n_out, 3))
            for i in range(length):
                last = 0x80 if i == length - 1 else 0
                out.append(
                    (self.rng.randrange(1 << 16), self.rng.randrange(self.n_out) | last)
                )
        return out

    def leaves(self, n_items: int) -> bytes:
        if self.kind == ADD:
            return floats(self.rng, self.n_leaves * self.n_out)
        bits = 8 << self.shift
        if self.votes:
            codes = [
                self.rng.randrange(self.n_out + n_items) for _ in range(self.n_leaves)
            ]
        else:
            count = self.n_leaves * self.n_out
            codes = [self.rng.getrandbits(bits) for _ in range(count)]
        return struct.pack(f"<{len(codes)}{WORDS[bits // 8]}", *codes)

    def payload(self) -> bytes:
        rng = self.rng
        trees, records = b"", b""
        sizes = [rng.choice([0, 0, 1, 2, 3, 7, 12]) for _ in range(rng.randint(1, 6))]
        for n in sizes:
            base = rng.randrange(self.n_leaves - 1)
            trees += struct.pack("<II", n, base)
            records += b"".join(self.tree(n, self.n_leaves - base))
        exponents = [rng.randint(-40, 9) for _ in range(self.n_out)]
        front = (
            struct.pack(f"<{len(exponents)}i", *exponents) if self.kind == SUM else b""
        )
        front += trees + padded(records)
        items = self.items() if self.kind == SOFT else []
        unit = self.first if self.coded else rng.randrange(1 << 20) if self.votes else 0
        n_items = len(self.sets) if self.coded else len(items)
        item = 0x0103 if items else 0
        head = struct.pack(
            "<IIIIHH", len(sizes), 20 + len(front), n_items, unit, self.shift, item
        )
        tail = b"".join(struct.pack("<I", votes | head << 24) for votes, head in items)
        if self.coded:
            tail = padded(struct.pack(f"<{len(self.sets)}H", *self.sets))
        return head + front + padded(self.leaves(len(items))) + tail


def rank_payload(rng: Random, n_in: int, n_out: int) -> bytes:
    head, keys, before = b"", [], (0, 0)
    for i in range(n_out):
        flags = 1 if rng.random() < 0.08 else 0
        if i != 0 and rng.random() < 0.2:
            source, count, flags = *before, flags | 2
        else:
            own = sorted(rng.sample(KEYS, rng.randint(0, 7)))
            source, count = rng.randrange(n_in), len(own)
            keys += own
        before = source, count
        missing = rng.choice([0, count, rng.randrange(9), 255])
        head += struct.pack("<IHH", source << 2 | flags, count, missing)
    return head + struct.pack(f"<{len(keys)}i", *keys)


def oblivious_payload(rng: Random, n_in: int, n_out: int) -> bytes:
    shift, n = rng.randrange(3), rng.randint(1, 4)
    out = struct.pack("<II", n, shift)
    out += struct.pack(f"<{n_out}i", *(rng.randint(-9, 9) for _ in range(n_out)))
    for _ in range(n):
        depth = rng.randint(0, 4)
        out += struct.pack("<I", depth)
        for _ in range(depth):
            out += struct.pack("<HH", rng.randrange(n_in), rng.randrange(9))
        out += padded(rng.randbytes((n_out << shift) << depth))
    return out


class Program:
    """A program in the making."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.dtype = rng.choice([F32, F32, F32, F32, U8, I16, I32])
        self.n_in = rng.choice([1, 2, 3, 5, 40])
        self.steps: list[Step] = []
        self.spans: list[tuple[int, Span]] = []  # what was written, by dtype
        self.y = 0  # octets of y so far

    def source(self, dtype: int) -> Span | None:
        """Something of a dtype to read: usually what was written as just that."""
        rng, size = self.rng, octets_of(dtype)
        written = [span for d, span in self.spans if d == dtype]
        choice = rng.random()
        if written and choice < 0.6:
            return rng.choice(written[-3:])
        if dtype == self.dtype and choice < 0.85:
            first = rng.randrange(self.n_in) if rng.random() < 0.3 else 0
            return Span(INPUT, first * size, rng.randint(1, self.n_in - first))
        if dtype == F32 and self.y != 0 and choice < 0.9:
            first = rng.randrange(self.y // 4)
            return Span(OUTPUT, first * 4, rng.randint(1, self.y // 4 - first))
        return self.place(size, rng.randint(1, 6))

    def place(self, size: int, count: int) -> Span | None:
        """A span of the arena, in part where something stands already."""
        rng = self.rng
        offset = rng.randrange(ARENA_SIZE // size) * size
        if self.spans and rng.random() < 0.5:
            near = rng.choice(self.spans)[1].offset + rng.choice([0, 0, -size, size])
            offset = near // size * size
        fits = offset >= 0 and offset + count * size <= ARENA_SIZE
        return Span(ARENA, offset, count) if fits else None

    def target(self, dtype: int, count: int, final: bool) -> Span | None:
        if not final:
            return self.place(octets_of(dtype), count)
        offset = (
            self.y
            if self.rng.random() < 0.8
            else self.rng.randrange(self.y // 4 + 1) * 4
        )
        return Span(OUTPUT, offset, count)

    def add(self, op: int, payload: bytes, read: Span, count: int, final: bool) -> bool:
        """Adds a stage, if its spans do not meet."""
        write = self.target(op >> 8 & 0xFF, count, final)
        if write is None:
            return False
        ends = [
            s.offset + (s.count << (code & 3))
            for s, code in ((read, op), (write, op >> 8))
        ]
        if (
            read.space == write.space
            and read.offset < ends[1]
            and write.offset < ends[0]
        ):
            return False
        self.steps.append(Step(op, payload, read, write))
        if final:
            self.y = max(self.y, ends[1])
        else:
            self.spans.append((op >> 8 & 0xFF, write))
        return True

    def rank(self) -> bool:
        read, n = self.source(F32), self.rng.choice([1, 2, 3, 4, 6])
        op = self.rng.choice([RANK_U8, RANK_U8, RANK_I16])
        return read is not None and self.add(
            op, rank_payload(self.rng, read.count, n), read, n, False
        )

    def trees(self, final: bool, votes: bool = False) -> bool:
        rng = self.rng
        dtype = rng.choice([U8, U8, I16, I32, F32])
        read, n_out = self.source(dtype), rng.choice([1, 1, 1, 2, 3, 5, 33])
        if read is None:
            return False
        if not final or self.y + n_out * 4 > 256:
            n_out = min(n_out, 3)
        forest = Forest(rng, dtype, read.count, n_out)
        if final and forest.votes != votes:
            return False
        return self.add(forest.op, forest.payload(), read, n_out, final)

    def numeric(self, final: bool) -> bool:
        rng = self.rng
        op = rng.choice([*CASTS.values(), DENSE, GATHER, ABS, OBLIVIOUS])
        read, n = self.source(op & 0xFF), rng.randint(1, 6)
        if read is None:
            return False
        payload = b""
        if op == DENSE:
            payload = struct.pack("<I", rng.randrange(2)) + floats(
                rng, n * (read.count + 1)
            )
        elif op == GATHER:
            payload = struct.pack(
                f"<{n}H", *(rng.randrange(read.count) for _ in range(n))
            )
        elif op == OBLIVIOUS:
            payload = oblivious_payload(rng, read.count, n)
        else:
            n = read.count
            payload = struct.pack("<f", 3.0) if op == CASTS[U32] else b""
        return self.add(op, payload, read, n, final)

    def some(self, add: Callable[[], bool], n: int) -> None:
        tries = 0
        while n > 0 and tries < 50:
            n -= add()
            tries += 1

    def blob(self) -> bytes | None:
        rng, votes = self.rng, self.rng.random() < 0.2
        for _ in range(rng.randint(1, 4)):
            self.some(self.rank, rng.randint(0, 2) if self.dtype == F32 else 0)
            self.some(lambda: self.trees(False), rng.randint(0, 1))
            self.some(lambda: self.numeric(False), rng.randint(0, 1))
            if votes:
                continue
            self.some(lambda: self.trees(True), rng.randint(0, 2))
            self.some(lambda: self.numeric(True), rng.randint(0, 1))
        self.some(lambda: self.trees(True, votes), 1)
        if not self.steps or self.steps[-1].write.space != OUTPUT:
            return None
        return program(self.steps, self.dtype, self.n_in, self.y // 4, ARENA_SIZE)


def programs(seed: int, n: int) -> Iterator[bytes]:
    rng = Random(seed)
    while n > 0:
        blob = Program(rng).blob()
        if blob is not None:
            n -= 1
            yield blob
