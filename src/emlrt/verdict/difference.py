# SPDX-License-Identifier: MIT
"""What differs between two models: what they are, what they cost, what they answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emlrt.estimate import CORES
from emlrt.texts import shown
from emlrt.verdict.agreement import differing
from emlrt.verdict.answers import answers, count, labelled, method_of
from emlrt.verdict.costs import Cost, core_of, cost_of
from emlrt.verdict.numbers import whole
from emlrt.verdict.recordings import Recordings, recordings_of
from emlrt.verdict.reporting import given
from emlrt.verdict.text import SHOWN, columns

if TYPE_CHECKING:
    from emlrt.model import Model

#: Parts of the metadata without which answers in Python would not be the same.
_NAMES = ("classes", "methods")


@dataclass(frozen=True)
class Difference:
    """What differs between two models, a and b.

    Attributes
    ----------
    facts : tuple of (str, value, value)
        What is not the same: its name, and a's and b's.
    stages : tuple of (str, int, str, int)
        Op and bytes of each stage of a and of b, in order, if any differ; "" and 0
        where one has fewer.
    costs : tuple of two Cost
        On one core.
    nbytes : tuple of two int
        Of the blobs.
    n_rows : int
        Rows, or windows of recordings, that were answered; 0 without any.
    rows : ndarray of int64
        Those that are answered otherwise, in any bit.
    predicted : tuple of two ndarray, or None
        The answers.
    same : bool
        Whether the answers are the same: to the rows, or without rows to any, as the
        programs and labels are.
    reason : str
        Why rows could not be compared, or "".
    recordings : Recordings, or None
        As a cuts them, where rows are the windows of recordings.
    """

    facts: tuple[tuple[str, Any, Any], ...]
    stages: tuple[tuple[str, int, str, int], ...]
    costs: tuple[Cost, Cost]
    nbytes: tuple[int, int]
    n_rows: int
    rows: NDArray[np.int64]
    predicted: tuple[NDArray[Any], NDArray[Any]] | None
    same: bool
    reason: str = ""
    recordings: Recordings | None = None

    @property
    def what(self) -> str:
        """What rows are: "rows", or "windows"."""
        return "rows" if self.recordings is None else "windows"

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    __repr__ = __str__

    def to_dict(self) -> dict[str, Any]:
        """Numbers, texts, lists and dicts, as JSON has them."""
        rows, pair = self.rows.tolist(), self.predicted
        a, b = self.costs
        found: dict[str, Any] = {
            "same": self.same,
            "facts": {name: {"a": x, "b": y} for name, x, y in self.facts},
            "stages": [
                {"a": {"op": x, "bytes": n}, "b": {"op": y, "bytes": m}}
                for x, n, y, m in self.stages
            ],
            "core": a.core,
            "costs": {
                name: {"a": x, "b": y} for name, x, y in _costs(a, b, self.nbytes)
            },
            "rows": self.n_rows,
            "of": self.what,
            "differ": rows,
            "reason": self.reason,
        }
        if pair is not None:
            found["differ_a"] = pair[0][self.rows].tolist()
            found["differ_b"] = pair[1][self.rows].tolist()
        return found


def _costs(
    a: Cost, b: Cost, nbytes: tuple[int, int]
) -> Iterator[tuple[str, float | None, float | None]]:
    """Names and figures of both; None where something is not known."""
    yield "blob", *nbytes
    known = a.code is not None and b.code is not None
    yield "code", *((a.code, b.code) if known else (None, None))
    yield "RAM", a.ram, b.ram
    for name, x, y in (
        (a.unit, a.mean, b.mean),
        (f"{a.unit} at most", a.worst, b.worst),
        (f"{a.unit} to open", a.opened, b.opened),
    ):
        yield name, (x if isfinite(x) else None), (y if isfinite(y) else None)


def _lines(found: Difference) -> Iterator[str]:
    for name, a, b in found.facts:
        yield f"{name}: {_short(a)} | {_short(b)}"
    if found.stages:
        rows = [
            [f"stage {k}", a or "-", whole(n), b or "-", whole(m)]
            for k, (a, n, b, m) in enumerate(found.stages)
        ]
        yield from columns([["", "op", "bytes", "op", "bytes"], *rows])
    a, b = found.costs
    rows = [
        [name, whole(x), whole(y), _change(x, y)]
        for name, x, y in _costs(a, b, found.nbytes)
    ]
    yield from columns([[f"on {a.core}", "a", "b", "change"], *rows])
    yield from _answered(found)


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = shown(text)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _change(a: float | None, b: float | None) -> str:
    if a is None or b is None:
        return ""
    return f"{b - a:+,.0f}" if round(a) != round(b) else "same"


def _answered(found: Difference) -> Iterator[str]:
    if found.reason:
        yield f"{found.what} are not compared: {found.reason}"
    elif not found.n_rows:
        yield (
            "the programs and labels are the same, and so are all answers"
            if found.same
            else "the programs or labels differ; with rows, their answers are compared"
        )
    else:
        n = whole(len(found.rows)) if len(found.rows) else "no"
        yield f"{n} of {whole(found.n_rows)} {found.what} are answered otherwise"
    if found.predicted is not None:
        a, b = found.predicted
        for row in found.rows[:SHOWN].tolist():
            place = f"row {row}"
            if found.recordings is not None:
                place = found.recordings.place(row)
            yield f"  {place}: {shown(a[row])} | {shown(b[row])}"


def _labels(model: Model) -> list[list[Any]]:
    return [labels.tolist() for labels in model.output_classes]


def _told(model: Model) -> dict[str, Any]:
    """What a model is, in order."""
    metadata, inputs = model.program.metadata, model.inputs
    window = metadata.window
    return {
        "kind": model.estimator_type,
        "methods": list(model.methods),
        "inputs": model.n_features_in_,
        "input dtype": model.input_dtype.name,
        "input rule": None
        if inputs is None
        else [inputs.offset.tolist(), inputs.scale.tolist()],
        "window": None
        if window is None
        else [window.length, window.hop, window.channels, window.rate],
        "outputs": model.n_outputs_,
        "scores": model.n_scores,
        "labels": _labels(model),
        "features": list(metadata.features),
        "output names": list(metadata.outputs),
        "scratch": model.scratch_bytes,
        "state": model.state_bytes,
        "golden vectors": 0 if metadata.golden is None else len(metadata.golden.inputs),
        "note": model.note,
    }


def _stages(a: Model, b: Model) -> tuple[tuple[str, int, str, int], ...]:
    if a.stages == b.stages:
        return ()
    found = []
    for x, y in zip_longest(a.stages, b.stages):
        own = ("", 0) if x is None else (x.name, x.payload_bytes)
        found.append((*own, *(("", 0) if y is None else (y.name, y.payload_bytes))))
    return tuple(found)


def _refusal(a: Model, b: Model, recorded: bool) -> str:
    """Why the same rows, or recordings, do not go to both, or ""."""
    if recorded and b.program.metadata.window is None and not b.state_bytes:
        return "a takes samples, and b rows"
    if recorded:
        cuts = [replace(model.window, rate=None) for model in (a, b)]
        if cuts[0] != cuts[1]:
            return f"a has windows of {cuts[0].words}, and b of {cuts[1].words}"
    elif a.n_features_in_ != b.n_features_in_:
        return f"a takes {a.n_features_in_} features, and b {b.n_features_in_}"
    if method_of(a) != method_of(b):
        return f"a answers by {method_of(a)}, and b by {method_of(b)}"
    if labelled(a) != labelled(b):
        return "one answers with labels, and the other with values"
    return ""


def _order(own: Sequence[str], others: Sequence[str]) -> list[int] | None:
    """Where the others are among the own names, if both have the same in another
    order."""
    if list(own) == list(others) or sorted(own) != sorted(others):
        return None
    return [list(own).index(name) for name in others]


def _given_b(a: Model, b: Model, X: Any) -> Any:
    """Rows or recordings that a takes, as b takes them: features or channels of the
    same names in b's order."""
    if isinstance(X, Recordings):
        channels = _order(a.channel_names, b.channel_names)
        places = slice(None) if channels is None else channels
        return recordings_of(b, [part[:, places] for part in X.parts])
    order = _order_of_features(a, b)
    if order is None:
        return X
    if hasattr(X, "columns"):
        return X[[list(X.columns)[at] for at in order]]
    return np.asarray(X)[:, order]


def _order_of_features(a: Model, b: Model) -> list[int] | None:
    return _order(a.program.metadata.features, b.program.metadata.features)


def _otherwise(a: NDArray[Any], b: NDArray[Any], labels: bool) -> NDArray[np.int64]:
    """Rows that are answered otherwise, in any bit of a value."""
    if a.shape != b.shape or labels:
        if a.shape != b.shape:
            return np.arange(len(a))
        rows: NDArray[np.int64] = differing(a, b, True)["rows"]
        return rows
    other = (a != b) & ~(np.isnan(a) & np.isnan(b))
    return np.flatnonzero(other if other.ndim == 1 else other.any(axis=1))


def diff(
    a: Model, b: Model, X: Any = None, *, core: str = "cortex-m0plus"
) -> Difference:
    """Compares two models.

    Parameters
    ----------
    a, b : emlrt.Model
    X : array-like (n_rows, n_features), optional
        Rows that both answer, with the features, or the channels of recordings, in a's
        order: b gets its own where it has the same names. Without rows, the answers
        count as the same only if the programs, labels and that order are. Of models
        of samples, also recordings, as of `emlrt.Model.report`, whose windows both
        streams answer.
    core : str
        Of `emlrt.estimate.CORES`, another name of it, or a board that has it, for the
        costs.

    Raises
    ------
    ValueError
        If a model does not take X, or the core is unknown.
    """
    core = core_of(core)
    if core not in CORES:
        raise ValueError(f"no tables for {core!r}; there are {', '.join(CORES)}")
    told, other = _told(a), _told(b)
    facts = tuple((n, told[n], other[n]) for n in told if told[n] != other[n])
    orders = _order_of_features(a, b), _order(a.channel_names, b.channel_names)
    same = orders == (None, None) and bytes(a.strip(*_NAMES)) == bytes(b.strip(*_NAMES))
    X = given(a, X)
    recordings = X if isinstance(X, Recordings) else None
    reason = "" if X is None else _refusal(a, b, recordings is not None)
    rows, pair, n_rows = np.empty(0, np.int64), None, 0
    if X is not None and not reason:
        pair = answers(a, X), answers(b, _given_b(a, b, X))
        rows, n_rows = _otherwise(*pair, labelled(a)), count(X)
        same = not rows.size
    costed = None if reason else X
    others = None if costed is None else _given_b(a, b, costed)
    costs = cost_of(a, costed, core, False), cost_of(b, others, core, False)
    sizes = a.nbytes, b.nbytes
    stages = _stages(a, b)
    found = (facts, stages, costs, sizes, n_rows, rows, pair, same, reason)
    return Difference(*found, recordings)
