# SPDX-License-Identifier: MIT
"""All output of the commands: each of their lines goes to a terminal through here."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import IO, Any

from emlrt.texts import shown, shown_json


def say(line: object = "", *, end: str = "\n", file: IO[str] | None = None) -> None:
    """Prints a line, on stdout by default, with what acts on a terminal escaped."""
    out = sys.stdout if file is None else file
    print(shown(line), end=end, file=out, flush=file is not None)


def say_notes(notes: Iterable[str]) -> None:
    """Prints on stderr what was done with the input, a line each."""
    for note in notes:
        say(f"emlrt: {note}", file=sys.stderr)


def say_json(document: str) -> None:
    """Prints a line of JSON, in which no character acts on a terminal."""
    print(shown_json(document))


def console(stream: IO[str]) -> Any:
    """rich's console if `stream` is a terminal and rich is there, else None.

    rich itself leaves colours out where NO_COLOR is set. Whoever draws with it gives
    it rich's Text of what `shown` returns: never markup.
    """
    if not stream.isatty():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(file=stream, highlight=False, markup=False, emoji=False)
