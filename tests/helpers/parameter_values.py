# SPDX-License-Identifier: MIT
"""Values that scikit-learn's constraints allow each parameter of an estimator."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import _param_validation as constraints


def _of_interval(interval: Any) -> Iterator[Any]:
    """Two numbers inside, not far from 1."""
    whole = issubclass(interval.type, Integral)
    tried = (2, 1, 3, 0, -1) if whole else (0.75, 0.3, 1.5, -0.5)
    found = [number for number in tried if number in interval]
    yield from found[:2]


def values_of(constraint: Any) -> Iterator[Any]:
    """Values that one constraint allows; none of what only a caller can make."""
    made = constraints.make_constraint(constraint)
    if isinstance(made, constraints.Options):
        yield from sorted(made.options, key=str)
    elif isinstance(made, constraints.Interval):
        yield from _of_interval(made)
    elif isinstance(made, constraints._Booleans):
        yield from (False, True)
    elif isinstance(made, constraints._NoneConstraint):
        yield None
    elif isinstance(made, constraints._VerboseHelper):
        yield 0
    elif isinstance(made, constraints._NanConstraint):
        yield np.nan


def trials(estimator: Any) -> Iterator[tuple[str, Any]]:
    """Each parameter with each of its values, but for the one that it has."""
    given = estimator.get_params(deep=False)
    known = getattr(estimator, "_parameter_constraints", {})
    for name, allowed in sorted(known.items()):
        if name not in given or allowed == "no_validation":
            continue
        for value in (v for constraint in allowed for v in values_of(constraint)):
            if type(value) is not type(given[name]) or value != given[name]:
                yield name, value
