# SPDX-License-Identifier: MIT
"""Literals of Xtensa objects: words beside the code, which loads them by l32r.

The linker drops those of calls that reach their function at once, and keeps one of equal
literals, the first of all sections. docs/sections.py asks for what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

#: Relocations of a word, of a load of a literal, and of a call by way of one; and the
#: opcode of such a load, in the lowest bits of an instruction.
_WORD, _LOAD, _CALL = 1, 20, 11
_L32R = 1
WORD_BYTES = 4


def _relocations(elf: Any, name: str) -> Iterator[tuple[int, int, Any, int]]:
    """Of a section: offset, type, symbol and addend."""
    for table in elf.iter_sections():
        if table["sh_type"] != "SHT_RELA":
            continue
        if elf.get_section(table["sh_info"]).name != name:
            continue
        symbols = elf.get_section(table["sh_link"])
        for entry in table.iter_relocations():
            symbol = symbols.get_symbol(entry["r_info_sym"])
            yield entry["r_offset"], entry["r_info_type"], symbol, entry["r_addend"]


def _is_local(symbol: Any) -> bool:
    return bool(symbol["st_info"]["bind"] == "STB_LOCAL")


def _loaded(elf: Any, name: str, near: Callable[[str], bool]) -> set[int]:
    """Offsets of a section's literals that its own code loads, but for calls."""
    code = elf.get_section_by_name(name).data()
    found = list(_relocations(elf, name))
    calls = {
        at
        for at, kind, symbol, _ in found
        if kind == _CALL and (_is_local(symbol) or near(symbol.name))
    }
    return {
        symbol["st_value"] + more
        for at, kind, symbol, more in found
        if kind == _LOAD and code[at] & 15 == _L32R and at not in calls
    }


def literals(elf: Any, name: str, near: Callable[[str], bool]) -> list[str]:
    """What a section's literals are, in the order of their places: their bytes, or the
    symbol and the offset that they point to.

    near: whether a function of a name is where calls reach it without a literal; those
    of the object itself are.
    """
    data = elf.get_section_by_name(name).data()
    if name.startswith(".literal"):
        places: Any = range(0, len(data), WORD_BYTES)
    else:
        places = sorted(_loaded(elf, name, near))
    words = {
        at: f"{_named(elf, symbol)}+{more}"
        for at, kind, symbol, more in _relocations(elf, name)
        if kind == _WORD
    }
    return [words.get(at, data[at : at + WORD_BYTES].hex()) for at in places]


def _named(elf: Any, symbol: Any) -> str:
    """A symbol that is the same in all objects, or of this one alone."""
    if not _is_local(symbol):
        return str(symbol.name)
    where = elf.get_section(symbol["st_shndx"]).name
    return f"{id(elf)}.{where}.{symbol['st_value']}"
