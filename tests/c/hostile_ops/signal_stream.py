# SPDX-License-Identifier: MIT
"""Programs that keep state, and windows in it, right and wrong."""

import struct
from collections.abc import Iterator

from c.blobs import ARENA
from c.op_blob import program_blob, stage_of
from c.op_codes import OP

STATE = 3
FRAME, ABS = OP["frame_f32"], OP["abs"]
Cases = Iterator[tuple[str, bytes]]


def u32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def framed(
    payload: bytes, state: int | None = 40, n_in: int = 2, n_out: int = 8, at: int = 8
) -> bytes:
    """x, a window of it in the state from byte `at`, and the sizes of its numbers."""
    frame = stage_of(FRAME, n_in, n_out, len(payload))
    frame |= {"out_space": STATE, "out_offset": at}
    behind = stage_of(ABS, n_out, n_out, 0)
    behind |= {"in_space": STATE, "in_offset": at}
    fields = {} if state is None else {"state": state}
    return program_blob([(frame, payload), (behind, b"")], n_in, n_out, **fields)


GOOD = u32(4, 4, 1)


def state() -> Cases:
    yield "frame", framed(GOOD)
    yield "frame_every_3", framed(u32(4, 4, 3))
    yield "frame_all_new", framed(GOOD, n_in=8)
    yield "frame_count_at_the_end", framed(u32(40, 4, 1), 48)
    yield "frame_count_in_the_window", framed(u32(12, 4, 1))
    yield "frame_over_the_mark", framed(GOOD, at=0)
    yield (
        "frame_in_the_arena",
        program_blob(
            [
                (stage_of(FRAME, 2, 8, 12) | {"out_space": ARENA}, GOOD),
                (stage_of(ABS, 8, 8, 0) | {"in_space": ARENA}, b""),
            ],
            *(2, 8, 32),
            state=8,
        ),
    )
    for kind, cast in (("i16", "cast_i16"), ("u8", "cast_u8")):
        frame = stage_of(OP[f"frame_{kind}"], 2, 8, 12)
        frame |= {"out_space": STATE, "out_offset": 8}
        behind = stage_of(OP[cast], 8, 8, 0) | {"in_space": STATE, "in_offset": 8}
        blob = program_blob([(frame, GOOD), (behind, b"")], 2, 8, state=24)
        yield f"frame_{kind}", blob


def stages() -> Cases:
    for n_bytes in (0, 1, 4, 41, 1 << 28, 0xFFFFFFF8):
        yield f"state_{n_bytes:x}", framed(GOOD, n_bytes)
    yield "state_shorter_than_the_window", framed(GOOD, 32)
    yield "state_not_declared", framed(GOOD, None)
    yield "window_not_aligned", framed(GOOD, at=6)
    read = stage_of(ABS, 2, 2, 0) | {"in_space": STATE, "in_offset": 8}
    yield "read_beyond", program_blob([(read, b"")], 2, 2, state=8)
    over = [
        stage_of(ABS, 2, 4, 0) | {"in_space": STATE, "out_space": STATE},
        stage_of(ABS, 2, 2, 0),
    ]
    yield "over_itself", program_blob([(s, b"") for s in over], 2, 2, state=16)
    for n in (4, 5, 0x103):
        space = stage_of(ABS, 2, 2, 0) | {"in_space": n}
        yield f"space_{n:x}", program_blob([(space, b"")], 2, 2, state=16)
    yield (
        "state_of_nothing",
        program_blob([(stage_of(ABS, 2, 2, 0), b"")], 2, 2, state=0),
    )


def cases() -> Cases:
    for kind, cast in (("f32", "abs"), ("i16", "cast_i16"), ("u8", "cast_u8")):
        for name, payload in (
            ("empty", b""),
            ("short", GOOD[:8]),
            ("long", GOOD + u32(0)),
            ("no_first", u32(4, 0, 1)),
            ("no_every", u32(4, 4, 0)),
            ("first_31", u32(4, 1 << 31, 1)),
            ("every_31", u32(4, 4, 1 << 31)),
            ("count_at_0", u32(0, 4, 1)),
            ("count_between", u32(6, 4, 1)),
            ("count_beyond", u32(40, 4, 1)),
            ("count_far", u32(0xFFFFFFFC, 4, 1)),
            ("count_at_rest", u32(0xFFFFFFFF, 4, 1)),
        ):
            frame = stage_of(OP[f"frame_{kind}"], 2, 8, len(payload))
            frame |= {"out_space": STATE, "out_offset": 8}
            behind = stage_of(OP[cast], 8, 8, 0) | {"in_space": STATE, "in_offset": 8}
            pair = [(frame, payload), (behind, b"")]
            yield f"frame_{kind}_{name}", program_blob(pair, 2, 8, state=40)
        frame = stage_of(OP[f"frame_{kind}"], 8, 4, 12)
        frame |= {"out_space": STATE, "out_offset": 8}
        behind = stage_of(OP[cast], 4, 4, 0) | {"in_space": STATE, "in_offset": 8}
        pair = [(frame, GOOD), (behind, b"")]
        yield f"frame_{kind}_shorter_than_in", program_blob(pair, 8, 4, state=40)
