# SPDX-License-Identifier: MIT
"""The verdict: whether a model fits a board."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from emlrt.verdict import advice
from emlrt.verdict.costs import Cost
from emlrt.verdict.pace import Pace

if TYPE_CHECKING:
    from emlrt.boards import Board
    from emlrt.model import Model

FITS, TIGHT, TOO_BIG, UNKNOWN = "FITS", "TIGHT", "TOO BIG", "UNKNOWN"
TOO_SLOW = "TOO SLOW"
#: Above this share of the flash, of the RAM, or of the time a model is tight: the rest
#: is all that the program has, with its drivers and its stack.
TIGHT_SHARE = 0.75


def verdict_of(share: float) -> str:
    """The verdict by the larger share of flash and RAM."""
    if share > 1:
        return TOO_BIG
    return TIGHT if share > TIGHT_SHARE else FITS


@dataclass(frozen=True)
class Verdict:
    """What a model takes of a board, or of a core without a board.

    Attributes
    ----------
    board : emlrt.boards.Board, or None
        None of a core alone, which has no verdict.
    cost : Cost
    blob : int
        Bytes of the blob.
    verdict : str
        "FITS", "TIGHT" (above 75 % of flash, RAM or a stream's time), "TOO BIG", "TOO
        SLOW" for the rate of its samples, or "UNKNOWN"; "" of a core alone.
    most : tuple of str
        What takes most of the flash, and of the RAM, and what makes it less; and the
        time, where that is more than what is there.
    pace : Pace, or None
        How a stream of samples runs; None of a model of rows.
    """

    board: Board | None
    cost: Cost
    blob: int
    verdict: str = ""
    most: tuple[str, ...] = ()
    pace: Pace | None = None

    @property
    def name(self) -> str:
        """The board's key, or the core."""
        return self.cost.core if self.board is None else self.board.key

    @property
    def flash(self) -> int:
        """Bytes of flash, as far as they are known: the blob, and the code."""
        return self.blob + (self.cost.code or 0)

    @property
    def ram(self) -> int:
        """Bytes of RAM, as far as they are known."""
        return self.cost.ram

    def _time(self, count: float) -> float | None:
        if self.board is None or not isfinite(count):
            return None
        return count / (self.board.mhz * 1e3)

    @property
    def mean_ms(self) -> float | None:
        """Milliseconds of a call, if an instruction takes a cycle; None if not
        known."""
        return self._time(self.cost.mean)

    @property
    def worst_ms(self) -> float | None:
        """The same of the largest call."""
        return self._time(self.cost.worst)

    @property
    def open_ms(self) -> float | None:
        """The same of emlrt_open."""
        return self._time(self.cost.opened)

    @property
    def energy_uj(self) -> float | None:
        """Microjoules of a call by the core alone; None if not known."""
        board, mean = self.board, self.cost.mean
        if board is None or board.ua_mhz is None or not isfinite(mean):
            return None
        return mean * board.ua_mhz * board.volts * 1e-6

    @property
    def load(self) -> float | None:
        """The share of the processor's time that a stream takes at its rate, by the
        mean, if an instruction takes a cycle; None if not known."""
        if self.pace is None or self.board is None:
            return None
        return self.pace.load(self.cost.fed, self.board.mhz)

    @property
    def per_sample(self) -> float | None:
        """Counts for each time of a stream, in the mean; None if not known."""
        if self.pace is None or not isfinite(self.cost.fed):
            return None
        return self.cost.fed / self.pace.hop

    @property
    def waiting(self) -> int | None:
        """Times of a stream that come during the longest call, which a buffer has to
        hold; None if not known."""
        if self.pace is None or self.board is None:
            return None
        longest = self.cost.longest + self.cost.feeding
        return self.pace.waiting(longest, self.board.mhz)

    def to_dict(self) -> dict[str, Any]:
        """Numbers, as JSON has them; None where something is not known."""
        cost = self.cost
        counts = {"mean": cost.mean, "worst": cost.worst, "open": cost.opened}
        counts["longest"] = cost.longest
        found: dict[str, Any] = {
            "board": None if self.board is None else asdict(self.board),
            "core": cost.core,
            "verdict": self.verdict,
            "how": cost.how,
            "call": cost.call,
            "opt": cost.opt,
            "flash": self.flash,
            "blob": self.blob,
            "code": cost.code,
            "code_parts": cost.code_parts,
            "ram": self.ram,
            "ram_parts": cost.ram_parts,
            "unit": cost.unit,
            "error": cost.error if isfinite(cost.error) else None,
            "untested": list(cost.untested),
            "counts": {k: n if isfinite(n) else None for k, n in counts.items()},
            "counted_rows": cost.n_rows,
            "feeding": cost.feeding if isfinite(cost.feeding) else None,
            "pushed": cost.pushed,
            "ms": {"mean": self.mean_ms, "worst": self.worst_ms, "open": self.open_ms},
            "energy_uj": self.energy_uj,
            "per_sample": self.per_sample,
            "load": self.load,
            "waiting": self.waiting,
            "most": list(self.most),
            "unknown": list(cost.unknown),
        }
        return found


def _largest(parts: dict[str, int]) -> tuple[str, int]:
    name = max(parts, key=lambda part: parts[part])
    return name, parts[name]


def _most(model: Model, blob: dict[str, int], cost: Cost) -> tuple[str, ...]:
    """What takes most of the flash and of the RAM, and what to do about it."""
    flash = dict(blob)
    if cost.code is not None:
        flash["code"] = cost.code
    part, n = _largest(flash)
    found = [f"flash: {part}, {n:,} bytes. Less: {advice.of_flash(model, part)}"]
    part, n = _largest(cost.ram_parts)
    return (*found, f"RAM: {part}, {n:,} bytes. Less: {advice.of_ram(model, part)}")


def _of_memory(blob: int, cost: Cost, board: Board) -> str:
    """The verdict by flash and RAM."""
    known = max((blob + (cost.code or 0)) / board.flash, cost.ram / board.ram)
    bound = max((blob + cost.code_bound) / board.flash, cost.ram_bound / board.ram)
    word = verdict_of(known)
    return UNKNOWN if word != TOO_BIG and verdict_of(bound) != word else word


def _with_time(word: str, found: Verdict) -> str:
    """A verdict by memory, and by a stream's share of the time: if its rate is known
    and its counts are not, it may be too slow."""
    load, timed = found.load, found.pace is not None and found.pace.rate is not None
    if word == TOO_BIG or not timed:
        return word
    if load is None:
        return UNKNOWN
    if load <= TIGHT_SHARE:
        return word
    if load > 1:
        return TOO_SLOW
    return word if word == UNKNOWN else TIGHT


def judge(
    model: Model,
    blob: dict[str, int],
    cost: Cost,
    board: Board | None,
    pace: Pace | None = None,
) -> Verdict:
    """The verdict of a board, or what a core takes.

    Where the code or the stack is not known, what is known may be too big by itself. A
    model fits then only if it does with all that the cost's bounds allow, and is tight
    only if it is with all that, too. Of a stream whose rate is known, its share of the
    processor's time counts as well.
    """
    total = sum(blob.values())
    most = _most(model, blob, cost)
    if board is None:
        return Verdict(None, cost, total, "", most, pace)
    word = _of_memory(total, cost, board)
    found = Verdict(board, cost, total, word, most, pace)
    load = found.load
    if pace is not None and load is not None and load > TIGHT_SHARE:
        most = (*most, advice.of_time(model, pace, load))
    return replace(found, verdict=_with_time(word, found), most=most)
