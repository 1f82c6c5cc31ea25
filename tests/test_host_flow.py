# SPDX-License-Identifier: MIT
"""Which stage reads what: the host believes a relation only if spans prove it."""

import struct

import pytest
from c.blobs import F32, OUTPUT
from c.stages import RANK_I16, RANK_U8, Span, Step, arena, program, ranks, x, y

from c import host

pytestmark = pytest.mark.xdist_group("c_host")
SUM_F32, SUM_U8, SUM_I16 = 0x01310E0E, 0x01310E04, 0x01310E09
CAST_U8 = 0x02010E04
ABS = 0x030B0E0E
EXACT, AGAIN = 1, 2
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


def scores(steps: list[Step], size: int = 32) -> tuple[int, int, int]:
    """Stages that are laid out, that see through ranks, and that are left out."""
    spans = [s.write for s in steps if s.write.space == OUTPUT]
    n = max(span.offset // 4 + span.count for span in spans)
    (use,) = host.use([program(steps, F32, 2, n, size)])
    assert use.status == 0
    return use.stages, use.through, use.left_out


def test_a_forest_of_floats_that_reads_ranks() -> None:
    """Its columns are no ranks: 180 octets that wrote outside an array."""
    column = struct.pack("<IHHIHHII", 0, 2, 0, 4, 0, 0, 0x7E000000, 0x7F000000)
    missing = struct.pack(
        "<IIIIHHiIIiHHii", 1, 40, 0, 0, 2, 0, 0, 1, 0, 0x3F800000, 7, 0, 1, 2
    )
    steps = [
        Step(RANK_U8, column, x(0, 2), arena(0, 2)),
        Step(SUM_F32, missing, arena(0, 2), y(0, 1)),
    ]
    assert scores(steps, 8) == (1, 0, 0)


def test_two_ranks_before_their_readers() -> None:
    """Both are seen through. The first was left out, and read all the same."""
    first, second = (ranks([(i, [], 0)]) for i in range(2))
    steps = [
        Step(RANK_U8, first, x(0, 2), arena(0, 1)),
        Step(RANK_U8, second, x(0, 2), arena(8, 1)),
        tree(0, 0, 1, threshold=0),
        tree(8, 1, 1, threshold=0),
    ]
    assert scores(steps) == (2, 2, 2)


def cast(at: int, count: int, to: Span) -> Step:
    return Step(CAST_U8, b"", arena(at, count), to)


#: name: stages; how many are laid out, see through ranks, and are left out.
RELATIONS: dict[str, tuple[list[Step], tuple[int, int, int]]] = {
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


@pytest.mark.parametrize("name", RELATIONS)
def test_relations(name: str) -> None:
    steps, found = RELATIONS[name]
    assert scores(steps) == found


def test_keys_that_ranks_and_floats_tell_apart() -> None:
    """-0 has a key of its own as a threshold, but the rank of 0."""
    for keys in ([-1], [-1, 0], [0], [-0x7F800001], [0x7F800000]):
        for threshold in (0, 1):
            column = ranks([(0, keys, 0), (1, [0], 1)])
            steps = [rank(0, payload=column), tree(0, 0, threshold=threshold)]
            through = -1 not in keys or keys[threshold:] in ([], [0])
            assert scores(steps) == (1, through, through)
    exact = ranks([(0, [0, 0x3F800000], 2), (1, [0], 1)], flags=EXACT)
    assert scores([rank(0, payload=exact), tree(0, 0)]) == (1, 0, 0)
    again = ranks([(0, [0], 0)]) + ranks([(0, [], 1)], flags=AGAIN)
    again = again[:8] + struct.pack("<IHH", AGAIN, 1, 1) + again[8:12]
    for feature in (0, 1):
        steps = [rank(0, payload=again), tree(0, 0, feature=feature, threshold=0)]
        assert scores(steps) == (1, 1, 1)


def test_memory_is_bounded_by_the_blob() -> None:
    """Stages of some 60 octets that read, or vote for, as much as an arena has."""
    huge = 1 << 27
    lone = struct.pack("<IIIIHHIII", 1, 28, 0, 1, 2, 0, 0, 0, 0)
    wide = Step(0x01110604, lone, arena(0, huge - 64), arena(huge - 64, 1))
    votes = Step(0x01110604, lone, arena(0, 1), arena(64, (huge - 64) // 4))
    one = Step(0x01120604, lone[:4] + struct.pack("<I", 40) + lone[8:20] + struct.pack(
        "<IIiII", 1, 0, 5, (huge - 100) << 3 | 3, 0) + bytes(8), arena(0, huge - 64),
        arena(huge - 64, 1))  # fmt: skip
    last = Step(CAST_U8, b"", arena(0, 1), y(0, 1))
    blobs = [
        program([step] * 50 + [last], F32, 1, 1, huge) for step in (wide, votes, one)
    ]
    # One stage of ranks that many small forests read.
    many = ranks([(0, [], 0)] * 2000)
    forests = [tree(0, 0, 2000)] + [tree(0, i, 2000) for i in range(1, 500)]
    blobs.append(program([rank(0, 2000, many), *forests], F32, 2, 500, 2000))
    uses = host.use(blobs)
    assert [use.status for use in uses] == [0] * 4
    assert uses[0].stages == 50
    for use, blob in zip(uses, blobs, strict=True):
        assert use.taken <= 32 * len(blob)
