# SPDX-License-Identifier: MIT
"""Documents of other libraries: objects whose fields are checked when asked for."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.errors import EmlrtError, FormatError

Path = str | os.PathLike[str]


class Fields:
    """An object of a document. Each field is checked when it is asked for."""

    def __init__(self, value: Any, where: str = "the document") -> None:
        if not isinstance(value, dict):
            raise FormatError(f"{where} is no object")
        self._value, self._where = value, where

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def wrong(self, name: str, what: str) -> FormatError:
        return FormatError(f"{name} of {self._where} {what}")

    def _get(self, name: str) -> Any:
        if name not in self._value:
            raise self.wrong(name, "is missing")
        return self._value[name]

    def child(self, name: str) -> Fields:
        return Fields(self._get(name), name)

    def children(self, name: str) -> list[Fields]:
        """Objects of a list, named by their places in it."""
        found = self._get(name)
        if not isinstance(found, list):
            raise self.wrong(name, "is no list")
        return [Fields(each, f"{name}[{k}]") for k, each in enumerate(found)]

    def plain(self, name: str) -> Any:
        """Whatever it is, as the reader gave it."""
        return self._get(name)

    def text(self, name: str, default: str | None = None) -> str:
        found = self._get(name) if default is None else self._value.get(name, default)
        if not isinstance(found, str):
            raise self.wrong(name, "is no text")
        return found

    def texts(self, name: str) -> list[str]:
        found = self._value.get(name, [])
        if isinstance(found, np.ndarray) and not found.size:
            return []
        if not isinstance(found, list) or not all(isinstance(t, str) for t in found):
            raise self.wrong(name, "is no list of texts")
        return found

    def count(self, name: str, most: int, default: str | None = None) -> int:
        """A number written as a text, from 0 to most."""
        found = self.text(name, default)
        if not re.fullmatch("[0-9]{1,18}", found) or int(found) > most:
            raise self.wrong(name, f"is {found[:40]!r}, no count up to {most}")
        return int(found)

    def _numbers(self, name: str, kinds: str, size: int | None) -> NDArray[Any]:
        found = self._get(name)
        try:
            array = np.asarray(found)
        except (OverflowError, TypeError, ValueError):
            raise self.wrong(name, "is no list of numbers") from None
        if array.ndim != 1 or (array.size and array.dtype.kind not in kinds):
            raise self.wrong(name, "is no list of numbers of its type")
        if size is not None and array.size != size:
            raise self.wrong(name, f"has {array.size} numbers instead of {size}")
        return array

    def ints(self, name: str, size: int | None = None) -> NDArray[np.int64]:
        """A list of integers, of a size if one is given."""
        return self._numbers(name, "biu", size).astype(np.int64)

    def floats(self, name: str, size: int | None = None) -> NDArray[np.float32]:
        """A list of numbers as float32, NaN and infinity included."""
        with np.errstate(over="ignore"):
            return self._numbers(name, "biuf", size).astype(np.float32)


def json_fields(data: bytes) -> Fields:
    """The object of a JSON text.

    Raises
    ------
    FormatError
        If it is none.
    """
    try:
        return Fields(json.loads(data))
    except (RecursionError, ValueError) as error:
        kind = type(error).__name__
        raise FormatError(f"damaged JSON ({kind}: {str(error)[:200]})") from None


@contextmanager
def opened(path: Path, parse: Callable[[bytes], Fields], gib: int) -> Iterator[Fields]:
    """A file's document, of so many GiB at most; errors of what is done with it name
    the file.

    Raises
    ------
    FormatError
        If the file is larger, or what `parse` raises.
    OSError
        If it cannot be read.
    """
    name, most = os.fspath(path), gib << 30
    with open(path, "rb") as file:
        data = file.read(most + 1)
    try:
        if len(data) > most:
            raise FormatError(f"larger than {gib} GiB")
        yield parse(data)
    except EmlrtError as error:
        raise type(error)(f"{name}: {error}") from None
