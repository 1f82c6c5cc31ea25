# SPDX-License-Identifier: MIT
"""Categories of the original's columns, and the codes that stand for them.

A model whose splits ask for categories reads their codes: places in the list of the
categories of the training data. A frame holds the categories themselves, an array
holds codes. Blobs keep the lists beside the methods, a text for each such column:

    categories:3=["a", "b"]     JSON, of texts or of integers, in the order of codes
    categories:3=[]             codes, of categories that the original does not keep
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from reprlib import repr
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import column_texts

Values = tuple[str, ...] | tuple[int, ...]
_WORD = "categories"


def is_categories(text: str) -> bool:
    """Whether one of the METHODS texts is about categories."""
    return column_texts.is_of_inputs(text, _WORD)


def text_of(column: int, values: Values) -> str:
    """The text of a column."""
    listed = json.dumps(list(values), ensure_ascii=False)
    return f"{_WORD}:{column}={listed}"


def of_one_kind(values: list[Any]) -> Values | None:
    """Texts, or integers, no two of which are the same; None if they are none."""
    kinds = {type(value) for value in values}
    if kinds not in (set(), {str}, {int}) or len(set(values)) != len(values):
        return None
    return tuple(values)


def read(texts: Iterable[str], n_inputs: int) -> dict[int, Values]:
    """The categories of each column that has some, from a blob's texts.

    Raises
    ------
    FormatError
        If a text is damaged, or two are of one column.
    """
    found: list[tuple[range, Values]] = column_texts.read(
        _WORD, "categories", texts, n_inputs, _values
    )
    return {inputs.start: values for inputs, values in found}


def _values(text: str) -> Values | None:
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        listed = json.loads(text)
    except (RecursionError, ValueError):
        return None
    plain = all(isinstance(each, str | int) for each in listed)
    return of_one_kind(listed) if plain else None


def are_codes(values: Values) -> bool:
    """Whether each category is its own code."""
    return len(values) > 0 and values == tuple(range(len(values)))


def _code(at: Mapping[Any, int], value: Any, missing: bool) -> float:
    if missing:
        return math.nan
    if isinstance(value, np.generic):
        value = value.item()
    code = None if isinstance(value, float | bool) else at.get(value)
    if code is None:
        raise ValueError(f"holds {value!r}, which is none of")
    return float(code)


def _codes(column: Any, values: Values) -> NDArray[np.float64]:
    """Codes of a column of dtype category."""
    at = {value: code for code, value in enumerate(values)}
    listed = column.cat.categories
    places = column.cat.codes.to_numpy()
    used = np.zeros(len(listed) + 1, bool)
    used[places] = True
    # Only what rows hold must be known.
    codes = [_code(at, v, not u) for v, u in zip(listed, used[:-1], strict=True)]
    found: NDArray[np.float64] = np.array([*codes, math.nan])[places]
    return found


def _column(column: Any, name: Any, values: Values | None) -> Any:
    """A frame's column of codes, or as it is where there are no categories."""
    is_category = hasattr(column, "cat")
    what = f"X's column {name!r}"
    if values is None:
        if is_category:
            raise ValueError(
                f"{what} has dtype category, but the original took it for numbers;"
                " convert it to floats"
            )
        return column
    if not values:
        if is_category:
            raise ValueError(
                f"{what} has dtype category, but the model does not say of which"
                " categories; pass their codes in the order of training, as"
                f" X[{name!r}].cat.codes gives them"
            )
        return column
    known = f"the original's categories {repr(list(values))}"
    if not is_category:
        if are_codes(values) and getattr(column.dtype, "kind", "O") in "iuf":
            return column
        raise ValueError(
            f"{what} has dtype {column.dtype}, but stands for {known}; convert it to"
            " dtype category, or pass an array of their codes, counted from 0"
        )
    try:
        return _codes(column, values)
    except ValueError as error:
        raise ValueError(f"{what} {error} {known}") from None


def recoded(X: Any, columns: Mapping[int, Values]) -> Any:
    """A frame with codes in place of categories; anything else as it is.

    Raises
    ------
    ValueError
        If a column has categories that the original does not know, or stands for
        some and does not say so.
    """
    if not columns or not hasattr(X, "columns") or not hasattr(X, "dtypes"):
        return X
    if not hasattr(X, "iloc"):
        raise ValueError(
            f"X is a {type(X).__name__}, and columns {sorted(columns)} are of"
            " categories; pass a frame of pandas, or an array of codes"
        )
    if len(X.columns) <= max(columns):
        return X  # whose shape is refused
    names = list(X.columns)
    parts = [
        _column(X.iloc[:, k], name, columns.get(k)) for k, name in enumerate(names)
    ]
    if len(X) == 0:
        return X
    return type(X)(dict(enumerate(parts)), index=X.index).set_axis(names, axis=1)


def code_of(cell: str, values: Values) -> float:
    """The code of a category written as text.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    wanted: Any = cell
    if isinstance(values[0], int):
        wanted = int(cell) if re.fullmatch(r"\s*-?[0-9]{1,20}\s*", cell) else None
    if wanted not in values:
        raise ValueError(f"is none of the categories {repr(list(values))}")
    return float(values.index(wanted))
