# SPDX-License-Identifier: MIT
"""Spectra of frames with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.blobs import ARENA
from c.op_blob import op_blob, program_blob, stage_of
from c.op_codes import OP

STFT = OP["stft"]
#: Floats of the tables of transforms of so many samples.
TABLES = {1: 0, 2: 0, 4: 2, 8: 4, 16: 26, 3: 4, 5: 8}
FIELDS = "n_frames hop before n_fft length lead kind flags channels first n_channels"

Cases = Iterator[tuple[str, bytes]]


def payload(floats: int | None = None, **fields: int) -> bytes:
    """Three frames of 6 of 8 numbers, every 2 of 10 samples, for what is not given."""
    right = dict.fromkeys(FIELDS.split(), 1)
    right |= dict(n_frames=3, hop=2, before=0, n_fft=8, length=6, lead=1)
    right |= dict(first=0) | fields
    if floats is None:
        floats = TABLES[right["n_fft"]] + right["length"] * (right["flags"] & 1)
    head = struct.pack("<3I8H", *(right[name] for name in FIELDS.split()))
    return head + struct.pack(f"<{floats}f", *range(floats))


def blob(n_in: int = 10, n_out: int = 20, more: bytes = b"", **fields: int) -> bytes:
    return op_blob(STFT, n_in, n_out, payload(**fields) + more)


def cases() -> Cases:
    yield "empty", op_blob(STFT, 10, 20, b"")
    yield "head", op_blob(STFT, 10, 20, payload()[:24])
    yield "head_alone", op_blob(STFT, 10, 20, payload()[:28])
    for n_fft in (0, 7, 14, 11 * 8, 8192 + 8192 // 4, 0xFFFF):
        yield f"n_fft_{n_fft}", blob(n_fft=n_fft, floats=10)
    yield "n_fft_seven", blob(n_fft=14, floats=12, n_out=32)
    yield "length_0", blob(length=0, floats=4)
    yield "length_more", blob(length=9, lead=0)
    yield "lead_more", blob(lead=3)
    yield "kind", blob(kind=3)
    yield "flags", blob(flags=4)
    yield "hop_0", blob(hop=0)
    yield "before", blob(before=0x10000000)
    yield "frames_0", blob(n_frames=0)
    yield "frames_beyond", blob(hop=6)
    yield "frames_far", blob(hop=0xFFFFFFFF)
    yield "frames_more", blob(n_frames=4)
    yield "frames_fewer", blob(n_frames=2)
    yield "out_less", blob(n_out=9, n_frames=1)
    yield "out_fewer", blob(n_out=19)
    yield "out_more", blob(n_out=21)
    yield "out_complex", blob(kind=0)
    yield "channels_0", blob(channels=0)
    yield "channels_rest", blob(channels=3, hop=1)
    yield "channels_first", blob(channels=2, first=2, hop=1)
    yield "channels_past", blob(channels=2, first=3, hop=1)
    yield "channels_none", blob(n_channels=0)
    yield "channels_beyond", blob(n_out=35, channels=2, first=1, n_channels=2, hop=1)
    yield "channels_more", blob(channels=2, n_channels=2, hop=1)
    yield "channels_uneven", blob(n_out=40, channels=2, n_channels=2, hop=1)
    yield "channels_wrap", blob(n_frames=0x80000003, n_out=20)
    yield "short", blob(floats=9)
    yield "long", blob(more=bytes(4))
    yield "odd_out", blob(n_fft=3, length=3, lead=0, n_out=8)
    for at in (28, 28 + 20, 28 + 24, 28 + 36):
        for bad in (math.nan, math.inf, -math.inf):
            good = payload()
            other = good[:at] + struct.pack("<f", bad) + good[at + 4 :]
            yield f"{bad}_{at}", op_blob(STFT, 10, 20, other)


def reused(times: int) -> bytes:
    """Spectra of one place of the arena, written to another again and again."""
    rows = payload(n_frames=1000, hop=1, flags=0)
    count = 5 * 999 + 10
    stage = stage_of(STFT, 1000, count, len(rows)) | {
        "in_space": ARENA,
        "out_space": ARENA,
        "out_offset": 4000,
    }
    last = stage_of(STFT, 10, 20, len(payload()))
    stages = [(stage, rows)] * times + [(last, payload())]
    return program_blob(stages, 10, 20, 4000 + 4 * count + 4)


def work() -> Cases:
    yield "reused", reused(40)


def valid() -> Cases:
    yield "right", blob()
    yield "detrend", blob(flags=3)
    yield "reused_few", reused(3)
    yield "odd", blob(n_fft=3, length=3, lead=0, n_out=2 * 2 + 6)
    yield "channels", blob(n_out=35, channels=2, n_channels=2, hop=2)
    yield "last_frame", blob(hop=5)
    yield "far_before", blob(before=0x0FFFFFFF, hop=0x07FFFFFF)
