# SPDX-License-Identifier: MIT
"""What each run of c/src relies on, and which check gives it.

A row has a planted bug, the check lost, and a hostile blob that the check alone
holds off. `docs/relies.py` writes the table to docs/RELIES.md; tests/c/seeded.py
plants the bugs.
"""

from . import core, finishers, models, numeric, trees
from .row import Row

ROWS: tuple[Row, ...] = (
    *(*core.ROWS, *finishers.ROWS),
    *(*trees.ROWS, *numeric.ROWS, *models.ROWS),
)

__all__ = ["ROWS", "Row"]
