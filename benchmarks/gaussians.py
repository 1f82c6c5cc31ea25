# SPDX-License-Identifier: MIT
"""Gaussian models against emlearn's: instructions, errors and whole programs.

    python benchmarks/gaussians.py

The same fitted models and the same float32 rows, under unicorn. Writes
results/gaussians.csv.
"""

from __future__ import annotations

import contextlib
import tempfile
import warnings

from common import GOAL_COLUMNS, enter, goal, print_table, progress, write_csv

enter()

from collections.abc import Iterator  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from firmware import (  # noqa: E402
    emlrt_program,
    empty_program,
    peer_program,
    run_peer,
)
from numpy.typing import NDArray  # noqa: E402
from peers_code import Code  # noqa: E402
from sklearn import datasets  # noqa: E402
from sklearn.covariance import EllipticEnvelope  # noqa: E402
from sklearn.mixture import GaussianMixture  # noqa: E402
from sklearn.naive_bayes import GaussianNB  # noqa: E402

import emlrt  # noqa: E402
from emlrt.emulate import ToolError, measure  # noqa: E402

TARGETS = ("cortex-m0", "cortex-m4f")
OPTS = ("-O2", "-Os")
ROWS = 16

Row = dict[str, Any]

NOTES = (
    f"instructions of one call, mean of {ROWS} rows; emlrt: emlrt_classify with"
    " its argument checks, emlearn: its predict (mixtures: log probabilities and"
    " the largest of them)",
    "agree: share of those rows answered as scikit-learn does; error: largest"
    " error of a score relative to the score, in float64 on the same rows",
    "program: bytes of flash above an empty program on a Cortex-M0+ at -Os, with"
    " the model; blob: bytes of it that are emlrt's blob, without metadata;"
    " prepared: of the constants of emlrt embed, without emlrt_open",
    "emlearn's C has mixtures of full covariance only, and its Python stores the"
    " others expanded to full",
)


@dataclass(frozen=True)
class Case:
    """A fitted model, its rows, and emlearn's body of bench_call."""

    name: str
    estimator: Any
    X: NDArray[np.float32]
    body: str
    classes: bool

    @property
    def rows(self) -> NDArray[np.float32]:
        """Rows spread over the data."""
        chosen = np.linspace(0, len(self.X) - 1, ROWS).astype(int)
        return np.ascontiguousarray(self.X[chosen])

    def scores(self) -> NDArray[np.float64]:
        """What emlearn's answer and ours are compared with, for each row."""
        wide = self.rows.astype(np.float64)
        if isinstance(self.estimator, EllipticEnvelope):
            found: NDArray[np.float64] = self.estimator.mahalanobis(wide)
        else:
            found = self.estimator._estimate_weighted_log_prob(wide).max(1)
        return found

    @property
    def has_scores(self) -> bool:
        return not isinstance(self.estimator, GaussianNB)


_LARGEST = """
  float p[{k}]; int i; float best;
  model_predict_log_proba(x, {n}, p);
  for (best = p[0], i = 1; i < {k}; i++) if (p[i] > best) best = p[i];
  *y = best;"""


def cases() -> Iterator[Case]:
    """Every model that is measured."""
    for name in ("iris", "wine", "breast_cancer"):
        X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        X32 = np.ascontiguousarray(X, np.float32)
        X, n = X32.astype(np.float64), X.shape[1]
        predict = f"  *y = model_predict(x, {n});"
        yield Case(f"GaussianNB {name}", GaussianNB().fit(X, y), X32, predict, True)
        envelope = EllipticEnvelope(random_state=0).fit(X)
        yield Case(f"EllipticEnvelope {name}", envelope, X32, predict, False)
        for kind in ("full", "tied", "diag", "spherical"):
            mixture = GaussianMixture(
                3, covariance_type=kind, random_state=0, reg_covar=1e-4
            )
            body = _LARGEST.format(k=3, n=n)
            yield Case(f"mixture {kind} {name}", mixture.fit(X), X32, body, False)


def emlearn_code(case: Case) -> Code:
    """emlearn's code for a model."""
    before = np.geterr()
    import emlearn

    np.seterr(**before)
    method = "inline" if isinstance(case.estimator, EllipticEnvelope) else "loadable"
    # emlearn leaves files in the current directory.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        source = emlearn.convert(case.estimator, method=method).save(name="model")
    answer = "uint32_t" if case.classes else "float"
    head = f"void bench_call(const float *x, {answer} *y)"
    source += f"\n#include <stdint.h>\n{head};\n{head} {{\n{case.body}\n}}\n"
    include = (Path(emlearn.__file__).parent,)
    return Code("emlearn", source, ".c", "float", case.classes, include)


def _error(found: NDArray[Any], right: NDArray[np.float64]) -> float:
    return float((abs(found - right) / np.maximum(abs(right), 1)).max())


def _back(case: Case, model: Any, scores: NDArray[Any]) -> NDArray[np.float64]:
    """The runtime's scores as what `case.scores` gives."""
    wide: NDArray[np.float64] = scores.astype(np.float64)
    if isinstance(case.estimator, EllipticEnvelope):
        return -(wide[:, 0] + case.estimator.offset_)
    how = next(t for t in model.program.metadata.methods if t.startswith("score_"))
    return wide.max(1) + float(how.rpartition("plus:")[2])


def instruction_rows(case: Case) -> Iterator[Row]:
    """A row a contestant, target and optimization level."""
    model, code = emlrt.Model.from_sklearn(case.estimator), emlearn_code(case)
    theirs = case.estimator.predict(case.rows.astype(np.float64))
    for target in TARGETS:
        for opt in OPTS:
            row: Row = {"model": case.name, "target": target, "opt": opt}
            peer = run_peer(target, code, case.rows, opt)
            counts = float(peer.counts.mean())
            other = {**row, "contestant": "emlearn", "instructions": counts}
            if case.has_scores:
                other["error"] = _error(peer.answers, case.scores())
            else:
                other["agree"] = float((peer.answers == theirs).mean())
            yield other
            m = measure(model, case.rows, core=target, opt=opt, call="classify")
            labels = model.classes_[m.results[:, 0]]
            ours = {**row, "contestant": "emlrt", "instructions": m.mean}
            ours.update(vs=m.mean / counts, agree=float((labels == theirs).mean()))
            if case.has_scores:
                run = measure(model, case.rows, core=target, opt=opt, call="run")
                ours["error"] = _error(_back(case, model, run.results), case.scores())
            yield ours


def program_rows(case: Case) -> Iterator[Row]:
    """Whole programs, emlearn's and ours."""
    empty = empty_program("cortex-m0plus", "-Os").flash
    row: Row = {"model": case.name, "target": "cortex-m0plus", "opt": "-Os"}
    n = case.X.shape[1]
    try:
        image = peer_program("cortex-m0plus", emlearn_code(case), n, "-Os")
        yield {**row, "contestant": "emlearn", "program": image.flash - empty}
    except ToolError as error:
        yield {**row, "contestant": "emlearn", "note": str(error)[-200:]}
    blob = bytes(emlrt.Model.from_sklearn(case.estimator).strip())
    for name, prepared in (("emlrt", False), ("emlrt prepared", True)):
        image = emlrt_program("cortex-m0plus", blob, "-Os", prepared)
        size = {"program": image.flash - empty, "blob": len(blob)}
        yield {**row, "contestant": name, **size}


def goals(rows: list[Row]) -> list[Row]:
    """The lines on Gaussians of what this project wants to reach."""
    by = {
        (r["model"], r["target"], r["opt"], r["contestant"]): r
        for r in rows
        if "instructions" in r or "program" in r
    }
    found = []
    for target, limit in (("cortex-m4f", 0.15), ("cortex-m0", 0.65)):
        row = by["GaussianNB wine", target, "-O2", "emlrt"]
        found.append(goal(f"GaussianNB wine, {target}", row["vs"], limit, "x"))
    for target in TARGETS:
        for name in ("wine", "breast_cancer"):
            key = f"EllipticEnvelope {name}", target, "-O2"
            ours, other = by[*key, "emlrt"], by[*key, "emlearn"]
            what = f"EllipticEnvelope {name}, {target}"
            found.append(goal(what, ours["vs"], 0.6, "x"))
            ratio = ours["error"] / other["error"]
            found.append(goal(f"{what}: error", ratio, 0.1, "x"))
    for name in ("GaussianNB iris", "EllipticEnvelope iris", "mixture full iris"):
        key = name, "cortex-m0plus", "-Os"
        ours, other = by[*key, "emlrt"], by[*key, "emlearn"]
        what = f"{name}: program"
        found.append(goal(what, ours["program"], other["program"], "bytes"))
    ours = by["GaussianNB iris", "cortex-m0plus", "-Os", "emlrt prepared"]
    what = "GaussianNB iris: program of constants"
    found.append(goal(what, ours["program"], 1984, "bytes"))
    return found


def main() -> None:
    """Measure, print and write."""
    warnings.simplefilter("ignore")
    rows: list[Row] = []
    for case in cases():
        progress(case.name)
        rows += instruction_rows(case)
        if "iris" in case.name:
            rows += program_rows(case)
    columns = ("model", "target", "opt", "contestant", "instructions", "vs")
    columns += ("agree", "error", "program", "blob", "note")
    print_table("Gaussian models", rows, columns)
    print_table("Goals", goals(rows), GOAL_COLUMNS)
    write_csv("gaussians", rows, NOTES)


if __name__ == "__main__":
    main()
