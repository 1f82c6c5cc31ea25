# SPDX-License-Identifier: MIT
"""Products of a vector's elements, as stages."""

from __future__ import annotations

import numpy as np

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Tensor

Product = tuple[int, ...]


def products(graph: Graph, x: Tensor, wanted: list[Product]) -> Tensor:
    """Products of elements of x, by the elements' numbers in rising order: each is its
    first factor times what the others make."""
    present, helpers = set(wanted), set[Product]()
    for product in wanted:
        rest = product[1:]
        while rest and rest not in present and rest not in helpers:
            helpers.add(rest)
            rest = rest[1:]
    ordered = [*sorted(helpers, key=lambda p: (len(p), p)), *wanted]
    place = {product: j for j, product in enumerate(ordered)}
    pairs = np.empty((len(ordered), 2), np.int64)
    for j, product in enumerate(ordered):
        rest = product[1:]
        pairs[j] = place[rest] if rest else j, product[0] if product else x.count
    width = "<u2" if max(x.count, len(ordered)) <= 0xFFFF else "<u4"
    payload = pairs.astype(width).tobytes()
    y = graph.stage("POLYNOMIAL", graph.floats(x), len(ordered), payload)
    return graph.part(y, len(helpers), len(wanted))
