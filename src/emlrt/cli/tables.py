# SPDX-License-Identifier: MIT
"""Tables: plain text, or rich's on a terminal that has it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from emlrt.cli.terminal import console, say
from emlrt.texts import shown


def print_pairs(items: Iterable[tuple[str, Any]]) -> None:
    """Prints names and values in two columns; leaves out values of None."""
    rows = [(shown(name), shown(value)) for name, value in items if value is not None]
    width = max((len(name) for name, _ in rows), default=0)
    drawn = console(sys.stdout)
    for name, value in rows:
        if drawn is None:
            say(f"{name:<{width}}  {value}")
        else:
            from rich.text import Text

            line = Text.assemble((f"{name:<{width}}", "bold"), "  ", value)
            drawn.print(line, soft_wrap=True)


def _print_plain(head: Sequence[str], rows: list[list[str]]) -> None:
    table = [list(head), *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for first, *rest in table:
        cells = [cell.rjust(n) for cell, n in zip(rest, widths[1:], strict=True)]
        say("  ".join([first.ljust(widths[0]), *cells]).rstrip())


def print_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Prints a table: its first column to the left, the others to the right."""
    cells = [["" if cell is None else shown(cell) for cell in row] for row in rows]
    drawn = console(sys.stdout)
    if drawn is None:
        _print_plain(head, cells)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(head):
        justify: Any = "right" if i else "left"
        table.add_column(Text(name), justify=justify, no_wrap=not i, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    drawn.print(table)
