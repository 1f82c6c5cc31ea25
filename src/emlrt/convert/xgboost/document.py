# SPDX-License-Identifier: MIT
"""XGBoost's documents, JSON or UBJSON."""

from __future__ import annotations

from emlrt.allowance import Allowance
from emlrt.convert.readers import document
from emlrt.convert.readers.json_fields import Fields
from emlrt.reading import Path, start_of


def is_xgboost_file(path: Path) -> bool:
    """Whether a file begins as one of XGBoost's JSON or UBJSON files.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    start = start_of(path, document.START)
    opens = document.is_json(start) or start[:1] == b"{"
    return start[:4] == b"binf" or (opens and b"learner" in start)


_ADVICE = "load it with an XGBoost that can, and save it as .json or .ubj"


def parsed(data: bytes, allowance: Allowance | None = None) -> Fields:
    """XGBoost's document of bytes.

    Raises
    ------
    FormatError
        If it is neither JSON nor UBJSON, or damaged.
    """
    return document.parsed(data, allowance, _ADVICE)
