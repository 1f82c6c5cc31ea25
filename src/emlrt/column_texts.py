# SPDX-License-Identifier: MIT
"""Texts about inputs, which a blob keeps beside the methods: `word:inputs=value`.

    known:3=[1, 2.5]        of one input
    rows:0-3,7=decimals 1   of several

The words are those of `emlrt.categories`, `emlrt.known_values` and `emlrt.kinds`.
Texts of other words are for other readers, and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TypeVar

from emlrt.allowance import Allowance
from emlrt.errors import FormatError

Value = TypeVar("Value")
#: Bytes of a character of a value, as an allowance counts them.
_CHARACTER = 48
_OF_INPUTS = re.compile(r"[a-z]+:")
_TEXT = re.compile(r"[a-z]+:([0-9,-]+)=(.*)", re.S)
_INDEX = r"(0|[1-9][0-9]{0,8})"
_RANGE = re.compile(f"{_INDEX}(?:-{_INDEX})?")


def is_of_inputs(text: str, word: str = "") -> bool:
    """Whether one of the METHODS texts is about inputs, of a word if one is given."""
    if word:
        return text.startswith(word + ":")
    return _OF_INPUTS.match(text) is not None


def _range(text: str, n_inputs: int) -> range | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return range(first, last + 1) if first <= last < n_inputs else None


def _overlap(ranges: list[range]) -> bool:
    ordered = sorted(ranges, key=lambda one: one.start)
    return any(after.start < before.stop for before, after in pairwise(ordered))


def read(
    word: str,
    what: str,
    texts: Iterable[str],
    n_inputs: int,
    value_of: Callable[[str], Value | None],
    *,
    many: bool = False,
) -> list[tuple[range, Value]]:
    """Inputs and their values, of the texts of a word.

    what: the values, in a word. value_of: gives None for what is none of them. many:
    whether a text may be of several inputs.

    Raises
    ------
    FormatError
        If a text is damaged, of inputs that are not there, or of one that another
        text is of.
    """
    chosen = [text for text in texts if is_of_inputs(text, word)]
    allowance = Allowance(sum(map(len, chosen)), "metadata")
    found: list[tuple[range, Value]] = []
    for text in chosen:
        allowance.charge(f"characters of {what}", len(text), _CHARACTER)
        match = _TEXT.fullmatch(text)
        value = None if match is None else value_of(match[2])
        parts = match[1].split(",") if match is not None else []
        ranges = [_range(part, n_inputs) for part in parts]
        fine = [one for one in ranges if one is not None]
        single = len(ranges) == 1 and "-" not in parts[0]
        if value is None or len(fine) != len(ranges) or not (many or single):
            raise FormatError(f"unknown {what}: {text[:80]!r}", "METADATA")
        found += [(one, value) for one in fine]
    if _overlap([inputs for inputs, _ in found]):
        raise FormatError(f"{what} of an input, given twice", "METADATA")
    return found


def ranges_text(inputs: Iterable[int]) -> str:
    """Inputs, rising, as texts have them: `0-3,7`."""
    ranges: list[list[int]] = []
    for at in inputs:
        if ranges and ranges[-1][1] == at - 1:
            ranges[-1][1] = at
        else:
            ranges.append([at, at])
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ranges)


__all__ = ["is_of_inputs", "ranges_text", "read"]
