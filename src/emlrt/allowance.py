# SPDX-License-Identifier: MIT
"""Limits of the memory and time that reading a file may take, by its size.

Whatever a file says, its reader takes at most 64 MiB and 24 times the file's size in
memory, and 2 s and 1 s for each MB of the file in time. A reader charges an allowance
where bytes become objects: before it makes something that is larger than the bytes
that ask for it. A charge is what the thing takes at the worst, until the model is
made: bytes, and microseconds of work.
"""

from __future__ import annotations

import math
from typing import Self

from emlrt.errors import FormatError

#: What may be charged: less than the promise by what the bytes themselves take, as
#: they are read and as they are decoded, and by what readers take for any file.
BASE = 48 << 20
RATE = 20
#: Likewise microseconds. What takes bytes takes a microsecond for so many of them,
#: if nothing else is said.
WORK_BASE = 1_600_000
WORK_RATE = 0.8
BYTES = 32


class Allowance:
    """The rest of the limits for a file of `size` bytes.

    what: the thing that has them, as a refusal names it.
    """

    def __init__(self, size: int, what: str = "a file") -> None:
        self._size = size
        self._what = what
        self._most: float = BASE + RATE * size
        self._most_work: float = WORK_BASE + WORK_RATE * size
        self.charged = 0
        self.worked = 0.0

    @classmethod
    def unlimited(cls) -> Self:
        """An allowance without limits, for models that are in memory already."""
        allowance = cls(0)
        allowance._most = allowance._most_work = math.inf
        return allowance

    def charge(
        self, what: str, count: int, n_bytes: int = 1, work: float | None = None
    ) -> None:
        """Takes count times bytes off, and count times work in microseconds. what:
        that which is charged, in words.

        Raises
        ------
        FormatError
            If there is not as much left. The message names it, and the limit.
        """
        self.charged += count * n_bytes
        self.worked += count * (n_bytes / BYTES if work is None else work)
        if self.charged > self._most:
            limit = f"{int(self._most)} bytes"
        elif self.worked > self._most_work:
            limit = f"{int(self._most_work / 1000)} ms of work"
        else:
            return
        raise FormatError(
            f"{count} {what} ask for more than {self._what} of {self._size} bytes"
            f" may take: {limit}"
        )
