# SPDX-License-Identifier: MIT
"""What parameters of spectra may be."""

from __future__ import annotations

import operator
from typing import Any

from emlrt.convert.signal.tables import LONGEST, radices


def transform_length(name: str, n: int) -> int:
    """n, if transforms have it.

    Raises
    ------
    ValueError
        If not; says which lengths are next.
    """
    try:
        radices(n)
    except ValueError as error:
        upper = next((m for m in range(n, LONGEST + 1) if _is_length(m)), LONGEST)
        raise ValueError(f"{name}={n}: {error}; {upper} is the next one") from None
    return n


def _is_length(n: int) -> bool:
    for factor in (2, 3, 5):
        while n % factor == 0:
            n //= factor
    return n == 1


def bin_range(bins: Any, n_bins: int) -> tuple[int, int]:
    """First bin and end of those to keep; None keeps all.

    Raises
    ------
    ValueError
        If they are no two integers 0 <= first < end <= n_bins.
    """
    if bins is None:
        return 0, n_bins
    try:
        first, end = (operator.index(each) for each in bins)
    except (TypeError, ValueError):
        raise ValueError(f"bins is None or (first, end), not {bins!r}") from None
    if not 0 <= first < end <= n_bins:
        raise ValueError(f"bins={bins!r}, but 0 <= first < end <= {n_bins} must hold")
    return first, end
