# SPDX-License-Identifier: MIT
"""Oblivious trees: the answers' bits are the number of a leaf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.blob import Stage


@dataclass(frozen=True)
class ObliviousTree:
    """Its questions, the lowest bit first, and its leaves (2^depth, out_count)."""

    feature: list[int]
    threshold: list[int]
    leaves: NDArray[Any]


def trees(stage: Stage) -> list[ObliviousTree]:
    """Each tree of an oblivious stage, in order."""
    data, n_out = stage.payload, stage.target.count
    n, shift = np.frombuffer(data, "<u4", 2).tolist()
    at = 8 + 4 * n_out
    found = []
    for _ in range(n):
        depth = int.from_bytes(data[at : at + 4], "little")
        questions = np.frombuffer(data, "<u2", 2 * depth, at + 4).reshape(-1, 2)
        at += 4 + 4 * depth
        count = n_out << depth
        leaves = np.frombuffer(data, f"<i{1 << shift}", count, at).reshape(-1, n_out)
        at += leaves.nbytes + -leaves.nbytes % 4
        feature, threshold = questions.T.tolist() if depth else ([], [])
        found.append(ObliviousTree(feature, threshold, leaves))
    return found
