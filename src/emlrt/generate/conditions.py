# SPDX-License-Identifier: MIT
"""The C text of one question, whether an input goes left or right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from emlrt.inputs import c_float
from emlrt.inspect.records import float_threshold

_INFINITY = 0x7F800000
_WORD = 0xFFFFFFFF


class Question(NamedTuple):
    """The conditions of both sides; "" on one side: no input goes there."""

    left: str
    right: str


ALL_LEFT = Question("1", "")
ALL_RIGHT = Question("", "1")


def _number(value: int) -> str:
    """An integer as C writes it."""
    return "(-2147483647 - 1)" if value == -(1 << 31) else str(value)


def integers(x: str, threshold: int, least: int, most: int) -> Question:
    """Of an integer input with a range."""
    if threshold >= most:
        return ALL_LEFT
    if threshold < least:
        return ALL_RIGHT
    return Question(f"{x} <= {_number(threshold)}", f"{x} > {_number(threshold)}")


def _decimal(key: int) -> str:
    """The float of a key, to be read in a comment."""
    number = float_threshold(np.array([key], np.int32))[0]
    return c_float(number).removesuffix("f").removesuffix(".0")


def keys(k: str, threshold: int) -> Question:
    """Of the key of a float, NaN being beyond all others on its side."""
    number = f"{_number(threshold)} /* {_decimal(threshold)} */"
    return Question(f"{k} <= {number}", f"{k} > {number}")


def floats(x: str, threshold: int, missing_left: bool) -> Question:
    """Of the bits of a float where it stands, by macros. threshold: a key."""
    if missing_left and threshold == _INFINITY:
        return ALL_LEFT
    limit = _number(threshold)
    if threshold < 0:
        limit = f"0x{threshold & _WORD ^ 0x7FFFFFFF:08X}u"
    sign = "_NEGATIVE" if threshold < 0 else ""
    nan = ("_OR_NAN", "_NOT_NAN") if missing_left else ("", "")
    asked = f"({x}, {limit} /* {_decimal(threshold)} */)"
    return Question(f"@LE{sign}{nan[0]}{asked}", f"@GT{sign}{nan[1]}{asked}")


def codes(numbers: Sequence[int]) -> list[int]:
    """The codes of a set, whose numbers have 16 codes each."""
    found = []
    for i, number in enumerate(numbers):
        found += [16 * i + bit for bit in range(16) if number >> bit & 1]
    return found


def categories(x: str, members: list[int], table: str, most: int) -> Question:
    """Of a code from 0 to `most`, whether it is a member.

    table: C text that asks the same of the table of sets.
    """
    members = [code for code in members if code <= most]
    if not members:
        return ALL_RIGHT
    low, high = members[0], members[-1]
    if high - low + 1 == len(members):
        return _range(x, low, high, most)
    if high - low < 16:
        mask = sum(1 << (code - low) for code in members)
        moved = f"{x} - {low}u" if low else x
        near = f"{moved} < 16u && (0x{mask:X}u >> ({moved}) & 1u)"
        return Question(f"({near})", f"!({near})")
    return Question(table, f"!{table}")


def _range(x: str, low: int, high: int, most: int) -> Question:
    """Of codes without a gap."""
    if low == 0:
        return integers(x, high, 0, most)
    if low == high:
        return Question(f"{x} == {low}u", f"{x} != {low}u")
    if high == most:
        return Question(f"{x} >= {low}u", f"{x} < {low}u")
    inside = f"{x} - {low}u <= {high - low}u"
    return Question(inside, f"{x} - {low}u > {high - low}u")
