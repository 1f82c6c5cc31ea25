# SPDX-License-Identifier: MIT
"""Float operations of distances to stored rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import lib

from . import floats
from .floats import Counts

Numbers = NDArray[Any]


def apart(x: Numbers, items: Numbers, metric: int) -> tuple[Counts, Numbers]:
    """Events of distances to items, and the sums so far (n_rows, n_items, n_in)."""
    some = np.broadcast_to(x[:, None, :].astype(np.float32), (len(x), *items.shape))
    with np.errstate(all="ignore"):
        by = some - items
        part = np.abs(by) if metric in (1, 2) else by * by
        so_far = np.add.accumulate(part, axis=2, dtype=np.float32)
    events = floats.adds(some, np.broadcast_to(-items, some.shape))
    if metric not in (1, 2):
        events = floats.total(events, floats.muls(by, by))
    if metric != lib.EMLRT_METRIC_LARGEST:
        before = np.concatenate([np.zeros_like(part[..., :1]), so_far[..., :-1]], 2)
        events = floats.total(events, floats.adds(before, part))
    return events, so_far
