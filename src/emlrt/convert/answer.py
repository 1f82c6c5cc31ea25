# SPDX-License-Identifier: MIT
"""What a converted estimator answers, and how one estimator feeds another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.answers import parse
from emlrt.blob import class_counts
from emlrt.convert.graph import U32, Graph, Wire, floats
from emlrt.errors import UnsupportedModelError

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
        see `emlrt.answers`. Empty means the usual ones of the kind.
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


def probabilities(graph: Graph, answer: Answer) -> list[Wire]:
    """Stages that give each output's class probabilities, as predict_proba.

    Raises
    ------
    UnsupportedModelError
        If the estimator has none.
    """
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
        both = graph.stage("BOTH", p, 2 * p.count)
        return [graph.part(both, 2 * k, 2) for k in range(p.count)]
    raise UnsupportedModelError(
        "a part of the model has no predict_proba; choose another method for it"
    )


def winners(graph: Graph, answer: Answer) -> list[Wire]:
    """Stages that give, for each output, 1 for the class predicted and else 0."""
    if answer.kind in ("logistic", "binary", "inliers"):
        zero = np.zeros(answer.scores.count)
        one = graph.stage("STEP", answer.scores, zero.size, floats(zero))
        both = graph.stage("BOTH", one, 2 * one.count)
        return [graph.part(both, 2 * k, 2) for k in range(one.count)]
    scores = answer
    if answer.scores.dtype == U32:
        parts = probabilities(graph, answer)
        scores = answer.but(kind="shares", scores=graph.concat(parts))
    return [graph.stage("WINNER", x, x.count) for x in groups_of(graph, scores)]


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
    how = answer.methods.get("transform")
    if how is None:
        raise UnsupportedModelError(
            "a step of the model has no transform that the runtime follows"
        )
    recipe = parse(how)
    pieces, at = [answer.scores], 0
    if recipe.span is not None:
        pieces = []
        for wire in (answer.scores, *answer.extras):
            start = max(recipe.span[0] - at, 0)
            stop = min(recipe.span[1] - at, wire.count)
            whole = start == 0 and stop == wire.count
            if start < stop:
                part = graph.part(wire, start, stop - start)
                pieces.append(wire if whole else part)
            at += wire.count
    y = graph.floats(graph.concat(pieces))
    for change in recipe.changes:
        y = _changed(graph, y, *change.partition(":")[::2])
    return y


def _changed(graph: Graph, x: Wire, name: str, number: str) -> Wire:
    """A change of a recipe, as stages."""
    if name == "columns":
        return x
    if name in ("negate", "times"):
        return graph.affine(x, scale=-1.0 if name == "negate" else float(number))
    if name == "plus":
        return graph.affine(x, offset=float(number))
    ops = {"root": "SQRT", "log": "LOG"}
    if name not in ops:
        raise AssertionError(f"a transform that ends in {name}")
    return graph.stage(ops[name], x, x.count)


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
