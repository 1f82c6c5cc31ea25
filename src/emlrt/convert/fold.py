# SPDX-License-Identifier: MIT
"""Adjacent affine steps in one, where the result is no less accurate.

A scaling in front of a dense layer goes into its weights: W (x s) = (W s) x. A
shift does so only where it is small: with a mean far from 0, differences must be
taken first, or the products' rounding is far larger than the differences.
"""

from __future__ import annotations

import numpy as np

from emlrt.convert.graph import Buffer, Linear, Scaling, Step

#: Largest shift, in units of the scaled result, that is folded.
_SMALL = 1.0


def _readers(steps: list[Step], buffer: Buffer) -> list[Step]:
    return [step for step in steps if step.source.buffer is buffer]


def _before(scaling: Scaling, linear: Linear) -> Linear | None:
    """A dense layer that does the scaling too."""
    centre = scaling.offset - scaling.shift * scaling.scale
    if (abs(centre) > _SMALL).any():
        return None
    weights = linear.weights * scaling.scale
    if not np.isfinite(weights.astype(np.float32)).all():
        return None
    return Linear(weights, linear.biases + linear.weights @ centre, linear.relu)


def _after(linear: Linear, scaling: Scaling) -> Linear | None:
    """A dense layer that is followed by a scaling."""
    if linear.relu:
        return None
    biases = (linear.biases - scaling.shift) * scaling.scale + scaling.offset
    return Linear(linear.weights * scaling.scale[:, None], biases)


def _merged(first: Step, second: Step) -> Linear | None:
    if isinstance(first.matter, Scaling) and isinstance(second.matter, Linear):
        return _before(first.matter, second.matter)
    if isinstance(first.matter, Linear) and isinstance(second.matter, Scaling):
        return _after(first.matter, second.matter)
    return None


def fold(steps: list[Step], y: Buffer) -> list[Step]:
    """The steps with every fold that can be made. y is what they must give."""
    kept = list(steps)
    at = 0
    while at < len(kept):
        first = kept[at]
        own = first.target.buffer
        readers = _readers(kept, own)
        merged = None
        if len(readers) == 1 and own is not y and own.parent is None:
            second = readers[0]
            if second.source.whole:
                merged = _merged(first, second)
        if merged is None:
            at += 1
            continue
        second = readers[0]
        kept[kept.index(second)] = Step(
            "DENSE", first.source, second.target, b"", merged
        )
        kept.pop(at)
        at = max(0, at - 1)
    return kept
