# SPDX-License-Identifier: MIT
"""Adjacent affine steps in one, where the result is no less accurate.

A scaling in front of a dense layer goes into its weights: W (x s) = (W s) x. A
shift does so only where it is small: with a mean far from 0, differences must be
taken first, or the products' rounding is far larger than the differences.
"""

from __future__ import annotations

import numpy as np

from emlrt.convert.ir.steps import Affine, Buffer, Dense, Step

#: Largest shift, in units of the scaled result, that is folded.
_SMALL = 1.0


def _before(scaling: Affine, linear: Dense) -> Dense | None:
    """A dense layer that does the scaling too."""
    centre = scaling.offset - scaling.shift * scaling.scale
    if (abs(centre) > _SMALL).any():
        return None
    weights = linear.weights * scaling.scale
    if not np.isfinite(weights.astype(np.float32)).all():
        return None
    return Dense(weights, linear.biases + linear.weights @ centre, linear.relu)


def _after(linear: Dense, scaling: Affine) -> Dense | None:
    """A dense layer that is followed by a scaling."""
    if linear.relu:
        return None
    biases = (linear.biases - scaling.shift) * scaling.scale + scaling.offset
    return Dense(linear.weights * scaling.scale[:, None], biases)


def _merged(first: Step, second: Step) -> Dense | None:
    if isinstance(first.params, Affine) and isinstance(second.params, Dense):
        return _before(first.params, second.params)
    if isinstance(first.params, Dense) and isinstance(second.params, Affine):
        return _after(first.params, second.params)
    return None


class _Line:
    """Steps in a row, of which each is found, replaced or taken out in no time."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = list(steps)
        n = len(steps)
        self.before = [*range(-1, n - 1)]
        self.behind = [*range(1, n + 1)]
        self.readers: dict[Buffer, set[int]] = {}
        for at, step in enumerate(steps):
            self.readers.setdefault(step.source.buffer, set()).add(at)

    def reader(self, at: int) -> int:
        """The only step that reads what a step writes to, -1 if there is no such."""
        found = self.readers.get(self.steps[at].target.buffer, set())
        return next(iter(found)) if len(found) == 1 else -1

    def merge(self, first: int, second: int, step: Step) -> None:
        """Puts a step in the place of the second one of two, and drops the first."""
        self.readers[self.steps[second].source.buffer].discard(second)
        others = self.readers[self.steps[first].source.buffer]
        others.discard(first)
        others.add(second)
        self.steps[second] = step
        before, behind = self.before[first], self.behind[first]
        if before >= 0:
            self.behind[before] = behind
        if behind < len(self.steps):
            self.before[behind] = before

    def rest(self, first: int) -> list[Step]:
        """The steps that are left, from one on."""
        found, at = [], first
        while at < len(self.steps):
            found.append(self.steps[at])
            at = self.behind[at]
        return found


def fold(steps: list[Step], y: Buffer) -> list[Step]:
    """The steps with every fold that can be made. y is what they must give."""
    line = _Line(steps)
    start = at = 0
    while at < len(steps):
        first = line.steps[at]
        own = first.target.buffer
        reader = line.reader(at) if own is not y and own.parent is None else -1
        merged = None
        if reader >= 0 and line.steps[reader].source.whole:
            merged = _merged(first, line.steps[reader])
        if merged is None:
            at = line.behind[at]
            continue
        target = line.steps[reader].target
        step = Step("DENSE", first.source, target, b"", merged)
        line.merge(at, reader, step)
        if at == start:
            start = line.behind[at]
        at = line.before[at] if line.before[at] >= 0 else line.behind[at]
    return line.rest(start)
