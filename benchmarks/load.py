# SPDX-License-Identifier: MIT
"""Loading from Python: speed, and memory that stays, beside the peers.

    python benchmarks/load.py

A forest of some 20 MB and the items of a kNN of 81 MB, each loaded in a process of its
own: processor time, resident memory behind it and at its peak over that before it, in
sizes of the file that the contestant loads. "then one row" adds the first predict,
which lays a forest out. Writes results/load.csv.
"""

from __future__ import annotations

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import median  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.neighbors import KNeighborsRegressor  # noqa: E402

from emlrt import Model  # noqa: E402

ROUNDS = 5
Row = dict[str, Any]

CHILD = """
import sys, time
import numpy as np
{imports}

def memory():
    with open("/proc/self/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    return [int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM")]

path, x = sys.argv[1], np.zeros((1, int(sys.argv[2])), np.float32)
before, _ = memory()
started = time.process_time()
{load}
spent = time.process_time() - started
{use}
both = time.process_time() - started
print(spent, both, *(found - before for found in memory()))
"""

#: What a process imports, how it loads `path`, and how it answers one row.
CONTESTANTS: dict[str, tuple[str, str, str]] = {
    "emlrt": ("from emlrt import Model", "m = Model.load(path)", "m.predict(x)"),
    "emlrt mmap": (
        "from emlrt import Model",
        "m = Model.load(path, mmap=True)",
        "m.predict(x)",
    ),
    "onnxruntime": (
        "import onnxruntime as o",
        "m = o.InferenceSession(path, providers=['CPUExecutionProvider'])",
        "m.run(None, {m.get_inputs()[0].name: x})",
    ),
    "joblib": (
        "import joblib, sklearn.ensemble, sklearn.neighbors",
        "m = joblib.load(path)",
        "m.predict(x)",
    ),
    "treelite": (
        "import treelite",
        "m = treelite.Model.deserialize(path)",
        "treelite.gtil.predict(m, x)",
    ),
}


def _onnx(fit: Any, path: Path) -> None:
    from skl2onnx import to_onnx

    rows = np.zeros((1, fit.n_features_in_), np.float32)
    path.write_bytes(to_onnx(fit, rows, target_opset=15).SerializeToString())


def _joblib(fit: Any, path: Path) -> None:
    import joblib

    joblib.dump(fit, path)


def _treelite(fit: Any, path: Path) -> None:
    import treelite

    treelite.sklearn.import_model(fit).serialize(str(path))


def files(fit: Any, folder: Path) -> dict[str, Path]:
    """A file of the model for each contestant that has one."""
    made = {"emlrt": folder / "emlrt"}
    Model.from_sklearn(fit).save(made["emlrt"])
    made["emlrt mmap"] = made["emlrt"]
    writers: dict[str, Callable[[Any, Path], None]] = {
        "joblib": _joblib,
        "onnxruntime": _onnx,
        "treelite": _treelite,
    }
    for name, write in writers.items():
        try:
            write(fit, folder / name)
            made[name] = folder / name
        except Exception as error:  # a peer that does not have it, or is absent
            progress(f"{name}: {type(error).__name__}")
    return made


def measured(name: str, path: Path, n_inputs: int) -> list[float]:
    """Seconds of loading, the same with one row, and bytes: resident, and most."""
    imports, load, use = CONTESTANTS[name]
    code = CHILD.format(imports=imports, load=load, use=use)
    command = [sys.executable, "-c", code, str(path), str(n_inputs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def rows_of(what: str, fit: Any) -> list[Row]:
    """A row a contestant."""
    progress(what)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        made = files(fit, Path(folder))
        runs: dict[str, list[list[float]]] = {name: [] for name in made}
        for _ in range(ROUNDS):
            for name, path in made.items():
                runs[name].append(measured(name, path, fit.n_features_in_))
        for name, path in made.items():
            size = path.stat().st_size
            load, both, resident, most = (
                median(v) for v in zip(*runs[name], strict=True)
            )
            found.append(
                {
                    "model": what,
                    "contestant": name,
                    "MB": size / 1e6,
                    "load_ms": load * 1e3,
                    "MB_per_s": size / load / 1e6,
                    "then_one_row_ms": both * 1e3,
                    "resident": resident / size,
                    "peak": most / size,
                }
            )
    return found


def fits() -> dict[str, Any]:
    """The two models."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120000, 30)).astype(np.float32)
    forest = RandomForestClassifier(100, random_state=0, max_features=2)
    items = rng.normal(size=(1000000, 20)).astype(np.float32)
    neighbors = KNeighborsRegressor(5, algorithm="brute")
    return {
        "forest": forest.fit(X, rng.integers(0, 2, len(X))),
        "kNN": neighbors.fit(items, rng.normal(size=len(items))),
    }


def goals(rows: Sequence[Row]) -> list[Row]:
    """The lines of the issue."""
    found = []
    for row in rows:
        if row["contestant"] != "emlrt":
            continue
        name = row["model"]
        one = row["MB"] * 1e3 / row["then_one_row_ms"]
        limit = 3.2 if name == "forest" else 1.1
        found += [
            goal(f"{name}: ms to load a MB", 1e3 / row["MB_per_s"], 5, "ms"),
            goal(f"{name}: the same, then one row", 1e3 / one, 5, "ms"),
            goal(f"{name}: resident behind one row, sizes", row["resident"], limit),
        ]
    return found


def main() -> None:
    """Measure, print and write."""
    rows = [row for what, fit in fits().items() for row in rows_of(what, fit)]
    print_table("Loading", rows, tuple(rows[0]))
    print_table("Goals", goals(rows), GOAL_COLUMNS)
    notes = (
        f"medians of {ROUNDS} fresh processes a contestant, in turn; processor time",
        "resident, peak: memory behind load and one row, over that before, in sizes"
        " of the contestant's own file",
    )
    write_csv("load", rows, notes)


if __name__ == "__main__":
    main()
