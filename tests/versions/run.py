# SPDX-License-Identifier: MIT
"""Compare with older scikit-learn, each in an environment of its own.

    python tests/versions/run.py [VERSION...]

Makes an environment for each version under build/versions, installs scikit-learn and
what it needs there, runs compare.py in it with the extension that is built in src, and
writes RESULTS.md. It needs a package index and takes some minutes a version, so it is
run by hand: `make test-versions`. Fails if any row is wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE / "RESULTS.md"
#: Versions, and what else is installed with each: the newest numpy that it runs with.
VERSIONS: dict[str, tuple[str, ...]] = {
    "1.3.2": ("numpy==1.26.4", "scipy==1.10.1"),
    "1.5.2": ("numpy==1.26.4",),
    "1.7.2": (),
}
HEAD = """# Older scikit-learn

Written by `make test-versions` on {date}, with Python {python} on {machine}.

Every estimator of [docs/SUPPORT.md](../../docs/SUPPORT.md), and parameters that newer
versions have no longer, with older versions in environments of their own: the share of
rows for which `predict` gives the original's class, and the largest error of any other
method, as that page has them. An empty cell: this version has no such estimator, or
does not take the parameter. SUPPORT.md has the newest version.
"""


def python_of(version: str) -> Path:
    """The interpreter of a version's environment, which is made if it is not there."""
    folder = ROOT / "build" / "versions" / version
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    wanted = [f"scikit-learn=={version}", *VERSIONS[version], "cffi>=2.0"]
    command = [python, "-m", "pip", "install", "-q", *wanted]
    subprocess.run([*command, "--disable-pip-version-check"], check=True)
    return python


def compared(version: str) -> dict[str, Any]:
    """What compare.py finds with a version."""
    paths = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(
        [python_of(version), HERE / "compare.py"],
        env=paths,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def page(found: list[dict[str, Any]]) -> list[str]:
    """Lines of RESULTS.md."""
    python = ".".join(map(str, sys.version_info[:3]))
    texts = {"date": date.today(), "python": python, "machine": os.uname().machine}
    heads = [f"{f['versions']['scikit-learn']}" for f in found]
    numpy = ", ".join(f["versions"]["numpy"] for f in found)
    lines = [*HEAD.format(**texts).splitlines(), "", f"numpy: {numpy}.", ""]
    lines += [f"| estimator | {' | '.join(heads)} |", "|---|" + "---|" * len(found)]
    names = dict.fromkeys(name for f in found for name in f["rows"])
    for name in sorted(names):
        cells = [f["rows"].get(name, "") for f in found]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def main() -> int:
    versions = sys.argv[1:] or list(VERSIONS)
    found = [compared(version) for version in versions]
    if versions == list(VERSIONS):
        RESULTS.write_text("\n".join(page(found)) + "\n", encoding="utf-8")
    wrong = 0
    for version, one in zip(versions, found, strict=True):
        for name, text in one["rows"].items():
            if text.startswith("WRONG"):
                print(f"{version}: {name}: {text}")
                wrong += 1
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
