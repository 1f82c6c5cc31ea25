# SPDX-License-Identifier: MIT
"""Arguments, files, failures and results, which all commands share."""

from __future__ import annotations

import argparse
import json
import math
import os
import stat
import sys
from collections.abc import Sequence
from typing import IO, Any

from emlrt.blob import bytes_of
from emlrt.cli.terminal import say_json
from emlrt.files import replacing
from emlrt.model import Model
from emlrt.reading import opened

#: Parts of a blob's metadata, as `Model.strip` names them.
PARTS = ("classes", "features", "outputs", "note", "golden")


class Failure(Exception):  # noqa: N818
    """Wrong usage or input; the message says how to avoid it. Exit code 2."""


def read_blob(path: str) -> bytes:
    """The bytes of a file (`-`: stdin), whatever they are, as far as a blob goes.

    Raises
    ------
    FormatError
        If it is no regular file.
    OSError
        If it cannot be read.
    """
    if path == "-":
        return bytes_of(sys.stdin.buffer)
    with opened(path) as file:
        return bytes_of(file)


def load(path: str) -> Model:
    """The model in a file (`-`: stdin).

    Raises
    ------
    FormatError
        If it is no sound blob.
    OSError
        If it cannot be read.
    """
    return Model.load(sys.stdin.buffer if path == "-" else path)


def add_model(parser: argparse.ArgumentParser) -> None:
    """The argument that every command but demo takes."""
    parser.add_argument("model", metavar="MODEL", help="an .eml file; - for stdin")


def add_keep(parser: argparse.ArgumentParser) -> None:
    """The option that says which metadata survives."""
    parser.add_argument(
        "--keep",
        metavar="PART",
        action="append",
        default=[],
        choices=PARTS,
        help=f"metadata to keep: {', '.join(PARTS)}; may be repeated (verify --data"
        " needs the methods, or the note)",
    )


def write(path: str, data: bytes) -> None:
    """Writes a whole file (`-`: stdout), or leaves it as it was."""
    if path == "-":
        sys.stdout.buffer.write(data)
        return
    with replacing(path) as file:
        file.write(data)


def write_blob(path: str, model: Model) -> None:
    """Writes a model, but to no terminal."""
    if path == "-" and sys.stdout.isatty():
        raise Failure("a blob is no text for a terminal; use -o FILE or a pipe")
    write(path, bytes(model))


def _status(path: str, stream: IO[str]) -> os.stat_result | None:
    """Of a regular file (`-`: of the stream); None of all else."""
    try:
        found = os.fstat(stream.fileno()) if path == "-" else os.stat(path)
    except (OSError, ValueError):
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def _same(a: str, b: str) -> bool:
    return a != "-" and os.path.realpath(a) == os.path.realpath(b)


def check_apart(inputs: Sequence[str], outputs: Sequence[str | None]) -> None:
    """Refuses a file that is to be read and written, or written twice, whatever its
    names: before anything is read or written.

    Paths; `-`: stdin or stdout.
    """
    ways = [(path, sys.stdin, "read") for path in inputs]
    ways += [(path, sys.stdout, "written") for path in outputs if path is not None]
    known = [(path, _status(path, stream), way) for path, stream, way in ways]
    for i, (path, status, way) in enumerate(known):
        for other, others, way_2 in known[i + 1 :]:
            linked = status and others and os.path.samestat(status, others)
            if way_2 == "written" and (linked or _same(path, other)):
                raise Failure(
                    f"{other} is the file {path}, which is {way} too; name another"
                    " output"
                )


def _finite(value: Any) -> Any:
    """The value with infinities and NaN as text, which JSON has no number for."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def print_json(data: dict[str, Any]) -> None:
    """Prints a result as one line of JSON."""
    say_json(json.dumps(_finite(data), ensure_ascii=False))
