# SPDX-License-Identifier: MIT
"""Windows kept in the state, from section 18 of SPEC.md alone."""

import struct

FIRST_SEEN = 1 << 31


def frame(
    data: bytes, x: list[float], old: list[float], state: bytearray
) -> list[float]:
    """The window, moved on; the run is held unless it is complete."""
    at, first, every = struct.unpack("<III", data)
    (count,) = struct.unpack_from("<I", state, at)
    since, runs = count & FIRST_SEEN, (count & ~FIRST_SEEN) + 1
    if runs >= (every if since else first):
        struct.pack_into("<I", state, at, FIRST_SEEN)
    else:
        struct.pack_into("<I", state, at, since | runs)
        struct.pack_into("<I", state, 0, 1)
    return old[len(x) :] + x


KEEPERS = {"frame_f32": frame, "frame_i16": frame, "frame_u8": frame}
