# SPDX-License-Identifier: MIT
"""float32 arithmetic in Python: double results rounded once more are right,
because a double has more than twice the digits (+ - * / and square roots)."""

import math
import struct

NAN = struct.unpack("<f", struct.pack("<I", 0x7FC00000))[0]
INFINITY = math.inf


def bits(x: float) -> int:
    """The 32 bits of a float32."""
    if math.isnan(x):
        return 0x7FC00000
    return int(struct.unpack("<I", struct.pack("<f", x))[0])


def from_bits(n: int) -> float:
    return float(struct.unpack("<f", struct.pack("<I", n & 0xFFFFFFFF))[0])


def rounded(x: float) -> float:
    """A double rounded to float32; what is too large becomes infinite."""
    if math.isnan(x):
        return NAN
    try:
        return float(struct.unpack("<f", struct.pack("<f", x))[0])
    except OverflowError:
        return math.copysign(INFINITY, x)


def add(a: float, b: float) -> float:
    return rounded(a + b)


def sub(a: float, b: float) -> float:
    return rounded(a - b)


def mul(a: float, b: float) -> float:
    return rounded(a * b)


def div(a: float, b: float) -> float:
    if b == 0:
        if a == 0 or math.isnan(a):
            return NAN
        return math.copysign(INFINITY, a) * math.copysign(1.0, b)
    return rounded(a / b)


def read(payload: bytes, at: int, n: int) -> list[float]:
    """n float32 from byte `at` on."""
    return list(struct.unpack_from(f"<{n}f", payload, at))
