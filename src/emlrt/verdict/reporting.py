# SPDX-License-Identifier: MIT
"""The report of a model before it is flashed: how exact, how large, how fast."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from emlrt.boards import BOARDS, Board, find
from emlrt.estimate import CORES
from emlrt.files import replacing
from emlrt.verdict.agreement import Agreement, agreement
from emlrt.verdict.answers import labelled
from emlrt.verdict.costs import Cost, core_of, cost_of, estimates_of
from emlrt.verdict.feeding import PIECE
from emlrt.verdict.judging import TIGHT_SHARE, Verdict, judge
from emlrt.verdict.pace import Pace, notes_of, pace_of
from emlrt.verdict.recordings import Recordings, recordings_of
from emlrt.verdict.sizes import blob_parts, stripped_bytes

if TYPE_CHECKING:
    from emlrt.model import Model

#: Cores that are shown where no board is asked for, as far as there are tables.
_SHOWN = ("atmega328p", "cortex-m0plus", "cortex-m3", "cortex-m4f", "rv32imac")


@dataclass(frozen=True)
class Facts:
    """What a model is, for the head of a report."""

    kind: str
    n_inputs: int
    input_dtype: str
    n_outputs: int
    nbytes: int
    stripped: int
    note: str
    ops: tuple[str, ...]
    leaf_error: float | None
    state_bytes: int
    stream_bytes: int
    pace: Pace | None

    @classmethod
    def of(cls, model: Model, pace: Pace | None) -> Facts:
        """Those of a model. pace: of its stream; None of a model of rows."""
        error = model.leaf_error
        largest = None if error is None else max(_flat(error), default=0.0)
        return cls(
            model.estimator_type,
            model.n_features_in_,
            model.input_dtype.name,
            model.n_outputs_,
            model.nbytes,
            stripped_bytes(model),
            model.note,
            tuple(dict.fromkeys(stage.name for stage in model.stages)),
            largest,
            model.state_bytes,
            0 if pace is None else model.stream_bytes,
            pace,
        )


def _flat(numbers: Any) -> list[float]:
    return [float(n) for n in getattr(numbers, "ravel", lambda: [numbers])()]


@dataclass(frozen=True)
class DeploymentReport:
    """What a model is on boards. `print` shows it as text, a notebook as a page.

    Attributes
    ----------
    facts : Facts
        What the model is.
    blob : dict of str to int
        Bytes of the blob's parts; they add up to `facts.nbytes`.
    agreement : Agreement, or None
        None without rows.
    labels : bool
        Whether answers are labels.
    verdicts : tuple of Verdict
        One a board, or a core where no board was asked for.
    notes : tuple of str
        What is to be said of all.
    """

    facts: Facts
    blob: dict[str, int]
    agreement: Agreement | None
    labels: bool
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        from emlrt.verdict.text import lines

        return "\n".join(lines(self))

    __repr__ = __str__

    def to_dict(self) -> dict[str, Any]:
        """All of it as numbers, texts, lists and dicts, as JSON has them."""
        found = {
            "kind": self.facts.kind,
            "bytes": self.facts.nbytes,
            "stripped_bytes": self.facts.stripped,
            "ops": list(self.facts.ops),
            "leaf_error": self.facts.leaf_error,
            "state_bytes": self.facts.state_bytes,
            "stream_bytes": self.facts.stream_bytes,
            "pace": None if self.facts.pace is None else self.facts.pace.to_dict(),
            "note": self.facts.note,
            "blob": self.blob,
            "agreement": None if self.agreement is None else self.agreement.to_dict(),
            "tight_share": TIGHT_SHARE,
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "notes": list(self.notes),
        }
        return found

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """The page, which needs no other file and no network; also written to a file,
        if a path is given."""
        from emlrt.verdict.page import page

        text = page(self)
        if path is not None:
            with replacing(path, "w", encoding="utf-8") as file:
                file.write(text)
        return text

    def _repr_html_(self) -> str:
        from emlrt.verdict.page import body

        return body(self)


def boards_of(boards: Any) -> list[Board]:
    """Boards of keys, or of `Board` objects."""
    if isinstance(boards, str | Board):
        boards = [boards]
    if not isinstance(boards, Iterable):
        raise TypeError(f"boards are names or Board objects, not {boards!r}")
    found = []
    for board in boards:
        if not isinstance(board, str | Board):
            raise TypeError(f"a board is a name or a Board, not {board!r}")
        found.append(find(board, BOARDS) if isinstance(board, str) else board)
    return found


def _core(board: Board) -> str:
    """The core that a board's costs are of."""
    return core_of(board.like or board.core)


def _costs(
    model: Model, X: Any, cores: Iterable[str], measure: bool
) -> tuple[dict[str, Cost], list[str]]:
    """The cost of each core, and notes."""
    estimates = estimates_of(model, X)
    if not measure:
        return {core: cost_of(model, X, core, False, estimates) for core in cores}, []
    from emlrt.emulate import ToolError, ToolMissing

    found, notes = {}, []
    for core in dict.fromkeys(cores):
        try:
            found[core] = cost_of(model, X, core, True, estimates)
        except (ToolMissing, ValueError) as error:
            notes.append(f"Nothing is measured on {core}: {error}")
            found[core] = cost_of(model, X, core, False, estimates)
        except ToolError:
            notes.append(
                f"Nothing is measured on {core}: the model does not link there"
            )
            found[core] = cost_of(model, X, core, False, estimates)
    return found, notes


def check_measure(model: Model, X: Any) -> None:
    """Refuses to measure what is not given, or rows of a model that keeps state."""
    if X is None:
        raise ValueError("measure=True runs rows, or recordings; give X")
    if not isinstance(X, Recordings):
        channels = model.window.channels
        model.program.require_plain(
            "count of a row by itself",
            f"give a recording, X of (n_samples, {channels}), whose windows"
            " emlrt.emulate.stream counts; or leave measure out",
        )


def _notes(model: Model, X: Any, verdicts: list[Verdict]) -> Iterator[str]:
    """What is to be said of all verdicts."""
    costs = [verdict.cost for verdict in verdicts]
    if model.state_bytes and X is not None and not isinstance(X, Recordings):
        yield (
            "The model keeps state, and each row was answered from rest. A recording,"
            f" X of (n_samples, {model.window.channels}), is answered as on a device."
        )
    counted = any(cost.pushed or isfinite(cost.mean) for cost in costs)
    if model.state_bytes and not counted:
        yield (
            "Counts of a model that keeps state take a toolchain: measure=True"
            " (--measure), with a recording, makes them."
        )
    if any(cost.how == "estimated" and cost.streamed for cost in costs):
        yield (
            "An estimate of a stream counts the run of a window, and pushes of"
            f" {PIECE} samples, which are taken to need what the slowest of those that"
            " were measured did."
        )
    if any(verdict.energy_uj is not None for verdict in verdicts):
        yield (
            "Energy is of the core alone, by its data sheet's microamperes for each"
            " MHz."
        )


def report(
    model: Model,
    X: Any = None,
    y: Any = None,
    original: Any = None,
    boards: Any = (),
    measure: bool = False,
    rate: float | None = None,
) -> DeploymentReport:
    """See `emlrt.Model.report`."""
    if X is None and (y is not None or original is not None):
        raise ValueError("y and original are of rows; give X, too")
    wanted, pace = boards_of(boards), pace_of(model, rate)
    X = given(model, X)
    if measure:
        check_measure(model, X)
    compared = None if X is None else agreement(model, X, y, original)
    found, notes = verdicts_of(model, X, wanted, measure, pace)
    return DeploymentReport(
        Facts.of(model, pace),
        blob_parts(model),
        compared,
        compared is not None and labelled(model),
        tuple(found),
        (*notes, *notes_of(model, pace), *_notes(model, X, found)),
    )


def given(model: Model, X: Any) -> Any:
    """X as Recordings, if it is some; rows, or None, as they are."""
    recordings = None if X is None else recordings_of(model, X)
    return X if recordings is None else recordings


def verdicts_of(
    model: Model,
    X: Any,
    boards: Sequence[Board],
    measure: bool = False,
    pace: Pace | None = None,
) -> tuple[list[Verdict], list[str]]:
    """The verdict of each board, or what each of a few cores takes if there is none;
    and notes. X: rows, Recordings, or None."""
    cores = [_core(board) for board in boards]
    if not boards:
        cores = [core for core in _SHOWN if core in CORES]
    costs, notes = _costs(model, X, cores, measure)
    blob = blob_parts(model)
    found = [judge(model, blob, costs[_core(board)], board, pace) for board in boards]
    if not boards:
        found = [judge(model, blob, cost, None, pace) for cost in costs.values()]
    return found, notes
