# SPDX-License-Identifier: MIT
"""The last step of a pipeline, which is what is made smaller; anything else is its own
last step."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any


def last(estimator: Any) -> Any:
    """The last step of a pipeline, of the inner one where it ends in another."""
    steps = getattr(estimator, "steps", None)
    return last(steps[-1][1]) if steps else estimator


def replaced(estimator: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of an estimator with `change` of its last step in that step's place."""
    steps = getattr(estimator, "steps", None)
    if not steps:
        return change(estimator)
    found = copy(estimator)
    name, step = steps[-1]
    found.steps = [*steps[:-1], (name, replaced(step, change))]
    return found


def parameter(estimator: Any, name: str) -> str:
    """What a pipeline calls a parameter of its last step."""
    steps = getattr(estimator, "steps", None)
    if not steps:
        return name
    return f"{steps[-1][0]}__{parameter(steps[-1][1], name)}"
