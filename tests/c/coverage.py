# SPDX-License-Identifier: MIT
"""What the tests reach of c/src and c/host: `make coverage`.

    python tests/c/coverage.py [--drivers]

Builds both with clang's coverage in build/coverage, as programs, as a library and
as the package's extension, runs the drivers of this folder over all blobs and the
Python tests of TESTS, and compares what is left with uncovered.txt, where each
line that no test can reach and each condition that none can make true (or false)
has its reason. Exit code 1 if something else is not reached, if what is listed
is reached, or if less is reached than CONDITIONS says. --drivers leaves
out the Python tests: a first look.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / name) for name in ("tests", "tests/helpers", "src")]

from c import build, builds, kernel_tables, signals  # noqa: E402

FOLDER = ROOT / "build/coverage"
LIST = Path(__file__).with_name("uncovered.txt")
COVER = ["-fprofile-instr-generate", "-fcoverage-mapping"]
CC = [build.CLANG, "-std=c99", "-O1", "-fPIC", *build.INCLUDES]
TESTS = [
    *("test_families", "test_c_api", "test_host_kernel", "test_host_ranks"),
    *("test_host_flow", "test_items", "test_float_state"),
]
#: Least part of all conditions' outcomes that must be reached, listed or not.
CONDITIONS = 0.975


@dataclass
class Reached:
    """Counts by place: (file, line) and (file, line, column)."""

    lines: dict[tuple[str, int], int] = field(default_factory=dict)
    conditions: dict[tuple[str, int, int], tuple[int, int]] = field(
        default_factory=dict
    )


def compile_all(python: bool) -> dict[str, Path]:
    """The objects' programs and, for the Python tests, libraries, by name."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    objects = FOLDER / "objects"
    for folder in (objects, FOLDER / "drivers", FOLDER / "raw"):
        folder.mkdir(parents=True)
    sources = [*build.sources(), *sorted((build.C / "host").rglob("*.c"))]
    build.must([*CC, *COVER, "-c", *sources], cwd=objects)
    names = ("answers", "host", "use_host", "use_kept", "arguments", "kernels")
    names += ("stream_bounds",)
    drivers = [*build.USE, *(build.HERE / f"{name}.c" for name in names)]
    define = ["-DANSWERS_USE", "-DANSWERS_HOST"]
    build.must([*CC, *define, "-c", *drivers], cwd=FOLDER / "drivers")
    made = sorted(objects.glob("*.o"))
    used = [path.stem for path in build.USE]
    without = [path for path in made if path.name != "memory.o"]
    parts = {
        "answers": [*made, *driver("answers", *used)],
        "arguments": [*made, *driver("arguments", *used)],
        "kernels": [*made, *driver("kernels")],
        "bounds": [*made, *driver("stream_bounds")],
        "host": [*without, *driver("host", "use_host", "use_kept", *used)],
    }
    if python:
        parts["libemlrt.so"] = [*made, "-shared"]
    for name, files in parts.items():
        build.must([build.CLANG, *COVER, *files, "-o", FOLDER / name])
    programs = {name: FOLDER / name for name in parts}
    if not python:
        return programs
    extension(made)
    return programs | {"package": package()}


def driver(*names: str) -> list[Path]:
    return [FOLDER / "drivers" / f"{name}.o" for name in names]


def package() -> Path:
    return FOLDER / "src/emlrt/_native.abi3.so"


def extension(objects: list[Path]) -> None:
    """The package with an extension made of these objects."""
    package().parent.mkdir(parents=True)
    for path in (ROOT / "src/emlrt").iterdir():
        if not path.name.startswith("_native") or path.suffix == ".pyi":
            (package().parent / path.name).symlink_to(path)
    source = FOLDER / "drivers/_native.c"
    builds.ffi.emit_c_code(str(source))
    include = f"-I{sysconfig.get_path('include')}"
    limited = "-DPy_LIMITED_API=0x030b0000"
    native = source.with_suffix(".o")
    build.must([*CC, include, limited, "-c", source, "-o", native])
    build.must([build.CLANG, *COVER, "-shared", native, *objects, "-o", package()])


def run_all(made: dict[str, Path], python: bool) -> None:
    os.environ["LLVM_PROFILE_FILE"] = str(FOLDER / "raw/%m-%p.profraw")
    for name in ("answers", "arguments", "host"):
        build.must([made[name], builds.everything()], timeout=3600)
    build.must([made["kernels"], kernel_tables.write(FOLDER / "tables")])
    build.must([made["answers"], signals.packed(FOLDER / "rows", signals.rows())])
    build.must([made["bounds"], signals.packed(FOLDER / "streams", signals.all())])
    if not python:
        return
    # The virtual environment's own path for the package is behind this one.
    environment = os.environ | {
        "PYTHONPATH": str(FOLDER / "src"),
        "EMLRT_TEST_LIBRARY": str(made["libemlrt.so"]),
    }
    files = [ROOT / f"tests/runtime/{name}.py" for name in TESTS]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
    # What fails here fails in `make test`: this asks only what is reached.
    subprocess.run(command, cwd=ROOT, env=environment, check=False)


def export(made: dict[str, Path], *options: str) -> str:
    first, *others = made.values()
    objects = [first, *(part for path in others for part in ("-object", path))]
    data = ["-instr-profile", FOLDER / "data"]
    return build.must([build.need("llvm-cov-14"), "export", *data, *objects, *options])


def reached(made: dict[str, Path]) -> Reached:
    raw = sorted((FOLDER / "raw").iterdir())
    merge = [build.need("llvm-profdata-14"), "merge", "-sparse", *raw]
    build.must([*merge, "-o", FOLDER / "data"])
    found, name = Reached(), ""
    for line in export(made, "-format=lcov").splitlines():
        kind, _, rest = line.partition(":")
        if kind == "SF":
            name = relative(rest)
        elif kind == "DA" and name:
            place = (name, int(rest.split(",")[0]))
            count = int(rest.split(",")[1])
            found.lines[place] = max(found.lines.get(place, 0), count)
    for file in json.loads(export(made))["data"][0]["files"]:
        name = relative(file["filename"])
        for line, column, _, _, true, false, *_ in file["branches"] if name else []:
            place = (name, line, column)
            before = found.conditions.get(place, (0, 0))
            found.conditions[place] = (before[0] + true, before[1] + false)
    return found


def relative(path: str) -> str:
    """The path within the repository of a file of c/src and c/host, else ''."""
    folders = [str(build.C / name) for name in ("src", "host")]
    whole = os.path.normpath(path)
    return whole[len(str(ROOT)) + 1 :] if whole.startswith(tuple(folders)) else ""


def statement(lines: list[str], line: int, column: int) -> str:
    """The source from a place to the end of its statement, however it is laid out."""
    text = "\n".join([lines[line - 1][column - 1 :], *lines[line : line + 20]])
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return " ".join(re.split(r"(?<=[;{])", text, maxsplit=1)[0].split())


def missing(found: Reached) -> list[str]:
    """What is not reached, in the words of uncovered.txt, without reasons."""
    texts = {name: (ROOT / name).read_text().splitlines() for name, _ in found.lines}
    lines = [
        f"{name} | line | {texts[name][line - 1].strip()}"
        for (name, line), count in sorted(found.lines.items())
        if count == 0
    ]
    conditions = [
        f"{name} | {'never' if true == 0 else 'always'} | "
        f"{statement(texts[name], line, column)}"
        for (name, line, column), (true, false) in sorted(found.conditions.items())
        if (true == 0) != (false == 0)
        or (true == false == 0 and found.lines.get((name, line), 0) != 0)
    ]
    return lines + conditions


def listed() -> dict[str, str]:
    """What is known not to be reached, and why."""
    known = {}
    for line in LIST.read_text().splitlines():
        if line and not line.startswith("#"):
            what, _, why = line.rpartition(" | ")
            known[what] = why
    return known


def measure(python: bool) -> Reached:
    """What the drivers reach of the C and, if asked, the Python tests."""
    made = compile_all(python)
    run_all(made, python)
    return reached(made)


def totals(found: Reached, folder: str = "") -> dict[str, tuple[int, int]]:
    """How many lines and outcomes of conditions are reached, in a folder."""
    lines = [n != 0 for at, n in found.lines.items() if at[0].startswith(folder)]
    pairs = [pair for at, pair in found.conditions.items() if at[0].startswith(folder)]
    outcomes = [n != 0 for pair in pairs for n in pair]
    return {
        "lines": (sum(lines), len(lines)),
        "conditions' outcomes": (sum(outcomes), len(outcomes)),
    }


def report(found: Reached) -> bool:
    """Print what is reached; whether uncovered.txt or CONDITIONS says otherwise."""
    left, known = missing(found), listed()
    new = [what for what in left if what not in known]
    stale = [what for what in known if what not in left]
    for title, names in (("not reached:", new), ("listed, but reached:", stale)):
        print("\n".join([title, *names] if names else []))
    for what, (n, of) in totals(found).items():
        print(f"{what} {n} of {of}")
    n, of = totals(found)["conditions' outcomes"]
    return bool(new or stale or n < CONDITIONS * of)


def main() -> int:
    parser = argparse.ArgumentParser(description="What the tests reach of the C.")
    parser.add_argument("--drivers", action="store_true", help="no Python tests")
    return report(measure(not parser.parse_args().drivers))


if __name__ == "__main__":
    sys.exit(main())
