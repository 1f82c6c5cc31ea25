# SPDX-License-Identifier: MIT
"""The folders of c/: what may include what, and that every build finds every file."""

import os
import re
import subprocess
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from docs_scripts import loaded

import emlrt
from c import build
from emlrt import _ffi_build
from emlrt.amalgamate import amalgamate

ROOT = build.C.parent
#: Floors, the lowest first: a file includes files of its own floor and of those below.
#: The families of ops share one floor.
FLOORS = [
    {"include/emlrt"},
    {"src/core"},
    {"src/maths"},
    {"src/answers"},
    {f"src/{folder}" for folder in loaded("ops").FOLDERS.values()},
    {"src"},
    {"host/memory", "host/kernels"},
    {"host/forest"},
    {"host/lanes"},
    {"host"},
]
FLOOR = {folder: n for n, floor in enumerate(FLOORS) for folder in floor}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:<(emlrt/[^>]+)>|"([^"]+)")', re.MULTILINE)


def files() -> list[Path]:
    """Every C file of c/, found without a pattern that could miss a folder."""
    found = [Path(at, name) for at, _, names in os.walk(build.C) for name in names]
    return sorted(path for path in found if path.suffix in {".c", ".h"})


def includes(path: Path) -> set[Path]:
    """What a file includes of c/."""
    found = INCLUDE.findall(path.read_text(encoding="utf-8"))
    return {
        (path.parent / own).resolve() if own else build.C / "include" / public
        for public, own in found
    }


def folder(path: Path) -> str:
    return path.parent.relative_to(build.C).as_posix()


def arrows() -> list[tuple[Path, Path]]:
    return [(path, other) for path in files() for other in includes(path)]


def test_every_folder_has_a_floor() -> None:
    assert {folder(path) for path in files()} == set(FLOOR)


def test_everything_included_is_there() -> None:
    assert not [(path, other) for path, other in arrows() if not other.is_file()]


def test_nothing_is_included_from_above() -> None:
    up = [
        f"{path.relative_to(build.C)} includes {other.relative_to(build.C)}"
        for path, other in arrows()
        if FLOOR[folder(other)] > FLOOR[folder(path)]
    ]
    assert not up


@pytest.mark.parametrize("of", [str, folder], ids=["files", "folders"])
def test_no_circle(of) -> None:
    graph: dict[str, set[str]] = {}
    for path, other in arrows():
        if of(path) != of(other):
            graph.setdefault(of(path), set()).add(of(other))
    assert len(graph) > 10 if of is folder else len(graph) > 100
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of includes: {' -> '.join(error.args[1])}")


def test_names_of_files_are_unique() -> None:
    """Objects are named by them, as `gcc -c a/x.c b/x.c` does."""
    names = Counter(path.name for path in files())
    assert not [name for name, count in names.items() if count > 1]


# --- Lists of files that would shrink without an error.


def sources(*folders: str) -> set[Path]:
    tops = [build.C / name for name in folders]
    return {
        path
        for path in files()
        if path.suffix == ".c" and any(path.is_relative_to(top) for top in tops)
    }


def test_there_are_as_many_files_as_there_were() -> None:
    assert len(sources("src")) > 80
    assert len(sources("host")) > 14


def test_get_sources_has_every_file() -> None:
    assert {Path(path).resolve() for path in emlrt.get_sources()} == sources("src")
    assert set(build.sources()) == sources("src")
    assert {*build.host_sources(), build.C / "host/memory/memory.c"} == sources("host")


def test_the_extension_has_every_file() -> None:
    _, _, _, options = _ffi_build.ffi._assigned_source
    assert {ROOT / path for path in options["sources"]} == sources("src", "host")


def test_the_amalgamation_has_every_file() -> None:
    text = amalgamate(build.C)
    expected = {path for path in files() if not path.is_relative_to(build.C / "host")}
    assert not [path for path in expected if f"/* {path.name} */" not in text]


def test_make_sees_every_file() -> None:
    rule = "show: ; @echo $(NATIVE)"
    command = ["make", "--no-print-directory", f"--eval={rule}", "show"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seen = {ROOT / name for name in out.stdout.split() if name.endswith((".c", ".h"))}
    assert seen == set(files())
