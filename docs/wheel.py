# SPDX-License-Identifier: MIT
"""Write the table of docs/WHEEL.md: what a wheel is made of.

    python docs/wheel.py [WHEEL]

Builds a wheel of the working tree if none is named, and packs a copy tighter, as the
workflow of the wheels does; `apt install advancecomp` brings the program for it. Fails
if a part is above its limit.
"""

from __future__ import annotations

import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/WHEEL.md"
START, END = "<!-- parts:start -->", "<!-- parts:end -->"
WORKFLOW = ROOT / ".github/workflows/wheels.yml"

#: Parts of the wheel, with the most bytes that each may take in it: a tenth above
#: what it took when its limit was last set, for another compiler gives other bytes.
LIMITS = {
    "extension": 385_000,
    "C sources, for firmware": 225_000,
    "Python: converters": 335_000,
    "Python: the rest": 462_000,
    "templates of `emlrt export`": 62_000,
    "tables of estimates": 84_000,
    "other data": 21_000,
    "metadata, the zip's list of files": 146_000,
}


class Part(NamedTuple):
    """What stands in a wheel under one name of LIMITS."""

    files: int
    size: int
    packed: int


def part_of(name: str) -> str:
    """The key of LIMITS for a path inside the wheel."""
    if name.partition("/")[0].endswith(".dist-info"):
        return "metadata, the zip's list of files"
    if name.startswith("emlrt/_native.") and not name.endswith(".pyi"):
        return "extension"
    if name.startswith("emlrt/_c/"):
        return "C sources, for firmware"
    if name.startswith("emlrt/exports/folders/"):
        return "templates of `emlrt export`"
    if name.endswith((".py", ".pyi")):
        inside = name.startswith("emlrt/convert/")
        return "Python: converters" if inside else "Python: the rest"
    estimates = name.startswith("emlrt/estimate/")
    return "tables of estimates" if estimates else "other data"


def parts(wheel: Path) -> dict[str, Part]:
    """Files, bytes, and bytes in the wheel, by the keys of LIMITS."""
    found = dict.fromkeys(LIMITS, Part(0, 0, 0))
    with zipfile.ZipFile(wheel) as archive:
        files = archive.infolist()
    for file in files:
        key, one = part_of(file.filename), (1, file.file_size, file.compress_size)
        found[key] = Part(*map(sum, zip(found[key], one, strict=True)))
    directory = wheel.stat().st_size - sum(file.compress_size for file in files)
    last = found[key := "metadata, the zip's list of files"]
    return found | {key: last._replace(packed=last.packed + directory)}


def too_large(found: dict[str, Part]) -> list[str]:
    """A line for each part above its limit."""
    return [
        f"{key}: {found[key].packed:,} bytes in the wheel, {limit:,} at most"
        for key, limit in LIMITS.items()
        if found[key].packed > limit
    ]


def in_one_stream(wheel: Path, *keys: str) -> int:
    """Bytes of the files of these parts, or of all, as one stream of xz."""
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if not keys or part_of(n) in keys]
        return len(lzma.compress(b"".join(map(archive.read, names)), preset=9))


def repacked(wheel: Path) -> int:
    """Bytes of the wheel, packed by the command that the workflow has."""
    if shutil.which("advzip") is None:
        raise SystemExit("no advzip here: apt install advancecomp")
    assert "advzip -z -3 " in WORKFLOW.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(wheel, folder)
        subprocess.run(["advzip", "-q", "-z", "-3", copy], check=True)
        return os.path.getsize(copy)


def table(wheel: Path) -> str:
    """The page's table, and the sentences below it."""
    found = parts(wheel)
    total = Part(*map(sum, zip(*found.values(), strict=True)))
    python = [key for key in found if key.startswith("Python")]
    lines = ["| part | files | bytes | in the wheel | at most |"]
    lines.append("|---|---:|---:|---:|---:|")
    for key, part in [*found.items(), ("all", total)]:
        most = LIMITS.get(key, sum(LIMITS.values()))
        cells = [key, *(f"{number:,}" for number in (*part, most))]
        lines.append(f"| {' | '.join(cells)} |")
    taken = sum(found[key].packed for key in python)
    streams = in_one_stream(wheel), in_one_stream(wheel, *python)
    lines += [
        "",
        f"This is `{wheel.name}` as it is built. Packed tighter it has"
        f" {repacked(wheel):,} bytes. Python alone takes {taken:,}. One stream of"
        f" `xz -9`, which no wheel may be, would still take {streams[0]:,} for all"
        f" files and {streams[1]:,} for Python.",
    ]
    return "\n".join(lines)


def built(folder: str) -> Path:
    """A wheel of the working tree."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel"]
    subprocess.run([*command, "--outdir", folder, str(ROOT)], check=True)
    (wheel,) = Path(folder).glob("*.whl")
    return wheel


def main(arguments: list[str]) -> int:
    """Writes the page; returns the exit code."""
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(arguments[0]) if arguments else built(folder)
        lines = table(wheel)
        found = too_large(parts(wheel))
    PAGE.write_text(f"{head}{START}\n{lines}\n{END}{tail}", encoding="utf-8")
    print(lines, *found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
