# SPDX-License-Identifier: MIT
"""Thresholds behind float32 stages, a few units wider than the original's.

Stages before trees give in float32 what scikit-learn has in float64, a few units
beside it. That matters where the original's thresholds and categories are training
rows' own numbers: such a row must go where it goes in the original.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.ensemble import Bools, Ensemble, Floats
from emlrt.convert.trees.forest import Forest

#: What a number may be beside, of itself and of the feature's usual ones: a few units
#: of float32; and at most, of the way to the next number.
_OF_ITSELF, _OF_USUAL, _OF_GAP = 2.0**-21, 2.0**-20, 2.0**-6
#: What a category has beside it even if it is 0.
_LEAST = 1e-30


def _room(numbers: Floats) -> Floats:
    """The tolerance around each value of a sorted array."""
    finite = np.isfinite(numbers)
    usual = np.median(abs(numbers[finite])) if finite.any() else 0.0
    with np.errstate(invalid="ignore"):
        gap = np.append(np.diff(numbers), np.inf)
    least = np.minimum(usual * _OF_USUAL, gap * _OF_GAP)
    return np.where(finite, np.maximum(abs(numbers) * _OF_ITSELF, least), 0.0)


def move_thresholds(forest: Forest, moved: Bools, *, down: bool) -> None:
    """Moves thresholds of some features up or down by the tolerance, in place."""
    split = forest.code < 0
    split[split] = moved[forest.feature[split]]
    for feature in np.unique(forest.feature[split]).tolist():
        at = np.flatnonzero(split & (forest.feature == feature))
        t, back = np.unique(forest.threshold[at], return_inverse=True)
        t = -(-t[::-1] + _room(-t[::-1]))[::-1] if down else t + _room(t)
        forest.threshold[at] = t[back]


def _around(known: Categories, missing_left: bool) -> Categories:
    """A set of short ranges in place of a set of single numbers."""
    closest = np.append(np.diff(known.cuts), np.inf).min()
    room = np.minimum(_room(known.cuts) + _LEAST, closest / 3)
    cuts = np.stack([known.cuts - room, known.cuts + room], axis=1).ravel()
    between = np.full(known.cuts.size, missing_left)
    left = np.stack([known.left, between], axis=1).ravel()
    return Categories(cuts, np.append(missing_left, left))


def with_ranges(ensemble: Ensemble) -> Ensemble:
    """The ensemble with sets of short ranges in place of single numbers."""
    node = np.zeros(len(ensemble.sets), np.int64)
    coded = np.flatnonzero(ensemble.category >= 0)
    node[ensemble.category[coded]] = coded
    sets = [
        _around(known, bool(left)) if known.exact and known.cuts.size else known
        for known, left in zip(ensemble.sets, ensemble.missing_left[node], strict=True)
    ]
    return replace(ensemble, sets=sets)
