# SPDX-License-Identifier: MIT
"""Values of names in an ONNX graph: rows of numbers, labels, scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, classifier, result, with_extra
from emlrt.convert.ir.steps import Tensor
from emlrt.convert.onnx.graph import Node, charge_texts

#: Methods of what has probabilities; ONNX has no logarithms of them.
PROBA = {"predict": "class", "predict_proba": "proba"}
DECIDES = {"predict": "class", "decision_function": "scores"}
#: Transforms of scores that have a faithful form.
TRANSFORMS = ("NONE", "LOGISTIC", "SOFTMAX")


@dataclass(frozen=True, eq=False)
class Rows:
    """Numbers.

    missing: whether NaN inputs were given a meaning on the way. kind: ONNX's type.
    narrow: whether doubles are float32 numbers. exact: whether the runtime has ONNX's
    very bits. computed: whether they are other numbers than the input's. flat: whether
    a batch of them has one dimension only. choice: the scores of two classes, of which
    they are the second one's.
    """

    tensor: Tensor
    missing: bool = False
    kind: str = "float"
    narrow: bool = False
    exact: bool = True
    computed: bool = False
    flat: bool = False
    choice: Scores | None = None

    @property
    def wide(self) -> bool:
        """Whether ONNX compares more digits than float32 has."""
        return self.kind == "double" and not self.narrow


class Decision:
    """One choice of a class: labels and scores of the same one belong together."""


@dataclass(frozen=True, eq=False)
class Labels:
    """The class that was chosen, as its label."""

    spec: OutputSpec
    decision: Decision

    @property
    def classes(self) -> NDArray[Any]:
        return np.asarray(self.spec.classes[0])


@dataclass(frozen=True, eq=False)
class Scores:
    """Numbers of each class.

    pairs: decisions between pairs, if they are those. sides: of one score s that stands
    for two classes, (a, b) of each column of ONNX Runtime's, which is a s + b. whole:
    whether they add up to 1.
    """

    spec: OutputSpec
    decision: Decision
    pairs: Tensor | None = None
    sides: tuple[tuple[float, float], ...] = ((-1.0, 0.0), (1.0, 0.0))
    whole: bool = False


Value = Rows | Labels | Scores | NDArray[Any]


def chosen(spec: OutputSpec, pairs: Tensor | None = None, **more: Any) -> list[Value]:
    """Labels and scores of a classifier. more: what Scores say beyond these."""
    decision = Decision()
    return [Labels(spec, decision), Scores(spec, decision, pairs, **more)]


def labels_of(node: Node, ints: str, texts: str) -> Any:
    """A classifier's labels, by the names of their attributes."""
    numbers, words = node.ints(ints), node.texts(texts)
    charge_texts(node.allowance, words)
    node.allowance.charge("labels", numbers.size, 256)
    if numbers.size and words:
        raise node.wrong(f"has both {ints} and {texts}")
    try:
        found = numbers if numbers.size else np.array([w.decode() for w in words])
    except UnicodeDecodeError:
        raise node.wrong(f"{texts} are not UTF-8") from None
    if found.size < 2:
        raise node.unsupported(f"{ints} and {texts} have {found.size} labels, not 2")
    if np.unique(found).size != found.size:
        raise node.unsupported("two labels are the same")
    return found


def transform_of(node: Node) -> str:
    name = node.text("post_transform", "NONE")
    if name not in TRANSFORMS:
        raise node.unsupported(
            f"post_transform={name!r} is not supported; {', '.join(TRANSFORMS)} are"
        )
    return name


def with_probabilities(spec: OutputSpec, p: Tensor) -> OutputSpec:
    """The OutputSpec with numbers behind its scores as probabilities."""
    spec = spec.but(methods={"predict": "class"})
    return with_extra(spec, "predict_proba", p)


def one_score(
    graph: Graph, y: Tensor, classes: Any, transform: str, missing: bool
) -> OutputSpec:
    """Two classes by the score s of the second one; that of the first one is -s.

    Their softmax is the logistic function of 2 s.
    """
    if transform == "NONE":
        return classifier("binary", y, classes, methods=DECIDES, missing=missing)
    if transform == "SOFTMAX":
        y = graph.affine(y, scale=2.0)
    return classifier("logistic", y, classes, methods=PROBA, missing=missing)


def many_scores(
    graph: Graph, y: Tensor, classes: Any, transform: str, missing: bool
) -> OutputSpec:
    """Classes with a score each, of which the largest wins, the first one of
    equals."""
    if transform == "SOFTMAX":
        return classifier("logits", y, classes, methods=PROBA, missing=missing)
    spec = classifier("margins", y, classes, methods=DECIDES, missing=missing)
    if transform == "NONE":
        return spec
    return with_probabilities(spec, graph.stage("LOGISTIC", y, y.count))


def score_method(spec: OutputSpec) -> str:
    """The method whose result the scores are."""
    for name in ("predict_proba", "decision_function"):
        if name in spec.methods:
            return name
    return "predict"


def normalized_scores(graph: Graph, scores: Scores, payload: bytes) -> Scores:
    """Probabilities divided by their sum. payload: of the stage that does it."""
    spec = scores.spec
    if scores.whole or spec.kind in ("logits", "logistic"):
        return scores  # they add up to 1
    p = result(graph, spec, "predict_proba")
    p = graph.stage("NORMALIZE", p, p.count, payload)
    spec = with_probabilities(spec.but(extras=()), p)
    return replace(scores, spec=spec, whole=True)


def columns_of(graph: Graph, scores: Scores) -> Tensor:
    """Scores as ONNX Runtime has them: a number of each of their columns."""
    spec, method = scores.spec, score_method(scores.spec)
    if method != "predict_proba" and spec.scores.count == 1:
        scale, offset = np.array(scores.sides).T
        return graph.dense(spec.scores, scale[:, None], offset)
    return result(graph, spec, method)
