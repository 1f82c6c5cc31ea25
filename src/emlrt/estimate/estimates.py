# SPDX-License-Identifier: MIT
"""Estimates of a model on a core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from emlrt.emulate.avr import needs_far
from emlrt.emulate.costs import Counted
from emlrt.emulate.facts import Call, Facts, blob_of, facts
from emlrt.emulate.targets import TARGETS, Target, find

from .costs import Work, costs_of, stacks_of
from .flash import flash_of, functions_of
from .linking import cores, table
from .prices import prices, untested

if TYPE_CHECKING:
    from emlrt.model import Model

#: The cores that have tables, as emlrt.emulate.TARGETS names them.
CORES: tuple[str, ...] = tuple(name for name in TARGETS if name in cores())


@dataclass(frozen=True, kw_only=True)
class Estimate(Counted):
    """What a call is estimated to take, named as `emlrt.emulate.Measurement` names it.

    Attributes
    ----------
    core, opt, call : str
        As asked for.
    unit : str
        Of the counts: "instructions", or "cycles" on AVR.
    counts : ndarray of float64 (n_rows,)
        Instructions or cycles of each call.
    open_count : float
        The same of emlrt_open.
    stack, open_stack : int
        Most bytes of stack of any of the calls, and of emlrt_open; -1 if not known.
    flash : int
        Bytes of code and constants of emlrt_open and the call, or of a stream's
        functions, with the ops that the model needs; without the blob. What the linker
        gives, to the byte.
    flash_parts : dict of str to int
        What `flash` is made of, and adds up to: see `emlrt.estimate.flash.flash_of`.
    ram : int
        Bytes of memory beyond stack, input, answer and scratch: the model, and on AVR
        what is copied from flash.
    scratch : int
        Bytes of scratch that the call takes.
    error : float
        The part of the counts that they may be off by; 0.05 is 5 %. The largest that
        was found on this core with models which the prices were not made from, and
        more by the share of stages whose ops were further off (blocks of signals);
        NaN if the counts are.
    untested : tuple of str
        Ops of the model that none of those models has.
    unknown : tuple of str
        Ops of the model that have no price: of a blob beyond 64 KiB on AVR, and at -Os,
        all. Or words for runs that are not counted, since a file of this size asks for
        more than `emlrt.estimate.effort` allows. Then the counts are NaN.
    """

    core: str
    opt: str
    call: Call
    open_count: float
    stack: int
    open_stack: int
    flash: int
    flash_parts: dict[str, int] = field(repr=False)
    ram: int
    scratch: int
    error: float
    unknown: tuple[str, ...]
    untested: tuple[str, ...] = ()


def estimate(
    model: Model | bytes,
    X: Any = None,
    *,
    core: str = "cortex-m0plus",
    call: Call | None = None,
    opt: str = "-O2",
    stream: bool = False,
) -> Estimate:
    """What a model takes on a core, from tables: no compiler, no emulator.

    Parameters
    ----------
    model : emlrt.Model, or bytes
        The model, or a whole .eml blob.
    X : array-like (n_rows, n_features), optional
        Rows as the model's predict takes them; for bytes, numbers that the blob's
        input type holds. Without rows the counts are one: the mean if each leaf of a
        tree is as likely.
    core : str
        One of `CORES`, another name of it ("cortex-m0+"), or a board that has it.
    call : {"classify", "run", "proba"}, optional
        The function of the runtime that is called for each row; by default
        "classify" if the model has classes, else "run".
    opt : {"-O2", "-Os"}
        Optimization level.
    stream : bool
        Whether firmware feeds the model by emlrt/stream.h: then flash is of
        emlrt_stream_open, of pushes, and of the answer's call. Counts are of the run of
        a window all the same.

    Raises
    ------
    ValueError
        If there are no tables for the core or the level, the model does not answer
        the call, or X does not fit the model.
    FormatError
        If the runtime refuses the blob.
    """
    return Estimates(model, X).on(core, call=call, opt=opt, stream=stream)


@dataclass(frozen=True)
class Sizes:
    """What an estimate says without counting: named as `Estimate` has it. ops: that
    the call needs."""

    core: str
    opt: str
    call: Call
    ops: tuple[str, ...]
    flash: int
    flash_parts: dict[str, int]
    ram: int
    stack: int
    open_stack: int


class Estimates:
    """Estimates of a model on any core. What it does with the rows is counted once.

    model, X: as `estimate` takes them.
    """

    def __init__(self, model: Model | bytes, X: Any = None) -> None:
        self._model, self._X = model, X

    @cached_property
    def _work(self) -> Work:
        """The rows' work."""
        model, X, blob = self._model, self._X, blob_of(self._model)
        known = facts(blob)
        return Work(blob, known, None if X is None else _rows(model, known, X))

    def sizes(
        self,
        core: str,
        *,
        call: Call | None = None,
        opt: str = "-O2",
        stream: bool = False,
    ) -> Sizes:
        """Bytes on a core; core, call, opt, stream and errors as of `estimate`."""
        target = find(core)
        table(target.name, opt)  # so that a core without one is named first
        work, known = self._work, self._work.known
        sections = table(target.name, opt, _far(target, known))
        asked = known.call_of(call)
        ops = tuple(dict.fromkeys(known.ops + known.call_ops[asked]))
        program, parts = flash_of(sections, ops, functions_of(asked, stream))
        priced = _priced(target, known, opt)
        stacks = stacks_of(work, asked, priced)
        flash, ram = program.flash, program.ram
        return Sizes(target.name, opt, asked, ops, flash, parts, ram, *stacks)

    def on(
        self,
        core: str,
        *,
        call: Call | None = None,
        opt: str = "-O2",
        stream: bool = False,
    ) -> Estimate:
        """The estimate on a core; arguments and errors as of `estimate`."""
        sizes = self.sizes(core, call=call, opt=opt, stream=stream)
        target = find(core)
        known = self._work.known
        priced = _priced(target, known, opt)
        costs = costs_of(self._work, sizes.call, priced)
        own = {name: value for name, value in vars(sizes).items() if name != "ops"}
        run = sizes.call == "run"
        return Estimate(
            **own,
            unit=target.unit,
            counts=costs.counts,
            open_count=costs.open_count,
            scratch=known.arena_bytes if run else known.scratch_bytes,
            error=costs.error,
            unknown=costs.unknown,
            untested=untested(sizes.ops, priced),
        )


def _far(target: Target, known: Facts) -> bool:
    """Whether a blob is read with 32-bit addresses of flash."""
    return target.family == "avr" and needs_far(known.total_bytes)


def _priced(target: Target, known: Facts, opt: str) -> Mapping[str, float]:
    """The prices on a core. Reads of flash beyond 64 KiB are others, for which there
    are none."""
    return {} if _far(target, known) else prices(target.name, opt)


def _rows(model: Model | bytes, known: Facts, X: Any) -> NDArray[Any]:
    """Rows as the core is given them."""
    known.check_plain()
    return known.rows(X) if isinstance(model, bytes) else model.inputs_of(X)
