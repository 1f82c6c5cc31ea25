# SPDX-License-Identifier: MIT
"""Classes of models in memory: whose they are, and whether they are as they came."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getattr_static
from typing import Any

from emlrt.errors import UnsupportedModelError


def class_of(model: Any, library: str) -> type | None:
    """A library's class that a model is, or derives from; None if there is none."""
    for cls in type(model).__mro__:
        if cls.__module__.partition(".")[0] == library:
            return cls
    return None


def check_methods(model: Any, cls: type, methods: Iterable[str]) -> None:
    """Refuses a model that answers otherwise than the class it derives from.

    Raises
    ------
    UnsupportedModelError
        Naming the method.
    """
    name = type(model).__name__
    for method in methods:
        # Static: what is available on a condition gives a new function each time.
        ours = getattr_static(model, method, None)
        if ours is not getattr_static(cls, method, None):
            raise UnsupportedModelError(
                f"{name} overrides {cls.__name__}.{method}, which a converted model"
                f" would not follow; convert a plain {cls.__name__}"
            )
