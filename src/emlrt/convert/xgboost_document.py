# SPDX-License-Identifier: MIT
"""XGBoost's documents, JSON or UBJSON."""

from __future__ import annotations

import re

from emlrt.budget import Budget
from emlrt.convert import ubjson
from emlrt.convert.fields import Fields, json_fields
from emlrt.errors import FormatError
from emlrt.reading import Path, start_of

#: How many octets tell what a file is.
_START = 4096
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
    start = start_of(path, _START)
    opens = _is_json(start) or start[:1] == b"{"
    return start[:4] == b"binf" or (opens and b"learner" in start)


_ADVICE = "load it with an XGBoost that can, and save it as .json or .ubj"


def parsed(data: bytes, budget: Budget | None = None, advice: str = _ADVICE) -> Fields:
    """A document of octets, told by its beginning: JSON or UBJSON. advice: what to do
    with a file that is neither.

    Raises
    ------
    FormatError
        If it is neither, or damaged.
    """
    if data[:1] == b"{" and not _is_json(data[:_START]):
        return Fields(ubjson.read(data, budget), budget=budget)
    if not _is_json(data[:_START]):
        raise FormatError(f"neither JSON nor UBJSON: {advice}")
    return json_fields(data, budget)
