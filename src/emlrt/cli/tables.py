# SPDX-License-Identifier: MIT
"""Tables: plain text, or rich's on a terminal that has it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any


def console(stream: IO[str]) -> Any:
    """rich's console if `stream` is a terminal and rich is there, else None.

    rich itself leaves colours out where NO_COLOR is set.
    """
    if not stream.isatty():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(file=stream, highlight=False)


def print_pairs(items: Iterable[tuple[str, Any]]) -> None:
    """Prints names and values in two columns; leaves out values of None."""
    rows = [(name, str(value)) for name, value in items if value is not None]
    width = max((len(name) for name, _ in rows), default=0)
    drawn = console(sys.stdout)
    for name, value in rows:
        if drawn is None:
            print(f"{name:<{width}}  {value}")
        else:
            from rich.text import Text

            line = Text.assemble((f"{name:<{width}}", "bold"), "  ", value)
            drawn.print(line, soft_wrap=True)


def _plain(head: Sequence[str], rows: list[list[str]]) -> str:
    table = [list(head), *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for first, *rest in table:
        cells = [cell.rjust(n) for cell, n in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)


def print_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Prints a table: its first column to the left, the others to the right."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    drawn = console(sys.stdout)
    if drawn is None:
        print(_plain(head, cells))
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(head):
        justify: Any = "right" if i else "left"
        table.add_column(name, justify=justify, no_wrap=not i, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    drawn.print(table)
