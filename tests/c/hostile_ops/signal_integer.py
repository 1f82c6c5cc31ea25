# SPDX-License-Identifier: MIT
"""Integer signal ops with payloads that are wrong."""

import struct
from collections.abc import Iterator

from c.op_blob import op_blob
from c.op_codes import OP

Cases = Iterator[tuple[str, bytes]]
TIME, BANDS, MICRO = OP["time_features_i16"], OP["log_bands_i16"], OP["micro_frontend"]
REST = 0xFFFFFFFF


def u16(*numbers: int) -> bytes:
    found = struct.pack(f"<{len(numbers)}H", *numbers)
    return found + bytes(len(found) % 4)


def time_payload(length: int = 4, channels: int = 2, codes=(0, 8, 13), **other: int):
    n = other.get("n", len(codes))
    head = struct.pack("<4H", length, channels, n, other.get("reserved", 0))
    return head + u16(*codes)


def time_features() -> Cases:
    good = time_payload()
    yield "time_empty", op_blob(TIME, 8, 6, b"")
    yield "time_head", op_blob(TIME, 8, 6, good[:4])
    yield "time_short", op_blob(TIME, 8, 6, good[:-4])
    yield "time_long", op_blob(TIME, 8, 6, good + bytes(4))
    yield "time_inputs", op_blob(TIME, 7, 6, good)
    yield "time_outputs", op_blob(TIME, 8, 7, good)
    yield "time_no_samples", op_blob(TIME, 8, 6, time_payload(length=0))
    yield "time_many", op_blob(TIME, 32768, 3, time_payload(32768, 1))
    yield "time_no_features", op_blob(TIME, 8, 6, time_payload(codes=()))
    yield "time_code", op_blob(TIME, 8, 6, time_payload(codes=(0, 8, 14)))
    yield "time_reserved", op_blob(TIME, 8, 6, time_payload(reserved=1))


#: Words of twiddle factors of 16 samples: one pass with L = 2, and the last one.
_FACTORS = 4 * (3 + 3)


def bands_payload(**given) -> bytes:
    """Two frames of five samples of each of two channels, 16 numbers long; one band."""
    of = {
        "length": 9,
        "channels": 2,
        "hop": 4,
        "n": 2,
        "frame": 5,
        "bits": 4,
        "n_bands": 2,
        "reserved": 0,
        "first": 1,
        "count": 3,
        "offset": -7,
        "weights": 4,
        "factors": _FACTORS,
        "other": 8,
        "taper": 5,
    } | given
    head = struct.pack(
        "<I6HI",
        *(of[name] for name in ("length", "channels", "hop", "n", "frame", "bits")),
        *(of["n_bands"], of["reserved"]),
    )
    band = struct.pack("<HHi", of["first"], of["count"], of["offset"])
    other = struct.pack("<HHi", of["other"], 1, 0)
    taper = u16(*[32767] * of["taper"])
    tables = taper + bytes(of["factors"]) + band + other
    return head + tables + u16(*range(of["weights"]))


#: Inputs, and outputs: two features of each frame of each channel, and a frame's room.
_SIZES = 18, 8 + 16 + 3


def log_bands() -> Cases:
    good = bands_payload()
    yield "bands_empty", op_blob(BANDS, *_SIZES, b"")
    for at in (4, 20, 32, 56, 64, 72):
        yield f"bands_{at}", op_blob(BANDS, *_SIZES, good[:at])
    yield "bands_short", op_blob(BANDS, *_SIZES, good[:-4])
    yield "bands_long", op_blob(BANDS, *_SIZES, good + bytes(4))
    yield "bands_inputs", op_blob(BANDS, 19, 27, good)
    yield "bands_outputs", op_blob(BANDS, 18, 26, good)
    for name, numbers in (
        ("zero", ("channels", "hop", "n", "frame", "n_bands", "length")),
        ("most", ("channels", "hop", "n", "frame", "bits", "n_bands")),
    ):
        for field in numbers:
            value = 0 if name == "zero" else 0xFFFF
            payload = bands_payload(**{field: value})
            yield f"bands_{field}_{name}", op_blob(BANDS, *_SIZES, payload)
    yield "bands_hop_beyond", op_blob(BANDS, *_SIZES, bands_payload(hop=5))
    yield "bands_frames_beyond", op_blob(BANDS, 18, 99, bands_payload(n=3))
    few = bands_payload(length=4, n=1)
    yield "bands_frame_beyond", op_blob(BANDS, 8, 23, few)
    yield (
        "bands_frame_long",
        op_blob(BANDS, 40, 27, bands_payload(length=20, hop=3, frame=17, taper=17)),
    )
    short = bands_payload(bits=3, factors=4, other=4)
    yield "bands_bits", op_blob(BANDS, 18, 19, short)
    yield "bands_reserved", op_blob(BANDS, *_SIZES, bands_payload(reserved=1))
    yield "bands_long_channel", op_blob(BANDS, 18, 27, bands_payload(length=1 << 24))
    yield "bands_wrap", op_blob(BANDS, 18, 27, bands_payload(length=0x80000009))
    yield "bands_first", op_blob(BANDS, *_SIZES, bands_payload(first=10))
    yield "bands_count", op_blob(BANDS, *_SIZES, bands_payload(first=7, count=3))
    yield "bands_weights", op_blob(BANDS, *_SIZES, bands_payload(count=7, weights=0))
    for offset in (-(1 << 20) - 1, (1 << 20) + 1, -(1 << 31)):
        payload = bands_payload(offset=offset)
        yield f"bands_offset_{offset}", op_blob(BANDS, *_SIZES, payload)


def micro_payload(**given) -> bytes:
    """Two frames of five samples, 16 numbers long; two bands of frequencies 1 to 5."""
    of = {
        "state": REST,
        "hop": 4,
        "n": 2,
        "frame": 5,
        "bits": 4,
        "n_bands": 2,
        "first": 1,
        "even": 16384,
        "odd": 1,
        "least": 2,
        "smoothing": 31,
        "gain": 63,
        "up": 31,
        "down": 31,
        "scale": 10,
        "reserved": 0,
        "widths": (2, 1, 2),
    } | given
    widths = of.pop("widths")
    head = struct.pack("<I14HI", *of.values())
    tables = u16(*[4096] * 5) + bytes(_FACTORS + 4) + u16(*widths)
    return head + tables + bytes(4 * 5) + bytes(252) + bytes(260)


_MICRO = 9, 4 + 16 + 4 + 3


def micro_frontend() -> Cases:
    good = micro_payload()
    yield "micro_empty", op_blob(MICRO, *_MICRO, b"")
    for at in (4, 36, 48, 76, 84, 104, 356):
        yield f"micro_{at}", op_blob(MICRO, *_MICRO, good[:at])
    yield "micro_short", op_blob(MICRO, *_MICRO, good[:-4])
    yield "micro_long", op_blob(MICRO, *_MICRO, good + bytes(4))
    yield "micro_inputs", op_blob(MICRO, 8, 27, good)
    yield "micro_outputs", op_blob(MICRO, 9, 26, good)
    for field in ("hop", "n", "frame", "n_bands", "first"):
        yield (
            f"micro_{field}_zero",
            op_blob(MICRO, *_MICRO, micro_payload(**{field: 0})),
        )
    for field, value in {
        "bits": 3,
        "n": 3,
        "frame": 6,
        "first": 4,
        "even": 16385,
        "odd": 16385,
        "least": 16385,
        "smoothing": 32,
        "gain": 64,
        "up": 32,
        "down": 32,
        "scale": 11,
        "reserved": 1,
        "state": 4,
    }.items():
        payload = micro_payload(**{field: value})
        yield f"micro_{field}", op_blob(MICRO, *_MICRO, payload)
    for widths in ((2, 1, 3), (2, 1, 1), (0xFFFF, 1, 2)):
        payload = micro_payload(widths=widths)
        yield f"micro_widths_{sum(widths)}", op_blob(MICRO, *_MICRO, payload)
    wide = micro_payload(widths=(3, 3, 2))[:-512] + bytes(12) + bytes(512)
    yield "micro_widths_beyond", op_blob(MICRO, *_MICRO, wide)


def cases() -> Cases:
    yield from time_features()
    yield from log_bands()
    yield from micro_frontend()


def work() -> Cases:
    """Frames that overlap, more than their numbers pay for."""
    frames = bands_payload(
        length=4096 + 4, channels=1, hop=1, n=4096, bits=8, factors=720
    )
    yield "bands_frames", op_blob(BANDS, 4100, 2 * 4096 + 259, frames)


def valid() -> Cases:
    yield "time", op_blob(TIME, 8, 6, time_payload())
    yield "bands", op_blob(BANDS, *_SIZES, bands_payload())
    edge = bands_payload(first=8, count=1, weights=2, offset=-(1 << 20))
    yield "bands_edge", op_blob(BANDS, *_SIZES, edge)
    yield "micro", op_blob(MICRO, *_MICRO, micro_payload())
    yield "micro_edge", op_blob(MICRO, *_MICRO, micro_payload(first=3, gain=0xFFFF))
