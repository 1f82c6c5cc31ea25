# SPDX-License-Identifier: MIT
"""A report as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from emlrt.texts import shown
from emlrt.verdict.agreement import TOLERANCE, Agreement
from emlrt.verdict.costs import Cost
from emlrt.verdict.feeding import PIECE
from emlrt.verdict.judging import TIGHT_SHARE, UNKNOWN, Verdict
from emlrt.verdict.numbers import (
    each_second,
    microjoules,
    milliseconds,
    percent,
    score,
    share,
    whole,
)

if TYPE_CHECKING:
    from emlrt.verdict.pace import Pace
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
    stream, state = facts.stream_bytes, facts.state_bytes
    memory = f"; a stream takes {whole(stream)} bytes of RAM" if stream else ""
    memory += f", {whole(state)} of them state" if state else ""
    kind = f"{'An' if facts.kind[:1] in 'aeiou' else 'A'} {facts.kind}"
    return (
        f"{kind} of {facts.n_inputs} {facts.input_dtype} inputs{outputs}:"
        f" {whole(facts.nbytes)} bytes, {whole(facts.stripped)} without metadata"
        f"{memory}"
    )


def windows(pace: Pace) -> str:
    """How a stream runs, in one sentence."""
    axes = f" of {pace.channels} channels" if pace.channels > 1 else ""
    text = f"Windows of {whole(pace.length)} samples{axes}, a new one every"
    text += f" {whole(pace.hop)}"
    if pace.rate is None or pace.period is None:
        return f"{text}; at a rate that the model does not say: give rate (--rate)"
    each = milliseconds(1e3 * pace.period)
    return f"{text}: at {each_second(pace.rate)}, an answer each {each}"


def same(found: Agreement) -> str:
    """How far the answers are the original's."""
    n, differ = f"{whole(found.n_rows)} {found.what}", len(found.rows)
    if found.largest:
        share = found.largest / found.spread if found.spread else None
        of = "" if share is None else f" ({percent(share, 2)} of its spread)"
        most = f"values differ from the original's by {found.largest:.3g} at most{of}"
        return (
            f"{most}, root mean square {found.rms:.3g}; {whole(differ)} of {n} by"
            f" more than {percent(TOLERANCE, 3)}"
        )
    if not differ:
        return f"all {n} are answered as by the original"
    alike = whole(found.n_rows - differ)
    share_text = percent(found.share, 2)
    return f"{alike} of {n} are answered as by the original ({share_text})"


def scores(found: Agreement) -> str:
    """The scores of both against targets."""
    names = {"accuracy": "accuracy", "r2": "R2"}
    text = f"{names[found.metric]} {score(found.score)}"
    if found.original is not None:
        text += f", of the original {score(found.original_score)}"
    if found.strange:
        text += (
            f"; {whole(found.strange)} {found.what} have labels that the model has not"
        )
    return text


def _agreement(found: Agreement) -> Iterator[str]:
    if found.original is None:
        yield f"{whole(found.n_rows)} {found.what}; the original was not at hand"
    else:
        yield from _wrapped(same(found))
        for row in found.some(SHOWN).tolist():
            own, theirs = found.predicted[row], found.original[row]
            yield f"  {found.place(row)}: {shown(own)}, of the original {shown(theirs)}"
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
        cells += [share(verdict.load), whole(verdict.waiting)] * timed(verdict)
    return cells


def timed(verdict: Verdict) -> bool:
    """Whether a stream's share of the time can be told, if its counts are known."""
    pace = verdict.pace
    return verdict.board is not None and pace is not None and pace.rate is not None


def titles(verdicts: Sequence[Verdict]) -> list[str]:
    """The titles of the same cells."""
    boards = any(verdict.board is not None for verdict in verdicts)
    found = ["board", "verdict"] if boards else ["core"]
    found += ["flash", "RAM", "mean", "worst", "open"]
    found += ["time", "energy"] if boards else []
    return [*found, "load", "buffer"] if any(map(timed, verdicts)) else found


def _calls(cost: Cost) -> str:
    """What was counted."""
    n = whole(cost.n_rows)
    if cost.pushed:
        return f"the pushes of a window, {n} windows"
    of = "windows" if cost.streamed else "rows"
    call = f"emlrt_{cost.call}"
    if cost.streamed:
        call = "the run of a window, and its pushes at most"
    return f"{call}, " + (f"{n} {of}" if cost.n_rows else "all leaves as likely")


def _per_sample(verdict: Verdict) -> str:
    """Counts of a sample of a stream."""
    each = verdict.per_sample
    if each is None:
        return ""
    text = f"; {each:,.3g}" if each < 100 else f"; {whole(each)}"
    return f"{text} for each sample"


def counted(verdict: Verdict) -> str:
    """Where the counts of a core come from, and what is not known."""
    cost = verdict.cost
    unknown = ", ".join(cost.unknown)
    if cost.how == "unknown":
        word = verdict.verdict or UNKNOWN
        return f"{cost.core}: not known: {unknown}; {word} by what is known"
    text = f"{cost.core}: gcc {cost.opt}"
    if isfinite(cost.mean):
        within = f" within {percent(cost.error, 1)}" if cost.error > 0 else ""
        text += f"; {cost.unit} of {_calls(cost)}, {cost.how}{within}"
        text += _per_sample(verdict)
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


def reading(verdicts: Sequence[Verdict]) -> str:
    """How the table of boards is to be read."""
    if all(verdict.board is None for verdict in verdicts):
        return "Flash is the blob with its code; counts are of a call, and of open."
    load = any(map(timed, verdicts))
    memory = "the flash, the RAM or the load" if load else "the flash or the RAM"
    text = (
        f"TIGHT is above {percent(TIGHT_SHARE)} of {memory}, which the rest of a"
        " program needs, too. The time takes an instruction for a cycle, but on AVR,"
        " where cycles are counted."
    )
    if not load:
        return text
    text += (
        " The load is the share of the processor's time at the rate of the samples,"
        f" pushed {PIECE} at a time, and the buffer holds those that come during the"
        " longest call."
    )
    if all(verdict.load is not None for verdict in verdicts):
        return text
    return f"{text} Where it is not known, a model that has room may be too slow."


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
    yield from (
        _wrapped(head(report.facts)) if report.facts.pace else [head(report.facts)]
    )
    if report.facts.pace is not None:
        yield from _wrapped(windows(report.facts.pace))
    if report.agreement is not None:
        yield from _agreement(report.agreement)
    yield ""
    table = [titles(report.verdicts), *map(figures, report.verdicts)]
    yield from columns(table)
    yield from _wrapped(reading(report.verdicts))
    yield ""
    for line in _details(report, boards):
        yield from _wrapped(line) or [""]
