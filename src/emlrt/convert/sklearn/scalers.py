# SPDX-License-Identifier: MIT
"""Scalers and other transformers that work on each number by itself.

The formulas, and the ops of their stages:

    StandardScaler, RobustScaler, MaxAbsScaler   (x - centre) / scale_; by AFFINE
    MinMaxScaler    x scale_ + min_, as (x - data_min_) scale_ + the range's lower end;
                    by AFFINE; with clip, by CLIP behind it
    Normalizer      x / norm(x); by NORMALIZE
    Binarizer       1 where x is above threshold, else 0; by STEP
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Origin, Tensor, floats
from emlrt.convert.numeric.tables import Floats
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.convert.trees.fold_scalers import borders
from emlrt.convert.trees.forest import Ints
from emlrt.native import constants
from emlrt.thresholds import near32


def _full(value: Any, n: int, default: float) -> Floats:
    """A fitted parameter (n,), or its default where it is None."""
    chosen = default if value is None else value
    return np.broadcast_to(np.asarray(chosen, np.float64), (n,))


def step(values: NDArray[Any], other: Floats, operation: Any) -> NDArray[Any]:
    """The result of numpy's operation in place, in the dtype of values."""
    found: NDArray[Any] = operation(values, other).astype(values.dtype)
    return found


def _divided(
    graph: Graph, x: Tensor, centre: Any, scale: Any, cast: bool = False
) -> OutputSpec:
    """(x - centre) / scale, either of which may be None. cast: whether scikit-learn
    makes their numbers float32 where x is."""
    n = x.count
    shift, divisor = _full(centre, n, 0.0), _full(scale, n, 1.0)
    with np.errstate(divide="ignore", over="ignore"):
        y = graph.affine(x, shift=shift, scale=1 / divisor)

    def function(at: Ints, values: NDArray[Any]) -> NDArray[Any]:
        by, off = divisor[at], shift[at]
        if cast:
            by, off = by.astype(values.dtype), off.astype(values.dtype)
        moved = values if centre is None else step(values, off, np.subtract)
        return moved if scale is None else step(moved, by, np.divide)

    return _scaled(graph, x, y, bool((divisor > 0).all()), function)


def _scaled(
    graph: Graph, x: Tensor, y: Tensor, rising: bool, function: Any
) -> OutputSpec:
    if rising:
        graph.origins[y.buffer] = Origin(x, np.arange(x.count), function)
    return transformer(graph, y, missing=True)


def _standard(graph: Graph, scaler: Any, x: Tensor) -> OutputSpec:
    return _divided(
        graph,
        x,
        scaler.mean_ if scaler.with_mean else None,
        scaler.scale_ if scaler.with_std else None,
        cast=True,
    )


def _robust(graph: Graph, scaler: Any, x: Tensor) -> OutputSpec:
    return _divided(
        graph,
        x,
        scaler.center_ if scaler.with_centering else None,
        scaler.scale_ if scaler.with_scaling else None,
    )


def _max_abs(graph: Graph, scaler: Any, x: Tensor) -> OutputSpec:
    if not getattr(scaler, "clip", False):  # which scikit-learn has since 1.8
        return _divided(graph, x, None, scaler.scale_)
    divisor = _full(scaler.scale_, x.count, 1.0)
    y = clip(graph, graph.affine(x, scale=1 / divisor), -1.0, 1.0)

    def function(at: Ints, values: Floats) -> Floats:
        return np.clip(values / divisor[at], -1.0, 1.0)

    return _scaled(graph, x, y, bool((divisor > 0).all()), function)


def _min_max(graph: Graph, scaler: Any, x: Tensor) -> OutputSpec:
    """x * scale + min, as (x - data_min) * scale + the range's lower end: the
    difference first, or a large data_min would cost the digits."""
    low, high = scaler.feature_range
    scale, offset = _full(scaler.scale_, x.count, 1), _full(scaler.min_, x.count, 0)
    y = graph.affine(x, shift=(low - offset) / scale, scale=scale, offset=low)
    if scaler.clip:
        y = clip(graph, y, low, high)

    def function(at: Ints, values: NDArray[Any]) -> NDArray[Any]:
        scaled = step(values, scale[at], np.multiply)
        scaled = step(scaled, offset[at], np.add)
        return np.clip(scaled, low, high) if scaler.clip else scaled

    return _scaled(graph, x, y, bool((scale > 0).all()), function)


def clip(graph: Graph, x: Tensor, low: float, high: float) -> Tensor:
    """x, limited to low and high."""
    return graph.stage("CLIP", graph.floats(x), x.count, floats([low, high]))


def _normalizer(graph: Graph, normalizer: Any, x: Tensor) -> OutputSpec:
    norm = constants("EMLRT_NORM_")[normalizer.norm.upper()]
    payload = np.array([norm, 0], "<u2").tobytes()
    return transformer(
        graph, graph.stage("NORMALIZE", graph.floats(x), x.count, payload)
    )


def steps(graph: Graph, x: Tensor, thresholds: Floats) -> Tensor:
    """1 where an element is above a number that scikit-learn makes a float32 of where
    rows are float32 arrays, else 0."""
    x, chosen, arrays = borders(graph, x, thresholds)
    every, near = np.arange(x.count), near32(thresholds)
    chosen = np.where(arrays, graph.numbers(x, every, near), chosen)
    for k, away in zip(graph.inputs_of(x), abs(near - thresholds), strict=True):
        if k in graph.rows.kinds:
            graph.rows.take(int(k), graph.rows.kinds[k], float(away))
    payload = floats(chosen, "threshold")
    return graph.stage("STEP", graph.floats(x), x.count, payload, coded=True)


def _binarizer(graph: Graph, binarizer: Any, x: Tensor) -> OutputSpec:
    threshold = _full(binarizer.threshold, x.count, 0)
    y = steps(graph, x, threshold)

    def function(at: Ints, values: NDArray[Any]) -> NDArray[Any]:
        return (values > threshold[at].astype(values.dtype)).astype(values.dtype)

    graph.origins[y.buffer] = Origin(x, np.arange(x.count), function)
    return transformer(graph, y)


_CONVERTERS = {
    "Normalizer": _normalizer,
    "Binarizer": _binarizer,
    "StandardScaler": _standard,
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": _max_abs,
    "RobustScaler": _robust,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted scaler of x."""
    return by_class(_CONVERTERS, graph, estimator, x)
