# SPDX-License-Identifier: MIT
"""Write what the examples of docs/REPORT.md print into the page.

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
#: Each example's output stands between two of these, behind the example.
BLOCK = re.compile(r"(<!-- printed:start -->\n).*?(<!-- printed:end -->)", re.DOTALL)
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def example(before: str) -> str:
    """The last Python of what stands in front of a block."""
    found = EXAMPLE.findall(before)
    if not found:
        raise SystemExit(f"{PAGE} has a block without an example")
    return str(found[-1])


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
    """The page with what its examples print."""

    def filled(block: re.Match[str]) -> str:
        text = printed(example(page[: block.start()])).strip()
        return f"{block[1]}```text\n{text}\n```\n{block[2]}"

    return BLOCK.sub(filled, page)


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
