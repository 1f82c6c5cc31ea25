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
from collections.abc import Callable, Iterator  # noqa: E402
from itertools import pairwise  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from boosters import cases  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.datasets import make_blobs, make_classification  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.kernel_approximation import Nystroem  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.mixture import GaussianMixture  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.svm import SVC  # noqa: E402

import emlrt  # noqa: E402

SIZES = (*range(1, 40), 47, 48, 49, 63, 64, 65, 79, 80, 81, 96, 127, 128, 129)
LARGE = (160, 200, 255, 256, 257, 300)
CLASSES = (2, 4, 8, 11, 12, 13, 16, 20, 24, 28, 32, 33, 40, 50, 64, 100, 200)
ROUNDS, ROWS = 7, 4000
Row = dict[str, Any]
Call = Callable[[NDArray[np.float32]], Any]
NOTES = (
    f"nanoseconds of processor time a row, the best of {ROUNDS} rounds of about {ROWS}"
    " rows; Model.scores, one thread",
    "step: over the row above it, of the same model",
)


def _nanoseconds(call: Call, X: NDArray[np.float32]) -> float:
    calls = max(1, ROWS // len(X))
    best = np.inf
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(calls):
            call(X)
        best = min(best, time.process_time() - start)
    return float(best) / calls / len(X) * 1e9


def _by_rows() -> Iterator[Row]:
    for case in cases():
        model, X = case.model(), case.rows(max(LARGE))
        for n in (*SIZES, *LARGE):
            yield {
                "model": case.name,
                "rows": n,
                "ns": _nanoseconds(model.scores, X[:n]),
            }


def _numeric() -> Iterator[Row]:
    """Estimators that compute with numbers, of 1,000 rows of 30."""
    X, y = make_classification(
        3000, 30, n_informative=15, n_redundant=0, n_classes=4, random_state=0
    )
    fit, rows = X[:1000], np.ascontiguousarray(X[1000:], np.float32)
    for name, estimator in (
        ("5 nearest", KNeighborsClassifier()),
        ("KMeans of 50", KMeans(50, n_init=1, random_state=0)),
        ("SVC", SVC()),
        ("GaussianMixture of 8", GaussianMixture(8, random_state=0)),
        ("Nystroem of 200", Nystroem(gamma=0.01, n_components=200, random_state=0)),
        ("LogisticRegression, probabilities", LogisticRegression(max_iter=300)),
    ):
        model = emlrt.convert(estimator.fit(fit, y[:1000]))
        call = model.predict_proba if "prob" in name else model.scores
        for n in range(1, 71):
            yield {"model": name, "rows": n, "ns": _nanoseconds(call, rows[:n])}


def _by_classes() -> Iterator[Row]:
    for n in CLASSES:
        X, y = make_blobs(6000, 20, centers=n, random_state=0)
        rows = np.ascontiguousarray(X, np.float32)
        forest = RandomForestClassifier(20, max_depth=8, random_state=0).fit(rows, y)
        time_of = _nanoseconds(emlrt.convert(forest).scores, rows)
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
    progress("numbers")
    rows += _numeric()
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
