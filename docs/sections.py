# SPDX-License-Identifier: MIT
"""Write the tables that emlrt.estimate links by: src/emlrt/estimate/sections.xz.

    python docs/sections.py [--check | --show] [core...]

For each core that emlrt.emulate has and each of two optimization levels: every section
of the runtime and of the compiler's own library that a program with emlrt_open, a call
or the functions of emlrt/stream.h, and some ops may need, in the order in which the
linker places them. --check leaves the tables as they are and fails if one differs;
--show prints them.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emlrt.emulate import TARGETS, build
from emlrt.emulate.sources import runtime_sources
from emlrt.emulate.targets import Target
from emlrt.emulate.tools import program, run
from emlrt.estimate import tables
from emlrt.estimate.linking import FILE, GLUE, LEVELS, STUBS

sys.path.append(str(Path(__file__).parent))
from link_objects import Objects, Symbol
from literals import WORD_BYTES, literals

ROOTS = (
    *("emlrt_open", "emlrt_run", "emlrt_classify", "emlrt_proba"),
    *("emlrt_stream_open", "emlrt_stream_reset", "emlrt_stream_push_as"),
    *("emlrt_stream_ready", "emlrt_stream_scores"),
    *("emlrt_stream_classify", "emlrt_stream_proba"),
    *("emulate_ops", "emulate_model"),
)
#: A line of a map that places an input section.
_PLACED = re.compile(r"^ (\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$")
_ALIGNED = re.compile(r"\. = ALIGN \(0x([0-9a-f]+)\)")
#: Relocations of RISC-V's calls, which the linker makes shorter, and of alignments.
_CALLS = {18, 19}
_RISCV_ALIGN = 43
_SHF_MERGE = 0x10
#: What a linker adds for pointers to code of AVRs with more than 128 KiB; and the
#: relocations of such pointers, of 16 bits.
_STUBS, _STUB_BYTES = "linker stubs", 4
_POINTERS = {5, 24, 25}
#: AVRs with more flash may have blobs that are read with 32-bit addresses.
_NEAR_BLOBS = 64 * 1024


def all_ops() -> list[str]:
    """The runtime's ops, in the order of emlrt_all_ops."""
    (source,) = (path for path in runtime_sources() if path.name == "all_ops.c")
    return re.findall(r"&emlrt_op_(\w+)", source.read_text(encoding="utf-8"))


def linked(target: Target, options: build.Options) -> tuple[str, bytes]:
    """The map of a link of everything, and the object of the list of ops."""
    flags = []
    if target.family == "avr":
        # All ops together are more than the part holds.
        room = "-Wl,--defsym=__TEXT_REGION_LENGTH__=512K"
        flags = ["-nostartfiles", f"-Wl,-e,{ROOTS[0]}", room]
    with build.scratch_dir() as work:
        parts = build.with_ops(target, all_ops(), options, work)
        flags.append(f"-Wl,-Map,{work / 'map'}")
        build.link(target, parts, work, roots=ROOTS, flags=flags)
        return (work / "map").read_text(encoding="utf-8"), parts[-1].read_bytes()


def placements(text: str) -> Iterator[tuple[str, str, int]]:
    """What a map says: ("output", name, 0), ("align", "", bytes), ("input", "section
    file", bytes)."""
    text = text[text.index("Linker script and memory map") :]
    # A long name stands on a line of its own.
    text = re.sub(r"^( ?\S+)\n\s+(?=0x)", r"\1 ", text, flags=re.M)
    inside = False
    for line in text.splitlines():
        if line[:1] not in ("", " "):
            inside = re.match(r"\.(text|data|bss)\s+0x", line) is not None
            if inside:
                yield "output", line.split()[0], 0
        elif inside and (found := _ALIGNED.search(line)):
            yield "align", "", int(found[1], 16)
        elif inside and (found := _PLACED.match(line)):
            if not int(found[3], 16) or found[1][0] == "*":
                continue
            kind = "stubs" if found[4] == _STUBS else "input"
            yield kind, f"{found[1]} {found[4]}", int(found[3], 16)


def _short(name: str, file: str) -> Iterator[str]:
    """Names of a section for the tables, the best first."""
    member = re.fullmatch(r".*/(lib\w+)\.a\((.*)\.o\)", file)
    stem = Path(file).stem
    if member:
        yield f"{member[1]}/{member[2]}"
        yield f"{member[1]}/{member[2]}{name}"
    elif stem == "glue":
        yield GLUE if "ops" in name else "model"
    else:
        yield name.removeprefix(".text.")
        yield f"{name}@{stem}"


def names(places: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The tables' name of each section and file, which no two share."""
    taken = Counter(next(_short(*place)) for place in places)
    return {
        place: next((n for n in _short(*place) if taken[n] == 1), [*_short(*place)][-1])
        for place in places
    }


def _globals(objects: Objects, known: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Where each global symbol is: section's name and offset."""
    found: dict[str, Any] = {}
    thumb = int(objects.family == "arm")  # the lowest bit of a function's address
    for file in dict.fromkeys(file for _, file in known):
        for symbol in objects.load(file).symbols:
            name = known.get((symbol.section, file))
            if name and not symbol.is_local and symbol.section != "COMMON":
                found[symbol.name] = (name, symbol.value & ~thumb)
    return found


def _place(symbol: Symbol, file: str, known: Any, defined: Any) -> Any:
    """Section's name and offset of what a symbol is; None beyond the tables."""
    if symbol.section in ("", "COMMON"):
        return defined.get(symbol.name)
    name = known.get((symbol.section, file))
    return (name, symbol.value) if name else None


def _refs(objects: Objects, key: Any, known: Any, defined: Any) -> list[str]:
    """Sections that one refers to. RISC-V: calls as offset>section."""
    if key[0] == "COMMON":
        return []
    found: dict[str, None] = {}
    for entry in objects.load(key[1]).relocations(key[0]):
        if objects.family == "riscv" and entry.kind == _RISCV_ALIGN:
            raise SystemExit(f"{key}: an alignment within a section")
        place = _place(entry.symbol, key[1], known, defined)
        if place is None:
            continue
        if objects.family == "riscv" and entry.kind in _CALLS:
            content = objects.section(*key).data()[entry.at + 4 :][:4]
            found[_call(entry.at, place, content)] = None
        elif objects.stubs and entry.kind in _POINTERS:
            found["*" + _word((place[0], place[1] + entry.addend))] = None
        elif place[0] != known[key]:
            found[place[0]] = None
    return list(found)


def _call(at: int, place: tuple[str, int], jump: bytes) -> str:
    """A call of RISC-V: offset, ">" if it comes back or "-" if not, and to where."""
    register = int.from_bytes(jump, "little") >> 7 & 31
    kind = {0: "-", 1: ">"}.get(register, "=")
    return f"{at}{kind}{_word(place)}"


def _word(place: tuple[str, int]) -> str:
    name, offset = place
    return name + (f"+{offset}" if offset else "")


def _merged(objects: Objects, key: tuple[str, str]) -> list[str]:
    """The constants of a section that the linker keeps once of all such sections."""
    section = objects.section(*key) if key[0] != "COMMON" else None
    if section is None or not section["sh_flags"] & _SHF_MERGE:
        return []
    n, data = section["sh_entsize"], section.data()
    return [f"#{data[i : i + n].hex()}" for i in range(0, len(data), n)]


def levels(target: Target) -> Iterator[build.Options]:
    """The options that a core has tables for."""
    for opt in LEVELS:
        yield build.Options(opt=opt)
        if target.flash > _NEAR_BLOBS:
            yield build.Options(opt=opt, far=True)


def _literals(
    objects: Objects, places: list[Any], defined: Any
) -> dict[Any, list[str]]:
    """Of each section of Xtensa, those literals that have an equal one, numbered."""
    if objects.family != "xtensa":
        return {}
    found = {
        key: literals(objects.load(key[1]), key[0], defined.__contains__)
        for key in places
        if key[0].startswith((".text", ".literal"))
    }
    count = Counter(word for words in found.values() for word in words)
    several = [word for word, n in count.items() if n > 1]
    return {
        key: [f"${several.index(word)}" for word in words if count[word] > 1]
        for key, words in found.items()
    }


def table(target: Target, options: build.Options) -> Iterator[str]:
    """Lines of a core's table at one level."""
    text, glue = linked(target, options)
    steps = list(placements(text))
    objects = Objects(target, glue)
    places: list[Any] = [
        tuple(s.split(" ", 1)) for kind, s, _ in steps if kind == "input"
    ]
    known = names(places)
    defined = _globals(objects, known)
    equal = _literals(objects, places, defined)
    seen: set[str] = set()
    yield f"[{options.opt}{' far' if options.far else ''}]"
    for kind, value, placed in steps:
        if kind == "output":
            yield f"= {value[1:]}"
        elif kind == "align":
            yield f"~ {placed}"
        elif kind == "stubs":
            yield f"{STUBS} {_STUB_BYTES}! 1"
        else:
            key = tuple(value.split(" ", 1))
            name, (size, align) = known[key], objects.shape(*key)
            refs = _refs(objects, key, known, defined) + _merged(objects, key)
            words = equal.get(key, [])
            if key in equal:  # what is left, and what others had before
                size = placed + WORD_BYTES * (len(words) - len({*words} - seen))
            seen.update(words)
            if name == GLUE:
                size, refs = size // (len(all_ops()) + 1), []
            kept = "!" if re.match(r"\.(init|vectors)", key[0]) else ""
            yield " ".join([name, f"{size}{kept}", str(align), *refs, *words])


def compiler(target: Target) -> str:
    """The compiler's name and version."""
    version = run([program(target.compiler), "-dumpfullversion", "-dumpversion"])
    return f"{target.compiler} {version.strip()}"


def text_of(core: str) -> str:
    """A core's text."""
    target = TARGETS[core]
    lines = [line for options in levels(target) for line in table(target, options)]
    return f"# {compiler(target)}\n" + "\n".join(lines) + "\n"


def main() -> int:
    given = [word for word in sys.argv[1:] if word[:2] != "--"] or list(TARGETS)
    before = dict(tables.read(FILE))
    if "--show" in sys.argv:
        print("".join(f"@ {core}\n{before[core]}" for core in given), end="")
        return 0
    now = before | {core: text_of(core) for core in given}
    wrong = [core for core in given if now[core] != before.get(core)]
    if wrong and "--check" not in sys.argv:
        tables.write(FILE, now)
    print(f"differ: {', '.join(wrong)}" if wrong else "the tables say what is so")
    return bool(wrong) if "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
