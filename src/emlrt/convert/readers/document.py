# SPDX-License-Identifier: MIT
"""Documents in JSON or UBJSON."""

from __future__ import annotations

import re

from emlrt.allowance import Allowance
from emlrt.convert.readers import ubjson
from emlrt.convert.readers.json_fields import Fields, json_fields
from emlrt.errors import FormatError

#: How many bytes tell whether a document is JSON.
START = 4096
_JSON = re.compile(rb"(\xef\xbb\xbf)?\s*\{\s*[\"}]")


def is_json(start: bytes) -> bool:
    """Whether a document that begins so is JSON."""
    return _JSON.match(start) is not None


def parsed(data: bytes, allowance: Allowance | None, advice: str) -> Fields:
    """A document of bytes, told by its beginning: JSON or UBJSON. advice: what to do
    with a file that is neither.

    Raises
    ------
    FormatError
        If it is neither, or damaged.
    """
    if data[:1] == b"{" and not is_json(data[:START]):
        return Fields(ubjson.read(data, allowance), allowance=allowance)
    if not is_json(data[:START]):
        raise FormatError(f"neither JSON nor UBJSON: {advice}")
    return json_fields(data, allowance)
