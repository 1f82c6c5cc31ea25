# SPDX-License-Identifier: MIT
"""What a term costs on a core: the tables that benchmarks/estimate_prices.py fits.

A line of a table is a name and a number: a term's instructions or cycles; or "stack."
and an op, bytes of stack of a run of it alone, "stack.open." and an op, of emlrt_open,
"stack.", a call and a kind of scores, what that call takes beside a run; or "error",
the largest relative error of the models that the table was not fitted to; or "tested."
and an op that they have, without its dtype; or "error." and an op whose stages were
further off than "error", by how much at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import tables

FILE = Path(__file__).parent / "prices.xz"
#: Cores whose instructions are those of another one.
SAME = {"cortex-m0": "cortex-m0plus", "atmega328p": "atmega1284p"}


@cache
def prices(core: str, opt: str) -> Mapping[str, float]:
    """The table of a core and an optimization level; empty if there is none."""
    found = {}
    for line in tables.lines(FILE, SAME.get(core, core), opt):
        name, _, value = line.partition(" ")
        found[name] = float(value)
    return found


def untested(ops: Iterable[str], table: Mapping[str, float]) -> tuple[str, ...]:
    """Ops that the models of a table's "error" do not have, of no dtype."""
    return tuple(op for op in ops if f"tested.{without_dtype(op)}" not in table)


def without_dtype(op: str) -> str:
    """trees_vote of trees_vote_u8, and so on: the walk is the same."""
    return re.sub(r"_(f32|i16|i32|u8)[a-z]?$", "", op)


def price(
    terms: Mapping[str, Any], table: Mapping[str, float], n_rows: int
) -> NDArray[np.float64]:
    """What terms cost, of each row."""
    found = np.zeros(n_rows)
    for name, n in terms.items():
        found += np.asarray(n, np.float64) * table.get(name, 0.0)
    return found
