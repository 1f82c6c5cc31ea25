# SPDX-License-Identifier: MIT
"""Any bytes as the metadata of a blob, with a right CRC: opened, or refused in one
way, within an allowance."""

import sys
from pathlib import Path

from emlrt.errors import FormatError
from emlrt.model import Model

sys.path.insert(0, str(Path(__file__).parent.parent / "hostile_files"))

from documents import blob, section, texts

ABS, LOGISTIC = 0x030B0E0E, 0x4E


def target(data: bytes) -> None:
    """Raises nothing, whatever the bytes."""
    for meta in (data + bytes(-len(data) % 4), sections(data)):
        opened(meta)


def sections(data: bytes) -> bytes:
    """Sections whose texts stand between zeros: six of labels, others of methods."""
    parts = data.decode("latin-1").split("\0")
    labels = (parts + [""] * 6)[:6]
    return section(1, texts(labels)) + section(6, texts(["regressor", *parts[6:]]))


def opened(meta: bytes) -> None:
    """Opens a blob of two outputs of two classes."""
    stage = (ABS, b"", 0, 0, 2, 2, 0, 2)
    try:
        model = Model(blob([stage], 14, LOGISTIC, x=8, y=8, groups=(1, 1), meta=meta))
    except FormatError:
        return
    labels = sum(each.nbytes for each in model.program.metadata.classes)
    assert labels <= (64 << 20) + 24 * model.nbytes, "labels beyond any allowance"
    repr(model)
