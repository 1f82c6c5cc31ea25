# SPDX-License-Identifier: MIT
"""Scorers of what a model costs where it is deployed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from emlrt.boards import Board
from emlrt.conversion import check_options, converted
from emlrt.emulate.targets import TARGETS
from emlrt.metrics.costs import (
    CORE,
    COSTS,
    UNITS,
    board_of,
    check_cost,
    figure,
)
from emlrt.model import Model


def deployed_model(
    estimator: Any, X: Any, options: dict[str, Any]
) -> tuple[Model, Any]:
    """The model of what a scorer is given, and the rows as that takes them.

    Of a pipeline that ends in a deployed estimator it is that one's model, which reads
    what the steps before it give. Anything else that is no Model is converted.

    Raises
    ------
    ValueError
        If options are given for what is converted already.
    """
    if hasattr(estimator, "best_estimator_"):
        return deployed_model(estimator.best_estimator_, X, options)
    found = estimator if isinstance(estimator, Model) else _made(estimator)
    if found is None:
        steps = getattr(estimator, "steps", None)
        if not steps or not _ends_deployed(steps):
            return converted(estimator, X, options), X
        rows = X if X is None or len(steps) == 1 else estimator[:-1].transform(X)
        return deployed_model(steps[-1][1], rows, options)
    if options:
        raise ValueError(
            f"{type(estimator).__name__} is converted by its own options; leave"
            f" {sorted(options)} out of make_scorer"
        )
    return found, X


def _made(estimator: Any) -> Model | None:
    """The model of a deployed estimator; None of any other."""
    found = getattr(estimator, "model_", None)
    return found if isinstance(found, Model) else None


def _ends_deployed(steps: Any) -> bool:
    last = steps[-1][1]
    inner = getattr(last, "steps", None)
    return _ends_deployed(inner) if inner else _made(last) is not None


@dataclass(frozen=True)
class CostScorer:
    """scorer(estimator, X, y) gives a cost with a minus, so that greater is better, as
    scikit-learn's scorers do; `cost` gives it without. `make_scorer` makes one.

    Attributes
    ----------
    name : str
        A key of `emlrt.metrics.COSTS`.
    board : emlrt.boards.Board, or None
    core : str
    measure : bool
    options : dict
    """

    name: str
    board: Board | None = None
    core: str = CORE
    measure: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        """Of the cost: "bytes", "instructions", "cycles", "ms" or "uJ"."""
        if self.name == "instructions":
            return TARGETS[self.core].unit
        return UNITS[self.name]

    def cost(self, estimator: Any, X: Any = None) -> float:
        """The cost of a fitted estimator or a Model, on rows of X where it is of rows;
        see `COSTS` for its unit."""
        model, rows = deployed_model(estimator, X, self.options)
        return figure(
            self.name,
            model,
            rows,
            board=self.board,
            core=self.core,
            measure=self.measure,
        )

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> float:
        """Minus the cost. y is not looked at."""
        return -self.cost(estimator, X)


def make_scorer(
    cost: str,
    *,
    board: str | Board | None = None,
    core: str | None = None,
    measure: bool = False,
    **options: Any,
) -> CostScorer:
    """A scorer of what a model costs where it is deployed, for `scoring=` of
    scikit-learn's searches.

    Parameters
    ----------
    cost : str
        "bytes", "scratch", "flash", "ram", "instructions", "milliseconds" or "energy":
        `emlrt.metrics.COSTS` has their meanings and units. All but the first two are of
        a core; milliseconds and energy are of a board.
    board : key of `emlrt.boards.BOARDS`, or a Board, optional
    core : str, optional
        Of `emlrt.estimate.CORES`; the board's by default, "cortex-m0plus" without one.
    measure : bool
        Whether an emulator counts instead of the tables: exact, slower, and it takes
        the core's compiler and emulator. At most 32 of the rows are run.
    **options
        Of the conversion, dtype="int16" for example, for estimators that are not
        deployed: they are converted to be scored. A `DeployedClassifier` has its own.

    Returns
    -------
    CostScorer
        scorer(estimator, X, y) is the cost with a minus: greater is better. It pickles.

    Raises
    ------
    ValueError
        If the cost, the board or the core is unknown, or the board's figures do not
        give it.
    """
    check_options(options)
    found = board_of(board)
    if core is None:
        core = CORE if found is None else found.like or found.core
    core = check_cost(cost, found, core, measure)
    return CostScorer(cost, found, core, measure, options)


__all__ = ["COSTS", "CostScorer", "make_scorer"]
