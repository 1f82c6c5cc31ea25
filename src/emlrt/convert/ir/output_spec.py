# SPDX-License-Identifier: MIT
"""The output of a converted estimator, which may be the input of another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import class_counts
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import U32, Tensor, floats
from emlrt.errors import UnsupportedModelError
from emlrt.methods import DEFAULT_METHODS, Method, parse

#: Codes of header.output by name.
KINDS: dict[str, int] = {
    name.lower(): getattr(lib, f"EMLRT_OUTPUT_{name}")
    for name in (
        "VALUES",
        "VOTES",
        "LOGITS",
        "LOGISTIC",
        "MARGINS",
        "SHARES",
        "BINARY",
        "INLIERS",
    )
}


@dataclass(frozen=True, eq=False)
class OutputSpec:
    """Scores of an estimator within a graph, and what they mean.

    Attributes
    ----------
    kind : str
        Of `KINDS`: how class and probabilities follow from the scores.
    scores : Tensor
        Output after output.
    output_sizes : tuple of int
        Scores of each output. Empty means one each.
    classes : list of ndarray
        Labels of each output, of kinds that have classes.
    estimator_type : str
        "classifier", "regressor", "outlier_detector", "clusterer",
        "density_estimator" or "transformer".
    methods : dict of str
        The original's methods and how their results follow from the scores:
        see `emlrt.methods`. Empty means the usual ones of the kind.
    extras : tuple of Tensor
        Further numbers that methods refer to, in this order behind the scores.
    vote_total : int
        Of votes: the score of probability 1.
    missing : bool
        Whether the original gives NaN inputs a meaning.
    """

    kind: str
    scores: Tensor
    output_sizes: tuple[int, ...] = ()
    classes: list[NDArray[Any]] = field(default_factory=list)
    estimator_type: str = "regressor"
    methods: dict[str, str] = field(default_factory=dict)
    extras: tuple[Tensor, ...] = ()
    vote_total: int = 0
    missing: bool = False

    @property
    def n_outputs(self) -> int:
        return len(self.output_sizes) or self.scores.count

    @property
    def counts(self) -> tuple[int, ...]:
        """Classes of each output."""
        output_sizes = self.output_sizes or (1,) * self.scores.count
        return class_counts(KINDS[self.kind], output_sizes)

    def but(self, **changes: Any) -> OutputSpec:
        """A copy with other fields."""
        return replace(self, **changes)


def groups_of(graph: Graph, spec: OutputSpec) -> list[Tensor]:
    """The scores of each output."""
    sizes = spec.output_sizes or (1,) * spec.scores.count
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    return [
        graph.part(spec.scores, start, size)
        for start, size in zip(starts, sizes, strict=True)
    ]


def methods_of(spec: OutputSpec) -> dict[str, str]:
    """The original's methods, those that are usual for the kind too."""
    return spec.methods or DEFAULT_METHODS[KINDS[spec.kind]][1]


def parsed_method(spec: OutputSpec, method: str) -> Method:
    """How a method's result follows from the scores.

    Raises
    ------
    UnsupportedModelError
        If the estimator has no such method.
    """
    how = methods_of(spec).get(method)
    if how is None:
        raise UnsupportedModelError(
            f"a {spec.estimator_type} within the model has no {method} that the"
            " runtime follows; choose another method for it"
        )
    return parse(how)


def probabilities(graph: Graph, spec: OutputSpec) -> list[Tensor]:
    """Stages that give each output's class probabilities, as predict_proba.

    Raises
    ------
    UnsupportedModelError
        If the estimator has none.
    """
    source = parsed_method(spec, "predict_proba").source
    if source in ("proba", "p1"):
        return _by_kind(graph, spec)
    p = result(graph, spec, "predict_proba")
    return [p] if spec.n_outputs == 1 else _pairs(graph, p)


def _by_kind(graph: Graph, spec: OutputSpec) -> list[Tensor]:
    if spec.kind == "shares":
        return groups_of(graph, spec)
    if spec.kind == "votes":
        total = floats(spec.vote_total)
        shares = graph.stage("VOTES_TO_PROBA", spec.scores, spec.scores.count, total)
        return groups_of(graph, spec.but(kind="shares", scores=shares))
    if spec.kind == "logits":
        return [graph.stage("SOFTMAX", x, x.count) for x in groups_of(graph, spec)]
    if spec.kind == "logistic":
        p = graph.stage("LOGISTIC", spec.scores, spec.scores.count)
        return _pairs(graph, p)
    raise AssertionError(f"{spec.kind} have no probabilities")


def _pairs(graph: Graph, p: Tensor) -> list[Tensor]:
    """1 - p and p of each."""
    both = graph.stage("COMPLEMENT", p, 2 * p.count)
    return [graph.part(both, 2 * k, 2) for k in range(p.count)]


#: The largest float32 below 0: what is above it is 0 or more.
_BELOW_0 = -(2.0**-149)


def _steps(graph: Graph, spec: OutputSpec) -> Tensor:
    """1 where an output's second class is predicted, else 0."""
    limit = np.full(spec.scores.count, _BELOW_0 if spec.kind == "inliers" else 0.0)
    return graph.stage("STEP", spec.scores, limit.size, floats(limit))


_BINARY = ("logistic", "binary", "inliers")


def class_scores(graph: Graph, spec: OutputSpec) -> list[Tensor]:
    """Stages that give, for each output, a float32 number each class, of which the
    first largest is the class predicted.

    Raises
    ------
    UnsupportedModelError
        If predict does not give classes.
    """
    if parsed_method(spec, "predict").source != "class":
        raise UnsupportedModelError("a part of the model is no classifier")
    if spec.kind in _BINARY:
        return _pairs(graph, _steps(graph, spec))
    if spec.scores.dtype == U32:
        return _by_kind(graph, spec)
    return groups_of(graph, spec)


def onehot_argmaxes(graph: Graph, spec: OutputSpec) -> list[Tensor]:
    """Stages that give, for each output, 1 for the class predicted and else 0.

    Raises
    ------
    UnsupportedModelError
        If predict does not give classes.
    """
    found = class_scores(graph, spec)
    if spec.kind in _BINARY:
        return found
    return [graph.stage("ONEHOT_ARGMAX", x, x.count) for x in found]


def _numbers(labels: NDArray[Any]) -> NDArray[np.float64]:
    if labels.dtype.kind not in "biuf":
        raise UnsupportedModelError(
            "a part of the model reads another one's labels, which are no numbers"
        )
    return labels.astype(np.float64)


def _labels(graph: Graph, spec: OutputSpec) -> Tensor:
    """Each output's label as a number."""
    numbers = [_numbers(labels) for labels in spec.classes]
    if spec.kind in _BINARY:
        low, high = np.array(numbers).T
        one = _steps(graph, spec)
        if not low.any() and (high == 1).all():
            return one
        return graph.affine(one, scale=high - low, offset=low)
    chosen = onehot_argmaxes(graph, spec)
    picked = [graph.dense(x, n, 0) for x, n in zip(chosen, numbers, strict=True)]
    return graph.concat(picked)


def predictions(graph: Graph, spec: OutputSpec) -> Tensor:
    """Stages that give the results of predict, one number per output.

    Raises
    ------
    UnsupportedModelError
        If there is no predict, or if labels are no numbers.
    """
    if parsed_method(spec, "predict").source == "class":
        return _labels(graph, spec)
    return result(graph, spec, "predict")


def decisions(graph: Graph, spec: OutputSpec) -> Tensor:
    """Stages that give what decision_function does: one column for two classes.

    Raises
    ------
    UnsupportedModelError
        If the estimator has none.
    """
    return result(graph, spec, "decision_function")


def values(spec: OutputSpec) -> Tensor:
    """The scores of an estimator whose predict gives them as they stand."""
    if spec.kind != "values":
        raise UnsupportedModelError("a part of the model is no regressor")
    return spec.scores


def transformed(graph: Graph, spec: OutputSpec) -> Tensor:
    """Stages that give what the estimator's transform does.

    Raises
    ------
    UnsupportedModelError
        If it has no transform.
    """
    return result(graph, spec, "transform")


def _span(graph: Graph, spec: OutputSpec, span: tuple[int, int]) -> Tensor:
    """Elements of the scores and of the extras behind them."""
    pieces, at = [], 0
    for tensor in (spec.scores, *spec.extras):
        start, stop = max(span[0] - at, 0), min(span[1] - at, tensor.count)
        whole = start == 0 and stop == tensor.count
        if start < stop:
            pieces.append(tensor if whole else graph.part(tensor, start, stop - start))
        at += tensor.count
    return graph.concat(pieces)


def result(graph: Graph, spec: OutputSpec, method: str) -> Tensor:
    """Stages that give a method's result: one vector of numbers.

    Raises
    ------
    UnsupportedModelError
        If there is no such method.
    """
    parsed = parsed_method(spec, method)
    if parsed.source == "class":
        y = _labels(graph, spec)
    elif parsed.source == "proba":
        y = graph.concat(_by_kind(graph, spec))
    elif parsed.source == "p1":
        y = graph.concat([graph.part(p, 1, 1) for p in _by_kind(graph, spec)])
    elif parsed.span is not None:
        y = _span(graph, spec, parsed.span)
    else:
        y = spec.scores
    y = graph.floats(y)
    for change in parsed.changes:
        y = _changed(graph, y, *change.partition(":")[::2])
    return y


def _changed(graph: Graph, x: Tensor, name: str, number: str) -> Tensor:
    """A change of a recipe, as stages."""
    if name in (
        "columns",
        "list",
        "int",
        "as",
    ):  # what becomes an integer is one already
        return x
    if name in ("negate", "times"):
        return graph.affine(x, scale=-1.0 if name == "negate" else float(number))
    if name == "plus":
        return graph.affine(x, offset=float(number))
    if name == "difference":
        return graph.dense(x, [[-1.0, 1.0] + [0.0] * (x.count - 2)], 0)
    if name == "common":
        n = x.count - 1
        return graph.dense(x, np.hstack([np.eye(n), np.ones((n, 1))]), 0)
    if name == "logsum":
        return graph.stage("LOGSUMEXP", x, 1)
    return graph.stage({"root": "SQRT", "log": "LOG"}[name], x, x.count)


def with_extra(
    spec: OutputSpec, method: str, x: Tensor, changes: str = ""
) -> OutputSpec:
    """The OutputSpec with one more method, whose result is x, behind the scores."""
    start = sum(tensor.count for tensor in (spec.scores, *spec.extras))
    how = f"scores[{start}:{start + x.count}]{changes}"
    return spec.but(extras=(*spec.extras, x), methods={**methods_of(spec), method: how})


def as_in(spec: OutputSpec, estimator: Any) -> OutputSpec:
    """The OutputSpec with only those methods that an estimator has."""
    methods = methods_of(spec)
    kept = {name: how for name, how in methods.items() if hasattr(estimator, name)}
    return spec.but(methods=spec.methods if kept == methods else kept)


def in_floats(graph: Graph, spec: OutputSpec) -> OutputSpec:
    """The OutputSpec with float scores, which extras can stand behind."""
    if spec.scores.dtype != U32:
        return spec
    shares = graph.concat(_by_kind(graph, spec))
    return spec.but(kind="shares", scores=shares, vote_total=0)


#: Methods of what only transforms.
TRANSFORM = {"transform": "scores|columns"}


def transformer(
    graph: Graph, y: Tensor, *, missing: bool = False, filled: bool = False
) -> OutputSpec:
    """The OutputSpec of an estimator that only transforms.

    missing: whether it accepts NaN. filled: whether it gives no NaN even then.
    """
    y = graph.floats(y)
    if filled:
        graph.filled.add(y.buffer)
    return OutputSpec(
        "values",
        y,
        estimator_type="transformer",
        methods=dict(TRANSFORM),
        missing=missing,
    )


def check_labels(classes: NDArray[Any], wanted: int) -> None:
    """Refuses labels that a caller gave, if they are not one per class.

    Raises
    ------
    ValueError
        If they are no vector, not as many as the classes, or two are equal.
    """
    if classes.ndim != 1 or len(classes) != wanted:
        raise ValueError(
            f"classes of shape {classes.shape} given; the model tells {wanted} apart"
        )
    labels = classes.tolist()
    if len(set(labels)) < wanted:
        twice = next(label for label in labels if labels.count(label) > 1)
        raise ValueError(f"classes hold {twice!r} twice; give each class its own label")


def classifier(
    kind: str,
    scores: Tensor,
    classes: Sequence[Any] | NDArray[Any],
    *,
    methods: dict[str, str] | None = None,
    **more: Any,
) -> OutputSpec:
    """The usual OutputSpec of a classifier with one output.

    classes: its labels. methods: if not the usual ones of the kind.
    """
    return OutputSpec(
        kind,
        scores,
        (scores.count,),
        [np.asarray(classes)],
        "classifier",
        methods or {},
        **more,
    )


def normalized(graph: Graph, p: Tensor, *, uniform: bool = False) -> Tensor:
    """Shares that add up to 1. Where all are 0, they stay so, or are equal."""
    norm = int(lib.EMLRT_NORM_SUM).to_bytes(2, "little")
    flags = int(lib.EMLRT_NORMALIZE_UNIFORM if uniform else 0).to_bytes(2, "little")
    return graph.stage("NORMALIZE", p, p.count, norm + flags)
