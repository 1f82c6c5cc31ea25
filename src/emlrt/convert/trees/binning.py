# SPDX-License-Identifier: MIT
"""Bins instead of numbers: columns of small integers that trees compare.

A forest that asks few distinct questions of each feature can ask them of the
number of thresholds below the feature's value. That is exact: x <= t exactly when
no more thresholds are below x than below t. NaN has a bin of its own in each
column, so that records need no flag for it; a feature whose NaN goes left in some
splits and right in others has two columns with one table. A feature with more
thresholds than a bin can count has several columns, each for a part of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.convert.rounding.category_sets import Categories
from emlrt.convert.trees.forest import Ints, Splits
from emlrt.convert.trees.payload import Sets
from emlrt.convert.trees.records import CODED, float_key
from emlrt.dtypes import dtype_of
from emlrt.inspect.cost import Terms, bin_terms

#: Most keys of a column, and the largest bin, by the dtype of bins.
MOST = {"uint8": 255, "int16": 32767}
#: The last place that a record has room for, likewise.
_PLACES = {"uint8": 0xFFFF, "int16": 0x7FFFFFFF}


@dataclass(frozen=True, eq=False)
class Column:
    """Bins of one feature. keys : (n,) ordered keys. missing: NaN's bin.

    exact: whether what equals no key is as NaN. again: keys of the column before.
    """

    feature: int
    keys: Ints
    missing: int
    exact: bool = False
    again: bool = False


@dataclass(eq=False)
class Bins:
    """The columns that splits read, numeric ones first.

    dtype: of the bins. by_split: for each group of splits, what becomes of them.
    sets: of categories, if there are any.
    """

    dtype: str
    columns: list[Column]
    by_split: list[Splits]
    sets: Sets | None = None

    @property
    def form(self) -> str:
        """The key of FORMS for these bins."""
        return self.dtype + (CODED if self.sets is not None else "")

    def terms(self) -> Terms:
        """What the bin stage costs."""
        searched = [column.keys.size for column in self.columns if not column.again]
        return bin_terms(searched, len(self.columns) - len(searched))

    def payload(self) -> bytes:
        """The payload of the bin stage."""
        table = np.zeros(len(self.columns), dtype_of("emlrt_bucketize"))
        flags = [
            lib.EMLRT_BUCKETIZE_EXACT * c.exact | lib.EMLRT_BUCKETIZE_AGAIN * c.again
            for c in self.columns
        ]
        table["source"] = [c.feature << 2 for c in self.columns]
        table["source"] |= np.array(flags, np.uint32)
        table["count"] = [c.keys.size for c in self.columns]
        table["missing"] = [c.missing for c in self.columns]
        keys = [c.keys.astype("<i4").tobytes() for c in self.columns if not c.again]
        return table.tobytes() + b"".join(keys)


@dataclass(eq=False)
class _All:
    """The splits of all groups in one row, and what becomes of each."""

    groups: list[Splits]
    feature: Ints = field(init=False)
    missing_left: NDArray[np.bool_] = field(init=False)
    category: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.feature = np.concatenate([s.feature for s in self.groups])
        self.threshold = np.concatenate([s.threshold for s in self.groups])
        self.missing_left = np.concatenate([s.missing_left for s in self.groups])
        self.category = np.concatenate(
            [
                s.category if s.category.size else np.full(s.feature.size, -1)
                for s in self.groups
            ]
        )
        self.column = np.zeros(self.feature.size, np.int64)
        self.bin = np.zeros(self.feature.size, np.int64)

    def replaced(self) -> list[Splits]:
        """The groups, which read columns of bins now."""
        ends = np.cumsum([s.feature.size for s in self.groups])[:-1]
        parts = zip(np.split(self.column, ends), np.split(self.bin, ends), strict=True)
        return [
            replace(
                splits,
                feature=column,
                threshold=bin.astype(np.float64),
                missing_left=np.zeros(column.size, bool),
            )
            for splits, (column, bin) in zip(self.groups, parts, strict=True)
        ]


def _by_feature(every: _All, chosen: NDArray[np.bool_]) -> list[Ints]:
    """Indices of the chosen splits, feature by feature."""
    at = np.flatnonzero(chosen)
    at = at[np.argsort(every.feature[at], kind="stable")]
    if not at.size:
        return []
    return np.split(at, np.flatnonzero(np.diff(every.feature[at])) + 1)


def _numeric(every: _All, most: int) -> list[Column]:
    """Columns of the splits that compare numbers."""
    columns: list[Column] = []
    numeric = every.category < 0
    keys = np.zeros(every.feature.size, np.int64)
    keys[numeric] = float_key(every.threshold[numeric])
    for at in _by_feature(every, numeric):
        table, place = np.unique(keys[at], return_inverse=True)
        part, every.bin[at] = place // most, place % most
        for k in range(int(part.max()) + 1):
            mine = table[k * most : (k + 1) * most]
            again = False
            for left in (False, True):
                here = at[(part == k) & (every.missing_left[at] == left)]
                if not here.size:
                    continue
                every.column[here] = len(columns)
                feature = int(every.feature[at[0]])
                nan = 0 if left else mine.size
                columns.append(Column(feature, mine, nan, again=again))
                again = True
    return columns


def _merged(sets: list[Categories]) -> tuple[Ints, list[NDArray[np.bool_]]]:
    """Keys of all cuts together, and for each set whether codes go left."""
    cuts = np.unique(np.concatenate([s.cuts for s in sets]))
    keys = float_key(np.nextafter(cuts, -np.inf))
    above = np.append(keys[1:], np.iinfo(np.int64).max)[: keys.size]
    last = keys < above  # no float32 lies between equal ones
    cuts, keys = cuts[last], keys[last]
    left = np.stack(
        [
            np.append(s.left[0], s.left[np.searchsorted(s.cuts, cuts, "right")])
            for s in sets
        ]
    )
    useful = (left[:, 1:] != left[:, :-1]).any(axis=0)
    return keys[useful], list(left[:, np.append(True, useful)])


def _merged_exact(
    sets: list[Categories], missing_left: list[bool]
) -> tuple[Ints, list[NDArray[np.bool_]]]:
    """The same of sets of single numbers; others go where NaN goes."""
    cuts = np.unique(np.concatenate([s.cuts for s in sets]))
    left = []
    for known, nan in zip(sets, missing_left, strict=True):
        bits = np.full(cuts.size, nan)
        bits[np.isin(cuts, known.cuts)] = known.left[np.isin(known.cuts, cuts)]
        left.append(bits)
    return float_key(cuts), left


def _words(bits: NDArray[np.bool_]) -> tuple[int, ...]:
    """Bits as 16-bit numbers, without zeros at the end, their number first."""
    data = np.packbits(bits, bitorder="little").tobytes()
    words = np.frombuffer(data + b"\0" * (len(data) % 2), "<u2").tolist()
    while words and words[-1] == 0:
        words.pop()
    return len(words), *words


@dataclass(eq=False)
class _SetTable:
    """Sets of categories, each stored once."""

    places: dict[tuple[int, ...], int] = field(default_factory=dict)
    size: int = 0

    def place(self, bits: NDArray[np.bool_]) -> int:
        words = _words(bits)
        found = self.places.setdefault(words, self.size)
        if found == self.size:
            self.size += len(words)
        return found

    def numbers(self) -> NDArray[np.uint16]:
        return np.array([n for words in self.places for n in words], np.uint16)


def _categories(
    every: _All, at: Ints, sets: list[Categories], table: _SetTable
) -> Column:
    """The column of one feature's splits that ask for categories."""
    kinds = 2 * every.category[at] + every.missing_left[at]
    unique, which = np.unique(kinds, return_inverse=True)
    chosen = [sets[k // 2] for k in unique.tolist()]
    nan = [bool(k % 2) for k in unique.tolist()]
    exact = chosen[0].exact
    keys, left = _merged_exact(chosen, nan) if exact else _merged(chosen)
    places = [
        table.place(np.append(bits, missing))
        for bits, missing in zip(left, nan, strict=True)
    ]
    every.bin[at] = np.array(places)[which]
    missing = keys.size if exact else keys.size + 1
    return Column(int(every.feature[at[0]]), keys, missing, exact)


def binned(groups: list[Splits], sets: list[Categories], dtype: str) -> Bins | None:
    """Splits of float32 inputs as splits of bins of a dtype, uint8 or int16; None
    if that has no room for a feature's codes, or for the places of all sets."""
    every = _All(groups)
    columns = _numeric(every, MOST[dtype])
    coded = every.category >= 0
    if not coded.any():
        return Bins(dtype, columns, every.replaced())
    table, first = _SetTable(), len(columns)
    exact = np.array([s.exact for s in sets])[every.category.clip(0)]
    for kind in (False, True):
        for at in _by_feature(every, coded & (exact == kind)):
            column = _categories(every, at, sets, table)
            if max(column.missing, column.keys.size) > MOST[dtype]:
                return None
            every.column[at] = len(columns)
            columns.append(column)
    if max(table.places.values()) > _PLACES[dtype]:
        return None
    found = Sets(table.numbers(), first)
    return Bins(dtype, columns, every.replaced(), found)
