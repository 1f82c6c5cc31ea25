# SPDX-License-Identifier: MIT
"""Feature selectors: columns that are kept, and RFE's own predictions."""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.infinite import refuse
from emlrt.convert.ir.output_spec import KINDS, OutputSpec, probabilities, transformer
from emlrt.convert.ir.steps import U32, Tensor
from emlrt.convert.sklearn.tags import accepts_nan
from emlrt.errors import UnsupportedModelError
from emlrt.methods import DEFAULT_METHODS


def select(graph: Graph, selector: Any, x: Tensor) -> OutputSpec:
    """The columns of x that a fitted selector keeps."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(selector)
    kept = np.asarray(selector.get_support(indices=True))
    if not kept.size:
        raise UnsupportedModelError(
            f"{type(selector).__name__} selects no feature; loosen its threshold"
        )
    refuse(graph, x)
    missing = accepts_nan(selector)
    y = graph.floats(x) if kept.size == x.count else graph.gather(x, kept)
    return transformer(graph, y, missing=missing)


def _both(graph: Graph, selector: Any, chosen: OutputSpec) -> OutputSpec:
    """RFE has its estimator's answers besides the columns."""
    spec = graph.convert(selector.estimator_, chosen.scores)
    methods = spec.methods or DEFAULT_METHODS[KINDS[spec.kind]][1]
    if spec.scores.dtype == U32:
        scores = graph.concat(probabilities(graph, spec))
        spec = spec.but(kind="shares", scores=scores, vote_total=0)
    tensors = [spec.scores, *spec.extras]
    start = sum(tensor.count for tensor in tensors)
    methods = {name: how for name, how in methods.items() if hasattr(selector, name)}
    methods["transform"] = f"scores[{start}:{start + chosen.scores.count}]|columns"
    return spec.but(
        methods=methods,
        extras=(*spec.extras, chosen.scores),
        missing=spec.missing and chosen.missing,
    )


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted selector that reads x."""
    chosen = select(graph, estimator, x)
    predicts = hasattr(type(estimator), "predict")
    return _both(graph, estimator, chosen) if predicts else chosen
