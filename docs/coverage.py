# SPDX-License-Identifier: MIT
"""Write docs/COVERAGE.md: what the tests reach of the C and of the Python.

    python docs/coverage.py [-- PYTEST ARGUMENT...]

The C by tests/c/coverage.py, the Python by coverage.py with branches over the whole
suite, or over what the arguments choose; the page then says so. Its exit code is not
0 if the C's list of what no test reaches is stale. Takes the time of two runs of the
suite: CPython before 3.12 has no cheap way to watch lines.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/COVERAGE.md"
FOLDER = ROOT / "build/coverage/python"
SOURCES = Path("src/emlrt")
sys.path.insert(0, str(ROOT / "tests"))

from c import coverage as of_c  # noqa: E402

#: What is reached, and of how many, by what is counted.
Counts = dict[str, tuple[int, int]]

HEAD = """\
# What the tests reach

Made by `make coverage` on {date}, of commit {commit}, Python {tests}.

It is not measured at each commit: coverage.py makes the tests of Python take {cost}
times as long (CPython 3.11). CI prints the figures of this page, and what the drivers
of `tests/c` alone reach of the C at the commit that it tests.

The C is `c/src` and `c/host`; every line and condition that no test reaches has its
reason in [tests/c/uncovered.txt](../tests/c/uncovered.txt). A condition has two
outcomes, and a branch of Python is a jump from one line to another.
"""
#: Tests of linear models and of XGBoost, which were one file each: CPU seconds with
#: coverage.py by those without: 14.4 / 10.2 and 79.6 / 42.8.
COST = "1.4 to 1.9"


def git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()


def commit() -> str:
    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def run_python(arguments: list[str]) -> None:
    """Run the tests under coverage.py; what fails here fails in `make test`."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    how = ["-n", "auto", "--dist", "loadfile", "-q", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "coverage"]
    tests = ["run", "-m", "pytest", *how, *arguments]
    if subprocess.run([*command, *tests], cwd=ROOT, check=False).returncode > 1:
        raise SystemExit("no tests ran: the page stays as it is")
    subprocess.run([*command, "combine", "-q"], cwd=ROOT, check=True)
    out = ["json", "-q", "-o", str(FOLDER / "found.json")]
    subprocess.run([*command, *out], cwd=ROOT, check=True)


def folder(name: str) -> str:
    """The part of the package that a file is of."""
    parts = Path(name).relative_to(SOURCES).parts[:-1]
    return "/".join((str(SOURCES), *parts))


def python() -> dict[str, Counts]:
    """Statements and branches by folder; the first is the whole package."""
    found = json.loads((FOLDER / "found.json").read_text(encoding="utf-8"))
    parts = [(str(SOURCES), found["totals"])]
    for name, file in sorted(found["files"].items()):
        parts.append((folder(name) + "/*", file["summary"]))
    sums: dict[str, Counts] = {}
    for name, part in parts:
        own = sums.setdefault(name, {"statements": (0, 0), "branches": (0, 0)})
        for what, covered, whole in (
            ("statements", "covered_lines", "num_statements"),
            ("branches", "covered_branches", "num_branches"),
        ):
            reached, of = own[what]
            own[what] = (reached + part[covered], of + part[whole])
    return sums


def percent(reached: int, of: int) -> str:
    """Rounded down, so that 100 means all."""
    return f"{1000 * reached // max(of, 1) / 10} %"


def cells(counts: Counts) -> str:
    return " | ".join(
        f"{percent(*pair)} | {pair[0]:,} of {pair[1]:,}" for pair in counts.values()
    )


def page(c: Counts, python: dict[str, Counts], arguments: list[str]) -> Iterator[str]:
    """The lines of COVERAGE.md."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    tests = f"over `pytest {' '.join(arguments)}`" if arguments else "over all tests"
    facts = {"date": today, "commit": commit(), "tests": tests, "cost": COST}
    yield from HEAD.format(**facts).splitlines()
    yield from ("", "| | lines | | outcomes of conditions | |", "|---|---|---|---|---|")
    yield f"| C | {cells(c)} |"
    yield from ("", "| | statements | | branches | |", "|---|---|---|---|---|")
    for name, counts in python.items():
        title = "Python" if name == str(SOURCES) else f"`{name}`"
        yield f"| {title} | {cells(counts)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pytest", nargs="*", help="arguments of pytest, behind --")
    arguments: list[str] = parser.parse_args().pytest
    measured = of_c.measure(python=True)
    os.environ.pop("LLVM_PROFILE_FILE", None)
    run_python(arguments)
    lines = page(of_c.totals(measured), python(), arguments)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written")
    return of_c.report(measured)


if __name__ == "__main__":
    sys.exit(main())
