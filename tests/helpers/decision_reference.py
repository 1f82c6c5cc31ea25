# SPDX-License-Identifier: MIT
"""Decisions in plain Python, on one row of numbers after the other.

Each is called with float32 numbers, one a class, and gives the shares of its answers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = np.float32
Row = NDArray[np.float32]


def certain(answer: int, n: int) -> Row:
    return np.array([c == answer for c in range(n)], F32)


class Vote:
    def __init__(self, one: Any, classes: list[Any]) -> None:
        self.n, self.soft, self.last = one.n, one.voting == "soft", []

    def __call__(self, row: Row) -> Row:
        self.last = [*self.last, row][-self.n :]
        count = F32(len(self.last))
        if not self.soft:
            answers = [int(np.argmax(r)) for r in self.last]
            return np.array([answers.count(c) for c in range(len(row))], F32) / count
        total = self.last[0]
        for more in self.last[1:]:
            total = total + more
        return total / count


class Threshold:
    def __init__(self, one: Any, classes: list[Any]) -> None:
        def of(given: Any, missing: list[float]) -> list[float]:
            if not isinstance(given, dict):
                return [given] * len(classes)
            return [given.get(c, m) for c, m in zip(classes, missing, strict=True)]

        on = of(one.on, [0.0] * len(classes))
        off = on if one.off is None else of(one.off, on)
        self.on, self.off = np.array(on, F32), np.array(off, F32)
        self.new = one.other not in classes
        self.other = len(classes) if self.new else classes.index(one.other)
        self.before: int | None = None

    def __call__(self, row: Row) -> Row:
        best = None
        for c, p in enumerate(row):
            enough = p >= (self.off if c == self.before else self.on)[c]
            if enough and (best is None or p > row[best]):
                best = c
        self.before = best
        return certain(self.other if best is None else best, len(row) + self.new)


class Debounce:
    def __init__(self, one: Any, classes: list[Any]) -> None:
        self.n, self.answer, self.seen = one.n, None, []

    def __call__(self, row: Row) -> Row:
        self.seen = [*self.seen, int(np.argmax(row))][-self.n :]
        same = len(self.seen) == self.n and len({*self.seen}) == 1
        if self.answer is None or same:
            self.answer = self.seen[-1]
        return certain(self.answer, len(row))


KINDS = {kind.__name__: kind for kind in (Vote, Threshold, Debounce)}


def decided(
    decisions: list[Any], classes: list[Any], rows: NDArray[Any]
) -> tuple[NDArray[np.float32], list[Any]]:
    """Shares of the last decision for each row, from rest, and its classes."""
    chain, classes = [], list(classes)
    for one in decisions:
        chain.append(KINDS[type(one).__name__](one, classes))
        if getattr(chain[-1], "new", False):
            classes.append(one.other)
    found = []
    for row in np.asarray(rows, F32):
        for step in chain:
            row = step(row)
        found.append(row)
    return np.array(found, F32).reshape(-1, len(classes)), classes
