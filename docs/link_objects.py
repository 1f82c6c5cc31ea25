# SPDX-License-Identifier: MIT
"""The objects of a link: what docs/sections.py reads of ELF files, each read once."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile

from emlrt.emulate.targets import Target
from emlrt.emulate.tools import program

_SHF_ALLOC = 2
#: AVRs with more flash take jumps for pointers to code.
_NEAR = 128 * 1024


@dataclass(frozen=True)
class Symbol:
    """section: the name of the one that it is in; "" of what is elsewhere, and
    "COMMON". size: bytes; value: an offset, of COMMON an alignment."""

    name: str
    section: str
    value: int
    size: int
    is_local: bool


@dataclass(frozen=True)
class Relocation:
    """at: an offset in its section. kind: the processor's number of it."""

    at: int
    kind: int
    symbol: Symbol
    addend: int


class Object:
    """An object: its sections with bytes by name, and what it says of them."""

    def __init__(self, content: bytes) -> None:
        self._elf = ELFFile(io.BytesIO(content))
        self._all: list[Any] = list(self._elf.iter_sections())
        self.sections: dict[str, Any] = {
            s.name: s for s in self._all if s["sh_size"] and s["sh_flags"] & _SHF_ALLOC
        }

    @cached_property
    def symbols(self) -> list[Symbol]:
        """All symbols, in their order."""
        table: Any = self._elf.get_section_by_name(".symtab")
        return [self._symbol(entry) for entry in table.iter_symbols()]

    def _symbol(self, entry: Any) -> Symbol:
        place, section = entry["st_shndx"], ""
        if isinstance(place, int):
            section = self._all[place].name
        elif place == "SHN_COMMON":
            section = "COMMON"
        is_local = entry["st_info"]["bind"] == "STB_LOCAL"
        return Symbol(
            entry.name, section, entry["st_value"], entry["st_size"], is_local
        )

    @cached_property
    def _relocations(self) -> dict[str, list[Relocation]]:
        found: dict[str, list[Relocation]] = {}
        for table in self._all:
            if table["sh_type"] not in ("SHT_REL", "SHT_RELA"):
                continue
            target = self._all[table["sh_info"]]
            if not target["sh_flags"] & _SHF_ALLOC:
                continue
            found.setdefault(target.name, []).extend(
                Relocation(
                    entry["r_offset"],
                    entry["r_info_type"],
                    self.symbols[entry["r_info_sym"]],
                    entry["r_addend"] if entry.is_RELA() else 0,
                )
                for entry in table.iter_relocations()
            )
        return found

    def relocations(self, section: str) -> list[Relocation]:
        """Those of a section."""
        return self._relocations.get(section, [])


@cache
def _member(archiver: str, archive: str, name: str) -> bytes:
    command = [archiver, "p", archive, name]
    return subprocess.run(command, capture_output=True, check=True).stdout


class Objects:
    """The objects of a link, by the names that the map gives them."""

    def __init__(self, target: Target, glue: bytes) -> None:
        self.archiver = re.sub("gcc$", "ar", program(target.compiler))
        self.family = target.family
        self.stubs = target.family == "avr" and target.flash > _NEAR
        self.glue = glue
        self.files: dict[str, Object] = {}

    def load(self, file: str) -> Object:
        """An object."""
        if file not in self.files:
            found = re.fullmatch(r"(.*)\((.*)\)", file)
            if found:
                content = _member(self.archiver, found[1], found[2])
            elif Path(file).name == "glue.o":
                content = self.glue
            else:
                content = Path(file).read_bytes()
            self.files[file] = Object(content)
        return self.files[file]

    def section(self, name: str, file: str) -> Any:
        """The section of a name, which has bytes."""
        return self.load(file).sections[name]

    def shape(self, name: str, file: str) -> tuple[int, int]:
        """Bytes and alignment of a section; of the one variable that is common."""
        if name != "COMMON":
            section = self.section(name, file)
            return section["sh_size"], section["sh_addralign"]
        (symbol,) = (s for s in self.load(file).symbols if s.section == "COMMON")
        return symbol.size, symbol.value
