# SPDX-License-Identifier: MIT
"""Decisions with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.op_blob import program_blob, stage_of
from c.op_codes import OP

Cases = Iterator[tuple[str, bytes]]

VOTE, THRESHOLD, DEBOUNCE = OP["vote"], OP["threshold"], OP["debounce"]
N = 3


def one(
    code: int, payload: bytes, state: int | None = 32, n_in: int = N, n_out: int = N
) -> bytes:
    fields = {} if state is None else {"state": state}
    stage = stage_of(code, n_in, n_out, len(payload))
    return program_blob([(stage, payload)], n_in, n_out, **fields)


def vote(at: int = 4, width: int = 4, flags: int = 0) -> bytes:
    return struct.pack("<IHH", at, width, flags)


def threshold(
    at: int = 4, other: int = 0, limits: tuple[float, ...] = (0.5,) * 2 * N
) -> bytes:
    return struct.pack(f"<II{len(limits)}f", at, other, *limits)


def debounce(at: int = 4, count: int = 2) -> bytes:
    return struct.pack("<II", at, count)


def _places(code: int, payload_at, wanted: int) -> Cases:
    """What is kept, in places where there is no room for it."""
    for name, at in (
        *(("at_0", 0), ("between", 6), ("far", 0xFFFFFFF8), ("at_rest", 0xFFFFFFFF)),
        *(("beyond", 32), ("one_too_far", 36 - wanted)),
    ):
        yield f"kept_{name}", one(code, payload_at(at))
    yield "kept_nowhere", one(code, payload_at(4), None)


def _votes() -> Cases:
    for name, blob in _places(VOTE, vote, 20):
        yield f"vote_{name}", blob
    for name, payload in (
        ("empty", b""),
        ("short", vote()[:4]),
        ("long", vote() + bytes(4)),
        ("no_width", vote(width=0)),
        ("wide", vote(width=7)),
        ("widest", vote(width=0xFFFF)),
        ("flags", vote(flags=2)),
        ("flags_3", vote(width=1, flags=3)),
        ("mean_wide", vote(width=3, flags=1)),
        ("mean_widest", vote(width=0xFFFF, flags=1)),
    ):
        yield f"vote_{name}", one(VOTE, payload)
    yield "vote_more_outputs", one(VOTE, vote(), n_out=N + 1)
    yield "vote_fewer_outputs", one(VOTE, vote(), n_out=N - 1)


def _thresholds() -> Cases:
    for name, blob in _places(THRESHOLD, threshold, 4):
        yield f"threshold_{name}", blob
    for name, payload in (
        ("empty", b""),
        ("half_a_head", threshold()[:4]),
        ("short", threshold()[:-4]),
        ("long", threshold() + bytes(4)),
        ("other", threshold(other=N + 1)),
        ("other_far", threshold(other=0xFFFFFFFF)),
        ("other_and_as_many", threshold(other=N)),
    ):
        yield f"threshold_{name}", one(THRESHOLD, payload)
    yield "threshold_more_outputs", one(THRESHOLD, threshold(), n_out=N + 1)
    yield "threshold_fewer_outputs", one(THRESHOLD, threshold(), n_out=N - 1)
    for k in range(2 * N):
        for bad in (math.nan, math.inf):
            limits = [0.5] * 2 * N
            limits[k] = bad
            blob = one(THRESHOLD, threshold(limits=tuple(limits)))
            yield f"threshold_{bad}_{k}", blob


def _debounces() -> Cases:
    for name, blob in _places(DEBOUNCE, debounce, 12):
        yield f"debounce_{name}", blob
    for name, payload in (
        ("empty", b""),
        ("short", debounce()[:4]),
        ("long", debounce() + bytes(4)),
        ("no_count", debounce(count=0)),
    ):
        yield f"debounce_{name}", one(DEBOUNCE, payload)
    yield "debounce_more_outputs", one(DEBOUNCE, debounce(), n_out=N + 1)
    yield "debounce_fewer_outputs", one(DEBOUNCE, debounce(), n_out=N - 1)


def cases() -> Cases:
    yield from _votes()
    yield from _thresholds()
    yield from _debounces()


def state() -> Cases:
    """Programs that open: what they keep ends in the state, but for some writes what
    others keep, or what they write."""
    yield "vote", one(VOTE, vote(width=6))
    yield "vote_mean", one(VOTE, vote(width=2, flags=1))
    yield "threshold", one(THRESHOLD, threshold(28))
    yield "threshold_more", one(THRESHOLD, threshold(other=N), n_out=N + 1)
    yield "debounce", one(DEBOUNCE, debounce(20, 0xFFFFFFFF))
    for name, code, payload in (
        ("vote", VOTE, vote(4, 5)),
        ("mean", VOTE, vote(4, 2, 1)),
        ("threshold", THRESHOLD, threshold(8)),
        ("debounce", DEBOUNCE, debounce(4)),
    ):
        mess = stage_of(OP["abs"], N, N, 0) | {"out_space": 3, "out_offset": 4}
        own = stage_of(code, N, N, len(payload))
        own |= {"in_space": 3, "in_offset": 4}
        pair = [(mess, b""), (own, payload)]
        yield f"{name}_reads_what_it_keeps", program_blob(pair, N, N, state=32)
        own = stage_of(code, N, N, len(payload))
        own |= {"out_space": 3, "out_offset": 4}
        out = stage_of(OP["abs"], N, N, 0) | {"in_space": 3, "in_offset": 4}
        pair = [(own, payload), (out, b"")]
        yield f"{name}_writes_what_it_keeps", program_blob(pair, N, N, state=32)
