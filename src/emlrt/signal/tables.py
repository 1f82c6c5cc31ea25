# SPDX-License-Identifier: MIT
"""Tables of the kernels in emlrt/signal.h, made in float64 and rounded once.

    python -m emlrt.signal.tables rfft 512 > rfft_512.h

prints one as C: `fft`, `rfft`, `dct2`, `dct2_ortho`, `dct3` or `dct3_ortho`, and a
length.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.signal.banks import packed
from emlrt.convert.signal.biquads import payload_of, spread
from emlrt.convert.signal.sections import numbers, stable_sections
from emlrt.convert.signal.tables import dct2, dct3, fft, rfft
from emlrt.convert.signal.tapers import taper

#: What is printed by name.
KINDS: dict[str, Callable[[int], NDArray[np.float32]]] = {
    "fft": fft,
    "rfft": rfft,
    "dct2": dct2,
    "dct3": dct3,
    "dct2_ortho": lambda n: dct2(n, "ortho"),
    "dct3_ortho": lambda n: dct3(n, "ortho"),
}


def window(name: Any, n: int, fftbins: bool = True) -> NDArray[np.float32]:
    """Floats of the window of emlrt_window_f32, as scipy.signal.get_window has it; or
    of the numbers given, as many as n.

    Raises
    ------
    ValueError
        If there is no such window, or numbers are of another length.
    """
    return taper(name, n, fftbins).astype("<f4")


def bands(matrix: Any) -> NDArray[np.uint32]:
    """Words of the matrix (n_bands, n) of emlrt_bands_f32, without its zeros.

    Raises
    ------
    ValueError
        If it is no matrix of finite numbers.
    """
    found = np.asarray(matrix, np.float64)
    if found.ndim != 2 or not found.size or not np.isfinite(found).all():
        raise ValueError("a bank is a matrix (n_bands, n) of finite numbers")
    spans, weights = packed(found)
    return np.frombuffer(spans + b"".join(each.tobytes() for each in weights), "<u4")


def biquads(sos: Any) -> NDArray[np.uint32]:
    """Words of the sections (n_sections, 6) of emlrt_biquads_f32.

    Raises
    ------
    ValueError
        If there are no such sections, or unstable ones.
    """
    return np.frombuffer(payload_of(stable_sections(sos)), "<u4")


def biquads_q31(sos: Any) -> NDArray[np.uint32]:
    """Words of the sections (n_sections, 6) of emlrt_biquads_q31.

    Raises
    ------
    ValueError
        If there are no such sections, unstable ones, or numbers beyond Q29.
    """
    found = spread(stable_sections(sos))[:, [0, 1, 2, 4, 5]]
    if (np.abs(found).sum(axis=1) >= 8).any() or (np.abs(found) >= 4).any():
        raise ValueError(
            "coefficients of a section add up to 8 or more: lower the gain"
        )
    return np.rint(found * 2.0**29).astype("<i4").view("<u4").ravel()


def fir(taps: Any) -> NDArray[np.uint32]:
    """Words of the taps (n,) of emlrt_fir_f32."""
    return np.atleast_1d(numbers("taps", taps)).astype("<f4").view("<u4")


def fir_q15(taps: Any) -> NDArray[np.uint32]:
    """Words of the taps (n,) of emlrt_fir_q15, two a word.

    Raises
    ------
    ValueError
        If one is not from -1 to 1 - 2^-15.
    """
    found = np.rint(np.atleast_1d(numbers("taps", taps)) * 2.0**15)
    if found.min() < -32768 or found.max() > 32767:
        raise ValueError("Q15 taps are from -1 to 1 - 2^-15; scale them")
    padded = np.append(found, [0] * (found.size % 2))
    return padded.astype("<i2").view("<u4")


def printed(name: str, table: NDArray[Any]) -> str:
    """A table, float32 or words, as a constant of C, which goes where blobs go. Needs
    emlrt/signal.h."""
    if table.dtype.kind == "f":
        table = table.astype("<f4").view("<u4")
    words = table.tolist() or [0]
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
