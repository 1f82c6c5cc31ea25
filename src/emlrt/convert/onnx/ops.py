# SPDX-License-Identifier: MIT
"""Nodes of ONNX graphs: the converter of each, and the nodes about labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import classifier
from emlrt.convert.onnx import pairwise, svm, trees, vector_nodes
from emlrt.convert.onnx.graph import KINDS, ML, Node
from emlrt.convert.onnx.values import (
    DECIDES,
    Decision,
    Labels,
    Rows,
    Scores,
    Value,
    columns_of,
    labels_of,
    normalized_scores,
)
from emlrt.convert.onnx.vector_nodes import (
    OUTPUTS_MAX,
    check_axis,
    constant,
    indices,
    norm_payload,
    rows_of,
)

#: ONNX's codes of float types, of integer types, and of texts.
_FLOATS, _INTS, _TEXT = (1, 11), (6, 7), 8


def _normalizer(graph: Graph, node: Node, x: Rows | Scores) -> list[Value]:
    if isinstance(x, Scores):
        if node.text("norm", "MAX") != "L1" or "predict_proba" not in x.spec.methods:
            raise node.unsupported("of scores, only norm='L1' is supported")
        return [normalized_scores(graph, x, norm_payload(node))]
    tensor = graph.floats(rows_of(node, x).tensor)
    y = graph.stage("NORMALIZE", tensor, tensor.count, norm_payload(node))
    return [Rows(y, x.missing, exact=False)]


def _extractor(graph: Graph, node: Node, values: Sequence[Any]) -> list[Value]:
    """Chosen columns, or labels by their numbers."""
    data, at = values
    if isinstance(data, np.ndarray):
        if not isinstance(at, Labels):
            raise node.unsupported("chooses from a constant by what is no label")
        names = data.ravel()
        places = indices(node, at.classes, names.size)
        return [replace(at, spec=at.spec.but(classes=[names[places]]))]
    choice = None
    if isinstance(data, Scores):
        tensor = columns_of(graph, data)
        x = Rows(tensor, data.spec.missing, exact=False)
        one = tensor.count == 2 and indices(node, at, 2).tolist() == [1]
        choice = data if one else None
    else:
        x = rows_of(node, data)
    chosen_ = indices(node, at, x.tensor.count)
    if chosen_.size > OUTPUTS_MAX:
        raise node.unsupported("chooses too many numbers")
    return [replace(x, tensor=graph.gather(x.tensor, chosen_), choice=choice)]


# What changes nothing, or says which number is the largest


def _cast_rows(node: Node, x: Rows, to: int) -> Rows:
    kind = KINDS[to]
    if kind == "double":
        narrow = x.narrow or x.kind == "float"
        return replace(x, kind=kind, narrow=narrow, choice=None)
    return replace(x, kind=kind, narrow=False)


def _cast(node: Node, value: Any) -> list[Value]:
    to = node.integer("to", 1)
    fits = to in _FLOATS
    if isinstance(value, np.ndarray) and fits and value.dtype.kind in "iuf":
        return [value.astype(np.float32 if KINDS[to] == "float" else np.float64)]
    if isinstance(value, Labels):
        is_text = value.classes.dtype.kind in "UO"
        fits = to == _TEXT if is_text else to in (*_FLOATS, *_INTS)
        if not is_text and to in _INTS and value.classes.dtype.kind == "f":
            whole = value.classes.astype(np.int64)
            return [replace(value, spec=value.spec.but(classes=[whole]))]
    if not fits or isinstance(value, np.ndarray):
        raise node.unsupported(f"to={to} is not supported here")
    return [_cast_rows(node, value, to) if isinstance(value, Rows) else value]


def _same(node: Node, value: Any) -> list[Value]:
    return [value]


def _count(value: Any) -> int:
    """Numbers of a row."""
    if isinstance(value, Rows):
        return value.tensor.count
    if not isinstance(value, Scores):
        return 1
    return len(value.spec.classes[0]) if value.pairs is None else value.pairs.count


def _reshape(node: Node, values: Sequence[Any]) -> list[Value]:
    """Shapes that leave each row as it is."""
    value, n = values[0], _count(values[0])
    shape = constant(node, values[1]).ravel().tolist()
    if isinstance(value, np.ndarray):
        raise node.unsupported("reads a constant")
    known = shape in ([-1, n], [0, n], [0, -1]) and not node.integer("allowzero", 0)
    flat = shape == [-1] and n == 1
    if isinstance(value, Rows) and value.flat and shape == [0, -1]:
        known = False
    if not known and not flat:
        raise node.unsupported(f"shape {shape} is not supported; rows stay rows")
    if isinstance(value, Rows):
        return [replace(value, flat=flat)]
    return [value]


def _flatten(node: Node, value: Any) -> list[Value]:
    one = isinstance(value, Labels) or (isinstance(value, Rows) and value.flat)
    if isinstance(value, np.ndarray) or (one and node.integer("axis", 1) != 1):
        raise node.unsupported("reads other than rows of numbers")
    check_axis(node, 1)
    return [replace(value, flat=False) if isinstance(value, Rows) else value]


def _zip_map(node: Node, value: Any) -> list[Value]:
    """A dictionary of scores, which stay in the order of labels."""
    if isinstance(value, Rows):
        return [value]
    if not isinstance(value, Scores):
        raise node.unsupported("names what are no scores")
    labels = labels_of(node, "classlabels_int64s", "classlabels_strings")
    if len(labels) != len(value.spec.classes[0]):
        raise node.wrong(f"has {len(labels)} labels for other scores")
    named, classes = labels.tolist(), value.spec.classes[0].tolist()
    if named != classes and set(named) == set(classes):
        raise node.unsupported("names scores in another order than that of the classes")
    return [value]


def _is_plain(scores: Scores) -> bool:
    """Whether the largest of ONNX's columns is the class that was chosen."""
    spec = scores.spec
    one = scores.sides == ((-1.0, 0.0), (1.0, 0.0))
    plain = spec.kind in ("logits", "logistic", "shares", "margins")
    return (plain or one) and spec.kind != "inliers" and not spec.extras


def _arg_max(graph: Graph, node: Node, value: Any) -> list[Value]:
    check_axis(node, 0)
    if node.integer("select_last_index", 0):
        raise node.unsupported("select_last_index=1 is not supported")
    if isinstance(value, Scores) and _is_plain(value):
        n = len(value.spec.classes[0])
        spec = value.spec.but(classes=[np.arange(n)])
        return [Labels(spec, value.decision)]
    if isinstance(value, Scores):
        value = Rows(columns_of(graph, value), value.spec.missing)
    x = rows_of(node, value)
    if x.tensor.count < 2:
        raise node.unsupported("of one number is always 0")
    classes: Any = np.arange(x.tensor.count)
    spec = classifier("margins", x.tensor, classes, methods=DECIDES, missing=x.missing)
    return [Labels(spec, Decision())]


_OfRows = Callable[[Graph, Node, Rows], list[Value]]
#: Nodes that read one row of numbers.
_ROWS: dict[tuple[str, str], _OfRows] = {
    (ML, "TreeEnsembleClassifier"): trees.tree_classifier,
    (ML, "TreeEnsembleRegressor"): trees.regressor,
    (ML, "TreeEnsemble"): trees.ensemble,
    (ML, "LinearClassifier"): vector_nodes.linear_classifier,
    (ML, "LinearRegressor"): vector_nodes.linear_regressor,
    (ML, "SVMClassifier"): svm.svm_classifier,
    (ML, "SVMRegressor"): svm.regressor,
    (ML, "Scaler"): vector_nodes.scaler,
    (ML, "Imputer"): vector_nodes.imputer,
    (ML, "Binarizer"): vector_nodes.binarizer,
    ("", "Neg"): vector_nodes.neg,
    ("", "Softmax"): vector_nodes.softmax,
    **{("", op): vector_nodes.each for op in vector_nodes.EACH},
}
#: Nodes that read several values.
_MANY: dict[tuple[str, str], Callable[[Graph, Node, Sequence[Any]], list[Value]]] = {
    **{("", op): vector_nodes.arithmetic for op in ("Add", "Sub", "Mul", "Div", "Sum")},
    ("", "MatMul"): vector_nodes.matmul,
    ("", "Gemm"): vector_nodes.matmul,
    ("", "Concat"): vector_nodes.concat,
    (ML, "FeatureVectorizer"): vector_nodes.concat,
    (ML, "ArrayFeatureExtractor"): _extractor,
    ("", "Reshape"): lambda graph, node, values: _reshape(node, values),
}
#: Nodes that hand on what they read.
_ONE: dict[tuple[str, str], Callable[[Node, Any], list[Value]]] = {
    ("", "Identity"): _same,
    ("", "Cast"): _cast,
    ("", "Flatten"): _flatten,
    (ML, "ZipMap"): _zip_map,
}
_OTHERS = ((ML, "Normalizer"), ("", "Less"), ("", "ArgMax"))
_READS = {"MatMul": (2, 2), "Gemm": (2, 3), "ArrayFeatureExtractor": (2, 2)}
_READS["Reshape"] = (2, 2)


def _ones(node: Node, values: Sequence[Any]) -> bool:
    """Whether a node multiplies scores by 1."""
    if node.op != "Mul" or len(values) != 2 or not isinstance(values[0], Scores):
        return False
    by = values[1]
    fits = isinstance(by, np.ndarray) and by.size in (1, _count(values[0]))
    return fits and by.shape[-1:] in ((), (by.size,)) and bool((by == 1).all())


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
    if key not in _ROWS | _MANY | _ONE and key not in _OTHERS:
        named = {op for _, op in (*_ROWS, *_MANY, *_ONE, *_OTHERS)}
        known = sorted(named - {"Less"})
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
    of_pairs = pairwise.joined(graph, node, list(values)) if values else None
    if of_pairs is not None:
        return [of_pairs]
    if key in _MANY:
        return _MANY[key](graph, node, values)
    if key in _ONE:
        return _ONE[key](node, values[0])
    if key == (ML, "Normalizer"):
        return _normalizer(graph, node, values[0])
    if key == ("", "ArgMax"):
        return _arg_max(graph, node, values[0])
    if key not in _ROWS:
        raise node.unsupported("is supported for scores of pairs only")
    return _ROWS[key](graph, node, rows_of(node, values[0]))
