# SPDX-License-Identifier: MIT
"""The options of a conversion, checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.errors import InputRangeWarning, PrecisionWarning, warn
from emlrt.inputs import InputScaling, offset_of
from emlrt.validation import as_rows

Dtype = Literal["float32", "int32", "int16", "uint8"]
Voting = Literal["soft", "hard"]
LeafBits = Literal[3, 4, 5, 6, 7, 8, 16, 32]
Encoding = Literal["auto", "direct", "bins"]
Optimize = Literal["balanced", "size", "speed"]
Sums = Literal["float32", "int32"]
RowDtype = Literal["auto", "float64", "float32"]

#: Dtype codes by the names that users give.
INPUT_DTYPES: dict[str, int] = {
    "float32": lib.EMLRT_F32,
    "int32": lib.EMLRT_I32,
    "int16": lib.EMLRT_I16,
    "uint8": lib.EMLRT_U8,
}

#: What to do about numbers that are no integers.
_RULE = (
    "convert with dtype='int16' and inputs=emlrt.to_int16(X), which scales each feature"
)
_OTHER_RULE = "convert with a rule (inputs=) that scales such numbers"

#: What is said where there is no X.
CHECK = "pass X= (training data) to check it"
#: What an option is for.
_FOR = {
    "voting": "trees and forests",
    "leaf_bits": "trees and forests",
    "encoding": "trees and forests",
    "optimize": "trees and forests",
    "sums": "boosted trees",
}


@dataclass(frozen=True)
class Options:
    """See `Model.from_sklearn` for the meaning of each."""

    dtype: Dtype = "float32"
    voting: Voting | None = None
    leaf_bits: LeafBits = 32
    encoding: Encoding = "auto"
    optimize: Optimize = "balanced"
    sums: Sums | None = None
    X: ArrayLike | None = None
    rows: RowDtype = "auto"
    offset: Any = None
    inputs: InputScaling | None = None
    #: Whether offsets were looked for in X, and whether inputs= was given, if only to
    #: change nothing.
    sought: bool = False
    ruled: bool = False

    def __post_init__(self) -> None:
        choices: dict[str, tuple[Any, ...]] = {
            "dtype": get_args(Dtype),
            "voting": (None, *get_args(Voting)),
            "leaf_bits": get_args(LeafBits),
            "encoding": get_args(Encoding),
            "optimize": get_args(Optimize),
            "sums": (None, *get_args(Sums)),
            "rows": get_args(RowDtype),
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                given = getattr(self, name)
                raise ValueError(f"{name}={given!r} is not one of {allowed}")
        self._check_inputs()

    def _check_inputs(self) -> None:
        ruled = self.inputs is not None or self.offset is not None
        if self.dtype == "int32" and ruled:
            raise ValueError(
                "dtype='int32' holds integers as they are; leave out offset= and"
                " inputs="
            )
        if self.inputs is None:
            return
        if not isinstance(self.inputs, InputScaling):
            raise TypeError(
                f"inputs={self.inputs!r} is no emlrt.InputScaling, as emlrt.to_int16(X)"
                " gives it"
            )
        if self.offset is not None:
            raise ValueError("inputs= has offsets of its own; leave offset= out")
        if self.inputs.dtype != self.dtype:
            raise ValueError(
                f"inputs= makes {self.inputs.dtype}; pass dtype={self.inputs.dtype!r}"
            )

    def of_inputs(self, n_features: int, names: Sequence[str] = ()) -> Options:
        """The same with the rule of the inputs as it was asked for, and X checked
        against what the device reads; names: of the features, if they have any.

        Raises
        ------
        ValueError
            If the rule is of other inputs, or a column of X has a value that the dtype
            cannot hold.
        """
        scaling = self.inputs
        if self.offset is not None:
            offset = _offsets(self.offset, n_features, names, self.X)
            scaling = InputScaling(offset, None, self.dtype)
        if scaling is not None and scaling.offset.size != n_features:
            raise ValueError(
                f"offsets of {scaling.offset.size} features; the model has {n_features}"
            )
        if scaling is not None and scaling.plain:
            scaling = None  # rows are what the device reads
        sought = isinstance(self.offset, str)
        ruled = self.inputs is not None
        found = replace(self, offset=None, inputs=scaling, sought=sought, ruled=ruled)
        found.check_range(n_features)
        return found

    @property
    def range(self) -> tuple[float, float]:
        """Smallest and largest input of the dtype; infinite for float32."""
        if self.dtype == "float32":
            return -np.inf, np.inf
        info = np.iinfo(self.dtype)
        return int(info.min), int(info.max)

    def rows_of(self, n_features: int) -> NDArray[Any] | None:
        """X as a matrix, if there is one and it settles thresholds."""
        if self.X is None or (self.dtype != "float32" and self.inputs is None):
            return None
        rows = as_rows(self.X, n_features)
        if self.rows == "float32":
            _warn_of_cast(rows)
        return rows

    def check_used(self, used: set[str], name: str) -> None:
        """Refuses an option that no part of the model looks at.

        Raises
        ------
        ValueError
            Naming the option.
        """
        for option in tuple(_FOR):
            given, default = getattr(self, option), getattr(Options, option)
            if given != default and option not in used:
                raise ValueError(
                    f"{option}={given!r} is for {_FOR[option]}, not for {name}"
                )

    def check_numbers(self) -> None:
        """Refuses leaf_bits that only votes have, for trees that add numbers.

        Raises
        ------
        ValueError
            Naming those that there are.
        """
        if self.leaf_bits < 8:
            raise ValueError(
                f"leaf_bits={self.leaf_bits} is for forests that vote; leaves that are"
                " added up have 8, 16 or 32 bits"
            )

    def _check_rule(self, scaling: InputScaling, n_features: int) -> None:
        """Checks that X's numbers fit the dtype by the rule."""
        if self.X is None:
            return
        rows = as_rows(self.X, n_features)
        scaling.transform(rows)
        column = np.arange(n_features)
        low, high = self.range
        exact = scaling.exactly(column, rows.astype(np.float64))
        far = np.argwhere((exact < low - 0.5) | (exact > high + 0.5))
        if far.size:
            row, at = far[0].tolist()
            raise ValueError(
                f"column {at} holds {rows[row, at]!s} (row {row}), which its offset and"
                f" scale take out of [{low}, {high}]; clip it, or let to_int16 find a"
                " rule in rows that reach as far"
            )

    def check_range(self, n_features: int) -> None:
        """Checks X against an integer dtype, or says what is assumed without it; see
        `of_inputs`.

        Raises
        ------
        ValueError
            If a column of X has a value that the dtype cannot hold exactly.
        """
        if self.dtype == "float32":
            return
        low, high = self.range
        if self.inputs is not None:
            self._check_rule(self.inputs, n_features)
            return
        if self.X is None:
            warn(
                f"dtype={self.dtype!r} without X: assuming that every feature is an"
                f" integer in [{low}, {high}]; {CHECK}",
                InputRangeWarning,
            )
            return
        check_integers(
            as_rows(self.X, n_features), np.dtype(self.dtype), ruled=self.ruled
        )


def _warn_of_cast(X: NDArray[Any]) -> None:
    """Warns where rows='float32' changes X."""
    with np.errstate(over="ignore"):
        other = (X.astype(np.float32) != X) & (X == X)
    if other.any():
        row, column = np.argwhere(other)[0].tolist()
        warn(
            f"rows='float32', but column {column} of X holds {X[row, column]!s} (row"
            f" {row}), which is no float32 number: the original is taken to be asked"
            " with X.astype('float32')",
            PrecisionWarning,
        )


def _named(offset: Mapping[Any, Any], n: int, names: Sequence[str]) -> list[Any]:
    """An offset for each feature, of those by column or name."""
    found: dict[int, Any] = {}
    for key, value in offset.items():
        column = _column(key, n, names)
        if column in found:
            raise ValueError(f"offset= names the feature {key!r} twice")
        found[column] = value
    return [found.get(column, 0) for column in range(n)]


def _column(key: Any, n: int, names: Sequence[str]) -> int:
    """The feature that a key is, by column or name."""
    if isinstance(key, str) and list(names).count(key) == 1:
        return list(names).index(key)
    number = isinstance(key, int | np.integer) and not isinstance(key, bool)
    if number and 0 <= key < n:
        return int(key)
    shown = f", named {list(names[:5])}{'...' * (n > 5)}" if names else " without names"
    raise ValueError(f"offset= names the feature {key!r}; there are {n}{shown}")


def _offsets(offset: Any, n: int, names: Sequence[str], X: Any) -> Any:
    """Offsets as they were asked for, one per feature."""
    if isinstance(offset, str):
        if offset != "auto":
            raise ValueError(f"offset={offset!r} is not 'auto', nor integers")
        if X is None:
            raise ValueError("offset='auto' needs X= (training data)")
        return offset_of(as_rows(X, n))
    return _named(offset, n, names) if isinstance(offset, Mapping) else offset


def check_integers(
    X: NDArray[Any], dtype: np.dtype[Any], *, ruled: bool = False
) -> NDArray[Any]:
    """X as an integer dtype. ruled: whether the caller gave a rule, which turned out to
    change nothing.

    Raises
    ------
    ValueError
        Naming the first column that holds anything but integers in range.
    """
    if X.dtype == dtype:
        return X
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    # Few digits would round the limits, too.
    numbers = X.astype(np.float64) if X.dtype.kind == "f" else X
    with np.errstate(invalid="ignore"):
        fits = (low <= numbers) & (high >= numbers)
        if X.dtype.kind == "f":
            fits &= np.floor(numbers) == numbers
    if not fits.all():
        row, column = np.argwhere(~fits)[0]
        raise ValueError(
            f"column {column} holds {X[row, column]!s} (row {row}), which is no"
            f" integer in [{low}, {high}]; "
            + (_OTHER_RULE if ruled else _RULE)
            + ", or with dtype='float32'"
        )
    return X.astype(dtype)
