# SPDX-License-Identifier: MIT
"""Fitted estimators of XGBoost, LightGBM and CatBoost that keep their first rounds,
by the means that each library has for it. A round is a tree for each output.

Of plain boosting the first rounds are what shorter training gives; of dart they are
not, since later rounds scale the earlier ones. Held-out rows judge them all the same.
"""

from __future__ import annotations

import json
from copy import copy
from typing import Any

from emlrt.convert.readers.classes import class_of


def _library(estimator: Any) -> str:
    """Whose boosted trees these are; "" if nobody's here."""
    names = ("xgboost", "lightgbm", "catboost")
    found = (name for name in names if class_of(estimator, name) is not None)
    return next(found, "")


def is_forest(estimator: Any) -> bool:
    """Whether it is a forest of XGBoost's: all trees are of one round."""
    cls = class_of(estimator, "xgboost")
    return cls is not None and cls.__name__.startswith("XGBRF")


def is_asymmetric(estimator: Any) -> bool:
    """Whether it is of CatBoost, and of trees that it cannot take the first ones of."""
    if class_of(estimator, "catboost") is None:
        return False
    return bool(estimator.get_all_params()["grow_policy"] != "SymmetricTree")


def rounds_parameter(estimator: Any) -> str:
    """What the parameters call the number of rounds."""
    names = ("iterations", "num_boost_round", "num_trees", "n_estimators")
    given = estimator.get_params()
    return next((name for name in names if given.get(name) is not None), names[0])


def is_sliceable(estimator: Any) -> bool:
    """Whether its first rounds may stand alone; XGBoost's linear booster has none."""
    linear = getattr(estimator, "booster", None) == "gblinear"
    whole = is_forest(estimator) or is_asymmetric(estimator)
    return bool(_library(estimator)) and not linear and not whole


def n_rounds(estimator: Any) -> int:
    """How many rounds predict uses; 1 of what has none."""
    if not is_sliceable(estimator):
        return 1
    found: int = _COUNTS[_library(estimator)](estimator)
    return found


def first_rounds(estimator: Any, n: int) -> Any:
    """A copy of a fitted estimator with the first n rounds."""
    return _FIRST[_library(estimator)](estimator, n)


def _xgboost_rounds(estimator: Any) -> int:
    booster = estimator.get_booster()
    best = booster.attr("best_iteration")
    return booster.num_boosted_rounds() if best is None else int(best) + 1


def _xgboost_first(estimator: Any, n: int) -> Any:
    found, whole = copy(estimator), estimator.get_booster()
    found._Booster, found.n_estimators = _with_categories(whole[:n], whole), n
    return found


def _with_categories(part: Any, whole: Any) -> Any:
    """A part of a Booster with the lists of categories, which XGBoost leaves out."""
    known = _trees_of(json.loads(bytes(whole.save_raw("json")))).get("cats", {})
    if not known.get("enc"):
        return part
    document = json.loads(bytes(part.save_raw("json")))
    _trees_of(document)["cats"] = known
    found = type(whole)()
    found.load_model(bytearray(json.dumps(document), "utf8"))
    return found


def _trees_of(document: Any) -> Any:
    """Where a document of XGBoost has its trees; of dart, a level further down."""
    booster = document["learner"]["gradient_booster"]
    return booster.get("gbtree", booster)["model"]


def _lightgbm_rounds(estimator: Any) -> int:
    booster = estimator.booster_
    best = int(booster.best_iteration)
    return best if best > 0 else int(booster.current_iteration())


def _lightgbm_first(estimator: Any, n: int) -> Any:
    found, whole = copy(estimator), estimator.booster_
    text = whole.model_to_string(num_iteration=n)
    found._Booster, found.n_estimators = type(whole)(model_str=text), n
    if estimator.best_iteration_:
        found._best_iteration = n
    return found


def _catboost_rounds(estimator: Any) -> int:
    return int(estimator.tree_count_)


def _catboost_first(estimator: Any, n: int) -> Any:
    found = estimator.copy()
    found.shrink(ntree_end=n)
    return found


_COUNTS = {
    "xgboost": _xgboost_rounds,
    "lightgbm": _lightgbm_rounds,
    "catboost": _catboost_rounds,
}
_FIRST = {
    "xgboost": _xgboost_first,
    "lightgbm": _lightgbm_first,
    "catboost": _catboost_first,
}
