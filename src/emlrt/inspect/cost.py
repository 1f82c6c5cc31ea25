# SPDX-License-Identifier: MIT
"""What a run costs: instructions by a model that benchmarks/cost_model.py fits.

A run is counted in terms: visits of splits, trees, numbers that trees add, steps of a
bisection and so on. Each term has a price, a mean over rows and models on an emulated
Cortex-M0+. The prices tell encodings apart and give a first idea of a run; a
measurement (`emlrt.emulate.measure`) gives a model's own figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log2

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: Counts by the names of terms.
Terms = dict[str, float]

#: The core whose instructions are counted.
CORE = "Cortex-M0+"
#: Instructions of each term there, -O2, from results/cost_model.csv.
PRICES: dict[str, float] = {
    "call": 65.3,
    "column": 53.8,
    "item": 40.7,
    "number_add": 92.5,
    "number_oblivious": 15.8,
    "number_sum": 10.9,
    "question": 8.7,
    "score_sum": 60.4,
    "score_vote": 7.2,
    "stage": 94.3,
    "step": 11.8,
    "tree_add": 35.4,
    "tree_oblivious": 52.8,
    "tree_soft": 56.3,
    "tree_sum": 36.2,
    "tree_vote": 36.7,
    "visit_f32": 19.8,
    "visit_f32w": 21.4,
    "visit_i16": 15.2,
    "visit_i16c": 23.0,
    "visit_i16w": 15.2,
    "visit_i32": 12.4,
    "visit_i32w": 14.4,
    "visit_u8": 13.3,
    "visit_u8c": 23.0,
    "visit_u8m": 14.6,
    "visit_u8w": 13.2,
}


def price(terms: Mapping[str, float], prices: Mapping[str, float] = PRICES) -> float:
    """Instructions of some terms."""
    return sum(n * prices[name] for name, n in terms.items())


def total(parts: Iterable[Terms]) -> Terms:
    """The terms of several parts."""
    found: Terms = {}
    for part in parts:
        for name, n in part.items():
            found[name] = found.get(name, 0.0) + n
    return found


def _ends(left: Bools, right: Bools, skip: Ints) -> Ints:
    """The last split below each one, itself if there is none."""
    at = np.arange(skip.size)
    last = np.where(right, np.where(left, at, at + 1), at + 1 + np.where(left, 0, skip))
    while True:
        further = last[last]  # twice as far
        if np.array_equal(further, last):
            return last
        last = further


def mean_visits(sizes: Ints, left: Bools, right: Bools, skip: Ints) -> float:
    """Splits that a row visits in all trees, if each leaf of a tree is as likely.

    sizes: splits of each tree, whose records follow one another, depth first. left,
    right: whether a split's child is a leaf. skip: splits between a split and its
    right child, which is one.
    """
    below = _ends(left, right, skip) - np.arange(skip.size) + 1
    full = sizes[sizes > 0]
    if not full.size:
        return 0.0
    # Each split is visited by the rows of all leaves below it, one more than splits.
    paths = np.add.reduceat(below + 1, np.cumsum(full) - full)
    return float((paths / (full + 1)).sum())


def tree_terms(
    kind: str,
    record: str,
    n_trees: int,
    visits: float,
    n_scores: int,
    items: float = 0.0,
) -> Terms:
    """Terms of a trees stage. kind: of leaves, "vote", "soft", "sum" or "add".
    record: the end of the op's name. items: of votes, that a run reads."""
    found = {"stage": 1.0, "tree_" + kind: n_trees, "visit_" + record: visits}
    if kind in ("sum", "add"):
        found["number_" + kind] = n_trees * n_scores
    if kind != "add":
        found["score_sum" if kind == "sum" else "score_vote"] = n_scores
    return found | ({"item": items} if kind == "soft" else {})


def oblivious_terms(n_trees: int, n_questions: int, n_scores: int) -> Terms:
    """Terms of a stage of oblivious trees."""
    return {
        "stage": 1.0,
        "tree_oblivious": n_trees,
        "question": n_questions,
        "number_oblivious": n_trees * n_scores,
        "score_sum": n_scores,
    }


def bin_terms(counts: Iterable[int], n_again: int = 0) -> Terms:
    """Terms of a stage that finds bins. counts: keys of each column that is searched;
    n_again: columns that take over what the one before found."""
    steps = [log2(count + 1) for count in counts]
    return {"stage": 1.0, "column": len(steps) + n_again, "step": sum(steps)}
