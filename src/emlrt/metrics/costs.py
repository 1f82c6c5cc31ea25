# SPDX-License-Identifier: MIT
"""Figures of one model on a core or a board, by their names."""

from __future__ import annotations

from typing import Any

from emlrt.boards import BOARDS, Board, find
from emlrt.emulate.targets import TARGETS
from emlrt.estimate import CORES
from emlrt.model import Model
from emlrt.verdict.costs import core_of as named_core
from emlrt.verdict.costs import cost_of
from emlrt.verdict.judging import Verdict

#: What a figure is, and its unit, by its name.
COSTS = {
    "bytes": "bytes of the blob",
    "scratch": "bytes of RAM that a prediction's call is given",
    "flash": "bytes of the blob and of the code that runs it",
    "ram": "bytes of RAM: scratch, inputs, answer, the struct, the stack",
    "instructions": "instructions of a prediction, the mean of the rows; cycles on AVR",
    "milliseconds": "of a prediction at the board's clock, one instruction a cycle",
    "energy": "microjoules of a prediction by the board's core",
}
UNITS = dict.fromkeys(("bytes", "scratch", "flash", "ram"), "bytes")
UNITS |= {"milliseconds": "ms", "energy": "uJ"}
#: Figures of the blob alone, and those that are of a board.
_PLAIN = ("bytes", "scratch")
_OF_BOARDS = ("milliseconds", "energy")
#: The core that figures are of if neither a board nor a core is named.
CORE = "cortex-m0plus"


def board_of(board: str | Board | None) -> Board | None:
    """The board of a key, or as it is."""
    return find(board) if isinstance(board, str) else board


def core_of(board: str | Board) -> str:
    """The core whose figures are a board's.

    Raises
    ------
    ValueError
        If there is no such board, or there are no figures of its core.
    """
    found = find(board) if isinstance(board, str) else board
    return _known_core(found.like or found.core)


def flash_bytes(model: Model, core: str) -> int:
    """Bytes of a blob, and of the code that opens and runs it."""
    found: int = Verdict(None, cost_of(model, None, core, False), model.nbytes).flash
    return found


def check_cost(name: str, board: Board | None, core: str, measure: bool) -> str:
    """The core that a figure is of, by the name that the tables have; refuses one that
    cannot be had.

    Raises
    ------
    ValueError
        If the name or the core is unknown, or the board does not have what it takes.
    """
    if name not in COSTS:
        raise ValueError(f"no cost {name!r}; there are {', '.join(COSTS)}")
    if name in _PLAIN:
        return core
    core = _known_core(core, measure)
    if name in _OF_BOARDS and board is None:
        raise ValueError(f"{name} is of a board: give board=, a key of emlrt.boards")
    if name == "energy" and board is not None and board.ua_mhz is None:
        known_ones = [key for key, each in BOARDS.items() if each.ua_mhz is not None]
        raise ValueError(
            f"the microamperes of board {board.key!r} are not known; they are of"
            f" {', '.join(known_ones)}, and of an emlrt.boards.Board with ua_mhz="
        )
    return core


def _known_core(core: str, measure: bool = False) -> str:
    """A core by the name that the tables have, or the emulators if it is measured."""
    known: Any = TARGETS if measure else CORES
    core = named_core(core)
    if core not in known:
        raise ValueError(
            f"no figures of core {core!r}; there are some of {', '.join(sorted(known))}"
        )
    return core


def figure(
    name: str,
    model: Model,
    X: Any,
    *,
    board: Board | None = None,
    core: str = CORE,
    measure: bool = False,
) -> float:
    """One figure of a model; `check_cost` has said that it can be had.

    Raises
    ------
    ValueError
        If instructions of an op are not known.
    """
    if name == "bytes":
        return model.nbytes
    if name == "scratch":
        return model.scratch_bytes
    counts = name in ("instructions", "milliseconds", "energy")
    cost = cost_of(model, X if counts or measure else None, core, measure)
    if counts and cost.mean != cost.mean:
        raise ValueError(
            f"instructions of this model on {core} are not known:"
            f" {', '.join(cost.unknown)}; measure=True runs an emulator"
        )
    if name == "ram" and "stack" in cost.unknown:
        raise ValueError(
            f"the stack of this model on {core} is not known; measure=True runs an"
            " emulator"
        )
    verdict = Verdict(board, cost, model.nbytes)
    found = {
        "flash": verdict.flash,
        "ram": verdict.ram,
        "instructions": cost.mean,
        "milliseconds": verdict.mean_ms,
        "energy": verdict.energy_uj,
    }[name]
    return float(found if found is not None else "nan")
