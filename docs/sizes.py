# SPDX-License-Identifier: MIT
"""Write docs/SIZES.md: bytes of flash of the runtime's core and of each op.

    python docs/sizes.py [--check]

Compiles the runtime once per target, links it once per row, and prints the rows that
differ from the page. --check leaves the page as it is and fails if a row differs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from emlrt.emulate import build, targets
from emlrt.emulate.sources import runtime_sources
from emlrt.emulate.targets import Target
from emlrt.emulate.tools import program, run

PAGE = Path(__file__).resolve().parent / "SIZES.md"
TARGETS = ("cortex-m0plus", "cortex-m4f", "atmega1284p")
CORE = ("emlrt_open", "emlrt_run")
#: Else a file's name would change what is lost between functions.
SORTED = "-Wl,--sort-section=alignment"
#: Functions of emlrt.h and op.h that a firmware may add to the core.
FUNCTIONS = (
    *("emlrt_classify", "emlrt_proba", "emlrt_peek", "emlrt_verify"),
    *("emlrt_selftest", "emlrt_label", "emlrt_name", "emlrt_strerror"),
)

#: Bytes by row and target; the numbers of the core are whole, the others are what
#: the row adds to it.
Sizes = dict[str, dict[str, int]]

HEAD = """\
# Size of the runtime

Made by `make sizes`; a test fails if a row is not what the sources give, so a change
of the C that changes a size changes this page. Bytes of flash (code, constants and
initial values), compiled at -Os and linked with --gc-sections, with the functions of
the compiler's own library that are used. The first row is the core alone: `emlrt_open`
and `emlrt_run`. Every other row is what the core grows by when that function or that
op is linked beside it. Ops share code: a second op of a family costs less than its
row; `emlrt_all_ops` is every op together. On AVR the core includes the copying of
initial values, which every op needs. Startup code, the blob and the memory of a model
are not counted; [benchmarks/results/programs.csv](../benchmarks/README.md) has whole
programs.
"""


def compilers() -> str:
    """The versions of the compilers, as the page names them."""
    names = dict.fromkeys(targets.find(name).compiler for name in TARGETS)
    versions = (
        run([program(name), "-dumpfullversion", "-dumpversion"]).strip()
        for name in names
    )
    return ", ".join(map(" ".join, zip(names, versions, strict=True)))


def ops() -> list[str]:
    """The runtime's ops, in the order of emlrt_all_ops."""
    (source,) = (path for path in runtime_sources() if path.name == "all_ops.c")
    return re.findall(r"&(emlrt_op_\w+)", source.read_text(encoding="utf-8"))


def rows() -> list[str]:
    """The symbols that the page has a row for, but for the core's."""
    return [*FUNCTIONS, *ops(), "emlrt_all_ops"]


def archive(target: Target, work: Path) -> Path:
    """The runtime as a library: faster to link than a hundred objects."""
    made = work / "libemlrt.a"
    objects = build.runtime_objects(target, build.Options(opt="-Os"))
    run([re.sub("gcc$", "ar", program(target.compiler)), "rc", made, *objects])
    return made


def column(target: Target) -> Iterator[tuple[str, int]]:
    """The rows' bytes on a target; the core's is the first."""
    flags = [SORTED]
    if target.family == "avr":
        # Every op needs __do_copy_data, so it is counted once, with the core.
        flags += ["-nostartfiles", "-Wl,-e,emlrt_open,-u,__do_copy_data"]
        # All ops together are more than the part holds.
        flags += ["-Wl,--defsym=__TEXT_REGION_LENGTH__=512K"]
        # All ops together are more than this device holds.
        flags += ["-Wl,--defsym=__TEXT_REGION_LENGTH__=262144"]
    with build.scratch_dir() as work:
        library = archive(target, work)

        def flash(*more: str) -> int:
            roots = [*CORE, *more]
            return build.link(target, [library], work, roots=roots, flags=flags).flash

        core = flash()
        yield "core", core
        for row in rows():
            yield row, flash(row) - core


def measured() -> Sizes:
    """Every row's bytes by target."""
    found: Sizes = {}
    for name in TARGETS:
        for row, size in column(targets.find(name)):
            found.setdefault(row, {})[name] = size
    return found


def page(sizes: Sizes) -> str:
    """SIZES.md's text."""
    lines = [HEAD, f"Compilers: {compilers()}.", ""]
    lines += [f"| | {' | '.join(TARGETS)} |", "|---|" + "---:|" * len(TARGETS)]
    for row, by in sizes.items():
        bytes_ = (f"{by[name]:,}" for name in TARGETS)
        lines.append(f"| {label(row)} | {' | '.join(bytes_)} |")
    return "\n".join(lines) + "\n"


def label(row: str) -> str:
    return f"`{row.removeprefix('emlrt_op_')}`" if row != "core" else row


def written() -> dict[str, str]:
    """The rows that the committed page has."""
    return table(PAGE.read_text(encoding="utf-8") if PAGE.exists() else "")


def table(text: str) -> dict[str, str]:
    """The lines of a page's table by their first cell."""
    lines = [line for line in text.splitlines() if re.match(r"\| (core|`)", line)]
    return {line.split("|")[1].strip(): line for line in lines}


def cells(lines: dict[str, str], name: str) -> str:
    """A row's bytes on each target, as the page has them."""
    _, _, rest = lines.get(name, "| | no row").split("|", 2)
    return rest.strip(" |")


def differences(sizes: Sizes) -> list[str]:
    """What the page says otherwise, a line per row."""
    now, before = table(page(sizes)), written()
    return [
        f"{name}: {cells(before, name)} is now {cells(now, name)}"
        for name in dict.fromkeys((*now, *before))
        if now.get(name) != before.get(name)
    ]


def main() -> int:
    sizes = measured()
    changed = differences(sizes)
    print("\n".join(changed) or f"{PAGE.name} says what is so")
    if "--check" in sys.argv:
        return bool(changed)
    PAGE.write_text(page(sizes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
