# SPDX-License-Identifier: MIT
"""Blobs through the sanitized build of c/host: see host.c."""

import atexit
import functools
import shutil
import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from . import build


class Use(NamedTuple):
    """What use_host says of a blob."""

    status: int  #: of emlrt_open
    stages: int  #: with a fast layout
    through: int  #: of those, that see through ranks
    left_out: int  #: stages of ranks that do not run
    taken: int  #: octets that the layout asked for


@functools.cache
def driver() -> Path:
    objects = build.kept_host_objects()
    folder = tempfile.mkdtemp(prefix="emlrt-host-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return build.sanitized(Path(folder, "host"), "host.c", [], objects)


def packed(blobs: Iterable[bytes]) -> bytes:
    return b"".join(struct.pack("<I", len(blob)) + blob for blob in blobs)


def use(blobs: Iterable[bytes], program: Path | None = None) -> list[Use]:
    """Uses each blob; an AssertionError where an answer differs, memory is
    misused, or too much of it is asked for."""
    blobs = list(blobs)
    with tempfile.TemporaryDirectory(prefix="emlrt-use-") as folder:
        path = Path(folder) / "blobs"
        path.write_bytes(packed(blobs))
        done = build.run([program or driver(), path])
    uses = [Use(*map(int, line.split())) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(uses) != len(blobs):
        raise AssertionError(f"blob {len(uses)}: {done.stderr[-4000:]}")
    return uses
