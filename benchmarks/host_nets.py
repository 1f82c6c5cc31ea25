# SPDX-License-Identifier: MIT
"""A neural net from Python: one row and batches, beside scikit-learn and numpy.

    python benchmarks/host_nets.py

digits, 64-32-16-10, one thread. "numpy" is the three float32 matrix products
alone, without biases and activations. Writes results/host_nets.csv.
"""

from common import enter, goal, print_table, write_csv

enter()

import time  # noqa: E402
import warnings  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from common import GOAL_COLUMNS  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402

from emlrt import Model  # noqa: E402

COPIES = 12


def best(call: Callable[[], Any], times: int) -> float:
    """Seconds of the fastest of so many calls."""
    call()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


def main() -> None:
    """Measure, print and write."""
    digits, labels = load_digits(return_X_y=True)
    X = (digits / 16).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = MLPClassifier((32, 16), max_iter=80, random_state=0).fit(X, labels)
    model, batch, row = Model.from_sklearn(net), np.tile(X, (COPIES, 1)), X[:1]
    weights = [w.astype(np.float32) for w in net.coefs_]

    def products() -> Any:
        found = batch
        for w in weights:
            found = found @ w
        return found

    calls: dict[str, Callable[[], Any]] = {
        "emlrt scores": lambda: model.scores(batch),
        "emlrt predict": lambda: model.predict(batch),
        "numpy products": products,
        "scikit-learn predict": lambda: net.predict(batch),
    }
    seconds = {name: best(call, 25) for name, call in calls.items()}
    rows = [
        {"call": name, "rows": len(batch), "us_per_row": 1e6 * s / len(batch)}
        for name, s in seconds.items()
    ]
    one = {
        "emlrt predict": best(lambda: model.predict(row), 2000),
        "scikit-learn predict": best(lambda: net.predict(row), 200),
    }
    rows += [
        {"call": name, "rows": 1, "us_per_row": 1e6 * s} for name, s in one.items()
    ]
    print_table("A net from Python", rows, ("call", "rows", "us_per_row"))
    ours = seconds["emlrt scores"]
    goals = [
        goal("batch: time / numpy's products", ours / seconds["numpy products"], 2),
        goal(
            "batch: predict's time / scikit-learn's",
            seconds["emlrt predict"] / seconds["scikit-learn predict"],
            1,
        ),
        goal(
            "one row: time / scikit-learn's",
            one["emlrt predict"] / one["scikit-learn predict"],
            1 / 30,
        ),
    ]
    print_table("Goals", goals, GOAL_COLUMNS)
    write_csv("host_nets", rows, ("the fastest of 25 calls or more, one thread",))


if __name__ == "__main__":
    main()
