# SPDX-License-Identifier: MIT
"""Stages for sums of trees: which encoding, which leaves, which order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from emlrt.convert.ir.given import both
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.steps import F32, Origin, Tensor
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.by_output import coded, grouped, is_uneven, n_groups
from emlrt.convert.trees.choice import Stage
from emlrt.convert.trees.encoding import (
    best_bins,
    bucketize_stage,
    charge_sets,
    check_encoding,
)
from emlrt.convert.trees.ensemble import Bools, Ensemble
from emlrt.convert.trees.fold_scalers import origin_of, read
from emlrt.convert.trees.forest import Splits, order, prune
from emlrt.convert.trees.payload import LeafTables, Numbers, numbers_payload
from emlrt.convert.trees.spread import summed
from emlrt.convert.trees.tolerance import move_thresholds, with_ranges
from emlrt.convert.trees.zeros import with_sets
from emlrt.errors import UnsupportedModelError
from emlrt.native import constants

#: What a group of trees takes at the worst, as an allowance counts it: bytes, and
#: microseconds.
_GROUP, _GROUP_WORK = 2048, 500
#: Names of ops by their codes.
OPS = {code: name for name, code in constants("EMLRT_OP_").items()}


@dataclass(frozen=True)
class _Reading:
    """What trees read, and how they compare it.

    origin : what lies in front of scalers, if they are passed over.
    dtype : of the inputs.
    blurred : (n,) bool: where stages before give in float32 what the original
        compares in float64. moved : (n,) bool: where thresholds make room for that,
        since no rows are known there.
    """

    x: Tensor
    origin: Origin | None
    dtype: str
    blurred: Bools
    moved: Bools


def _reading(graph: Graph, ensemble: Ensemble, x: Tensor, wide: bool) -> _Reading:
    origin = origin_of(graph, x)
    if origin is not None and (origin.function is None or not ensemble.asks_sets):
        root = origin.source.buffer
        x = Tensor(root, 0, root.count)
    else:
        origin = None
    computed = (not graph.is_exact(x.buffer)) & (graph.inputs_of(x) < 0)
    moved = computed & (wide or ensemble.below)
    if moved.any() and both(graph, x) is not None:
        moved[:] = False
    x = graph.floats(x) if ensemble.asks_sets else x
    dtype = graph.options.dtype if x.dtype != F32 else "float32"
    return _Reading(x, origin, dtype, wide & computed, moved)


def _check_codes(graph: Graph, reading: _Reading, ensemble: Ensemble) -> None:
    """Refuses offsets and scales of categories, which are codes, and of numbers that
    are missing if they are 0."""
    asks = ensemble.category >= 0
    if ensemble.zeros_apart.size:
        asks |= ensemble.zeros_apart
    at = ensemble.feature[asks]
    if reading.origin is not None:
        at = reading.origin.elements[at] + reading.origin.source.start
    codes, column = graph.codes(reading.x), graph.inputs_of(reading.x)
    if codes is None or not at.size:
        return
    bad = at[(codes[0][at] != 0) | (codes[1][at] != 1)]
    if bad.size:
        raise UnsupportedModelError(
            f"feature {column[bad[0]]} holds categories, or numbers of which 0 is"
            " missing, and these have no offset nor scale: give it an offset of 0 and"
            " a scale of 1"
        )


def _settled(
    graph: Graph, ensemble: Ensemble, reading: _Reading, wide: bool
) -> Ensemble:
    """The same trees, of what they read."""
    own = replace(
        ensemble,
        feature=ensemble.feature.copy(),
        threshold=ensemble.threshold.copy(),
        missing_left=ensemble.missing_left.copy(),
    )
    split = own.left >= 0
    _check_codes(graph, reading, own)
    read(graph, reading.x, reading.origin, own, split, wide=wide)
    own = with_sets(own)
    own.sets = [graph.rows.settled(known) for known in own.sets]
    return with_ranges(own) if reading.blurred.any() else own


def _forest(
    group: Ensemble, options: Options, reading: _Reading, floats: bool
) -> tuple[Splits, Numbers]:
    """Splits for what they read, and what their leaves add."""
    forest, numbers = coded(group, options.leaf_bits, floats)
    move_thresholds(forest, reading.moved, down=group.below)
    if reading.dtype == "float32":
        prune(forest)
    else:
        forest.threshold = np.floor(forest.threshold)
        prune(forest, *options.range)
    return order(forest), numbers


def sums(
    graph: Graph,
    ensemble: Ensemble,
    x: Tensor,
    *,
    in_floats: bool = False,
    wide: bool = False,
) -> Tensor:
    """Stages that give a boosted model's scores, one an output.

    in_floats: whether the original adds float32 leaves to float32 sums, tree after
    tree; then so does the runtime, bit for bit, unless the caller asks for integers.
    Where a few leaves are so large that one scale loses the others, there are floats
    or two sums: see emlrt.convert.trees.spread.
    wide: whether the original compares float64 numbers, not float32 ones; or the
    ensemble says so.

    Raises
    ------
    UnsupportedModelError
        If a number is not finite or too large, or there are too many categories.
    ValueError
        If the encoding asked for cannot hold the model.
    """
    graph.used.update(("leaf_bits", "encoding", "optimize", "sums"))
    options, wide = graph.options, wide or ensemble.wide
    options.check_numbers()
    graph.allowance.charge("outputs", n_groups(ensemble), _GROUP, _GROUP_WORK)
    reading = _reading(graph, ensemble, x, wide)
    check_encoding(options, reading.x, ensemble.asks_sets)
    ensemble = _settled(graph, ensemble, reading, wide)
    parts = _parts(ensemble, options, in_floats)
    found = [
        _forest(part, options, reading, floats) for own in parts for part, floats in own
    ]
    splits, numbers = (list(part) for part in zip(*found, strict=True))
    tensors = iter(_stages(graph, reading.x, splits, numbers, ensemble.sets))
    return graph.concat([_added(graph, [next(tensors) for _ in own]) for own in parts])


def _added(graph: Graph, tensors: list[Tensor]) -> Tensor:
    return (
        tensors[0] if len(tensors) == 1 else graph.mix(tensors, np.ones(len(tensors)))
    )


def _parts(
    ensemble: Ensemble, options: Options, as_original: bool
) -> list[list[tuple[Ensemble, bool]]]:
    """For each group of trees one or two ensembles whose sums are added, and whether
    they are sums of floats."""
    own = [group.ensemble for group in grouped(ensemble)]
    asked = options.sums
    if asked == "float32" and options.leaf_bits != 32:
        raise ValueError(
            f"leaf_bits={options.leaf_bits} is for sums of integers; leave sums out"
        )
    if options.leaf_bits != 32 or (as_original and asked is None):
        return [[(group, options.leaf_bits == 32)] for group in own]
    floats = is_uneven(ensemble) if asked is None else asked == "float32"
    return [summed(group, floats, asked is not None) for group in own]


def _stages(
    graph: Graph,
    x: Tensor,
    splits: list[Splits],
    numbers: list[Numbers],
    sets: list[Categories],
) -> list[Tensor]:
    """The stages: bins, if they are worth it, and one for each group."""
    tables = [LeafTables(s) for s in splits]
    dtype: str = graph.options.dtype if x.dtype != F32 else "float32"
    used = sets if any((s.category >= 0).any() for s in splits) else []
    if used:
        charge_sets(graph.allowance, splits, sets)
    bins = None
    if x.dtype == F32 and any(s.feature.size for s in splits):
        bins = best_bins(
            [
                Stage(own, table, adds.kind, adds.rows.shape[1], adds.entry)
                for own, table, adds in zip(splits, tables, numbers, strict=True)
            ],
            used,
            graph.options,
        )
    if bins is not None:
        x = bucketize_stage(graph, x, bins)
        splits, dtype = bins.by_split, bins.form
    tensors = []
    for group, table, adds in zip(splits, tables, numbers, strict=True):
        code, payload = numbers_payload(
            group, table, dtype, adds, None if bins is None else bins.sets
        )
        tensors.append(graph.stage(OPS[code], x, adds.rows.shape[1], payload))
    return tensors
