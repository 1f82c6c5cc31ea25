# SPDX-License-Identifier: MIT
"""ParetoDisplay: candidates of a search by a cost and a score, and their front."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt.metrics.choosing import _column
from emlrt.metrics.front import pareto
from emlrt.metrics.scorers import CostScorer
from emlrt.plotting import axes


class ParetoDisplay:
    """Candidates by a cost and a score, with the front of those that no other beats.

    Make one with `from_search` or `from_values`.

    Parameters
    ----------
    x : ndarray (n,)
        Costs: less is better.
    y : ndarray (n,)
        Scores: greater is better.
    x_name, y_name : str
        Of the axes.
    chosen : int, optional
        The candidate that a search has taken.

    Attributes
    ----------
    front : int64 ndarray
        Indices of the front, from the least cost on.
    ax_, figure_ : matplotlib's Axes and Figure
    points_ : PathCollection, of all candidates
    line_ : Line2D, of the front
    chosen_ : Line2D, or None
    """

    def __init__(
        self,
        *,
        x: NDArray[Any],
        y: NDArray[Any],
        x_name: str = "cost",
        y_name: str = "score",
        chosen: int | None = None,
    ) -> None:
        self.x = x
        self.y = y
        self.x_name = x_name
        self.y_name = y_name
        self.chosen = chosen
        self.front = pareto(np.column_stack([-x, y]))[::-1]

    @classmethod
    def from_search(
        cls,
        search: Any,
        x: str = "flash",
        y: str = "accuracy",
        *,
        ax: Any = None,
        **more: Any,
    ) -> ParetoDisplay:
        """Draws the candidates of a fitted search of scikit-learn with several scorers.

        Parameters
        ----------
        search : fitted GridSearchCV, RandomizedSearchCV or the like
        x, y : str
            Names of scorers; the means over the splits are drawn. x is a cost by
            `make_scorer`, or any scorer that gives a cost with a minus.
        ax : matplotlib's Axes, optional
        **more
            For matplotlib's `scatter`.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the search is not fitted.
        ValueError
            If it has no such scorer.
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(search, "cv_results_")
        results = search.cv_results_
        scorer = search.scorer_.get(x) if isinstance(search.scorer_, dict) else None
        name = f"{x} [{scorer.unit}]" if isinstance(scorer, CostScorer) else x
        display = cls(
            x=-_column(results, f"mean_test_{x}"),
            y=_column(results, f"mean_test_{y}"),
            x_name=name,
            y_name=y,
            chosen=getattr(search, "best_index_", None),
        )
        return display.plot(ax=ax, **more)

    @classmethod
    def from_values(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        *,
        x_name: str = "cost",
        y_name: str = "score",
        ax: Any = None,
        **more: Any,
    ) -> ParetoDisplay:
        """Draws costs x (n,), less is better, and scores y (n,), greater is better: of
        a study of Optuna, for example."""
        costs, scores = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if costs.ndim != 1 or costs.shape != scores.shape:
            raise ValueError(
                f"x and y are (n,) both, not {costs.shape} and {scores.shape}"
            )
        display = cls(x=costs, y=scores, x_name=x_name, y_name=y_name)
        return display.plot(ax=ax, **more)

    def plot(self, ax: Any = None, **more: Any) -> ParetoDisplay:
        """Draws.

        Parameters
        ----------
        ax : matplotlib's Axes, optional
            A new figure's by default.
        **more
            For matplotlib's `scatter`.
        """
        self.ax_ = axes(type(self).__name__, ax)
        self.figure_ = self.ax_.figure
        style = {"color": "tab:gray", "alpha": 0.6, "label": "candidates", **more}
        self.points_ = self.ax_.scatter(self.x, self.y, **style)
        (self.line_,) = self.ax_.plot(
            self.x[self.front],
            self.y[self.front],
            drawstyle="steps-post",
            marker="o",
            color="tab:blue",
            label="front",
        )
        self.chosen_: Any = None
        if self.chosen is not None:
            at = [self.x[self.chosen]], [self.y[self.chosen]]
            style = {"linestyle": "", "marker": "*", "markersize": 14}
            (self.chosen_,) = self.ax_.plot(
                *at, color="tab:red", label="chosen", **style
            )
        self.ax_.set_xlabel(self.x_name)
        self.ax_.set_ylabel(self.y_name)
        self.ax_.legend()
        return self
