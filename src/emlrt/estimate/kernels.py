# SPDX-License-Identifier: MIT
"""Terms of kernel machines: likenesses of stored rows, and their compensated sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Stage

from . import floats
from .distances import apart
from .floats import Counts

Numbers = NDArray[Any]
LIKENESS = ("kernel_dot", "kernel_rbf", "kernel_tanh", "kernel_matern")


def kernel_terms(stage: Stage, x: Numbers, y: Numbers) -> dict[str, Any]:
    """Terms of a stage: see `terms.stage_terms`."""
    n, m, name = stage.source.count, stage.target.count, stage.name
    sections, degree = map(int, np.frombuffer(stage.payload, "<u4", 2))
    counts = np.frombuffer(stage.payload, "<u4", sections, 8).astype(np.int64)
    n_sums = 1 if m == 1 else m // 2
    width = n_sums if sections == 1 else sections - 1
    numbers = np.frombuffer(stage.payload, "<f4", offset=8 + 4 * sections)
    factor, starts = numbers[0], numbers[1 : 1 + n_sums]
    stored = numbers[1 + n_sums :].reshape(int(counts.sum()), n + width)
    with np.errstate(all="ignore"):
        events, values = _likenesses(name, degree, factor, x, stored[:, :n])
    pairs = np.repeat(_pairs(sections, width), counts, axis=0)
    form = name if name == "kernel_dot" else f"{name}{min(degree, 3)}"
    return {
        name: 1.0,
        f"{name}.row": len(stored),
        f"{form}.number": len(stored) * n,
        f"{form}.live": (values != 0).sum(1),
        f"{name}.degree": len(stored) * degree.bit_length(),
        "kernel.sum": len(stored) * width,
        "kernel.score": n_sums,
        **floats.total(events, _added(values, stored[:, n:], pairs, starts)),
    }


def _pairs(sections: int, width: int) -> NDArray[np.int64]:
    """The sum that each coefficient of a section's rows goes to: of one section each
    to its own, else to the pair of the section's class and another class."""
    if sections == 1:
        return np.arange(width)[None]
    first, second = np.triu_indices(sections, 1)
    place = np.zeros((sections, sections), np.int64)
    place[first, second] = place[second, first] = np.arange(len(first))
    return np.array([np.delete(place[c], c) for c in range(sections)])


def _likenesses(
    name: str, degree: int, factor: Any, x: Numbers, rows: Numbers
) -> tuple[Counts, Numbers]:
    """Events of likenesses of rows, and these (n_rows, n_stored)."""
    if name in ("kernel_dot", "kernel_tanh"):
        return _by_products(name, degree, factor, x, rows)
    by_squares = name == "kernel_matern" or degree == 2
    metric = lib.EMLRT_METRIC_SQUARES if by_squares else lib.EMLRT_METRIC_SUMS
    events, so_far = apart(x, rows, metric)
    t = (factor * so_far[:, :, -1]).astype(np.float32)
    power = t if name == "kernel_rbf" else -np.sqrt(t)
    return floats.total(events, floats.exps(power)), np.exp(power)


def _by_products(
    name: str, degree: int, factor: Any, x: Numbers, rows: Numbers
) -> tuple[Counts, Numbers]:
    some = np.broadcast_to(x[:, None, :].astype(np.float32), (len(x), *rows.shape))
    own = np.broadcast_to(rows, some.shape)
    start = np.full(some.shape[:2], factor, np.float32)
    events, base = floats.sums(start, own * some, axis=2)
    events = floats.total(events, floats.muls(own, some))
    return events, np.tanh(base) if name == "kernel_tanh" else base**degree


def _added(
    values: Numbers, coefficients: Numbers, pairs: Numbers, starts: Numbers
) -> Counts:
    """Events of Kahan's sums of coefficients times likenesses."""
    sums = np.tile(starts.astype(np.float32), (len(values), 1))
    rests = np.zeros_like(sums)
    a, b, products = [], [], []
    with np.errstate(all="ignore"):
        for value, own, at in zip(values.T, coefficients, pairs, strict=True):
            product = value[:, None] * own
            some, rest = sums[:, at], rests[:, at]
            term = product - rest
            after = some + term
            more = after - some
            a += [product, some, after, more]
            b += [-rest, term, -some, -term]
            products += [value[:, None] + 0 * own, own + 0 * product]
            lost = more - term
            sums[:, at], rests[:, at] = after, np.where(np.isinf(lost), 0, lost)
    if not a:
        return {}
    return floats.total(
        floats.adds(np.hstack(a), np.hstack(b)),
        floats.muls(np.hstack(products[::2]), np.hstack(products[1::2])),
    )
