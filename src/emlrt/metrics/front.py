# SPDX-License-Identifier: MIT
"""The front: what nothing else beats by all measures at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def pareto(values: ArrayLike) -> NDArray[np.int64]:
    """Rows that no other row beats: none is as good in all columns, and better in one.

    Equal rows are all in the front, or none; rows with NaN never are.

    Parameters
    ----------
    values : array-like (n, k)
        Greater is better, as scorers have it: a cost with a minus.

    Returns
    -------
    int64 ndarray
        Indices, by the first column from the least on, then by the others, then by
        where the rows are.

    Raises
    ------
    ValueError
        If values is no matrix of numbers.
    """
    rows = np.asarray(values, np.float64)
    if rows.ndim != 2:
        raise ValueError(
            f"values is (n, k), a column for each measure, not {rows.ndim} dimension(s)"
        )
    known = np.flatnonzero(~np.isnan(rows).any(axis=1))
    kept = [at for at in known if not _is_beaten(rows[at], rows[known])]
    index = np.array(kept, np.int64)
    order = np.lexsort((index, *rows[index].T[::-1]))
    found: NDArray[np.int64] = index[order]
    return found


def _is_beaten(row: NDArray[np.float64], rows: NDArray[np.float64]) -> bool:
    """Whether one of the rows is nowhere less and somewhere greater."""
    return bool(((rows >= row).all(axis=1) & (rows > row).any(axis=1)).any())
