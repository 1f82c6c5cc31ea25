# SPDX-License-Identifier: MIT
"""What a stream takes beside the runs of its windows: pushes, copied and moved samples.

benchmarks/stream_costs.py measured it on emulated cores, and took what covers all of it
and a tenth more: an estimate with it says rather too much of a stream than too little.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from emlrt.model import Model

_FILE = Path(__file__).parent / "feeding.csv"
#: Samples of a push: few, for a core with little RAM holds them beside the stream.
PIECE = 16
#: The columns of the table: counts of a window, of a push, of a byte that is copied, of
#: one that is moved, of emlrt_stream_open beyond emlrt_open; and bytes of stack beyond
#: those of a run.
COLUMNS = ("core", "window", "push", "copied", "moved", "open", "stack")


@dataclass(frozen=True)
class Feeding:
    """What a stream takes beside its runs, at most.

    counts: of the pushes of a window. opened: of emlrt_stream_open beyond emlrt_open.
    stack: bytes beyond those of a run.
    """

    counts: float
    opened: float
    stack: int


@cache
def _table() -> dict[str, list[float]]:
    with _FILE.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {core: [float(cell) for cell in cells] for core, *cells in rows}


def work_of(model: Model) -> tuple[int, int, int, int]:
    """Of a window: 1; its pushes, with one more where it ends inside one; bytes that
    are copied, and bytes that are moved for the next."""
    length, hop = model.window.length, model.window.hop
    if model.state_bytes:  # whose stages move what they keep
        length = model.program.n_inputs
    size = model.input_dtype.itemsize
    pushes = ceil(hop / PIECE) + 1
    return 1, pushes, min(hop, length) * size, max(0, length - hop) * size


def feeding(model: Model, core: str) -> Feeding:
    """What a stream of the model takes beside its runs.

    core : str
        Of `emlrt.estimate.CORES`.
    """
    *prices, opened, stack = _table()[core]
    return Feeding(float(np.dot(prices, work_of(model))), opened, int(stack))
