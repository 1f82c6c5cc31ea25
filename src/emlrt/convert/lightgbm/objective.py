# SPDX-License-Identifier: MIT
"""LightGBM's objectives: the functions of the sum of the trees."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from emlrt.errors import FormatError, UnsupportedModelError

#: Links by objective. "none": the scores as they are, of no known meaning.
_LINKS = {
    "regression": "identity",
    "regression_l1": "identity",
    "huber": "identity",
    "fair": "identity",
    "quantile": "identity",
    "mape": "identity",
    "poisson": "exp",
    "gamma": "exp",
    "tweedie": "exp",
    "binary": "sigmoid",
    "cross_entropy": "sigmoid",
    "cross_entropy_lambda": "softplus",
    "multiclass": "softmax",
    "multiclassova": "sigmoids",
    "lambdarank": "identity",
    "rank_xendcg": "identity",
    "custom": "none",
    "na": "none",
    "none": "none",
    "null": "none",
}
#: Objectives that can be fitted to square roots, by reg_sqrt.
_ROOTS = ("regression", "regression_l1", "fair", "quantile", "mape")
_NUMBER = re.compile(r"[0-9.]+([eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class Objective:
    """A link, after a factor that scores are times first."""

    name: str
    link: str
    factor: float = 1.0


def _sigmoid(name: str, parts: list[str]) -> float:
    """The sigmoid's factor, which LightGBM writes as `sigmoid:1`."""
    found = [part.partition(":")[2] for part in parts if part.startswith("sigmoid:")]
    if len(found) != 1 or not _NUMBER.fullmatch(found[0]):
        raise FormatError(f"objective={name} has no sigmoid")
    try:
        factor = float(found[0])
    except ValueError:
        factor = 0.0
    if not 0 < factor < math.inf:
        raise FormatError(f"objective={name} has a sigmoid that is not above 0")
    return factor


def objective_of(parts: list[str], n_outputs: int) -> Objective:
    """An objective from the words of its line in the text; none if there is no line.

    Raises
    ------
    FormatError
        If it does not fit the number of outputs, or a parameter is damaged.
    UnsupportedModelError
        If it is not known.
    """
    name = parts[0] if parts else "none"
    link = _LINKS.get(name)
    if link is None:
        raise UnsupportedModelError(
            f"objective={name[:40]!r} is not supported; known are {', '.join(_LINKS)}"
        )
    several = link in ("softmax", "sigmoids")
    if link != "none" and (n_outputs > 1) != several:
        raise FormatError(f"objective={name} has {n_outputs} trees per iteration")
    if link == "identity" and name in _ROOTS and "sqrt" in parts:
        return Objective(name, "square")
    scaled = name in ("binary", "multiclassova")
    return Objective(name, link, _sigmoid(name, parts) if scaled else 1.0)
