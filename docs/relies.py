# SPDX-License-Identifier: MIT
"""Write docs/RELIES.md: what each run relies on, and which check gives it.

    python docs/relies.py [--check]

The rows are those of tests/c/relies. --check changes nothing and fails if RELIES.md
says something else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "RELIES.md"
sys.path.insert(0, str(ROOT / "tests"))

from c.relies import PARTS, Row  # noqa: E402

HEAD = """\
# What a run relies on

Made by `docs/relies.py` from the rows of `tests/c/relies`. A run checks nothing that
open has checked: this is the list of what it takes for granted, and of the check that
gives it. `*` in the names of ops stands for any letters, and alone for every op.

Each row has a hostile blob, which its check alone holds off, and a planted bug, which
is the check lost: `make soak` plants them all, and CI some of each part, and each must
be told by its own blob (`tests/c/seeded.py`). The host's layouts have a page of their
own. Where a fact is of the call, not of the
blob, `tests/c/misuse.c` breaks it on the blob named.
"""


def condition(text: str) -> str:
    """A piece of C as one line of a table's cell."""
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def cells(row: Row) -> str:
    runs = ", ".join(
        f"`{name}`" if name != "*" else "every op" for name in row.run.split()
    )
    check = f"`{row.check}` in {row.file}: `{condition(row.old)}`"
    return f"| {runs} | {row.relies_on} | {check} | `{row.bug}` | `{row.blob}` |"


def page() -> Iterator[str]:
    """Lines of RELIES.md."""
    yield from HEAD.splitlines()
    for title, rows in PARTS.items():
        yield from ("", f"## {title}", "")
        yield "| run | relies on | check | planted bug | blob |"
        yield "|---|---|---|---|---|"
        yield from map(cells, rows)


def text() -> str:
    return "\n".join(page()) + "\n"


def main() -> int:
    if "--check" in sys.argv:
        same = PAGE.read_text(encoding="utf-8") == text()
        print(f"{PAGE.name} says {'what is so' if same else 'something else'}")
        return not same
    PAGE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
