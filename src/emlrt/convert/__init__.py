# SPDX-License-Identifier: MIT
"""Converters: from a fitted estimator to a program, one module a family."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from emlrt.blob import Program
from emlrt.convert.options import Options
from emlrt.errors import UnsupportedModelError

#: Module of emlrt.convert by scikit-learn class name. Its `program` converts.
REGISTRY: dict[str, str] = {
    name: "trees"
    for name in (
        "DecisionTreeClassifier",
        "DecisionTreeRegressor",
        "ExtraTreeClassifier",
        "ExtraTreeRegressor",
        "RandomForestClassifier",
        "RandomForestRegressor",
        "ExtraTreesClassifier",
        "ExtraTreesRegressor",
    )
}


def _sklearn_class(estimator: Any) -> type | None:
    """The scikit-learn class that an estimator is, or derives from."""
    for cls in type(estimator).__mro__:
        if cls.__module__.partition(".")[0] == "sklearn" and cls.__name__ in REGISTRY:
            return cls
    return None


def sklearn_program(estimator: Any, options: Options) -> Program:
    """Converts a fitted scikit-learn estimator.

    Raises
    ------
    UnsupportedModelError
        If the estimator's class, or a parameter of it, has no faithful form.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    cls = _sklearn_class(estimator)
    name = type(estimator).__name__
    if cls is None:
        raise UnsupportedModelError(
            f"cannot convert {name}: supported are {', '.join(sorted(REGISTRY))}"
        )
    for method in ("predict", "predict_proba"):
        ours = vars(estimator).get(method, getattr(type(estimator), method, None))
        if ours is not getattr(cls, method, None):
            raise UnsupportedModelError(
                f"{name} overrides {cls.__name__}.{method}, which a converted model"
                f" would not follow; convert a plain {cls.__name__}"
            )
    module = import_module(f"emlrt.convert.{REGISTRY[cls.__name__]}")
    convert: Callable[[Any, Options], Program] = module.program
    return convert(estimator, options)
