# SPDX-License-Identifier: MIT
"""Dense layers from Python, beside scikit-learn and onnxruntime, and where their time
makes a step.

    python benchmarks/host_nets.py

Nets and logistic regressions, one thread, processor time, contestants in turn:
batches, one row, nets as wide as columns are cut, and every count of rows from 1 to
70. Writes results/host_nets.csv.
"""

from common import enter, goal, print_table, progress, write_csv

enter()

import time  # noqa: E402
import warnings  # noqa: E402
from collections.abc import Callable, Mapping, Sequence  # noqa: E402
from itertools import pairwise  # noqa: E402
from statistics import median  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
from common import GOAL_COLUMNS  # noqa: E402
from skl2onnx import to_onnx  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402

from emlrt import Model  # noqa: E402

ROUNDS = 9
#: Inputs about the sizes where columns are cut, or once were.
WIDTHS = (64, 96, 127, 128, 129, 192, 255, 256, 257, 384, 512, 640, 767, 768, 769, 784)
WIDTHS += (1023, 1024, 1025, 1500, 2048)
COUNTS = tuple(range(1, 71))
STEP = 1.3

Calls = Mapping[str, Callable[[], Any]]


def fitted(estimator: Any, n_in: int, n_classes: int) -> Any:
    """An estimator of random numbers: its answers do not matter here."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(max(2 * n_classes, 100), n_in)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(rows, np.arange(len(rows)) % n_classes)


def nets() -> dict[str, tuple[Any, int]]:
    """Fits by name, and how many rows a batch of them has."""
    digits, labels = load_digits(return_X_y=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small = MLPClassifier((32, 16), max_iter=80, random_state=0)
        small.fit((digits / 16).astype(np.float32), labels)
    return {
        "MLP 64-32-16-10": (small, 20000),
        "MLP 784-128-10": (fitted(MLPClassifier((128,), max_iter=2), 784, 10), 10000),
        "LogReg 10 x 1000": (fitted(LogisticRegression(max_iter=2), 1000, 10), 10000),
        "LogReg 1000 x 30": (fitted(LogisticRegression(max_iter=2), 30, 1000), 5000),
    }


def session(fit: Any) -> Any:
    """An onnxruntime session of one thread."""
    rows = np.zeros((1, fit.n_features_in_), np.float32)
    options = {id(fit): {"zipmap": False}}
    made = to_onnx(fit, rows, options=options, target_opset=15)
    one = onnxruntime.SessionOptions()
    one.intra_op_num_threads = one.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        made.SerializeToString(), one, providers=["CPUExecutionProvider"]
    )


def seconds(calls: Calls, times: int = 1, rounds: int = ROUNDS) -> dict[str, float]:
    """Median processor time of each call, which take turns."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds + 1):
        for name, call in calls.items():
            start = time.process_time()
            for _ in range(times):
                call()
            found[name].append((time.process_time() - start) / times)
    return {name: median(values[1:]) for name, values in found.items()}


def batches() -> list[dict[str, Any]]:
    """Time a row of each contestant, for batches and one row."""
    rows = []
    for name, (fit, count) in nets().items():
        progress(name)
        model, ort = Model.from_sklearn(fit), session(fit)
        rng = np.random.default_rng(1)
        X = rng.normal(size=(count, fit.n_features_in_)).astype(np.float32)
        for n, times in ((count, 1), (1, 300)):
            part = X[:n]
            calls = {
                "emlrt": lambda m=model, x=part: m.predict(x),
                "scikit-learn": lambda f=fit, x=part: f.predict(x),
                "onnxruntime": lambda o=ort, x=part: o.run(
                    None, {o.get_inputs()[0].name: x}
                ),
            }
            found = seconds(calls, times)
            rows += [
                {
                    "what": name,
                    "call": f"{which} predict",
                    "rows": n,
                    "us_per_row": s / n * 1e6,
                    "emlrt_over_it": found["emlrt"] / s,
                }
                for which, s in found.items()
            ]
    return rows


def widths() -> list[dict[str, Any]]:
    """Time a product of a layer of 32 outputs, by its inputs."""
    calls = {}
    for n in WIDTHS:
        progress(f"{n} inputs")
        fit = fitted(MLPClassifier((32,), max_iter=1), n, 4)
        model = Model.from_sklearn(fit)
        X = np.random.default_rng(1).normal(size=(1000, n)).astype(np.float32)
        calls[str(n)] = lambda m=model, x=X: m.scores(x)
    found = seconds(calls, 3)
    return [
        {"what": "width", "inputs": n, "ns_per_input": found[str(n)] * 1e6 / n}
        for n in WIDTHS
    ]


def counts() -> list[dict[str, Any]]:
    """Time a row of MLP 64-32-16-10, by the rows of a call."""
    fit, _ = nets()["MLP 64-32-16-10"]
    model = Model.from_sklearn(fit)
    X = np.random.default_rng(1).normal(size=(COUNTS[-1], 64)).astype(np.float32)
    calls = {str(n): lambda x=X[:n]: model.scores(x) for n in COUNTS}
    found = seconds(calls, 100)
    return [
        {"what": "count", "rows": n, "us_per_row": found[str(n)] / n * 1e6}
        for n in COUNTS
    ]


def largest_step(rows: Sequence[Mapping[str, Any]], column: str) -> float:
    """How much more a number is than the one before it."""
    values = [row[column] for row in rows]
    return max(b / a for a, b in pairwise(values))


def goals(
    tables: Sequence[Mapping[str, Any]], by_width: Any, by_count: Any
) -> list[dict[str, Any]]:
    """The lines of the issue."""
    limits = {
        ("MLP 784-128-10", "scikit-learn"): 1.1,
        ("MLP 784-128-10", "onnxruntime"): 1.0,
        ("MLP 64-32-16-10", "onnxruntime"): 1.0,
        ("LogReg 10 x 1000", "scikit-learn"): 1.0,
        ("LogReg 1000 x 30", "scikit-learn"): 1.0,
    }
    found = [
        goal(
            f"{row['what']}, batch: time / {peer}'s",
            row["emlrt_over_it"],
            limits[row["what"], peer],
        )
        for row in tables
        for peer in [row["call"].partition(" ")[0]]
        if row["rows"] > 1 and (row["what"], peer) in limits
    ]
    step = largest_step(by_width, "ns_per_input")
    found.append(goal("largest step from a width to the next", step, STEP))
    step = largest_step(by_count, "us_per_row")
    found.append(goal("largest step from a count of rows to the next", step, STEP))
    return found


def main() -> None:
    """Measure, print and write."""
    tables, by_width, by_count = batches(), widths(), counts()
    columns = ("what", "call", "rows", "us_per_row", "emlrt_over_it")
    print_table("Batches and one row", tables, columns)
    print_table("Widths", by_width, ("inputs", "ns_per_input"))
    print_table("Counts of rows", by_count, ("rows", "us_per_row"))
    verdicts = goals(tables, by_width, by_count)
    print_table("Goals", verdicts, GOAL_COLUMNS)
    notes = (
        f"medians of {ROUNDS} rounds of processor time, in turn, one thread",
        "emlrt_over_it: emlrt's time over this contestant's",
        "ns_per_input: 1000 rows, a layer of 32 outputs, a row and an input",
    )
    write_csv("host_nets", [*tables, *by_width, *by_count], notes)


if __name__ == "__main__":
    main()
