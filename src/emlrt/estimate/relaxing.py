# SPDX-License-Identifier: MIT
"""Calls of RISC-V, which the linker makes as short as their distances allow.

A call is two instructions, 8 bytes. Within 1 MiB it becomes one of 4, and within 2 KiB
one of 2, where the register that it saves has one. Shorter calls bring other calls
closer, so that this is done over and over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

_LONG, _NEAR, _SHORT = 8, 4, 2
#: Distances of a jump of 2 bytes.
_REACH = 1 << 11


@dataclass(frozen=True)
class Call:
    """at: its offset in its section. to, offset: the place that it calls. short:
    whether there is a jump of 2 bytes for it."""

    at: int
    to: str
    offset: int
    short: bool

    @classmethod
    def of(cls, text: str) -> Call:
        """From a table's words, such as "106>emlrt_soft_add+4"."""
        found = re.fullmatch(r"(\d+)([-=>])([^+]*)(?:\+(\d+))?", text)
        assert found is not None
        at, kind, to, offset = found.groups()
        return cls(int(at), to, int(offset or 0), kind != "=")


class Placed(Protocol):
    """What is asked of a section here."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def align(self) -> int: ...
    @property
    def calls(self) -> tuple[Call, ...]: ...


def starts(items: Sequence[Placed | int], sizes: Mapping[str, int]) -> dict[str, int]:
    """Each section's address, and the end of them all as "".

    items: sections, and alignments of what follows.
    """
    at, found = 0, {}
    for item in items:
        at += -at % (item if isinstance(item, int) else item.align)
        if not isinstance(item, int):
            found[item.name] = at
            at += sizes[item.name]
    return found | {"": at}


def end(items: Sequence[Placed | int], sizes: Mapping[str, int]) -> int:
    """Bytes of all sections and of what is lost between them."""
    return starts(items, sizes)[""]


def relaxed(items: Sequence[Placed | int], sizes: Mapping[str, int]) -> dict[str, int]:
    """Bytes of each section when calls are as short as they get."""
    found = dict(sizes)
    if any(item.calls for item in items if not isinstance(item, int)):
        _shorten(items, found)
    return found


def _shorten(items: Sequence[Placed | int], sizes: dict[str, int]) -> None:
    """The linker looks at each call once, section by section, and places a section
    again when it has done so: behind those are still where they were."""
    places = starts(items, sizes)
    slack = max(item.align for item in items if not isinstance(item, int))
    at = 0
    for item in items:
        if isinstance(item, int):
            at += -at % item
            continue
        start = places[item.name]
        for call in item.calls:
            far = places[call.to] + call.offset - start - call.at
            sizes[item.name] -= _LONG - _length(call, far, slack)
        at += -at % item.align
        places[item.name] = at
        at += sizes[item.name]


def _length(call: Call, far: int, slack: int) -> int:
    """Bytes of a call over a distance, to which alignments may yet add."""
    far += -slack if far < 0 else slack
    return _SHORT if call.short and -_REACH <= far < _REACH else _NEAR
