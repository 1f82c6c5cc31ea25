# SPDX-License-Identifier: MIT
"""numpy dtypes of the format's structures, taken from the C header."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from emlrt._native import ffi

_NUMBERS = {
    "uint16_t": "<u2",
    "int16_t": "<i2",
    "uint32_t": "<u4",
    "int32_t": "<i4",
    "float": "<f4",
}


def padded(data: bytes) -> bytes:
    """data with zeros up to a multiple of 4, as every part of a blob has."""
    return data + bytes(-len(data) % 4)


@cache
def dtype_of(struct: str) -> np.dtype[Any]:
    """Little-endian dtype of a structure of emlrt/format.h, by its C name."""
    ctype = ffi.typeof(struct)
    names = [name for name, _ in ctype.fields]
    fields = [field for _, field in ctype.fields]
    return np.dtype(
        {
            "names": names,
            "formats": [_NUMBERS[field.type.cname] for field in fields],
            "offsets": [field.offset for field in fields],
            "itemsize": ffi.sizeof(ctype),
        }
    )
