# SPDX-License-Identifier: MIT
"""Pipelines, unions and transformers of columns: estimators made of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.convert.ir import given
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformed, transformer
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.sklearn.feature_selection import select
from emlrt.errors import UnsupportedModelError


def _passes(step: Any) -> bool:
    return step is None or (isinstance(step, str) and step == "passthrough")


def _filled(graph: Graph, x: Tensor) -> bool:
    """Whether x never holds NaN, whatever the inputs are."""
    return x.buffer in graph.filled


def _through(graph: Graph, step: Any, x: Tensor) -> tuple[Tensor, bool]:
    """What a step makes of x, and whether it accepts what NaN inputs make of x."""
    if _passes(step):
        return graph.floats(x), True
    if hasattr(step, "get_support"):  # RFE predicts too, which nobody needs here
        spec = select(graph, step, x)
    else:
        spec = graph.convert(step, x)
    y = transformed(graph, spec)
    given.note(graph, step, x, y)
    if _filled(graph, x):
        graph.filled.add(y.buffer)
    return y, spec.missing or _filled(graph, x)


def _pipeline(graph: Graph, pipeline: Any, x: Tensor) -> OutputSpec:
    """The final estimator's OutputSpec, which reads what the steps before make of x."""
    missing = True
    *steps, (_, last) = pipeline.steps
    for _, step in steps:
        if not _passes(step):
            x, accepts = _through(graph, step, x)
            missing = missing and accepts
    if _passes(last):
        return transformer(graph, x, missing=missing, filled=_filled(graph, x))
    spec = graph.convert(last, x)
    if _filled(graph, x):
        graph.filled.add(spec.scores.buffer)
    accepts = spec.missing or _filled(graph, x)
    methods = {
        name: how for name, how in spec.methods.items() if hasattr(pipeline, name)
    }
    return spec.but(missing=missing and accepts, methods=methods)


def _weighted(graph: Graph, y: Tensor, weight: float | None) -> Tensor:
    return y if weight is None else graph.affine(y, scale=weight)


def _joined(
    graph: Graph, x: Tensor, parts: list[tuple[Any, Tensor, Any]]
) -> OutputSpec:
    """Transformers side by side: each with what it reads, and its weight."""
    tensors, missing, filled = [], True, True
    for step, source, weight in parts:
        y, accepts = _through(graph, step, source)
        missing = missing and accepts
        filled = filled and _filled(graph, y)
        tensors.append(_weighted(graph, y, weight))
    if not tensors:
        raise UnsupportedModelError("the transformer gives no columns")
    return transformer(graph, graph.concat(tensors), missing=missing, filled=filled)


def _union(graph: Graph, union: Any, x: Tensor) -> OutputSpec:
    weights = union.transformer_weights or {}
    parts = [
        (step, x, weights.get(name))
        for name, step in union.transformer_list
        if not (isinstance(step, str) and step == "drop")
    ]
    return _joined(graph, x, parts)


def _columns(graph: Graph, transform: Any, x: Tensor) -> OutputSpec:
    """The columns of each part were resolved when it was fitted."""
    weights = transform.transformer_weights or {}
    parts = []
    for name, step, _ in transform.transformers_:
        indices = np.asarray(transform._transformer_to_input_indices[name], np.int64)
        if indices.size == 0 or (isinstance(step, str) and step == "drop"):
            continue
        whole = indices.size == x.count and (indices == np.arange(x.count)).all()
        source = x if whole else graph.gather(x, indices)
        if not whole and _filled(graph, x):
            graph.filled.add(source.buffer)
        parts.append((step, source, weights.get(name)))
    return _joined(graph, x, parts)


_CONVERTERS = {
    "Pipeline": _pipeline,
    "FeatureUnion": _union,
    "ColumnTransformer": _columns,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted Pipeline, FeatureUnion or ColumnTransformer that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
