# SPDX-License-Identifier: MIT
"""Progress on stderr: a bar for long input, and the steps of the demo."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from emlrt import progress as plain
from emlrt.cli.terminal import console, say
from emlrt.progress import Advance


@contextmanager
def _rich(title: str, where: Any) -> Iterator[Advance]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    start = time.monotonic()
    with Progress(*columns, console=where, transient=True) as bar:
        task = bar.add_task(title, total=None, visible=False)

        def advance(share: float | None, words: str) -> None:
            visible = time.monotonic() - start > plain.PATIENCE
            total = None if share is None else 1.0
            bar.update(
                task,
                completed=share or 0.0,
                total=total,
                visible=visible,
                description=f"{title}  {words}",
            )

        yield advance


@contextmanager
def progress(title: str) -> Iterator[Advance]:
    """Shows the progress of a long task, if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield plain.ignore
        return
    rich = console(sys.stderr)
    with plain.line(title) if rich is None else _rich(title, rich) as advance:
        yield advance


@contextmanager
def step(title: str) -> Iterator[None]:
    """Names a step on stderr when it begins, and its time when it ends."""
    say(f"{title:.<60}", end="", file=sys.stderr)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say(file=sys.stderr)
        raise
    say(f" {time.monotonic() - start:6.2f} s", file=sys.stderr)
