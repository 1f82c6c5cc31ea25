# SPDX-License-Identifier: MIT
"""Fits the prices of emlrt.inspect.cost to instructions on emulated cores.

    python benchmarks/cost_model.py

Prints prices, of which src/emlrt/inspect/cost.py keeps those of a Cortex-M0+, and how
far the model is off on boosted models that it was not fitted to. Writes
results/cost_model.csv.
"""

from __future__ import annotations

from common import enter, print_table, progress, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from boosters import cases  # noqa: E402
from cost_models import models  # noqa: E402
from cost_walks import row_terms  # noqa: E402

from emlrt.emulate import ToolError, measure  # noqa: E402
from emlrt.inspect.cost import price, total  # noqa: E402
from emlrt.inspect.stage_cost import stage_terms  # noqa: E402

Row = dict[str, Any]
TARGETS = ("cortex-m0plus", "cortex-m4f", "atmega1284p")
ROWS = 6
NOTES = (
    "price: instructions (AVR: cycles) of a term, -O2, least squares of relative errors"
    " over runs of small models, whose terms are counted row by row",
    "error: of the runs fitted, the mean and the largest relative difference",
    "estimate: of a model, each leaf of a tree as likely; measured: mean of 16 rows",
)


def samples(target: str) -> Iterator[tuple[dict[str, float], float]]:
    """Terms and instructions of runs."""
    progress(f"{target}: small models")
    for _, model, X in models():
        rows = X[:ROWS]
        try:
            counts = measure(model, rows, core=target, call="run").counts
        except (ToolError, ValueError):
            continue  # too large for the target
        for row, count in zip(rows, counts.tolist(), strict=True):
            parts = [{"call": 1.0}, *row_terms(model, row)]
            yield total(parts), float(count)


def fit(runs: list[tuple[dict[str, float], float]]) -> tuple[dict[str, float], Any]:
    """Prices, and the relative difference of each run."""
    names = sorted({name for terms, _ in runs for name in terms})
    table = np.array([[terms.get(name, 0.0) for name in names] for terms, _ in runs])
    counts = np.array([count for _, count in runs])
    scaled = table / counts[:, None]
    found = np.linalg.lstsq(scaled, np.ones(len(counts)), rcond=None)[0]
    return dict(zip(names, found.tolist(), strict=True)), scaled @ found - 1


def checks(target: str, prices: dict[str, float]) -> Iterator[Row]:
    """Estimates and measurements of boosted models."""
    progress(f"{target}: boosted models")
    for case in cases():
        for encoding in ("direct", "bins"):
            model = case.model(encoding=encoding)
            parts = [stage_terms(stage) for stage in model.stages]
            row: Row = {"target": target, "model": f"{case.name}, {encoding}"}
            row["estimate"] = price(
                total([{"call": 1.0}, *filter(None, parts)]), prices
            )
            try:
                row["measured"] = measure(
                    model, case.rows(16), core=target, call="run"
                ).mean
            except (ToolError, ValueError):
                continue
            yield {**row, "ratio": row["estimate"] / row["measured"]}


def main() -> None:
    """Fit, print and write."""
    rows: list[Row] = []
    for target in TARGETS:
        runs = list(samples(target))
        prices, off = fit(runs)
        rows += [{"target": target, "term": t, "price": p} for t, p in prices.items()]
        error = {"error": float(abs(off).mean()), "largest": float(abs(off).max())}
        rows.append({"target": target, "runs": len(runs), **error})
        rows += checks(target, prices)
    columns = ("target", "term", "price", "runs", "error", "largest")
    print_table("Prices", rows, (*columns, "model", "estimate", "measured", "ratio"))
    write_csv("cost_model", rows, NOTES)


if __name__ == "__main__":
    main()
