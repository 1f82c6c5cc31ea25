# SPDX-License-Identifier: MIT
"""Text of a blob or a file as it may be shown: nothing in it that acts."""

from __future__ import annotations

import re
import unicodedata

#: What a terminal may obey, what hides or turns the text around it, and what has no
#: shape: controls, formats, surrogates, private use, unassigned; parted lines.
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def acts(c: str) -> bool:
    """Whether a character must not be shown as it is."""
    return not c.isprintable() and unicodedata.category(c) in _CATEGORIES


def _escape(c: str) -> str:
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"


def shown(text: object) -> str:
    """The text in one line, each character that acts as \\uXXXX or \\UXXXXXXXX."""
    line = str(text)
    if line.isprintable():
        return line
    return "".join(_escape(c) if acts(c) else c for c in line)


def _units(c: re.Match[str]) -> str:
    data = c[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[i : i + 2].hex()}" for i in range(0, len(data), 2))


def shown_json(text: str) -> str:
    """The same of a JSON document in one line, in JSON's own escapes."""
    if text.isprintable():
        return text
    return re.sub(".", lambda c: _units(c) if acts(c[0]) else c[0], text, flags=re.S)
