# SPDX-License-Identifier: MIT
"""What a model's calls cost on a core: estimated, measured, or not known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from emlrt.emulate.facts import Call
from emlrt.emulate.streaming import Streamed
from emlrt.emulate.targets import TARGETS
from emlrt.emulate.targets import find as find_core
from emlrt.estimate import CORES, Estimate
from emlrt.estimate.effort import MOST
from emlrt.estimate.estimates import Estimates, Sizes
from emlrt.verdict.answers import count
from emlrt.verdict.feeding import PIECE, feeding
from emlrt.verdict.pace import has_pace
from emlrt.verdict.recordings import Recordings
from emlrt.verdict.sizes import ram_parts

if TYPE_CHECKING:
    from emlrt.model import Model

#: Most rows that an emulator runs.
MEASURED = 32
#: Most windows of recordings that it is pushed, and that are estimated.
PUSHED, ESTIMATED = 16, 256
#: How often the samples of recordings may stand in the windows that are estimated,
#: beside what any model may take.
_AGAIN = 16
#: Most samples of the windows that are pushed, but for the first few: windows of sounds
#: are long, and emulators slow.
_SAMPLES, _LEAST = 8192, 3
#: Code of a core without tables is taken to be at most so many times the largest of
#: those that have them.
_ROOM = 2
#: Bytes that a stack which is not known is taken to be at most.
_STACK = 1024


@dataclass(frozen=True)
class Cost:
    """Code, RAM and counts of a model on a core.

    Attributes
    ----------
    core : str
        Of one that is not in `emlrt.estimate.CORES`, `code_parts` are empty and the
        counts NaN.
    how : str
        "estimated", "measured", or "unknown".
    call, opt : str
        The function of the runtime, and the compiler's optimization.
    unit : str
        Of the counts: "instructions", or "cycles".
    mean, worst, opened : float
        Counts of a call, of the largest, and of emlrt_open; NaN if not known.
    longest : float
        Of the longest call that is not interrupted: of a stream, its longest push; else
        `worst`.
    error : float
        Largest relative error of estimated counts; 0 if measured, NaN if not known.
    untested : tuple of str
        Ops for which that error is not known, since no model that was compared with an
        emulator has them.
    code_parts : dict of str to int
        Bytes of code and constants by what they are for.
    code : int, or None
        Their sum; None if not known.
    code_bound : int
        What the code surely does not exceed; `code` where that is known.
    ram_parts : dict of str to int
        Bytes of RAM by what they are for; of an unknown core without stack and struct.
    ram_bound : int
        What RAM surely does not exceed.
    n_rows : int
        Rows, or windows, that the counts are of; 0 if all leaves count as likely.
    feeding : float
        Of a model of samples: counts of a window's pushes that are not in `mean`, at
        most; 0 where they are, NaN if not known.
    pushed : bool
        Whether the counts are of windows of a stream, with all pushes of their samples;
        then `mean` and `worst` leave out the first, which takes more samples than a
        hop.
    unknown : tuple of str
        What is not known, in words.
    """

    core: str
    how: str
    call: str
    opt: str
    unit: str = "instructions"
    mean: float = nan
    worst: float = nan
    opened: float = nan
    longest: float = nan
    error: float = 0.0
    code_parts: dict[str, int] = field(default_factory=dict)
    code: int | None = None
    code_bound: int = 0
    ram_parts: dict[str, int] = field(default_factory=dict)
    ram_bound: int = 0
    n_rows: int = 0
    feeding: float = 0.0
    pushed: bool = False
    unknown: tuple[str, ...] = ()
    untested: tuple[str, ...] = ()

    @property
    def fed(self) -> float:
        """Counts of a window with all its pushes, in the mean; NaN if not known."""
        return self.mean + self.feeding

    @property
    def streamed(self) -> bool:
        """Whether the RAM is that of a stream."""
        return "stream" in self.ram_parts

    @property
    def ram(self) -> int:
        """Bytes of RAM, as far as they are known."""
        return sum(self.ram_parts.values())


def core_of(name: str) -> str:
    """The name that `emlrt.emulate.TARGETS` has of a core; one that it does not have
    stays as it is."""
    with suppress(ValueError):
        return find_core(name).name
    return name


def call_of(model: Model) -> Call:
    """The call that is counted: "classify" of a model with classes, else "run"."""
    return "classify" if model.output_classes else "run"


def _of_numbers(
    model: Model, found: Any, how: str, X: Any, unknown: tuple[str, ...]
) -> Cost:
    """A cost from an Estimate, a Measurement or a Streamed, which have the same
    attributes. X: what the counts are of; None if all leaves count as likely."""
    avr = TARGETS[found.core].family == "avr"
    n_rows = 0 if X is None else len(found.counts)
    stack, pushed = _stack(found), isinstance(found, Streamed)
    counts = found.counts
    if pushed and len(counts) > 1:
        counts = counts[1:]
    # Without rows the one count is a mean, and says nothing of the worst.
    worst = float(np.max(counts)) if n_rows else nan
    scratch = None if pushed or _is_streamed(model, X) else found.scratch
    ram = ram_parts(model, found.ram, stack or 0, scratch, avr)
    if stack is None:
        del ram["stack"]
        unknown = (*unknown, "stack")
    parts = dict(getattr(found, "flash_parts", None) or {"code": found.flash})
    return Cost(
        found.core,
        how,
        found.call,
        found.opt,
        found.unit,
        mean=float(np.mean(counts)),
        worst=worst,
        opened=float(found.open_count),
        longest=float(getattr(found, "longest", worst)),
        error=float(getattr(found, "error", 0.0)),
        code_parts=parts,
        code=found.flash,
        code_bound=found.flash,
        ram_parts=ram,
        ram_bound=sum(ram.values()) + (_STACK if stack is None else 0),
        n_rows=n_rows,
        pushed=pushed,
        unknown=unknown,
        untested=tuple(getattr(found, "untested", ())),
    )


def _fed(model: Model, cost: Cost) -> Cost:
    """A cost of runs, with what a stream takes beside them, where one runs the model:
    in its counts and its stack if the RAM is a stream's, else aside."""
    if cost.pushed or not has_pace(model):
        return cost
    if cost.core not in CORES:
        return replace(cost, feeding=nan)
    more = feeding(model, cost.core)
    if not cost.streamed:
        return replace(cost, feeding=more.counts)
    ram = dict(cost.ram_parts)
    if "stack" in ram:
        ram["stack"] += more.stack
    return replace(
        cost,
        mean=cost.mean + more.counts,
        worst=cost.worst + more.counts,
        longest=cost.longest + more.counts,
        opened=cost.opened + more.opened,
        ram_parts=ram,
        ram_bound=cost.ram_bound + more.stack,
    )


def _is_streamed(model: Model, X: Any) -> bool:
    """Whether firmware runs the model as a stream: it must, or X is recordings."""
    return bool(model.state_bytes) or isinstance(X, Recordings)


def _stack(found: Any) -> int | None:
    """The most of the stack of a call and of open; None if either is not known."""
    both = found.stack, found.open_stack
    return None if min(both) < 0 else max(both)


def _runs_once(model: Model) -> bool:
    """Whether a window takes one run, so that what is known of a run is known of it.
    With state a run may take a few samples of a hop."""
    return not model.state_bytes or model.program.n_inputs == model.window.hop


def _of_runs(found: Estimate, run: Estimate) -> Estimate:
    """The code of a call, with the counts of the run that a stream makes: a call that
    asks for a class may end before all trees have voted."""
    stacks = found.stack, run.stack
    return replace(
        found,
        counts=run.counts,
        stack=-1 if min(stacks) < 0 else max(stacks),
        error=run.error,
        unknown=run.unknown,
        untested=run.untested,
    )


def _estimated(model: Model, X: Any, core: str, estimates: Estimates) -> Cost:
    streamed = _is_streamed(model, X)
    try:
        found = estimates.on(core, stream=streamed)
        if streamed and found.call != "run":
            found = _of_runs(found, estimates.on(core, call="run"))
    except ValueError as error:  # an Uno has no way to blobs beyond its flash
        return _unknown(model, X, core, estimates, str(error))
    ops = ", ".join(found.unknown)
    unknown = (f"{found.unit} of {ops}",) if ops else ()
    known = isfinite(found.mean) and _runs_once(model)
    if not ops and not known:
        unknown = (f"{found.unit} of a window",)
    # Of state no row is a call by itself.
    counted = None if model.state_bytes else X
    cost = _fed(model, _of_numbers(model, found, "estimated", counted, unknown))
    return cost if known else replace(cost, mean=nan, worst=nan, longest=nan)


def some_rows(X: Any, most: int = MEASURED) -> Any:
    """At most so many rows of X, from all over it."""
    n = count(X)
    if n <= most:
        return X
    chosen = np.unique(np.linspace(0, n - 1, most).round().astype(int))
    return X.iloc[chosen] if hasattr(X, "iloc") else np.asarray(X)[chosen]


def _measured(model: Model, X: Any, core: str) -> Cost:
    from emlrt.emulate import measure, stream

    if isinstance(X, Recordings):
        n = (_SAMPLES // X.window.channels - X.length) // X.hop + 1
        samples = X.first(min(PUSHED, max(_LEAST, n)))
        options: dict[str, Any] = {"core": core, "call": call_of(model)}
        pushed = stream(model, samples, pieces=(PIECE,), **options)
        return _of_numbers(model, pushed, "measured", X, ())
    rows = some_rows(X)
    found = measure(model, rows, core=core)
    return _fed(model, _of_numbers(model, found, "measured", rows, ()))


def _others(estimates: Estimates, stream: bool) -> Iterator[Sizes]:
    """Bytes on all cores that have tables, and that have room for the model."""
    for core in CORES:
        with suppress(ValueError):
            yield estimates.sizes(core, stream=stream)


def _unknown(
    model: Model, X: Any, core: str, estimates: Estimates, why: str = ""
) -> Cost:
    """What is known of any core: bounds from those that have tables. why: the reason,
    if the core has."""
    call, streamed = call_of(model), _is_streamed(model, X)
    scratch = model.arena_bytes if call == "run" else model.scratch_bytes
    parts = ram_parts(model, 0, 0, None if streamed else scratch)
    del parts["struct"], parts["stack"]
    others = list(_others(estimates, streamed))
    code = _ROOM * max(other.flash for other in others)
    beside = [other.ram + (_stack(other) or _STACK) for other in others]
    return Cost(
        core,
        "unknown",
        call,
        others[0].opt,
        code_bound=code,
        ram_parts=parts,
        ram_bound=sum(parts.values()) + _ROOM * max(beside),
        unknown=(why or f"code, stack and instructions on {core}",),
    )


def estimates_of(model: Model, X: Any) -> Estimates:
    """Estimates of a model for rows, Recordings, or None, for `cost_of` of each core.
    Of recordings they are of some windows, whose numbers may be far more than the
    samples: so there are fewer of long ones."""
    if model.state_bytes:
        return Estimates(model)
    if isinstance(X, Recordings):
        samples = sum(part.size for part in X.parts)
        most = (MOST + _AGAIN * samples) // X.window.length
        return Estimates(model, X.sampled(max(1, min(ESTIMATED, most))))
    return Estimates(model, X)


def cost_of(
    model: Model,
    X: Any,
    core: str,
    measured: bool,
    estimates: Estimates | None = None,
) -> Cost:
    """The cost of a model on a core.

    core: a key of `emlrt.estimate.CORES`, or any other core's name. measured: whether
    to run it under an emulator, if there is one of the core.

    X: rows, or Recordings, that fit the model: their owner has seen to that.
    estimates: of this model and X, where several cores are asked for.

    Raises
    ------
    ValueError
        If the model does not fit the core that is to run it.
    emlrt.emulate.ToolMissing
        If it is to be measured, and what that needs is not installed.
    """
    if measured and core in TARGETS:
        return _measured(model, X, core)
    estimates = estimates or estimates_of(model, X)
    if core in CORES:
        return _estimated(model, X, core, estimates)
    return _unknown(model, X, core, estimates)
