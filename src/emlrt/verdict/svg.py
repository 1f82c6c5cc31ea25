# SPDX-License-Identifier: MIT
"""Plots as SVG: stacked bars, a table of confusions, points. Colours are classes that
the page gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from emlrt.texts import shown
from emlrt.verdict.numbers import whole

#: Colours of the page's style.
COLOURS = 8
_WIDTH, _BAR = 600.0, 22.0
#: Points that are drawn; more would be a large page.
_POINTS = 1000


def text_of(value: object) -> str:
    """A text for HTML and SVG."""
    return escape(shown(value), quote=True)


def _svg(
    width: float, height: float, label: str, inside: Sequence[str], more: str = ""
) -> str:
    style = more or f'style="max-width:{width:g}px"'
    head = f'<svg viewBox="0 0 {width:g} {height:g}" role="img" {style}'
    return f'{head} aria-label="{text_of(label)}">{"".join(inside)}</svg>'


def _text(x: float, y: float, text: object, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{text_of(text)}</text>'


def _segments(parts: Sequence[tuple[str, int]], scale: float) -> Iterator[str]:
    at = 0.0
    for k, (name, n) in enumerate(parts):
        width = n * scale
        title = f"<title>{text_of(name)}: {whole(n)} bytes</title>"
        yield (
            f'<rect class="c{k % COLOURS}" x="{at:.2f}" y="0" width="{width:.2f}"'
            f' height="{_BAR:g}">{title}</rect>'
        )
        at += width


def bar(parts: dict[str, int], limit: int | None, label: str) -> str:
    """A stacked bar of bytes; limit: where a line stands, which the bar may pass."""
    shown = [(name, n) for name, n in parts.items() if n]
    most = max(sum(n for _, n in shown), limit or 0, 1)
    scale = _WIDTH / most
    inside = [f'<rect class="back" width="{_WIDTH:g}" height="{_BAR:g}"/>']
    inside += _segments(shown, scale)
    if limit is not None:
        at = min(limit * scale, _WIDTH - 1)
        line = f'<line class="limit" x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{_BAR:g}"/>'
        inside.append(line)
    stretched = 'class="bar" preserveAspectRatio="none"'
    return _svg(_WIDTH, _BAR, label, inside, stretched)


def legend(parts: dict[str, int]) -> str:
    """Names and bytes of a bar's parts, as HTML."""
    shown = [(name, n) for name, n in parts.items() if n]
    items = [
        f'<li><i class="c{k % COLOURS}"></i>{text_of(name)} <b>{whole(n)}</b></li>'
        for k, (name, n) in enumerate(shown)
    ]
    return f'<ul class="legend">{"".join(items)}</ul>'


def confusion(counts: NDArray[np.int64], names: Sequence[str]) -> str:
    """Rows by the original's label and by the model's, darker for more of them; what
    differs has a colour of its own."""
    n = len(names)
    side = min(44.0, 480.0 / n)
    left, top = 90.0, 40.0
    inside = [
        _text(left, 14, "the model's label", ' class="axis"'),
        _text(0, top - 6, "original's", ' class="axis"'),
    ]
    for i, name in enumerate(names):
        y = top + i * side + side / 2 + 4
        short = str(name)[:12]
        inside.append(_text(left - 6, y, short, ' class="tick" text-anchor="end"'))
        x = left + i * side + side / 2
        inside.append(_text(x, top - 6, short[:6], ' class="tick middle"'))
    for i in range(n):
        for j in range(n):
            inside += _cell(counts, i, j, left + j * side, top + i * side, side)
    width = left + n * side + 4
    return _svg(max(width, 240), top + n * side + 4, "labels of both", inside)


def _cell(
    counts: NDArray[np.int64], i: int, j: int, x: float, y: float, side: float
) -> Iterator[str]:
    count = int(counts[i, j])
    share = count / max(1, int(counts[i].sum()))
    kind = "same" if i == j else "other"
    depth = 0.0 if count == 0 else 0.15 + 0.85 * share
    yield (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{side - 1:.1f}"'
        f' height="{side - 1:.1f}" fill-opacity="{depth:.2f}"/>'
    )
    if count:
        place = x + side / 2, y + side / 2 + 4
        bright = " on" if depth > 0.6 else ""
        yield _text(*place, count, f' class="tick middle{bright}"')


def _ticks(low: float, high: float) -> list[float]:
    return [low, (low + high) / 2, high]


def points(original: NDArray[np.float64], found: NDArray[np.float64]) -> str:
    """Values of the model over those of the original, and the line of equal ones."""
    finite = np.isfinite(original) & np.isfinite(found)
    x, y = original[finite], found[finite]
    if len(x) > _POINTS:
        chosen = np.linspace(0, len(x) - 1, _POINTS).astype(int)
        x, y = x[chosen], y[chosen]
    both = np.concatenate([x, y]) if len(x) else np.zeros(1)
    low, high = float(both.min()), float(both.max())
    span = high - low or 1.0
    side, left, top = 260.0, 70.0, 10.0
    inside = [
        f'<rect class="back" x="{left}" y="{top}" width="{side}" height="{side}"/>',
        f'<line class="limit" x1="{left}" y1="{top + side}" x2="{left + side}"'
        f' y2="{top}"/>',
    ]
    for a, b in ((np.stack([x, y], axis=1) - low) / span).tolist():
        cx, cy = left + a * side, top + (1 - b) * side
        inside.append(f'<circle class="point" cx="{cx:.1f}" cy="{cy:.1f}" r="2.5"/>')
    for k, value in enumerate(_ticks(low, high)):
        at, text = k / 2 * side, f"{value:.4g}"
        y_at = top + side - at + 4
        inside.append(_text(left - 6, y_at, text, ' class="tick" text-anchor="end"'))
        inside.append(_text(left + at, top + side + 16, text, ' class="tick middle"'))
    below = top + side + 34
    inside.append(_text(left, below, "original (across), model (up)", ' class="axis"'))
    return _svg(left + side + 30, below + 8, "values of both", inside)
