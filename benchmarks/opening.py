# SPDX-License-Identifier: MIT
"""Instructions of emlrt_open and emlrt_verify, and the model of both.

    python benchmarks/opening.py

Measures forests of digits on several cores, and fits the prices of
emlrt.inspect.open_cost to small models of many kinds on a Cortex-M0+. Writes
results/opening.csv.
"""

from __future__ import annotations

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

import warnings  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from cost_model import fit  # noqa: E402
from cost_models import models  # noqa: E402
from forests import case, emlrt_model  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.naive_bayes import GaussianNB  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.svm import SVC  # noqa: E402

import emlrt  # noqa: E402
from emlrt.emulate import build, targets  # noqa: E402
from emlrt.emulate.facts import facts  # noqa: E402
from emlrt.emulate.unicorn_run import Machine  # noqa: E402
from emlrt.inspect.cost import price  # noqa: E402
from emlrt.inspect.open_cost import open_terms, verify_terms  # noqa: E402

Row = dict[str, Any]
CORE = "cortex-m0plus"
TARGETS = ("cortex-m0", CORE, "cortex-m4f", "rv32imac")
OPTS = ("-O2", "-Os")
NOTES = (
    "instructions of one call; open's stack in bytes; blobs without metadata",
    f"price: instructions of a term of emlrt.inspect.open_cost on a {CORE}, -O2, least"
    " squares of relative errors over small models of many kinds; error: the mean and"
    " the largest relative difference of those",
)


class Core:
    """A core that has ops and both calls."""

    def __init__(self, target: str, ops: Any, opt: str) -> None:
        calls = "emlrt_open", "emlrt_verify", "emulate_ops", "emulate_model"
        found, options = targets.find(target), build.Options(opt=opt)
        with build.scratch_dir() as work:
            parts = build.with_ops(found, ops, options, work)
            self._machine = Machine(found, build.link(found, parts, work, roots=calls))

    def costs(self, blob: bytes) -> Row:
        """Instructions of both calls of a blob, and open's stack."""
        core = self._machine
        model, ops = (core.image.address(f"emulate_{n}") for n in ("model", "ops"))
        status = core.call("emlrt_open", model, core.place_rom(blob), len(blob), ops)
        row: Row = {"open": core.instructions, "stack": core.stack}
        if status != 0 or core.call("emlrt_verify", model) != 0:
            raise ValueError("the blob does not open")
        return {"bytes": len(blob), **row, "verify": core.instructions}


def forests() -> Iterator[Row]:
    """Forests of digits on every core; the last is of about 14 KB."""
    for n, dtype, voting in (
        *((10, "float32", "hard"), (10, "int16", "hard"), (10, "uint8", "hard")),
        *((10, "float32", "soft"), (14, "float32", "soft")),
    ):
        blob = bytes(emlrt_model(case("digits", n), dtype, voting).strip())
        name = f"digits {n} x 8 {dtype} {voting}"
        progress(name)
        for target in TARGETS:
            for opt in OPTS:
                core = Core(target, facts(blob).ops, opt)
                row = {"model": name, "target": target, "opt": opt, **core.costs(blob)}
                yield row | {"per_byte": row["verify"] / len(blob)}


def numeric() -> Iterator[tuple[str, emlrt.Model]]:
    """Models of numeric ops."""
    X, y = load_digits(return_X_y=True)
    X, y = X[:300, ::4], y[:300] % 4
    for kind in (
        *(GaussianNB(), KNeighborsClassifier(3), LogisticRegression(), SVC()),
        *(MLPClassifier((8,), max_iter=2), MLPClassifier((40, 20), max_iter=2)),
    ):
        yield type(kind).__name__, emlrt.convert(kind.fit(X, y)).strip()


def samples() -> Iterator[tuple[str, Any, Row]]:
    """Small models, and what they cost on the core of the model of costs."""
    cores: dict[Any, Core] = {}
    named = [(name, model) for name, model, _ in models()]
    for name, model in [*named, *numeric()]:
        ops = facts(bytes(model)).ops
        if ops not in cores:
            cores[ops] = Core(CORE, ops, "-O2")
        yield name, model, cores[ops].costs(bytes(model))


def fitted() -> Iterator[Row]:
    """The prices of both calls, and how far they are off."""
    found = list(samples())
    for call in ("open", "verify"):
        runs = []
        for _, model, row in found:
            terms = verify_terms(row["bytes"])
            terms = open_terms(model.program) if call == "open" else terms
            runs.append((terms, float(row[call])))
        prices, off = fit(runs)
        for term, value in prices.items():
            yield {"call": call, "term": term, "price": value}
        errors = {"error": float(abs(off).mean()), "largest": float(abs(off).max())}
        worst = found[int(np.argmax(abs(off)))][0]
        yield {"call": call, "runs": len(runs), **errors, "model": worst}
        assert abs(price(runs[0][0], prices) / runs[0][1] - 1 - off[0]) < 1e-9


def goals(rows: list[Row]) -> list[Row]:
    """A forest of 14 KB on a Cortex-M0, which took 69,608 before."""
    (row,) = (
        r
        for r in rows
        if r.get("target") == "cortex-m0"
        and r["opt"] == "-O2"
        and " 14 x" in r["model"]
    )
    what = f"open, Cortex-M0, {row['model']}, {row['bytes']} bytes"
    return [goal(what, row["open"], 35000, "instructions")]


def main() -> None:
    """Measure, print and write."""
    warnings.simplefilter("ignore")
    rows = list(forests())
    columns = ("model", "target", "opt", "bytes", "open", "stack", "verify", "per_byte")
    print_table("Opening and verifying", rows, columns)
    prices = list(fitted())
    columns = ("call", "term", "price", "runs", "error", "largest", "model")
    print_table("Prices", prices, columns)
    print_table("Goals", goals(rows), GOAL_COLUMNS)
    write_csv("opening", rows + prices, NOTES)


if __name__ == "__main__":
    main()
