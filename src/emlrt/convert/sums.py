# SPDX-License-Identifier: MIT
"""Stages for sums of trees: which encoding, which leaves, which order."""

from __future__ import annotations

import numpy as np

from emlrt.convert.ensemble import Categories, Ensemble
from emlrt.convert.forest import Splits, order, prune
from emlrt.convert.graph import F32, Graph, Origin, Wire
from emlrt.convert.groups import coded, grouped
from emlrt.convert.options import Options
from emlrt.convert.origin import move, origin_of
from emlrt.convert.payload import LeafTables, Numbers, numbers_payload
from emlrt.convert.ranking import best_ranks, check_encoding, rank_stage
from emlrt.native import constants

#: Names of ops by their codes.
OPS = {code: name for name, code in constants("EMLRT_OP_").items()}


def _source(graph: Graph, ensemble: Ensemble, x: Wire) -> tuple[Origin | None, Wire]:
    """What the trees can read instead of x: what lies in front of scalers."""
    origin = origin_of(graph, x)
    if origin is not None and (origin.function is None or not ensemble.sets):
        root = origin.source.buffer
        x = Wire(root, 0, root.count)
    else:
        origin = None
    return origin, graph.floats(x) if ensemble.sets else x


def _forest(
    group: Ensemble, options: Options, origin: Origin | None, floats: bool, dtype: str
) -> tuple[Splits, Numbers]:
    """Splits for inputs of a dtype, and what their leaves add."""
    forest, numbers = coded(group, options.leaf_bits, floats)
    if origin is not None:
        move(forest, origin)
    if dtype == "float32":
        prune(forest)
    else:
        forest.threshold = np.floor(forest.threshold)
        prune(forest, *options.range)
    return order(forest), numbers


def sums(graph: Graph, ensemble: Ensemble, x: Wire, *, in_floats: bool = False) -> Wire:
    """Stages that give a boosted model's scores, one an output.

    in_floats: whether the original adds float32 leaves to float32 sums, tree after
    tree; then so does the runtime, bit for bit, unless the caller asks for integers.

    Raises
    ------
    UnsupportedModelError
        If a number is not finite or too large, or there are too many categories.
    ValueError
        If the encoding asked for cannot hold the model.
    """
    graph.used.update(("leaf_bits", "encoding", "sums"))
    options = graph.options
    origin, x = _source(graph, ensemble, x)
    check_encoding(options, x, bool(ensemble.sets))
    floats = _in_floats(options, in_floats)
    dtype = options.dtype if x.dtype != F32 else "float32"
    found = [
        _forest(group.ensemble, options, origin, floats, dtype)
        for group in grouped(ensemble)
    ]
    splits, numbers = (list(part) for part in zip(*found, strict=True))
    return _emit(graph, x, splits, numbers, ensemble.sets)


def _in_floats(options: Options, usual: bool) -> bool:
    if options.sums == "float32" and options.leaf_bits != 32:
        raise ValueError(
            f"leaf_bits={options.leaf_bits} is for sums of integers; leave sums out"
        )
    chosen = usual if options.sums is None else options.sums == "float32"
    return chosen and options.leaf_bits == 32


def _emit(
    graph: Graph,
    x: Wire,
    splits: list[Splits],
    numbers: list[Numbers],
    sets: list[Categories],
) -> Wire:
    """The stages: ranks, if they are worth it, and one for each group."""
    tables = [LeafTables(s) for s in splits]
    dtype = graph.options.dtype if x.dtype != F32 else "float32"
    used = sets if any((s.category >= 0).any() for s in splits) else []
    entries = [adds.entry for adds in numbers]
    ranks = None
    if x.dtype == F32 and any(s.feature.size for s in splits):
        ranks = best_ranks(splits, used, tables, entries, graph.options.encoding)
    if ranks is not None:
        x = rank_stage(graph, x, ranks)
        splits, dtype = ranks.by_split, ranks.form
    wires = []
    for group, table, adds in zip(splits, tables, numbers, strict=True):
        code, payload = numbers_payload(
            group, table, dtype, adds, None if ranks is None else ranks.sets
        )
        wires.append(graph.stage(OPS[code], x, adds.rows.shape[1], payload))
    return graph.concat(wires)
