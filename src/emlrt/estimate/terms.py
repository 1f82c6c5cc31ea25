# SPDX-License-Identifier: MIT
"""What a stage does on some rows, counted in terms that have a price on each core.

Terms are named by the op or the family whose loop they are: "dense.single" is a product
and a sum of a dense layer. `floats` adds those of software's float operations.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.dtypes import dtype_of
from emlrt.inspect import oblivious
from emlrt.inspect.trees import exponents, leaf_numbers, trees_header

from . import floats, fourier, integers, kernels, orders, signals, vectors, walks
from .distances import apart
from .floats import Counts

#: Terms of a stage: of each row, or one number for all rows.
Terms = dict[str, Any]
Numbers = NDArray[Any]
Rule = Callable[[Stage, Numbers, Numbers], Terms]


def _trees(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    return tree_terms(stage, walks.walk(stage, x), y, None)


def tree_terms(
    stage: Stage, found: walks.Walk, y: Numbers, majority: int | None
) -> Terms:
    """Terms of a trees stage. majority: of votes, where a call ends as soon as a class
    is certain: more votes than this."""
    _, kind, record = stage.name.split("_")
    n_trees, shift = found.places.shape[1], trees_header(stage)["leaf_shift"]
    until = np.full(len(found.places), n_trees)
    terms: Terms = {f"trees.{kind}": 1.0}
    if kind == "soft":
        votes = walks.soft_votes(stage, found.places, majority)
        until = votes.until
        asked = np.arange(n_trees) < until[:, None]
        form = trees_header(stage)["item"]
        terms["soft.row"] = (votes.rows & asked).sum(1)
        terms[f"item.{form:x}"] = (votes.items * asked).sum(1)
        terms["soft.class"] = stage.target.count
    elif kind == "vote":
        decided = np.zeros(len(found.places), np.bool_)
        if majority is not None:
            until, decided = walks.hard_until(stage, found.places, majority + 1)
        terms["vote.class"] = stage.target.count
        terms["vote.counted"] = stage.target.count * ~decided
    terms |= _walked(found, record, until)
    terms[f"tree.{kind}{shift}"] = until
    if kind == "sum":
        terms |= _integer_sums(stage, y, n_trees, shift)
    elif kind == "add":
        terms |= _float_sums(stage, found)
    return terms


def _walked(found: walks.Walk, record: str, until: Numbers) -> Terms:
    """What happens at splits of the trees that are asked."""
    asked = np.arange(found.places.shape[1]) < until[:, None]
    return {
        f"{record}.{name}": (n * asked).sum(1)
        for name, n in found.events.items()
        if n.any()
    }


def _integer_sums(stage: Stage, y: Numbers, n_trees: int, shift: int) -> Terms:
    """Sums of integers, and their way to floats."""
    return {f"number.{shift}": n_trees * stage.target.count, **_scaled(stage, y)}


def _scaled(stage: Stage, y: Numbers) -> Terms:
    """Integers that become floats, whose digits move to the left end."""
    found = np.abs(y.astype(np.float64))
    top = np.floor(np.log2(np.where(found > 0, found, 1)))
    shifts = np.clip(31 - (top - exponents(stage)), 0, 31)
    return {
        "scale.score": stage.target.count,
        "scale.digits": (found > 0).sum(1),
        "scale.shift": np.where(found > 0, shifts, 0).sum(1),
        "scale.minus": (y < 0).sum(1),
    }


def _float_sums(stage: Stage, found: walks.Walk) -> Terms:
    leaves = leaf_numbers(stage)[found.places].astype(np.float32)
    start = np.zeros((len(leaves), stage.target.count), np.float32)
    events, _ = floats.sums(start, leaves)
    return {"add.score": stage.target.count, "add.number": leaves[0].size, **events}


def _oblivious(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    trees = oblivious.trees(stage)
    feature = np.array([f for tree in trees for f in tree.feature], np.int64)
    threshold = np.array([t for tree in trees for t in tree.threshold], np.int64)
    shift = int(np.frombuffer(stage.payload, "<u4", 2)[1])
    return {
        "oblivious": 1.0,
        "oblivious.tree": len(trees),
        "oblivious.question": len(feature),
        "oblivious.yes": (x[:, feature].astype(np.int64) > threshold).sum(1),
        f"oblivious.number{shift}": len(trees) * stage.target.count,
        **_scaled(stage, y),
    }


def _bucketize(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    table = np.frombuffer(
        stage.payload, dtype_of("emlrt_bucketize"), stage.target.count
    )
    found_keys = np.frombuffer(stage.payload, "<i4", offset=table.nbytes)
    x_keys, at, source = walks.keys(x), 0, table["source"].astype(np.int64)
    searched = (source & lib.EMLRT_BUCKETIZE_AGAIN) == 0
    steps: list[Numbers] = [np.zeros(len(x))] * 4
    for column in np.flatnonzero(searched).tolist():
        mine, at = (
            found_keys[at : at + table["count"][column]],
            at + int(table["count"][column]),
        )
        own = x_keys[:, source[column] >> 2]
        steps = [a + b for a, b in zip(steps, _searched(mine, own), strict=True)]
    names = ("half", "half_up", "fixed", "fixed_up")
    return {
        stage.name: 1.0,
        "bins.column": len(table),
        "bins.search": int(searched.sum()),
        "bins.minus": (x_keys[:, source[searched] >> 2] < 0).sum(1),
    } | {f"bins.{name}": n for name, n in zip(names, steps, strict=True)}


def _searched(table: Numbers, own: Numbers) -> tuple[Numbers, ...]:
    """Steps of the two searches of the runtime, and those that go up, of each row."""
    position = np.searchsorted(table, own)
    half, up = np.zeros(len(own)), np.zeros(len(own))
    low, count = np.zeros(len(own), np.int64), np.full(len(own), len(table))
    while (count > 0).any():
        middle, on = count >> 1, count > 0
        goes = on & (position > low + middle)
        half, up = half + on, up + goes
        low = np.where(goes, low + middle + 1, low)
        count = np.where(goes, count - middle - 1, np.where(on, middle, 0))
    left, fixed, fixed_up = len(table), 0, np.zeros(len(own))
    low = np.zeros(len(own), np.int64)
    while left > 1:
        part = left >> 1
        goes = position > low + part - 1
        low, fixed, fixed_up = low + goes * part, fixed + 1, fixed_up + goes
        left -= part
    return half, up, np.full(len(own), fixed), fixed_up


def _dense(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    n, m = stage.source.count, stage.target.count
    numbers = np.frombuffer(stage.payload, "<f4", offset=4)
    bias, flat = numbers[:m], numbers[m:]
    tiles, rest = divmod(m, 4)
    parts = [flat[: 4 * n * tiles].reshape(tiles, n, 4).transpose(1, 0, 2)]
    weights = parts[0].reshape(n, 4 * tiles)
    if rest:
        weights = np.hstack([weights, flat[4 * n * tiles :].reshape(n, rest)])
    relu = int(np.frombuffer(stage.payload, "<u4", 1)[0])
    return {
        "dense": 1.0,
        "dense.tile": tiles,
        "dense.rest": rest,
        "dense.fours": (n // 4) * tiles,
        "dense.ones": (n % 4) * tiles,
        "dense.single": n * rest,
        "dense.relu": m * relu,
        **_products(x, weights, bias),
    }


def _products(x: Numbers, weights: Numbers, start: Numbers) -> Counts:
    """Events of x times a matrix, added up input by input from a start."""
    found: Counts = {}
    step = max(1, 4_000_000 // max(1, weights.size))
    parts = []
    for at in range(0, len(x), step):
        some = x[at : at + step, :, None].astype(np.float32)
        matrix = np.broadcast_to(weights, (len(some), *weights.shape))
        with np.errstate(all="ignore"):
            terms = some * matrix
        first = np.broadcast_to(start, (len(some), len(start))).astype(np.float32)
        events, _ = floats.sums(first, terms)
        factors = floats.muls(np.broadcast_to(some, terms.shape), matrix)
        parts.append(events | factors)
    for name in parts[0] if parts else ():
        found[name] = np.concatenate([part[name] for part in parts])
    return found


def _affine(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    n = stage.source.count
    flags = int(np.frombuffer(stage.payload, "<u4", 1)[0])
    rows = iter(np.frombuffer(stage.payload, "<f4", offset=4).reshape(-1, n))
    value = x.astype(np.float32)
    events: Counts = {}
    terms: Terms = {"affine": 1.0, "affine.number": n}
    for flag in (1, 2, 4, 8):
        if not flags & flag:
            continue
        other = np.broadcast_to(next(rows), value.shape)
        with np.errstate(all="ignore"):
            if flag == lib.EMLRT_AFFINE_SCALE:
                found, after = floats.muls(value, other), value * other
            else:
                other = other if flag == lib.EMLRT_AFFINE_OFFSET else -other
                found, after = floats.adds(value, other), value + other
        kind = "mul" if flag == lib.EMLRT_AFFINE_SCALE else "add"
        terms[f"affine.{kind}"] = terms.get(f"affine.{kind}", 0) + n
        events, value = floats.total(events, found), after
    return terms | events


def _per_item(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    """Distances to items whose rows follow a head of 4 bytes."""
    n, m = stage.source.count, stage.target.count
    metric = int(np.frombuffer(stage.payload, "<u2", 1)[0])
    items = np.frombuffer(stage.payload, "<f4", offset=4).reshape(m, n)
    return {
        "distances": 1.0,
        "distances.item": m,
        f"distances.number{metric}": m * n,
        **apart(x, items, metric)[0],
    }


def _nearest(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    n, k = stage.source.count, stage.target.count // 2
    n_items = int(np.frombuffer(stage.payload, "<u4", 1)[0])
    metric = int(np.frombuffer(stage.payload, "<u2", 4)[3])
    items = np.frombuffer(stage.payload, "<f4", offset=8).reshape(n_items, n)
    counts: Terms = {"nearest": 1.0, "nearest.item": n_items}
    number, put, moved = (np.zeros(len(x)) for _ in range(3))
    events: list[Counts] = []
    for i, row in enumerate(x):
        _, so_far = apart(row[None], items, metric)
        sums, seen = so_far[0], np.zeros(n_items, np.int64)
        best: list[float] = []
        for j, own in enumerate(sums):
            limit = best[-1] if len(best) == k else np.inf
            stops = np.flatnonzero(own >= limit)
            seen[j] = stops[0] + 1 if stops.size else n
            if not stops.size:
                place = int(np.searchsorted(best, own[-1], side="right"))
                moved[i] += max(0, min(len(best), k - 1) - place)
                best.insert(place, float(own[-1]))
                del best[k:]
                put[i] += 1
        number[i] = seen.sum()
        share = apart(row[None], items[:: max(1, n_items // 64)], metric)[0]
        whole = len(items[:: max(1, n_items // 64)]) * n
        events.append({name: c * number[i] / whole for name, c in share.items()})
    counts |= {f"nearest.number{metric}": number}
    counts |= {"nearest.put": put, "nearest.move": moved, "nearest.k": k}
    names = events[0] if events else {}
    return counts | {name: np.concatenate([e[name] for e in events]) for name in names}


def _gauss(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    n, m = stage.source.count, stage.target.count
    flags = int(np.frombuffer(stage.payload, "<u4", 1)[0])
    name = f"{stage.name}{flags}"
    small: Terms = {f"{name}.number": n * m}
    if stage.name == "gauss_full":
        steps = -(-n // 4)
        small |= {
            f"{name}.pair": m * n * (n + 1) / 2,
            f"{name}.step": m * steps,
            f"{name}.input": m * sum(n - 4 * i for i in range(steps)),
        }
    else:
        # Three and two components are taken together, others by fours.
        groups = {m: 1} if m in (2, 3) else {4: m // 4, 1: m % 4}
        if not flags:
            small = {f"{name}.input{width}": n * k for width, k in groups.items()}
            small |= {f"{name}.some{width}": k for width, k in groups.items()}
    terms = {stage.name: 1.0, f"{stage.name}.score": m}
    terms |= small
    if stage.name == "gauss_full":
        return terms | _full_events(stage, x, flags)
    return terms | (_gauss_events(stage, x) if name == "gauss_diag0" else {})


def _full_events(stage: Stage, x: Numbers, flags: int) -> Counts:
    """Events of all components: differences are taken once for four rows of a
    factor, of which the first group is the one that is not full."""
    n, m = stage.source.count, stage.target.count
    numbers = np.frombuffer(stage.payload, "<f4", offset=4)[m:]
    means, numbers = numbers[: n * m].reshape(m, n), numbers[n * m :]
    lows = means * 0
    if flags & lib.EMLRT_GAUSS_LOW:
        lows, numbers = numbers[: n * m].reshape(m, n), numbers[n * m :]
    events: list[Counts] = []
    for mean, low in zip(means, lows, strict=True):
        factor = numbers[: n * (n + 1) // 2]
        if not flags & lib.EMLRT_GAUSS_SHARED:
            numbers = numbers[len(factor) :]
        events += _norm_events(x.astype(np.float32), mean, low, factor)
    return floats.total(*events)


def _norm_events(x: Numbers, mean: Numbers, low: Numbers, factor: Numbers) -> Any:
    """Events of one component."""
    edge, rows, n, at = 0, (x.shape[1] - 1) % 4 + 1, x.shape[1], 0
    total = np.zeros(len(x), np.float32)
    while edge < n:
        used = edge + rows
        apart = x[:, :used] - mean[:used]
        yield floats.adds(x[:, :used], np.broadcast_to(-mean[:used], apart.shape))
        if low.any():
            yield floats.adds(apart, np.broadcast_to(-low[:used], apart.shape))
            apart = apart - low[:used]
        # Row r of the group (the last is 0) has its numbers where inputs are used.
        widths = [rows] * edge + list(range(rows, 0, -1))
        starts = at + np.cumsum(widths) - widths
        at += sum(widths)
        for row in range(rows - 1, -1, -1):
            own = np.flatnonzero(np.array(widths) > row)
            numbers = np.broadcast_to(factor[starts[own] + row], (len(x), len(own)))
            with np.errstate(all="ignore"):
                products = numbers * apart[:, own]
            yield floats.muls(numbers, apart[:, own])
            found, sums = floats.sums(np.zeros(len(x), np.float32), products)
            with np.errstate(all="ignore"):
                squares = sums * sums
            yield found
            yield floats.muls(sums, sums)
            yield floats.adds(total, squares)
            total = total + squares
        edge, rows = used, 4


def _gauss_events(stage: Stage, x: Numbers) -> Counts:
    """Events of sums of ((x - mean) * factor)^2, of each component."""
    n, m = stage.source.count, stage.target.count
    numbers = np.frombuffer(stage.payload, "<f4", offset=4)[m:].reshape(n, 2, m)
    some = np.broadcast_to(x[:, :, None].astype(np.float32), (len(x), n, m))
    means = np.broadcast_to(numbers[:, 0], some.shape)
    factors = np.broadcast_to(numbers[:, 1], some.shape)
    with np.errstate(all="ignore"):
        apart = some - means
        scaled = apart * factors
        squares = scaled * scaled
    start = np.zeros((len(x), m), np.float32)
    return floats.total(
        floats.adds(some, -means),
        floats.muls(apart, factors),
        floats.muls(scaled, scaled),
        floats.sums(start, squares)[0],
    )


def _plain(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    """Of any other op: what it reads, writes, and has in its payload."""
    n, m, name = stage.source.count, stage.target.count, stage.name
    words = stage.payload_bytes / 4
    return {
        name: 1.0,
        f"{name}.in": n,
        f"{name}.out": m,
        f"{name}.word": words,
        f"{name}.pair": n * m,
        f"{name}.sorted": n * log2(max(n, 2)),
    }


def _softmax(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    return {"softmax": 1.0, "softmax.number": x.shape[1], **floats.softmax(x)}


def _each(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    """Of a function of each number; some are done at once where a number is 0, or
    large, or below 0."""
    name, size = stage.name, np.abs(x.astype(np.float64))
    terms: Terms = {name: 1.0, f"{name}.number": x.shape[1]}
    if name in _EXPONENTS:
        return terms | floats.exps(_EXPONENTS[name](x))
    return terms | {
        f"{name}.minus": (x < 0).sum(1),
        f"{name}.small": (size < 2**-12).sum(1),
        f"{name}.large": (size > 8).sum(1),
    }


def _weighted_sum(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    m, terms = stage.target.count, stage.payload_bytes // 4
    weights = np.frombuffer(stage.payload, "<f4")
    some = x.reshape(len(x), terms, m).astype(np.float32)
    factors = np.broadcast_to(weights[:, None], some.shape)
    with np.errstate(all="ignore"):
        products = some * factors
    events, _ = floats.sums(products[:, 0], products[:, 1:])
    return {
        "weighted_sum": 1.0,
        "weighted_sum.score": m,
        "weighted_sum.number": m * terms,
        **floats.total(events, floats.muls(some, factors)),
    }


#: What some of them take e to the power of.
_EXPONENTS: dict[str, Callable[[Numbers], Numbers]] = {
    "exp": lambda x: x,
    "logistic": lambda x: -x,
    "silu": lambda x: -x,
}
#: Ops whose function takes each number by itself.
EACH = (
    *("logistic", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "erf", "ndtri"),
    *("cos", "abs", "square", "reciprocal", "softplus", "softsign", "silu", "gelu"),
    *("gelu_tanh", "elu", "clip", "step", "complement"),
    *("ndtri_two_sided", "cast_u8", "cast_i16", "votes_to_proba"),
)
RULES: dict[str, Rule] = {
    "dense": _dense,
    "affine": _affine,
    "weighted_sum": _weighted_sum,
    "distances": _per_item,
    "nearest": _nearest,
    "bucketize_u8": _bucketize,
    "bucketize_i16": _bucketize,
    "oblivious_u8": _oblivious,
    "gauss_diag": _gauss,
    "gauss_full": _gauss,
    "softmax": _softmax,
    "stft": fourier.stft_terms,
    "bands": fourier.bands_terms,
    **signals.SIGNALS,
    **dict.fromkeys(kernels.LIKENESS, kernels.kernel_terms),
    **dict.fromkeys(EACH, _each),
    **vectors.VECTORS,
    **integers.INTEGERS,
    **orders.ORDERS,
}


def of_signals() -> frozenset[str]:
    """The ops of signals whose loops are counted."""
    rules = {**signals.SIGNALS, **integers.INTEGERS, **orders.ORDERS}
    return frozenset({"stft", "bands", *rules})


def stage_terms(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    """Terms of a stage.

    x, y: (n_rows, n), what the stage reads and writes of each row.
    """
    if stage.name.startswith("trees_"):
        return _trees(stage, x, y)
    return RULES.get(stage.name, _plain)(stage, x, y)
