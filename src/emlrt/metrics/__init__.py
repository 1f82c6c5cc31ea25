# SPDX-License-Identifier: MIT
"""Costs of deployed models as scorers, for searches by scikit-learn and others; the
front of what is best by several of them."""

from __future__ import annotations

from typing import Any

from emlrt.later import attribute

#: Names, and the modules that have them.
_MODULES = {
    "COSTS": "scorers",
    "BestWithin": "choosing",
    "CostScorer": "scorers",
    "ScoreWithin": "choosing",
    "best_within": "choosing",
    "make_scorer": "scorers",
    "pareto": "front",
    "score_within": "choosing",
}


def __getattr__(name: str) -> Any:
    """A class or function, whose module is loaded when it is first asked for."""
    return attribute(__name__, _MODULES, name)


def __dir__() -> list[str]:
    return sorted(_MODULES)


__all__ = sorted(_MODULES)
