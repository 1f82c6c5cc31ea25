# SPDX-License-Identifier: MIT
"""What compilers and linkers made, kept on disk under what they made it of."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from .tools import cache_dir

#: Files of a kind that are kept; the one used longest ago makes room.
MOST = 1000


def kept(kind: str, parts: Iterable[str | bytes], make: Callable[[], bytes]) -> bytes:
    """What `make` gives, or gave when the parts were the same, in any process.

    kind: the folder in `cache_dir`. parts: all that the content depends on.
    """
    path = cache_dir() / kind / digest(parts)
    try:
        found = path.read_bytes()
        with suppress(OSError):
            os.utime(path)
        return found
    except OSError:
        pass
    content = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.replace(file.name, path)
    _trim(path.parent)
    return content


def digest(parts: Iterable[str | bytes]) -> str:
    """A name for texts and contents: each counts by itself, in their order."""
    found = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        found.update(len(content).to_bytes(8, "little") + content)
    return found.hexdigest()[:32]


def _trim(folder: Path) -> None:
    """Leave no more files than `MOST`; another process may do the same."""
    with suppress(OSError):
        files = sorted(os.scandir(folder), key=lambda entry: entry.stat().st_mtime)
        for entry in files[: max(0, len(files) - MOST)]:
            os.unlink(entry.path)
