# SPDX-License-Identifier: MIT
"""Blobs that keep state, right and hostile."""

import struct
from collections.abc import Iterator
from dataclasses import astuple

from families import stream_cases

from . import hostile_ops

#: Elements of a window that metadata may state: of less than a run, of several windows,
#: of none, of more than there may be.
LENGTHS = (0, 1, 3, 4, 5, 13, 24, 2**24, 2**32 - 1)


def kept_blobs() -> Iterator[bytes]:
    """Models that keep state, one of them with windows of any length in its metadata,
    and programs that no converter writes."""
    models = [bytes(case.model) for case in stream_cases()]
    yield from models
    window = struct.pack("<3I", *astuple(stream_cases()[0].model.window)[:3])
    if models[0].count(window) != 1:
        raise AssertionError("the window is not where it was; see kept_blobs.py")
    for length in LENGTHS:
        yield models[0].replace(window, struct.pack("<I", length) + window[4:])
    yield from (blob for _, blob in hostile_ops.of("state"))
