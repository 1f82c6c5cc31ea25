# SPDX-License-Identifier: MIT
"""A report as a page of HTML that needs no other file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emlrt.verdict import text
from emlrt.verdict.agreement import Agreement, confusion_of
from emlrt.verdict.judging import Verdict
from emlrt.verdict.numbers import microjoules, milliseconds, share, whole
from emlrt.verdict.svg import bar, confusion, legend, points, text_of

if TYPE_CHECKING:
    from emlrt.verdict.reporting import DeploymentReport

_STYLE = Path(__file__).with_name("style.css")
#: Most classes of a table of confusions.
_CLASSES = 20


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    cells = "".join(f"<th>{text_of(name)}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{text_of(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _plots(found: Agreement, labels: bool) -> Iterator[str]:
    """A plot of each output, as far as it can be drawn."""
    if found.original is None:
        return
    n = found.n_rows
    original, predicted = found.original.reshape(n, -1), found.predicted.reshape(n, -1)
    for k in range(min(original.shape[1], 4)):
        if original.shape[1] > 1:
            yield f'<p class="soft">output {k}</p>'
        if not labels:
            pair = original[:, k].astype(np.float64), predicted[:, k].astype(np.float64)
            yield points(*pair)
            continue
        counts, names = confusion_of(original[:, k], predicted[:, k])
        if len(names) <= _CLASSES:
            yield confusion(counts, [str(name) for name in names.tolist()])


def _agreement(found: Agreement, labels: bool) -> Iterator[str]:
    yield "<h2>Agreement</h2>"
    if found.metric:
        yield f"<p>{text_of(text.scores(found))}</p>"
    if found.original is None:
        yield (
            f'<p class="soft">{whole(found.n_rows)} {found.what}; the original was not'
            " at hand.</p>"
        )
        return
    yield f"<p>{text_of(text.same(found))}.</p>"
    yield from _plots(found, labels)
    rows = [
        [
            row if found.recordings is None else found.place(row),
            found.predicted[row],
            found.original[row],
        ]
        for row in found.some(text.SHOWN).tolist()
    ]
    if rows:
        title = f"{found.what.removesuffix('s')} that differs"
        yield _table([title, "model", "original"], rows)
    if len(found.rows) > len(rows):
        yield f'<p class="soft">and {len(found.rows) - len(rows)} more</p>'


def _flash_parts(report: DeploymentReport, verdict: Verdict) -> dict[str, int]:
    parts = dict(report.blob)
    parts |= {f"code: {name}": n for name, n in verdict.cost.code_parts.items()}
    return parts


def _card(report: DeploymentReport, verdict: Verdict) -> Iterator[str]:
    board, cost = verdict.board, verdict.cost
    title = verdict.name if board is None else board.name
    word = verdict.verdict
    kind = word.split()[0] if word else ""
    yield f'<div class="card"><h3>{text_of(title)}'
    yield f'<span class="{kind}">{text_of(word)}</span></h3>'
    if board is not None:
        yield (
            f'<p class="soft">{text_of(board.key)}, {text_of(board.chip)},'
            f" {text_of(board.core)}, {board.mhz:g} MHz</p>"
        )
    flash = None if board is None else board.flash
    ram = None if board is None else board.ram
    bound = verdict.blob + cost.code_bound
    yield from _memory("flash", _flash_parts(report, verdict), bound, flash)
    yield from _memory("RAM", cost.ram_parts, cost.ram_bound, ram)
    if cost.unknown:
        yield f"<p>not known: {text_of(', '.join(cost.unknown))}</p>"
    if isfinite(cost.mean):
        each = "window" if cost.pushed else "call"
        yield f"<p>{whole(cost.mean)} {text_of(cost.unit)} a {each}, at most"
        yield f" {whole(cost.worst)}; {whole(cost.opened)} to open</p>"
    if verdict.mean_ms is not None:
        yield f"<p>{milliseconds(verdict.mean_ms)}"
        energy = verdict.energy_uj
        yield "" if energy is None else f", {microjoules(energy)}"
        load = verdict.load
        yield "</p>" if load is None else f"; load {share(load)}</p>"
    if board is not None:
        yield "".join(f'<p class="soft">{text_of(line)}</p>' for line in verdict.most)
    yield "</div>"


def _memory(
    name: str, parts: dict[str, int], bound: int, limit: int | None
) -> Iterator[str]:
    """A bar with what it says in words. bound: what all of it is at most."""
    total = sum(parts.values())
    of = "" if limit is None else f" of {whole(limit)}"
    yield f"<p>{name}: {text.taken(total, bound)}{of} bytes</p>"
    yield bar(parts, limit, f"{name}: {total} bytes")
    yield legend(parts)


def body(report: DeploymentReport) -> str:
    """The report as a part of a page, with its style."""
    boards = any(verdict.board is not None for verdict in report.verdicts)
    parts = [f"<style>{_STYLE.read_text(encoding='utf-8')}</style>"]
    parts.append('<div class="emlrt"><h1>Before flashing</h1>')
    parts.append(f"<p>{text_of(text.head(report.facts))}.</p>")
    if report.facts.pace is not None:
        paced = text.windows(report.facts.pace)
        parts.append(f"<p>{text_of(paced)}.</p>")
    if report.facts.note:
        parts.append(f'<p class="soft">{text_of(report.facts.note)}</p>')
    parts.append(f"<h2>{'Boards' if boards else 'Cores'}</h2>")
    parts.append('<div class="cards">')
    for verdict in report.verdicts:
        parts += _card(report, verdict)
    parts.append(f'</div><p class="soft">{text_of(text.reading(report.verdicts))}</p>')
    if report.agreement is not None:
        parts += _agreement(report.agreement, report.labels)
    parts.append("<h2>Figures</h2>")
    rows = [text.figures(verdict) for verdict in report.verdicts]
    parts.append(_table(text.titles(report.verdicts), rows))
    said = [text.counted(verdict) for verdict in text.cores(report.verdicts)]
    parts += [f'<p class="soft">{text_of(line)}</p>' for line in (*said, *report.notes)]
    return "".join([*parts, "</div>"])


def page(report: DeploymentReport) -> str:
    """The whole page."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        "<title>Before flashing</title>"
        "<style>body{margin:0}@media (prefers-color-scheme:dark)"
        "{body{background:#14181d}}</style></head>"
        f"<body>{body(report)}</body></html>\n"
    )
