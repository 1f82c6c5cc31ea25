# SPDX-License-Identifier: MIT
"""Instructions, or cycles, and stack of a call by prices of its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt import blob as blobs
from emlrt.emulate.facts import Call, Facts
from emlrt.native import Runtime

from .calls import Seen, open_terms
from .prices import price

#: Rows that are drawn where none are given.
_DRAWN = 16
_NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Costs:
    """counts: (n_rows,). Stacks are bytes, -1 if not known. unknown: ops without a
    price, whose counts are NaN. error: how far off the counts may be, as a part."""

    counts: NDArray[np.float64]
    open_count: float
    stack: int
    open_stack: int
    unknown: tuple[str, ...]
    error: float


def costs_of(
    blob: bytes,
    known: Facts,
    call: Call,
    rows: NDArray[Any] | None,
    table: Mapping[str, float],
) -> Costs:
    """What a call takes.

    rows: (n_rows, n_inputs) of the blob's input type; None for the mean of what is
    likely, as one row.
    """
    unknown = tuple(op for op in known.ops if deepest(op, "stack.", table) < 0)
    if unknown or known.state_bytes:
        n = 1 if rows is None else len(rows)
        return Costs(np.full(n, np.nan), _NAN, -1, -1, unknown, _NAN)
    runtime = Runtime(blob)
    program = blobs.read(blob, runtime)
    some = _drawn(known) if rows is None else rows
    seen = Seen(program, runtime, known, some, even=rows is None)
    counts = price(seen.total(call), table, len(some))
    alone = max(deepest(op, "stack.", table) for op in known.ops)
    opened = price(open_terms(program, known), table, 1)
    return Costs(
        counts=counts.mean(keepdims=True) if rows is None else counts,
        open_count=float(opened[0]),
        stack=alone + int(table.get(f"stack.{seen.kind(call)}", 0)),
        open_stack=max(deepest(op, "stack.open.", table) for op in known.ops),
        unknown=(),
        error=error_of(seen, float(counts.mean()), table, len(some)),
    )


def error_of(
    seen: Seen, whole: float, table: Mapping[str, float], n_rows: int
) -> float:
    """The part that counts may be off by: the table's own, and more for the share of
    stages whose ops were further off."""
    usual = table["error"]
    more = 0.0
    for at, stage in enumerate(seen.stages):
        beyond = table.get(f"error.{stage.name}", usual) - usual
        if beyond > 0:
            more += beyond * float(price(seen.stage(at), table, n_rows).mean())
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


def _drawn(known: Facts) -> NDArray[Any]:
    """Rows of a usual size."""
    drawn = np.random.default_rng(0)
    shape = _DRAWN, known.n_inputs
    if known.input_dtype.kind == "f":
        return drawn.normal(size=shape).astype(known.input_dtype)
    return drawn.integers(0, 128, shape).astype(known.input_dtype)
