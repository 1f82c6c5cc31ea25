# SPDX-License-Identifier: MIT
"""Places buffers in the arena, each at the lowest offset that is free."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(eq=False)
class Room:
    """Memory of a buffer, which is in use from one step to another, both included."""

    n_bytes: int
    first: int
    last: int
    offset: int = 0


@dataclass(eq=False)
class _Taken:
    """Bytes that are taken: ranges in order that do not touch each other."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add(self, start: int, end: int) -> None:
        low = bisect_left(self.ends, start)
        high = bisect_right(self.starts, end)
        if low < high:
            start = min(start, self.starts[low])
            end = max(end, self.ends[high - 1])
        self.starts[low:high], self.ends[low:high] = [start], [end]

    def passed(self, offset: int, n_bytes: int) -> int:
        """The offset, or if bytes from there are not all free, a later one: the end
        of a range that is in the way."""
        at = bisect_right(self.ends, offset)
        if at < len(self.ends) and self.starts[at] < offset + n_bytes:
            return self.ends[at]
        return offset


class _Times:
    """The bytes that are in use at each step.

    The nodes of a binary tree over the steps, numbered as in a heap, keep it: `over`
    what is in use at all of a node's steps, at the highest nodes of which that is
    true, and `within` what is in use at some of them, by those nodes and the nodes
    above. So the number of nodes to look at for any range of steps grows with the
    logarithm of their number.
    """

    def __init__(self, steps: int) -> None:
        self._leaves = 1 << max(steps - 1, 0).bit_length()
        self._over: defaultdict[int, _Taken] = defaultdict(_Taken)
        self._within: defaultdict[int, _Taken] = defaultdict(_Taken)

    def _nodes(self, room: Room) -> tuple[list[int], set[int]]:
        """The highest nodes that have only steps of the room, and those above them."""
        low, high = self._leaves + room.first, self._leaves + room.last + 1
        nodes, above = [], set()
        while low < high:
            if low & 1:
                nodes.append(low)
                low += 1
            if high & 1:
                high -= 1
                nodes.append(high)
            low, high = low >> 1, high >> 1
        for node in nodes:
            while (node := node >> 1) and node not in above:
                above.add(node)
        return nodes, above

    def place(self, room: Room) -> None:
        """Gives a room the lowest offset that is free at all of its steps."""
        nodes, above = self._nodes(room)
        met = [self._within[node] for node in nodes]
        met += [self._over[node] for node in above]
        before = -1
        while before != room.offset:
            before = room.offset
            for taken in met:
                room.offset = taken.passed(room.offset, room.n_bytes)
        end = room.offset + room.n_bytes
        for node in nodes:
            self._over[node].add(room.offset, end)
        for node in (*nodes, *above):
            self._within[node].add(room.offset, end)


def place(rooms: list[Room]) -> int:
    """Gives every room an offset, the largest first; returns the arena's bytes."""
    times = _Times(max((room.last + 1 for room in rooms), default=0))
    for room in sorted(rooms, key=lambda r: (-r.n_bytes, r.first)):
        times.place(room)
    return max((room.offset + room.n_bytes for room in rooms), default=0)


__all__ = ["Room", "place"]
