# SPDX-License-Identifier: MIT
"""Tables of the transforms in emlrt/signal.h, made in float64 and rounded once.

    python -m emlrt.signal.tables rfft 512 > rfft_512.h

prints one as C: `fft`, `rfft`, `dct2`, `dct2_ortho`, `dct3` or `dct3_ortho`, and a
length.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.signal.tables import dct2, dct3, fft, rfft

#: What is printed by name.
KINDS: dict[str, Callable[[int], NDArray[np.float32]]] = {
    "fft": fft,
    "rfft": rfft,
    "dct2": dct2,
    "dct3": dct3,
    "dct2_ortho": lambda n: dct2(n, "ortho"),
    "dct3_ortho": lambda n: dct3(n, "ortho"),
}


def printed(name: str, table: NDArray[np.float32]) -> str:
    """A table as a constant of C, which goes where blobs go. Needs emlrt/signal.h."""
    words = table.astype("<f4").view("<u4").tolist() or [0]
    cells = [f"EMLRT_TABLE_WORD(0x{word:08X}u)," for word in words]
    lines = [" ".join(cells[at : at + 3]) for at in range(0, len(cells), 3)]
    body = "\n".join(f"    {line}" for line in lines)
    return f"static const uint32_t {name}[{len(words)}] EMLRT_PROGMEM = {{\n{body}\n}};"


def main(argv: list[str]) -> int:
    """Prints a table; returns the process's exit code."""
    if len(argv) != 2 or argv[0] not in KINDS or not argv[1].isdecimal():
        kinds = "|".join(KINDS)
        print(f"usage: python -m emlrt.signal.tables {kinds} LENGTH", file=sys.stderr)
        return 2
    kind, n = argv[0], int(argv[1])
    try:
        table = KINDS[kind](n)
    except ValueError as error:
        print(f"emlrt.signal.tables: {error}", file=sys.stderr)
        return 1
    print("#include <emlrt/signal.h>\n")
    print(printed(f"{kind}_{n}", table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
