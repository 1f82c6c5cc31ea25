# SPDX-License-Identifier: MIT
"""What callers pass as X: a matrix of numbers, or a clear error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return value is None
    return not isinstance(value, str)


def _from_objects(X: Any, rows: NDArray[Any]) -> NDArray[np.float64]:
    """Objects as float64. X: where they come from; pandas' NA becomes NaN."""
    if hasattr(X, "columns") and hasattr(X, "to_numpy"):
        try:
            return np.asarray(X.to_numpy(np.float64, na_value=np.nan))
        except (TypeError, ValueError):
            pass  # the search below finds what it was
    for value in rows.flat:
        if not _is_number(value):
            raise ValueError(
                f"X holds {value!r}, which is no number; encode or drop its column"
            )
    return rows.astype(np.float64)


def as_rows(X: Any, n_features: int) -> NDArray[Any]:
    """X as a matrix (n_rows, n_features) of booleans, integers or floats.

    Raises
    ------
    TypeError
        If it is a sparse matrix.
    ValueError
        If it has another shape, or anything but real numbers.
    """
    if hasattr(X, "toarray"):
        raise TypeError("X is a sparse matrix; pass X.toarray()")
    try:
        rows = np.asarray(X)
    except ValueError as error:
        raise ValueError(f"X is no matrix of numbers: {error}") from None
    if rows.ndim != 2:
        raise ValueError(
            f"expected a 2D array of rows, got {rows.ndim} dimension(s); use"
            " X.reshape(1, -1) for a single row"
        )
    if rows.shape[1] != n_features:
        raise ValueError(
            f"X has {rows.shape[1]} features, but Model is expecting"
            f" {n_features} features as input"
        )
    if rows.dtype.kind == "O":
        return _from_objects(X, rows)
    if rows.dtype.kind not in "biuf":
        raise ValueError(
            f"X has dtype {rows.dtype}; convert it to integers or floats first"
        )
    return rows
