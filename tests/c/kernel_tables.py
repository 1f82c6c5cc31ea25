# SPDX-License-Identifier: MIT
"""The file of tables that kernels.c takes."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

#: Kinds, in the order of kernels.c.
KINDS = [
    "fft",
    "rfft",
    "dct2",
    "dct3",
    "rfft_q15",
    "biquads",
    "biquads_q31",
    "fir",
    "fir_q15",
    "window",
    "bands",
]
#: Lengths: each radix first and last, odd ones, the longest.
LENGTHS = (1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 16, 25, 40, 45, 64, 75, 128, 480, 675, 8192)
#: Sections of each form, low and high poles, and one that saturates.
SECTIONS = [
    [0.2, 0.1, 0.2, 1, -0.5, 0.1],
    [0.01, 0.02, 0.01, 1, -1.9, 0.91],
    [0.5, 0.1, 0.0, 1, 1.8, 0.82],
]


def tables() -> Iterator[tuple[str, int, Any]]:
    """(kind, number, table) of each."""
    from emlrt.signal import tables as made
    from emlrt.signal import twiddles_q15

    for n in LENGTHS:
        yield "fft", n, made.fft(n)
        yield "rfft", n, made.rfft(n)
        yield "dct2", n, made.dct2(n, "ortho")
        yield "dct3", n, made.dct3(n, "ortho")
    for bits in range(4, 14):
        yield "rfft_q15", bits, twiddles_q15(1 << bits)
    for n in range(1, 4):
        sos = np.array(SECTIONS[:n])
        yield "biquads", n, made.biquads(sos)
        yield "biquads_q31", n, made.biquads_q31(sos)
    for n in (1, 2, 3, 4, 7, 32, 33, 200):
        taps = np.cos(np.arange(n)) / 2
        yield "fir", n, made.fir(taps)
        yield "fir_q15", n, made.fir_q15(taps)
        yield "window", n, made.window("hann", n, fftbins=False)
        yield "bands", n, made.bands(np.triu(np.tri(n, 40, 9)) + 0.5 * np.eye(n, 40))


def write(path: Path) -> Path:
    """Writes them all."""
    parts = []
    for kind, n, table in tables():
        data = np.ascontiguousarray(table).tobytes()
        data += bytes(-len(data) % 4)
        parts.append(struct.pack("<3I", KINDS.index(kind), n, len(data) // 4) + data)
    path.write_bytes(b"".join(parts))
    return path
