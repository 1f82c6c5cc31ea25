# SPDX-License-Identifier: MIT
"""Nodes of ONNX graphs that read rows of numbers: scalers, linear models and others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.answer import classifier
from emlrt.convert.ensemble import Floats, Ints
from emlrt.convert.graph import Graph, Origin, Wire, floats
from emlrt.convert.keras_maps import relu_payload
from emlrt.convert.onnx_graph import Node
from emlrt.convert.onnx_values import (
    PROBA,
    Rows,
    Value,
    chosen,
    labels_of,
    many_scores,
    one_score,
    transform_of,
)
from emlrt.convert.tables import numbers, up32

OUTPUTS_MAX = 0xFFFF
#: Ops on each number by itself.
EACH = {
    "Sigmoid": "LOGISTIC",
    "Tanh": "TANH",
    "Exp": "EXP",
    "Abs": "ABS",
    "Sqrt": "SQRT",
    "Log": "LOG",
    "Relu": "RELU",
}


def rows_of(node: Node, value: Any) -> Rows:
    """Numbers that a node reads.

    Raises
    ------
    UnsupportedModelError
        If they are something else.
    """
    if not isinstance(value, Rows):
        raise node.unsupported(
            "reads something else than numbers made of the input; supported are chains"
            " that end in one model, its label and its scores"
        )
    return value


def constant(node: Node, value: Any) -> NDArray[Any]:
    if not isinstance(value, np.ndarray):
        raise node.unsupported("reads what is no constant where only one is supported")
    return value


def _finite(node: Node, values: NDArray[Any], name: str) -> Floats:
    if values.dtype.kind not in "iuf":
        raise node.unsupported(f"{name} are no numbers")
    found: Floats = values.astype(np.float64)
    if not np.isfinite(found).all():
        raise node.wrong(f"{name} is NaN or infinite")
    return found


def _full(node: Node, values: Floats, n: int, name: str) -> Floats:
    """Numbers (n,) of a list that has one for each element, or one for all."""
    if values.size not in (1, n):
        raise node.wrong(f"{name} has {values.size} numbers for {n} elements")
    return np.broadcast_to(values.ravel(), (n,))


def _moved(graph: Graph, x: Rows, shift: Floats, scale: Floats, offset: Floats) -> Rows:
    """(x - shift) * scale + offset, by ONNX in float32."""
    y = graph.affine(x.wire, shift=shift, scale=scale, offset=offset)
    parts = [part.astype(np.float32) for part in (shift, scale, offset)]

    def function(at: Ints, values: Floats) -> Floats:
        moved = (values.astype(np.float32) - parts[0][at]) * parts[1][at]
        return (moved + parts[2][at]).astype(np.float64)

    if (parts[1] > 0).all():
        graph.origins[y.buffer] = Origin(x.wire, np.arange(y.count), function)
    return Rows(y, x.missing)


def scaler(graph: Graph, node: Node, x: Rows) -> list[Value]:
    n = x.wire.count
    shift, scale = (
        _full(node, _finite(node, node.floats(name), name), n, name)
        for name in ("offset", "scale")
    )
    return [_moved(graph, x, shift, scale, np.zeros(n))]


def norm_payload(node: Node) -> bytes:
    """The payload of a NORMALIZE stage."""
    norm = node.text("norm", "MAX")
    codes = {"L1": lib.EMLRT_NORM_L1, "L2": lib.EMLRT_NORM_L2}
    if norm not in codes:
        raise node.unsupported(
            f"norm={norm!r} is not supported, for runtimes do not agree about the signs"
            " of numbers; 'L1' and 'L2' are"
        )
    return np.array([codes[norm], 0], "<u2").tobytes()


def imputer(graph: Graph, node: Node, x: Rows) -> list[Value]:
    if "imputed_value_int64s" in node:
        raise node.unsupported("imputed_value_int64s is not supported; use floats")
    mark = node.number("replaced_value_float", 0.0)
    n, wire = x.wire.count, graph.floats(x.wire)
    values = node.floats("imputed_value_floats")
    fill = _full(node, _finite(node, values, "imputed_value_floats"), n, "floats")
    payload = numbers(mark, "replaced_value_float") + floats(fill, "a filled-in value")
    y = graph.stage("IMPUTE", wire, n, payload)

    def function(at: Ints, given: Floats) -> Floats:
        return np.where(np.isnan(given), fill[at], given)

    if not np.isnan(mark):
        return [Rows(y, x.missing)]
    graph.origins[y.buffer] = Origin(wire, np.arange(n), function)
    graph.filled.add(y.buffer)
    return [Rows(y, missing=True)]


def binarizer(graph: Graph, node: Node, x: Rows) -> list[Value]:
    threshold = np.full(x.wire.count, node.number("threshold", 0.0))
    payload = floats(-up32(-threshold), "threshold")
    y = graph.stage("STEP", graph.floats(x.wire), threshold.size, payload)
    return [Rows(y, x.missing)]


def _linear(graph: Graph, node: Node, x: Rows, n: int) -> tuple[Wire, Floats, Floats]:
    """X @ coefficients + intercepts, and both of these."""
    if not 1 <= n <= OUTPUTS_MAX:
        raise node.unsupported(f"{n} outputs; supported are 1 to {OUTPUTS_MAX}")
    weights = _finite(node, node.floats("coefficients", n * x.wire.count), "it")
    weights = weights.reshape(n, -1)
    biases = _finite(node, node.floats("intercepts"), "intercepts")
    biases = _full(node, biases, n, "intercepts") if biases.size else np.zeros(n)
    return graph.dense(x.wire, weights, biases), weights, biases


def linear_regressor(graph: Graph, node: Node, x: Rows) -> list[Value]:
    y, _, _ = _linear(graph, node, x, node.integer("targets", 1))
    transform = transform_of(node)
    if transform != "NONE":
        y = graph.stage(transform, y, y.count)
    return [Rows(y, x.missing)]


def linear_classifier(graph: Graph, node: Node, x: Rows) -> list[Value]:
    classes = labels_of(node, "classlabels_ints", "classlabels_strings")
    transform, n = transform_of(node), classes.size
    if node.floats("coefficients").size == x.wire.count and n == 2:
        n = 1
    y, weights, biases = _linear(graph, node, x, n)
    opposite = n == 2 and (weights[0] == -weights[1]).all() and biases[0] == -biases[1]
    if opposite:
        y = graph.dense(x.wire, weights[1:], biases[1:])
    if n == 1 and transform == "SOFTMAX":
        raise node.unsupported("post_transform='SOFTMAX' of one score")
    some = one_score if n == 1 or opposite else many_scores
    return chosen(some(graph, y, classes, transform, x.missing))


def each(graph: Graph, node: Node, x: Rows) -> list[Value]:
    wire = graph.floats(x.wire)
    payload = relu_payload(0.0, None, 0.0) if node.op == "Relu" else b""
    return [Rows(graph.stage(EACH[node.op], wire, wire.count, payload), x.missing)]


def neg(graph: Graph, node: Node, x: Rows) -> list[Value]:
    return [Rows(graph.affine(x.wire, scale=-1.0), x.missing)]


def check_axis(node: Node, default: int) -> None:
    if node.integer("axis", default) not in (1, -1):
        raise node.unsupported("axis is not supported; only 1 is")


def softmax(graph: Graph, node: Node, x: Rows) -> list[Value]:
    check_axis(node, -1)
    wire = graph.floats(x.wire)
    if wire.count < 2:
        raise node.unsupported("of one number is always 1")
    classes: Any = np.arange(wire.count)
    answer = classifier("logits", wire, classes, methods=PROBA, missing=x.missing)
    return chosen(answer)[1:]


# What reads numbers and constants


def arithmetic(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    """Add, Sub, Mul and Div with a constant, and sums of rows."""
    rows = [value for value in values if isinstance(value, Rows)]
    if node.op in ("Add", "Sum") and len(rows) == len(values):
        if len({r.wire.count for r in rows}) != 1:
            raise node.unsupported("adds rows of different lengths")
        wires = [graph.floats(r.wire) for r in rows]
        y = graph.mix(wires, np.ones(len(wires)))
        return [Rows(y, all(r.missing for r in rows))]
    first = len(values) == 2 and isinstance(values[0], Rows)
    if len(values) != 2 or node.op == "Sum" or (node.op == "Div" and not first):
        raise node.unsupported("is supported for a row and a constant only")
    x = rows_of(node, values[0] if first else values[1])
    given = _finite(node, constant(node, values[1] if first else values[0]), "it")
    if given.ndim > 1 and given.shape[-1] != given.size:
        raise node.unsupported(f"has a constant of shape {given.shape}")
    number = _full(node, given, x.wire.count, "its constant")
    none, one = np.zeros(x.wire.count), np.ones(x.wire.count)
    if node.op == "Add":
        return [_moved(graph, x, none, one, number)]
    if node.op == "Mul":
        return [_moved(graph, x, none, number, none)]
    if node.op == "Sub" and first:
        return [_moved(graph, x, number, one, none)]
    if node.op == "Sub":
        return [_moved(graph, x, none, -one, number)]
    if (number == 0).any():
        raise node.unsupported("divides by 0")
    return [Rows(graph.affine(x.wire, scale=1 / number), x.missing)]


def matmul(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    """MatMul and Gemm with constant matrices."""
    x, matrix = rows_of(node, values[0]), constant(node, values[1])
    weights = _finite(node, matrix, "a matrix")
    if weights.ndim != 2 or node.integer("transA", 0):
        raise node.unsupported("is supported with a matrix on the right only")
    weights = weights if node.integer("transB", 0) else weights.T
    if weights.shape[1] != x.wire.count or not 1 <= len(weights) <= OUTPUTS_MAX:
        raise node.wrong(f"has a matrix of shape {matrix.shape} for {x.wire.count}")
    biases = np.zeros(len(weights))
    if len(values) > 2:
        given = _finite(node, constant(node, values[2]), "a constant")
        biases = _full(node, given, biases.size, "C") * node.number("beta", 1.0)
    weights = weights * node.number("alpha", 1.0)
    return [Rows(graph.dense(x.wire, weights, biases), x.missing)]


def concat(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    if node.op == "Concat":
        check_axis(node, 1)
    rows = [rows_of(node, value) for value in values]
    missing = all(r.missing for r in rows)
    first = rows[0].wire
    stops = np.cumsum([r.wire.count for r in rows]).tolist()
    starts = [
        first.start + stop - r.wire.count for r, stop in zip(rows, stops, strict=True)
    ]
    same = all(
        r.wire.buffer is first.buffer and r.wire.start == start
        for r, start in zip(rows, starts, strict=True)
    )
    if same:  # parts of one vector, as they lie
        return [Rows(Wire(first.buffer, first.start, stops[-1]), missing)]
    if stops[-1] > OUTPUTS_MAX:
        raise node.unsupported(f"gives {stops[-1]} numbers; too many")
    return [Rows(graph.concat([graph.floats(r.wire) for r in rows]), missing)]


def indices(node: Node, value: Any, n: int) -> Ints:
    found = constant(node, value).ravel()
    if found.dtype.kind not in "iu" or not found.size:
        raise node.unsupported("has indices that are no integers")
    if ((found < 0) | (found >= n)).any():
        raise node.wrong(f"has an index beyond {n} numbers")
    return found.astype(np.int64)
