# SPDX-License-Identifier: MIT
"""The categories behind the codes of XGBoost's columns.

Models of version 3.1 and later keep the categories of the frame that they were
trained on, and take those of any frame to the same codes. Older ones, and models of
arrays, know codes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from emlrt.categories import Values, are_codes, of_one_kind
from emlrt.convert.ir.graph import Graph
from emlrt.convert.readers.json_fields import Fields
from emlrt.convert.trees.ensemble import Ensemble, of_categories
from emlrt.errors import FormatError, UnsupportedModelError

#: What a category takes at the worst, as an allowance counts it.
_CATEGORY = 256


def _texts(column: Fields) -> list[Any]:
    """Texts from their bytes, which stand end to end.

    None where a text is not ASCII: XGBoost 3.2 counts characters for bytes, and
    keeps parts of such texts, and of those behind them.
    """
    ends = column.ints("offsets")
    data = (column.ints("values") & 0xFF).astype(np.uint8).tobytes()
    column.allowance.charge("categories", ends.size, _CATEGORY)
    if ends.size and (
        ends[0] != 0 or ends[-1] != len(data) or (np.diff(ends) < 0).any()
    ):
        raise column.wrong("offsets", "do not follow one another")
    if max(data, default=0) > 127:
        return []
    return [data[start:end].decode() for start, end in pairwise(ends.tolist())]


def _values(column: Fields) -> Values:
    if "offsets" in column:
        found: list[Any] = _texts(column)
    else:
        numbers = column.ints("values")
        column.allowance.charge("categories", numbers.size, _CATEGORY)
        found = numbers.tolist()
    values = of_one_kind(found)
    if values is None:
        raise column.wrong("values", "has a category twice")
    return values


def categories_of(
    learner: Fields, booster: Fields, ensemble: Ensemble
) -> dict[int, Values]:
    """The categories of each column that has some; none where they are not kept.

    Raises
    ------
    FormatError
        If they are damaged.
    """
    n_features = ensemble.n_features
    kinds = learner.texts("feature_types")
    of_codes = {k for k, kind in enumerate(kinds) if kind == "c"}
    of_codes |= set(of_categories(ensemble))
    found: dict[int, Values] = dict.fromkeys(sorted(of_codes), ())
    model = booster.child("model")
    kept = model.child("cats").children("enc") if "cats" in model else []
    if len(kept) not in (0, n_features):
        raise FormatError(f"enc has {len(kept)} columns of {n_features}")
    found |= {k: v for k, v in enumerate(map(_values, kept)) if v}
    return dict(sorted(found.items()))


def mark(graph: Graph, categories: dict[int, Values], alone: bool) -> None:
    """Keeps the categories behind the codes of the inputs.

    alone: whether the model is all that reads the inputs.

    Raises
    ------
    UnsupportedModelError
        If others read them, who take the categories themselves for numbers.
    """
    if alone:
        graph.categories |= categories
        return
    for column, values in categories.items():
        if values and not are_codes(values):
            raise UnsupportedModelError(
                f"a model of XGBoost within another one was trained on a frame whose"
                f" column {column} has categories, {_some(values)}; convert it by"
                " itself, or fit on their codes"
            )


def _some(values: Sequence[Any]) -> str:
    return ", ".join(map(repr, values[:3])) + (", ..." if len(values) > 3 else "")
