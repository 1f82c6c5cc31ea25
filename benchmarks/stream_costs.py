# SPDX-License-Identifier: MIT
"""What a stream takes beside its runs, on each core that has tables of estimates.

Pushes windows of several lengths, hops and dtypes to streams on emulated cores, and
takes the runs of the same windows away. What is left is that of pushes, of bytes that
are copied and of bytes that are moved to the next window. Writes
src/emlrt/verdict/feeding.csv, rounded up to what covers every case.
"""

from __future__ import annotations

import csv
from math import ceil
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt.emulate import measure, stream
from emlrt.estimate import CORES
from emlrt.signal import Frame
from emlrt.verdict.feeding import COLUMNS, PIECE, work_of

FILE = Path(__file__).parents[1] / "src" / "emlrt" / "verdict" / "feeding.csv"
#: dtype, samples of a window, and from one to the next.
CASES = (
    ("float32", 32, 32),
    ("float32", 40, 1),
    ("float32", 24, 18),
    ("int16", 64, 48),
    ("int16", 96, 16),
    ("uint8", 128, 100),
    ("uint8", 320, 160),
    ("int16", 5, 3),
    ("float32", 10, 30),
    ("uint8", 64, 300),
    ("float32", 60, 45),
    ("uint8", 200, 1),
    ("uint8", 31, 31),
)
#: Room for windows that are not among these.
ROOM = 1.1
WINDOWS = 4


def made(dtype: str, length: int, hop: int) -> tuple[emlrt.Model, np.ndarray]:
    """A small tree of windows, and samples of a few of them."""
    rng = np.random.default_rng(0)
    samples = rng.integers(0, 200, length + 19 * hop).astype(np.float32)
    frame = Frame(length, hop)
    X = frame.cut([samples])
    y = np.arange(len(X)) % 2
    tree = DecisionTreeClassifier(max_depth=2, random_state=0)
    pipeline = make_pipeline(frame, tree).fit(X, y)
    options = {} if dtype == "float32" else {"dtype": dtype, "X": X}
    return emlrt.convert(pipeline, **options), samples[: length + WINDOWS * hop]


def extra(core: str, case: tuple[str, int, int]) -> tuple[list[float], list[int]]:
    """What pushes of a window take beside its run: what `work_of` counts, and the
    counts, those of emlrt_stream_open beside emlrt_open, and bytes of stack."""
    model, samples = made(*case)
    pushed = stream(model, samples, core=core, pieces=(PIECE,), progress=False)
    window = model.window
    rows = Frame(window.length, window.hop).cut([samples])
    ran = measure(model, rows, core=core, call="run", progress=False)
    count = float((pushed.counts[1:] - ran.counts[1:]).max())
    opened = pushed.open_count - ran.open_count
    stacks = [max(each.stack, each.open_stack) for each in (pushed, ran)]
    return list(work_of(model)), [ceil(count), opened, stacks[0] - stacks[1]]


def fitted(core: str) -> list[int]:
    """The row of a core."""
    found = [extra(core, case) for case in CASES]
    work = np.array([x for x, _ in found])
    counts, opened, stack = np.array([y for _, y in found]).T
    # The prices that are above no case's counts by more than they have to.
    lines = work / counts[:, None]
    ones = np.ones((len(found), 1))
    bounds = np.block([[-lines, 0 * ones], [lines, -ones]])
    limits = np.concatenate([-ones[:, 0], ones[:, 0]])
    prices = linprog([0] * work.shape[1] + [1], bounds, limits).x[:-1] * ROOM
    most = np.ceil(prices * 10) / 10
    over = work @ most / counts - 1
    print(f"{core}: {most}, at most {over.max():.1%} over", flush=True)
    beside = [ceil(max(0, n.max()) / 8) * 8 for n in (opened, stack)]
    return [*most.tolist(), *beside]


def main() -> None:
    """Measures, and writes the table."""
    rows = [[core, *fitted(core)] for core in CORES]
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
