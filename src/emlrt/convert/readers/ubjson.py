# SPDX-License-Identifier: MIT
"""UBJSON, as XGBoost writes it: a document from bytes that may be anybody's.

Each value takes at least one byte of the file, or it is refused; and each is charged
to the file's allowance. So what is built is bounded by the file's size, whatever counts
the file claims.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from emlrt.allowance import Allowance
from emlrt.errors import FormatError

#: Bytes of any value, and what some kinds take beyond that.
_VALUE, _TEXT, _LIST, _OBJECT, _NAME = 64, 64, 160, 256, 160
#: Deepest nesting; XGBoost's documents have nine levels.
_DEPTH_MAX = 64
#: numpy's types of numbers, by marker.
_NUMBERS: dict[str, np.dtype[Any]] = {
    "i": np.dtype("i1"),
    "U": np.dtype("u1"),
    "I": np.dtype(">i2"),
    "l": np.dtype(">i4"),
    "L": np.dtype(">i8"),
    "d": np.dtype(">f4"),
    "D": np.dtype(">f8"),
}
_FORMATS = {
    mark: struct.Struct(">" + code)
    for mark, code in ("ib", "UB", "Ih", "li", "Lq", "df", "Dd")
}
_CONSTANTS = {"Z": None, "T": True, "F": False}


class _Reader:
    """A position in the bytes."""

    def __init__(self, data: bytes, allowance: Allowance) -> None:
        self._data, self._allowance = data, allowance
        self._at = 0

    def damaged(self, what: str) -> FormatError:
        return FormatError(f"damaged UBJSON at byte {self._at}: {what}")

    def _take(self, count: int) -> bytes:
        if not 0 <= count <= len(self._data) - self._at:
            raise self.damaged(f"{count} bytes are wanted there")
        self._at += count
        return self._data[self._at - count : self._at]

    def _mark(self) -> str:
        return self._take(1).decode("latin-1")

    def _skips(self, mark: str) -> bool:
        """Whether the next byte is a marker; if so, it is passed."""
        found = self._data[self._at : self._at + 1] == mark.encode()
        self._at += found
        return found

    def _number(self, mark: str) -> Any:
        form = _FORMATS[mark]
        return form.unpack(self._take(form.size))[0]

    def _length(self) -> int:
        mark = self._mark()
        if mark not in "iUIlL":
            raise self.damaged("a length is no integer")
        length = int(self._number(mark))
        if length < 0:
            raise self.damaged(f"a length of {length}")
        return length

    def _text(self) -> str:
        try:
            return self._take(self._length()).decode()
        except UnicodeDecodeError:
            raise self.damaged("a text is no UTF-8") from None

    def value(self, depth: int = 0) -> Any:
        """The next value, with its marker."""
        return self._of(self._mark(), depth)

    def _of(self, mark: str, depth: int) -> Any:
        if depth > _DEPTH_MAX:
            raise self.damaged(f"nested more than {_DEPTH_MAX} deep")
        self._allowance.charge("values", 1, _VALUE)
        if mark in _FORMATS:
            return self._number(mark)
        if mark in _CONSTANTS:
            return _CONSTANTS[mark]
        if mark == "S":
            self._allowance.charge("texts", 1, _TEXT)
            return self._text()
        if mark == "C":
            return self._mark()
        if mark == "[":
            return self._array(depth)
        if mark == "{":
            return self._object(depth)
        raise self.damaged(f"marker {mark!r} is unknown")

    def _array(self, depth: int) -> Any:
        """Numbers of one type as an ndarray, else a list."""
        self._allowance.charge("lists", 1, _LIST)
        mark = self._mark() if self._skips("$") else None
        if self._skips("#"):
            count = self._length()
            if mark is None:
                return [self.value(depth + 1) for _ in range(count)]
            return self._typed(mark, count, depth)
        if mark is not None:
            raise self.damaged("an array has a type but no count")
        found = []
        while not self._skips("]"):
            found.append(self.value(depth + 1))
        return found

    def _typed(self, mark: str, count: int, depth: int) -> Any:
        if mark in _NUMBERS:
            dtype = _NUMBERS[mark]
            piece = self._take(count * dtype.itemsize)
            return np.frombuffer(piece, dtype).astype(dtype.newbyteorder("="))
        if mark in _CONSTANTS:
            raise self.damaged(f"an array of type {mark!r} takes no room")
        return [self._of(mark, depth + 1) for _ in range(count)]

    def _object(self, depth: int) -> dict[str, Any]:
        if self._data[self._at : self._at + 1] in (b"$", b"#"):
            raise self.damaged("objects with a count are not supported")
        self._allowance.charge("objects", 1, _OBJECT)
        found = {}
        while not self._skips("}"):
            self._allowance.charge("names", 1, _NAME)
            name = self._text()
            found[name] = self.value(depth + 1)
        return found

    def end(self) -> None:
        if self._at != len(self._data):
            raise self.damaged("the document ends before the file")


def read(data: bytes, allowance: Allowance | None = None) -> Any:
    """The document: dicts, lists, texts, numbers, and arrays of typed numbers.

    Raises
    ------
    FormatError
        If it is no UBJSON, cut short, nested too deeply, or asks for too much.
    """
    reader = _Reader(data, Allowance.unlimited() if allowance is None else allowance)
    found = reader.value()
    reader.end()
    return found
