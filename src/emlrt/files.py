# SPDX-License-Identifier: MIT
"""Output files that are complete or untouched."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any


def _beside(target: Path) -> tuple[int, str]:
    """A new file beside the target: open for writing, and its name.

    Not tempfile's, whose permissions would have to be set by changing the
    process's umask under the eyes of other threads.
    """
    name = str(target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        return os.open(name, flags, 0o666), name
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(target)) from None


@contextmanager
def replacing(
    path: str | os.PathLike[str], mode: str = "wb", **options: Any
) -> Iterator[IO[Any]]:
    """Opens a file for writing that takes its name only when all went well.

    On an error the old file, or none, is there. A device or a pipe is written
    to as it is, and a link stays a link. mode and options: as for `open`.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with open(target, mode, **options) as file:
            yield file
        return
    handle, temporary = _beside(target)
    try:
        with os.fdopen(handle, mode, **options) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            os.chmod(temporary, target.stat().st_mode & 0o777)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
