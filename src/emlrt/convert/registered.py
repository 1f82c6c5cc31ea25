# SPDX-License-Identifier: MIT
"""Converters that users register for estimators of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from emlrt.convert.builder import Builder
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.output_spec import OutputSpec
from emlrt.convert.ir.steps import Tensor
from emlrt.errors import UnsupportedModelError

#: From a Builder, a fitted estimator and the vector that it reads to one of the
#: Builder's answers.
Converter = Callable[[Builder, Any, Tensor], OutputSpec]
#: From a fitted estimator to the names of its features, or to their number.
Features = Callable[[Any], Sequence[str] | int]


@dataclass(frozen=True)
class Registered:
    """What is registered for a class."""

    cls: type
    function: Converter
    features: Features | None

    def seen(self, estimator: Any) -> tuple[int, list[str]]:
        """Number of features, and their names if there are any."""
        if self.features is None:
            found = getattr(estimator, "feature_names_in_", None)
            n = getattr(estimator, "n_features_in_", None)
            if n is None:
                raise UnsupportedModelError(
                    f"{type(estimator).__name__} has no n_features_in_, so it is not"
                    " fitted or does not say what it takes; give register_converter a"
                    " function features="
                )
            return int(n), [] if found is None else [str(name) for name in found]
        return _named(self.cls, self.features(estimator))

    def convert(self, graph: Graph, estimator: Any, x: Tensor) -> OutputSpec:
        """Adds the stages of an estimator that reads x."""
        found = self.function(Builder(graph, x), estimator, x)
        if not isinstance(found, OutputSpec):
            raise UnsupportedModelError(
                f"the converter of {self.cls.__name__} returned {found!r}; it"
                " returns an answer of the Builder, as build.values(y) or"
                " build.transformed(y)"
            )
        return found


def _named(cls: type, given: Any) -> tuple[int, list[str]]:
    """Number and names of what `features` gave."""
    if isinstance(given, Integral) and not isinstance(given, bool) and int(given) > 0:
        return int(given), []
    if isinstance(given, Iterable) and not isinstance(given, str | bytes):
        names = [str(name) for name in given]
        if names and len(set(names)) == len(names):
            return len(names), names
    raise UnsupportedModelError(
        f"features= of {cls.__name__} gave {given!r}; it gives the names of the"
        " features, each once, or their number"
    )


_REGISTERED: dict[type, Registered] = {}


def register_converter(
    cls: type, function: Converter, *, features: Features | None = None
) -> None:
    """Teaches emlrt to convert estimators of a class, also within pipelines.

    Parameters
    ----------
    cls : type
        The class. Classes derived from it convert likewise, if they leave its methods
        alone. Registered classes go before those that emlrt knows by itself; another
        call for the same class replaces the function.
    function : callable
        Called as function(build, estimator, x): an `emlrt.convert.builder.Builder`, the
        fitted estimator, and the vector of the estimator's features. It makes vectors
        by the Builder's methods and returns what the Builder's `values`,
        `transformed`, `logits`, `probabilities` or `margins` gives.
    features : callable, optional
        Called with the estimator, gives the names of its features or their number. By
        default they are `feature_names_in_` and `n_features_in_`.

    Raises
    ------
    TypeError
        If cls is no class, or a function is not callable.
    """
    if not isinstance(cls, type):
        raise TypeError(f"register_converter takes a class, not {cls!r}")
    for what in (function, features):
        if what is not None and not callable(what):
            raise TypeError(f"{what!r} is no function")
    _REGISTERED[cls] = Registered(cls, function, features)


def unregister_converter(cls: type) -> None:
    """Forgets what was registered for a class; KeyError if nothing was."""
    del _REGISTERED[cls]


def registered(estimator: Any) -> Registered | None:
    """What was registered for an estimator's class, or for the nearest that it derives
    from and that emlrt knows."""
    for cls in type(estimator).__mro__:
        if cls in _REGISTERED:
            return _REGISTERED[cls]
    return None
