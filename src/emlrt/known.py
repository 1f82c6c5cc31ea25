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

import numpy as np
from numpy.typing import NDArray

from emlrt.budget import Budget
from emlrt.errors import FormatError

Floats = NDArray[np.float64]
#: Numbers, or how many from 0 on.
Numbers = Floats | int
#: Octets of a character of a list, as a budget counts them.
_CHARACTER = 48
_TEXT = re.compile(r"known:([0-9]{1,9})=([0-9]{1,9}|\[[-+.eE0-9nul, ]*\])")


def is_known(text: str) -> bool:
    """Whether one of the METHODS texts is about known numbers."""
    return text.startswith("known:")


def text_of(column: int, numbers: Numbers) -> str:
    """The text of an input."""
    if isinstance(numbers, int):
        return f"known:{column}={numbers}"
    listed = [None if np.isnan(n) else _short(n) for n in numbers.tolist()]
    return f"known:{column}={json.dumps(listed)}"


def _short(number: float) -> float | int:
    return int(number) if abs(number) < 1e15 and number == int(number) else number


def _numbers(text: str) -> Numbers | None:
    try:
        listed = json.loads(text)
        if isinstance(listed, int):
            return listed
        return np.array([np.nan if n is None else float(n) for n in listed])
    except (ValueError, OverflowError):
        return None


def read(texts: Iterable[str], n_inputs: int) -> dict[int, Numbers]:
    """What each input may be, of those that may not be everything.

    Raises
    ------
    FormatError
        If a text is damaged.
    """
    found: dict[int, Numbers] = {}
    chosen = list(filter(is_known, texts))
    budget = Budget(sum(map(len, chosen)), "metadata")
    for text in chosen:
        budget.charge("characters of known numbers", len(text), _CHARACTER)
        match = _TEXT.fullmatch(text)
        numbers = None if match is None else _numbers(match[2])
        if match is None or numbers is None or int(match[1]) >= n_inputs:
            raise FormatError(f"unknown numbers: {text[:80]!r}", "METADATA")
        found[int(match[1])] = numbers
    return found


def _bad(column: NDArray[np.float32], numbers: Numbers) -> NDArray[np.bool_]:
    if isinstance(numbers, int):
        whole = np.trunc(column)
        return np.asarray(~((whole >= 0) & (whole < numbers)))
    with np.errstate(over="ignore"):
        keys = numbers.astype(np.float32)
    fine = np.isin(column, keys[~np.isnan(keys)])
    if np.isnan(keys).any():
        fine |= np.isnan(column)
    return np.asarray(~fine)


def check(
    X: NDArray[np.generic], known: Mapping[int, Numbers], names: Sequence[str]
) -> None:
    """Refuses rows with a number that the original has not met.

    Raises
    ------
    ValueError
        Naming the first such number, its column and its row.
    """
    for column, numbers in known.items():
        values = X[:, column].astype(np.float32)
        bad = np.flatnonzero(_bad(values, numbers))
        if bad.size:
            name = f"{column} ({names[column]!r})" if names else f"{column}"
            raise ValueError(
                f"Found unknown category {values[bad[0]]} in column {name} (row"
                f" {bad[0]}); the original model refuses what it has not met in"
                " training"
            )


__all__ = ["check", "is_known", "read", "text_of"]
