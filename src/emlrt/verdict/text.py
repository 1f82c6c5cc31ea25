# SPDX-License-Identifier: MIT
"""A report as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from emlrt.texts import shown
from emlrt.verdict.agreement import TOLERANCE, Agreement
from emlrt.verdict.judging import TIGHT_SHARE, UNKNOWN, Verdict
from emlrt.verdict.numbers import microjoules, milliseconds, percent, score, whole

if TYPE_CHECKING:
    from emlrt.verdict.reporting import DeploymentReport, Facts

#: Rows that differ, and parts of the code, that are shown.
SHOWN = 10
_WIDTH = 88


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table: its first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [cell.rjust(n) for cell, n in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()


def head(facts: Facts) -> str:
    """What the model is, in one sentence."""
    outputs = f", {facts.n_outputs} outputs" if facts.n_outputs > 1 else ""
    stream = facts.stream_bytes
    memory = f"; a stream takes {whole(stream)} bytes of RAM" if stream else ""
    kind = f"{'An' if facts.kind[:1] in 'aeiou' else 'A'} {facts.kind}"
    return (
        f"{kind} of {facts.n_inputs} {facts.input_dtype} inputs{outputs}:"
        f" {whole(facts.nbytes)} bytes, {whole(facts.stripped)} without metadata"
        f"{memory}"
    )


def same(found: Agreement) -> str:
    """How far the answers are the original's."""
    n, differ = whole(found.n_rows), len(found.rows)
    if found.largest:
        share = found.largest / found.spread if found.spread else None
        of = "" if share is None else f" ({percent(share, 2)} of its spread)"
        most = f"values differ from the original's by {found.largest:.3g} at most{of}"
        return (
            f"{most}, root mean square {found.rms:.3g}; {whole(differ)} of {n} rows by"
            f" more than {percent(TOLERANCE, 3)}"
        )
    if not differ:
        return f"all {n} rows are answered as by the original"
    alike = whole(found.n_rows - differ)
    share_text = percent(found.share, 2)
    return f"{alike} of {n} rows are answered as by the original ({share_text})"


def scores(found: Agreement) -> str:
    """The scores of both against targets."""
    names = {"accuracy": "accuracy", "r2": "R2"}
    text = f"{names[found.metric]} {score(found.score)}"
    if found.original is not None:
        text += f", of the original {score(found.original_score)}"
    if found.strange:
        text += f"; {whole(found.strange)} rows have labels that the model has not"
    return text


def _agreement(found: Agreement) -> Iterator[str]:
    if found.original is None:
        yield f"{whole(found.n_rows)} rows; the original was not at hand"
    else:
        yield from _wrapped(same(found))
        for row in found.some(SHOWN).tolist():
            own, theirs = found.predicted[row], found.original[row]
            yield f"  row {row}: {shown(own)}, of the original {shown(theirs)}"
        if len(found.rows) > SHOWN:
            yield f"  and {len(found.rows) - SHOWN} more: to_dict() has all"
    if found.metric:
        yield scores(found)


def taken(known: int, bound: int) -> str:
    """Bytes, of which there may be more than are known."""
    return f"over {whole(known)}" if known < bound else whole(known)


def figures(verdict: Verdict) -> list[str]:
    """The cells of a board: verdict, flash, RAM, counts, times, energy."""
    cost, board = verdict.cost, verdict.board
    flash = taken(verdict.flash, verdict.blob + cost.code_bound)
    ram = taken(verdict.ram, cost.ram_bound)
    if board is not None:
        flash += f" of {whole(board.flash)}"
        ram += f" of {whole(board.ram)}"
    cells = [verdict.name] if board is None else [verdict.name, verdict.verdict]
    cells += [flash, ram, *map(whole, (cost.mean, cost.worst, cost.opened))]
    if board is not None:
        cells += [milliseconds(verdict.mean_ms), microjoules(verdict.energy_uj)]
    return cells


def titles(boards: bool) -> list[str]:
    """The titles of the same cells."""
    found = ["board", "verdict"] if boards else ["core"]
    found += ["flash", "RAM", "mean", "worst", "open"]
    return [*found, "time", "energy"] if boards else found


def counted(verdict: Verdict) -> str:
    """Where the counts of a core come from, and what is not known."""
    cost = verdict.cost
    unknown = ", ".join(cost.unknown)
    if cost.how == "unknown":
        word = verdict.verdict or UNKNOWN
        return f"{cost.core}: not known: {unknown}; {word} by what is known"
    text = f"{cost.core}: gcc {cost.opt}"
    if isfinite(cost.mean):
        rows = f"{whole(cost.n_rows)} rows" if cost.n_rows else "all leaves as likely"
        within = f" within {percent(cost.error, 1)}" if cost.error > 0 else ""
        text += f"; {cost.unit} of emlrt_{cost.call}, {rows}, {cost.how}{within}"
    if isfinite(cost.mean) and cost.untested:
        text += f"; no test model has {', '.join(cost.untested)}, so that it may be far"
        text += " off"
    return f"{text}; not known: {unknown}" if unknown else text


def _parts(parts: dict[str, int]) -> str:
    listed = sorted(parts.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {whole(n)}" for name, n in listed if n)


def _core(verdict: Verdict) -> Iterator[str]:
    """What takes the code and the RAM of a core."""
    core, cost = verdict.cost.core, verdict.cost
    if cost.code_parts:
        yield f"code on {core}: {_parts(cost.code_parts)}"
    yield f"RAM on {core}: {_parts(cost.ram_parts)}"


def advices(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What takes most and what makes it less, once for all boards that it is said of,
    with their names and verdicts."""
    found: dict[tuple[str, ...], list[str]] = {}
    for verdict in verdicts:
        if verdict.board is not None:
            words = f"{verdict.name} {verdict.verdict}"
            found.setdefault(verdict.most, []).append(words)
    for most, names in found.items():
        yield ", ".join(names), most


def cores(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """One verdict of each core."""
    return list({verdict.cost.core: verdict for verdict in verdicts}.values())


def reading(boards: bool) -> str:
    """How the table of boards is to be read."""
    if not boards:
        return "Flash is the blob with its code; counts are of a call, and of open."
    return (
        f"TIGHT is above {percent(TIGHT_SHARE)} of the flash or the RAM, which the rest"
        " of a program needs, too. The time takes an instruction for a cycle, but on"
        " AVR, where cycles are counted."
    )


def _wrapped(line: str) -> list[str]:
    """A sentence, or a list, in lines of a page's width."""
    more = "    " if line.startswith(" ") else "  "
    return textwrap.wrap(line, _WIDTH, subsequent_indent=more, break_on_hyphens=False)


def _details(report: DeploymentReport, boards: bool) -> Iterator[str]:
    """What stands below the table, by paragraphs."""
    yield f"blob: {_parts(report.blob)}"
    for verdict in cores(report.verdicts):
        if boards:
            yield from _core(verdict)
        yield counted(verdict)
    for names, most in advices(report.verdicts):
        yield ""
        yield names
        yield from (f"  {line}" for line in most)
    if report.notes:
        yield ""
        yield from report.notes


def lines(report: DeploymentReport) -> Iterator[str]:
    """The report, line by line."""
    boards = any(verdict.board is not None for verdict in report.verdicts)
    yield head(report.facts)
    if report.agreement is not None:
        yield from _agreement(report.agreement)
    yield ""
    table = [titles(boards), *map(figures, report.verdicts)]
    yield from columns(table)
    yield from _wrapped(reading(boards))
    yield ""
    for line in _details(report, boards):
        yield from _wrapped(line) or [""]
