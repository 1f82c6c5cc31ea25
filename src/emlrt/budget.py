# SPDX-License-Identifier: MIT
"""What reading a file may take: memory and time by its size, and nothing beyond.

Whatever a file says, its reader takes at most 64 MiB and 24 times the file's size in
memory, and 2 s and 1 s for each MB of the file in time. A reader charges a budget
where octets become objects: before it makes something that is larger than the octets
that ask for it. A charge is what the thing takes at the worst, until the model is
made; where work is worse than memory, a microsecond of it counts as 32 octets.
"""

from __future__ import annotations

import math
from typing import Self

from emlrt.errors import FormatError

#: What may be charged: less than the promise by what the octets themselves take, as
#: they are read and as they are decoded, and by what readers take for any file.
BASE = 48 << 20
RATE = 20


class Budget:
    """What may still be charged for a file of `size` octets.

    what: the thing that has them, as a refusal names it.
    """

    def __init__(self, size: int, what: str = "a file") -> None:
        self._size = size
        self._what = what
        self._most: float = BASE + RATE * size
        self.charged = 0

    @classmethod
    def unlimited(cls) -> Self:
        """For models in memory: whoever holds one has paid for it."""
        budget = cls(0)
        budget._most = math.inf
        return budget

    def charge(self, what: str, count: int, octets: int = 1) -> None:
        """Takes count times octets off; what: that which is charged, in words.

        Raises
        ------
        FormatError
            If there is not as much left. The message names it, and the limit.
        """
        self.charged += count * octets
        if self.charged > self._most:
            raise FormatError(
                f"{count} {what} ask for more than {self._what} of {self._size} octets"
                f" may take: {int(self._most)} octets, or as much work"
            )
