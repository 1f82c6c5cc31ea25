# SPDX-License-Identifier: MIT
"""Kernel machines, votes and coupling with payloads that are wrong."""

import math
import struct
from collections.abc import Iterator

from c.op_blob import op_blob
from c.op_codes import OP

DOT, RBF, TANH = OP["kernel_dot"], OP["kernel_rbf"], OP["kernel_tanh"]
OVO, COUPLE, MATERN = OP["ovo"], OP["pairwise_coupling"], OP["kernel_matern"]
HUGE = 0xFFFFFFFF


def f32(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def u32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def sums() -> Iterator[tuple[str, bytes]]:
    """Payloads that are wrong for every kernel."""
    numbers = f32(-0.5, 0.25) + f32(*range(6))  # factor, start, 2 rows of 2 + 1
    good = u32(1, 1, 2) + numbers
    for name, code in (("dot", DOT), ("rbf", RBF), ("tanh", TANH), ("matern", MATERN)):
        yield f"{name}_empty", op_blob(code, 2, 1, b"")
        yield f"{name}_head_only", op_blob(code, 2, 1, u32(1, 1))
        yield f"{name}_no_factor", op_blob(code, 2, 1, u32(1, 1, 0))
        yield f"{name}_no_start", op_blob(code, 2, 1, u32(1, 1, 0) + f32(1))
        yield f"{name}_short", op_blob(code, 2, 1, good[:-4])
        yield f"{name}_long", op_blob(code, 2, 1, good + f32(0))
        yield f"{name}_more_rows", op_blob(code, 2, 1, u32(1, 1, 3) + numbers)
        yield f"{name}_fewer_rows", op_blob(code, 2, 1, u32(1, 1, 1) + numbers)
        yield f"{name}_huge_rows", op_blob(code, 2, 1, u32(1, 1, HUGE) + numbers)
        yield f"{name}_degree_0", op_blob(code, 2, 1, u32(1, 0, 2) + numbers)
        yield f"{name}_degree_huge", op_blob(code, 2, 1, u32(1, HUGE, 2) + numbers)
        yield f"{name}_no_section", op_blob(code, 2, 1, u32(0, 1, 2) + numbers)
        yield f"{name}_sections", op_blob(code, 2, 1, u32(3, 1, 2) + numbers)
        yield f"{name}_huge_sections", op_blob(code, 2, 1, u32(HUGE, 1, 2) + numbers)
        yield f"{name}_more_inputs", op_blob(code, 3, 1, good)
        yield f"{name}_huge_inputs", op_blob(code, 0x3FFFFFF, 1, good)
        yield f"{name}_more_sums", op_blob(code, 2, 4, good)
        yield f"{name}_odd", op_blob(code, 2, 3, good)
        for place in range(len(numbers) // 4):
            wrong = numbers[: 4 * place] + f32(math.nan) + numbers[4 * place + 4 :]
            yield f"{name}_nan_{place}", op_blob(code, 2, 1, u32(1, 1, 2) + wrong)
        yield f"{name}_inf", op_blob(code, 2, 1, good[:-4] + f32(math.inf))


def degrees() -> Iterator[tuple[str, bytes]]:
    numbers = f32(*range(5))
    yield "dot_degree", op_blob(DOT, 2, 1, u32(1, 65536, 1) + numbers)
    yield "rbf_degree", op_blob(RBF, 2, 1, u32(1, 3, 1) + numbers)
    yield "matern_degree", op_blob(MATERN, 2, 1, u32(1, 4, 1) + numbers)
    yield "tanh_degree", op_blob(TANH, 2, 1, u32(1, 2, 1) + numbers)


def sections() -> Iterator[tuple[str, bytes]]:
    """Three classes: 3 pairs, rows of 2 + 2."""
    numbers = f32(*range(4 + 3 * 4))
    yield "pairs_counts", op_blob(RBF, 2, 6, u32(3, 2, 1, 1, 2) + numbers)
    yield "pairs_wrap", op_blob(RBF, 2, 6, u32(3, 2, 1, HUGE, 3) + numbers)
    yield "pairs_two", op_blob(RBF, 2, 6, u32(2, 2, 1, 2) + numbers)
    yield "pairs_four", op_blob(RBF, 2, 6, u32(4, 2, 1, 1, 1, 0) + numbers)
    yield "pairs_work", op_blob(RBF, 2, 3, u32(3, 2, 1, 1, 1) + numbers)


def votes() -> Iterator[tuple[str, bytes]]:
    yield "ovo_empty", op_blob(OVO, 3, 3, b"")
    yield "ovo_short", op_blob(OVO, 3, 3, u32(3))
    yield "ovo_long", op_blob(OVO, 3, 3, u32(3, 1, 0))
    yield "ovo_no_part", op_blob(OVO, 3, 3, u32(3, 0))
    yield "ovo_part", op_blob(OVO, 3, 3, u32(3, 4))
    for k in (0, 1, 2, 4, 0x10003, HUGE):
        yield f"ovo_classes_{k}", op_blob(OVO, 3, 3, u32(k, 1))
    yield "ovo_outputs", op_blob(OVO, 3, 4, u32(3, 1))
    yield "ovo_half", op_blob(OVO, 3, 3, u32(3, 3))
    yield "ovo_double", op_blob(OVO, 3, 6, u32(3, 2))


def couple() -> Iterator[tuple[str, bytes]]:
    good = u32(3) + f32(*range(6))
    yield "couple_empty", op_blob(COUPLE, 3, 12, b"")
    yield "couple_head_only", op_blob(COUPLE, 3, 12, u32(3))
    yield "couple_short", op_blob(COUPLE, 3, 12, good[:-4])
    yield "couple_long", op_blob(COUPLE, 3, 12, good + f32(0))
    yield "couple_no_work", op_blob(COUPLE, 3, 3, good)
    yield "couple_little_work", op_blob(COUPLE, 3, 11, good)
    yield "couple_inputs", op_blob(COUPLE, 4, 13, good)
    for k in (0, 1, 2, 4, 0x10003, HUGE):
        yield f"couple_classes_{k}", op_blob(COUPLE, 3, 12, u32(k) + good[4:])
    for place in (4, 24):
        wrong = good[:place] + f32(math.nan) + good[place + 4 :]
        yield f"couple_nan_{place}", op_blob(COUPLE, 3, 12, wrong)


def cases() -> Iterator[tuple[str, bytes]]:
    yield from sums()
    yield from degrees()
    yield from sections()
    yield from votes()
    yield from couple()
