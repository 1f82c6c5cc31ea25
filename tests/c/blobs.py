# SPDX-License-Identifier: MIT
"""Blobs made by hand, for tests: valid ones, and invalid in a chosen way.

This is a second writer of the format, and a second evaluator, that share no
line with the package. Every field can be overridden, so that a test can build
a blob that no converter would.
"""

import math
import random
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

MAGIC = 0x4C4D458E
U8, I16, I32, U32, F32 = 0x04, 0x09, 0x0A, 0x06, 0x0E
VALUES, VOTES = 0x1E, 0x26
INPUT, ARENA, OUTPUT = 0, 1, 2
LONE = 0
LEAF_LEFT, LEAF_RIGHT, MISSING_LEFT = 1, 2, 4
CLASSES, FEATURES, OUTPUTS, NOTE, GOLDEN = 1, 2, 3, 4, 5
RATE = 9
INPUTS, FLAG_OFFSET = 7, 4

# name: (octets of a record, input dtype, variant in the op's code)
WALKS = {
    "f32": (8, F32, 1),
    "i16": (6, I16, 1),
    "u8": (4, U8, 1),
    "u8m": (6, U8, 3),
    "f32w": (12, F32, 2),
    "i16w": (12, I16, 2),
    "u8w": (12, U8, 2),
    "i32": (8, I32, 1),
    "i32w": (12, I32, 2),
}
KINDS = {"vote": 1, "soft": 2, "sum": 3}
#: What float32 does not tell from the next integers.
LARGE = 1_700_000_003
ELEMENT = {U8: "B", I16: "h", I32: "i", F32: "f", U32: "I"}
HEADER = {
    "magic": "I",
    "version": "H",
    "flags": "H",
    "total_size": "I",
    "crc32": "I",
    "body_size": "I",
    "input_size": "I",
    "arena_size": "I",
    "score_size": "I",
    "work": "I",
    "vote_total": "I",
    "n_outputs": "H",
    "n_stages": "H",
    "input": "H",
    "output": "H",
}
STAGE = {
    "size": "I",
    "op": "I",
    "in_offset": "I",
    "in_count": "I",
    "out_offset": "I",
    "out_count": "I",
    "in_space": "H",
    "out_space": "H",
}
TREES = {
    "n_trees": "I",
    "leaves": "I",
    "n_items": "I",
    "unit": "I",
    "leaf_shift": "H",
    "item": "H",
}


def octets_of(dtype: int) -> int:
    return 1 << (dtype & 3)


def pack(layout: dict[str, str], values: dict[str, int]) -> bytes:
    return struct.pack("<" + "".join(layout.values()), *(values[k] for k in layout))


def padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


def numbers(code: str, values: Any) -> bytes:
    values = list(values)
    return struct.pack(f"<{len(values)}{code}", *values)


def crc(blob: bytes) -> int:
    return zlib.crc32(blob[16:], zlib.crc32(blob[:12]))


def with_crc(blob: bytes) -> bytes:
    """The same blob with its CRC made right, as an attacker would."""
    return blob[:12] + struct.pack("<I", crc(blob)) + blob[16:]


def item(octets: tuple[int, int], votes: int, score: int, last: int) -> bytes:
    """An item of a row: its votes, and a head with `last` in the top bit."""
    head = score | last << octets[1] * 8 - 1
    return votes.to_bytes(octets[0], "little") + head.to_bytes(octets[1], "little")


@dataclass
class Leaf:
    """A score's number (pure), or {score: votes}, or a list of sums."""

    value: int | dict[int, int] | list[int]


@dataclass
class Split:
    feature: int
    threshold: float
    left: "Tree"
    right: "Tree"
    missing_left: bool = False


Tree = Leaf | Split


def reach(tree: Tree, x: list[float]) -> Leaf:
    while isinstance(tree, Split):
        value = x[tree.feature]
        left = tree.missing_left if math.isnan(value) else value <= tree.threshold
        tree = tree.left if left else tree.right
    return tree


def ordered_key(value: float) -> int:
    (bits,) = struct.unpack("<i", struct.pack("<f", value + 0.0))
    return bits ^ 0x7FFFFFFF if bits < 0 else bits


@dataclass
class Trees:
    """The payload of one trees op.

    `fields` overrides fields of its head, and `parts` whole parts by name
    (exponents, trees, records, leaves, items).
    """

    walk: str
    trees: list[Tree]
    n_out: int
    unit: int = 0  # votes of a pure leaf; 0: trees_sum
    leaf_width: int = 1
    item: tuple[int, int] = (0, 0)  # octets of votes and head; (0, 0): no rows
    exponents: list[int] = field(default_factory=list)
    bases: bool = False
    fields: dict[str, int] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    raw: bytes | None = None  # the whole payload, instead of all that

    @property
    def op(self) -> int:
        _, dtype, variant = WALKS[self.walk]
        kind = "soft" if self.item[0] else "vote" if self.unit else "sum"
        out = U32 if self.unit else F32
        return 0x01 << 24 | KINDS[kind] << 20 | variant << 16 | out << 8 | dtype

    def scores(self, x: list[float]) -> list[float]:
        """What the stage must give for x, computed in Python's integers."""
        total = [0] * self.n_out
        for tree in self.trees:
            value = reach(tree, x).value
            if isinstance(value, int):
                value = {value: self.unit}
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for k, votes in pairs:
                total[k] += votes
        if self.unit:
            return total
        pairs = zip(total, self.exponents, strict=True)
        return [struct.unpack("f", struct.pack("f", s * 2.0**e))[0] for s, e in pairs]

    def build(self) -> dict[str, bytes]:
        """Each part of the payload behind its head, without the padding."""
        self._items: list[bytes] = []
        self._leaves: list[list[int]] = []
        records: list[bytes] = []
        trees = b""
        for tree in self.trees:
            self._base = len(self._leaves) if self.bases else 0
            start = len(records)
            if isinstance(tree, Leaf):
                trees += numbers("I", [LONE, self._leaf(tree) + self._base])
                continue
            self._encode(tree, records)
            trees += numbers("I", [len(records) - start, self._base])
        code = {1: "B", 2: "H", 4: "I"}[self.leaf_width]
        leaves = [n for entry in self._leaves for n in entry]
        return {
            "exponents": b"" if self.unit else numbers("i", self.exponents),
            "trees": trees,
            "records": b"".join(records),
            "leaves": numbers(code if self.unit else code.lower(), leaves),
            "items": b"".join(self._items),
        }

    def payload(self) -> bytes:
        if self.raw is not None:
            return self.raw
        parts = {name: padded(v) for name, v in (self.build() | self.parts).items()}
        head = {
            "n_trees": len(self.trees),
            "leaves": 20 + sum(map(len, list(parts.values())[:3])),
            "n_items": len(self._items),
            "unit": self.unit,
            "leaf_shift": self.leaf_width >> 1,
            "item": self.item[0] | self.item[1] << 8,
        } | self.fields
        return pack(TREES, head) + b"".join(parts.values())

    def _leaf(self, leaf: Leaf) -> int:
        value = leaf.value
        if isinstance(value, dict):
            code = self.n_out + len(self._items)
            for n, (score, votes) in enumerate(value.items(), 1):
                self._items.append(item(self.item, votes, score, n == len(value)))
            value = code
        self._leaves.append(value if isinstance(value, list) else [value])
        return len(self._leaves) - 1 - self._base

    def _encode(self, split: Split, records: list[bytes]) -> None:
        """Depth first: this record, the left subtree, the right subtree."""
        at = len(records)
        records.append(b"")
        children = [split.left, split.right]
        flags = sum(
            bit
            for bit, child in zip((LEAF_LEFT, LEAF_RIGHT), children, strict=True)
            if isinstance(child, Leaf)
        )
        links = [self._leaf(c) for c in children if isinstance(c, Leaf)]
        for child in children:
            if isinstance(child, Split):
                if child is split.right and not links:
                    links = [len(records) - at - 1]
                self._encode(child, records)
        records[at] = self._record(split, flags, links[0])

    def _record(self, split: Split, flags: int, link: int) -> bytes:
        octets, dtype, _ = WALKS[self.walk]
        if octets == 4:
            word = split.feature | int(split.threshold) << 8
            return struct.pack("<HH", word, link << 2 | flags)
        if octets == 6:
            word = split.feature << 2 | flags
            return struct.pack("<HhH", word, int(split.threshold), link)
        key = ordered_key(split.threshold) if dtype == F32 else int(split.threshold)
        word = split.feature << 3 | split.missing_left << 2 | flags
        return struct.pack("<iHH" if octets == 8 else "<iII", key, word, link)


@dataclass
class Stage:
    """Offsets are in elements here; `fields` overrides those of the entry."""

    trees: Trees
    n_in: int
    in_space: int = INPUT
    in_offset: int = 0
    out_space: int = OUTPUT
    out_offset: int = 0
    fields: dict[str, int] = field(default_factory=dict)

    def entry(self, size: int) -> bytes:
        values = {
            "size": size,
            "op": self.trees.op,
            "in_offset": self.in_offset * octets_of(self.trees.op),
            "in_count": self.n_in,
            "out_offset": self.out_offset * 4,
            "out_count": self.trees.n_out,
            "in_space": self.in_space,
            "out_space": self.out_space,
        }
        return pack(STAGE, values | self.fields)


def texts(strings: list[str]) -> bytes:
    encoded = [s.encode() for s in strings]
    ends = [sum(map(len, encoded[: i + 1])) for i in range(len(encoded))]
    return numbers("I", [len(encoded), *ends]) + b"".join(encoded)


@dataclass
class Blob:
    """A whole blob. `fields` overrides header fields."""

    n_inputs: int
    stages: list[Stage]
    counts: list[int] = field(default_factory=list)  # classes; empty: values
    n_values: int = 0
    groups: list[int] = field(default_factory=list)  # instead of what counts say
    arena_size: int = 0
    meta: list[tuple[int, bytes]] = field(default_factory=list)
    fields: dict[str, int] = field(default_factory=dict)
    padding: bytes = b""  # after the last payload: a gap, always wrong

    @property
    def input_dtype(self) -> int:
        return WALKS[self.stages[0].trees.walk][1]

    @property
    def n_scores(self) -> int:
        return sum(self.counts) or self.n_values

    def scores(self, x: list[float]) -> list[float]:
        """What emlrt_run must give for x."""
        arena: dict[int, float] = {}
        y: list[float] = [0] * self.n_scores
        for s in self.stages:
            span = range(s.in_offset, s.in_offset + s.n_in)
            source = x if s.in_space == INPUT else arena
            result = s.trees.scores([source[i] for i in span])
            target = y if s.out_space == OUTPUT else arena
            for k, value in enumerate(result):
                target[s.out_offset + k] = value
        return y

    def golden(self, inputs: list[list[float]]) -> tuple[int, bytes]:
        """A metadata section of golden vectors, with Python's own answers."""
        content = numbers("I", [len(inputs)])
        for x in inputs:
            content += padded(numbers(ELEMENT[self.input_dtype], x))
            content += numbers("I" if self.counts else "f", self.scores(x))
        return GOLDEN, content

    def bytes(self) -> bytes:
        payloads = [s.trees.payload() for s in self.stages]
        middle = numbers("I", self.groups or self.counts or [1] * self.n_values)
        pairs = zip(self.stages, payloads, strict=True)
        middle += b"".join(s.entry(len(p)) for s, p in pairs)
        middle += b"".join(payloads) + self.padding
        tail = b"".join(
            numbers("I", [tag, len(content)]) + padded(content)
            for tag, content in self.meta
        )
        body = 48 + len(middle)
        last = self.stages[-1].trees
        values = {
            "magic": MAGIC,
            "version": 1,
            "flags": 0,
            "total_size": body + len(tail),
            "crc32": 0,
            "body_size": body,
            "input_size": self.n_inputs * octets_of(self.input_dtype),
            "arena_size": self.arena_size,
            "score_size": self.n_scores * 4,
            "work": 1,
            "vote_total": last.unit * len(last.trees) if self.counts else 0,
            "n_outputs": len(self.counts) or self.n_values,
            "n_stages": len(self.stages),
            "input": self.input_dtype,
            "output": VOTES if self.counts else VALUES,
        } | self.fields
        blob = pack(HEADER, values) + middle + tail
        return blob if "crc32" in self.fields else with_crc(blob)


# --- Samples: small, valid, one for each thing that a blob can have.


def grow(rng: random.Random, depth: int, n_in: int, walk: str, leaf: Any) -> Tree:
    if depth == 0 or rng.random() < 0.15:
        return Leaf(leaf())
    return Split(
        rng.randrange(n_in),
        thresholds(rng, walk)(),
        grow(rng, depth - 1, n_in, walk, leaf),
        grow(rng, depth - 1, n_in, walk, leaf),
        WALKS[walk][1] == F32 and rng.random() < 0.5,
    )


def thresholds(rng: random.Random, walk: str) -> Any:
    dtype = WALKS[walk][1]
    if dtype == F32:
        return lambda: struct.unpack("f", struct.pack("f", rng.uniform(-2, 2)))[0]
    if dtype == I32:
        return lambda: rng.choice([0, LARGE, -LARGE]) + rng.randrange(-3, 3)
    return lambda: rng.randrange(256) if dtype == U8 else rng.randrange(-300, 300)


def forest(
    seed: int,
    walk: str,
    n_in: int,
    n_out: int,
    n_trees: int = 3,
    depth: int = 3,
    unit: int = 0,
    lone: int = 0,
    **options: Any,
) -> Trees:
    """A random ensemble; `lone` trees of it have no split."""
    rng = random.Random(seed)
    most = min(unit, 256 ** options.get("item", (0, 0))[0] - 1)
    half = 1 << options.get("leaf_width", 1) * 8 - 3  # sums stay in range

    def leaf() -> Any:
        if unit and (not most or rng.random() < 0.5):
            return rng.randrange(n_out)
        if unit:
            chosen = rng.sample(range(n_out), min(n_out, rng.randint(2, 3)))
            return {k: rng.randint(1, most) for k in sorted(chosen)}
        return [rng.randrange(-half, half) for _ in range(n_out)]

    def tree() -> Tree:
        while True:
            grown = grow(rng, depth, n_in, walk, leaf)
            if isinstance(grown, Split):
                return grown

    trees = [Leaf(leaf()) if t < lone else tree() for t in range(n_trees)]
    if not unit:
        options["exponents"] = [rng.randint(-30, 3) for _ in range(n_out)]
    return Trees(walk, trees, n_out, unit=unit, **options)


def inputs(seed: int, blob: Blob, n: int) -> list[list[float]]:
    rng = random.Random(seed)
    draw = thresholds(rng, blob.stages[0].trees.walk)
    rows = [[draw() for _ in range(blob.n_inputs)] for _ in range(n)]
    if blob.input_dtype == F32:
        rows[-1][0] = math.nan
    return rows


def single(trees: Trees, n_in: int, counts: list[int] | None = None) -> Blob:
    n_values = 0 if counts else trees.n_out
    return Blob(n_in, [Stage(trees, n_in)], counts or [], n_values)


def program() -> Blob:
    """Two stages of sums into the arena, read by a stage that votes."""
    stages = [
        Stage(forest(1, "f32", 3, 2, 2, 2), 3, out_space=ARENA),
        Stage(forest(2, "f32", 2, 1, 2, 2), 2, INPUT, 1, ARENA, 2),
        Stage(forest(3, "f32", 3, 2, 3, 2, unit=5), 3, in_space=ARENA),
    ]
    return Blob(3, stages, [2], arena_size=16)


def samples() -> dict[str, Blob]:
    """Every op, items of many widths, every metadata section; each below 2 KB."""
    blobs = {
        "soft_f32": single(forest(10, "f32", 4, 3, unit=9000, item=(2, 2)), 4, [3]),
        "soft_i16": single(forest(11, "i16", 3, 3, unit=200, item=(1, 1)), 3, [3]),
        "soft_u8": single(forest(12, "u8", 5, 2, unit=60000, item=(2, 1)), 5, [2]),
        "soft_u8m": single(forest(13, "u8m", 5, 2, unit=9, item=(1, 2)), 5, [2]),
        "soft_f32w": single(
            forest(14, "f32w", 3, 3, unit=2**31, n_trees=1, item=(4, 4)), 3, [3]
        ),
        "soft_i16w": single(
            forest(15, "i16w", 3, 3, unit=70000, bases=True, item=(3, 1)), 3, [3]
        ),
        "soft_u8w": single(
            forest(16, "u8w", 3, 3, unit=4, leaf_width=2, item=(1, 3)), 3, [3]
        ),
        "soft_outputs": single(
            forest(17, "f32", 3, 5, unit=99, item=(1, 1), lone=1), 3, [2, 3]
        ),
        "vote_f32": single(forest(30, "f32", 3, 2, unit=1), 3, [2]),
        "vote_i16": single(forest(31, "i16", 3, 3, unit=1, bases=True), 3, [3]),
        "vote_u8": single(forest(32, "u8", 5, 4, unit=7, leaf_width=2), 5, [4]),
        "vote_u8m": single(forest(33, "u8m", 2, 2, unit=1, lone=1), 2, [2]),
        "vote_f32w": single(forest(34, "f32w", 2, 2, 2, unit=1), 2, [2]),
        "vote_i16w": single(forest(35, "i16w", 3, 3, unit=1, leaf_width=4), 3, [3]),
        "vote_u8w": single(forest(36, "u8w", 3, 2, unit=3, lone=2), 3, [2]),
        "vote_lone": single(forest(18, "u8", 1, 2, 1, unit=1, lone=1), 1, [2]),
        "sum_f32": single(forest(20, "f32", 4, 1, leaf_width=4), 4),
        "sum_i16": single(forest(21, "i16", 4, 3, leaf_width=2, lone=1), 4),
        "sum_u8": single(forest(22, "u8", 4, 2, bases=True), 4),
        "sum_u8m": single(forest(23, "u8m", 4, 1), 4),
        "sum_f32w": single(forest(24, "f32w", 2, 2, 2, bases=True), 2),
        "sum_i16w": single(forest(25, "i16w", 2, 1, 2, leaf_width=2), 2),
        "sum_u8w": single(forest(26, "u8w", 2, 1, 2), 2),
        "program": program(),
        "soft_i32": single(forest(40, "i32", 3, 3, unit=200, item=(1, 1)), 3, [3]),
        "soft_i32w": single(
            forest(41, "i32w", 3, 3, unit=70000, bases=True, item=(3, 1)), 3, [3]
        ),
        "vote_i32": single(forest(42, "i32", 3, 3, unit=1, bases=True), 3, [3]),
        "vote_i32w": single(forest(43, "i32w", 3, 3, unit=1, leaf_width=4), 3, [3]),
        "sum_i32": single(forest(44, "i32", 4, 3, leaf_width=2, lone=1), 4),
        "sum_i32w": single(forest(45, "i32w", 2, 1, 2, leaf_width=2), 2),
    }
    for seed, blob in enumerate(blobs.values()):
        blob.meta.append(blob.golden(inputs(seed, blob, 3)))
    full = blobs["soft_f32"].meta
    full[:0] = [
        (CLASSES, texts(["<U5", "ant", "bee", "chien"])),
        (FEATURES, texts(["a", "", "cc", "é"])),
        (OUTPUTS, texts(["animal"])),
        (NOTE, texts(["by hand"])),
    ]
    labels = texts(["int64", "-1", "7", "bool", "0", "1", "2"])
    blobs["soft_outputs"].meta.insert(0, (CLASSES, labels))
    del blobs["sum_u8w"].meta[0]
    return blobs
