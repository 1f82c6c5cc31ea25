# SPDX-License-Identifier: MIT
"""What stands behind a classifier: VOTE, THRESHOLD, DEBOUNCE."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Program
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import (
    OutputSpec,
    class_scores,
    classifier,
    methods_of,
    probabilities,
)
from emlrt.convert.ir.planner import program_of
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.sklearn.cutting import Cut
from emlrt.errors import UnsupportedModelError
from emlrt.metadata import Window
from emlrt.validation import whole

#: Names of the classes of emlrt.signal.
NAMES = ("Vote", "Threshold", "Debounce")


def held_by(decision: Any) -> Any:
    """The classifier of a Decision: what fit made of it, or else the one given."""
    return getattr(decision, "estimator_", decision.estimator)


def listed(then: Any) -> list[Any]:
    """The decisions of a Decision, one after the other.

    Raises
    ------
    ValueError
        If there is none, or something else.
    """
    found = list(then) if isinstance(then, list | tuple) else [then]
    for one in found:
        if type(one).__name__ not in NAMES:
            raise ValueError(
                f"then holds {one!r}; what stands behind a classifier is one of"
                f" {', '.join(NAMES)}, or a list of them"
            )
    if not found:
        raise ValueError(f"then is empty; give one of {', '.join(NAMES)}")
    return found


def asks_for_shares(one: Any) -> bool:
    """Whether a decision looks at probabilities, and not at answers alone."""
    name = type(one).__name__
    return name == "Threshold" or (name == "Vote" and one.voting == "soft")


# Labels


def _place(label: Any, classes: NDArray[Any]) -> int:
    """The place of a label among classes; -1 if it is none of them."""
    same = [i for i, known in enumerate(classes.tolist()) if known == label]
    return same[0] if same else -1


def _with_label(classes: NDArray[Any], label: Any) -> NDArray[Any]:
    """Classes with one more behind them.

    Raises
    ------
    ValueError
        If the label is of another type than they are.
    """
    kind = classes.dtype.kind
    text = isinstance(label, str)
    if kind in "UO" and text:
        return np.append(classes, np.array([label], "O" if kind == "O" else None))
    number = isinstance(label, Real) and not isinstance(label, bool | np.bool_)
    if kind in "iuf" and number:
        with np.errstate(all="ignore"), suppress(OverflowError):
            found = np.array([label]).astype(classes.dtype)
            if found[0] == label:
                return np.append(classes, found)
    raise ValueError(
        f"Threshold: other={label!r} is none of the classes {classes.tolist()}, and"
        " no label of their type that could be one more"
    )


def _limits(
    name: str, given: Any, classes: NDArray[Any], missing: NDArray[Any]
) -> NDArray[np.float64]:
    """A threshold for each class. missing: of classes that a dict leaves out.

    Raises
    ------
    ValueError
        If one is no number from 0 to 1, or of no class.
    """
    found = np.array(missing, np.float64)
    of: Mapping[Any, Any] = (
        given
        if isinstance(given, Mapping)
        else dict.fromkeys(range(len(classes)), given)
    )
    for label, limit in of.items():
        place = _place(label, classes) if isinstance(given, Mapping) else label
        if place < 0:
            raise ValueError(
                f"Threshold: {name} has the class {label!r}, which is none of"
                f" {classes.tolist()}"
            )
        number = isinstance(limit, Real) and not isinstance(limit, bool | np.bool_)
        if not number or not 0 <= float(limit) <= 1:
            raise ValueError(
                f"Threshold: {name} is a probability from 0 to 1, or a dict of class:"
                f" probability, not {limit!r}"
            )
        found[place] = limit
    return found


def limits_of(one: Any, classes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The thresholds `on` and `off` of a Threshold for each class.

    Raises
    ------
    ValueError
        If they are no probabilities, of no class, or `off` is above `on`.
    """
    on = _limits("on", one.on, classes, np.zeros(len(classes)))
    off = on if one.off is None else _limits("off", one.off, classes, on)
    if (off > on).any():
        at = int((off > on).argmax())
        raise ValueError(
            f"Threshold: off={off[at]} is above on={on[at]} of class"
            f" {classes.tolist()[at]!r}; an answer stays until its probability falls"
            " below off"
        )
    return on, off


def check(one: Any, classes: NDArray[Any]) -> NDArray[Any]:
    """The classes of a decision's answers; checks its parameters.

    Raises
    ------
    ValueError
        If one has no meaning for these classes.
    """
    name = type(one).__name__
    if name == "Threshold":
        limits_of(one, classes)
        place = _place(one.other, classes)
        return classes if place >= 0 else _with_label(classes, one.other)
    whole(f"{name}: n", one.n, 1, 0xFFFF)
    if name == "Vote" and one.voting not in ("hard", "soft"):
        raise ValueError(f"Vote: voting is 'hard' or 'soft', not {one.voting!r}")
    return classes


def classes_after(decisions: Sequence[Any], classes: NDArray[Any]) -> NDArray[Any]:
    """The classes of the last answers; checks all parameters, as `check` does."""
    for one in decisions:
        classes = check(one, classes)
    return classes


# Stages


def _vote(graph: Graph, one: Any, x: Tensor, classes: NDArray[Any]) -> Tensor:
    soft = one.voting == "soft"
    at = graph.kept(4 + 4 * one.n * (x.count if soft else 1))
    flags = lib.EMLRT_VOTE_MEAN if soft else 0
    payload = np.array([at, one.n | flags << 16], "<u4").tobytes()
    return graph.stage("VOTE", x, x.count, payload)


def _threshold(graph: Graph, one: Any, x: Tensor, classes: NDArray[Any]) -> Tensor:
    on, off = limits_of(one, classes)
    place = _place(one.other, classes)
    other = place if place >= 0 else x.count
    head = np.array([graph.kept(4), other], "<u4").tobytes()
    n_out = x.count + (other == x.count)
    return graph.stage("THRESHOLD", x, n_out, head + floats(on) + floats(off))


def _debounce(graph: Graph, one: Any, x: Tensor, classes: NDArray[Any]) -> Tensor:
    payload = np.array([graph.kept(12), one.n], "<u4").tobytes()
    return graph.stage("DEBOUNCE", x, x.count, payload)


_STAGES: dict[str, Callable[[Graph, Any, Tensor, NDArray[Any]], Tensor]] = {
    "Vote": _vote,
    "Threshold": _threshold,
    "Debounce": _debounce,
}


def _decided(
    graph: Graph, decisions: Sequence[Any], x: Tensor, classes: NDArray[Any]
) -> OutputSpec:
    """The stages of decisions that read x, a number each class."""
    for one in decisions:
        after = check(one, classes)
        x = _STAGES[type(one).__name__](graph, one, x, classes)
        classes = after
    return classifier("shares", x, classes)


def program(decisions: Sequence[Any], classes: NDArray[Any]) -> Program:
    """Decisions alone: each run reads a number of each class, and writes the shares of
    their answers."""
    n = len(classes)
    graph = Graph(n)
    graph.cut, graph.framed = Cut(Window(n, n, n), 1, keeps=True, whole=True), True
    return program_of(graph, _decided(graph, decisions, graph.input, classes), [])


def _read(graph: Graph, decision: Any, inner: OutputSpec, first: Any) -> Tensor:
    """The number each class that the first decision reads."""
    if not asks_for_shares(first):
        return class_scores(graph, inner)[0]
    if "predict_proba" not in methods_of(inner):
        raise UnsupportedModelError(
            f"{type(first).__name__} looks at probabilities, and"
            f" {type(held_by(decision)).__name__} has none (predict_proba)"
        )
    return probabilities(graph, inner)[0]


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted Decision whose classifier reads x."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    if graph.cut is None or not graph.cut.keeps:
        raise UnsupportedModelError(
            "a Decision stands at the end of a model, where each window comes once:"
            " put it around the whole estimator, or last in its Pipeline"
        )
    held = held_by(estimator)
    if type(held).__module__ == "emlrt.model":
        raise UnsupportedModelError(
            "a Decision around an emlrt.Model has no classifier to convert: put it"
            " around the original one"
        )
    inner = graph.convert(held, x)
    if inner.n_outputs != 1 or len(inner.classes) != 1:
        raise UnsupportedModelError(
            "a Decision is of a classifier with one output, which"
            f" {type(held).__name__} is not"
        )
    decisions = listed(estimator.then)
    read = _read(graph, estimator, inner, decisions[0])
    spec = _decided(graph, decisions, read, inner.classes[0])
    return spec.but(missing=inner.missing)
