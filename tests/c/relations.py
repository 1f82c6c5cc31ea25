# SPDX-License-Identifier: MIT
"""Programs whose stages read each other's octets in every way, for c/host.

`RELATIONS` says what must be found; `greedy()` has small blobs that would make a
careless layout ask for a lot of memory.
"""

import struct
from collections.abc import Iterator

from c.op_codes import OP

from .blobs import F32, OUTPUT, U8
from .op_blob import program_blob, stage_of
from .stages import RANK_I16, RANK_U8, Span, Step, arena, program, ranks, x, y

SUM_F32, SUM_U8, SUM_I16 = OP["trees_sum_f32"], OP["trees_sum_u8"], OP["trees_sum_i16"]
CAST_U8 = OP["cast_u8"]
VOTE_U8, VOTE_U8W = OP["trees_vote_u8"], OP["trees_vote_u8w"]
ABS, DENSE = OP["abs"], OP["dense"]
EXACT, AGAIN = 1, 2
LOGITS = 0x3E
#: Ranks of input 0 among three keys, and of input 1 among one.
TWO = ranks([(0, [0x3F000000, 0x3F800000, 0x40000000], 1), (1, [0], 0)])


def stump(op: int, feature: int = 0, threshold: int = 1) -> bytes:
    """A tree of one split: 1 to the left, 2 to the right."""
    if op == SUM_U8:
        record = struct.pack("<HH", feature | threshold << 8, 3)
    elif op == SUM_I16:
        record = struct.pack("<HhHH", feature << 2 | 3, threshold, 0, 0)
    else:
        record = struct.pack("<iHH", threshold, feature << 3 | 3, 0)
    head = struct.pack("<IIIIHH", 1, 32 + len(record), 0, 0, 2, 0)
    return head + struct.pack("<iII", 0, 1, 0) + record + struct.pack("<ii", 1, 2)


def rank(at: int, count: int = 2, payload: bytes = TWO, op: int = RANK_U8) -> Step:
    return Step(op, payload, x(0, 2), arena(at, count))


def tree(at: int, score: int, count: int = 2, op: int = SUM_U8, **split: int) -> Step:
    return Step(op, stump(op, **split), arena(at, count), y(4 * score, 1))


def whole(steps: list[Step], size: int = 32) -> bytes:
    """Of two floats and as many outputs as are written."""
    spans = [s.write for s in steps if s.write.space == OUTPUT]
    n = max(span.offset // 4 + span.count for span in spans)
    return program(steps, F32, 2, n, size)


def cast(at: int, count: int, to: Span) -> Step:
    return Step(CAST_U8, b"", arena(at, count), to)


#: name: stages; how many are laid out, see through ranks, and are left out.
RELATIONS: dict[str, tuple[list[Step], tuple[int, int, int]]] = {
    "two ranks": (
        [
            rank(0, 1, ranks([(0, [], 0)])),
            rank(8, 1, ranks([(1, [], 0)])),
            tree(0, 0, 1, threshold=0),
            tree(8, 1, 1, threshold=0),
        ],
        (2, 2, 2),
    ),
    "two forests": ([rank(0), tree(0, 0), tree(0, 1)], (2, 2, 1)),
    "a part": ([rank(0), tree(0, 0, 1), tree(0, 1)], (2, 1, 0)),
    "another part": ([rank(0), tree(1, 0, 1), tree(0, 1)], (2, 1, 0)),
    "overlap": ([rank(0), rank(1), tree(0, 0), tree(1, 1)], (2, 1, 0)),
    "the same twice": ([rank(0), rank(0), tree(0, 0)], (1, 1, 2)),
    "more": ([rank(0), rank(2), tree(0, 0), tree(0, 1, 4)], (2, 1, 0)),
    "both parts": ([rank(0), rank(2), tree(0, 0), tree(2, 1)], (2, 2, 2)),
    "rewritten after": ([rank(0), tree(0, 0), rank(1), tree(0, 1)], (2, 1, 0)),
    "rewritten, not read": ([rank(0), rank(1), tree(1, 0)], (1, 1, 2)),
    "octets of integers": (
        [rank(0, op=RANK_I16), tree(0, 0, 4), tree(0, 1, 2, SUM_I16)],
        (2, 1, 0),
    ),
    "integers of octets": ([rank(0), rank(2), tree(0, 0, 2, SUM_I16)], (1, 0, 0)),
    "integers": ([rank(0, op=RANK_I16), tree(0, 0, 2, SUM_I16)], (1, 1, 1)),
    "above all ranks": ([rank(0), tree(0, 0, threshold=200)], (1, 1, 1)),
    "zeros beside": ([rank(0), tree(0, 0), tree(8, 1)], (2, 1, 1)),
    "never read": ([rank(0), rank(8), tree(8, 0)], (1, 1, 2)),
    "read before": ([tree(0, 0), rank(0), tree(0, 1)], (2, 1, 1)),
    "two forests of one kind": (
        [rank(0), rank(8), tree(0, 0), tree(8, 1), tree(0, 2)],
        (3, 3, 2),
    ),
    "a forest and a cast": ([rank(0), tree(0, 0), cast(0, 2, y(4, 2))], (1, 1, 0)),
    "a cast of a part": ([rank(0), cast(1, 1, y(0, 1)), tree(0, 1)], (1, 1, 0)),
    "cast and rewritten": (
        [
            rank(0),
            cast(0, 2, arena(8, 2)),
            rank(0, payload=ranks([(1, [], 9), (0, [], 7)])),
            tree(0, 0),
            Step(ABS, b"", arena(8, 2), y(4, 2)),
        ],
        (1, 1, 1),
    ),
    "floats over ranks": (
        [rank(0), Step(ABS, b"", x(0, 2), arena(0, 2)), tree(0, 0, 2)],
        (1, 0, 1),
    ),
    "ranks of the arena": (
        [
            Step(ABS, b"", x(0, 2), arena(0, 2)),
            Step(RANK_U8, TWO, arena(0, 2), arena(8, 2)),
            Step(ABS, b"", x(0, 2), arena(16, 2)),
            tree(8, 0),
        ],
        (1, 0, 0),
    ),
    "y read again": (
        [
            rank(0),
            tree(0, 0),
            Step(SUM_F32, stump(SUM_F32), y(0, 1), y(4, 1)),
        ],
        (2, 1, 1),
    ),
}

#: Of columns: keys of input 0, a tree's threshold, and whether it sees through.
KEYS = [
    *((keys, 0, keys != [-1]) for keys in ([-1], [0], [-0x7F800001], [0x7F800000])),
    ([-1, 0], 0, False),
    ([-1, 0], 1, True),
    ([-1], 1, True),
    ([0, 0x3F800000], 2, True),
]


def keyed(keys: list[int], threshold: int) -> list[Step]:
    column = ranks([(0, keys, 0), (1, [0], 1)])
    return [rank(0, payload=column), tree(0, 0, threshold=threshold)]


def exact() -> list[Step]:
    """What equals no key has the rank of NaN: no threshold says that."""
    column = ranks([(0, [0, 0x3F800000], 2), (1, [0], 1)], flags=EXACT)
    return [rank(0, payload=column), tree(0, 0)]


def again(feature: int) -> list[Step]:
    """Two columns that share keys, and a third one behind them."""
    head = [(0, 2, 0), (AGAIN, 2, 2), (4, 1, 0)]
    column = b"".join(struct.pack("<IHH", *fields) for fields in head)
    column += struct.pack("<3i", 0, 0x3F800000, -0x40000001)
    split = {"feature": feature, "threshold": 0}
    return [rank(0, 3, column), tree(0, 0, 3, **split)]


def misfit() -> list[Step]:
    """A forest of floats where ranks lie: its columns are none of theirs."""
    column = struct.pack("<IHHIHHII", 0, 2, 0, 4, 0, 0, 0x7E000000, 0x7F000000)
    missing = struct.pack(
        "<IIIIHHiIIiHHii", 1, 40, 0, 0, 2, 0, 0, 1, 0, 0x3F800000, 7, 0, 1, 2
    )
    return [
        Step(RANK_U8, column, x(0, 2), arena(0, 2)),
        Step(SUM_F32, missing, arena(0, 2), y(0, 1)),
    ]


def odd_tree(records: list[tuple[int, int, int]]) -> list[Step]:
    body = b"".join(struct.pack("<iHH", *record) for record in records)
    head = struct.pack("<IIIIHH", 1, 32 + len(body), 0, 0, 2, 0)
    payload = head + struct.pack("<iII", 0, len(records), 0) + body
    return [Step(SUM_F32, payload + struct.pack("<3i", 1, 2, 4), x(0, 2), y(0, 1))]


def shared() -> list[Step]:
    """A record that is a child of two; every record is somebody's."""
    return odd_tree([(0x3F800000, 0, 1), (0, 1 << 3 | 1, 0), (0x3F000000, 3, 1)])


def orphan() -> list[Step]:
    """A record that is nobody's child."""
    return odd_tree([(0x3F800000, 3, 0), (0, 1 << 3 | 3, 1)])


def orphans() -> bytes:
    """Forty records with two leaves that are nobody's children, beside categories."""
    records = struct.pack("<HhH", 3, 0, 0) * 41 + bytes(2)
    head = struct.pack("<IIIIHH", 1, 32 + len(records), 2, 1, 2, 0)
    payload = head + struct.pack("<iII", 0, 41, 0) + records
    payload += struct.pack("<2i2H", 1, 2, 1, 1)
    step = Step(OP["trees_sum_u8c"], payload, x(0, 2), y(0, 1))
    return program([step], U8, 2, 1)


def minus_zero() -> list[Step]:
    """A dense layer whose sums start as -0, and may stay that."""
    payload = struct.pack("<I10f", 0, *[-0.0] * 5, *[0.0] * 5)
    return [Step(DENSE, payload, x(0, 1), y(0, 5))]


def wide() -> bytes:
    """A dense layer of more inputs and outputs than are made columns of at once."""
    n_in, n_out = 131, 259
    numbers = [(k * 37 % 101 - 50) / 64 for k in range(n_out * (n_in + 1))]
    payload = struct.pack(f"<I{len(numbers)}f", 1, *numbers)
    floats = Step(CAST_U8, b"", x(0, n_in), arena(0, n_in))
    dense = Step(DENSE, payload, arena(0, n_in), y(0, n_out))
    return program([floats, dense], U8, n_in, n_out, n_in * 4)


def long_row() -> bytes:
    """More floats than `one.c` has room for on the stack."""
    payload = struct.pack("<I301f", 0, *[0.5] * 301)
    return program([Step(DENSE, payload, x(0, 300), y(0, 1))], F32, 300, 1)


def many_classes() -> bytes:
    """A classifier of 60 outputs, each of 32 scores: two inputs, often."""
    places = [k // 32 * 2 + (k % 32 == 9) for k in range(60 * 32)]
    payload = struct.pack(f"<{len(places)}H", *places)
    stage = stage_of(OP["gather"], 120, len(places), len(payload))
    pair, groups = (stage, payload), (32,) * 60
    return program_blob([pair], 120, len(places), groups=groups, output=LOGITS)


def in_lanes() -> Iterator[bytes]:
    """A stage each of what c/host/lanes must take care of."""
    items = struct.pack("<IHH10f", 5, 2, 0, *(k / 4 for k in range(10)))
    yield program([Step(OP["nearest"], items, x(0, 2), y(0, 4))], F32, 2, 4)
    # A row of zeros is at a distance of 2, unless its sum is beyond the others.
    items = struct.pack("<IHH6f", 3, 1, 3, 10, 0, 0, 0, 9, 9)
    yield program([Step(OP["nearest"], items, x(0, 2), y(0, 2))], F32, 2, 2)
    rows = [3e38, 3.0, 1.0, 1.0, -2.0, 0.5, -1.0, 0.25, 1.0]
    kernels = struct.pack("<III12f", 1, 1, 3, 0.0, 0.0, 1.0, *rows)
    yield program([Step(OP["kernel_dot"], kernels, x(0, 1), y(0, 4))], F32, 1, 4)
    norm = struct.pack("<HH", 2, 0)
    yield program([Step(OP["normalize"], norm, x(0, 20), y(0, 20))], F32, 20, 20)
    yield program([Step(OP["softmax"], b"", x(0, 3), y(0, 3))], F32, 3, 3)


HUGE = 1 << 27
LONE = struct.pack("<IIIIHHIII", 1, 28, 0, 1, 2, 0, 0, 0, 0)


def greedy() -> Iterator[bytes]:
    """Stages of some 60 octets that read, or vote for, as much as an arena has."""
    one = struct.pack("<IIIIHH", 1, 40, 0, 1, 2, 0)
    one += struct.pack("<IIiII", 1, 0, 5, (HUGE - 100) << 3 | 3, 0) + bytes(8)
    far, last = arena(HUGE - 64, 1), Step(CAST_U8, b"", arena(0, 1), y(0, 1))
    for step in (
        Step(VOTE_U8, LONE, arena(0, HUGE - 64), far),
        Step(VOTE_U8W, one, arena(0, HUGE - 64), far),
        Step(VOTE_U8, LONE, arena(0, 1), arena(64, (HUGE - 64) // 4)),
    ):
        yield program([step, last], F32, 1, 1, HUGE)
    for n in (24, 28):
        step = Step(VOTE_U8, LONE, arena(0, 1), arena(64, n))
        yield program([step] * 100 + [last], F32, 1, 1, 200)
    # One stage of ranks that many small forests read.
    many = ranks([(0, [], 0)] * 2000)
    steps = [rank(0, 2000, many), *(tree(0, i, 2000) for i in range(500))]
    yield program(steps, F32, 2, 500, 2000)


def ungrouped() -> bytes:
    """A blob of votes that opens, and whose output claims scores beyond them."""
    blob = program([Step(VOTE_U8, LONE, x(0, 1), y(0, 1))], U8, 1, 1)
    return blob[:48] + struct.pack("<I", 5000) + blob[52:]


def all_blobs() -> Iterator[bytes]:
    yield whole(misfit(), 8)
    yield from (whole(steps) for steps, _ in RELATIONS.values())
    yield from (whole(keyed(keys, threshold)) for keys, threshold, _ in KEYS)
    yield from map(whole, (exact(), shared(), orphan(), *map(again, range(3))))
    yield orphans()
    yield whole(minus_zero())
    yield wide()
    yield long_row()
    yield many_classes()
    yield from in_lanes()
    yield from greedy()
    yield ungrouped()
