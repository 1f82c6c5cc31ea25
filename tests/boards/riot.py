# SPDX-License-Identifier: MIT
"""Builds and runs what `emlrt export riot` writes, with RIOT's own sources.

    python tests/boards/riot.py RIOTBASE

The application of three models is built for the computer (`native64`), and run: it
compares every bit of the scores with Python's. RIOT.md has what it printed. Boards of
cores want packages that RIOT's build fetches.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "helpers")]

from commands import run  # noqa: E402
from export.conftest import small_models  # noqa: E402

import emlrt  # noqa: E402

HEAD = """# RIOT

Written by `make test-boards` on {date}, with RIOT's sources: what the application of
`emlrt export riot` prints, which compares every bit of the scores with Python's. It is
built for `native64`; boards of cores want packages that RIOT's build fetches.

"""


def built(base: Path, folder: Path) -> Path:
    """The application of three models."""
    emlrt.export("riot", folder, small_models())
    run("make", "-C", folder / "example", f"RIOTBASE={base}", "BOARD=native64", "all")
    (program,) = (folder / "example/bin/native64").glob("*.elf")
    return program


def said(program: Path) -> list[str]:
    """What it prints after RIOT's own lines; RIOT itself does not end."""
    lines: list[str] = []
    process = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip())
        if lines[-1] in ("all OK", "FAILED"):
            break
    process.kill()
    process.wait()
    start = next(k for k, line in enumerate(lines) if line.startswith("main():"))
    return lines[start + 1 :]


def main(arguments: list[str]) -> None:
    """Writes RIOT.md; fails unless all is well."""
    if len(arguments) != 1:
        sys.exit(__doc__)
    base = Path(arguments[0]).resolve()
    with tempfile.TemporaryDirectory() as name:
        lines = said(built(base, Path(name) / "riot"))
    head = HEAD.format(date=date.today().isoformat())
    text = "".join(f"    {line}\n" for line in lines)
    (HERE / "RIOT.md").write_text(head + text)
    print(text)
    sys.exit(lines[-1] != "all OK")


if __name__ == "__main__":
    main(sys.argv[1:])
