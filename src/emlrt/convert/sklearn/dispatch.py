# SPDX-License-Identifier: MIT
"""Finds the function of a module that converts an estimator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor

Converter = Callable[[Graph, Any, Tensor], OutputSpec]


def by_class(
    converters: Mapping[str, Converter], graph: Graph, estimator: Any, x: Tensor
) -> OutputSpec:
    """Converts a fitted estimator with what its class, or the nearest one that it
    derives from, has in `converters`.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    for cls in type(estimator).__mro__:
        if cls.__name__ in converters:
            return converters[cls.__name__](graph, estimator, x)
    raise AssertionError(type(estimator).__name__)
