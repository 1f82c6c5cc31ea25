# SPDX-License-Identifier: MIT
"""Tables of integers for transforms of int16 samples, made in float64 and rounded once.

    python -m emlrt.signal.q15 512 > twiddles_512.h

prints one as C for `emlrt_rfft_q15`.
"""

from __future__ import annotations

import sys

from emlrt.convert.signal.q15 import twiddles_q15


def _main(arguments: list[str]) -> None:
    n = int(arguments[0])
    words = twiddles_q15(n).tobytes()
    listed = ", ".join(str(byte) for byte in words)
    print(
        "#include <emlrt/port.h>\n"
        "/* For emlrt_rfft_q15. */\n"
        f"static const union {{ unsigned char bytes[{len(words)}]; uint32_t word; }}"
        f"\n    twiddles_{n} EMLRT_PROGMEM = {{{{{listed}}}}};"
    )


__all__ = ["twiddles_q15"]

if __name__ == "__main__":
    _main(sys.argv[1:])
