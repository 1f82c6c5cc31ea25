# SPDX-License-Identifier: MIT
"""Two threads against one: wall time, for a machine that does nothing else, beside
what two unconnected threads reach there, and the share of a call's processor time
that only one thread takes.

    python benchmarks/threads.py

Writes results/threads.csv.
"""

from __future__ import annotations

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

import os  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from sklearn.datasets import make_classification  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402

from emlrt import Model, jobs  # noqa: E402

ROUNDS = 25
Row = dict[str, Any]


def best_of_each(calls: Sequence[Callable[[], Any]]) -> list[float]:
    """Wall seconds of the fastest run of each call, all of them in every round: the
    machine's speed changes from second to second."""
    found = [float("inf")] * len(calls)
    for _ in range(ROUNDS):
        for i, call in enumerate(calls):
            start = time.perf_counter()
            call()
            found[i] = min(found[i], time.perf_counter() - start)
    return found


def twice(pool: ThreadPoolExecutor, call: Callable[[], Any]) -> None:
    """The whole call in each of two threads at once: what the machine has to give."""
    for future in [pool.submit(call), pool.submit(call)]:
        future.result()


def serial(call: Callable[[], Any]) -> float:
    """The share of a call outside its pieces, by this thread's clock, where pieces run
    one after the other."""
    inside = 0.0
    real = jobs.each

    def each(threads: int, n: int, function: Callable[[int, int], Any]) -> Any:
        nonlocal inside
        start = time.thread_time()
        found = real(1, n, function)
        inside += time.thread_time() - start
        return found

    import emlrt.native

    jobs.each = emlrt.native.each = each  # type: ignore[assignment]
    try:
        start = time.thread_time()
        call()
        whole = time.thread_time() - start
    finally:
        jobs.each = emlrt.native.each = real
    return 1 - inside / whole


def cases() -> dict[str, tuple[Model, int, str]]:
    """Models, rows and the method that is timed."""
    X, y = make_classification(4000, 30, n_informative=12, n_classes=4, random_state=0)
    forest = RandomForestClassifier(100, max_depth=8, random_state=0).fit(X, y)
    neighbors = KNeighborsClassifier(5).fit(X, y)
    net = MLPClassifier((64, 32), max_iter=5, random_state=0).fit(X, y)
    return {
        "forest 100 x 8": (Model.from_sklearn(forest), 200000, "predict"),
        "forest 100 x 8, proba": (Model.from_sklearn(forest), 200000, "predict_proba"),
        "kNN 4,000 x 30": (Model.from_sklearn(neighbors), 20000, "predict"),
        "MLP 30-64-32-4": (Model.from_sklearn(net), 400000, "predict"),
    }


def measured(name: str, model: Model, n: int, method: str, dtype: str) -> Row:
    """One row of the table."""
    X = np.random.default_rng(0).normal(size=(n, 30)).astype(dtype)
    call = getattr(model, method)
    with ThreadPoolExecutor(2) as pool:
        one, two, both = best_of_each(
            (
                lambda: call(X),
                lambda: call(X, n_jobs=2),
                lambda: twice(pool, lambda: call(X)),
            )
        )
    share = serial(lambda: call(X, n_jobs=2))
    return {
        "what": name,
        "dtype": dtype,
        "one_ms": one * 1e3,
        "two_ms": two * 1e3,
        "speedup": one / two,
        "machine_speedup": 2 * one / both,
        "serial_share": share,
        "speedup_at_most": 2 / (1 + share),
    }


def main() -> None:
    """Measure, print and write."""
    rows = []
    for name, (model, n, method) in cases().items():
        for dtype in ("float32", "float64"):
            progress(f"{name}, {dtype}")
            rows.append(measured(name, model, n, method, dtype))
    print_table("Threads", rows, tuple(rows[0]))
    found = [
        goal(
            f"{r['what']}, {r['dtype']}: two threads' time / one's",
            1 / r["speedup"],
            1 / 1.8,
        )
        for r in rows
    ]
    print_table("Goals", found, GOAL_COLUMNS)
    load = os.getloadavg()[0]
    notes = (
        f"wall time, the best of {ROUNDS}; load average of the machine {load:.2f}",
        "machine_speedup: the same work, whole, in two threads that share nothing",
        "serial_share: of processor time, outside the pieces that threads take",
    )
    write_csv("threads", rows, notes)


if __name__ == "__main__":
    main()
