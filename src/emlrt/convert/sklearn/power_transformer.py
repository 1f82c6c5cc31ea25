# SPDX-License-Identifier: MIT
"""PowerTransformer: Box-Cox and Yeo-Johnson, without losing digits.

With b = x (Box-Cox) or 1 + x (Yeo-Johnson, x >= 0), y = (b^p - 1) / p, and then
(y - mean) / std; for x < 0, Yeo-Johnson has -((1 - x)^(2 - p) - 1) / (2 - p). This is
computed as it stands, by POWER, AFFINE, where it loses no digits. Where the mean is
large in units of std, or b^p next to nothing, that difference has no digits left in
float32. The same number, with b0 chosen so that z0 = (y(b0) - mean) / std is small, is

    z = z0 + b0^p / (p std) * expm1(p * log1p((b - b0) / b0))

whose difference b - b0 is one of inputs, and taken first; by AFFINE, LOG1P, AFFINE,
EXPM1, AFFINE. Yeo-Johnson has both branches, by CLIP before and WEIGHTED_SUM behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.numeric.tables import Floats
from emlrt.convert.sklearn.scalers import clip
from emlrt.thresholds import FLT_MAX

#: Largest loss, in units of float32's rounding, that the plain form may have.
_LOSS = 16.0
#: What stands for a power of 0: expm1(p u) / p is then u to float64's rounding.
_TINY = 1e-16


@dataclass(frozen=True)
class _Branch:
    """z = at + factor * expm1(power * log1p((b - base) / base)), each (n,)."""

    base: Floats
    power: Floats
    factor: Floats
    at: Floats


def _branch(
    powers: Floats, mean: Floats, std: Floats, least: float, one: float
) -> _Branch:
    """For y = (b^p - 1) / p of b = one + x, b >= least. The base is where z is -2,
    or as near to there as it can be, or 1 where the mean is out of reach: numbers
    far below it would lose digits. Its x is a float32."""
    power = np.where(abs(powers) < _TINY, _TINY, powers)
    base, raised, at = np.ones(power.size), np.ones(power.size), -mean / std
    done = (least == 1) & (at >= -2)
    for z in (-2.0, -1.75, -1.5, -1.25, -1.0, -0.5, 0.0):
        y = power * (mean + z * std)
        with np.errstate(all="ignore"):
            found, to = np.exp(np.log1p(y) / power), 1 + y
            good = (to > 0) & (found >= least) & (found < FLT_MAX) & (found > 0)
        chosen = good & ~done
        base, raised = np.where(chosen, found, base), np.where(chosen, to, raised)
        at, done = np.where(chosen, z, at), done | chosen
    start = (base - one).astype(np.float32).astype(np.float64)
    step = power * np.log1p((start - (base - one)) / base)
    at = at + raised / (power * std) * np.expm1(step)
    return _Branch(start + one, power, raised * np.exp(step) / (power * std), at)


def _stages(
    graph: Graph, x: Tensor, branch: _Branch, sign: float, one: float
) -> Tensor:
    """sign * (at + factor * expm1(...)) of b = one + sign * x."""
    start = sign * (branch.base - one)
    u = graph.affine(x, shift=start, scale=sign / branch.base)
    u = graph.stage("LOG1P", u, x.count)
    u = graph.affine(u, scale=branch.power)
    u = graph.stage("EXPM1", u, x.count)
    return graph.affine(u, scale=sign * branch.factor, offset=sign * branch.at)


def _careful(
    graph: Graph, transform: Any, x: Tensor, mean: Floats, std: Floats
) -> Tensor:
    powers = np.asarray(transform.lambdas_, np.float64)
    if transform.method == "box-cox":
        return _stages(graph, x, _branch(powers, mean, std, 0.0, 0.0), 1.0, 0.0)
    # x = max(x, 0) + min(x, 0): both branches run, and the one that x is not in
    # sees 0. The mean goes to the branch that can reach it.
    below = mean < 0
    up = _branch(powers, np.where(below, 0, mean), std, 1.0, 1.0)
    down = _branch(2 - powers, np.where(below, -mean, 0), std, 1.0, 1.0)
    parts = [
        _stages(graph, clip(graph, x, 0.0, FLT_MAX), up, 1.0, 1.0),
        _stages(graph, clip(graph, x, -FLT_MAX, 0.0), down, -1.0, 1.0),
    ]
    return graph.mix(parts, [1.0, 1.0])


def _plain(
    graph: Graph, transform: Any, x: Tensor, mean: Floats, std: Floats
) -> Tensor:
    powers = np.asarray(transform.lambdas_, np.float64)
    signed = transform.method != "box-cox"
    flags = int(lib.EMLRT_POWER_SIGNED if signed else 0)
    payload = flags.to_bytes(4, "little") + floats(powers, "lambdas_")
    payload += floats(2 - powers, "lambdas_") if signed else b""
    y = graph.stage("POWER", x, x.count, payload)
    standard = (mean != 0).any() or (std != 1).any()
    return graph.affine(y, shift=mean, scale=1 / std) if standard else y


def _loss(transform: Any, mean: Floats, std: Floats) -> float:
    """Roundings of the plain form in units of a result of 1."""
    p = np.asarray(transform.lambdas_, np.float64)
    if transform.method != "box-cox":
        p, mean = np.where(mean < 0, 2 - p, p), abs(mean)
    raised = np.maximum(1 + p * mean, 0)
    with np.errstate(all="ignore"):
        log = np.where(p == 0, abs(mean), abs(np.log(raised) / p))
    return float(np.max((abs(mean) + raised * np.maximum(log, 1)) / std))


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted PowerTransformer that reads x."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    x = graph.floats(x)
    mean, std = np.zeros(x.count), np.ones(x.count)
    if estimator.standardize:
        mean = np.asarray(estimator._scaler.mean_, np.float64)
        std = np.asarray(estimator._scaler.scale_, np.float64)
    # Without a mean nothing is taken away.
    careful = estimator.standardize and _loss(estimator, mean, std) > _LOSS
    y = (_careful if careful else _plain)(graph, estimator, x, mean, std)
    return transformer(graph, y, missing=True)
