# SPDX-License-Identifier: MIT
"""Ops of windows in the time domain with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.op_blob import op_blob
from c.op_codes import OP

Cases = Iterator[tuple[str, bytes]]
#: Codes that each op has, from 0 on.
CODES = {"moments": 12, "extrema": 8, "crossings": 6, "hjorth": 3, "peaks": 3}
#: What is behind the features.
MEMORY = {"peaks": 2}
LENGTH, CHANNELS = 7, 2


def u16(*values: int) -> bytes:
    """Numbers, padded to a multiple of 4 bytes."""
    return struct.pack(f"<{len(values)}H", *values) + bytes(2 * (len(values) % 2))


def head(n: int, option: int = 1, **more: float) -> bytes:
    constant, low, high = (more.get(key, 0.0) for key in ("constant", "low", "high"))
    return struct.pack("<4H3f", LENGTH, CHANNELS, n, option, constant, low, high)


def blob(name: str, payload: bytes, n_in: int = 14, n_out: int | None = None) -> bytes:
    if n_out is None:
        n_out = 2 * CHANNELS + MEMORY.get(name, 0)
    return op_blob(OP[name], n_in, n_out, payload)


def heads(name: str, items: bytes) -> Cases:
    """What the head of features must not be. items: of two features."""
    good = head(2) + items
    outputs = 2 if name == "correlation" else 2 * CHANNELS + MEMORY.get(name, 0)
    yield f"{name}_empty", blob(name, b"", n_out=outputs)
    yield f"{name}_head_short", blob(name, good[:16], n_out=outputs)
    yield f"{name}_short", blob(name, good[:-4], n_out=outputs)
    yield f"{name}_long", blob(name, good + bytes(4), n_out=outputs)
    yield f"{name}_inputs", blob(name, good, 13, outputs)
    yield f"{name}_outputs", blob(name, good, 14, outputs + 1)
    yield f"{name}_fewer_outputs", blob(name, good, 14, 1)
    none = struct.pack("<4H", 0, CHANNELS, 2, 0) + good[8:]
    yield f"{name}_no_samples", blob(name, none, 14, outputs)
    wraps = struct.pack("<4H", 0x8007, 0x8002, 2, 0) + good[8:]
    yield f"{name}_wraps", blob(name, wraps, 14, outputs)
    no_codes = head(0)
    yield f"{name}_no_codes", blob(name, no_codes, 14, MEMORY.get(name, 0) or 1)
    for field in ("constant", "low", "high"):
        bad = head(2, **{field: math.inf}) + items
        yield f"{name}_{field}_infinite", blob(name, bad, n_out=outputs)
    other = bytearray(good)
    other[8:12] = struct.pack("<I", 0x7FC00001)
    yield f"{name}_other_nan", blob(name, bytes(other), n_out=outputs)


def quantiles() -> Cases:
    def item(kind: int, rank: int, fraction: float) -> bytes:
        return struct.pack("<HHf", kind, rank, fraction)

    good = item(0, 3, 0.5)
    yield from heads("quantiles", good + good)
    wrong = {
        "kind": item(3, 1, 0.5),
        "rank": item(0, LENGTH, 0.0),
        "next": item(0, LENGTH - 1, 0.5),
        "one": item(0, 1, 1.0),
        "negative": item(0, 1, -0.5),
        "minus_zero": item(0, 1, -0.0),
        "nan": item(0, 1, math.nan),
    }
    for name, bad in wrong.items():
        yield f"quantiles_{name}", blob("quantiles", head(2) + good + bad)


def coded() -> Cases:
    for name, end in CODES.items():
        yield from heads(name, u16(0, end - 1))
        yield f"{name}_code", blob(name, head(2) + u16(0, end))
        yield f"{name}_code_ffff", blob(name, head(2) + u16(0xFFFF, 0))
    yield "moments_ddof", blob("moments", head(2, LENGTH) + u16(0, 1))
    for field in ("low", "high"):
        bad = head(2, **{field: -0.0}) + u16(0, 1)
        yield f"crossings_{field}_negative", blob("crossings", bad)
    short = struct.pack("<4H3f", 2, 7, 2, 0, 0, 0, 0) + u16(0, 1)
    yield "hjorth_two_samples", op_blob(OP["hjorth"], 14, 14, short)


def peaks() -> Cases:
    yield "peaks_no_distance", blob("peaks", head(2, 0) + u16(0, 1))
    yield "peaks_prominence", blob("peaks", head(2, high=-1.0) + u16(0, 1))
    yield "peaks_no_memory", blob("peaks", head(2) + u16(0, 1), n_out=4)
    many = struct.pack("<4H3f", 3073, 1, 1, 3, 0, 0, 0) + u16(0)
    yield "peaks_many", op_blob(OP["peaks"], 3073, 1 + 2 * 97, many)


def others() -> Cases:
    lags = u16(0, LENGTH - 1)
    yield from heads("autocorrelation", lags)
    yield "autocorrelation_lag", blob("autocorrelation", head(2) + u16(0, LENGTH))
    pairs = bytes([0, 1, 1, 0])
    yield from heads("correlation", pairs)
    for i in (0, 1):
        wrong = bytes([0, 1]) + bytes([2 if i == 0 else 0, 2 if i else 0])
        yield f"correlation_channel_{i}", blob("correlation", head(2) + wrong, n_out=2)


def shapes() -> Cases:
    """Ops that give samples again."""
    good = u16(LENGTH, CHANNELS, 1, 0)
    tilt = u16(LENGTH, CHANNELS, 0, 1, 1, 0)
    for name, payload, outputs in (
        ("detrend", good, 14),
        ("magnitude", good, LENGTH),
        ("tilt", tilt, 14),
    ):
        code = OP[name]
        yield f"{name}_empty", op_blob(code, 14, outputs, b"")
        yield f"{name}_short", op_blob(code, 14, outputs, payload[:-4])
        yield f"{name}_long", op_blob(code, 14, outputs, payload + bytes(4))
        yield f"{name}_inputs", op_blob(code, 15, outputs, payload)
        yield f"{name}_outputs", op_blob(code, 14, outputs + 1, payload)
        none = u16(0, CHANNELS) + payload[4:]
        yield f"{name}_no_samples", op_blob(code, 14, outputs, none)
    yield "detrend_kind", op_blob(OP["detrend"], 14, 14, u16(LENGTH, 2, 4, 0))
    yield "detrend_ddof", op_blob(OP["detrend"], 14, 14, u16(LENGTH, 2, 2, LENGTH))
    for kind in (0, 4):
        bad = u16(LENGTH, 2, kind, 0)
        yield f"magnitude_kind_{kind}", op_blob(OP["magnitude"], 14, LENGTH, bad)
    bad = u16(LENGTH, 2, 1, 1)
    yield "magnitude_option", op_blob(OP["magnitude"], 14, LENGTH, bad)
    for i in range(4):
        axes = [0, 1, 1, 0]
        axes[i] = 2
        yield f"tilt_axis_{i}", op_blob(OP["tilt"], 14, 14, u16(LENGTH, 2, *axes))


def cases() -> Cases:
    yield from coded()
    yield from quantiles()
    yield from peaks()
    yield from others()
    yield from shapes()


def valid() -> Cases:
    """Neighbours of the wrong ones."""
    for name, end in CODES.items():
        yield name, blob(name, head(2) + u16(0, end - 1))
    yield "distance", blob("peaks", head(2, 3) + u16(0, 1))
    most = struct.pack("<4H3f", 3072, 1, 1, 64, 0, 0, 0) + u16(0)
    yield "peaks_most", op_blob(OP["peaks"], 3072, 1 + 2 * 96, most)
    item = struct.pack("<HHf", 2, LENGTH - 2, 0.75)
    yield "quantiles", blob("quantiles", head(2) + item + item)
    yield "tilt", op_blob(OP["tilt"], 14, 14, u16(LENGTH, 2, 0, 1, 1, 0))


def work() -> Cases:
    """Windows that ask for more passes than their bytes pay for."""
    length = 3000
    listed = struct.pack("<HHf", 2, 5, 0.5) * 5
    payload = struct.pack("<4H3f", length, 1, 5, 0, 0, 0, 0) + listed
    yield "quantiles_many", op_blob(OP["quantiles"], length, 5, payload)
    codes = u16(*[0] * 90)
    payload = struct.pack("<4H3f", length, 1, 90, 0, 0, 0, 0) + codes
    yield "crossings_many", op_blob(OP["crossings"], length, 90, payload)
    yield "lags_many", op_blob(OP["autocorrelation"], length, 90, payload)
    payload = struct.pack("<4H3f", 3000, 1, 1, 3, 0, 0, 0) + u16(0)
    yield "peaks_near", op_blob(OP["peaks"], 3000, 1 + 2 * 94, payload)
