# SPDX-License-Identifier: MIT
"""What float operations cost beyond the usual where software makes them.

Software adds and multiplies in steps that depend on the numbers: those near 0 are soon
done, unequal exponents and results that lose their first digits take shifts. Each kind
is counted; where a unit does the work, its prices are 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Counts = dict[str, NDArray[np.float64]]

#: Shifts beyond this make no difference: all digits are gone.
_MOST = 31


def _exponents(x: Floats) -> NDArray[np.int64]:
    return (np.ascontiguousarray(x).view(np.int32).astype(np.int64) >> 23) & 0xFF


def _sum(x: NDArray[Any]) -> NDArray[np.float64]:
    """The sum of each row."""
    found: NDArray[np.float64] = x.reshape(len(x), -1).sum(1, dtype=np.float64)
    return found


def adds(a: Floats, b: Floats) -> Counts:
    """Of sums a + b, arrays (n_rows, ...): events of each row."""
    with np.errstate(all="ignore"):
        total = a + b
    ea, eb, et = _exponents(a), _exponents(b), _exponents(total)
    zero = (a == 0) | (b == 0)
    top, apart = np.maximum(ea, eb), np.minimum(np.abs(ea - eb), _MOST)
    live = ~zero
    minus = live & (np.signbit(a) != np.signbit(b))
    return {
        "add.zero": _sum(zero),
        "add.swap": _sum(live & (np.abs(a) < np.abs(b))),
        "add.apart": _sum(np.where(live, apart, 0)),
        "add.bits": _sum(np.where(live & (apart <= 24), apart % 8, 0)),
        "add.bytes": _sum(np.where(live & (apart <= 24), apart // 8, 0)),
        "add.far": _sum(live & (np.abs(ea - eb) > 24)),
        "add.minus": _sum(minus),
        "add.lost": _sum(np.where(minus, np.clip(top - et, 0, _MOST), 0)),
        "add.carry": _sum(live & (et > top)),
    }


def muls(a: Floats, b: Floats) -> Counts:
    """Of products a * b, arrays (n_rows, ...): events of each row."""
    with np.errstate(all="ignore"):
        product = a * b
    ea, eb, ep = _exponents(a), _exponents(b), _exponents(product)
    zero = (a == 0) | (b == 0)
    return {
        "mul.zero": _sum(zero),
        "mul.long": _sum(~zero & (ep == ea + eb - 126)),
        "mul.tiny": _sum(~zero & (ep == 0)),
    }


def total(*parts: Counts) -> Counts:
    """The sums of several counts."""
    found: Counts = {}
    for part in parts:
        for name, n in part.items():
            found[name] = found[name] + n if name in found else n
    return found


def sums(start: Floats, terms: Floats, axis: int = 1) -> tuple[Counts, Floats]:
    """Of start + terms[0] + terms[1] + ... along an axis: events, and the result."""
    first = np.expand_dims(start, axis)
    whole = np.concatenate([np.broadcast_to(first, _one(terms, axis)), terms], axis)
    with np.errstate(all="ignore"):
        partial = np.add.accumulate(whole, axis=axis, dtype=np.float32)
    before = np.take(partial, range(partial.shape[axis] - 1), axis)
    return adds(before, terms), np.take(partial, -1, axis)


def _one(terms: Floats, axis: int) -> tuple[int, ...]:
    shape = list(terms.shape)
    shape[axis] = 1
    return tuple(shape)
