# SPDX-License-Identifier: MIT
"""Documents of other libraries: objects whose fields are checked when asked for."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import reading
from emlrt.allowance import Allowance
from emlrt.errors import EmlrtError, FormatError
from emlrt.reading import Path

#: Types of numbers in a document.
_NUMBERS = {bool, int, float}
#: What the name of a feature takes at the worst: as it is read, kept and checked.
NAME = 256
#: Bytes of an object of a list as one of these.
_CHILD = 192
#: Bytes of what JSON's marks open or end, at the worst: a list and its first place;
#: an object and its first fields; a field in a large object, and its name among all;
#: a number and its place; half of a text.
_MARKS = {"[": 112, "{": 192, ":": 100, ",": 41, '"': 32}
#: Microseconds of work for a byte of JSON, at the worst.
_JSON_WORK = 0.1


class Fields:
    """An object of a document. Each field is checked when it is asked for.

    allowance: what is left for what the document asks for.
    """

    def __init__(
        self,
        value: Any,
        where: str = "the document",
        allowance: Allowance | None = None,
    ) -> None:
        if not isinstance(value, dict):
            raise FormatError(f"{where} is no object")
        self._value, self._where = value, where
        self.allowance = Allowance.unlimited() if allowance is None else allowance

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def wrong(self, name: str, what: str) -> FormatError:
        return FormatError(f"{name} of {self._where} {what}")

    def _get(self, name: str) -> Any:
        if name not in self._value:
            raise self.wrong(name, "is missing")
        return self._value[name]

    def child(self, name: str) -> Fields:
        return Fields(self._get(name), name, self.allowance)

    def children(self, name: str) -> list[Fields]:
        """Objects of a list, named by their places in it."""
        found = self._get(name)
        if not isinstance(found, list):
            raise self.wrong(name, "is no list")
        self.allowance.charge(name, len(found), _CHILD)
        return [
            Fields(each, f"{name}[{k}]", self.allowance) for k, each in enumerate(found)
        ]

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
        array = numbers_of(self._get(name))
        if array is None or (array.size and array.dtype.kind not in kinds):
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


def numbers_of(found: Any) -> NDArray[Any] | None:
    """A list's numbers, or an array's; None of what holds anything else."""
    if isinstance(found, np.ndarray):
        return found if found.ndim == 1 else None
    # numpy would give every text the room of the longest one.
    if not isinstance(found, list) or not _NUMBERS.issuperset(map(type, found)):
        return None
    array = np.asarray(found)
    return array if array.dtype.kind in "biuf" else None


def json_fields(data: bytes, allowance: Allowance | None = None) -> Fields:
    """The object of a JSON text.

    Raises
    ------
    FormatError
        If it is none, or would take too much memory.
    """
    return Fields(json_value(data, allowance), allowance=allowance)


def json_value(data: bytes | str, allowance: Allowance | None) -> Any:
    """The value of a JSON text; raises as `json_fields`."""
    allowance = Allowance.unlimited() if allowance is None else allowance
    try:
        if isinstance(data, bytes):
            data = data.decode(json.detect_encoding(data), "surrogatepass")
        n_bytes = 1 if data.isascii() else 2
        allowance.charge("bytes of JSON", sys.getsizeof(data), n_bytes, _JSON_WORK)
        for mark, n_bytes in _MARKS.items():
            allowance.charge(f"{mark!r} of JSON", data.count(mark), n_bytes, 0)
        return json.loads(data)
    except (RecursionError, ValueError) as error:
        if isinstance(error, EmlrtError):
            raise
        kind = type(error).__name__
        raise FormatError(f"damaged JSON ({kind}: {str(error)[:200]})") from None


@contextmanager
def named(path: Path) -> Iterator[None]:
    """What is wrong with a file names it, and so does what no check has found."""
    name = os.fspath(path)
    try:
        yield
    except EmlrtError as error:
        raise type(error)(f"{name}: {error}") from None
    except (MemoryError, RecursionError) as error:
        kind = type(error).__name__
        raise FormatError(f"{name}: it asks for too much ({kind})") from None


def naming(model: Any) -> AbstractContextManager[None]:
    """The same, if a model is the path of a file."""
    return named(model) if isinstance(model, str | os.PathLike) else nullcontext()


@contextmanager
def opened(
    path: Path, parse: Callable[[bytes, Allowance], Fields], gib: int
) -> Iterator[Fields]:
    """A file's document, of so many GiB at most; errors of what is done with it name
    the file.

    Raises
    ------
    FormatError
        If the file is larger, or no regular one, or what `parse` raises.
    OSError
        If it cannot be read.
    """
    with reading.opened(path) as file, named(path):
        data = reading.contents(file, gib << 30)
        yield parse(data, Allowance(len(data)))
