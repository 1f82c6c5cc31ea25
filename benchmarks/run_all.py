# SPDX-License-Identifier: MIT
"""Run every benchmark, one after the other: python benchmarks/run_all.py"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPTS = (
    "size.py",
    "instructions.py",
    "opening.py",
    "host.py",
    "host_nets.py",
    "host_numeric.py",
    "load.py",
    "threads.py",
    "maths.py",
    "nets.py",
    "gaussians.py",
    "neighbors.py",
)


def main() -> int:
    """Exit code 1 if any of them fails."""
    here = Path(__file__).resolve().parent
    codes = [subprocess.call([sys.executable, here / script]) for script in SCRIPTS]
    return int(any(codes))


if __name__ == "__main__":
    raise SystemExit(main())
