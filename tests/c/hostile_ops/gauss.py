# SPDX-License-Identifier: MIT
"""Gaussians with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.op_blob import op_blob
from c.op_codes import OP

DIAG, FULL = OP["gauss_diag"], OP["gauss_full"]
LOW, SHARED = 1, 2


def payload(flags: int, *counts: int) -> bytes:
    """Flags, then so many floats of each part."""
    return struct.pack(f"<I{sum(counts)}f", flags, *range(1, sum(counts) + 1))


def variants(code: int, n: int, k: int) -> Iterator[tuple[int, bytes]]:
    """Flags and the payload that is right for them."""
    for flags in range(4):
        if code == DIAG:
            factors = k if flags & SHARED else k * n
        else:
            factors = n * (n + 1) // 2 * (1 if flags & SHARED else k)
        low = (k * n,) if flags & LOW else ()
        yield flags, payload(flags, k, k * n, *low, factors)


def cases() -> Iterator[tuple[str, bytes]]:
    for name, code in (("diag", DIAG), ("full", FULL)):
        for n, k in ((3, 2), (5, 3), (4, 2)):
            for flags, good in variants(code, n, k):
                label = f"{name}_{n}x{k}_{flags}"
                yield f"{label}_short", op_blob(code, n, k, good[:-4])
                yield f"{label}_long", op_blob(code, n, k, good + bytes(4))
                yield f"{label}_n_in", op_blob(code, n + 1, k, good)
                yield f"{label}_n_out", op_blob(code, n, k + 1, good)
                other = struct.pack("<I", flags ^ SHARED) + good[4:]
                yield f"{label}_shared", op_blob(code, n, k, other)
                other = struct.pack("<I", flags ^ LOW) + good[4:]
                yield f"{label}_low", op_blob(code, n, k, other)
                for bit in (2, 3, 8, 31):
                    other = struct.pack("<I", flags | 1 << bit) + good[4:]
                    yield f"{label}_bit{bit}", op_blob(code, n, k, other)
                for at in range(4, len(good), 12):
                    for bad in (math.nan, math.inf, -math.inf):
                        value = struct.pack("<f", bad)
                        other = good[:at] + value + good[at + 4 :]
                        yield f"{label}_{bad}_{at}", op_blob(code, n, k, other)
                last = good[:-4] + struct.pack("<f", math.nan)
                yield f"{label}_last", op_blob(code, n, k, last)
        yield f"{name}_empty", op_blob(code, 2, 1, b"")
        yield f"{name}_head", op_blob(code, 2, 1, payload(0))
        yield f"{name}_constants", op_blob(code, 2, 1, payload(0, 1))
        yield f"{name}_means", op_blob(code, 2, 1, payload(0, 1, 2))
        most = 0x3FFFFFF
        yield f"{name}_most_inputs", op_blob(code, most, 1, payload(0, 9))
        # 2^16 components of 2^16 features: their product is 0 modulo 2^32.
        wraps = op_blob(code, 1 << 16, 1 << 16, payload(0, 1 << 16))
        yield f"{name}_wrap", wraps
