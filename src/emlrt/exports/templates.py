# SPDX-License-Identifier: MIT
"""Files of exported folders that are the same but for a few words.

They lie in `folders`, one folder a target; @WORD@ stands for what differs, in their
names too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_FOLDERS = Path(__file__).with_name("folders")
_WORD = re.compile(r"@([A-Z][A-Z_]*)@")
_LINE = re.compile(r"^@([A-Z][A-Z_]*)@\n", re.MULTILINE)


def fill(text: str, words: Mapping[str, str]) -> str:
    """A text with its words put in; KeyError names one that is missing. A line that is
    a word alone becomes its lines, or none."""

    def lines(found: re.Match[str]) -> str:
        inner = words[found[1]].rstrip("\n")
        return f"{inner}\n" if inner else ""

    return _WORD.sub(lambda found: words[found[1]], _LINE.sub(lines, text))


def folder(name: str, words: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Paths and contents of a folder's files."""
    root = _FOLDERS / name
    for path in sorted(root.rglob("*")):
        if path.is_file():
            inner = fill(path.relative_to(root).as_posix(), words)
            yield inner, fill(path.read_text(encoding="utf-8"), words).encode()
