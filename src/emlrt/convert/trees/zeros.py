# SPDX-License-Identifier: MIT
"""Splits that send zeros where missing values go, as LightGBM's may.

Where that is the side of the numbers around zero, the threshold alone says it. Else
the side changes three times as numbers rise, which a set says; its threshold is
settled before, like any other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.ensemble import ZERO, Ensemble
from emlrt.thresholds import after32, before32, down32

_ZERO, _BEYOND = np.array(ZERO), float(after32(np.array(ZERO)))
_BEFORE = float(before32(-_ZERO))


def _set(limit: float) -> Categories:
    """Numbers up to a limit, a float32, go left; but those of zero to the other side
    than those around them."""
    last = min(limit, _BEFORE) if limit < 0 else max(limit, ZERO)
    cuts = np.unique([-ZERO, _BEYOND, float(after32(np.array(last)))])
    sides = np.array([True, False, True, False])
    return Categories(cuts, sides if cuts.size == 3 else sides[[0, 1, 3]])


def with_sets(ensemble: Ensemble) -> Ensemble:
    """The ensemble with sets, in front of its own, in place of splits where zeros go
    apart, of which the device compares the thresholds as they are."""
    at = np.flatnonzero(ensemble.zeros_apart)
    if not at.size:
        return ensemble
    limits, first, which = np.unique(
        down32(ensemble.threshold[at]), return_index=True, return_inverse=True
    )
    order = np.argsort(first)  # sets are numbered as splits first ask for them
    own = ensemble.category
    category = np.where(own >= 0, own + limits.size, own)
    category[at] = np.argsort(order)[which]
    sets = [_set(limit) for limit in limits[order].tolist()] + ensemble.sets
    none = np.zeros(0, bool)
    return replace(ensemble, category=category, sets=sets, zeros_apart=none)
