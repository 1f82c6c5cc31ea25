# SPDX-License-Identifier: MIT
"""The CRC-32 of a blob."""

from __future__ import annotations

import zlib

from emlrt._native import ffi

#: Where the header keeps it.
_AT: int = ffi.offsetof("emlrt_header", "crc32")


def kept(blob: bytes | memoryview) -> int | None:
    """The CRC-32 that a blob's header keeps; None if the blob ends before it."""
    field = memoryview(blob)[_AT : _AT + 4]
    return int.from_bytes(field, "little") if len(field) == 4 else None


def crc32(blob: bytes | memoryview) -> int:
    """CRC-32 of a blob: of every byte but those of the crc32 field."""
    view = memoryview(blob)
    return zlib.crc32(view[_AT + 4 :], zlib.crc32(view[:_AT]))
