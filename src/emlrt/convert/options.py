# SPDX-License-Identifier: MIT
"""What a caller may ask of a conversion, checked once."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.errors import InputRangeWarning
from emlrt.rows import as_rows

#: Dtype codes by the names that users give.
INPUT_DTYPES: dict[str, int] = {
    "float32": lib.EMLRT_F32,
    "int16": lib.EMLRT_I16,
    "uint8": lib.EMLRT_U8,
}

#: What an option is for.
_FOR = {
    "voting": "trees and forests",
    "leaf_bits": "trees and forests",
    "encoding": "trees and forests",
    "sums": "boosted trees",
}


@dataclass(frozen=True)
class Options:
    """See `Model.from_sklearn` for the meaning of each."""

    dtype: str = "float32"
    voting: str | None = None
    leaf_bits: int = 32
    encoding: str = "auto"
    sums: str | None = None
    X: ArrayLike | None = None
    rows: str = "auto"

    def __post_init__(self) -> None:
        choices: dict[str, tuple[Any, ...]] = {
            "dtype": tuple(INPUT_DTYPES),
            "voting": (None, "soft", "hard"),
            "leaf_bits": (8, 16, 32),
            "encoding": ("auto", "direct", "ranks"),
            "sums": (None, "float32", "int32"),
            "rows": ("auto", "float64", "float32"),
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                given = getattr(self, name)
                raise ValueError(f"{name}={given!r} is not one of {allowed}")

    @property
    def range(self) -> tuple[float, float]:
        """Smallest and largest input of the dtype; infinite for float32."""
        if self.dtype == "float32":
            return -np.inf, np.inf
        info = np.iinfo(self.dtype)
        return int(info.min), int(info.max)

    def rows_of(self, n_features: int) -> NDArray[Any] | None:
        """X as a matrix, if there is one and it settles thresholds."""
        if self.X is None or self.dtype != "float32":
            return None
        return as_rows(self.X, n_features)

    def check_used(self, used: set[str], name: str) -> None:
        """Refuses an option that no part of the model looks at.

        Raises
        ------
        ValueError
            Naming the option.
        """
        for option in ("voting", "leaf_bits", "encoding", "sums"):
            given, default = getattr(self, option), getattr(Options, option)
            if given != default and option not in used:
                raise ValueError(
                    f"{option}={given!r} is for {_FOR[option]}, not for {name}"
                )

    def check_range(self, n_features: int) -> None:
        """Checks X against an integer dtype, or says what is assumed without it.

        Raises
        ------
        ValueError
            If a column of X has a value that the dtype cannot hold exactly.
        """
        if self.dtype == "float32":
            return
        low, high = self.range
        if self.X is None:
            warnings.warn(
                f"dtype={self.dtype!r} without X: assuming that every feature is an"
                f" integer in [{low}, {high}]; pass X= (training data) to check it",
                InputRangeWarning,
                stacklevel=4,
            )
            return
        check_integers(as_rows(self.X, n_features), np.dtype(self.dtype))


def check_integers(X: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """X as an integer dtype.

    Raises
    ------
    ValueError
        Naming the first column that holds anything but integers in range.
    """
    if X.dtype == dtype:
        return X
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    with np.errstate(invalid="ignore"):
        fits = (low <= X) & (high >= X)
        if X.dtype.kind == "f":
            fits &= np.floor(X) == X
    if not fits.all():
        row, column = np.argwhere(~fits)[0]
        raise ValueError(
            f"column {column} holds {X[row, column]!s} (row {row}), which is no"
            f" integer in [{low}, {high}]; scale the feature, or use dtype='float32'"
        )
    return X.astype(dtype)
