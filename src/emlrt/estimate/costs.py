# SPDX-License-Identifier: MIT
"""Instructions, or cycles, and stack of a call by prices of its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import blob as blobs
from emlrt.emulate.facts import Call, Facts
from emlrt.native import Runtime

from . import effort
from .calls import Seen, call_kind, open_terms
from .prices import price
from .terms import Terms

#: Rows that are drawn where none are given, at most.
_DRAWN = 16
_NAN = float("nan")


class Work:
    """What a model does with some rows, counted once for all cores.

    blob: which the runtime takes; known: its facts. rows: (n_rows, n_inputs) of the
    blob's input type; None for some that are drawn, for the mean of what is likely.
    """

    def __init__(self, blob: bytes, known: Facts, rows: NDArray[Any] | None) -> None:
        self.known, self.rows = known, rows
        self._runtime = Runtime(blob)
        self.program = blobs.read(blob, self._runtime)
        n_bytes = known.input_bytes + known.arena_bytes + 4 * known.n_scores
        self._effort = effort.of_rows(self.program, n_bytes)
        self._most = effort.most(len(blob), rows)

    @property
    def beyond(self) -> str:
        """Words for what is not counted, since a small file asks for much; "" if all
        is."""
        n = 1 if self.rows is None else len(self.rows)
        if self._effort.of(n) <= self._most:
            return ""
        return f"runs that take {self._effort.of(1):,} numbers to count"

    @cached_property
    def seen(self) -> Seen:
        """What each stage does. Nothing may be `beyond`."""
        some, even = self.rows, self.rows is None
        if some is None:
            fits = (self._most - self._effort.once) // self._effort.each
            some = _drawn(self.known, min(_DRAWN, fits))
        return Seen(self.program, self._runtime, self.known, some, even)

    @cached_property
    def opened(self) -> Terms:
        """Terms of emlrt_open."""
        return open_terms(self.program, self.known)


@dataclass(frozen=True, eq=False)
class Costs:
    """counts: (n_rows,). unknown: ops without a price, or words for what is not
    counted; then the counts are NaN. error: how far off they may be, as a part."""

    counts: NDArray[np.float64]
    open_count: float
    unknown: tuple[str, ...]
    error: float


def costs_of(work: Work, call: Call, table: Mapping[str, float]) -> Costs:
    """What a call takes; without rows, as one."""
    known, n = work.known, 1 if work.rows is None else len(work.rows)
    unknown = _unpriced(known, table)
    if not unknown and not known.state_bytes and work.beyond:
        unknown = (work.beyond,)
    if unknown or known.state_bytes:
        return Costs(np.full(n, np.nan), _NAN, unknown, _NAN)
    seen = work.seen
    counts = price(seen.total(call), table, seen.n_rows)
    opened = price(work.opened, table, 1)
    return Costs(
        counts=counts.mean(keepdims=True) if work.rows is None else counts,
        open_count=float(opened[0]),
        unknown=(),
        error=error_of(seen, float(counts.mean()), table),
    )


def _unpriced(known: Facts, table: Mapping[str, float]) -> tuple[str, ...]:
    """Ops that have no price."""
    return tuple(op for op in known.ops if deepest(op, "stack.", table) < 0)


def stacks_of(work: Work, call: Call, table: Mapping[str, float]) -> tuple[int, int]:
    """Bytes of stack of a call, and of emlrt_open; -1 if not known."""
    known = work.known
    if _unpriced(known, table) or known.state_bytes:
        return -1, -1
    alone = max(deepest(op, "stack.", table) for op in known.ops)
    beside = int(table.get(f"stack.{call_kind(work.program, call)}", 0))
    opened = max(deepest(op, "stack.open.", table) for op in known.ops)
    return alone + beside, opened


def error_of(seen: Seen, whole: float, table: Mapping[str, float]) -> float:
    """The part that counts may be off by: the table's own, and more for the share of
    stages whose ops were further off."""
    usual = table["error"]
    more = 0.0
    for name in seen.known.ops:
        beyond = table.get(f"error.{name}", usual) - usual
        if beyond > 0:
            more += beyond * float(price(seen.of_op(name), table, seen.n_rows).mean())
    return usual + more / max(whole, 1.0)


def deepest(op: str, what: str, table: Mapping[str, float]) -> int:
    """Stack of an op; of trees that no model had, the most of those that end alike
    and read other records; -1 if none is known."""
    if what + op in table:
        return int(table[what + op])
    kind, _, record = op.rpartition("_")
    if not op.startswith("trees_") or f"{record}.end_left" not in table:
        return -1
    like = [n for name, n in table.items() if name.startswith(f"{what}{kind}_")]
    return int(max(like, default=-1))


def _drawn(known: Facts, n: int) -> NDArray[Any]:
    """So many rows, of a usual size."""
    drawn = np.random.default_rng(0)
    shape = n, known.n_inputs
    if known.input_dtype.kind == "f":
        return drawn.normal(size=shape).astype(known.input_dtype)
    return drawn.integers(0, 128, shape).astype(known.input_dtype)
