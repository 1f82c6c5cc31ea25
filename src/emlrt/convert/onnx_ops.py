# SPDX-License-Identifier: MIT
"""Nodes of ONNX graphs as stages, but for trees and support vector machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert import onnx_svm, onnx_trees
from emlrt.convert.answer import classifier
from emlrt.convert.ensemble import Floats, Ints
from emlrt.convert.graph import Graph, Origin, Wire, floats
from emlrt.convert.onnx_graph import ML, Node
from emlrt.convert.onnx_values import (
    DECIDES,
    PROBA,
    Decision,
    Labels,
    Rows,
    Scores,
    Value,
    chosen,
    labels_of,
    many_scores,
    normalized_scores,
    one_score,
    transform_of,
)
from emlrt.convert.tables import numbers, up32

#: ONNX's codes of float types, of integer types, and of texts.
_FLOATS, _INTS, _TEXT = (1, 11), (6, 7), 8
_OUTPUTS_MAX = 0xFFFF
#: Ops on each number by itself.
_EACH = {
    "Relu": "RELU",
    "Sigmoid": "LOGISTIC",
    "Tanh": "TANH",
    "Exp": "EXP",
    "Abs": "ABS",
    "Sqrt": "SQRT",
    "Log": "LOG",
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


def _constant(node: Node, value: Any) -> NDArray[Any]:
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


# What reads numbers


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


def _scaler(graph: Graph, node: Node, x: Rows) -> list[Value]:
    n = x.wire.count
    shift, scale = (
        _full(node, _finite(node, node.floats(name), name), n, name)
        for name in ("offset", "scale")
    )
    return [_moved(graph, x, shift, scale, np.zeros(n))]


def _norm(node: Node) -> bytes:
    """The payload of a NORMALIZE stage."""
    norm = node.text("norm", "MAX")
    codes = {"L1": lib.EMLRT_NORM_L1, "L2": lib.EMLRT_NORM_L2}
    if norm not in codes:
        raise node.unsupported(
            f"norm={norm!r} is not supported, for runtimes do not agree about the signs"
            " of numbers; 'L1' and 'L2' are"
        )
    return np.array([codes[norm], 0], "<u2").tobytes()


def _normalizer(graph: Graph, node: Node, x: Rows | Scores) -> list[Value]:
    if isinstance(x, Scores):
        if node.text("norm", "MAX") != "L1" or "predict_proba" not in x.answer.methods:
            raise node.unsupported("of scores, only norm='L1' is supported")
        return [normalized_scores(graph, x, _norm(node))]
    wire = graph.floats(rows_of(node, x).wire)
    return [Rows(graph.stage("NORMALIZE", wire, wire.count, _norm(node)), x.missing)]


def _imputer(graph: Graph, node: Node, x: Rows) -> list[Value]:
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


def _binarizer(graph: Graph, node: Node, x: Rows) -> list[Value]:
    threshold = np.full(x.wire.count, node.number("threshold", 0.0))
    payload = floats(-up32(-threshold), "threshold")
    return [Rows(graph.stage("STEP", graph.floats(x.wire), threshold.size, payload))]


def _linear(graph: Graph, node: Node, x: Rows, n: int) -> tuple[Wire, Floats, Floats]:
    """X @ coefficients + intercepts, and both of these."""
    if not 1 <= n <= _OUTPUTS_MAX:
        raise node.unsupported(f"{n} outputs; supported are 1 to {_OUTPUTS_MAX}")
    weights = _finite(node, node.floats("coefficients", n * x.wire.count), "it")
    weights = weights.reshape(n, -1)
    biases = _finite(node, node.floats("intercepts"), "intercepts")
    biases = _full(node, biases, n, "intercepts") if biases.size else np.zeros(n)
    return graph.dense(x.wire, weights, biases), weights, biases


def _linear_regressor(graph: Graph, node: Node, x: Rows) -> list[Value]:
    y, _, _ = _linear(graph, node, x, node.integer("targets", 1))
    transform = transform_of(node)
    if transform != "NONE":
        y = graph.stage(transform, y, y.count)
    return [Rows(y, x.missing)]


def _linear_classifier(graph: Graph, node: Node, x: Rows) -> list[Value]:
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


def _each(graph: Graph, node: Node, x: Rows) -> list[Value]:
    wire = graph.floats(x.wire)
    return [Rows(graph.stage(_EACH[node.op], wire, wire.count), x.missing)]


def _neg(graph: Graph, node: Node, x: Rows) -> list[Value]:
    return [Rows(graph.affine(x.wire, scale=-1.0), x.missing)]


def _axis(node: Node, default: int) -> None:
    if node.integer("axis", default) not in (1, -1):
        raise node.unsupported("axis is not supported; only 1 is")


def _softmax(graph: Graph, node: Node, x: Rows) -> list[Value]:
    _axis(node, -1)
    wire = graph.floats(x.wire)
    if wire.count < 2:
        raise node.unsupported("of one number is always 1")
    classes: Any = np.arange(wire.count)
    answer = classifier("logits", wire, classes, methods=PROBA, missing=x.missing)
    return chosen(answer)[1:]


# What reads numbers and constants


def _arithmetic(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
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
    given = _finite(node, _constant(node, values[1] if first else values[0]), "it")
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


def _matmul(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    """MatMul and Gemm with constant matrices."""
    x, matrix = rows_of(node, values[0]), _constant(node, values[1])
    weights = _finite(node, matrix, "a matrix")
    if weights.ndim != 2 or node.integer("transA", 0):
        raise node.unsupported("is supported with a matrix on the right only")
    weights = weights if node.integer("transB", 0) else weights.T
    if weights.shape[1] != x.wire.count or not 1 <= len(weights) <= _OUTPUTS_MAX:
        raise node.wrong(f"has a matrix of shape {matrix.shape} for {x.wire.count}")
    biases = np.zeros(len(weights))
    if len(values) > 2:
        given = _finite(node, _constant(node, values[2]), "a constant")
        biases = _full(node, given, biases.size, "C") * node.number("beta", 1.0)
    weights = weights * node.number("alpha", 1.0)
    return [Rows(graph.dense(x.wire, weights, biases), x.missing)]


def _concat(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    if node.op == "Concat":
        _axis(node, 1)
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
    if stops[-1] > _OUTPUTS_MAX:
        raise node.unsupported(f"gives {stops[-1]} numbers; too many")
    return [Rows(graph.concat([graph.floats(r.wire) for r in rows]), missing)]


def _indices(node: Node, value: Any, n: int) -> Ints:
    found = _constant(node, value).ravel()
    if found.dtype.kind not in "iu" or not found.size:
        raise node.unsupported("has indices that are no integers")
    if ((found < 0) | (found >= n)).any():
        raise node.wrong(f"has an index beyond {n} numbers")
    return found.astype(np.int64)


def _extractor(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    """Chosen columns; of two classes' scores, those of the second one; or labels by
    their numbers."""
    data, at = values
    if isinstance(data, np.ndarray):
        if not isinstance(at, Labels):
            raise node.unsupported("chooses from a constant by what is no label")
        names = data.ravel()
        places = _indices(node, at.classes, names.size)
        return [replace(at, answer=at.answer.but(classes=[names[places]]))]
    if isinstance(data, Scores):
        if len(data.answer.classes[0]) != 2 or _indices(node, at, 2).tolist() != [1]:
            raise node.unsupported("chooses scores, which is supported for [1] of two")
        return [data]
    x = rows_of(node, data)
    chosen_ = _indices(node, at, x.wire.count)
    if chosen_.size > _OUTPUTS_MAX:
        raise node.unsupported("chooses too many numbers")
    return [Rows(graph.gather(x.wire, chosen_), x.missing)]


# What changes nothing, or says which number is the largest


def _cast(node: Node, value: Any) -> list[Value]:
    to = node.integer("to", 1)
    fits = to in _FLOATS
    if isinstance(value, Labels):
        is_text = value.classes.dtype.kind in "UO"
        fits = to == _TEXT if is_text else to in (*_FLOATS, *_INTS)
        if not is_text and to in _INTS and value.classes.dtype.kind == "f":
            whole = value.classes.astype(np.int64)
            return [replace(value, answer=value.answer.but(classes=[whole]))]
    if not fits:
        raise node.unsupported(f"to={to} is not supported here")
    return [value]


def _same(node: Node, value: Any) -> list[Value]:
    return [value]


def _reshape(node: Node, values: Sequence[Any]) -> list[Value]:
    """Shapes that keep rows what they are."""
    n = values[0].wire.count if isinstance(values[0], Rows) else 1
    shape = _constant(node, values[1]).ravel().tolist()
    if isinstance(values[0], Scores):
        n = len(values[0].answer.classes[0])
    if shape not in ([-1, n], [0, n], [0, -1]) and (n != 1 or shape != [-1]):
        raise node.unsupported(f"shape {shape} is not supported; rows stay rows")
    return [values[0]]


def _flatten(node: Node, value: Any) -> list[Value]:
    _axis(node, 1)
    return [value]


def _zip_map(node: Node, value: Any) -> list[Value]:
    """A dictionary of scores, which stay in the order of labels."""
    if isinstance(value, Rows):
        return [value]
    if not isinstance(value, Scores):
        raise node.unsupported("names what are no scores")
    labels = labels_of(node, "classlabels_int64s", "classlabels_strings")
    if len(labels) != len(value.answer.classes[0]):
        raise node.wrong(f"has {len(labels)} labels for other scores")
    return [value]


def _arg_max(node: Node, value: Any) -> list[Value]:
    _axis(node, 0)
    if node.integer("select_last_index", 0):
        raise node.unsupported("select_last_index=1 is not supported")
    if isinstance(value, Scores) and value.answer.kind != "inliers":
        n = len(value.answer.classes[0])
        answer = value.answer.but(classes=[np.arange(n)])
        return [Labels(answer, value.decision)]
    x = rows_of(node, value)
    if x.wire.count < 2:
        raise node.unsupported("of one number is always 0")
    classes: Any = np.arange(x.wire.count)
    answer = classifier("margins", x.wire, classes, methods=DECIDES, missing=x.missing)
    return [Labels(answer, Decision())]


_OfRows = Callable[[Graph, Node, Rows], list[Value]]
#: Nodes that read one row of numbers.
_ROWS: dict[tuple[str, str], _OfRows] = {
    (ML, "TreeEnsembleClassifier"): onnx_trees.tree_classifier,
    (ML, "TreeEnsembleRegressor"): onnx_trees.regressor,
    (ML, "TreeEnsemble"): onnx_trees.ensemble,
    (ML, "LinearClassifier"): _linear_classifier,
    (ML, "LinearRegressor"): _linear_regressor,
    (ML, "SVMClassifier"): onnx_svm.svm_classifier,
    (ML, "SVMRegressor"): onnx_svm.regressor,
    (ML, "Scaler"): _scaler,
    (ML, "Imputer"): _imputer,
    (ML, "Binarizer"): _binarizer,
    ("", "Neg"): _neg,
    ("", "Softmax"): _softmax,
    **{("", op): _each for op in _EACH},
}
#: Nodes that read several values.
_MANY: dict[tuple[str, str], Callable[[Graph, Node, Sequence[Any]], list[Value]]] = {
    **{("", op): _arithmetic for op in ("Add", "Sub", "Mul", "Div", "Sum")},
    ("", "MatMul"): _matmul,
    ("", "Gemm"): _matmul,
    ("", "Concat"): _concat,
    (ML, "FeatureVectorizer"): _concat,
    (ML, "ArrayFeatureExtractor"): _extractor,
    ("", "Reshape"): lambda graph, node, values: _reshape(node, values),
}
#: Nodes that hand on what they read.
_ONE: dict[tuple[str, str], Callable[[Node, Any], list[Value]]] = {
    ("", "Identity"): _same,
    ("", "Dropout"): _same,
    ("", "Cast"): _cast,
    ("", "Flatten"): _flatten,
    ("", "ArgMax"): _arg_max,
    (ML, "ZipMap"): _zip_map,
}
_READS = {"MatMul": (2, 2), "Gemm": (2, 3), "ArrayFeatureExtractor": (2, 2)}
_READS["Reshape"] = (2, 2)


def _ones(node: Node, values: Sequence[Any]) -> bool:
    """Whether a node multiplies scores by 1."""
    if node.op != "Mul" or len(values) != 2 or not isinstance(values[0], Scores):
        return False
    return isinstance(values[1], np.ndarray) and bool((values[1] == 1).all())


def apply(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    """What a node gives of what it reads: as many values as it has outputs, at most.

    Raises
    ------
    UnsupportedModelError
        If there is no faithful form of it.
    FormatError
        If it is damaged.
    """
    key = (node.domain, node.op)
    if key not in _ROWS | _MANY | _ONE and key not in (
        (ML, "Normalizer"),
        ("", "Less"),
    ):
        known = sorted({op for _, op in (*_ROWS, *_MANY, *_ONE)} | {"Normalizer"})
        raise node.unsupported(
            f"{node.domain or 'ai.onnx'}.{node.op} is not supported; supported are"
            f" {', '.join(known)}"
        )
    least, most = _READS.get(node.op, (1, 1 if key not in _MANY else len(values)))
    if not least <= len(values) <= most and key != ("", "Less"):
        raise node.wrong(f"reads {len(values)} values")
    return _applied(graph, node, key, values)


def _applied(
    graph: Graph, node: Node, key: tuple[str, str], values: Sequence[Any]
) -> list[Value]:
    if _ones(node, values):
        return [values[0]]
    of_pairs = onnx_svm.glue(graph, node, list(values)) if values else None
    if of_pairs is not None:
        return [of_pairs]
    if key in _MANY:
        return _MANY[key](graph, node, values)
    if key in _ONE:
        return _ONE[key](node, values[0])
    if key == (ML, "Normalizer"):
        return _normalizer(graph, node, values[0])
    if key not in _ROWS:
        raise node.unsupported("is supported for scores of pairs only")
    return _ROWS[key](graph, node, rows_of(node, values[0]))
