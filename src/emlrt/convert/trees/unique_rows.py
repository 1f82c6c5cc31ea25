# SPDX-License-Identifier: MIT
"""Distinct rows of integers, faster than numpy.unique along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def unique_rows(rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Distinct rows in rising order, and where each row is among them.

    rows : (n, k) signed integers that fit 32 bits. Rows of one or two columns,
    which are the common ones, are sorted as single numbers.
    """
    if rows.shape[1] > 2:
        unique, at = np.unique(rows, axis=0, return_inverse=True)
        return unique, at.ravel()
    keys = rows[:, 0].astype(np.int64)
    if rows.shape[1] == 2:
        keys = (keys << 32) + (rows[:, 1].astype(np.int64) + (1 << 31))
    keys, at = np.unique(keys, return_inverse=True)
    columns = [keys]
    if rows.shape[1] == 2:
        columns = [keys >> 32, (keys & 0xFFFFFFFF) - (1 << 31)]
    return np.stack(columns, axis=1).astype(rows.dtype), at.ravel()
