# SPDX-License-Identifier: MIT
"""The kinds of numbers that inputs were taken to have when thresholds became float32.

Where the original compares float64 numbers, or numbers that follow from those, one
float32 stands for each threshold, and which one depends on what the rows are (see
DESIGN.md). Blobs keep it beside the methods:

    rows:0-3,7=decimals 1              numbers of one decimal, in float64
    rows:4=float32 arrays, 2^-20       arrays of float32

The power of two, where there is one, is how far from a threshold numbers of another
kind may be, and still go another way than in the original.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from emlrt import column_texts

_WORD = "rows"
_TEXT = re.compile(
    r"(?:decimals ([0-8])|(float32 arrays|float32 numbers|float64))"
    r"(?:, 2\^(0|-?[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True)
class Kind:
    """A feature's numbers. places: of decimals, else -1."""

    name: str
    places: int = -1

    @property
    def text(self) -> str:
        """As blobs have it."""
        return f"{self.name} {self.places}" if self.places >= 0 else self.name

    @property
    def said(self) -> str:
        """In words."""
        if self.places < 0:
            return "any float64" if self == ANY else self.name
        return f"decimals of {self.places} place{'' if self.places == 1 else 's'}"


#: float32 arrays, which libraries also compute with in float32; float32 numbers in
#: float64 arrays; anything.
ARRAYS, HELD, ANY = Kind("float32 arrays"), Kind("float32 numbers"), Kind("float64")


def decimals(places: int) -> Kind:
    return Kind("decimals", places)


@dataclass(frozen=True)
class Taken:
    """What an input's numbers were taken for. power: numbers of other kinds may go
    another way as far as 2^power from a threshold; None: where float32 makes them one
    with it."""

    kind: Kind
    power: int | None = None

    @property
    def room(self) -> float:
        return 0.0 if self.power is None else 2.0**self.power

    def with_other(self, other: Taken) -> Taken:
        """The kind that is safe for an input that was taken for both."""
        powers = [p for p in (self.power, other.power) if p is not None]
        a, b = self.kind, other.kind
        kind = a if a == b else ANY
        if a.places >= 0 and b.places >= 0:
            kind = decimals(min(a.places, b.places))
        return Taken(kind, max(powers, default=None))


def power_of(room: float) -> int | None:
    """The power of two that is no smaller; None of 0."""
    if not room > 0:
        return None
    return int(np.clip(np.frexp(room)[1], -200, 200))


class Kinds(Mapping[int, str]):
    """What inputs were taken for, in words, by input. Others are exact for every
    float32, or no threshold is compared with them."""

    def __init__(self, found: Iterable[tuple[range, Taken]] = ()) -> None:
        self._found = tuple(sorted(found, key=lambda one: one[0].start))
        self._starts = [inputs.start for inputs, _ in self._found]

    def taken(self, at: int) -> Taken | None:
        place = bisect_right(self._starts, at) - 1
        if place < 0 or at not in self._found[place][0]:
            return None
        return self._found[place][1]

    @property
    def kinds(self) -> frozenset[Kind]:
        """All kinds that there are."""
        return frozenset(taken.kind for _, taken in self._found)

    def __getitem__(self, at: int) -> str:
        found = self.taken(at)
        if found is None:
            raise KeyError(at)
        return found.kind.said

    def __iter__(self) -> Iterator[int]:
        return (at for inputs, _ in self._found for at in inputs)

    def __len__(self) -> int:
        return sum(len(inputs) for inputs, _ in self._found)

    def __repr__(self) -> str:
        return repr(dict(self))


def texts_of(taken: Mapping[int, Taken]) -> list[str]:
    """The texts of inputs, one for those that were taken for the same."""
    alike: dict[Taken, list[int]] = {}
    for at in sorted(taken):
        alike.setdefault(taken[at], []).append(at)
    return [
        f"{_WORD}:{column_texts.ranges_text(inputs)}={one.kind.text}"
        + ("" if one.power is None else f", 2^{one.power}")
        for one, inputs in alike.items()
    ]


def _taken(text: str) -> Taken | None:
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    kind = Kind(match[2]) if match[1] is None else decimals(int(match[1]))
    power = None if match[3] is None else int(match[3])
    return Taken(kind, power)


def read(texts: Iterable[str], n_inputs: int) -> Kinds:
    """The kinds that inputs were taken to have, from a blob's texts.

    Raises
    ------
    FormatError
        If a text is damaged, or two are of one input.
    """
    found = column_texts.read(
        _WORD, "kinds of rows", texts, n_inputs, _taken, many=True
    )
    return Kinds(found)
