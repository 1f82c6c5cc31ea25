# SPDX-License-Identifier: MIT
"""XGBoost's documents, JSON or UBJSON."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from emlrt.convert import ubjson
from emlrt.convert.fields import Fields
from emlrt.errors import EmlrtError, FormatError

Path = str | os.PathLike[str]
#: Most octets of a file.
_SIZE_MAX = 1 << 31
#: How many octets tell what a file is.
_START = 4096
#: What malformed content makes Python's readers raise.
_TROUBLE = (RecursionError, ValueError)
_JSON = re.compile(rb"(\xef\xbb\xbf)?\s*\{\s*[\"}]")


def _is_json(start: bytes) -> bool:
    return _JSON.match(start) is not None


def is_xgboost_file(path: Path) -> bool:
    """Whether a file begins as one of XGBoost's JSON or UBJSON files.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with open(path, "rb") as file:
        start = file.read(_START)
    opens = _is_json(start) or start[:1] == b"{"
    return start[:4] == b"binf" or (opens and b"learner" in start)


def parsed(data: bytes) -> Fields:
    """A document of octets, told by its beginning: JSON or UBJSON.

    Raises
    ------
    FormatError
        If it is neither, or damaged.
    """
    if data[:1] == b"{" and not _is_json(data[:_START]):
        return Fields(ubjson.read(data))
    if not _is_json(data[:_START]):
        raise FormatError(
            "neither JSON nor UBJSON: load it with an XGBoost that can, and save it as"
            " .json or .ubj"
        )
    try:
        return Fields(json.loads(data))
    except _TROUBLE as error:
        kind = type(error).__name__
        raise FormatError(f"damaged JSON ({kind}: {str(error)[:200]})") from None


@contextmanager
def opened(path: Path) -> Iterator[Fields]:
    """A file's document; errors of what is done with it name the file.

    Raises
    ------
    FormatError
        If the file is none of XGBoost's, or damaged.
    OSError
        If it cannot be read.
    """
    name = os.fspath(path)
    with open(path, "rb") as file:
        data = file.read(_SIZE_MAX + 1)
    try:
        if len(data) > _SIZE_MAX:
            raise FormatError("larger than 2 GiB")
        yield parsed(data)
    except EmlrtError as error:
        raise type(error)(f"{name}: {error}") from None
