# SPDX-License-Identifier: MIT
"""Terms of small ops on vectors, and of what is made of the nearest items."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.dtypes import dtype_of

from . import floats
from .fourier import head

Numbers = NDArray[Any]
Terms = dict[str, Any]


def relu(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, n = head(stage, "emlrt_relu"), stage.source.count
    low = x <= np.float32(own["threshold"])
    leaks = own["slope"] != 0
    terms: Terms = {"relu": 1.0, "relu.number": n, "relu.low": low.sum(1)}
    if not leaks:
        return terms
    apart = np.where(low, x - np.float32(own["threshold"]), 0).astype(np.float32)
    slope = np.full_like(apart, own["slope"])
    found = floats.total(floats.muls(slope, apart), _less(x, own["threshold"], low))
    skipped = (~low).sum(1)
    found["mul.zero"] = found["mul.zero"] - skipped
    return terms | found | {"relu.leak": low.sum(1)}


def _less(x: Numbers, threshold: float, where: Numbers) -> floats.Counts:
    """Events of x - threshold in some places."""
    away = np.where(where, -np.float32(threshold), 0).astype(np.float32)
    found = floats.adds(np.where(where, x, 0).astype(np.float32), away)
    found["add.zero"] = found["add.zero"] - (~where).sum(1)
    return found


def normalize(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, n = head(stage, "emlrt_normalize"), stage.source.count
    kind, live = own["norm"], (x != 0).any(1)
    with np.errstate(all="ignore"):
        top = np.abs(x).max(1, initial=0)
        unit = np.exp2(-np.floor(np.log2(np.where(top > 0, top, 1))))
        value = (x * unit[:, None]).astype(np.float32)
        if kind == lib.EMLRT_NORM_L1:
            value = np.abs(value)
        elif kind == lib.EMLRT_NORM_L2:
            value = value * value
    return floats.sums(np.zeros(len(x), np.float32), value)[0] | {
        "normalize": 1.0,
        "normalize.number": n,
        f"normalize.number{kind}": n,
        "normalize.live": n * live,
        "normalize.root": live * (kind == lib.EMLRT_NORM_L2),
        "normalize.zero": (x == 0).sum(1) * live,
        "normalize.none": n * ~live * (own["flags"] + 1),
    }


def power(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, n = head(stage, "emlrt_power"), stage.source.count
    at = dtype_of("emlrt_power").itemsize
    table = np.frombuffer(stage.payload, "<f4", offset=at).reshape(-1, n)
    powers = np.where(np.signbit(x), table[-1], table[0])
    name = f"power{own['flags']}"
    return {
        "power": 1.0,
        f"{name}.number": n,
        f"{name}.live": (powers != 0).sum(1),
        "power.minus": np.signbit(x).sum(1),
        "power.zero": (x == 0).sum(1),
    }


def polynomial(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    n, m = stage.source.count, stage.target.count
    width = stage.payload_bytes // (2 * m)
    pairs = np.frombuffer(stage.payload, f"<u{width}", 2 * m).astype(np.int64)
    ones = np.ones((len(x), 1), np.float32)
    base, factor = pairs.reshape(m, 2).T
    with_one = np.hstack([y.astype(np.float32), ones])
    products = with_one[:, np.where(base == np.arange(m), m, base)]
    numbers = np.hstack([x.astype(np.float32), ones])[:, factor]
    return {
        "polynomial": 1.0,
        f"polynomial.product{width}": m,
        "polynomial.input": int((factor != n).sum()),
        **floats.muls(products, numbers),
    }


def interpolate(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    at, size = 0, dtype_of("emlrt_curve").itemsize
    steps, lines = 0, np.zeros(len(x))
    for column in x.T:
        n = int(np.frombuffer(stage.payload, "<u4", 1, at)[0])
        keys = np.frombuffer(stage.payload, "<f4", n, at + size)
        at += size + 8 * n
        steps += n.bit_length()
        place = np.searchsorted(keys, column, side="right")
        inside = (place > 0) & (place < n)
        lines += inside & (keys[np.maximum(place - 1, 0)] != column)
    return {
        "interpolate": 1.0,
        "interpolate.number": stage.source.count,
        "interpolate.step": steps,
        "interpolate.line": lines,
    }


def _weights(stage: Stage, k: int) -> Terms:
    """Of weights by distances, if there are any."""
    flags = head(stage, "emlrt_neighbors")["flags"]
    root = bool(flags & lib.EMLRT_NEIGHBORS_ROOT)
    weighted = root or bool(flags & lib.EMLRT_NEIGHBORS_WEIGHTED)
    return {
        f"{stage.name}.weight": k * weighted,
        f"{stage.name}.root": k * root,
    }


def neighbor_means(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, m = head(stage, "emlrt_neighbors"), stage.target.count
    k = stage.source.count // (2 if own["flags"] else 1)
    return {
        "neighbor_means": 1.0,
        "neighbor_means.item": k,
        "neighbor_means.number": k * own["n_values"],
        "neighbor_means.out": m,
        **_weights(stage, k),
    }


def neighbor_shares(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, m = head(stage, "emlrt_neighbors"), stage.target.count
    k = stage.source.count // 2
    return {
        "neighbor_shares": 1.0,
        "neighbor_shares.item": k,
        "neighbor_shares.number": k * own["n_values"],
        "neighbor_shares.out": m,
        "neighbor_shares.some": (y != 0).sum(1),
        **_weights(stage, k),
    }


def neighbor_density(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, k = head(stage, "emlrt_density"), stage.source.count // 2
    return {
        "neighbor_density": 1.0,
        "neighbor_density.item": k,
        "neighbor_density.root": k * bool(own["flags"]),
    }


def nearest_power(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, n = head(stage, "emlrt_nearest_power"), stage.source.count
    numbers = n * own["n_items"]
    return {
        "nearest_power": 1.0,
        "nearest_power.item": own["n_items"],
        "nearest_power.number": numbers,
        "nearest_power.whole": numbers * own["whole"],
        "nearest_power.fraction": numbers * (own["fraction"] != 0),
        "nearest_power.k": stage.target.count // 2,
    }


#: The rules of ops, as `terms.RULES` has them.
VECTORS = {
    "relu": relu,
    "normalize": normalize,
    "polynomial": polynomial,
    "power": power,
    "interpolate": interpolate,
    "neighbor_means": neighbor_means,
    "neighbor_shares": neighbor_shares,
    "neighbor_density": neighbor_density,
    "nearest_power": nearest_power,
}
