# SPDX-License-Identifier: MIT
"""Checks the X of callers: a matrix of numbers, or a clear error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Kinds of numpy dtypes that X may have: booleans, integers and floats.
_KINDS = "biuf"


def _is_number(value: Any) -> bool:
    """Whether an object is a real number, or None. Text and bytes, dates, durations
    and complex numbers are none, even where float() or numpy would take them."""
    if isinstance(value, np.generic | np.ndarray):
        return value.dtype.kind in _KINDS and value.ndim == 0
    if value is None or isinstance(value, int):
        return True
    try:
        return hasattr(value, "__float__") and isinstance(float(value), float)
    except (TypeError, ValueError):
        return False


def _check_dtypes(names: list[Any], dtypes: list[Any]) -> None:
    """Refuses a frame's columns whose dtype holds no numbers. What a dtype of
    objects holds is for `_check_objects` to say."""
    for name, dtype in zip(names, dtypes, strict=True):
        if getattr(dtype, "kind", "O") not in _KINDS + "O":
            raise ValueError(
                f"X's column {name!r} has dtype {dtype}; convert it to integers or"
                " floats first, or drop it"
            )


def _check_objects(rows: NDArray[Any], names: list[Any], missing: Any) -> None:
    """Refuses objects that are no numbers, by their column's name."""
    for name, column in zip(names, rows.T, strict=True):
        for value in column.tolist():
            if value is not missing and not _is_number(value):
                raise ValueError(
                    f"X's column {name!r} holds {value!r}, which is no number; encode"
                    " or drop it"
                )


def _from_objects(X: Any, rows: NDArray[Any], names: list[Any]) -> NDArray[np.float64]:
    """Objects as float64. X: where they come from; pandas' NA becomes NaN."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(X, pandas.DataFrame):
        _check_objects(rows, names, None)
        found = rows
    else:
        _check_objects(rows, names, pandas.NA)
        found = X.to_numpy(object, na_value=None)
    try:
        return found.astype(np.float64)
    except OverflowError:
        text = "X contains a value too large for float32; clip it first"
        raise ValueError(text) from None


def whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """A parameter that is an integer of a range.

    Raises
    ------
    ValueError
        If it is none; says its name. A float is none, even where it has no fraction.
    """
    try:
        found = None if isinstance(value, bool | np.bool_) else index(value)
    except TypeError:
        found = None
    if found is None or found < least or (most is not None and found > most):
        several = f"of {least} or more" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} is an integer {several}, not {value!r}")
    return found


def check_unmasked(X: Any) -> None:
    """Refuses a masked array some of which is masked."""
    if np.ma.isMaskedArray(X) and np.ma.is_masked(X):
        raise ValueError(
            "X is a masked array and some of it is masked; fill it first, as"
            " X.filled(numpy.nan) does"
        )


def _matrix(X: Any, n_features: int, channels: int | None) -> NDArray[Any]:
    """X as an array of two dimensions; of three, (n, length, channels), where these
    are as many features together."""
    if hasattr(X, "toarray"):
        raise TypeError("X is a sparse matrix; pass X.toarray()")
    check_unmasked(X)
    try:
        rows = np.asarray(X)
    except ValueError as error:
        raise ValueError(f"X is no matrix of numbers: {error}") from None
    if rows.dtype.names:
        raise ValueError(
            f"X is a structured array of the fields {list(rows.dtype.names)}; convert"
            " it with numpy.lib.recfunctions.structured_to_unstructured"
        )
    if rows.ndim == 3 and rows.shape[1] * rows.shape[2] == n_features:
        if channels is not None and rows.shape[2] != channels:
            raise ValueError(
                f"X has the shape {rows.shape}, but Model takes windows of {channels}"
                " channel(s), (n, length, channels); transpose or reshape X"
            )
        return rows.reshape(len(rows), n_features)
    if rows.ndim == 3:
        raise ValueError(
            f"expected a 2D array of rows, or windows of {n_features} numbers in all,"
            f" got 3 dimensions, windows of {rows.shape[1:]}, (length, channels)"
        )
    if rows.ndim != 2:
        raise ValueError(
            f"expected a 2D array of rows, got {rows.ndim} dimension(s); use"
            " X.reshape(1, -1) for a single row"
        )
    return rows


def check_some(shape: tuple[int, ...]) -> None:
    """Refuses X without rows, in scikit-learn's words."""
    if shape[0] == 0:
        raise ValueError(
            f"Found array with 0 sample(s) (shape={shape}) while a minimum of 1 is"
            " required by Model."
        )


def as_rows(X: Any, n_features: int, channels: int | None = None) -> NDArray[Any]:
    """X as a matrix (n_rows, n_features) of booleans, integers or floats.

    Raises
    ------
    TypeError
        If it is a sparse matrix.
    ValueError
        If it has another shape, no rows, or anything but real numbers.
    """
    rows = _matrix(X, n_features, channels)
    if rows.shape[1] != n_features:
        hint = ""
        if channels is not None and rows.shape[1] == channels:
            hint = "; a recording goes through emlrt.Stream(model).push"
        raise ValueError(
            f"X has {rows.shape[1]} features, but Model is expecting"
            f" {n_features} features as input{hint}"
        )
    check_some(rows.shape)
    names: list[Any] = list(range(n_features))
    if hasattr(X, "columns") and hasattr(X, "dtypes"):
        names = list(X.columns)
        _check_dtypes(names, list(X.dtypes))
    if rows.dtype.kind == "O":
        return _from_objects(X, rows, names)
    if rows.dtype.kind not in _KINDS:
        raise ValueError(
            f"X has dtype {rows.dtype}; convert it to integers or floats first"
        )
    return rows


def check_columns(
    columns: list[Any], names: Sequence[str], what: str = "seen in fit"
) -> None:
    """Refuses a frame's columns unless they are the names, in their order; of no names
    nothing is known. what: the names are, in words.

    Raises
    ------
    ValueError
        Says which are unknown and which are missing.
    """
    # LightGBM keeps names with underscores in place of spaces.
    plain = [str(column).replace(" ", "_") for column in columns]
    if not names or list(names) in (columns, plain):
        return
    known, given = set(names), {c for c in columns if isinstance(c, str)}
    unknown = [c for c in columns if not isinstance(c, str) or c not in known]
    absent = [n for n in names if n not in given]
    detail = (
        f"unknown: {unknown[:5]}; missing: {absent[:5]}"
        if unknown or absent
        else "they are in another order"
    )
    raise ValueError(f"X's columns are not those {what}: {detail}")


def _numbers(given: Any, samples: NDArray[Any]) -> NDArray[Any]:
    """Objects that are numbers, as pandas gives them, as float64."""
    if hasattr(given, "columns") and hasattr(given, "dtypes"):
        _check_dtypes(list(given.columns), list(given.dtypes))
    if samples.dtype.kind != "O":
        return samples
    if hasattr(given, "columns"):
        return _from_objects(given, samples, list(given.columns))
    try:
        return samples.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError("some of the samples are no numbers") from None


def as_recording(
    samples: Any, channels: int, names: tuple[str, ...] = ()
) -> NDArray[Any]:
    """Samples (n, channels), or (n * channels,) interleaved, as (n, channels) of
    numbers. names: of the channels, which the columns of a frame must have.

    Raises
    ------
    ValueError
        If they have another shape, a frame has other columns, some are masked, or some
        are no numbers.
    """
    if hasattr(samples, "columns"):
        check_columns(list(samples.columns), names)
    if np.ma.is_masked(samples):
        raise ValueError(
            "some of the samples are masked; fill them first, as samples.filled(...)"
            " does"
        )
    found = np.asarray(samples)
    wide = found.ndim == 2 and found.shape[1] == channels
    if not (wide or (found.ndim == 1 and found.size % channels == 0)):
        raise ValueError(
            f"samples are (n, {channels}) or (n * {channels},), not {found.shape}"
        )
    found = _numbers(samples, found)
    if found.dtype.kind not in _KINDS:
        raise ValueError(f"samples of dtype {found.dtype} are no numbers")
    return found.reshape(-1, channels)


def sliding(samples: NDArray[Any], length: int, hop: int) -> NDArray[Any]:
    """Windows of samples (n_samples, ...), from the first one on, every `hop` of them:
    (n_windows, length, ...), contiguous; none if there are too few samples."""
    if len(samples) < length:
        return np.empty((0, length, *samples.shape[1:]), samples.dtype)
    views = np.lib.stride_tricks.sliding_window_view(samples, length, axis=0)[::hop]
    return np.ascontiguousarray(np.moveaxis(views, -1, 1))
