# SPDX-License-Identifier: MIT
"""Choosing within limits: for the refit of a search, or as its one score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt.boards import Board
from emlrt.metrics.scorers import CostScorer, make_scorer

#: What a model beyond a limit scores, times how often it takes the limit: below any
#: accuracy, and below any R2 of a model that is of use.
_PENALTY = -1e6


def _limits(given: Mapping[str, float]) -> dict[str, float]:
    """Limits by the names of scorers.

    Raises
    ------
    TypeError
        If there are none, or a name does not begin with max_.
    ValueError
        If a limit is no number above 0.
    """
    wrong = [name for name in given if not name.startswith("max_")]
    if wrong or not given:
        named = f"; there is no {wrong[0]!r}" if wrong else ""
        raise TypeError(f"limits are named max_ and a scorer, as max_flash{named}")
    for name, limit in given.items():
        if isinstance(limit, bool | str) or not limit > 0:
            raise ValueError(f"{name} is a number above 0, not {limit!r}")
    return {name.removeprefix("max_"): float(limit) for name, limit in given.items()}


@dataclass(frozen=True)
class BestWithin:
    """refit(cv_results_) gives the index of the best candidate within limits;
    `best_within` makes one.

    Attributes
    ----------
    score : str
    limits : dict
        By the names of the scorers.
    """

    score: str
    limits: dict[str, float]

    def __call__(self, cv_results: Mapping[str, Any]) -> int:
        """The index of the candidate.

        Raises
        ------
        ValueError
            If a scorer is missing, or gives costs without a minus, or no candidate is
            within the limits; says what the smallest costs.
        """
        scores = _column(cv_results, f"mean_test_{self.score}")
        costs = {name: _largest_costs(cv_results, name) for name in self.limits}
        within = ~np.isnan(scores)
        for name, limit in self.limits.items():
            within &= costs[name] <= limit
        if not within.any():
            raise ValueError(self._none_fits(costs))
        order = np.lexsort((*costs.values(), -scores))
        return int(next(at for at in order if within[at]))

    def _none_fits(self, costs: Mapping[str, NDArray[np.float64]]) -> str:
        least = [
            f"max_{name}={self.limits[name]:g}, where the least is {_least(each)}"
            for name, each in costs.items()
        ]
        return f"no candidate of the search is within {' and '.join(least)}"


def _least(costs: NDArray[np.float64]) -> str:
    known = costs[~np.isnan(costs)]
    return f"{known.min():g}" if known.size else "not known"


def _column(cv_results: Mapping[str, Any], key: str) -> NDArray[np.float64]:
    """A column of cv_results_."""
    if key not in cv_results:
        known = [k.removeprefix("mean_test_") for k in cv_results if "mean_test_" in k]
        name = key.rpartition("test_")[2]
        raise ValueError(
            f"the search has no scorer {name!r}; it has {', '.join(known)}"
        )
    return np.asarray(cv_results[key], np.float64)


def _largest_costs(cv_results: Mapping[str, Any], name: str) -> NDArray[np.float64]:
    """The largest cost of each candidate's models, one a split; NaN if one is not
    known."""
    _column(cv_results, f"mean_test_{name}")
    key = re.compile(rf"split\d+_test_{re.escape(name)}")
    columns = [_column(cv_results, each) for each in cv_results if key.fullmatch(each)]
    found: NDArray[np.float64] = (-np.array(columns)).max(axis=0)
    if (found < 0).any():
        raise ValueError(
            f"scorer {name!r} gives costs without a minus, so that greater would be"
            " better; make it by emlrt.metrics.make_scorer, or have it give minus the"
            " cost"
        )
    return found


def best_within(*, score: str = "accuracy", **limits: float) -> BestWithin:
    """For `refit=` of a search with several scorers: the candidate with the best mean
    score of those whose models, of every split, are within limits.

    Of equals, the one with the lowest first cost is taken. The model that is refitted
    on all rows may take a little more than those of the splits;
    `DeployedClassifier(max_flash=)` always holds to its limit.

    Parameters
    ----------
    score : str
        The name of a scorer in `scoring`, with or without "test_" in front.
    **limits
        max_ and the name of a scorer that `make_scorer` has made, or that gives a cost
        with a minus: max_flash=24_000.

    Returns
    -------
    BestWithin
        It raises ValueError in the search if nothing is within the limits.
    """
    return BestWithin(score.removeprefix("test_"), _limits(limits))


@dataclass(frozen=True)
class ScoreWithin:
    """scorer(estimator, X, y) gives a score within limits, and else less than any;
    `score_within` makes one.

    Attributes
    ----------
    score : str, or callable
    costs : tuple of (CostScorer, limit)
    """

    score: Any
    costs: tuple[tuple[CostScorer, float], ...]

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        """The score, or -1e6 times the largest share of a limit that is taken."""
        from sklearn.metrics import get_scorer

        shares = [scorer.cost(estimator, X) / limit for scorer, limit in self.costs]
        most = max(shares)
        if most > 1:
            return _PENALTY * most
        return float(get_scorer(self.score)(estimator, X, y))


def score_within(
    score: Any = "accuracy",
    *,
    board: str | Board | None = None,
    core: str | None = None,
    measure: bool = False,
    options: Mapping[str, Any] | None = None,
    **limits: float,
) -> ScoreWithin:
    """One scorer for searches that take no more, as HalvingGridSearchCV: a score, of
    models within limits.

    A model beyond a limit scores -1e6 times as much as it takes of it, so that a search
    sees which of two is nearer.

    Parameters
    ----------
    score : str, or scorer
        As scikit-learn's `scoring` takes it.
    board, core, measure, options
        Of the costs, as `make_scorer` takes them.
    **limits
        max_ and a cost: max_flash=24_000, max_instructions=5_000.
    """
    costs = tuple(
        (
            make_scorer(
                name, board=board, core=core, measure=measure, **(options or {})
            ),
            limit,
        )
        for name, limit in _limits(limits).items()
    )
    return ScoreWithin(score, costs)
