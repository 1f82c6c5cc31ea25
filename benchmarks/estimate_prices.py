# SPDX-License-Identifier: MIT
"""Fits the prices of emlrt.estimate to what emulated cores count.

    python benchmarks/estimate_prices.py [core...]

Writes src/emlrt/estimate/prices.xz, a text a core. Counts are kept in build/counts.
"""

from __future__ import annotations

import fcntl
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import write_csv
from core_counts import KEPT, Counts, counts, stages_fit
from estimate_models import kept
from estimate_tests import models as test_models
from estimate_tests import small_models
from scipy.optimize import nnls

from emlrt import blob as blobs
from emlrt.emulate import TARGETS, measure
from emlrt.emulate.facts import facts
from emlrt.estimate import CORES, tables
from emlrt.estimate.calls import Seen, call_kind, majority, open_terms
from emlrt.estimate.floats import SHARED
from emlrt.estimate.prices import FILE, SAME, without_dtype
from emlrt.estimate.prices import price as price_of
from emlrt.estimate.terms import RULES
from emlrt.native import Runtime, constants

sys.path.append(str(Path(__file__).resolve().parents[1] / "docs"))
from sections import all_ops

OPS = tuple(all_ops())
#: Whether to count what is not kept yet.
MEASURE = "--kept" not in sys.argv
#: Terms that may make a run cheaper: what is done at once.
SIGNED = (*SHARED, "run", "classify", "proba", "majority", "scale.")
SIGNED_ENDS = (".minus", ".small", ".large", "end_left", "end_right", ".put", ".nan")
#: How much a price is drawn to 0, of what it would change a run by.
RIDGE = 1e-3

#: The core that is compared by small models.
SMALL = "atmega328p"
#: Share of the rows left out that an op's error holds for.
WITHIN = 0.9
#: Parts of an op's models that are left out one after the other.
PARTS = 7
KINDS = {name.lower() for name in constants("EMLRT_OUTPUT_")}
NOTES = (
    "estimate: mean of 8 rows by emlrt.estimate's prices, which are fitted to other"
    " models; counted: instructions (AVR: cycles) on the emulated core",
)

Row = tuple[dict[str, float], float]


@dataclass(frozen=True, eq=False)
class Known:
    """A model whose terms are counted."""

    name: str
    blob: bytes
    rows: Any
    seen: Seen

    def stage(self, at: int, row: int, votes: int | None = None) -> dict[str, float]:
        return of_row(self.seen.stage(at, votes), row)


def of_row(terms: Mapping[str, Any], row: int) -> dict[str, float]:
    """One row's terms."""
    found = {}
    for name, n in terms.items():
        one = np.asarray(n, float)
        value = float(one[row] if one.ndim else one)
        if value:
            found[name] = value
    return found


def known_models(named: Any) -> list[Known]:
    """Models, and what their stages do on the rows."""
    found = []
    for name, model, X in named:
        blob = bytes(model)
        runtime = Runtime(blob)
        seen = Seen(blobs.read(blob, runtime), runtime, facts(blob), X)
        found.append(Known(name, blob, X, seen))
    return found


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def signed(name: str) -> bool:
    return name.startswith(SIGNED) or name.endswith(SIGNED_ENDS)


def fit(rows: list[Row], whole: list[float] | None = None) -> dict[str, float]:
    """Prices of terms: least squares of relative errors, of `whole` if given, and none
    below 0 but of those that may be."""
    names = sorted({name for terms, _ in rows for name in terms})
    if not names:
        return {}
    at = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)))
    for i, (terms, _) in enumerate(rows):
        for name, n in terms.items():
            table[i, at[name]] = n
    counted = np.array([count for _, count in rows])
    weight = 1 / np.maximum(np.array(whole if whole else counted), 1)
    scaled, right = table * weight[:, None], counted * weight
    most = np.abs(scaled).max(0)
    most[most == 0] = 1
    scaled = scaled / most
    both = [i for i, name in enumerate(names) if signed(name)]
    wide = np.hstack([scaled, -scaled[:, both]])
    drawn = RIDGE * np.eye(wide.shape[1])
    found, _ = nnls(
        np.vstack([wide, drawn]),
        np.concatenate([right, np.zeros(len(drawn))]),
        maxiter=20 * wide.shape[1],
    )
    prices = found[: len(names)].copy()
    prices[both] -= found[len(names) :]
    prices /= most
    return {n: float(p) for n, p in zip(names, prices, strict=True) if abs(p) > 1e-4}


def price(terms: Mapping[str, float], prices: Mapping[str, float]) -> float:
    return sum(n * prices.get(name, 0.0) for name, n in terms.items())


def stage_rows(some: list[tuple[Known, Counts]]) -> list[tuple[str, Row]]:
    """Each stage of each row, by its op."""
    found = []
    for known, counted in some:
        for at, stage in enumerate(known.seen.stages):
            for row in range(len(known.rows)):
                value = float(counted.stages[row, at])
                found.append((stage.name, (known.stage(at, row), value)))
    return found


def call_rows(
    some: list[tuple[Known, Counts]], call: str, prices: Mapping[str, float]
) -> tuple[list[Row], list[float]]:
    """What calls count beside their stages, and what they count in all."""
    found, whole = [], []
    for known, counted in some:
        if call not in counted.calls:
            continue
        votes = majority(known.seen.program) if call == "classify" else None
        for row in range(len(known.rows)):
            stages = float(counted.stages[row].sum())
            if votes is not None:
                stages = price(known.stage(0, row, votes), prices)
            value = float(counted.calls[call][row])
            own = of_row(known.seen.call(call), row)
            shared = {name: own.pop(name) for name in list(own) if name in prices}
            found.append((own, value - stages - price(shared, prices)))
            whole.append(value)
    return found, whole


def open_rows(some: list[tuple[Known, Counts]]) -> list[Row]:
    return [
        (of_row(open_terms(known.seen.program, known.seen.known), 0), float(c.opened))
        for known, c in some
    ]


def stacks(some: list[tuple[Known, Counts]]) -> dict[str, int]:
    """Stack of each op, alone in a run and in emlrt_open, and what calls add."""
    found: dict[str, int] = defaultdict(int)
    opens: dict[str, int] = {}
    for known, counted in some:
        names = [stage.name for stage in known.seen.stages]
        for name, n in zip(names, counted.stage_stacks, strict=True):
            found[name] = max(found[name], n)
        for name in names:
            opens[f"open.{name}"] = min(
                opens.get(f"open.{name}", 1 << 30), counted.open_stack
            )
    more: dict[str, int] = {}
    for known, counted in some:
        deepest = max(found[stage.name] for stage in known.seen.stages)
        for call, n in counted.call_stacks.items():
            kind = call_kind(known.seen.program, call)
            more[kind] = max(more.get(kind, 0), n - deepest)
    return dict(found) | opens | more


def off(rows: list[tuple[str, Row]], prices: Mapping[str, float]) -> dict[str, Any]:
    """Relative errors by op."""
    found: dict[str, list[float]] = defaultdict(list)
    for op, (terms, value) in rows:
        found[op].append(price(terms, prices) / value - 1)
    return {op: np.array(errors) for op, errors in found.items()}


def op_errors(
    some: list[tuple[Known, Counts]], prices: Mapping[str, float]
) -> dict[str, float]:
    """The largest error of each op's stages, relative to the estimate. But for trees
    it is at least what a share of WITHIN of the rows stay below that are priced anew
    without their models, if others have the same terms. Of an op in a single model a
    row is left out if its steps are counted; another is taken to be as far off as the
    furthest.
    """
    stages: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for known, counted in some:
        for op, row in stage_rows([(known, counted)]):
            stages[op][known.name].append(row)
    found, single = {}, []
    for op, models in stages.items():
        rows = [row for own in models.values() for row in own]
        found[op] = max(_beyond(row, prices) for row in rows)
        if op.startswith("trees_"):
            continue
        if len(models) > 1 or op in RULES:
            parts = _parted(models) if len(models) > 1 else _by_row(models)
            without = list(_left_out(op, parts, prices))
            found[op] = max(found[op], float(np.quantile(without, WITHIN)))
        else:
            single.append(op)
    return found | dict.fromkeys(single, max(found.values()))


def _beyond(row: Row, prices: Mapping[str, float]) -> float:
    terms, value = row
    return abs(value / max(price(terms, prices), 1.0) - 1)


def _parted(models: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """Models in at most so many parts, that each model is left out with few others."""
    found: dict[str, list[Row]] = defaultdict(list)
    for i, rows in enumerate(models.values()):
        found[str(i % PARTS)] += rows
    return found


def _by_row(models: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """Each row as a model of its own."""
    rows = [row for own in models.values() for row in own]
    return {str(i): [row] for i, row in enumerate(rows)}


def _left_out(
    op: str, models: Mapping[str, list[Row]], prices: Mapping[str, float]
) -> Iterator[float]:
    """Errors of each model's stages by prices of the others'."""
    own = {
        name: [_own(op, row, prices) for row in rows] for name, rows in models.items()
    }
    for out, rows in models.items():
        others = [row for name, some in own.items() if name != out for row in some]
        whole = [n for name, some in models.items() if name != out for _, n in some]
        known = {term for terms, _ in others for term in terms}
        if any(term not in known for terms, _ in own[out] for term in terms):
            yield from (_beyond(row, prices) for row in rows)  # the only one with flags
            continue
        found = {k: v for k, v in prices.items() if not is_own(k, op)}
        found |= fit(others, whole)
        yield from (_beyond(row, found) for row in rows)


def is_own(term: str, op: str) -> bool:
    """Whether a term is named by an op, with or without flags."""
    return re.fullmatch(rf"{op}\d*(\..*)?", term) is not None


def _own(op: str, row: Row, prices: Mapping[str, float]) -> Row:
    """What is left for an op's own terms."""
    terms, value = row
    own = {k: n for k, n in terms.items() if is_own(k, op)}
    rest = {k: n for k, n in terms.items() if k not in own}
    return own, value - price(rest, prices)


def fitted(
    core: str, opt: str, models: list[Known]
) -> tuple[dict[str, float], dict[str, int], dict[str, float]]:
    """Prices, stacks and errors of ops of a core."""
    some = []
    for known in models:
        if not stages_fit(known.blob, core):
            continue
        try:
            some.append(
                (known, counts(known.blob, known.rows, core, opt, OPS, MEASURE))
            )
        except (ValueError, RuntimeError):
            continue  # too large for the core
    tell(f"{core} {opt}: {len(some)} models")
    rows = stage_rows(some)
    prices = fit([row for _, row in rows])
    for call in ("run", "classify", "proba"):
        prices |= fit(*call_rows(some, call, prices))
    prices |= fit(open_rows(some))
    by_op = sorted(off(rows, prices).items(), key=lambda e: -abs(e[1]).max())
    for op, errors in by_op[:40]:
        tell(f"  {op}: {abs(errors).mean():.3f} {abs(errors).max():.3f}")
    totals = defaultdict(list)
    for known, counted in some:
        for call in counted.calls:
            for row in range(len(known.rows)):
                terms = of_row(known.seen.total(call), row)
                ratio = price(terms, prices) / counted.calls[call][row] - 1
                totals[call].append((abs(ratio), known.name))
    for call, errors in totals.items():
        values = np.array([e for e, _ in errors])
        tell(
            f"  {call}: mean {values.mean():.3f}, 95 % {np.quantile(values, 0.95):.3f},"
            f" most {values.max():.3f} {[n[:40] for _, n in sorted(errors)[-4:]]}"
        )
    opened = np.array([price(t, prices) / v - 1 for t, v in open_rows(some)])
    tell(f"  open: {abs(opened).mean():.3f} {abs(opened).max():.3f}")
    return prices, stacks(some), op_errors(some, prices)


def beside(
    core: str, opt: str, tests: list[Known], prices: Any
) -> list[dict[str, Any]]:
    """Estimates of the test models and what the core counts, of each call."""
    found = []
    for known in tests:
        try:
            counted = counts(known.blob, known.rows, core, opt, OPS, MEASURE)
        except (ValueError, RuntimeError):
            continue  # too large for the core
        for call, real in counted.calls.items():
            terms = known.seen.total(call)
            n = len(known.rows)
            estimate = float(price_of(terms, prices, n).mean())
            ratio = estimate / float(real.mean())
            names = {"core": core, "opt": opt, "model": known.name, "call": call}
            found.append(
                {**names, "estimate": estimate, "counted": real.mean(), "ratio": ratio}
            )
    return found


def overhead(core: str, opt: str) -> dict[str, float]:
    """What the driver of AVR's stages and calls takes beside each call."""
    if TARGETS[core].family != "avr":
        return {}
    _, model, X = next(m for m in kept() if len(facts(bytes(m[1])).calls) == 3)
    alone = counts(bytes(model), X, core, opt, OPS)
    return {
        call: float(n[0] - measure(bytes(model), X[:1], core=core, call=call).counts[0])
        for call, n in alone.calls.items()
    }


def without_driver(core: str, opt: str, prices: dict[str, float]) -> dict[str, float]:
    """Prices of calls without the driver's own share, where AVR's has one."""
    prices = dict(prices)
    for call, n in overhead(core, opt).items():
        for name in [k for k in prices if k == call or ends_kind(k, call)]:
            prices[name] -= n
        for name in ("majority.vote", "majority.soft") if call == "classify" else ():
            prices[name] = prices.get(name, 0.0) - n
    return prices


def text_of(prices: Any, deep: Any, errors: Any, usual: float, met: list[str]) -> str:
    """A core's table."""
    lines = ["[-O2]", f"error {usual:.3f}"]
    lines += [f"error.{op} {e:.2f}" for op, e in sorted(errors.items()) if e > usual]
    lines += [f"tested.{op} 1" for op in met]
    lines += [f"{name} {value:.5g}" for name, value in sorted(prices.items())]
    lines += [f"stack.{name} {n}" for name, n in sorted(deep.items())]
    return "\n".join(lines) + "\n"


def compared(core: str, tests: list[Known], prices: Any) -> float:
    """Keeps the test models' estimates beside what a core counts; the largest error."""
    rows = beside(core, "-O2", tests, prices)
    rows_by_error = sorted(rows, key=lambda row: -abs(row["ratio"] - 1))
    tell(f"  {core}, {len(rows)} tests:")
    for row in rows_by_error[:8]:
        tell(f"    {row['model']} {row['call']} {row['ratio']:.3f}")
    (KEPT / f"tests.{core}.json").write_text(json.dumps(rows), encoding="utf-8")
    return float(max(abs(1 / row["ratio"] - 1) for row in rows))


def main() -> None:
    models = known_models(kept())
    tests = known_models(list(test_models()))
    given = [word for word in sys.argv[1:] if word != "--kept"] or CORES
    for core in sorted(given, key=lambda core: core in SAME):
        if core in SAME:  # the driver's share, which the tests' counts have, is left
            place = KEPT / f"prices.{SAME[core]}.json"
            some = known_models(list(small_models())) if core == SMALL else tests
            compared(core, some, json.loads(place.read_text(encoding="utf-8")))
            continue
        prices, deep, errors = fitted(core, "-O2", models)
        (KEPT / f"prices.{core}.json").write_text(json.dumps(prices), encoding="utf-8")
        usual = compared(core, tests, prices)
        met = tested({row["model"] for row in kept_rows(core)}, tests)
        text = text_of(without_driver(core, "-O2", prices), deep, errors, usual, met)
        with (KEPT / "lock").open("w") as lock:  # several processes may fit
            fcntl.flock(lock, fcntl.LOCK_EX)
            tables.read.cache_clear()
            tables.write(FILE, {**tables.read(FILE), core: text})
    write_csv("estimates", [row for core in CORES for row in kept_rows(core)], NOTES)


def kept_rows(core: str) -> list[dict[str, Any]]:
    """The test models of a core, if they were compared."""
    place = KEPT / f"tests.{core}.json"
    return json.loads(place.read_text(encoding="utf-8")) if place.exists() else []


def tested(names: set[str], tests: list[Known]) -> list[str]:
    """Ops of the test models of these names and of their calls, without dtypes."""
    found = [facts(known.blob) for known in tests if known.name in names]
    ops = [op for each in found for op in (*each.ops, *sum(each.call_ops.values(), ()))]
    return sorted({without_dtype(op) for op in ops})


def ends_kind(name: str, call: str) -> bool:
    """Whether a term is a call's own of a kind of scores, once a call."""
    parts = name.split(".")
    return len(parts) == 2 and parts[0] == call and parts[1] in KINDS


if __name__ == "__main__":
    main()
