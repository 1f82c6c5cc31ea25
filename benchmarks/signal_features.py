# SPDX-License-Identifier: MIT
"""Features of windows of an inertial sensor: instructions, code, and tsfel's speed.

    python benchmarks/signal_features.py [--windows N]

Windows of 128 samples of 6 axes. On emulated cores the features of `signal.imu()`, and
each kind by itself; on the host the same features by emlrt and by the functions of
tsfel, if it is installed, in turn in one process. Writes results/signal_features.csv.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from common import GOAL_COLUMNS, enter, goal, print_table, write_csv

enter()

import numpy as np  # noqa: E402

from emlrt import Model, signal  # noqa: E402
from emlrt.emulate import measure  # noqa: E402

LENGTH, AXES = 128, 6
TARGETS = ("cortex-m0plus", "cortex-m4f")
NOTES = (
    f"windows of {LENGTH} samples of {AXES} axes, normal numbers about offsets",
    "instructions: of emlrt_run, -O2, mean of 4 windows; a_sample: of one axis; flash:"
    " code of open and run; arena: working memory beyond the window, results included",
    "host: seconds of processor time for 100000 windows, median of 5 turns;"
    " tsfel: its functions on a smaller number of windows, scaled",
)
#: Features that tsfel defines alike: its function, and ours.
ALIKE = {
    "calc_mean": "mean",
    "calc_std": "std",
    "median_abs_deviation": "mad",
    "calc_max": "max",
    "calc_min": "min",
    "abs_energy": "energy",
    "interq_range": "iqr",
    "rms": "rms",
    "skewness": "skew",
    "kurtosis": "kurtosis",
    "zero_cross": "zero_crossings",
    "sum_abs_diff": "waveform_length",
    "slope": "slope",
}
#: What is measured by itself.
KINDS: dict[str, list[str]] = {
    "mean": ["mean"],
    "mean, std, rms": ["mean", "std", "rms"],
    "skew, kurtosis": ["skew", "kurtosis"],
    "min, max, range": ["min", "max", "range"],
    "median": ["median"],
    "median, iqr, mad": ["median", "iqr", "mad"],
    "zero_crossings": ["zero_crossings"],
    "slope_sign_changes": ["slope_sign_changes"],
    "waveform_length": ["waveform_length"],
    "autocorrelation": ["autocorrelation"],
    "hjorth": ["hjorth_activity", "hjorth_mobility", "hjorth_complexity"],
    "peaks": ["peak_count", "peak_height", "peak_interval"],
    "correlation": ["correlation"],
}


def windows(n: int) -> np.ndarray:
    """(n, LENGTH, AXES) float32."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((n, LENGTH, AXES), dtype=np.float32)
    return x + np.array([0, 0, 9.81, 0, 0.5, -1], np.float32)


def on_cores() -> Iterator[dict[str, Any]]:
    """Rows of instructions."""
    x = windows(4)
    blocks: dict[str, Any] = {
        "signal.imu()": signal.imu(),
        "TimeFeatures()": signal.TimeFeatures(),
    }
    blocks |= {name: signal.TimeFeatures(kind) for name, kind in KINDS.items()}
    for name, block in blocks.items():
        model = Model.from_sklearn(block.fit(x))
        for target in TARGETS:
            found = measure(model, x.reshape(4, -1), core=target, call="run")
            yield {
                "features": name,
                "target": target,
                "instructions": found.mean,
                "a_sample": found.mean / (LENGTH * AXES),
                "flash": found.flash,
                "arena": found.scratch,
                "stack": found.stack,
                "blob": model.nbytes,
            }


def by_tsfel(x: np.ndarray) -> np.ndarray:
    """(n, features * AXES): feature by feature, as ours."""
    from tsfel.feature_extraction import features

    functions = [getattr(features, name) for name in ALIKE]
    return np.array(
        [
            [f(window[:, c]) for f in functions for c in range(AXES)]
            for window in x.astype(np.float64)
        ]
    )


def seconds(function: Callable[[], Any]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def on_host(n: int) -> Iterator[dict[str, Any]]:
    """Rows of seconds for 100000 windows."""
    x, few = windows(n), min(n, 100)
    ours = signal.TimeFeatures(list(ALIKE.values())).fit(x[:1])
    preset = signal.imu().fit(x[:1])
    whole = Model.from_sklearn(preset)
    flat = x.reshape(n, -1)
    contestants: dict[str, tuple[int, Callable[[], Any]]] = {
        "emlrt, alike": (n, lambda: ours._model().scores(flat)),
        "emlrt, signal.imu()": (n, lambda: whole.scores(flat)),
    }
    if find_spec("tsfel") is not None:
        contestants["tsfel, alike"] = few, lambda: by_tsfel(x[:few])
        same = ours.transform(x[:few])
        error = abs(same - by_tsfel(x[:few])).max(0) / np.maximum(abs(same).max(0), 1)
        print(f"largest difference to tsfel, of the largest: {error.max():.1e}")
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(5):
        for name, (count, function) in contestants.items():
            taken[name].append(seconds(function) * 100000 / count)
    for name, found in taken.items():
        yield {"features": name, "target": "host", "seconds": float(np.median(found))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windows", type=int, default=100000)
    asked = parser.parse_args()
    cores, host = list(on_cores()), list(on_host(asked.windows))
    at = {row["features"]: row["seconds"] for row in host}
    goals = []
    if "tsfel, alike" in at:
        ratio = at["emlrt, alike"] / at["tsfel, alike"]
        goals.append(goal("the same features / tsfel", ratio, 0.1, "x"))
        ratio = at["emlrt, signal.imu()"] / at["tsfel, alike"]
        goals.append(goal("signal.imu() / tsfel's fewer", ratio, 0.1, "x"))
    rows = cores + host
    print_table("features of windows", rows, [*cores[0], "seconds"])
    print_table("goals", goals, GOAL_COLUMNS)
    write_csv("signal_features", rows, NOTES)


if __name__ == "__main__":
    main()
