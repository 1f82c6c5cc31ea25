# SPDX-License-Identifier: MIT
"""XGBoost's learner: an objective, its link, and trees or weights."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emlrt.allowance import Allowance
from emlrt.categories import Values
from emlrt.convert.ir.graph import WEIGHT
from emlrt.convert.readers.json_fields import NAME, Fields
from emlrt.convert.trees.ensemble import Ensemble
from emlrt.convert.xgboost.categories import categories_of
from emlrt.convert.xgboost.nodes import Float32s
from emlrt.convert.xgboost.trees import ensemble_of
from emlrt.errors import FormatError, UnsupportedModelError

#: Most features and outputs: limits of what a file may ask for.
_FEATURES_MAX = 1 << 22
_OUTPUTS_MAX = 0xFFFF
_COUNT_MAX = 1 << 31

#: From margins to what Booster.predict gives, by objective. base_score is on that
#: other side of it, except of raw margins and of classes.
LINKS: dict[str, str] = {
    "binary:logistic": "logit",
    "reg:logistic": "logit",
    "count:poisson": "log",
    "reg:gamma": "log",
    "reg:tweedie": "log",
    "survival:aft": "log",
    "survival:cox": "log",
    "binary:hinge": "none",
    "binary:logitraw": "none",
    "multi:softmax": "none",
    "multi:softprob": "none",
    "rank:map": "none",
    "rank:ndcg": "none",
    "rank:pairwise": "none",
    "reg:absoluteerror": "none",
    "reg:linear": "none",
    "reg:pseudohubererror": "none",
    "reg:quantileerror": "none",
    "reg:squarederror": "none",
    "reg:squaredlogerror": "none",
}


@dataclass(eq=False)
class Learner:
    """A model as it predicts.

    base : (n_outputs,) float32, margins without any trees; of a linear model, with
        its bias. ensemble : its trees, None of a linear model. weights : (n_outputs,
        n_features) float32 of a linear model. features : names, if there are any.
    allowance : what is left for what it asks for.
    """

    objective: str
    n_features: int
    base: Float32s
    features: list[str]
    ensemble: Ensemble | None
    weights: Float32s
    allowance: Allowance = field(default_factory=Allowance.unlimited)
    categories: dict[int, Values] = field(default_factory=dict)

    @property
    def link(self) -> str:
        return LINKS[self.objective]


def _objective(learner: Fields) -> str:
    name = learner.child("objective").text("name")
    if name not in LINKS:
        raise UnsupportedModelError(
            f"objective {name[:80]!r} is not supported; supported are"
            f" {', '.join(sorted(LINKS))}"
        )
    return name


def _scores(params: Fields, n_outputs: int) -> Float32s:
    """base_score as it is stored: one number, or a list of them, in a text."""
    text = params.text("base_score")
    parts = text.strip().removeprefix("[").removesuffix("]").split(",")
    if len(parts) not in (1, n_outputs):
        raise params.wrong("base_score", f"has {len(parts)} of {n_outputs} numbers")
    try:
        with np.errstate(over="ignore"):
            found = np.array([float(part) for part in parts]).astype(np.float32)
    except ValueError:
        raise params.wrong("base_score", f"is {text[:40]!r}, no number") from None
    if not np.isfinite(found).all():
        raise params.wrong("base_score", "is NaN or infinite")
    return np.broadcast_to(found, (n_outputs,)).copy()


def margins_of(scores: Float32s, link: str) -> Float32s:
    """Scores on the other side of a link, computed as XGBoost does in float32, up to
    its logarithm's last bit.

    Raises
    ------
    FormatError
        If a score has no margin.
    """
    if link == "none":
        return scores
    high = np.float32(1 if link == "logit" else np.inf)
    if ((scores <= 0) | (scores >= high)).any():
        raise FormatError(f"base_score {scores.min()} has no {link}")
    if link == "log":
        return np.log(scores.astype(np.float64)).astype(np.float32)
    odds = np.float32(1) / scores - np.float32(1)
    if not ((odds > 0) & np.isfinite(odds)).all():
        raise FormatError(f"base_score {scores.min()} has no {link}")
    return -np.log(odds.astype(np.float64)).astype(np.float32)


def _names(learner: Fields, n_features: int) -> list[str]:
    names = learner.texts("feature_names")
    learner.allowance.charge("names of features", len(names), NAME)
    if names and len(names) != n_features:
        raise learner.wrong("feature_names", f"are {len(names)} of {n_features}")
    return names


def _n_trees(learner: Fields, model: Fields, found: int, n_outputs: int) -> int:
    """Trees up to best_iteration, where early stopping has set it."""
    attributes = learner.child("attributes")
    if "best_iteration" not in attributes:
        return found
    rounds = attributes.count("best_iteration", _COUNT_MAX) + 1
    if "iteration_indptr" in model:
        ends = model.ints("iteration_indptr")
        if not 0 < rounds < ends.size or not 0 <= ends[rounds] <= found:
            raise attributes.wrong("best_iteration", "is no round of the model")
        return int(ends[rounds])
    params = model.child("gbtree_model_param")
    a_round = n_outputs * max(params.count("num_parallel_tree", _COUNT_MAX, "1"), 1)
    return min(rounds * a_round, found)


def _trees(
    learner: Fields, booster: Fields, base: Float32s, n_features: int, limited: bool
) -> Ensemble:
    """limited: whether to follow scikit-learn's interface, with its best_iteration
    and its inplace_predict."""
    weights = None
    if booster.text("name") == "dart":
        weights = booster.floats("weight_drop")
        booster = booster.child("gbtree")
    model = booster.child("model")
    trees = model.children("trees")
    outputs = model.ints("tree_info", len(trees))
    if ((outputs < 0) | (outputs >= base.size)).any():
        raise model.wrong("tree_info", f"is not from 0 to {base.size - 1}")
    if weights is not None and (
        weights.size != len(trees) or not np.isfinite(weights).all()
    ):
        raise FormatError("weight_drop is not a finite number for each tree")
    n = len(trees)
    if n == 0:
        raise UnsupportedModelError("the model has no trees: train it first")
    if limited:
        n = _n_trees(learner, model, n, base.size)
    chosen = None if weights is None else weights[:n]
    return ensemble_of(
        trees[:n], outputs[:n], n_features, base, chosen, inplace=limited
    )


def _linear(booster: Fields, base: Float32s, n_features: int) -> NDArray[np.float32]:
    """(n_outputs, n_features + 1) weights, the bias last."""
    model = booster.child("model")
    size = (n_features + 1) * base.size
    model.allowance.charge("weights", size, WEIGHT)
    weights = model.floats("weights", size).reshape(n_features + 1, base.size)
    if not np.isfinite(weights).all():
        raise model.wrong("weights", "are NaN or infinite")
    return weights.T


def learner_of(
    document: Fields, as_estimator: bool, base: Float32s | None = None
) -> Learner:
    """The learner in a document.

    as_estimator: whether to follow predict of scikit-learn's interface, else that of
    Booster. base: margins without any trees, if known better than from base_score.

    Raises
    ------
    FormatError
        If the document is damaged.
    UnsupportedModelError
        If the objective or the booster has no faithful form.
    """
    learner = document.child("learner")
    params, objective = learner.child("learner_model_param"), _objective(learner)
    n_features = params.count("num_feature", _FEATURES_MAX)
    if n_features == 0:
        raise UnsupportedModelError("the model has no features: train it first")
    n_outputs = max(
        params.count("num_class", _OUTPUTS_MAX, "0"),
        params.count("num_target", _OUTPUTS_MAX, "1"),
        1,
    )
    if base is None:
        base = margins_of(_scores(params, n_outputs), LINKS[objective])
    found = Learner(
        objective,
        n_features,
        base,
        _names(learner, n_features),
        None,
        base[:0],
        document.allowance,
    )
    booster = learner.child("gradient_booster")
    name = booster.text("name")
    if name == "gblinear":
        weights = _linear(booster, base, n_features)
        # Linear models of XGBoost start every output from the first one's score.
        with np.errstate(over="ignore"):
            found.base = weights[:, -1] + base[0]
        found.weights = weights[:, :-1]
    elif name in ("gbtree", "dart"):
        found.ensemble = _trees(learner, booster, base, n_features, as_estimator)
        inner = booster.child("gbtree") if name == "dart" else booster
        found.categories = categories_of(learner, inner, found.ensemble)
    else:
        raise UnsupportedModelError(
            f"booster {name[:80]!r} is not supported; supported are gbtree, dart and"
            " gblinear"
        )
    return found
