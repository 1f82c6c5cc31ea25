# SPDX-License-Identifier: MIT
"""Literals of Xtensa objects: words beside the code, which loads them by l32r.

The linker drops those of calls that reach their function without, and keeps one of
equal literals, the first of all sections. docs/sections.py asks for what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from link_objects import Object, Symbol

#: Relocations of a word, of a load of a literal, and of a call by way of one; and the
#: opcode of such a load, in the lowest bits of an instruction.
_WORD, _LOAD, _CALL = 1, 20, 11
_L32R = 1
WORD_BYTES = 4


def _loaded(made: Object, name: str, near: Callable[[str], bool]) -> set[int]:
    """Offsets of a section's literals that its own code loads, but for calls."""
    code, found = made.sections[name].data(), made.relocations(name)
    calls = {
        entry.at
        for entry in found
        if entry.kind == _CALL and (entry.symbol.is_local or near(entry.symbol.name))
    }
    return {
        entry.symbol.value + entry.addend
        for entry in found
        if entry.kind == _LOAD
        and code[entry.at] & 15 == _L32R
        and entry.at not in calls
    }


def literals(made: Object, name: str, near: Callable[[str], bool]) -> list[str]:
    """What a section's literals are, in the order of their places: their bytes, or the
    symbol and the offset that they point to.

    near: whether a function of a name is where calls reach it without a literal; those
    of the object itself are.
    """
    data = made.sections[name].data()
    if name.startswith(".literal"):
        places: Iterable[int] = range(0, len(data), WORD_BYTES)
    else:
        places = sorted(_loaded(made, name, near))
    words = {
        entry.at: f"{_named(made, entry.symbol)}+{entry.addend}"
        for entry in made.relocations(name)
        if entry.kind == _WORD
    }
    return [words.get(at, data[at : at + WORD_BYTES].hex()) for at in places]


def _named(made: Object, symbol: Symbol) -> str:
    """A symbol that is the same in all objects, or of this one alone."""
    if not symbol.is_local:
        return symbol.name
    return f"{id(made)}.{symbol.section}.{symbol.value}"
