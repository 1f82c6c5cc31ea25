# SPDX-License-Identifier: MIT
"""Methods that a model has only where the original model had them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from emlrt import hints

if TYPE_CHECKING:
    from emlrt.model import Model

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Conditional(Generic[_P, _R]):
    """A decorator: the method is there if `methods` of the model has its name."""

    def __init__(self, method: Callable[Concatenate[Model, _P], _R]) -> None:
        self.method: Any = method
        self.__doc__ = method.__doc__

    def __get__(
        self, model: Model | None, owner: type | None = None
    ) -> Callable[_P, _R]:
        found: Callable[_P, _R] = self.method
        if model is None:
            return found
        name = self.method.__name__
        if name not in model.methods:
            hint = hints.of_labels(model)
            raise AttributeError(
                f"this model is a converted {model.estimator_type} without {name};"
                f" it has {', '.join(model.methods)}{'; ' * bool(hint)}{hint}"
            )
        found = self.method.__get__(model, owner)
        return found
