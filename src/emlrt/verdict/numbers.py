# SPDX-License-Identifier: MIT
"""Numbers as people read them."""

from __future__ import annotations

from math import isfinite

UNKNOWN = "?"


def whole(n: float | None) -> str:
    """A count or bytes, with commas; "?" if it is not known."""
    return UNKNOWN if n is None or not isfinite(n) else f"{round(n):,}"


def percent(share: float | None, digits: int = 0) -> str:
    """A share, never rounded to all or to nothing."""
    if share is None:
        return UNKNOWN
    text = f"{100 * share:.{digits}f}"
    least = 10**-digits
    if share < 1 and float(text) >= 100:
        text = f"{100 - least:.{digits}f}"
    if share > 0 and float(text) == 0:
        return f"below {least:.{digits}f} %"
    return f"{text} %"


def each_second(rate: float) -> str:
    """A rate of samples, in words."""
    return (
        f"{rate:,.0f} times a second" if rate >= 100 else f"{rate:.3g} times a second"
    )


def share(part: float | None) -> str:
    """A share of the time, with three digits; "?" if it is not known."""
    if part is None:
        return UNKNOWN
    return f"{100 * part:.3g} %" if part < 10 else f"{100 * part:,.0f} %"


def milliseconds(ms: float | None) -> str:
    """A time, in the unit that leaves three digits."""
    if ms is None:
        return UNKNOWN
    for unit, factor in (("s", 1e-3), ("ms", 1.0)):
        if ms * factor >= 1:
            return f"{ms * factor:.3g} {unit}"
    return f"{ms * 1e3:.3g} us"


def microjoules(uj: float | None) -> str:
    """An energy; "?" if it is not known."""
    if uj is None:
        return UNKNOWN
    if uj >= 1000:
        return f"{uj / 1000:.3g} mJ"
    return f"{uj:.3g} uJ" if uj >= 1 else f"{uj * 1000:.3g} nJ"


def score(value: float | None) -> str:
    """An accuracy or an R2."""
    return UNKNOWN if value is None or not isfinite(value) else f"{value:.4f}"
