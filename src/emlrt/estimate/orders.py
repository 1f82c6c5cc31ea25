# SPDX-License-Identifier: MIT
"""Terms of order statistics and of peaks of windows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib
from emlrt.blob import Stage
from emlrt.dtypes import dtype_of

from .fourier import head
from .signals import windows
from .walks import keys

Numbers = NDArray[Any]
Terms = dict[str, Any]
#: Bits of the parts that keys are counted by.
_SHIFT = 5


def _columns(own: dict[str, Any], x: Numbers) -> Numbers:
    """Channels of rows: (n_rows, channels, length)."""
    return windows(own, x).transpose(0, 2, 1)


def _passes(own: Numbers, rank: int) -> int:
    """How often keys are counted until a rank is found."""
    low, span, n = int(own.min()), int(own.max() - own.min()), 0
    while span:
        n, shift = n + 1, max(0, span.bit_length() - _SHIFT)
        above = own - low
        parts = above[(above >= 0) & (above <= span)] >> shift
        counts = np.bincount(parts)
        ends = np.cumsum(counts)
        part = int(np.searchsorted(ends, rank, side="right"))
        rank -= int(ends[part] - counts[part])
        low, span = low + (part << shift), span - (part << shift)
        if span >> shift:
            span = (1 << shift) - 1
        if counts[part] == 1:
            break
    return n


def quantiles(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own, kind = head(stage, "emlrt_features"), dtype_of("emlrt_quantile")
    at = dtype_of("emlrt_features").itemsize
    asked = np.frombuffer(stage.payload, kind, own["n_codes"], at)
    names = ("found", "pass", "line", "distance", "end")
    counts = {name: np.zeros(len(x)) for name in names}
    for row, channels in enumerate(_columns(own, x)):
        for channel in channels:
            for name, n in _of_channel(asked, channel).items():
                counts[name][row] += n
    n = own["length"]
    terms: Terms = {f"quantiles.{name}": c for name, c in counts.items()}
    return terms | {
        "quantiles": 1.0,
        "quantiles.code": own["channels"] * own["n_codes"],
        "quantiles.found.sample": n * counts["found"],
        "quantiles.pass.sample": n * counts["pass"],
        "quantiles.distance.sample": n * counts["distance"],
        "quantiles.end.sample": n * counts["end"],
    }


def _of_channel(asked: Numbers, x: Numbers) -> dict[str, int]:
    """What the quantiles of a channel take: each rank that is found, passes for them,
    those of them over distances, passes that look for the ends, and quantiles between
    two samples."""
    own, last = keys(x), (-1, -1.0)
    found = {"found": 0, "pass": 0, "line": 0, "distance": 0, "end": 1}

    def take(of: Numbers, rank: int, fraction: float) -> None:
        found["found"] += 1
        found["pass"] += _passes(of, rank)
        found["line"] += fraction != 0

    for kind, rank, fraction in asked.tolist():
        if kind == lib.EMLRT_QUANTILE_SPREAD:
            take(own, rank, fraction)
            take(own, len(x) - 1 - rank - (fraction != 0), fraction)
            continue
        if (rank, fraction) != last:
            take(own, rank, fraction)
            last = rank, fraction
        if kind == lib.EMLRT_QUANTILE_DEVIATION:
            middle = np.sort(x)[rank : rank + 2].astype(np.float64)
            at = middle[0] + (middle[-1] - middle[0]) * fraction
            before = found["pass"]
            take(keys(np.abs(x - np.float32(at))), rank, fraction)
            found["distance"] += 1 + found["pass"] - before
            found["end"] += 1
    return found


def peaks(stage: Stage, x: Numbers, y: Numbers) -> Terms:
    own = head(stage, "emlrt_features")
    columns = _columns(own, x)
    n, distance = own["length"] * own["channels"], own["option"] > 2
    before, here, after = columns[..., :-2], columns[..., 1:-1], columns[..., 2:]
    tops = (here > before) & (here >= after) & (here >= own["low"])
    n_tops = tops.sum((1, 2))
    thinned = np.minimum(n_tops, n / max(own["option"], 1)) * distance
    prominent = own["high"] != 0
    words = -(-own["length"] // 32) * own["channels"]
    return {
        "peaks": 1.0,
        "peaks.channel": own["channels"],
        "peaks.word": words,
        "peaks.sample": n,
        "peaks.rise": (columns[..., 1:] > columns[..., :-1]).sum((1, 2)),
        "peaks.fall": (columns[..., 1:] < columns[..., :-1]).sum((1, 2)),
        "peaks.top": n_tops,
        "peaks.thinned": thinned,
        "peaks.thinned.top": thinned * n_tops,
        "peaks.thinned.place": thinned * own["option"],
        "peaks.thinned.word": thinned * words,
        "peaks.prominent": n * prominent,
        "peaks.prominent.top": n_tops * prominent,
        "peaks.code": own["channels"] * own["n_codes"],
    }


#: The rules of ops, as `terms.RULES` has them.
ORDERS = {"quantiles": quantiles, "peaks": peaks}
