# SPDX-License-Identifier: MIT
"""Section "Tables" of SPEC.md."""

import math
import struct

from spec_ops.f32 import add, read


def table(payload, x, n_out):
    counts = struct.unpack_from(f"<{len(x)}I", payload)
    at = 4 * len(x)
    y = read(payload, at, n_out)
    at += 4 * n_out
    for value, count in zip(x, counts, strict=True):
        if math.isfinite(value) and 0 <= math.trunc(value) < count:
            row = read(payload, at + 4 * n_out * math.trunc(value), n_out)
            y = [add(a, b) for a, b in zip(y, row, strict=True)]
        at += 4 * n_out * count
    return y


OPS = {"table_sum": table}
