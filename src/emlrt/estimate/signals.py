# SPDX-License-Identifier: MIT
"""Terms of filters and of features of windows: how often each of their loops goes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.dtypes import dtype_of

from . import floats
from .floats import Counts
from .fourier import head

Numbers = NDArray[Any]
Terms = dict[str, Any]


def biquads(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_biquads")
    kind = dtype_of("emlrt_biquad")
    forms = np.frombuffer(
        stage.payload, kind, offset=dtype_of("emlrt_biquads").itemsize
    )
    n = stage.source.count
    terms: Terms = {
        "biquads": 1.0,
        "biquads.sample": n,
        "biquads.section": len(forms) * own["channels"],
        "biquads.steady": len(forms) * own["channels"] * (own["flags"] & 1),
    }
    for form in forms["form"].tolist():
        name = f"biquads.form{form}"
        terms[name] = terms.get(name, 0) + n
    return terms


def fir(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_fir")
    size = dtype_of("emlrt_fir").itemsize
    taps, channels = (stage.payload_bytes - size) // 4, own["channels"]
    m, reach = stage.target.count, (taps - 1) * own["spacing"]
    early = min(m, -(-reach // own["step"]) * channels)
    fours = (m - early) // 4 if own["step"] == 1 else 0
    single = m - early - 4 * fours
    return {
        "fir": 1.0,
        "fir.out": m,
        "fir.early": early,
        "fir.early.tap": early * taps,
        "fir.four": fours,
        "fir.four.tap": fours * taps,
        "fir.single": single,
        "fir.single.tap": single * taps,
        "fir.stepped": single * (own["step"] != 1),
    }


def moving_mean(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_moving")
    n, channels, width = stage.source.count, own["channels"], own["width"]
    blocks = -(-n // channels // width) * channels
    some = x.reshape(len(x), -1, channels).astype(np.float32)
    return _mean_events(some, width) | {
        "moving_mean": 1.0,
        "moving_mean.sample": n,
        "moving_mean.block": blocks,
        "moving_mean.past": (width - 1) * channels,
        "moving_mean.before": (blocks - channels) * (width - 1),
    }


def _mean_events(x: Numbers, width: int) -> Counts:
    """Events of sums over the ends of blocks of the samples before, and of those over
    the starts of blocks, of windows (n_rows, n, channels)."""
    events: list[Counts] = []
    zero = np.zeros(x[:, 0].shape, np.float32)
    before = np.zeros((len(x), width, x.shape[2]), np.float32)
    for at in range(0, x.shape[1], width):
        block = x[:, at : at + width]
        events.append(floats.sums(zero, before[:, :0:-1])[0])
        events.append(floats.sums(zero, block)[0])
        with np.errstate(all="ignore"):
            ends = np.cumsum(before[:, :0:-1], axis=1)[:, ::-1]
            starts = np.cumsum(block, axis=1)
        ends = np.concatenate([ends, zero[:, None]], 1)[:, : block.shape[1]]
        events.append(floats.adds(ends, starts))
        before = block
    return floats.total(*events)


def moving_median(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_moving")
    n, channels, width = stage.source.count, own["channels"], own["width"]
    return {
        "moving_median": 1.0,
        "moving_median.sample": n,
        "moving_median.key": n * (width - 1),
        "moving_median.start": channels * width,
        "moving_median.start.key": channels * width * width,
    }


def exponential_mean(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_exponential_mean")
    n, flags = stage.source.count, own["flags"] & ~lib.EMLRT_EXPONENTIAL_FIRST
    return {
        "exponential_mean": 1.0,
        "exponential_mean.channel": own["channels"],
        f"exponential_mean.sample{flags}": n,
    }


#: Sums go on in parts of so many numbers.
_PART = 32


def windows(own: dict[str, Any], x: Numbers) -> Numbers:
    """Rows as (n_rows, length, channels). A channel with a number that is not finite is
    0: nothing is computed of it, which is nearly as cheap."""
    shape = len(x), own["length"], own["channels"]
    found = x.reshape(shape).astype(np.float32)
    return np.where(np.isfinite(found).all(1, keepdims=True), found, np.float32(0))


def _sum_events(terms: Numbers) -> Counts:
    """Events of sums over the samples of (n_rows, length, channels), in parts."""
    if not terms.shape[1]:
        return {}
    start = np.zeros(terms[:, 0].shape, np.float32)
    parts = [terms[:, at : at + _PART] for at in range(0, terms.shape[1], _PART)]
    found = [floats.sums(start, part) for part in parts]
    whole = np.stack([total for _, total in found], 1)
    events = floats.total(*(events for events, _ in found))
    return floats.total(events, floats.sums(start, whole)[0])


def _centred(x: Numbers) -> tuple[Counts, Counts, Numbers]:
    """Of windows: events of finding their mean, and of taking it away; and what is
    left, or NaN where that is not computed."""
    first = np.broadcast_to(x[:, :1], x.shape)
    with np.errstate(all="ignore"):
        apart = x - first
        rest = np.broadcast_to(apart.mean(1, keepdims=True), x.shape)
        left = apart - rest
    away = floats.adds(x, -first)
    mean = floats.total(away, _sum_events(apart))
    return mean, floats.total(away, floats.adds(apart, -rest)), left


def _product_events(a: Numbers, b: Numbers) -> Counts:
    """Events of a sum of products over the samples."""
    with np.errstate(all="ignore"):
        products = a * b
    return floats.total(floats.muls(a, b), _sum_events(products))


def _spread_events(x: Numbers) -> tuple[Counts, Counts, Numbers]:
    """Events of a mean and of the sum of squares about it; of taking the mean away;
    and what is left."""
    mean, away, left = _centred(x)
    return floats.total(mean, away, _product_events(left, left)), away, left


def _features(stage: Stage, x: Numbers) -> tuple[dict[str, Any], list[int], Terms]:
    """The head, the codes, and the terms that all features of windows have."""
    own = head(stage, "emlrt_features")
    at, n = dtype_of("emlrt_features").itemsize, own["n_codes"]
    codes = np.frombuffer(stage.payload, "<u2", n, at).tolist()
    name, channels = stage.name, own["channels"]
    return (
        own,
        codes,
        {
            name: 1.0,
            f"{name}.channel": channels,
            f"{name}.sample": channels * own["length"],
            f"{name}.code": channels * n,
        },
    )


def moments(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, codes, terms = _features(stage, x)
    asked = {f"EMLRT_MOMENTS_{name}" for name in ("MEAN", "MEAN_ABS", "SLOPE")}
    plain = {getattr(lib, name) for name in asked}
    n = own["length"] * own["channels"]
    powers, mask = bool(set(codes) - plain), set(codes)
    higher = powers and mask & {lib.EMLRT_MOMENTS_SKEW, lib.EMLRT_MOMENTS_KURTOSIS}
    sizes = mask & {
        *(lib.EMLRT_MOMENTS_MEAN_ABS, lib.EMLRT_MOMENTS_CREST),
        *(lib.EMLRT_MOMENTS_SHAPE, lib.EMLRT_MOMENTS_IMPULSE),
    }
    terms |= {
        "moments.powers": n * powers,
        "moments.higher": n * bool(higher),
        "moments.sizes": n * bool(sizes),
        "moments.line": n * (lib.EMLRT_MOMENTS_SLOPE in mask),
    }
    for code in codes:
        terms[f"moments.code{code}"] = own["channels"]
    mean, away, left = _centred(windows(own, x))
    events = [mean]
    if powers:
        events += [away, _product_events(left, left)]
    if lib.EMLRT_MOMENTS_SLOPE in mask:
        events += [away, _product_events(left, _places(left))]
    if sizes:
        events.append(_sum_events(np.abs(windows(own, x))))
    return terms | floats.total(*events)


def _places(x: Numbers) -> Numbers:
    """Twice the places of samples from the middle on."""
    twice = 2 * np.arange(x.shape[1], dtype=np.float32) + 1 - x.shape[1]
    return np.broadcast_to(twice[:, None], x.shape)


def extrema(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, codes, terms = _features(stage, x)
    steps = codes.count(lib.EMLRT_EXTREMA_MAX_STEP)
    terms["extrema.step"] = own["channels"] * own["length"] * steps
    for code in codes:
        terms[f"extrema.code{code}"] = own["channels"]
    if not steps:
        return terms
    found = windows(own, x)
    return terms | floats.adds(found[:, 1:], -found[:, :-1])


def crossings(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, codes, terms = _features(stage, x)
    for code in codes:
        name = f"crossings.code{code}"
        terms[name] = terms.get(name, 0) + own["channels"] * own["length"]
    found = windows(own, x)
    before, after = found[:, :-1], found[:, 1:]
    across = (np.signbit(before) != np.signbit(after)) & (before != 0) & (after != 0)
    events = []
    if lib.EMLRT_CROSSINGS_MEAN in codes:
        mean, away, _ = _centred(found)
        events += [mean, away]
    if lib.EMLRT_CROSSINGS_STEPS in codes:
        terms["crossings.across"] = across.sum((1, 2))
    steps = np.where(across, after, 0), np.where(across, -before, 0)
    for code in codes:
        if code == lib.EMLRT_CROSSINGS_STEPS:
            crossed = floats.adds(*steps)
            crossed["add.zero"] = crossed["add.zero"] - (~across).sum((1, 2))
            events.append(crossed)
        elif code > lib.EMLRT_CROSSINGS_STEPS:
            events.append(floats.adds(after, -before))
        if code > lib.EMLRT_CROSSINGS_SLOPE:
            events.append(_sum_events(np.abs(after - before)))
    return terms | floats.total(*events)


def autocorrelation(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, codes, terms = _features(stage, x)
    products = sum(own["length"] - lag for lag in codes)
    terms["autocorrelation.product"] = own["channels"] * products
    events, away, left = _spread_events(windows(own, x))
    n, more = own["length"], []
    for lag in codes:
        more.append(_product_events(left[:, : n - lag], left[:, lag:]))
        both = 2 * (n - lag) / n  # both factors are centred anew
        more.append({name: count * both for name, count in away.items()})
    return terms | floats.total(events, *more)


def hjorth(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, codes, terms = _features(stage, x)
    for code in codes:
        terms[f"hjorth.code{code}"] = own["channels"]
    found = [windows(own, x)]
    found += [np.diff(found[0], axis=1), np.diff(found[0], n=2, axis=1)]
    first, second = (floats.adds(d[:, 1:], -d[:, :-1]) for d in found[:2])
    # Differences are taken for the mean and for the squares; second ones of two.
    events = [_spread_events(each)[0] for each in found] + [first] * 6 + [second] * 2
    return terms | floats.total(*events)


def correlation(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, codes, _ = _features(stage, x)
    taken, held, pairs = [], -1, []
    for code in codes:
        first, second = code & 0xFF, code >> 8
        taken += [first, second] if first != held else [second]
        pairs.append((first, second))
        held = first
    found = windows(own, x)
    spread, away, _ = _spread_events(found[:, :, taken])
    _, _, left = _centred(found)
    both = 2 * len(pairs) / len(taken)
    events = [spread, {name: count * both for name, count in away.items()}]
    events += [_product_events(left[:, :, [a]], left[:, :, [b]]) for a, b in pairs]
    return floats.total(*events) | {
        "correlation": 1.0,
        "correlation.axis": len(taken),
        "correlation.sample": len(taken) * own["length"],
        "correlation.pair": len(codes),
        "correlation.product": len(codes) * own["length"],
    }


def detrend(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_channels")
    n, kind = stage.source.count, own["kind"]
    events, away, left = _spread_events(windows(own, x))
    if kind & lib.EMLRT_DETREND_LINE:
        line = _product_events(left, _places(left))
        events = floats.total(events, away, line)
    return events | {
        "detrend": 1.0,
        "detrend.channel": own["channels"],
        "detrend.sample": n,
        "detrend.line": n * bool(kind & lib.EMLRT_DETREND_LINE),
        "detrend.scaled": n * bool(kind & lib.EMLRT_DETREND_STANDARDIZE),
    }


def magnitude(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_channels")
    kind = own["kind"]
    return {
        "magnitude": 1.0,
        f"magnitude.row{kind}": own["length"],
        f"magnitude.number{kind}": stage.source.count,
    }


def tilt(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    return {"tilt": 1.0, "tilt.row": stage.target.count / 2}


def decibels(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, n = head(stage, "emlrt_decibels"), stage.source.count
    top = own["top"] >= 0
    raised = (y <= y.max(1, keepdims=True) - own["top"]).sum(1) if top else 0
    return {
        "decibels": 1.0,
        "decibels.number": n,
        "decibels.low": (x < own["floor"]).sum(1),
        "decibels.top": n * top,
        "decibels.raised": raised,
    }


#: The rules of ops, as `terms.RULES` has them.
SIGNALS = {
    "biquads": biquads,
    "fir": fir,
    "moving_mean": moving_mean,
    "moving_median": moving_median,
    "exponential_mean": exponential_mean,
    "moments": moments,
    "extrema": extrema,
    "crossings": crossings,
    "autocorrelation": autocorrelation,
    "hjorth": hjorth,
    "correlation": correlation,
    "detrend": detrend,
    "magnitude": magnitude,
    "tilt": tilt,
    "decibels": decibels,
}
