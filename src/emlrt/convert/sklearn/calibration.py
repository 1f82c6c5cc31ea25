# SPDX-License-Identifier: MIT
"""Calibrated classifiers, and isotonic regression.

Of each member's decision (or probability) d, and then the mean over members, by
WEIGHTED_SUM; two classes by COMPLEMENT:

    sigmoid        p = 1 / (1 + exp(a d + b)); by AFFINE, LOGISTIC. Of several classes,
                   over their sum, as the softmax of -softplus(a d + b); by AFFINE,
                   SOFTPLUS, AFFINE, SOFTMAX
    isotonic       linear between points; by INTERPOLATE. Of several classes, over their
                   sum; by NORMALIZE
    temperature    softmax(beta d); by AFFINE, SOFTMAX (of probabilities, LOG first)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import (
    OutputSpec,
    classifier,
    decisions,
    methods_of,
    normalized,
    probabilities,
)
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.trees.fold_scalers import borders
from emlrt.errors import UnsupportedModelError
from emlrt.thresholds import after32


def _points(keys: Any, y: Any) -> bytes:
    """A curve of the op interpolate. Keys that float32 cannot tell apart are one,
    with the value of the last."""
    keys = keys.astype(np.float32)
    last = np.append(keys[1:] != keys[:-1], True)
    kept = np.asarray(y, np.float64)[last]
    n = int(last.sum()).to_bytes(4, "little")
    return n + floats(keys[last], "a threshold") + floats(kept)


def _curves(graph: Graph, x: Tensor, models: list[Any]) -> Tensor:
    """Isotonic regressions, one for each element of x; ends go on for ever."""
    payload = b"".join(
        _points(graph.scaled(x, i, m.X_thresholds_), m.y_thresholds_)
        for i, m in enumerate(models)
    )
    return graph.stage("INTERPOLATE", x, x.count, payload, coded=True)


def _isotonic(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    if model.out_of_bounds == "raise":
        raise UnsupportedModelError(
            "IsotonicRegression(out_of_bounds='raise') is not supported: a model has"
            " no exceptions; use 'clip' or 'nan'"
        )
    x = graph.floats(x)
    y = _curves(graph, x, [model])
    if model.out_of_bounds == "nan" and len(model.X_thresholds_) > 1:
        y = _within(graph, x, y, float(model.X_min_), float(model.X_max_))
    methods = {"predict": "scores", "transform": "scores"}
    return OutputSpec("values", y, methods=methods)


def _within(graph: Graph, x: Tensor, y: Tensor, low: float, high: float) -> Tensor:
    """y, but NaN, the root of a negative number, where x is out of bounds."""
    both = np.array([low, high])
    strict = np.array([True, False])
    source, ends, _ = borders(graph, x, both, np.zeros(2, np.int64), strict=strict)
    source = graph.bare(source)
    above = graph.affine(source, shift=after32(ends[:1]))
    below = graph.affine(source, scale=-1.0, offset=ends[1:])
    roots = [graph.stage("SQRT", part, 1) for part in (above, below)]
    return graph.mix([y, *roots], [1.0, 0.0, 0.0])


# Calibration


def _predictions(graph: Graph, part: OutputSpec) -> tuple[Tensor, bool]:
    """The number to calibrate, one for two classes, and whether it is a probability."""
    if "decision_function" in methods_of(part):
        return decisions(graph, part), False
    [p] = probabilities(graph, part)
    return (graph.part(p, 1, 1) if p.count == 2 else p), True


def _temperature(graph: Graph, member: Any, part: OutputSpec) -> Tensor:
    """Softmax of logits; logits of probabilities are their logarithms."""
    beta = float(member.calibrators[0].beta_)
    x, is_proba = _predictions(graph, part)
    if is_proba:
        [p] = probabilities(graph, part)
        logs = graph.stage("LOG", graph.affine(p, offset=1e-12), p.count)
        logits = graph.affine(logs, scale=beta)
    elif x.count == 1:
        logits = graph.dense(x, [[-beta], [beta]], 0)
    else:
        logits = graph.affine(x, scale=beta)
    return graph.stage("SOFTMAX", logits, logits.count)


def _sigmoids(graph: Graph, x: Tensor, calibrators: list[Any]) -> Tensor:
    """a x + b of each: minus the logit."""
    a = np.array([c.a_ for c in calibrators], np.float64)
    b = np.array([c.b_ for c in calibrators], np.float64)
    return graph.affine(x, scale=a, offset=b)


def _second(graph: Graph, member: Any, part: OutputSpec) -> Tensor:
    """The second class's probability, of two."""
    x, calibrators = _predictions(graph, part)[0], member.calibrators
    if member.method == "isotonic":
        return _curves(graph, x, calibrators)
    logit = graph.affine(_sigmoids(graph, x, calibrators), scale=-1.0)
    return graph.stage("LOGISTIC", logit, 1)


def _several(graph: Graph, member: Any, part: OutputSpec) -> Tensor:
    """Probabilities of three classes or more, which add up to 1."""
    x, calibrators = _predictions(graph, part)[0], member.calibrators
    n, known = len(member.classes), member.estimator.classes_
    seen = np.searchsorted(member.classes, known)
    if len(seen) != x.count:
        raise UnsupportedModelError(
            f"CalibratedClassifierCV of {n} classes has a member that has seen"
            f" {len(seen)} of them, which scikit-learn takes for one; fit it with"
            " stratified folds"
        )
    if member.method == "isotonic":
        p = _placed(graph, _curves(graph, x, calibrators), seen, n, 0.0)
        return normalized(graph, p, uniform=True)
    # log p = -softplus(a x + b): it does not underflow where all are small.
    z = _sigmoids(graph, x, calibrators)
    softplus = graph.stage("SOFTPLUS", z, z.count)
    logs = graph.affine(softplus, scale=-1.0)
    return graph.stage("SOFTMAX", _placed(graph, logs, seen, n, -1e30), n)


def _placed(graph: Graph, x: Tensor, seen: Any, n: int, other: float) -> Tensor:
    """Numbers of the classes seen among those of all; the rest is `other`."""
    if len(seen) == n:
        return x
    rest = np.where(np.isin(np.arange(n), seen), 0.0, other)
    return graph.dense(x, np.eye(n)[:, seen], rest)


def _calibrated(graph: Graph, model: Any, x: Tensor) -> OutputSpec:
    """The mean of calibrated classifiers' probabilities."""
    members = model.calibrated_classifiers_
    parts = [graph.convert(member.estimator, x) for member in members]
    pairs = list(zip(members, parts, strict=True))
    n = len(model.classes_)
    methods = {"predict": "class", "predict_proba": "proba"}
    if n == 2 and members[0].method != "temperature":
        p = [_second(graph, member, part) for member, part in pairs]
    elif members[0].method == "temperature":
        p = [_temperature(graph, member, part) for member, part in pairs]
    else:
        p = [_several(graph, member, part) for member, part in pairs]
    mean = p[0] if len(p) == 1 else graph.mix(p, np.full(len(p), 1 / len(p)))
    if mean.count != n:
        mean = graph.stage("COMPLEMENT", mean, 2)
    missing = all(part.missing for part in parts)
    return classifier("shares", mean, model.classes_, methods=methods, missing=missing)


_CONVERTERS = {
    "CalibratedClassifierCV": _calibrated,
    "IsotonicRegression": _isotonic,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted CalibratedClassifierCV or IsotonicRegression that reads x."""
    for cls in type(estimator).__mro__:
        if cls.__name__ in _CONVERTERS:
            return _CONVERTERS[cls.__name__](graph, estimator, x)
    raise AssertionError(type(estimator).__name__)
