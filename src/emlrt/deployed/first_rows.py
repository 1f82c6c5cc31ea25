# SPDX-License-Identifier: MIT
"""An order of the training rows whose beginnings stand for all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def first_rows(y: ArrayLike, n: int, classes: bool = True) -> NDArray[np.int64]:
    """Indices of n rows that stand for all: the first n of an order that is drawn once.
    So fewer rows are a part of more of them.

    Parameters
    ----------
    y : array-like (n_rows,), or (n_rows, n_outputs)
        What the rows are trained with.
    n : int
    classes : bool
        Whether y are classes: then the first rows are one of each class, and the next
        ones are spread so that each class has its share. Rows of several outputs, and
        of numbers, come as they are drawn.

    Returns
    -------
    int64 ndarray (n,), rising
    """
    labels = np.asarray(y)
    drawn = np.random.default_rng(0).permutation(len(labels))
    if classes and labels.ndim == 1:
        drawn = drawn[_spread(labels[drawn])]
    found: NDArray[np.int64] = np.sort(drawn[:n])
    return found


def _spread(labels: NDArray[np.generic]) -> NDArray[np.int64]:
    """An order of rows in which each class comes evenly, and its first row at once."""
    _, codes = np.unique(labels, return_inverse=True)
    place = np.empty(len(codes))
    for code in range(codes.max() + 1):
        at = np.flatnonzero(codes == code)
        place[at] = (np.arange(at.size) + 0.5) / at.size
        place[at[0]] = 0
    found: NDArray[np.int64] = np.argsort(place, kind="stable")
    return found
