# SPDX-License-Identifier: MIT
"""Transformers that make new numbers of several: products, quantiles.

The formulas, and the ops of their stages:

    PolynomialFeatures     y_j = product over i of x_i^powers_[j, i]; by POLYNOMIAL
    QuantileTransformer    F(x), the share of rows below x: linear between quantiles_,
                           and the mean of both directions where some are equal; by
                           INTERPOLATE. Normal output: the inverse of the normal
                           distribution at F(x); by NDTRI_TWO_SIDED
"""

from __future__ import annotations

from copy import copy
from statistics import NormalDist
from typing import Any

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec, transformer
from emlrt.convert.ir.steps import Tensor, floats
from emlrt.convert.numeric.products import products
from emlrt.convert.numeric.tables import Curve, Floats, interpolate
from emlrt.convert.sklearn.dispatch import by_class
from emlrt.errors import UnsupportedModelError
from emlrt.thresholds import near32


def _polynomial(graph: Graph, poly: Any, x: Tensor) -> OutputSpec:
    powers = np.asarray(poly.powers_)
    wanted = [tuple(np.repeat(np.arange(x.count), row).tolist()) for row in powers]
    if not wanted:
        raise UnsupportedModelError("PolynomialFeatures gives no columns")
    return transformer(graph, products(graph, x, wanted))


#: Of sklearn's QuantileTransformer: how near to the extremes counts as at them.
_BOUNDS = 1e-7
#: What a curve may miss between its points, in probability.
_TOLERANCE = 5e-8


def _around(values: Floats) -> Floats:
    """The float32 numbers next to each number, and its own."""
    near = values.astype(np.float32)
    low = np.nextafter(near, np.float32(-np.inf))
    high = np.nextafter(near, np.float32(np.inf))
    return np.unique(np.concatenate([low, near, high])).astype(np.float64)


def _most_frequent(numbers: Floats) -> Floats:
    """Rising, of those with one float32 the one that is there most often."""
    distinct, counts = np.unique(numbers, return_counts=True)
    near = near32(distinct)
    order = np.lexsort((-counts, near))
    _, first = np.unique(near[order], return_index=True)
    return np.asarray(distinct[order][first])


class _Quantiles:
    """The original's probability of numbers of one feature.

    quantiles: as the device has such numbers, before they are rounded. rows: numbers
    that rows have, in the same way, none if these are float32 numbers. The float32
    nearest to one stands for it, since it is what the row becomes; of several with
    one float32, for the most frequent: quantiles of equal rows differ in last digits.
    """

    def __init__(self, transform: Any, quantiles: Floats, rows: Floats) -> None:
        self.uniform = copy(transform)
        self.uniform.output_distribution = "uniform"
        self.normal = transform.output_distribution == "normal"
        self.quantiles = quantiles
        self.places = _most_frequent(rows)

    def _meant(self, x: Floats) -> Floats:
        """What float32 numbers stand for."""
        if not self.places.size:
            return x
        near = near32(self.places)
        at = np.searchsorted(near, x).clip(max=near.size - 1)
        return np.where(near[at] == x, self.places[at], x)

    def plain(self, x: Floats) -> Floats:
        """The probability."""
        x = self._meant(x)
        p: Floats = self.uniform._transform_col(x.copy(), self.quantiles, False)
        if self.normal:
            p = np.where(x + _BOUNDS > self.quantiles[-1], 1.0, p)
            p = np.where(x - _BOUNDS < self.quantiles[0], 0.0, p)
        return p

    def __call__(self, x: Floats) -> Floats:
        """For normal output counted from the nearer end: p, or, above one half,
        p - 1, which is -0 for 1."""
        p = self.plain(x)
        return np.where(p > 0.5, -(1 - p), p) if self.normal else p

    def first(self) -> Floats:
        """Points where the probability bends or jumps, as float32."""
        q = self.quantiles
        keys, counts = np.unique(q, return_counts=True)
        ends = np.array([q[0], q[-1], q[0] + _BOUNDS, q[-1] - _BOUNDS])
        jumps = _around(np.concatenate([keys[counts > 1], ends]))
        return np.union1d(keys.astype(np.float32), jumps).astype(np.float64)

    def curve(self) -> Curve:
        keys = self.first()
        for _ in range(4):
            keys = np.union1d(keys, self._missed(keys))
        if self.normal:
            keys = np.union1d(keys, self._middle(keys))
        return Curve(keys, self(keys))

    def _missed(self, keys: Floats) -> Floats:
        """Neighbours of the points at which straight lines are wrong."""
        near = _around(keys)
        ours = np.interp(near, keys, self.plain(keys))
        return near[abs(ours - self.plain(near)) > _TOLERANCE]

    def _middle(self, keys: Floats) -> Floats:
        """The float32 numbers between which the probability passes one half."""
        above = np.signbit(self(keys))
        if above.all() or not above.any():
            return keys[:0]
        at = int(np.argmax(above))
        if at == 0:
            return keys[:0]
        low, high = np.float32(keys[at - 1]), np.float32(keys[at])
        while np.nextafter(low, high) != high:
            middle = np.float32((np.float64(low) + high) / 2)
            if middle in (low, high):
                middle = np.nextafter(low, high)
            if np.signbit(self(np.array([middle], np.float64)))[0]:
                high = middle
            else:
                low = middle
        return np.array([low, high], np.float64)


def _quantile(graph: Graph, transform: Any, x: Tensor) -> OutputSpec:
    curves = []
    for f, feature in enumerate(graph.inputs_of(x).tolist()):
        quantiles = np.asarray(transform.quantiles_[:, f], np.float64)
        rows = quantiles
        if graph.rows.are_float32(feature, rows):
            rows = rows[:0]
        elif feature >= 0 and (column := graph.rows.column(feature)) is not None:
            rows = column.astype(np.float64) if column.size else rows
        scaled = [graph.scaled(x, f, numbers) for numbers in (quantiles, rows)]
        curves.append(_Quantiles(transform, *scaled).curve())
    y = interpolate(graph, x, curves, "QuantileTransformer")
    if transform.output_distribution == "normal":
        limit = -NormalDist().inv_cdf(float(_BOUNDS - np.spacing(1.0)))
        y = graph.stage("NDTRI_TWO_SIDED", y, y.count, floats(limit))
    return transformer(graph, y, missing=True)


_CONVERTERS = {
    "PolynomialFeatures": _polynomial,
    "QuantileTransformer": _quantile,
}


def convert(graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
    """A fitted transformer of this module that reads x."""
    return by_class(_CONVERTERS, graph, estimator, x)
