# SPDX-License-Identifier: MIT
"""Decisions between pairs of classes: votes and probabilities.

The formulas, and the ops of their stages:

    votes            wins_k, and wins_k + c_k / (3 (|c_k| + 1)), where c_k is the sum of
                     the decisions for k less those against it; by OVO
    probabilities    r_ij = 1 / (1 + exp(A d_ij + B)), then the p that makes
                     sum_i<j (r_ji p_i - r_ij p_j)^2 smallest (Wu, Lin and Weng, 2004);
                     by PAIRWISE_COUPLING
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from emlrt._native import lib
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Tensor, floats


def pair_votes(graph: Graph, pairs: Tensor, k: int, parts: int) -> Tensor:
    n_out = k * (2 if parts == lib.EMLRT_OVO_VOTES | lib.EMLRT_OVO_DECISIONS else 1)
    return graph.stage("OVO", pairs, n_out, np.array([k, parts], "<u4").tobytes())


def pair_probabilities(
    graph: Graph, pairs: Tensor, k: int, slopes: ArrayLike, biases: ArrayLike
) -> Tensor:
    """Probabilities of k classes."""
    payload = k.to_bytes(4, "little")
    payload += floats(slopes, "probA_") + floats(biases, "probB_")
    both = graph.stage("PAIRWISE_COUPLING", pairs, 3 * k + pairs.count, payload)
    return graph.part(both, 0, k)
