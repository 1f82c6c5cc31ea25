# SPDX-License-Identifier: MIT
"""How many cases a test draws at random.

A test names the number that was found to show its faults. `make test` draws a
quarter of it, so that all tests stay short; `make soak` draws ten times as many.
"""

import os
from typing import TypeVar

T = TypeVar("T")

#: Per hundred of the number that a test names.
PERCENT = int(os.environ.get("EMLRT_DRAWS", "25"))


def more(cases: list[T]) -> list[T]:
    """Cases like those of `make test`, which `make soak` tries besides."""
    return cases if PERCENT >= 100 else []


def draws(n: int) -> int:
    """The number to draw where a test names n; at least 10, unless n is less."""
    return max(min(n, 10), n * PERCENT // 100)
