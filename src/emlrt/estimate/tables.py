# SPDX-License-Identifier: MIT
"""Files of tables, a text for each core, compressed together: they are much alike.

Uncompressed, a file is the texts one behind the other, each behind a line with "@ " and
the names of all cores that it is of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


def _lzma() -> Any:
    """The module that compresses, which Pythons built without its library lack."""
    try:
        import lzma
    except ImportError as error:
        raise ImportError(
            "this Python was built without lzma, which emlrt's estimates are kept by;"
            " install liblzma-dev (xz-devel) and build Python anew"
        ) from error
    return lzma


@cache
def read(path: Path) -> Mapping[str, str]:
    """The text of each core; none if there is no file."""
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    whole = _lzma().decompress(path.read_bytes()).decode("utf-8")
    for part in re.split("^@ ", whole, flags=re.M)[1:]:
        names, _, text = part.partition("\n")
        found |= dict.fromkeys(names.split(), text)
    return found


def write(path: Path, texts: Mapping[str, str]) -> None:
    """Write a file anew, equal texts once. No line of a text begins with "@ "."""
    names: dict[str, list[str]] = {}
    for name in sorted(texts):
        names.setdefault(texts[name], []).append(name)
    whole = "".join(f"@ {' '.join(who)}\n{text}" for text, who in names.items())
    lzma = _lzma()
    strongest = 9 | lzma.PRESET_EXTREME
    path.write_bytes(lzma.compress(whole.encode("utf-8"), preset=strongest))
    read.cache_clear()


def lines(path: Path, core: str, part: str) -> list[str]:
    """The lines of a core's part, behind its name in brackets."""
    inside, found = False, []
    for line in read(path).get(core, "").splitlines():
        if line.startswith("["):
            inside = line == f"[{part}]"
        elif inside:
            found.append(line)
    return found
