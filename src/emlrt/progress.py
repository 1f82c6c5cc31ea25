# SPDX-License-Identifier: MIT
"""Progress of long work: a line on stderr where that is a terminal, or a callable."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from emlrt.texts import shown

#: Called with the share that is done (None if nobody knows) and a few words.
Advance = Callable[[float | None, str], None]

PATIENCE = 0.5  # seconds before progress shows, and thus short work shows none
_REFRESH = 0.1  # seconds


def ignore(share: float | None, words: str) -> None:
    """Shows nothing."""


@contextmanager
def line(title: str) -> Iterator[Advance]:
    """Draws a line on stderr again and again."""
    due = time.monotonic() + PATIENCE
    is_drawn = False

    def draw(text: str, end: str) -> None:
        print(shown(text), end=end, file=sys.stderr, flush=True)

    def advance(share: float | None, words: str) -> None:
        nonlocal due, is_drawn
        if time.monotonic() >= due:
            due, is_drawn = time.monotonic() + _REFRESH, True
            percent = "" if share is None else f" {share:4.0%}"
            draw("", "\r")
            draw(f"{title}{percent}  {words}", "")

    try:
        yield advance
    finally:
        if is_drawn:
            draw("", "\n")


@contextmanager
def reported(title: str, progress: Advance | bool) -> Iterator[Advance]:
    """What a `progress` argument asks for: True for the line if stderr is a terminal,
    False for nothing, or whom to call."""
    if not isinstance(progress, bool):
        yield progress
    elif progress and sys.stderr.isatty():
        with line(title) as advance:
            yield advance
    else:
        yield ignore
