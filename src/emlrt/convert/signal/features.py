# SPDX-License-Identifier: MIT
"""Features of windows in the time domain: an op for each kind of them.

Each op gives several features of all channels. Where the list has features of one kind
side by side in the order of their op, nothing is copied; else GATHER puts the numbers
into the order of the list.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.signal.common import made, samples
from emlrt.convert.signal.feature_names import (
    CROSSINGS,
    EXTREMA,
    HJORTH,
    MOMENTS,
    PEAKS,
    QUANTILES,
)

#: Ops whose features have one code and one number of each channel.
_CODED = {
    "MOMENTS": MOMENTS,
    "EXTREMA": EXTREMA,
    "CROSSINGS": CROSSINGS,
    "HJORTH": HJORTH,
    "PEAKS": PEAKS,
}


def _op_of(feature: str) -> str:
    """The op of a feature; sma follows from its own stage."""
    for op, names in _CODED.items():
        if feature in names:
            return op
    return "QUANTILES" if feature in QUANTILES else feature.upper()


def _quantile(length: int, q: float) -> tuple[int, float]:
    """Rank and fraction of a quantile, as numpy's method "linear" has them."""
    place = q * (length - 1)
    rank = min(int(place), length - 1)
    fraction = float(np.float32(place - rank))
    if fraction >= 1:
        return rank + 1, 0.0
    return rank, fraction


def _quantiles(block: Any, features: list[str]) -> list[bytes]:
    """Items of order statistics, those of each feature in order."""
    items = []
    for feature in features:
        kind, q = QUANTILES[feature]
        for each in block.quantiles if q is None else [q]:
            rank, fraction = _quantile(block.shape_in_[0], float(each))
            items.append(struct.pack("<HHf", kind, rank, fraction))
    return items


def _items(block: Any, op: str, features: list[str]) -> list[bytes]:
    """What an op's payload has behind its head, item by item."""
    if op == "QUANTILES":
        return _quantiles(block, features)
    if op == "CORRELATION":
        return [struct.pack("<BB", a, b) for a, b in block._pairs()]
    if op == "AUTOCORRELATION":
        return [struct.pack("<H", int(lag)) for lag in block.lags]
    if op == "SMA":
        return [struct.pack("<H", MOMENTS["mean_abs"])]
    return [struct.pack("<H", _CODED[op][feature]) for feature in features]


def _options(block: Any, op: str, features: list[str]) -> tuple[int, float, float]:
    """option, low and high of an op."""
    if op == "MOMENTS" and block.divides(features):
        return int(block.ddof), 0.0, 0.0
    if op == "CROSSINGS":
        return 0, float(block.dead_band), float(block.threshold)
    if op == "PEAKS":
        least = -float(np.finfo(np.float32).max)
        height = least if block.height is None else float(block.height)
        return block._distance(), height, float(block.prominence or 0.0)
    return 0, 0.0, 0.0


def _stage(graph: Graph, block: Any, x: Tensor, op: str, features: list[str]) -> Tensor:
    """The numbers of the features of an op, feature by feature."""
    length, channels = block.shape_in_
    items = _items(block, op, features)
    option, low, high = _options(block, op, features)
    head = struct.pack("<4H", length, channels, len(items), option)
    constant = np.nan if np.isnan(block.constant) else block.constant
    payload = head + struct.pack("<3f", constant, low, high) + b"".join(items)
    if op == "CORRELATION":
        return graph.stage(op, x, len(items), payload)
    n = len(items) * channels
    if op == "PEAKS":
        memory = 2 * ((length + 31) // 32)
        return graph.part(graph.stage(op, x, n + memory, payload), 0, n)
    if op == "SMA":
        each = graph.stage("MOMENTS", x, n, payload)
        return graph.stage("WEIGHTED_SUM", each, 1, floats(np.ones(channels)))
    return graph.stage(op, x, n, payload)


def _order(block: Any, groups: dict[str, list[str]]) -> np.ndarray:
    """Where, of the numbers group by group, each of the list's order is."""
    starts, at = {}, 0
    for features in groups.values():
        for feature in features:
            starts[feature] = at
            at += block.count_of(feature)
    return np.concatenate(
        [
            starts[feature] + np.arange(block.count_of(feature))
            for feature in block._listed()
        ]
    )


def _groups(features: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Features by their op, in the order in which ops come first."""
    ops = [_op_of(feature) for feature in features]
    for op in dict.fromkeys(ops):
        yield op, [f for f, own in zip(features, ops, strict=True) if own == op]


def convert(graph: Graph, block: Any, x: Tensor) -> OutputSpec:
    """A fitted TimeFeatures that reads x."""
    x = samples(graph, x)
    groups = dict(_groups(block._listed()))
    y = graph.concat([_stage(graph, block, x, op, f) for op, f in groups.items()])
    graph.exact.add(y.buffer)  # which trees read in place of the copy
    order = _order(block, groups)
    if (order != np.arange(y.count)).any():
        y = graph.gather(y, order)
    return made(graph, y)
