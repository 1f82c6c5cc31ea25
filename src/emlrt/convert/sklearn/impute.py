# SPDX-License-Identifier: MIT
"""Missing values: filled in, or marked.

The formulas, and the ops of their stages:

    SimpleImputer       statistics_ where x equals missing_values, else x; by IMPUTE
    MissingIndicator    1 where x equals missing_values, else 0; by ONE_HOT
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Origin, Tensor
from emlrt.convert.numeric.tables import equals, imputed, marks_of
from emlrt.convert.trees.forest import Ints
from emlrt.errors import UnsupportedModelError


def _mark(estimator: Any) -> float:
    """The number that stands for what is missing, perhaps NaN."""
    value = estimator.missing_values
    try:
        return np.nan if str(value) in ("<NA>", "nan") else float(value)
    except (TypeError, ValueError):
        raise UnsupportedModelError(
            f"{type(estimator).__name__}(missing_values={value!r}) is not supported;"
            " use numpy.nan or a number"
        ) from None


def _indicator(graph: Graph, indicator: Any, x: Tensor) -> Tensor:
    mark, name = _mark(indicator), "MissingIndicator"
    features = np.asarray(indicator.features_, np.int64)
    marks = marks_of(graph, x, features, mark).tolist()
    return equals(graph, x, list(zip(features.tolist(), marks, strict=True)), name)


def _missing_indicator(graph: Graph, indicator: Any, x: Tensor) -> OutputSpec:
    if not np.size(indicator.features_):
        raise UnsupportedModelError(
            "MissingIndicator gives no columns: nothing was missing when it was"
            " fitted; use features='all'"
        )
    y = _indicator(graph, indicator, x)
    missing = bool(np.isnan(_mark(indicator)))
    spec = transformer(graph, y, missing=missing, filled=True)
    return spec.but(methods={"transform": "scores|columns|as:bool"})


def _imputer(graph: Graph, imputer: Any, x: Tensor) -> OutputSpec:
    x, mark = graph.floats(x), _mark(imputer)
    try:
        values = np.asarray(imputer.statistics_).astype(np.float64)
    except (TypeError, ValueError):
        raise UnsupportedModelError(
            "SimpleImputer fills in strings; encode them as numbers first"
        ) from None
    kept = np.flatnonzero(~np.isnan(values))
    if not kept.size:
        raise UnsupportedModelError("SimpleImputer keeps no feature")
    chosen = x if kept.size == x.count else graph.gather(x, kept)
    fill = values[kept]
    y = imputed(graph, chosen, mark, fill)
    graph.rows.fill(graph.inputs_of(chosen).tolist(), fill)

    def function(at: Ints, given: NDArray[Any]) -> NDArray[Any]:
        return np.where(np.isnan(given), fill[at], given).astype(given.dtype)

    graph.origins.pop(y.buffer, None)
    if np.isnan(mark):
        graph.origins[y.buffer] = Origin(chosen, np.arange(kept.size), function)
    if imputer.add_indicator and np.size(imputer.indicator_.features_):
        y = graph.concat([y, _indicator(graph, imputer.indicator_, x)])
    nan = bool(np.isnan(mark))
    return transformer(graph, y, missing=nan, filled=nan)


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted SimpleImputer or MissingIndicator that reads x."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    imputes = hasattr(estimator, "statistics_")
    return (_imputer if imputes else _missing_indicator)(graph, estimator, x)
