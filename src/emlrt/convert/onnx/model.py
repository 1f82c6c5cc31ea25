# SPDX-License-Identifier: MIT
"""ONNX models: what their outputs mean, and what a blob makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlrt.blob import Program
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec, check_labels, classifier
from emlrt.convert.ir.planner import finish
from emlrt.convert.onnx.graph import Network, is_onnx, read
from emlrt.convert.onnx.ops import apply
from emlrt.convert.onnx.pairwise import Forms
from emlrt.convert.onnx.scan import is_onnx_file
from emlrt.convert.onnx.values import (
    DECIDES,
    Labels,
    Rows,
    Scores,
    Value,
    columns_of,
    score_method,
)
from emlrt.convert.readers.json_fields import naming
from emlrt.errors import UnsupportedModelError

_OUTPUTS_MAX = 0xFFFF
#: Most numbers of a row, those between nodes too: a few bytes of a file can ask for
#: many.
_NUMBERS_MAX = 1 << 22


def _size(value: Any) -> int:
    """Numbers that are kept for a value, beyond those of the file."""
    if isinstance(value, Forms):
        return value.matrix.size
    return value.tensor.count if isinstance(value, Rows) else 0


def _values(graph: Graph, network: Network) -> dict[str, Value]:
    """The value of each name of the graph."""
    values: dict[str, Value] = dict(network.constants)
    start = total = 0
    for name, width, kind in network.inputs:
        values[name] = Rows(graph.part(graph.input, start, width), kind=kind)
        start += width
    for node in network.nodes:
        read_ = [values[name] for name in node.inputs if name in values]
        if len(read_) != len(node.inputs):
            raise node.unsupported("leaves out an input, or reads what is not given")
        given = apply(graph, node, read_)
        exact = [v for v in given if isinstance(v, Rows) and v.exact and v.tensor.whole]
        graph.exact.update(value.tensor.buffer for value in exact)
        total += sum(_size(value) for value in given)
        if total > _NUMBERS_MAX:
            raise node.unsupported("the nodes give millions of numbers; too many")
        values.update(zip(node.outputs, given, strict=False))
    return values


def _outputs(
    graph: Graph, network: Network
) -> tuple[Labels | None, Rows | Scores | None]:
    """The label and the numbers that a model gives."""
    values = _values(graph, network)
    labels: list[Labels] = []
    numbers: list[Rows | Scores] = []
    for name in network.outputs:
        value = values.get(name)
        if isinstance(value, Labels):
            labels.append(value)
        elif isinstance(value, Rows | Scores):
            numbers.append(value)
        else:
            raise UnsupportedModelError(
                f"output {name!r} does not follow from the input"
            )
    if len(labels) > 1 or len(numbers) > 1:
        raise UnsupportedModelError(
            f"the outputs {', '.join(network.outputs)} are not supported: one label,"
            " and the scores of its classes, are"
        )
    return labels[0] if labels else None, numbers[0] if numbers else None


def _as_classifier(label: Labels, numbers: Rows | Scores | None) -> OutputSpec:
    """A label, and perhaps the scores that it follows from."""
    spec = label.spec
    if numbers is None:
        return spec.but(methods={"predict": "class"})
    if isinstance(numbers, Rows) and numbers.choice is not None:
        numbers = numbers.choice
    if isinstance(numbers, Scores) and numbers.decision is label.decision:
        return numbers.spec.but(classes=spec.classes)
    if isinstance(numbers, Rows) and numbers.tensor is spec.scores:
        return spec
    raise UnsupportedModelError("the label does not follow from the scores beside it")


def _as_values(graph: Graph, numbers: Rows | Scores) -> OutputSpec:
    """predict gives the numbers."""
    if isinstance(numbers, Rows):
        return OutputSpec("values", numbers.tensor, missing=numbers.missing)
    spec = numbers.spec
    if score_method(spec) != "predict_proba" and spec.scores.count == 1:
        both = columns_of(graph, numbers)
        return OutputSpec("values", both, missing=spec.missing)
    methods = {"predict": spec.methods[score_method(spec)]}
    return spec.but(methods=methods, estimator_type="regressor")


def _with_classes(spec: OutputSpec, classes: Any) -> OutputSpec:
    """A classifier with other labels, or values of which the largest wins."""
    if spec.kind == "values":
        if spec.scores.count < 2:
            raise ValueError("classes are for a model with scores of several classes")
        methods, missing = dict(DECIDES), spec.missing
        labels: Any = np.arange(spec.scores.count)
        spec = classifier(
            "margins", spec.scores, labels, methods=methods, missing=missing
        )
    wanted = len(spec.classes[0])
    check_labels(classes, wanted)
    return spec.but(classes=[classes])


def _output_spec(
    graph: Graph, network: Network, classes: ArrayLike | None
) -> OutputSpec:
    label, numbers = _outputs(graph, network)
    if label is not None:
        spec = _as_classifier(label, numbers)
    elif isinstance(numbers, Scores) and classes is not None:
        spec = numbers.spec
    else:
        assert numbers is not None  # there is one output at least
        spec = _as_values(graph, numbers)
    if spec.scores.count > _OUTPUTS_MAX:
        raise UnsupportedModelError(
            f"the model gives {spec.scores.count} numbers; supported are up to"
            f" {_OUTPUTS_MAX}"
        )
    return spec if classes is None else _with_classes(spec, np.asarray(classes))


def _features(network: Network) -> list[str]:
    """Names of the inputs, if they are columns with one name each."""
    names = [name for name, width, _ in network.inputs if width == 1]
    return names if len(names) == network.n_features > 1 else []


def onnx_program(
    model: Any, classes: ArrayLike | None, options: Options
) -> tuple[Program, str]:
    """Converts an ONNX model, its bytes or a file of it; gives its name, too.

    A model that gives labels is a classifier, whose scores are its predict_proba or
    decision_function; of any other, predict gives the numbers. classes: labels
    instead of the model's own.

    Raises
    ------
    UnsupportedModelError
        If a node has no faithful form; it is named.
    FormatError
        If the model is damaged.
    OSError
        If the file cannot be read.
    ImportError
        Without the package onnx.
    ValueError
        If classes do not fit the model.
    """
    network = read(model)
    options = options.of_inputs(network.n_features, _features(network))
    with naming(model):
        graph = Graph(network.n_features, options, network.allowance)
        spec = _output_spec(graph, network, classes)
    name = f"ONNX model of {network.producer or 'an unnamed producer'}"
    return finish(graph, spec, name, _features(network)), name


__all__ = ["is_onnx", "is_onnx_file", "onnx_program"]
