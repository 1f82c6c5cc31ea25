# SPDX-License-Identifier: MIT
"""Traces as text: the numbers of one run, or of two side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from emlrt.texts import shown

if TYPE_CHECKING:
    from emlrt.tracing import Difference, Numbers, Section, StageTrace, Trace

#: Numbers of a span that are shown, and numbers in a line.
_MOST, _IN_LINE = 16, 4
#: Rows that `str` shows.
_ROWS = 3
_INDENT = "    "


def _place(numbers: Numbers) -> str:
    at = f"{numbers.space}+{numbers.offset}: " if numbers.space else ""
    return f"{at}{numbers.count} {numbers.dtype.name}"


def _lines(cells: Sequence[str]) -> Iterator[str]:
    """Cells in columns of one width."""
    width = max(map(len, cells), default=0)
    for start in range(0, len(cells), _IN_LINE):
        part = cells[start : start + _IN_LINE]
        yield (_INDENT + "  ".join(cell.ljust(width) for cell in part)).rstrip()


def _more(count: int) -> list[str]:
    return [f"{_INDENT}... and {count - _MOST} more"] if count > _MOST else []


def _span(title: str, numbers: Numbers, row: int) -> Iterator[str]:
    """A title, and the first numbers of a row."""
    yield f"{title}: {_place(numbers)}"
    yield from _lines([numbers.text(row, at) for at in _first(numbers)])
    yield from _more(numbers.count)


def _first(numbers: Numbers) -> range:
    return range(min(numbers.count, _MOST))


def _raw(trace: Trace, row: int) -> Iterator[str]:
    """The row as it was given, without bits."""
    yield f"row {trace.first + row}: {_place(trace.raw)}"
    yield from _lines([str(trace.raw.values[row, at]) for at in _first(trace.raw)])
    yield from _more(trace.raw.count)


def _labels(trace: Trace, row: int) -> Iterator[str]:
    """The labels of a row's classes."""
    labels = [shown(trace.label(row, k)) for k in range(len(trace.labels))]
    yield from _lines(labels[:_MOST])
    yield from _more(len(labels))


class _Seen:
    """The numbers of one row that have been shown, by where they lie."""

    def __init__(self, inputs: Numbers, row: int) -> None:
        self._row = row
        self._at = {("input", 0): ("the inputs", inputs)}

    def add(self, who: str, numbers: Numbers) -> None:
        self._at[numbers.space, numbers.offset] = who, numbers

    def source(self, numbers: Numbers) -> str | None:
        """Whose numbers these are, if they are the very same."""
        who, same = self._at.get((numbers.space, numbers.offset), ("", None))
        if same is None or same.dtype != numbers.dtype:
            return None
        equal = np.array_equal(same.bits[self._row], numbers.bits[self._row])
        return who if equal else None


def _stage(stage: StageTrace, row: int, seen: _Seen) -> Iterator[str]:
    source = seen.source(stage.reads)
    if source is None:
        yield from _span(f"{stage.title} reads", stage.reads, row)
    else:
        yield f"{stage.title} reads: {_place(stage.reads)}, {source}"
    yield from _span(f"{stage.title} writes", stage.writes, row)
    seen.add(f"written by stage {stage.index}", stage.writes)


def row_text(trace: Trace, row: int) -> str:
    """One row of a trace."""
    lines = [*_raw(trace, row), *_span("inputs", trace.inputs, row)]
    seen = _Seen(trace.inputs, row)
    for stage in trace:
        lines += _stage(stage, row, seen)
    lines += _span("scores", trace.scores, row)
    if trace.classes is not None:
        lines += [*_span("class", trace.classes, row), *_labels(trace, row)]
    if trace.probabilities is not None:
        lines += _span("probabilities", trace.probabilities, row)
    return "\n".join(lines)


def text(trace: Trace) -> str:
    """The first rows of a trace, and where it contradicts itself."""
    found = [f"on the {trace.where}"]
    found += [row_text(trace, row) for row in range(min(trace.n_rows, _ROWS))]
    if trace.n_rows > _ROWS:
        found.append(f"... and {trace.n_rows - _ROWS} more rows")
    found += [f"differs: {one}" for one in trace.contradictions[:_MOST]]
    return "\n".join(found)


# Side by side


def _elements(section: Section, row: int, first: Difference | None) -> list[int]:
    """The elements to show: the first ones, and the first that differs. Of equal
    numbers that a stage reads none, since they have been shown."""
    _, title, ours, theirs = section
    if title.endswith(" reads") and (ours.bits[row] == theirs.bits[row]).all():
        return []
    more = [first.element] if first is not None and first.element >= _MOST else []
    return [*_first(ours), *more]


def _beside(section: Section, row: int, first: Difference | None) -> Iterator[str]:
    """The numbers of two traces in columns, with a mark at the first difference."""
    _, title, ours, theirs = section
    unequal = int((ours.bits[row] != theirs.bits[row]).sum())
    state = f"{unequal} of {ours.count} differ" if unequal else "equal"
    yield f"{title}: {_place(ours)}, {state}"
    mine = first if first is not None and first.what == title else None
    elements = _elements(section, row, mine)
    cells = [(str(k), ours.text(row, k), theirs.text(row, k)) for k in elements]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for k, parts in zip(elements, cells, strict=True):
        line = "  ".join(c.ljust(n) for c, n in zip(parts, widths, strict=True))
        mark = "  <-- first difference" if mine and mine.element == k else ""
        yield f"{_INDENT}{line.rstrip()}{mark}"
    if elements:
        yield from _more(ours.count)


def beside(host: Trace, core: Trace, row: int) -> str:
    """One row of two traces side by side; the row's first difference is marked."""
    found = [one for one in host.compare(core) if one.row == host.first + row]
    first = found[0] if found else None
    lines = [f"left: {host.where}; right: {core.where}", *_raw(host, row)]
    for section in host.beside(core):
        lines += _beside(section, row, first)
        if section[1] == "class":
            lines += _labels(host, row)
    return "\n".join(lines)


__all__ = ["beside", "row_text", "text"]
