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
_MOST = 32
#: From here on, and below its opposite, e^x is infinite, or 0.
_EXP_END = 104.0
#: Terms that are counted here, whose prices all stages and calls share.
SHARED = ("add.", "mul.", "exps.", "div.")


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
    none, start = b == 0, a == 0
    top, apart = np.maximum(ea, eb), np.abs(ea - eb)
    live = ~(none | start)
    near = live & (apart <= _MOST)
    minus = live & (np.signbit(a) != np.signbit(b))
    equal = minus & (total == 0)
    return {
        "add.zero": _sum(none),
        "add.start": _sum(start & ~none),
        "add.equal": _sum(equal),
        "add.swap": _sum(live & (np.abs(a) < np.abs(b))),
        "add.apart": _sum(np.where(live, np.minimum(apart, _MOST), 0)),
        "add.bits": _sum(np.where(near, apart % 8, 0)),
        "add.bytes": _sum(np.where(near, apart // 8, 0)),
        "add.far": _sum(live & (apart > 24)),
        "add.gone": _sum(live & (apart > _MOST)),
        "add.minus": _sum(minus),
        "add.lost": _sum(np.where(minus & ~equal, np.clip(top - et, 0, _MOST), 0)),
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


def exps(x: Floats) -> Counts:
    """Of e^x by the runtime, arrays (n_rows, ...): events of each row. Small cores
    shift a bit or a byte at a time."""
    e = _exponents(x) - 127
    done = ~(np.abs(x) < _EXP_END)
    minus = ~done & np.signbit(x)
    n = np.rint(np.where(done, 0, x.astype(np.float64)) / np.log(2))
    below = minus & (x < n * np.log(2))
    right = [np.where(shift > 31, 0, shift) for shift in (23 - e, -1 - e)]
    tiny = ~done & (n - below < -126)
    return {
        "exps.number": _sum(~done),
        "exps.done": _sum(done),
        "exps.left": _sum(np.where(~done & (e >= 0), e + 1, 0)),
        "exps.right": _sum(np.where(~done, right[0] + np.maximum(right[1], 0), 0)),
        "exps.fraction": _sum(~done & (e < 0)),
        "exps.small": _sum(~done & (23 - e > 31)),
        "exps.minus": _sum(minus),
        "exps.below": _sum(below | (~done & ~minus & (x < n * np.log(2)))),
        "exps.tiny": _sum(tiny),
        "exps.rounded": _sum(np.where(tiny, np.minimum(-126 - n + below, 31), 0)),
    }


def softmax(x: Floats) -> Counts:
    """Of softmax of rows (n_rows, n)."""
    top = np.broadcast_to(x.max(1, keepdims=True), x.shape)
    with np.errstate(all="ignore"):
        rest = x - top
        power = np.exp(rest)
    others = rest != 0
    events = exps(np.where(others, rest, np.float32(np.inf)))
    events["exps.done"] = events["exps.done"] - _sum(~others)
    return total(
        adds(x, -top),
        events,
        {"div.zero": _sum(power == 0)},
        sums(np.zeros(len(x), np.float32), power)[0],
    )


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
