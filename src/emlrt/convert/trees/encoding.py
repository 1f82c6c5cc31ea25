# SPDX-License-Identifier: MIT
"""Which encoding trees get: their inputs as they are, or bins of them."""

from __future__ import annotations

import numpy as np

from emlrt.budget import Budget
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.steps import F32, Tensor
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.binning import Bins, binned
from emlrt.convert.trees.forest import Splits
from emlrt.convert.trees.payload import LeafTables, choose
from emlrt.dtypes import dtype_of
from emlrt.errors import UnsupportedModelError

#: What a place of a set takes at the worst, as a budget counts it.
_PLACE = 4


def _direct(
    groups: list[Splits], tables: list[LeafTables], entries: list[int], dtype: str
) -> int:
    """Bytes of stages that read inputs of a dtype, or bins."""
    return sum(
        choose(splits, table, dtype, entry).n_bytes
        for splits, table, entry in zip(groups, tables, entries, strict=True)
    )


def _bytes(bins: Bins, tables: list[LeafTables], entries: list[int]) -> float:
    """Bytes of everything; infinite if no form holds it."""
    head = dtype_of("emlrt_stage").itemsize + len(bins.payload())
    head += 0 if bins.sets is None else 2 * bins.sets.numbers.size * len(tables)
    try:
        return head + _direct(bins.by_split, tables, entries, bins.form)
    except UnsupportedModelError:
        return np.inf


def best_bins(
    groups: list[Splits],
    sets: list[Categories],
    tables: list[LeafTables],
    entries: list[int],
    encoding: str,
) -> Bins | None:
    """The smallest encoding; None if that has no bins.

    groups: splits of float32 inputs, for a stage each. sets: of the categories that
    they ask for. entries: bytes of a leaf of each group.

    Raises
    ------
    UnsupportedModelError
        If there are more categories than bins can tell apart.
    """
    if encoding == "direct" and not sets:
        return None
    found = [binned(groups, sets, dtype) for dtype in ("uint8", "int16")]
    sizes = [np.inf if r is None else _bytes(r, tables, entries) for r in found]
    best = int(np.argmin(sizes))
    if encoding == "bins" or sets:
        if np.isinf(sizes[best]):
            raise UnsupportedModelError(
                "the model has too many categories for bins of 15 bits; use fewer"
            )
        return found[best]
    direct = _direct(groups, tables, entries, "float32")
    return found[best] if sizes[best] < direct else None


def check_encoding(options: Options, x: Tensor, has_sets: bool) -> None:
    """Refuses an encoding that cannot hold the model, with a ValueError."""
    if options.encoding == "direct" and has_sets:
        raise ValueError(
            "encoding='direct' cannot hold categorical splits; use 'auto' or 'bins'"
        )
    if options.encoding == "bins" and x.dtype != F32:
        raise ValueError(
            f"encoding='bins' is for float32 inputs, not for {options.dtype}; use"
            " encoding='direct'"
        )


def charge_sets(budget: Budget, groups: list[Splits], sets: list[Categories]) -> None:
    """Charges what sets take: each set of a feature has a place for each cut of any,
    and each group's stage has all sets."""
    cuts = np.array([s.cuts.size for s in sets])
    coded = [s.category >= 0 for s in groups]
    category = np.concatenate(
        [s.category[c] for s, c in zip(groups, coded, strict=True)]
    )
    feature = np.concatenate([s.feature[c] for s, c in zip(groups, coded, strict=True)])
    pairs = np.unique(np.stack([feature, category]), axis=1)
    _, at = np.unique(pairs[0], return_inverse=True)
    n_sets = np.bincount(at)
    places = n_sets * np.bincount(at, cuts[pairs[1]]).astype(np.int64)
    budget.charge("places of sets", int(places.sum()), _PLACE)
    budget.charge("places of groups", int(places.sum()) * len(groups) // 8, 2 * _PLACE)


def bucketize_stage(graph: Graph, x: Tensor, bins: Bins) -> Tensor:
    """The stage that turns inputs into bins."""
    op = {"uint8": "BUCKETIZE_U8", "int16": "BUCKETIZE_I16"}[bins.dtype]
    return graph.stage(op, x, len(bins.columns), bins.payload())


def encoded(
    graph: Graph, x: Tensor, splits: Splits, dtype: str
) -> tuple[Tensor, str, Splits]:
    """Splits of a forest as the caller wants them encoded: what they read, its dtype
    as a key of FORMS, and they themselves."""
    check_encoding(graph.options, x, False)
    if graph.options.encoding != "bins":
        return x, dtype, splits
    bins = best_bins([splits], [], [LeafTables(splits)], [1], "bins")
    if bins is None or not bins.columns:
        return x, dtype, splits
    return bucketize_stage(graph, x, bins), bins.form, bins.by_split[0]
