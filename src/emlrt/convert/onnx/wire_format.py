# SPDX-License-Identifier: MIT
"""Counts, before the package onnx reads a file, the memory that it will take."""

from __future__ import annotations

import re

from emlrt.allowance import Allowance
from emlrt.errors import FormatError

#: Kinds of messages: for each, those of its fields that are messages, too.
_KINDS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 8: "opset", 14: "pair", 20: "training", 25: "function"},
    "graph": {
        1: "node",
        5: "tensor",
        11: "value",
        12: "value",
        13: "value",
        14: "pair",
        15: "sparse",
        16: "pair",
    },
    "node": {5: "attribute", 9: "pair"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        14: "type",
        15: "type",
        22: "sparse",
        23: "sparse",
    },
    "tensor": {3: "pair", 13: "pair", 16: "pair"},
    "sparse": {1: "tensor", 2: "tensor"},
    "value": {2: "type", 4: "pair"},
    "type": {1: "shaped", 4: "type", 5: "type", 8: "shaped", 9: "type"},
    "shaped": {1: "type", 2: "shape"},
    "shape": {1: "dim"},
    "function": {7: "node", 9: "opset", 11: "attribute", 12: "value", 14: "pair"},
    "training": {1: "graph", 2: "graph", 3: "pair", 4: "pair"},
    "pair": {},
    "opset": {},
    "dim": {},
}
#: Bytes of a field, of a message, and of what is made of a node beyond that.
_FIELD, _MESSAGE, _NODE = 96, 256, 768
#: Bytes of a byte of packed numbers, each of which may be a number.
_PACKED = 48
#: Packed fields of a tensor whose numbers have no fixed size.
_VARIANT = (5, 7, 11)
#: Numbers of an attribute, which take no more than a few times their bytes.
_NUMBERS = re.compile(rb"(?:\x40[\x80-\xff]{0,9}+[\x00-\x7f]|\x3d[\x00-\xff]{4})++")


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number, and the place behind it."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise FormatError("no ONNX model (a number in it does not end)")


def _skipped(data: bytes, at: int, end: int, tensor: int) -> int:
    """The place behind a field with this number."""
    if tensor == 0:
        return _varint(data, at, end)[1]
    if tensor not in (1, 5):
        raise FormatError("no ONNX model (a field of it is of no known type)")
    return at + (8 if tensor == 1 else 4)


def charge(data: bytes, allowance: Allowance) -> None:
    """Charges what the messages in the bytes of a model will take.

    Raises
    ------
    FormatError
        If that is too much, or they are no messages.
    """
    todo = [(0, len(data), "model")]
    while todo:
        at, end, kind = todo.pop()
        allowance.charge("messages", 1, _MESSAGE + (_NODE if kind == "node" else 0))
        below, is_attribute = _KINDS[kind], kind == "attribute"
        while at < end:
            numbers = _NUMBERS.match(data, at, end) if is_attribute else None
            if numbers:
                at = numbers.end()
                continue
            tag, at = _varint(data, at, end)
            allowance.charge("fields", 1, _FIELD)
            if tag & 7 != 2:
                at = _skipped(data, at, end, tag & 7)
                continue
            size, at = _varint(data, at, end)
            if size > end - at:
                raise FormatError("no ONNX model (it is cut short)")
            if tag >> 3 in below:
                todo.append((at, at + size, below[tag >> 3]))
            elif kind == "tensor" and tag >> 3 in _VARIANT:
                allowance.charge("bytes of packed numbers", size, _PACKED)
            at += size
