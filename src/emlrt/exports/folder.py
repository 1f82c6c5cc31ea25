# SPDX-License-Identifier: MIT
"""Folders of which nothing is lost: written as a whole, and brought up to date."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from emlrt.files import replacing

#: The file that lists all others, as `sha256sum -c` takes it.
LIST = "EMLRT-EXPORT.sha256"


#: What an export that was killed has left.
_LEFT_OVER = re.compile(r"\..*\.[0-9a-f]{16}\.tmp")


class FolderError(FileExistsError):
    """Something in the folder would be lost; nothing was written."""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _list(files: Mapping[str, bytes]) -> bytes:
    lines = [f"{_digest(data)}  {name}\n" for name, data in sorted(files.items())]
    return "".join(lines).encode()


def _is_below(name: str) -> bool:
    """Whether a path that a list names is one of a file in its folder."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _listed(folder: Path) -> dict[str, str]:
    """Digests of the files that an export has made there, by their names."""
    try:
        text = (folder / LIST).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    pairs = (line.partition("  ") for line in text.splitlines())
    return {name: digest for digest, _, name in pairs if _is_below(name)}


def _check(folder: Path, files: Mapping[str, bytes], listed: Mapping[str, str]) -> None:
    """Raises FolderError if a file would be lost that no export has made."""
    for name in sorted({*files, *listed}):
        path = folder / name
        if not os.path.lexists(path):
            continue
        if path.is_file() and _digest(path.read_bytes()) in (
            listed.get(name),
            _digest(files.get(name, b"")),
        ):
            continue
        how = "was changed since its export" if name in listed else "is no export's"
        text = f"{name} in it {how} and would be lost; name another folder"
        raise FolderError(17, text, str(folder))


def _check_new(folder: Path) -> None:
    """Raises FolderError if files are there, and no export was."""
    files = (path for path in folder.rglob("*") if not path.is_dir())
    first = next((path for path in files if not _LEFT_OVER.fullmatch(path.name)), None)
    if first is not None:
        name = first.relative_to(folder).as_posix()
        text = f"holds {name}, which no export has made; name an empty folder"
        raise FolderError(17, text, str(folder))


@contextmanager
def _beside(folder: Path, path: Path) -> Iterator[Path]:
    """A new folder, which is gone afterwards, if it has not taken another name. Errors
    name the one that is wanted."""
    made = folder / f".{path.name}.{secrets.token_hex(8)}.tmp"
    try:
        yield made
    except OSError as error:
        if error.filename is None:  # a write to a full disk names no file
            error.filename = str(path)
        elif Path(error.filename).is_relative_to(made):
            error.filename = str(path / Path(error.filename).relative_to(made))
        raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Files into a new folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _make(target: Path, files: Mapping[str, bytes]) -> None:
    """The whole folder, which takes its name when all is there."""
    with _beside(target.parent, target) as made:
        _put(made, files)
        os.replace(made, target)


def _fill(target: Path, files: Mapping[str, bytes]) -> None:
    """The files of a folder that is there, and has none: it may be one that a shell is
    in, or a disk. They move in when all are there, first the list, by which the next
    export goes on where this one was ended."""
    with _beside(target, target) as made:
        _put(made, files)
        for name in sorted(files, key=lambda name: name != LIST):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(made / name, target / name)


def _update(target: Path, files: Mapping[str, bytes], old: Mapping[str, str]) -> None:
    """The files of a folder, each as a whole; those of `old` that are no more go."""
    for name, data in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            with replacing(path) as file:
                file.write(data)
    for name in {*old} - {*files}:
        (target / name).unlink(missing_ok=True)


def write(folder: str | os.PathLike[str], files: Mapping[str, bytes]) -> None:
    """Writes files, by their paths below the folder. A new folder takes its name, and
    an empty one is filled, only when all are there; of one that was exported before,
    files are replaced one by one, and what others have put there stays.

    Raises
    ------
    FolderError
        If a file would be lost that no export has made, or that was changed since.
    OSError
        If it cannot be written.
    """
    target = Path(os.path.realpath(folder))
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(20, "is a file, not a folder", str(target))
    whole = {**files, LIST: _list(files)}
    listed = _listed(target)
    if listed:
        _check(target, files, listed)
        _update(target, whole, listed)
        return
    _check_new(target)
    if target.exists():
        _fill(target, whole)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    _make(target, whole)
