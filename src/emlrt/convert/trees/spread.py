# SPDX-License-Identifier: MIT
"""Sums of trees with a few leaves that are far larger than the others.

Newton's steps can make a leaf of 10^13 among leaves of 10^-2, and later trees take it
back. No sum of 32 bits holds both. So there are two sums, of whole steps of the large
leaves and of what is left of all, each in integers and exact; the first is 0 again
where the large leaves cancel out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from emlrt.convert.trees.by_output import leaves_by_tree
from emlrt.convert.trees.ensemble import Ensemble
from emlrt.errors import PrecisionWarning, warn

#: What sums may lose of what the usual leaves add up to.
_NOTED = 1e-4
#: Bits of what leaves add up to that sums of floats keep, and sums of integers.
_FLOAT, _INTEGER = 24, 27
#: What is refused anyway is not warned of.
_LARGEST = float(np.finfo(np.float32).max)


def _halves(ensemble: Ensemble) -> list[Ensemble]:
    """The part in whole steps, and the rest. Both add up to the original."""
    peaks = [abs(values).max(axis=0) for values in leaves_by_tree(ensemble)]
    reach = np.sum(peaks, axis=0) + abs(ensemble.base)
    exponents = np.ceil(np.log2(np.maximum(reach, np.finfo(np.float64).tiny)))
    step = np.exp2(exponents - 29)  # steps that 30 bits hold
    value = np.rint(ensemble.value / step) * step
    base = np.rint(ensemble.base / step) * step
    fine = replace(ensemble, value=ensemble.value - value, base=ensemble.base - base)
    return [replace(ensemble, value=value, base=base), fine]


def reaches(ensemble: Ensemble) -> tuple[float, float]:
    """What the trees' usual leaves add up to with the start, and their largest ones.
    Of few leaves the smaller one is usual: rows of all others may have it."""
    trees = leaves_by_tree(ensemble)
    sizes = [np.sort(abs(values).max(axis=1)) for values in trees]
    usual = sum(float(size[(size.size - 1) // 2]) for size in sizes)
    largest = sum(float(size[-1]) for size in sizes)
    return usual + float(abs(ensemble.base).max()), largest


def lost(ensemble: Ensemble, in_floats: bool = False) -> float:
    """What sums lose of the largest leaves, if it matters beside the usual ones, else
    0."""
    usual, largest = reaches(ensemble)
    part = largest * 2.0 ** -(_FLOAT if in_floats else _INTEGER)
    return part if part > _NOTED * usual > 0 else 0.0


def _warn(part: float, ensemble: Ensemble) -> None:
    usual, largest = reaches(ensemble)
    if part and largest < _LARGEST:
        warn(
            f"trees' largest leaves add up to {largest:.1e}, and what they usually add"
            f" is {usual:.1e}, which sums hold to about {part:.0e}: the fit has"
            " diverged; lower the learning rate, or regularize more, and fit again",
            PrecisionWarning,
        )


def summed(
    ensemble: Ensemble, in_floats: bool, asked: bool
) -> list[tuple[Ensemble, bool]]:
    """Ensembles whose sums are to be added, and whether each is a sum of floats: what
    is proposed, or two sums of integers where that loses too much. asked: whether the
    caller wants no other."""
    part = lost(ensemble, in_floats)
    if part and not asked:
        halves = _halves(ensemble)
        rest = reaches(halves[1])[1] * 2.0**-_INTEGER
        _warn(rest if rest > _NOTED * reaches(ensemble)[0] else 0.0, ensemble)
        return [(half, False) for half in halves]
    _warn(part, ensemble)
    return [(ensemble, in_floats)]
