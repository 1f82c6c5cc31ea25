# SPDX-License-Identifier: MIT
"""What each run of c/src relies on, and which check gives it.

A row has a planted bug, the check lost, and a hostile blob that the check alone
holds off. `docs/relies.py` writes the table to docs/RELIES.md; tests/c/seeded.py
plants the bugs.
"""

from . import (
    core,
    finishers,
    items,
    models,
    numeric,
    signal_decisions,
    signal_features,
    signal_fft,
    signal_filters,
    signal_integer,
    signal_mel,
    signal_stream,
    trees,
)
from .row import Row

#: Rows by the title of their part.
PARTS: dict[str, tuple[Row, ...]] = {
    "Every stage, and the header": core.ROWS,
    "Answers, texts and vectors": finishers.ROWS,
    "Items learnt on the device": items.ROWS,
    "Trees, bins and the median": trees.ROWS,
    "Affine ops, functions, preprocessing and tables": numeric.ROWS,
    "Signals: bands and decibels": signal_mel.ROWS,
    "Gaussians, neighbours and kernel machines": models.ROWS,
    "State, and windows in it": signal_stream.ROWS,
    "Features of windows in time": signal_features.ROWS,
    "Fourier transforms": signal_fft.ROWS,
    "Filters along time": signal_filters.ROWS,
    "Integer signals": signal_integer.ROWS,
    "Decisions": signal_decisions.ROWS,
}
ROWS: tuple[Row, ...] = tuple(row for rows in PARTS.values() for row in rows)

__all__ = ["PARTS", "ROWS", "Row"]
