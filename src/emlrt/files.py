# SPDX-License-Identifier: MIT
"""Output files that are complete or untouched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any


def _mode(target: Path) -> int:
    """Permissions of the file that is replaced, or a new file's."""
    with suppress(OSError):
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


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
    handle, temporary = tempfile.mkstemp(".tmp", target.name, target.parent)
    try:
        with os.fdopen(handle, mode, **options) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
