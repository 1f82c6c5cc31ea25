# SPDX-License-Identifier: MIT
"""Output files that are complete or untouched."""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows, where nobody can delete a file that is open
    fcntl = None  # type: ignore[assignment]

#: Seconds after which a temporary file that nobody holds is taken for left over.
LEFT_OVER = 3600
#: Most bytes of a target's name in a temporary one, so that this is never too long.
_STEM_MAX = 100


def _stem(target: Path) -> str:
    """The beginning of the names of a target's temporary files."""
    name = target.name
    while len(os.fsencode(name)) > _STEM_MAX:
        name = name[:-1]
    return f".{name}."


def _remove_if_left(path: str) -> None:
    """Removes a temporary file that is old, and that no writer holds."""
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode) or time.time() - status.st_mtime < LEFT_OVER:
        return
    if fcntl is None:
        os.unlink(path)
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if os.path.samestat(os.fstat(handle), status):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
    finally:
        os.close(handle)


def _sweep(target: Path) -> None:
    """Removes what killed writers have left beside a target: files by the names that
    `_beside` gives, older than LEFT_OVER. Fails silently."""
    pattern = re.compile(re.escape(_stem(target)) + r"[0-9a-f]{16}\.tmp")
    with suppress(OSError), os.scandir(target.parent) as entries:
        for path in [e.path for e in entries if pattern.fullmatch(e.name)]:
            with suppress(OSError):
                _remove_if_left(path)


def _beside(target: Path) -> tuple[int, str]:
    """A new file beside the target: open for writing, and its name.

    Not tempfile's, whose permissions would have to be set by changing the
    process's umask under the eyes of other threads.
    """
    name = str(target.with_name(f"{_stem(target)}{secrets.token_hex(8)}.tmp"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        return os.open(name, flags, 0o666), name
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(target)) from None


@contextmanager
def _held(handle: int) -> Iterator[None]:
    """Holds a file, even after its handle is closed, so that nobody sweeps it."""
    if fcntl is None:
        yield
        return
    lock = os.dup(handle)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


@contextmanager
def _named(path: str | os.PathLike[str]) -> Iterator[None]:
    """Names the file in an error that does not, as those of a full disk."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno is not None:
            error.filename = os.fspath(path)
        raise


@contextmanager
def replacing(
    path: str | os.PathLike[str], mode: str = "wb", **options: Any
) -> Iterator[IO[Any]]:
    """Opens a file for writing that takes its name only when all went well.

    On an error the old file, or none, is there. A device or a pipe is written
    to as it is, and a link stays a link. What writers that were killed have left
    beside the file for an hour is removed. mode and options: as for `open`.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with _named(path), open(target, mode, **options) as file:
            yield file
        return
    _sweep(target)
    handle, temporary = _beside(target)
    try:
        with _named(path), _held(handle):
            with os.fdopen(handle, mode, **options) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                os.chmod(temporary, target.stat().st_mode & 0o777)
            os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
