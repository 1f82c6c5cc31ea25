# SPDX-License-Identifier: MIT
"""Write what the example of docs/REPORT.md prints into the page.

    python docs/report.py [--check]

With --check it writes nothing, and exits 1 if the page is not what it would write.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "REPORT.md"
START, END = "<!-- report:start -->", "<!-- report:end -->"


def example(page: str) -> str:
    """The Python of the page."""
    found = re.search(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    if found is None:
        raise SystemExit("docs/REPORT.md has no example")
    return found[1]


def printed(code: str) -> str:
    """What it prints, run in a folder of its own."""
    out, here = io.StringIO(), Path.cwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(out):
        os.chdir(folder)
        try:
            exec(code, {})
        finally:
            os.chdir(here)
    return out.getvalue()


def written(page: str) -> str:
    """The page with what its example prints."""
    head, rest = page.split(START)
    block = f"\n```text\n{printed(example(page)).strip()}\n```\n"
    return f"{head}{START}{block}{END}{rest.split(END)[1]}"


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    page = PAGE.read_text(encoding="utf-8")
    new = written(page)
    if check:
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
