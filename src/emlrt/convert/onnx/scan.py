# SPDX-License-Identifier: MIT
"""Whether a file is an ONNX model: they have no mark of their own."""

from __future__ import annotations

import os
from typing import Any

from emlrt import reading

#: Fields of a ModelProto, one of which is the graph.
_FIELDS = {1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26}
_GRAPH = 7
#: Most fields that are looked at; models have dozens.
_FIELDS_MAX = 1 << 14


def _varint(file: Any) -> int:
    """The next number of a file; ValueError at its end."""
    value = 0
    for shift in range(0, 70, 7):
        byte: bytes = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value
    raise ValueError


def _scan(file: Any, size: int) -> set[int]:
    """Numbers of the fields of a message that takes all of a file."""
    seen: set[int] = set()
    for _ in range(_FIELDS_MAX):
        if file.tell() >= size:
            break
        tag = _varint(file)
        field, kind = tag >> 3, tag & 7
        if field not in _FIELDS or kind not in (0, 2):
            raise ValueError
        seen.add(field)
        number = _varint(file)
        if kind == 2:
            file.seek(number, os.SEEK_CUR)
    if file.tell() != size:
        raise ValueError
    return seen


def is_onnx_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file has the fields of an ONNX model, and nothing else.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with reading.opened(path) as file:
        try:
            return _GRAPH in _scan(file, os.fstat(file.fileno()).st_size)
        except (OverflowError, ValueError):
            return False
