# SPDX-License-Identifier: MIT
"""Which of several forms of the same trees a blob gets: bytes against instructions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from emlrt.convert.trees.forest import Splits
from emlrt.convert.trees.payload import LeafTables, choose
from emlrt.inspect.cost import Terms, mean_visits, tree_terms

T = TypeVar("T")
#: How much dearer than the fastest form a smaller one may be.
_BALANCE = 1.2


@dataclass(frozen=True)
class Candidate(Generic[T]):
    """A form with its bytes and instructions of a run; those alike in all are left
    out."""

    n_bytes: float
    cost: float
    form: T


def pick(candidates: Sequence[Candidate[T]], optimize: str) -> T:
    """The form to take. optimize: "size", the smallest; "speed", the fastest;
    "balanced", the smallest of those that cost at most 1.2 times the fastest."""
    if optimize == "speed":
        return min(candidates, key=lambda c: (c.cost, c.n_bytes)).form
    most = min(c.cost for c in candidates) * _BALANCE
    if optimize == "size":
        most = max(c.cost for c in candidates)
    allowed = [c for c in candidates if c.cost <= most]
    return min(allowed, key=lambda c: (c.n_bytes, c.cost)).form


@dataclass(frozen=True, eq=False)
class Stage:
    """Trees of a stage to be, before their encoding is chosen.

    splits : of float32 inputs. tables : of their leaves. kind : of leaves, "vote",
    "soft", "sum" or "add". n_scores : of the stage. entry : bytes of a leaf.
    """

    splits: Splits
    tables: LeafTables
    kind: str
    n_scores: int
    entry: int

    @property
    def visits(self) -> float:
        """Splits that a run visits, see `mean_visits`."""
        s = self.splits
        return mean_visits(s.sizes, s.left >= 0, s.right >= 0, s.skip)

    def encoded(self, splits: Splits, dtype: str, visits: float) -> tuple[int, Terms]:
        """Bytes and terms with splits of the same shape that read a dtype.

        Raises
        ------
        UnsupportedModelError
            If no form holds them.
        """
        choice = choose(splits, self.tables, dtype, self.entry)
        record, n = choice.form.suffix.lower(), splits.sizes.size
        terms = tree_terms(self.kind, record, n, visits, self.n_scores)
        return choice.n_bytes, terms
