# SPDX-License-Identifier: MIT
"""Numbers that inputs may have, where the original refuses all others.

An encoder or a naive Bayes classifier of categories raises for a category that it has
not met in training. C code cannot, and answers by a rule of its own (see SPEC.md);
here such a row is refused as the original refuses it. Blobs keep the numbers beside
the methods, a text for each such input:

    known:3=[1, 2.5, null]      these numbers, as float32; null is NaN
    known:3=5                   0 to 4, after what is behind the point is cut off
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import column_texts

Floats = NDArray[np.float64]
#: Numbers, or how many from 0 on.
Numbers = Floats | int
_WORD = "known"
_NUMBERS = re.compile(r"[0-9]{1,9}|\[[-+.eE0-9nul, ]*\]")


def text_of(column: int, numbers: Numbers) -> str:
    """The text of an input."""
    if isinstance(numbers, int):
        return f"{_WORD}:{column}={numbers}"
    listed = [None if np.isnan(n) else _short(n) for n in numbers.tolist()]
    return f"{_WORD}:{column}={json.dumps(listed)}"


def _short(number: float) -> float | int:
    return int(number) if abs(number) < 1e15 and number == int(number) else number


def _numbers(text: str) -> Numbers | None:
    if not _NUMBERS.fullmatch(text):
        return None
    try:
        listed = json.loads(text)
        if isinstance(listed, int):
            return listed
        numbers = [np.nan if n is None else float(n) for n in listed]
    except (ValueError, OverflowError):
        return None
    repeated = len(set(listed)) < len(listed)
    return None if repeated or np.isinf(numbers).any() else np.array(numbers)


def read(texts: Iterable[str], n_inputs: int) -> dict[int, Numbers]:
    """What each input may be, of those that may not be everything.

    Raises
    ------
    FormatError
        If a text is damaged, or two are of one input.
    """
    found: list[tuple[range, Numbers]] = column_texts.read(
        _WORD, "numbers", texts, n_inputs, _numbers
    )
    return {inputs.start: numbers for inputs, numbers in found}


def _bad(column: NDArray[Any], numbers: Numbers) -> NDArray[np.bool_]:
    if isinstance(numbers, int):
        whole = np.trunc(column)
        return np.asarray(~((whole >= 0) & (whole < numbers)))
    with np.errstate(over="ignore"):
        keys = numbers.astype(column.dtype)
    fine = np.isin(column, keys[~np.isnan(keys)])
    if np.isnan(keys).any():
        fine |= np.isnan(column)
    return np.asarray(~fine)


def check(X: NDArray[Any], known: Mapping[int, Numbers], names: Sequence[str]) -> None:
    """Refuses rows with a number that the original has not met. X: what the device
    reads; or raw rows of any dtype, where that is made of them.

    Raises
    ------
    ValueError
        Naming the first such number, its column and its row.
    """
    for column, numbers in known.items():
        wide = X.dtype not in (np.float32, np.int16, np.uint8)
        values = X[:, column].astype(np.float64 if wide else np.float32)
        bad = np.flatnonzero(_bad(values, numbers))
        if bad.size:
            name = f"{column} ({names[column]!r})" if names else f"{column}"
            raise ValueError(
                f"Found unknown category {values[bad[0]]} in column {name} (row"
                f" {bad[0]}); the original model refuses what it has not met in"
                " training"
            )


__all__ = ["check", "read", "text_of"]
