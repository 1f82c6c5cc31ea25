# SPDX-License-Identifier: MIT
"""Bands, decibels and energies over their past, with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.hostile_ops.affine import f32, u32
from c.op_blob import op_blob
from c.op_codes import OP

SPECTRAL = OP["spectral"]
BANDS, DECIBELS, PCEN = OP["bands"], OP["decibels"], OP["pcen"]


def bands_of(
    *listed: tuple[int, int, int],
    rows: int = 2,
    width: int = 3,
    stride: int = 2,
    n: int | None = None,
    flags: int = 0,
    floats: bytes = f32(1, 2, 3),
) -> bytes:
    """A payload of bands (start, length, weight)."""
    count = len(listed) if n is None else n
    head = struct.pack("<IHHHH", rows, width, stride, count, flags)
    return head + b"".join(struct.pack("<HHI", *band) for band in listed) + floats


#: 2 rows of 3 numbers in 2 lanes, to 2 bands: 12 numbers to 8.
TWO = ((0, 3, 0), (1, 2, 1))


def bands() -> Iterator[tuple[str, bytes]]:
    good = bands_of(*TWO)
    for name, size in (("empty", 0), ("half_a_head", 8), ("head_only", 12)):
        yield f"bands_{name}", op_blob(BANDS, 12, 8, good[:size])
    yield "bands_list_short", op_blob(BANDS, 12, 8, good[:24])
    yield "bands_no_weights", op_blob(BANDS, 12, 8, good[:28])
    yield "bands_weight_less", op_blob(BANDS, 12, 8, good[:-4])
    for n_in, n_out in ((11, 8), (13, 8), (12, 7), (12, 9), (6, 8), (24, 8), (12, 4)):
        yield f"bands_{n_in}_to_{n_out}", op_blob(BANDS, n_in, n_out, good)
    for rows in (0, 1, 3, 0x40000002, 0x80000002, 0xFFFFFFFF):
        bad = bands_of(*TWO, rows=rows)
        yield f"bands_{rows:x}_rows", op_blob(BANDS, 12, 8, bad)
    for name, field in (("width", 4), ("stride", 6), ("n_bands", 8)):
        for value in (0, 4, 0x8002, 0xFFFF):
            bad = good[:field] + struct.pack("<H", value) + good[field + 2 :]
            yield f"bands_{name}_{value}", op_blob(BANDS, 12, 8, bad)
    for flags in (2, 0x8000):
        bad = bands_of(*TWO, flags=flags, floats=f32(*range(9)))
        yield f"bands_flags_{flags}", op_blob(BANDS, 12, 8, bad)
    yield (
        "bands_no_biases",
        op_blob(BANDS, 12, 8, bands_of((0, 0, 0), (0, 0, 0), flags=1, floats=f32(1))),
    )
    yield from band_records()


def band_records() -> Iterator[tuple[str, bytes]]:
    wrong = {
        "start": (3, 0, 0),
        "start_far": (0xFFFF, 1, 0),
        "end": (1, 3, 0),
        "length_far": (1, 0xFFFF, 0),
        "weight": (0, 3, 1),
        "weight_none": (0, 0, 4),
        "weight_far": (0, 1, 0xFFFFFFFF),
        "weight_wraps": (0, 2, 0xFFFFFFFE),
    }
    for name, band in wrong.items():
        yield f"bands_{name}", op_blob(BANDS, 12, 8, bands_of(TWO[0], band))
    for name, value in (("nan", math.nan), ("inf", -math.inf)):
        weights = bands_of(*TWO, floats=f32(1, 2, value))
        yield f"bands_weight_{name}", op_blob(BANDS, 12, 8, weights)
        for at in (0, 1):
            biases = f32(*(value if i == at else 1.0 for i in range(5)))
            bad = bands_of(*TWO, flags=1, floats=biases)
            yield f"bands_bias_{name}_{at}", op_blob(BANDS, 12, 8, bad)


def decibels() -> Iterator[tuple[str, bytes]]:
    good = f32(1e-10, 4.3, 0, -1)
    yield "decibels_empty", op_blob(DECIBELS, 2, 2, b"")
    yield "decibels_short", op_blob(DECIBELS, 2, 2, good[:-4])
    yield "decibels_long", op_blob(DECIBELS, 2, 2, good + f32(0))
    yield "decibels_more_outputs", op_blob(DECIBELS, 2, 3, good)
    yield "decibels_more_inputs", op_blob(DECIBELS, 3, 2, good)
    for floor in (0.0, -1.0, 1e-40, math.inf, math.nan):
        bad = f32(floor) + good[4:]
        yield f"decibels_floor_{floor}", op_blob(DECIBELS, 2, 2, bad)
    for at in (4, 8, 12):
        bad = good[:at] + f32(math.nan) + good[at + 4 :]
        yield f"decibels_nan_{at}", op_blob(DECIBELS, 2, 2, bad)


def pcen() -> Iterator[tuple[str, bytes]]:
    good = u32(2) + f32(0.1, 1, 1e6, -13.8, -0.98, 2, 0.5, 1.41)
    yield "pcen_empty", op_blob(PCEN, 4, 4, b"")
    yield "pcen_short", op_blob(PCEN, 4, 4, good[:-4])
    yield "pcen_long", op_blob(PCEN, 4, 4, good + f32(0))
    for at in (0, 2, 4, 0x7FFFFFFC, 0xFFFFFFFF):
        yield f"pcen_state_{at}", op_blob(PCEN, 4, 4, good + u32(at))
    yield "pcen_more_outputs", op_blob(PCEN, 4, 5, good)
    yield "pcen_more_inputs", op_blob(PCEN, 5, 4, good)
    for n in (0, 5, 0x80000000, 0xFFFFFFFF):
        yield f"pcen_{n}_bands", op_blob(PCEN, 4, 4, u32(n) + good[4:])
    for at in range(4, 36, 4):
        bad = good[:at] + f32(math.inf) + good[at + 4 :]
        yield f"pcen_inf_{at}", op_blob(PCEN, 4, 4, bad)


def spectral_of(
    rows: int = 2,
    width: int = 3,
    features: tuple[tuple[int, int, int, int], ...] = ((0, 0, 3, 0), (3, 1, 2, 0)),
    number: float = 1e-10,
    step: float = 31.25,
    n: int = 2,
) -> bytes:
    """A payload of spectral, of features (kind, start, length, reserved)."""
    head = struct.pack("<IHHf", rows, width, n, step)
    return head + b"".join(struct.pack("<4Hf", *each, number) for each in features)


def spectral() -> Iterator[tuple[str, bytes]]:
    good = spectral_of()
    for name, size in (("empty", 0), ("head_only", 12), ("short", 32)):
        yield f"spectral_{name}", op_blob(SPECTRAL, 6, 4, good[:size])
    yield "spectral_long", op_blob(SPECTRAL, 6, 4, good + u32(0))
    for n_in, n_out in ((5, 4), (7, 4), (6, 3), (6, 5)):
        yield f"spectral_{n_in}_to_{n_out}", op_blob(SPECTRAL, n_in, n_out, good)
    for rows in (0, 1, 3, 0x80000002):
        bad = spectral_of(rows=rows)
        yield f"spectral_{rows:x}_rows", op_blob(SPECTRAL, 6, 4, bad)
    yield "spectral_no_width", op_blob(SPECTRAL, 6, 4, spectral_of(width=0))
    yield "spectral_no_features", op_blob(SPECTRAL, 6, 4, spectral_of(n=0))
    for name, each in (
        ("kind", (8, 0, 3, 0)),
        ("kind_far", (0xFFFF, 0, 3, 0)),
        ("start", (0, 4, 1, 0)),
        ("nothing", (0, 0, 0, 0)),
        ("end", (0, 1, 3, 0)),
        ("end_far", (0, 1, 0xFFFF, 0)),
        ("reserved", (0, 0, 3, 1)),
    ):
        bad = spectral_of(features=((0, 0, 3, 0), each))
        yield f"spectral_{name}", op_blob(SPECTRAL, 6, 4, bad)
    for value in (math.nan, math.inf):
        yield f"spectral_step_{value}", op_blob(SPECTRAL, 6, 4, spectral_of(step=value))
        bad = spectral_of(number=value)
        yield f"spectral_number_{value}", op_blob(SPECTRAL, 6, 4, bad)


def cases() -> Iterator[tuple[str, bytes]]:
    yield from bands()
    yield from decibels()
    yield from pcen()
    yield from spectral()


def work() -> Iterator[tuple[str, bytes]]:
    """Bands that share weights, and rows that no payload pays for."""
    listed = [(0, 128, 0)] * 2000
    ones = f32(*([1.0] * 128))
    payload = bands_of(*listed, rows=8, width=128, stride=1, floats=ones)
    yield "bands_shared", op_blob(BANDS, 1024, 16000, payload)
    features = ((0, 0, 1000, 0),) * 40
    payload = spectral_of(64, 1000, features, n=40)
    yield "spectral_many", op_blob(SPECTRAL, 64000, 64 * 40, payload)


def valid() -> Iterator[tuple[str, bytes]]:
    yield "bands_valid", op_blob(BANDS, 12, 8, bands_of(*TWO))
    yield (
        "bands_valid_shared",
        op_blob(
            BANDS, 12, 8, bands_of((0, 3, 0), (0, 0, 3), flags=1, floats=f32(*range(5)))
        ),
    )
    yield (
        "pcen_valid",
        op_blob(PCEN, 5, 5, u32(2) + f32(0.1, 1, 1e6, -13.8, -0.98, 2, 0.5, 1.41)),
    )
