# SPDX-License-Identifier: MIT
"""The linker again: which sections of the runtime a program keeps, and where.

A table has each section of a core and optimization level, in the order in which the
linker places them (docs/sections.py makes it from the objects). A link keeps what the
program's functions and ops need, as --gc-sections does, pads as the linker script does,
makes calls of RISC-V shorter, and drops equal literals of Xtensa, as relaxing does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from . import tables
from .relaxing import Call, end, relaxed

FILE = Path(__file__).parent / "sections.xz"
#: The optimization levels of the tables.
LEVELS = ("-O2", "-Os")
#: The list of ops, whose bytes the table gives for one.
GLUE = "ops"
#: The model that is opened.
MODEL = "model"
#: What AVRs with more than 128 KiB put between a pointer and a function: a jump, whose
#: bytes the table gives for one.
STUBS = "stubs"
_LITERAL_BYTES = 4


@dataclass(frozen=True)
class Section:
    """A section of an object.

    name: of its function, of its variable, or of the compiler's library. align: of its
    address, in bytes. refs: sections that it needs. calls: of RISC-V, that may become
    shorter. constants: that the linker keeps once of all sections, each in the first.
    literals: the same of words among Xtensa's code. pointed: places in `refs` that a
    pointer goes to, if those take a jump each. kept: whether the linker script keeps it
    in any program.
    """

    name: str
    size: int
    align: int
    refs: tuple[str, ...]
    calls: tuple[Call, ...]
    constants: tuple[str, ...]
    literals: tuple[str, ...]
    pointed: tuple[str, ...]
    kept: bool


#: A section, or an alignment of what follows, in bytes.
Item = Section | int


@dataclass(frozen=True, eq=False)
class Table:
    """What the linker places, by output section, and the sections by name."""

    outputs: dict[str, tuple[Item, ...]]
    sections: dict[str, Section]

    def needed(self, roots: Iterable[str]) -> set[str]:
        """Names of what a program with these sections keeps.

        Raises
        ------
        KeyError
            If there is no section of this name.
        """
        found: set[str] = set()
        todo = list(roots)
        todo += [s.name for s in self.sections.values() if s.kept]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self.sections[name].refs
        return found


def cores() -> tuple[str, ...]:
    """The cores that have tables."""
    return tuple(tables.read(FILE))


def _section(line: str) -> Section:
    """From a table's line: name, size, alignment, and words that begin with what they
    are: "#" a constant, "$" a literal, "*" a pointer, a digit a call; else sections."""
    name, size, align, *words = line.split(" ")
    by: dict[str, list[str]] = {"#": [], "$": [], "*": [], "": []}
    calls = tuple(Call.of(word) for word in words if word[0].isdigit())
    for word in words:
        if not word[0].isdigit():
            kind = word[0] if word[0] in by else ""
            by[kind].append(word[len(kind) :])
    pointed = [word.split("+")[0] for word in by["*"]]
    refs = dict.fromkeys([*by[""], *pointed, *(call.to for call in calls)])
    return Section(
        name=name,
        size=int(size.rstrip("!")),
        align=int(align),
        refs=tuple(refs),
        calls=calls,
        constants=tuple(by["#"]),
        literals=tuple(by["$"]),
        pointed=tuple(by["*"]),
        kept=size.endswith("!"),
    )


@cache
def table(core: str, opt: str, far: bool = False) -> Table:
    """The table of a core and an optimization level.

    far: AVR: of blobs that are read with 32-bit addresses.

    Raises
    ------
    ValueError
        If there is none; it names those there are.
    """
    if core not in cores():
        raise ValueError(
            f"no tables for the core {core!r}; there are some for {', '.join(cores())}"
        )
    if opt not in LEVELS:
        raise ValueError(f"no tables for {opt!r}; there are some for -O2 and -Os")
    outputs: dict[str, list[Item]] = {}
    sections: dict[str, Section] = {}
    for line in tables.lines(FILE, core, f"{opt} far" if far else opt):
        sign, rest = line[0], line[2:]
        if sign == "=":
            here = outputs.setdefault(rest, [])
        elif sign == "~":
            here.append(int(rest))
        else:
            section = _section(line)
            here.append(section)
            sections[section.name] = section
    if not sections:
        raise ValueError(f"{core} has no room for blobs beyond the first 64 KiB")
    return Table({name: tuple(items) for name, items in outputs.items()}, sections)


@dataclass(frozen=True)
class Program:
    """A linked program.

    sizes: bytes of each section that it keeps, the list of ops among them. padding:
    bytes between sections. flash, ram: as emlrt.emulate.build.footprint has them.
    """

    sizes: dict[str, int]
    padding: int
    flash: int
    ram: int


def entry(function: str) -> str:
    """The section of a function, which may be inline in emlrt.h."""
    inline = ("emlrt_run", "emlrt_classify", "emlrt_proba")
    return f"{function}_as" if function in inline else function


def op_section(table: Table, op: str) -> str:
    """The section of an op's description.

    Raises
    ------
    ValueError
        If the runtime has no such op.
    """
    for place in (".rodata", ".progmem.data"):
        if f"{place}.emlrt_op_{op}" in table.sections:
            return f"{place}.emlrt_op_{op}"
    raise ValueError(f"the tables have no op {op!r}; run docs/sections.py")


def link(table: Table, ops: Iterable[str], functions: Iterable[str]) -> Program:
    """Link the runtime with a list of ops, functions and one model.

    ops: names such as "dense". functions: such as "emlrt_open" and "emlrt_classify".
    """
    listed = tuple(dict.fromkeys(ops))
    roots = [*map(entry, functions), *(op_section(table, op) for op in listed)]
    kept = table.needed([*roots, GLUE, MODEL])
    sizes: dict[str, int] = {}
    totals = dict.fromkeys(("text", "data", "bss"), 0)
    for output, items in table.outputs.items():
        chosen = [item for item in items if isinstance(item, int) or item.name in kept]
        chosen = [_listing(item, len(listed)) for item in chosen]
        before = _sizes(chosen, table, kept, len(listed))
        sizes |= relaxed(chosen, before)
        totals[output] = end(chosen, sizes)
    flash = totals["text"] + totals["data"]
    stored = sum(n for name, n in sizes.items() if name != MODEL)
    return Program(sizes, flash - stored, flash, totals["data"] + totals["bss"])


def _listing(item: Item, n_ops: int) -> Item:
    """The list of ops as compilers align it: to more than a word (of a Cortex-M55) only
    if it is at least twice as large."""
    if isinstance(item, int) or item.name != GLUE or item.align <= item.size:
        return item
    large = item.size * (n_ops + 1) >= 2 * item.align
    return item if large else replace(item, align=item.size)


def _sizes(
    items: Iterable[Item], table: Table, kept: set[str], n_ops: int
) -> dict[str, int]:
    """Bytes of each section, before calls become shorter."""
    pointed = {place for name in kept for place in table.sections[name].pointed}
    count = {GLUE: n_ops + 1, STUBS: len(pointed)}
    found: dict[str, int] = {}
    seen: set[tuple[str, int]] = set()
    for item in items:
        if not isinstance(item, int):
            new = {(text, item.align) for text in item.constants} - seen
            lost = len(item.constants) - len(new)
            each = item.size // len(item.constants) if lost else 0
            more = {(text, 0) for text in item.literals} - seen
            lost_literals = len(item.literals) - len(more)
            found[item.name] = item.size * count.get(item.name, 1) - lost * each
            found[item.name] -= lost_literals * _LITERAL_BYTES
            seen |= new | more
    return found
