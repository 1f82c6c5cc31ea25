# SPDX-License-Identifier: MIT
"""Which encoding trees get: their inputs as they are, or bins of them."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from emlrt.allowance import Allowance
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.steps import F32, Tensor
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.binning import Bins, binned
from emlrt.convert.trees.choice import Candidate, Stage, pick
from emlrt.convert.trees.forest import Splits
from emlrt.dtypes import dtype_of
from emlrt.errors import UnsupportedModelError
from emlrt.inspect.cost import Terms, price, total

#: What a place of a set takes at the worst, as an allowance counts it.
_PLACE = 4


def _stages(
    stages: list[Stage], splits: list[Splits], visits: list[float], dtype: str
) -> tuple[int, list[Terms]]:
    """Bytes and terms of stages that read inputs of a dtype, or bins."""
    found = [
        stage.encoded(own, dtype, n)
        for stage, own, n in zip(stages, splits, visits, strict=True)
    ]
    return sum(n for n, _ in found), [terms for _, terms in found]


def _direct(stages: list[Stage], visits: list[float]) -> Candidate[Bins | None]:
    n_bytes, terms = _stages(stages, [s.splits for s in stages], visits, "float32")
    return Candidate(n_bytes, price(total(terms)), None)


def _of_bins(
    stages: list[Stage], visits: list[float], bins: Bins
) -> Candidate[Bins | None]:
    """Everything with bins. UnsupportedModelError if no form holds it."""
    n_bytes, terms = _stages(stages, bins.by_split, visits, bins.form)
    n_bytes += dtype_of("emlrt_stage").itemsize + len(bins.payload())
    n_bytes += 0 if bins.sets is None else 2 * bins.sets.numbers.size * len(stages)
    return Candidate(n_bytes, price(total([bins.terms(), *terms])), bins)


def _fast(options: Options) -> bool:
    return options.optimize == "speed"


def best_bins(
    stages: list[Stage], sets: list[Categories], options: Options
) -> Bins | None:
    """The encoding to take; None if that has no bins.

    stages: of float32 inputs. sets: of the categories that they ask for.

    Raises
    ------
    UnsupportedModelError
        If there are more categories than bins can tell apart.
    """
    if options.encoding == "direct" and not sets:
        return None
    visits, found = [stage.visits for stage in stages], []
    free = options.encoding == "auto" and not sets
    if free:
        found.append(_direct(stages, visits))
    for dtype in ("uint8", "int16"):
        bins = binned([stage.splits for stage in stages], sets, dtype)
        if bins is not None:
            with suppress(UnsupportedModelError):
                found.append(_of_bins(stages, visits, bins))
    if not found:
        raise UnsupportedModelError(
            "the model has too many categories for bins of 15 bits; use fewer"
        )
    # Where it has to be bins, they are as small as they can be, but for speed.
    return pick(found, options.optimize if free or _fast(options) else "size")


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


def charge_sets(
    allowance: Allowance, groups: list[Splits], sets: list[Categories]
) -> None:
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
    allowance.charge("places of sets", int(places.sum()), _PLACE)
    allowance.charge(
        "places of groups", int(places.sum()) * len(groups) // 8, 2 * _PLACE
    )


def bucketize_stage(graph: Graph, x: Tensor, bins: Bins) -> Tensor:
    """The stage that turns inputs into bins."""
    op = {"uint8": "BUCKETIZE_U8", "int16": "BUCKETIZE_I16"}[bins.dtype]
    return graph.stage(op, x, len(bins.columns), bins.payload())


def _takes_bins(options: Options, kind: str) -> bool:
    """Whether bins are thought of for a forest. By default it reads its inputs: few
    forests share thresholds, and only a single stage of votes can stop early."""
    if options.encoding != "auto":
        return options.encoding == "bins"
    return options.optimize == "size" or (_fast(options) and kind in ("sum", "add"))


def encoded(
    graph: Graph, x: Tensor, stage: Stage, dtype: str
) -> tuple[Tensor, str, Splits]:
    """A forest as the caller wants it encoded: what it reads, the dtype of that as a
    key of FORMS, and its splits. dtype: of x."""
    check_encoding(graph.options, x, False)
    if x.dtype != F32 or not _takes_bins(graph.options, stage.kind):
        return x, dtype, stage.splits
    bins = best_bins([stage], [], graph.options)
    if bins is None or not bins.columns:
        return x, dtype, stage.splits
    return bucketize_stage(graph, x, bins), bins.form, bins.by_split[0]
