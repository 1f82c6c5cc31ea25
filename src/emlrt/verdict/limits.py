# SPDX-License-Identifier: MIT
"""Limits that a model has to keep on boards, for a build that shall fail if it does
not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from emlrt.emulate.targets import TARGETS
from emlrt.verdict.costs import Cost
from emlrt.verdict.judging import Verdict
from emlrt.verdict.numbers import each_second, share, whole
from emlrt.verdict.pace import Pace, notes_of, pace_of
from emlrt.verdict.recordings import Recordings
from emlrt.verdict.reporting import boards_of, check_measure, given, verdicts_of

if TYPE_CHECKING:
    from emlrt.model import Model

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(|B|[kKM](?:iB)?)")
_UNITS = {"": 1, "B": 1, "k": 1024, "K": 1024, "M": 1024**2}


def size_of(text: str) -> int:
    """Bytes of a text: 24576, 24k, 24K and 24KiB are the same; M and MiB are 1024 of
    them.

    Raises
    ------
    ValueError
        If it is no such size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"a size is a number of bytes, or like 24k or 1MiB: {text!r}")
    return int(float(match[1]) * _UNITS[match[2].removesuffix("iB")])


@dataclass(frozen=True)
class Limits:
    """Limits on each board; None for none.

    flash, ram: bytes. instructions: of the largest call, cycles on AVR. milliseconds:
    of the largest call, if an instruction takes a cycle. load: the share of the
    processor's time that a stream takes at its rate, by the same rule, from 0 to 1: 0.5
    is 50 %. Where the rate is known, all of the time is a limit in any case.
    """

    flash: int | None = None
    ram: int | None = None
    instructions: float | None = None
    milliseconds: float | None = None
    load: float | None = None

    def __post_init__(self) -> None:
        for name, limit in vars(self).items():
            number = isinstance(limit, int | float) and not isinstance(limit, bool)
            if limit is not None and not (number and limit >= 0):
                raise ValueError(f"{name} is a number of 0 or more, not {limit!r}")
        if self.load is not None and self.load > 1:
            raise ValueError(
                f"load is a share of the time, from 0 to 1, not {self.load!r}: 0.5 is"
                " 50 %, and above 100 % the model is too slow in any case"
            )


@dataclass(frozen=True)
class Checked:
    """What a model takes of boards, and why that is too much.

    verdicts: one a board. reasons: one a limit that is not kept, or of which it is not
    known; empty if all are kept. notes: why something is estimated that was to be
    measured, and of a rate that is not the model's.
    """

    verdicts: tuple[Verdict, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all limits are kept."""
        return not self.reasons


def _over(name: str, what: str, found: float, limit: float, unit: str) -> Iterator[str]:
    if found > limit:
        more = found - limit
        shown = whole if unit == "bytes" else "{:,.6g}".format
        yield (
            f"{name}: {what} is {shown(found)} {unit}, {shown(more)} above the limit of"
            f" {shown(limit)}"
        )


def _counts(cost: Cost) -> str:
    """Why counts are not known; "" if nothing but rows lacks."""
    every = cost.how == "unknown"
    said = (text for text in cost.unknown if every or text.startswith(cost.unit))
    return ", ".join(said)


def _lacking(cost: Cost) -> str:
    """What of a memory is not known, and what makes it known."""
    if cost.how == "unknown":
        return f"{', '.join(cost.unknown)} are not known"
    tells = "--measure (measure=True), with rows or a recording, tells it"
    return f"the stack is not known; {tells}"


def _bytes(verdict: Verdict, limits: Limits) -> Iterator[str]:
    """Of flash and RAM: the given limits, and those of the board. Of a core without
    tables, what it surely does not exceed has to keep them."""
    board, cost = verdict.board, verdict.cost
    if board is None:
        raise AssertionError("a check is of boards")
    for what, found, bound, limit, own in (
        (
            "flash",
            verdict.flash,
            verdict.blob + cost.code_bound,
            limits.flash,
            board.flash,
        ),
        ("RAM", verdict.ram, cost.ram_bound, limits.ram, board.ram),
    ):
        least = own if limit is None else min(limit, own)
        said = what if found == bound else f"{what}, as far as it is known,"
        yield from _over(verdict.name, said, found, least, "bytes")
        if found <= least < bound:
            yield (
                f"{verdict.name}: {what} may be above {whole(least)} bytes:"
                f" {_lacking(cost)}"
            )


def _time(verdict: Verdict, limits: Limits) -> Iterator[str]:
    ms, count = verdict.worst_ms, verdict.cost.worst
    for what, found, limit, unit in (
        ("the largest call", count, limits.instructions, verdict.cost.unit),
        ("the largest call", ms, limits.milliseconds, "ms"),
    ):
        if limit is None:
            continue
        if found is None or not isfinite(found):
            why = _counts(verdict.cost) or "give rows (--data)"
            yield f"{verdict.name}: {unit} of a call are not known: {why}"
        else:
            yield from _over(verdict.name, what, found, limit, unit)


def _no_load(verdict: Verdict, pace: Pace) -> str:
    """Why a stream's share of the time is not known, and what makes it known."""
    if pace.rate is None:
        return "give rate (--rate)"
    why = _counts(verdict.cost)
    if verdict.cost.core not in TARGETS:
        return why
    return f"{why}; --measure (measure=True), with a recording, counts it"


def _load(verdict: Verdict, limits: Limits) -> Iterator[str]:
    """Of a stream's share of the time: all of it is a limit wherever the rate is
    known."""
    pace, load = verdict.pace, verdict.load
    if load is None:
        if pace is not None and (pace.rate is not None or limits.load is not None):
            why = _no_load(verdict, pace)
            yield f"{verdict.name}: its share of the time is not known: {why}"
        return
    least = 1.0 if limits.load is None else min(limits.load, 1.0)
    if pace is not None and pace.rate is not None and load > least:
        at = f"at {each_second(pace.rate)}, above the limit of {share(least)}"
        yield f"{verdict.name}: it takes {share(load)} of the time {at}"


def check(
    model: Model,
    boards: Any,
    X: Any = None,
    limits: Limits = Limits(),
    measure: bool = False,
    rate: float | None = None,
) -> Checked:
    """Compares what a model takes of boards with limits.

    Parameters
    ----------
    model : emlrt.Model
    boards : as of `emlrt.Model.report`, at least one
    X : array-like (n_rows, n_features), optional
        Rows for the counts of calls; or recordings, as of `emlrt.Model.report`.
    limits : Limits
        Beside the board's own flash and RAM.
    measure, rate
        As of `emlrt.Model.report`.

    Raises
    ------
    ValueError
        If there is no board, one is unknown, the model does not take X, or a limit of
        the load is given for a model that takes no samples.
    """
    wanted = boards_of(boards)
    if not wanted:
        raise ValueError("a check is of boards; give one at least")
    pace, X = pace_of(model, rate), given(model, X)
    if limits.load is not None and pace is None:
        raise ValueError("a load is of models of samples, and this one takes rows")
    if X is not None and not isinstance(X, Recordings):
        model.inputs_of(X)  # refuses what the model does not take
    if measure:
        check_measure(model, X)
    found, notes = verdicts_of(model, X, wanted, measure, pace)
    reasons = [
        reason
        for verdict in found
        for of in (_bytes, _time, _load)
        for reason in of(verdict, limits)
    ]
    every = (*notes, *notes_of(model, pace))
    return Checked(tuple(found), tuple(reasons), every)
