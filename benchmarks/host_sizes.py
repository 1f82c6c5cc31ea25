# SPDX-License-Identifier: MIT
"""Time of a row by the size of a call and of a model: where does it step?

    python benchmarks/host_sizes.py

Writes results/host_sizes.csv; with --draw, which needs matplotlib, also a drawing,
results/host_sizes.svg.
"""

from __future__ import annotations

import sys

from common import RESULTS, enter, print_table, progress, write_csv

enter()

import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from itertools import pairwise  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from boosters import cases  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from sklearn.datasets import make_blobs  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402

import emlrt  # noqa: E402

SIZES = (*range(1, 40), 47, 48, 49, 63, 64, 65, 79, 80, 81, 96, 127, 128, 129)
LARGE = (160, 200, 255, 256, 257, 300)
CLASSES = (2, 4, 8, 11, 12, 13, 16, 20, 24, 28, 32, 33, 40, 50, 64, 100, 200)
ROUNDS, ROWS = 7, 4000
Row = dict[str, Any]
NOTES = (
    f"nanoseconds of processor time a row, the best of {ROUNDS} rounds of about {ROWS}"
    " rows; Model.scores, one thread",
    "step: over the row above it, of the same model",
)


def _nanoseconds(model: emlrt.Model, X: NDArray[np.float32]) -> float:
    calls = max(1, ROWS // len(X))
    best = np.inf
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(calls):
            model.scores(X)
        best = min(best, time.process_time() - start)
    return float(best) / calls / len(X) * 1e9


def _by_rows() -> Iterator[Row]:
    for case in cases():
        model, X = case.model(), case.rows(max(LARGE))
        for n in (*SIZES, *LARGE):
            yield {"model": case.name, "rows": n, "ns": _nanoseconds(model, X[:n])}


def _by_classes() -> Iterator[Row]:
    for n in CLASSES:
        X, y = make_blobs(6000, 20, centers=n, random_state=0)
        rows = np.ascontiguousarray(X, np.float32)
        forest = RandomForestClassifier(20, max_depth=8, random_state=0).fit(rows, y)
        time_of = _nanoseconds(emlrt.convert(forest), rows)
        yield {"model": "forest, by classes", "classes": n, "ns": time_of}


def _stepped(rows: list[Row]) -> list[Row]:
    for before, row in pairwise(rows):
        if before["model"] == row["model"]:
            row["step"] = row["ns"] / before["ns"]
    return rows


def _draw(rows: list[Row]) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    for name in dict.fromkeys(row["model"] for row in rows):
        own = [row for row in rows if row["model"] == name]
        sizes = [row.get("rows", row.get("classes")) for row in own]
        axes.loglog(sizes, [row["ns"] for row in own], label=name)
    axes.set(xlabel="rows a call, or classes", ylabel="ns a row")
    axes.legend()
    figure.savefig(RESULTS / "host_sizes.svg")


def main() -> None:
    """Measure, print and write."""
    progress("rows")
    rows = list(_by_rows())
    progress("classes")
    rows = _stepped(rows + list(_by_classes()))
    largest = sorted(rows, key=lambda row: -row.get("step", 0))[:8]
    columns = ("model", "rows", "classes", "ns", "step")
    print_table("Largest steps", largest, columns)
    write_csv("host_sizes", rows, NOTES)
    if "--draw" in sys.argv:
        _draw(rows)


if __name__ == "__main__":
    main()
