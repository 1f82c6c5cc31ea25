# SPDX-License-Identifier: MIT
"""Files that may be anybody's, read into memory: regular ones, up to a size."""

from __future__ import annotations

import os
import stat
from typing import IO, Any, BinaryIO

from emlrt.errors import FormatError

Path = str | os.PathLike[str]
#: Bytes that are read at once.
_CHUNK = 1 << 20
_KINDS = {
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


def _descriptor(path: str, flags: int) -> int:
    # A pipe that nobody writes to would be waited for.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def opened(path: Path) -> BinaryIO:
    """A regular file, open for reading.

    Raises
    ------
    FormatError
        If it is another kind of file, which may have no end; the message names it.
    OSError
        If it cannot be opened.
    """
    file = open(path, "rb", opener=_descriptor)  # noqa: SIM115
    kind = stat.S_IFMT(os.fstat(file.fileno()).st_mode)
    if kind == stat.S_IFREG:
        return file
    file.close()
    what = _KINDS.get(kind, "of another kind")
    raise FormatError(f"{os.fspath(path)}: no regular file, but {what}")


def start_of(path: Path, count: int) -> bytes:
    """The first bytes of a regular file; raises as `opened`."""
    with opened(path) as file:
        return taken(file, count)


def taken(file: IO[bytes], count: int) -> bytes:
    """The next bytes of a file or a stream: so many, or all up to its end."""
    parts: list[Any] = []
    while count > 0:
        part = file.read(min(count, _CHUNK))
        if not part:
            break
        parts.append(part)
        count -= len(part)
    one = len(parts) == 1 and isinstance(parts[0], bytes)
    return parts[0] if one else b"".join(parts)


def contents(file: IO[bytes], most: int) -> bytes:
    """All of a file or a stream, of which no more is read than one byte beyond
    `most`.

    Raises
    ------
    FormatError
        If there is more.
    """
    data = taken(file, most + 1)
    if len(data) > most:
        raise FormatError(f"larger than {most} bytes, the most that is read", "LIMIT")
    return data
