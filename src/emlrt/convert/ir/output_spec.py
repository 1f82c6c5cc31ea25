# SPDX-License-Identifier: MIT
"""What a converted estimator answers, and how one estimator feeds another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import class_counts
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import U32, Wire, floats
from emlrt.errors import UnsupportedModelError
from emlrt.methods import USUAL, How, parse

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
class Answer:
    """Scores of an estimator within a graph, and what they mean.

    Attributes
    ----------
    kind : str
        Of `KINDS`: how class and probabilities follow from the scores.
    scores : Wire
        Output after output.
    groups : tuple of int
        Scores of each output. Empty means one each.
    classes : list of ndarray
        Labels of each output, of kinds that have classes.
    estimator_type : str
        "classifier", "regressor", "outlier_detector", "clusterer",
        "density_estimator" or "transformer".
    methods : dict of str
        The original's methods and how their results follow from the scores:
        see `emlrt.methods`. Empty means the usual ones of the kind.
    extras : tuple of Wire
        Further numbers that methods refer to, in this order behind the scores.
    vote_total : int
        Of votes: the score of probability 1.
    missing : bool
        Whether the original gives NaN inputs a meaning.
    """

    kind: str
    scores: Wire
    groups: tuple[int, ...] = ()
    classes: list[NDArray[Any]] = field(default_factory=list)
    estimator_type: str = "regressor"
    methods: dict[str, str] = field(default_factory=dict)
    extras: tuple[Wire, ...] = ()
    vote_total: int = 0
    missing: bool = False

    @property
    def n_outputs(self) -> int:
        return len(self.groups) or self.scores.count

    @property
    def counts(self) -> tuple[int, ...]:
        """Classes of each output."""
        groups = self.groups or (1,) * self.scores.count
        return class_counts(KINDS[self.kind], groups)

    def but(self, **changes: Any) -> Answer:
        """A copy with other fields."""
        return replace(self, **changes)


def groups_of(graph: Graph, answer: Answer) -> list[Wire]:
    """The scores of each output."""
    sizes = answer.groups or (1,) * answer.scores.count
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    return [
        graph.part(answer.scores, start, size)
        for start, size in zip(starts, sizes, strict=True)
    ]


def methods_of(answer: Answer) -> dict[str, str]:
    """The original's methods, those that are usual for the kind too."""
    return answer.methods or USUAL[KINDS[answer.kind]][1]


def recipe_of(answer: Answer, method: str) -> How:
    """How a method's result follows from the scores.

    Raises
    ------
    UnsupportedModelError
        If the estimator has no such method.
    """
    how = methods_of(answer).get(method)
    if how is None:
        raise UnsupportedModelError(
            f"a {answer.estimator_type} within the model has no {method} that the"
            " runtime follows; choose another method for it"
        )
    return parse(how)


def probabilities(graph: Graph, answer: Answer) -> list[Wire]:
    """Stages that give each output's class probabilities, as predict_proba.

    Raises
    ------
    UnsupportedModelError
        If the estimator has none.
    """
    source = recipe_of(answer, "predict_proba").source
    if source in ("proba", "p1"):
        return _by_kind(graph, answer)
    p = result(graph, answer, "predict_proba")
    return [p] if answer.n_outputs == 1 else _pairs(graph, p)


def _by_kind(graph: Graph, answer: Answer) -> list[Wire]:
    if answer.kind == "shares":
        return groups_of(graph, answer)
    if answer.kind == "votes":
        total = floats(answer.vote_total)
        shares = graph.stage("SHARES", answer.scores, answer.scores.count, total)
        return groups_of(graph, answer.but(kind="shares", scores=shares))
    if answer.kind == "logits":
        return [graph.stage("SOFTMAX", x, x.count) for x in groups_of(graph, answer)]
    if answer.kind == "logistic":
        p = graph.stage("LOGISTIC", answer.scores, answer.scores.count)
        return _pairs(graph, p)
    raise AssertionError(f"{answer.kind} have no probabilities")


def _pairs(graph: Graph, p: Wire) -> list[Wire]:
    """1 - p and p of each."""
    both = graph.stage("BOTH", p, 2 * p.count)
    return [graph.part(both, 2 * k, 2) for k in range(p.count)]


#: The largest float32 below 0: what is above it is 0 or more.
_BELOW_0 = -(2.0**-149)


def _steps(graph: Graph, answer: Answer) -> Wire:
    """1 where an output's second class is predicted, else 0."""
    limit = np.full(answer.scores.count, _BELOW_0 if answer.kind == "inliers" else 0.0)
    return graph.stage("STEP", answer.scores, limit.size, floats(limit))


_BINARY = ("logistic", "binary", "inliers")


def winners(graph: Graph, answer: Answer) -> list[Wire]:
    """Stages that give, for each output, 1 for the class predicted and else 0.

    Raises
    ------
    UnsupportedModelError
        If predict does not give classes.
    """
    if recipe_of(answer, "predict").source != "class":
        raise UnsupportedModelError("a part of the model is no classifier")
    if answer.kind in _BINARY:
        return _pairs(graph, _steps(graph, answer))
    scores = answer
    if answer.scores.dtype == U32:
        parts = _by_kind(graph, answer)
        scores = answer.but(kind="shares", scores=graph.concat(parts))
    return [graph.stage("WINNER", x, x.count) for x in groups_of(graph, scores)]


def _numbers(labels: NDArray[Any]) -> NDArray[np.float64]:
    if labels.dtype.kind not in "biuf":
        raise UnsupportedModelError(
            "a part of the model reads another one's labels, which are no numbers"
        )
    return labels.astype(np.float64)


def _labels(graph: Graph, answer: Answer) -> Wire:
    """Each output's label as a number."""
    numbers = [_numbers(labels) for labels in answer.classes]
    if answer.kind in _BINARY:
        low, high = np.array(numbers).T
        one = _steps(graph, answer)
        if not low.any() and (high == 1).all():
            return one
        return graph.affine(one, scale=high - low, offset=low)
    chosen = winners(graph, answer)
    picked = [graph.dense(x, n, 0) for x, n in zip(chosen, numbers, strict=True)]
    return graph.concat(picked)


def predictions(graph: Graph, answer: Answer) -> Wire:
    """Stages that give what predict does, a number an output.

    Raises
    ------
    UnsupportedModelError
        If there is no predict, or if labels are no numbers.
    """
    if recipe_of(answer, "predict").source == "class":
        return _labels(graph, answer)
    return result(graph, answer, "predict")


def decisions(graph: Graph, answer: Answer) -> Wire:
    """Stages that give what decision_function does: one column for two classes.

    Raises
    ------
    UnsupportedModelError
        If the estimator has none.
    """
    return result(graph, answer, "decision_function")


def values(answer: Answer) -> Wire:
    """The scores of an estimator whose predict gives them as they stand."""
    if answer.kind != "values":
        raise UnsupportedModelError("a part of the model is no regressor")
    return answer.scores


def transformed(graph: Graph, answer: Answer) -> Wire:
    """Stages that give what the estimator's transform does.

    Raises
    ------
    UnsupportedModelError
        If it has no transform.
    """
    return result(graph, answer, "transform")


def _span(graph: Graph, answer: Answer, span: tuple[int, int]) -> Wire:
    """Elements of the scores and of the extras behind them."""
    pieces, at = [], 0
    for wire in (answer.scores, *answer.extras):
        start, stop = max(span[0] - at, 0), min(span[1] - at, wire.count)
        whole = start == 0 and stop == wire.count
        if start < stop:
            pieces.append(wire if whole else graph.part(wire, start, stop - start))
        at += wire.count
    return graph.concat(pieces)


def result(graph: Graph, answer: Answer, method: str) -> Wire:
    """Stages that give a method's result: one vector of numbers.

    Raises
    ------
    UnsupportedModelError
        If there is no such method.
    """
    recipe = recipe_of(answer, method)
    if recipe.source == "class":
        y = _labels(graph, answer)
    elif recipe.source == "proba":
        y = graph.concat(_by_kind(graph, answer))
    elif recipe.source == "p1":
        y = graph.concat([graph.part(p, 1, 1) for p in _by_kind(graph, answer)])
    elif recipe.span is not None:
        y = _span(graph, answer, recipe.span)
    else:
        y = answer.scores
    y = graph.floats(y)
    for change in recipe.changes:
        y = _changed(graph, y, *change.partition(":")[::2])
    return y


def _changed(graph: Graph, x: Wire, name: str, number: str) -> Wire:
    """A change of a recipe, as stages."""
    if name in ("columns", "int", "as"):  # what becomes an integer is one already
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


def with_extra(answer: Answer, method: str, x: Wire, changes: str = "") -> Answer:
    """The answer with one more method, whose result is x, behind the scores."""
    start = sum(wire.count for wire in (answer.scores, *answer.extras))
    how = f"scores[{start}:{start + x.count}]{changes}"
    return answer.but(
        extras=(*answer.extras, x), methods={**methods_of(answer), method: how}
    )


def as_in(answer: Answer, estimator: Any) -> Answer:
    """The answer with only those methods that an estimator has."""
    methods = methods_of(answer)
    kept = {name: how for name, how in methods.items() if hasattr(estimator, name)}
    return answer.but(methods=answer.methods if kept == methods else kept)


def in_floats(graph: Graph, answer: Answer) -> Answer:
    """The answer with float scores, which extras can stand behind."""
    if answer.scores.dtype != U32:
        return answer
    shares = graph.concat(_by_kind(graph, answer))
    return answer.but(kind="shares", scores=shares, vote_total=0)


#: Methods of what only transforms.
TRANSFORM = {"transform": "scores|columns"}


def transformer(
    graph: Graph, y: Wire, *, missing: bool = False, filled: bool = False
) -> Answer:
    """The answer of an estimator that only transforms.

    missing: whether it accepts NaN. filled: whether it gives no NaN even then.
    """
    y = graph.floats(y)
    if filled:
        graph.filled.add(y.buffer)
    return Answer(
        "values",
        y,
        estimator_type="transformer",
        methods=dict(TRANSFORM),
        missing=missing,
    )


def classifier(
    kind: str,
    scores: Wire,
    classes: Sequence[Any],
    *,
    methods: dict[str, str] | None = None,
    **more: Any,
) -> Answer:
    """The usual answer of a classifier with one output.

    classes: its labels. methods: if not the usual ones of the kind.
    """
    return Answer(
        kind,
        scores,
        (scores.count,),
        [np.asarray(classes)],
        "classifier",
        methods or {},
        **more,
    )


def normalized(graph: Graph, p: Wire, *, uniform: bool = False) -> Wire:
    """Shares that add up to 1. Where all are 0, they stay so, or are equal."""
    norm = int(lib.EMLRT_NORM_SUM).to_bytes(2, "little")
    flags = int(lib.EMLRT_NORMALIZE_UNIFORM if uniform else 0).to_bytes(2, "little")
    return graph.stage("NORMALIZE", p, p.count, norm + flags)
