# SPDX-License-Identifier: MIT
"""Leaves: probabilities and values as fixed-point integers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.trees.forest import Ints
from emlrt.convert.trees.unique_rows import unique_rows
from emlrt.errors import UnsupportedModelError
from emlrt.inspect.records import FEW_TREES

#: Votes of one tree by leaf_bits. All but the last resort have many divisors,
#: so that the shares of small leaves (1/2, 1/3, 2/5, ...) are exact.
_UNITS = {3: 6, 4: 12, 5: 30, 6: 60, 7: 120, 8: 240, 16: 55440, 32: 14414400}
#: Fewer bits than a byte has.
_FEW_BITS = 8
_FALLBACKS = (7207200, 3603600, 1441440, 720720)
_TOTAL = 2**32 - 1


def vote_unit(leaf_bits: int, n_trees: int) -> int:
    """Votes that one tree gives, so that all trees' fit 32 bits."""
    for unit in (_UNITS[leaf_bits], *_FALLBACKS):
        if unit <= _UNITS[leaf_bits] and unit * n_trees <= _TOTAL:
            return unit
    return min(_UNITS[leaf_bits], _TOTAL // n_trees)


def quantize_shares(shares: NDArray[np.float64], unit: int) -> Ints:
    """Whole votes nearest to shares * unit, at most `unit` a row.

    shares : (n, n_classes), rows summing to 1. Where rounding up gives a row
    too many votes, those that gained most by it lose one. Equal shares have
    equal votes, so that ties stay ties.
    """
    exact = shares * unit
    votes = np.floor(exact + 0.5).astype(np.int64)
    excess = votes.sum(axis=1) - unit
    over = np.flatnonzero(excess > 0)
    gained = votes[over] - exact[over]
    place = -excess[over, None]
    least = np.take_along_axis(np.sort(gained, axis=1), place, axis=1)
    votes[over] -= gained >= least
    return votes


def filled_shares(shares: NDArray[np.float64], unit: int) -> Ints:
    """The same for a unit of few votes, which rounding to nearest would leave many rows
    short of: the classes that lost most get one more. Of equal losses, all or none."""
    votes = quantize_shares(shares, unit)
    short = unit - votes.sum(axis=1)
    under = np.flatnonzero((short > 0) & (short < shares.shape[1]))
    lost = shares[under] * unit - votes[under]
    place = -1 - short[under, None]  # the largest loss that nothing is left for
    most = np.take_along_axis(np.sort(lost, axis=1), place, axis=1)
    votes[under] += lost > np.maximum(most, 0)
    return votes


def soft_votes(shares: NDArray[np.float64], unit: int, leaf_bits: int) -> Ints:
    """Whole votes near shares * unit, at most `unit` a row."""
    quantize = filled_shares if leaf_bits < _FEW_BITS else quantize_shares
    return quantize(shares, unit)


def hard_votes(shares: NDArray[np.float64]) -> Ints:
    """One vote per row, for the first of the largest shares."""
    votes = np.zeros(shares.shape, np.int64)
    votes[np.arange(len(shares)), shares.argmax(axis=1)] = 1
    return votes


@dataclass
class VoteTable:
    """Rows of votes, each stored once; pure rows are class numbers.

    Attributes
    ----------
    n_scores : int
    unit : int
        Votes that a pure leaf gives.
    rows : dict
        Each row's first item by its bytes: pairs of int64, score index and
        votes, of its items in turn.
    n_items : int
        Items of all rows.
    """

    n_scores: int
    unit: int
    rows: dict[bytes, int] = field(default_factory=dict)
    n_items: int = 0

    @property
    def kind(self) -> str:
        """Of leaves, as in names of ops."""
        return "soft" if self.n_items else "vote"

    def codes(self, votes: Ints) -> Ints:
        """A code for each row of votes (n, n_scores)."""
        codes: Ints = votes.argmax(axis=1)
        at = np.arange(len(votes)), codes
        mixed = (votes[at] != self.unit) | ((votes != 0).sum(axis=1) != 1)
        codes[mixed] = self.n_scores + self._add(votes[mixed])
        return codes

    def _add(self, votes: Ints) -> Ints:
        """The first item of each row of votes, which are mixed leaves."""
        row, index = np.nonzero(votes)
        items = np.stack([index, votes[row, index]], axis=1)
        ends = np.searchsorted(row, np.arange(len(votes)), "right") * 16
        raw, start, first = items.tobytes(), 0, []
        for end in ends.tolist():
            key = raw[start:end] or bytes(16)  # a row without votes has one item
            start = end
            at = self.rows.setdefault(key, self.n_items)
            if at == self.n_items:
                self.n_items += len(key) // 16
            first.append(at)
        return np.array(first, np.int64)

    def item_bytes(self, leaf_bits: int) -> tuple[int, int]:
        """Bytes of votes and of the head in an item; no items need none."""
        if not self.rows:
            return 0, 0
        head = next(n for n in (1, 2, 4) if self.n_scores <= 1 << (8 * n - 1))
        return {16: 2, 32: 3}.get(leaf_bits, 1), head

    def pack_items(self, n_bytes: tuple[int, int]) -> bytes:
        """The item table, little-endian."""
        if not self.rows:
            return b""
        rows = np.frombuffer(b"".join(self.rows), np.int64).reshape(-1, 2)
        last = np.cumsum([len(row) // 16 for row in self.rows]) - 1
        head, votes = rows[:, 0].copy(), rows[:, 1]
        head[last] |= 1 << (8 * n_bytes[1] - 1)
        parts = [
            numbers.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :n]
            for numbers, n in zip((votes, head), n_bytes, strict=True)
        ]
        return np.concatenate(parts, axis=1).tobytes()


def value_exponents(values: list[NDArray[np.float64]], leaf_bits: int) -> Ints:
    """Exponents of two by which each output's leaf integers are scaled.

    values : for each tree (n_leaves, n_outputs), to be added over the trees.
    With 32 bits the largest possible sum just fits; with fewer, the largest
    leaf does.
    """
    peaks = np.array([np.abs(tree).max(axis=0) for tree in values])
    total = peaks.sum(axis=0)
    reach, most = total, 2.0**31 - 1 - len(values)
    if leaf_bits < 32:
        # Many small leaves must not add up to more than 32 bits either.
        most = min(2.0 ** (leaf_bits - 1), most // len(values)) - 1
        reach = peaks.max(axis=0)
    with np.errstate(divide="ignore"):
        exponents = np.ceil(np.log2(reach / most))
    # log2 may round down at a power of two.
    short = np.ldexp(most, exponents.clip(-999, 999).astype(int)) < reach
    exponents[short] += 1
    with np.errstate(over="ignore"):  # rounding up, each tree adds less than one
        total = total + np.ldexp(float(len(values)), exponents.clip(-999).astype(int))
    if (total > np.finfo(np.float32).max).any():
        raise UnsupportedModelError(
            "leaf values are too large for float32; scale the target"
        )
    found: Ints = exponents.clip(-lib.EMLRT_EXPONENT_MAX).astype(np.int64)
    return found


def quantize_values(
    values: list[NDArray[np.float64]], exponents: Ints, leaf_bits: int
) -> NDArray[np.int32]:
    """Whole numbers near values / 2^exponents, of all trees' leaves in turn.

    The nearest ones; but many trees at 32 bits round up ever more readily from
    the first tree to the last, so that equal leaves' errors cancel out.
    """
    n, spread = len(values), leaf_bits == 32 and len(values) > FEW_TREES
    numbers = []
    for t, tree in enumerate(values):
        exact = np.ldexp(tree, -exponents)
        numbers.append(np.floor(exact + (t + 0.5) / n) if spread else np.rint(exact))
    return np.concatenate(numbers).astype(np.int32)


@dataclass
class ValueTable:
    """Leaf values (n, n_outputs) of all trees, each distinct row once."""

    values: NDArray[np.int32]
    codes: Ints

    @classmethod
    def of(cls, values: NDArray[np.int32]) -> ValueTable:
        """A code for each row of values, and the distinct rows."""
        return cls(*unique_rows(values))


def pack_numbers(numbers: NDArray[Any], n_bytes: int) -> bytes:
    """Little-endian integers of 1, 2 or 4 bytes; they must fit."""
    kind = "i" if np.issubdtype(numbers.dtype, np.signedinteger) else "u"
    return numbers.astype(f"<{kind}{n_bytes}").tobytes()
