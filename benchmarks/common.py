# SPDX-License-Identifier: MIT
"""What the benchmarks share: their environment, results files and tables.

Each script calls `enter()` before it imports anything else: it moves into an
environment of its own, benchmarks/.venv, with the pinned versions of
requirements-peers.txt, and runs the working tree's emlrt there.
"""

from __future__ import annotations

import csv
import datetime
import importlib.metadata
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"
REQUIREMENTS = HERE / "requirements-peers.txt"

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_INSIDE = "EMLRT_BENCH_INSIDE"
_COMPILERS = ("gcc", "arm-none-eabi-gcc", "riscv64-unknown-elf-gcc", "avr-gcc")


# The environment


def enter() -> None:
    """Run the calling script in the benchmarks' own environment.

    EMLRT_BENCH_VENV names another place for it.
    """
    if os.environ.get(_INSIDE):
        return
    venv = Path(os.environ.get("EMLRT_BENCH_VENV", HERE / ".venv"))
    python = venv / "bin" / "python"
    _install(venv, python)
    _build(python)
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "src"))
    environment.update(dict.fromkeys(_ONE_THREAD, "1"), **{_INSIDE: "1"})
    os.execve(python, [str(python), *sys.argv], environment)


def _pins() -> list[str]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _install(venv: Path, python: Path) -> None:
    stamp = venv / "installed.txt"
    wanted = "\n".join(_pins())
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"installing the peers into {venv}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, *_pins()], check=False).returncode != 0:
        for pin in _pins():
            if subprocess.run([*pip, pin], check=False).returncode != 0:
                print(f"not installed, will be left out: {pin}", flush=True)
    stamp.write_text(wanted, encoding="utf-8")


def _build(python: Path) -> None:
    """Build the extension in place if it is missing or older than its sources."""
    built = [path.stat().st_mtime for path in (ROOT / "src/emlrt").glob("_native*.so")]
    sources = [p.stat().st_mtime for p in (ROOT / "c").rglob("*.[ch]")]
    if built and max(built) > max(sources):
        return
    print("building emlrt", flush=True)
    command = [python, "setup.py", "--quiet", "build_ext", "--inplace", "--force"]
    subprocess.run(command, cwd=ROOT, check=True)


def run_within(limit: float, command: Sequence[Any], cwd: Path | None = None) -> str:
    """Run a compiler, and end it and all it started after `limit` seconds.

    Returns
    -------
    str
        "" if it succeeded, else a line that says why not.
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said = process.communicate(timeout=limit)[1].strip()
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"does not compile in {limit:.0f} s"
    failed = process.returncode != 0
    return (said.partition("\n")[0] or "it fails") if failed else ""


# Provenance


def commit() -> str:
    """The commit that ran, with "+changes" if the product's files differ."""
    head = _output(["git", "rev-parse", "--short=12", "HEAD"]) or "unknown"
    changed = _output(["git", "status", "--porcelain", "--", "c", "src"])
    return head + ("+changes" if changed else "")


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def provenance() -> list[str]:
    """Commit, date, machine and the versions of every tool, a line each."""
    lines = [
        f"emlrt commit: {commit()}",
        f"date: {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC",
        f"machine: {_cpu()}, {os.cpu_count()} CPUs, {platform.system()}",
        f"Python: {platform.python_version()}",
    ]
    names = [pin.partition("==")[0] for pin in _pins()]
    lines.append("packages: " + ", ".join(f"{n} {_version(n)}" for n in names))
    found = [name for name in _COMPILERS if shutil.which(name)]
    dump = ["-dumpfullversion", "-dumpversion"]
    versions = (f"{name} {_output([name, *dump])}" for name in found)
    return [*lines, "compilers: " + ", ".join(versions)]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    names = [line for line in text.splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()


# Results

Row = Mapping[str, Any]


def write_csv(name: str, rows: Sequence[Row], notes: Iterable[str] = ()) -> None:
    """Write results/NAME.csv: what ran, notes, then one line per row."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        for line in (*provenance(), *notes):
            file.write(f"# {line}\n")
        columns = list(dict.fromkeys(key for row in rows for key in row))
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _cell(v) for key, v in row.items()} for row in rows)
    print(f"\nwrote {path.relative_to(ROOT)}")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)


def print_table(title: str, rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Print rows as aligned text."""
    cells = [list(columns), *([_cell(row.get(c)) for c in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    print(f"\n{title}")
    for line in cells:
        pairs = enumerate(zip(line, widths, strict=True))
        text = (c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in pairs)
        print("  " + "  ".join(text).rstrip())


def goal(what: str, value: float, limit: float, unit: str = "") -> dict[str, Any]:
    """A row that says whether a measured value is at most its limit."""
    verdict = "met" if value <= limit else "MISSED"
    return {
        "goal": what,
        "value": float(value),
        "limit": limit,
        "unit": unit,
        "verdict": verdict,
    }


GOAL_COLUMNS = ("goal", "value", "limit", "unit", "verdict")


def progress(text: str) -> None:
    """Say what is being done."""
    print(f"  {text}", file=sys.stderr, flush=True)
