# SPDX-License-Identifier: MIT
"""Tables with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.op_blob import op_blob
from c.op_codes import OP

TABLE = OP["table_sum"]


def f32(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def u32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def cases() -> Iterator[tuple[str, bytes]]:
    # Two inputs of 2 categories and 1, two outputs: 2 counts and 4 rows.
    numbers = f32(*range(8))
    good = u32(2, 1) + numbers
    yield "empty", op_blob(TABLE, 2, 2, b"")
    yield "counts_only", op_blob(TABLE, 2, 2, u32(2, 1))
    yield "start_only", op_blob(TABLE, 2, 2, u32(2, 1) + f32(0, 1))
    yield "short", op_blob(TABLE, 2, 2, good[:-4])
    yield "long", op_blob(TABLE, 2, 2, good + f32(0))
    yield "zero_first", op_blob(TABLE, 2, 2, u32(0, 3) + numbers)
    yield "zero_last", op_blob(TABLE, 2, 2, u32(3, 0) + numbers)
    yield "more_inputs", op_blob(TABLE, 3, 2, good)
    yield "fewer_inputs", op_blob(TABLE, 1, 2, good)
    yield "more_outputs", op_blob(TABLE, 2, 3, good)
    yield "fewer_outputs", op_blob(TABLE, 2, 1, good)
    yield "many_inputs", op_blob(TABLE, 0x3FFFFFF, 2, good)
    for name, count in (
        ("one_more", 2),
        ("half", 0x80000000),
        ("wraps", 0x20000002),
        ("most", 0xFFFFFFFF),
    ):
        yield f"count_{name}", op_blob(TABLE, 2, 2, u32(2, count) + numbers)
        yield (
            f"first_count_{name}",
            op_blob(TABLE, 2, 2, u32(count + 1 & 0xFFFFFFFF, 1) + numbers),
        )
    for name, value in (("nan", math.nan), ("inf", -math.inf)):
        for at in (0, 7):
            bad = [value if i == at else 1.0 for i in range(8)]
            yield f"{name}_at_{at}", op_blob(TABLE, 2, 2, u32(2, 1) + f32(*bad))
