# SPDX-License-Identifier: MIT
"""Nodes of ONNX graphs that read rows of numbers: scalers, linear models and others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import classifier
from emlrt.convert.ir.steps import Origin, Tensor, floats
from emlrt.convert.numeric.payloads import relu_payload
from emlrt.convert.numeric.tables import imputed
from emlrt.convert.onnx.graph import Node
from emlrt.convert.onnx.values import (
    PROBA,
    Rows,
    Value,
    chosen,
    labels_of,
    many_scores,
    one_score,
    transform_of,
)
from emlrt.convert.trees.ensemble import Floats, Ints
from emlrt.thresholds import down32

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
#: Those whose bits are ONNX's.
_EXACT = ("Abs", "Relu")
#: Ops beside them that may read numbers of one dimension.
FLAT = ("Add", "Sub", "Mul", "Div", "Sum", "Neg", "Reshape", "Flatten", "Cast")


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
    if value.flat and node.op not in (*FLAT, *EACH):
        raise node.unsupported(
            "reads numbers of one dimension; Reshape them to (-1, 1)"
        )
    return value


def floats_of(node: Node, value: Any) -> Rows:
    """The same, of floats: ONNX computes with integers otherwise.

    Raises
    ------
    UnsupportedModelError
        If they are integers.
    """
    x = rows_of(node, value)
    if x.kind not in ("float", "double"):
        raise node.unsupported(
            f"computes with numbers of type {x.kind}; put a Cast to float before it"
        )
    return x


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


#: What a node makes of numbers in its own type, element by element.
_Change = Callable[[Ints, NDArray[Any]], NDArray[Any]]


def _typed(x: Rows) -> type[np.floating[Any]]:
    """The type in which ONNX Runtime computes with rows."""
    return np.float64 if x.kind == "double" else np.float32


def _follow(graph: Graph, x: Rows, y: Tensor, change: _Change) -> None:
    """Says what y is of x, for trees behind it; change: of x, never falling."""
    dtype = _typed(x)

    def function(at: Ints, values: Floats) -> Floats:
        given = values if x.wide else values.astype(np.float32)
        return change(at, given.astype(dtype)).astype(np.float64)

    graph.origins[y.buffer] = Origin(x.tensor, np.arange(y.count), function)


def _moved(graph: Graph, x: Rows, shift: Floats, scale: Floats, offset: Floats) -> Rows:
    """(x - shift) * scale + offset, in the type of x."""
    y = graph.affine(x.tensor, shift=shift, scale=scale, offset=offset)
    parts = [part.astype(_typed(x)) for part in (shift, scale, offset)]

    def change(at: Ints, values: NDArray[Any]) -> NDArray[Any]:
        moved: NDArray[Any] = (values - parts[0][at]) * parts[1][at]
        return moved + parts[2][at]

    if (parts[1] > 0).all():
        _follow(graph, x, y, change)
    exact = x.exact and x.kind != "double"
    return replace(x, tensor=y, narrow=False, exact=exact, computed=True, choice=None)


def _divided(graph: Graph, x: Rows, number: Floats) -> Rows:
    """x / number, in the type of x."""
    y = graph.affine(x.tensor, scale=1 / number)
    typed = number.astype(_typed(x))
    if (number > 0).all():
        _follow(graph, x, y, lambda at, values: values / typed[at])
    exact = x.exact and x.kind != "double" and bool((np.frexp(number)[0] == 0.5).all())
    return replace(x, tensor=y, narrow=False, exact=exact, computed=True, choice=None)


def scaler(graph: Graph, node: Node, x: Rows) -> list[Value]:
    n = x.tensor.count
    shift, scale = (
        _full(node, _finite(node, node.floats(name), name), n, name)
        for name in ("offset", "scale")
    )
    y = _moved(graph, x, shift, scale, np.zeros(n))
    return [replace(y, kind="float")]


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
    if "imputed_value_int64s" in node or x.kind != "float":
        raise node.unsupported("imputed_value_int64s is not supported; use floats")
    mark = node.number("replaced_value_float", 0.0)
    n, tensor = x.tensor.count, graph.floats(x.tensor)
    values = node.floats("imputed_value_floats")
    fill = _full(node, _finite(node, values, "imputed_value_floats"), n, "floats")
    y = imputed(graph, tensor, mark, fill)

    def function(at: Ints, given: Floats) -> Floats:
        return np.where(np.isnan(given), fill[at], given)

    graph.origins.pop(y.buffer, None)
    if not np.isnan(mark):
        return [replace(x, tensor=y, choice=None)]
    graph.origins[y.buffer] = Origin(tensor, np.arange(n), function)
    graph.filled.add(y.buffer)
    return [replace(x, tensor=y, missing=True, choice=None)]


def binarizer(graph: Graph, node: Node, x: Rows) -> list[Value]:
    threshold = np.full(x.tensor.count, node.number("threshold", 0.0))
    payload = floats(down32(threshold), "threshold")
    y = graph.stage("STEP", graph.floats(x.tensor), threshold.size, payload)
    return [Rows(y, x.missing, exact=x.exact)]


def _linear(graph: Graph, node: Node, x: Rows, n: int) -> tuple[Tensor, Floats, Floats]:
    """X @ coefficients + intercepts, and both of these."""
    if not 1 <= n <= OUTPUTS_MAX:
        raise node.unsupported(f"{n} outputs; supported are 1 to {OUTPUTS_MAX}")
    weights = _finite(node, node.floats("coefficients", n * x.tensor.count), "it")
    weights = weights.reshape(n, -1)
    biases = _finite(node, node.floats("intercepts"), "intercepts")
    biases = _full(node, biases, n, "intercepts") if biases.size else np.zeros(n)
    return graph.dense(x.tensor, weights, biases), weights, biases


def linear_regressor(graph: Graph, node: Node, x: Rows) -> list[Value]:
    y, _, _ = _linear(graph, node, x, node.integer("targets", 1))
    transform = transform_of(node)
    if transform != "NONE" and y.count > 1:  # ONNX Runtime leaves it out for one number
        y = graph.stage(transform, y, y.count)
    return [Rows(y, x.missing, exact=False)]


def linear_classifier(graph: Graph, node: Node, x: Rows) -> list[Value]:
    classes = labels_of(node, "classlabels_ints", "classlabels_strings")
    transform, n = transform_of(node), classes.size
    if node.floats("coefficients").size == x.tensor.count and n == 2:
        n = 1
    y, weights, biases = _linear(graph, node, x, n)
    opposite = n == 2 and (weights[0] == -weights[1]).all() and biases[0] == -biases[1]
    if opposite:
        y = graph.dense(x.tensor, weights[1:], biases[1:])
    if n == 1 and transform == "SOFTMAX":
        raise node.unsupported("post_transform='SOFTMAX' of one score")
    some = one_score if n == 1 or opposite else many_scores
    spec = some(graph, y, classes, transform, x.missing)
    return chosen(spec, sides=((-1.0, 1.0 if n == 1 else 0.0), (1.0, 0.0)))


def each(graph: Graph, node: Node, x: Rows) -> list[Value]:
    x = floats_of(node, x)
    tensor = graph.floats(x.tensor)
    payload = relu_payload(0.0, None, 0.0) if node.op == "Relu" else b""
    y = graph.stage(EACH[node.op], tensor, tensor.count, payload)
    exact = x.exact and node.op in _EXACT
    return [replace(x, tensor=y, exact=exact, computed=True, choice=None)]


def neg(graph: Graph, node: Node, x: Rows) -> list[Value]:
    y = graph.affine(floats_of(node, x).tensor, scale=-1.0)
    return [replace(x, tensor=y, computed=True, choice=None)]


def check_axis(node: Node, default: int) -> None:
    if node.integer("axis", default) not in (1, -1):
        raise node.unsupported("axis is not supported; only 1 is")


def softmax(graph: Graph, node: Node, x: Rows) -> list[Value]:
    check_axis(node, -1)
    tensor = graph.floats(x.tensor)
    if tensor.count < 2:
        raise node.unsupported("of one number is always 1")
    classes: Any = np.arange(tensor.count)
    spec = classifier("logits", tensor, classes, methods=PROBA, missing=x.missing)
    return chosen(spec)[1:]


# What reads numbers and constants


def _wide(graph: Graph, x: Rows, n: int) -> Rows:
    """Rows of one number as rows of n, as ONNX broadcasts them."""
    if x.tensor.count == n or x.tensor.count != 1:
        return x
    return replace(x, tensor=graph.gather(x.tensor, np.zeros(n, np.int64)), choice=None)


def _sum(graph: Graph, node: Node, rows: list[Rows]) -> list[Value]:
    """Add and Sum of rows."""
    n = max(r.tensor.count for r in rows)
    if len({r.flat for r in rows}) > 1:
        raise node.unsupported("adds numbers of one dimension to rows")
    rows = [_wide(graph, floats_of(node, r), n) for r in rows]
    if len({r.tensor.count for r in rows}) != 1:
        raise node.unsupported("adds rows of different lengths")
    tensors = [graph.floats(r.tensor) for r in rows]
    y = graph.mix(tensors, np.ones(len(tensors)))
    exact = len(rows) <= 2 and all(r.exact and not r.wide for r in rows)
    missing = all(r.missing for r in rows)
    return [
        Rows(y, missing, rows[0].kind, exact=exact, computed=True, flat=rows[0].flat)
    ]


def _constant(node: Node, value: Any, x: Rows) -> Floats:
    """Numbers to compute with: one for each element of a row, or one for all."""
    given = _finite(node, constant(node, value), "its constant")
    most = 0 if x.flat else 2
    if given.size > 1 or given.ndim > 1:
        last = given.shape[-1] if given.ndim else 1
        if given.ndim > most or last != given.size:
            raise node.unsupported(f"has a constant of shape {given.shape}")
    return given


def arithmetic(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    """Add, Sub, Mul and Div with a constant, and sums of rows."""
    rows = [value for value in values if isinstance(value, Rows)]
    if node.op in ("Add", "Sum") and len(rows) == len(values):
        return _sum(graph, node, rows)
    first = len(values) == 2 and isinstance(values[0], Rows)
    if len(values) != 2 or (node.op == "Div" and not first):
        raise node.unsupported("is supported for a row and a constant only")
    x = floats_of(node, values[0] if first else values[1])
    given = _constant(node, values[1] if first else values[0], x)
    if given.size > OUTPUTS_MAX:
        raise node.unsupported(f"has a constant of {given.size} numbers; too many")
    x = _wide(graph, x, given.size)
    number = _full(node, given, x.tensor.count, "its constant")
    none, one = np.zeros(x.tensor.count), np.ones(x.tensor.count)
    if node.op in ("Add", "Sum"):
        return [_moved(graph, x, none, one, number)]
    if node.op == "Mul":
        return [_moved(graph, x, none, number, none)]
    if node.op == "Sub" and first:
        return [_moved(graph, x, number, one, none)]
    if node.op == "Sub":
        return [_moved(graph, x, none, -one, number)]
    if (number == 0).any():
        raise node.unsupported("divides by 0")
    return [_divided(graph, x, number)]


def matmul(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    """MatMul and Gemm with constant matrices."""
    x, matrix = floats_of(node, values[0]), constant(node, values[1])
    weights = _finite(node, matrix, "a matrix")
    if weights.ndim != 2 or node.integer("transA", 0):
        raise node.unsupported("is supported with a matrix on the right only")
    weights = weights if node.integer("transB", 0) else weights.T
    if weights.shape[1] != x.tensor.count or not 1 <= len(weights) <= OUTPUTS_MAX:
        raise node.wrong(f"has a matrix of shape {matrix.shape} for {x.tensor.count}")
    biases = np.zeros(len(weights))
    if len(values) > 2:
        given = _constant(node, values[2], x)
        biases = _full(node, given, biases.size, "C") * node.number("beta", 1.0)
    weights = weights * node.number("alpha", 1.0)
    y = graph.dense(x.tensor, weights, biases)
    return [Rows(y, x.missing, x.kind, exact=False, computed=True)]


def _joined(node: Node, rows: list[Rows]) -> Rows:
    """The properties that concatenated rows share; the tensor is not theirs."""
    kinds = {r.kind for r in rows}
    if node.op == "FeatureVectorizer":
        sizes, found = node.ints("inputdimensions"), [r.tensor.count for r in rows]
        if sizes.size and sizes.tolist() != found:
            raise node.unsupported(f"inputdimensions are others than {found}")
        kinds = {"float"}
    if len(kinds) > 1:
        raise node.unsupported(f"joins numbers of types {', '.join(sorted(kinds))}")
    return Rows(
        rows[0].tensor,
        all(r.missing for r in rows),
        kinds.pop(),
        all(r.narrow for r in rows),
        all(r.exact for r in rows),
        any(r.computed for r in rows),
    )


def concat(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    if node.op == "Concat":
        check_axis(node, 1)
    rows = [rows_of(node, value) for value in values]
    joined = _joined(node, rows)
    first = rows[0].tensor
    stops = np.cumsum([r.tensor.count for r in rows]).tolist()
    starts = [
        first.start + stop - r.tensor.count for r, stop in zip(rows, stops, strict=True)
    ]
    same = all(
        r.tensor.buffer is first.buffer and r.tensor.start == start
        for r, start in zip(rows, starts, strict=True)
    )
    if same:  # parts of one vector, as they lie
        return [replace(joined, tensor=Tensor(first.buffer, first.start, stops[-1]))]
    if stops[-1] > OUTPUTS_MAX:
        raise node.unsupported(f"gives {stops[-1]} numbers; too many")
    tensor = graph.concat([graph.floats(r.tensor) for r in rows])
    return [replace(joined, tensor=tensor)]


def indices(node: Node, value: Any, n: int) -> Ints:
    found = constant(node, value).ravel()
    if found.dtype.kind not in "iu" or not found.size:
        raise node.unsupported("has indices that are no integers")
    if ((found < 0) | (found >= n)).any():
        raise node.wrong(f"has an index beyond {n} numbers")
    return found.astype(np.int64)
