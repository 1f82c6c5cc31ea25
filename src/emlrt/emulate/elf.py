# SPDX-License-Identifier: MIT
"""What emulation needs of an ELF file: memory, symbols and sizes."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from .tools import module

_SHF_WRITE, _SHF_ALLOC = 1, 2
#: Functions that the chip has in its ROM.
_ROM = ".rom"


@dataclass(frozen=True)
class Segment:
    """Memory that a loader fills: `data`, then zeros up to `size` bytes.

    `address` is where the program sees it, `load` where it is stored.
    """

    address: int
    load: int
    size: int
    data: bytes


@dataclass(frozen=True)
class Symbol:
    """Address, size in bytes, and ELF type (STT_FUNC, STT_OBJECT, ...)."""

    address: int
    size: int
    kind: str


@dataclass(frozen=True)
class Image:
    """A linked program.

    Attributes
    ----------
    content : bytes
        The ELF file.
    segments : tuple of Segment
    symbols : dict of str to Symbol
        Defined symbols; local ones of equal names hide each other.
    sections : dict of str to int
        Bytes of each section that takes memory, by name.
    flash, ram : int
        Bytes stored (code, constants, initial values) and bytes of memory
        written (data and bss), without stack.
    """

    content: bytes = field(repr=False)
    segments: tuple[Segment, ...] = field(repr=False)
    symbols: dict[str, Symbol] = field(repr=False)
    sections: dict[str, int]
    flash: int
    ram: int

    def address(self, symbol: str) -> int:
        """Address of a symbol; KeyError names it if it is not linked."""
        if symbol not in self.symbols:
            raise KeyError(f"{symbol} is not linked into this image")
        return self.symbols[symbol].address


def load(content: bytes) -> Image:
    """Read an ELF file that has been linked."""
    file = module("elftools.elf.elffile").ELFFile(io.BytesIO(content))
    segments = tuple(
        Segment(s["p_vaddr"], s["p_paddr"], s["p_memsz"], s.data())
        for s in file.iter_segments()
        if s["p_type"] == "PT_LOAD" and s["p_memsz"]
    )
    sections: dict[str, int] = {}
    flash = ram = 0
    for section in file.iter_sections():
        if not section["sh_flags"] & _SHF_ALLOC or not section["sh_size"]:
            continue
        size = section["sh_size"]
        sections[section.name] = sections.get(section.name, 0) + size
        # Of constants alone, .data is not writable, but in RAM all the same.
        written = section["sh_flags"] & _SHF_WRITE or section.name == ".data"
        ram += size if written else 0
        stored = section["sh_type"] != "SHT_NOBITS" and section.name != _ROM
        flash += size if stored else 0
    return Image(content, segments, _symbols(file), sections, flash, ram)


def _symbols(file: object) -> dict[str, Symbol]:
    table = file.get_section_by_name(".symtab")  # type: ignore[attr-defined]
    found = {}
    for symbol in table.iter_symbols() if table else ():
        if symbol.name and symbol["st_shndx"] != "SHN_UNDEF":
            kind = symbol["st_info"]["type"]
            found[symbol.name] = Symbol(symbol["st_value"], symbol["st_size"], kind)
    return found


def undefined(content: bytes) -> set[str]:
    """Names of the undefined symbols of an object file."""
    file = module("elftools.elf.elffile").ELFFile(io.BytesIO(content))
    table = file.get_section_by_name(".symtab")
    return {
        symbol.name
        for symbol in table.iter_symbols()
        if symbol["st_shndx"] == "SHN_UNDEF" and symbol.name
    }
