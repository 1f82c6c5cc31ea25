# SPDX-License-Identifier: MIT
"""A fit whose signature has sample_weight only where the estimator's has it: tools of
scikit-learn hand over weights by what the signature says."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from types import MethodType
from typing import Any, TypeVar

from sklearn import get_config
from sklearn.utils.validation import has_fit_parameter

_Fit = TypeVar("_Fit", bound=Callable[..., Any])


def takes_weights(estimator: Any) -> bool:
    """Whether fit takes sample_weight, or metadata routing decides."""
    if get_config()["enable_metadata_routing"] or not hasattr(estimator, "fit"):
        return True
    return bool(has_fit_parameter(estimator, "sample_weight"))


def weighted(fit: _Fit) -> _Fit:
    """Decorates `fit` of an estimator that trains its parameter `estimator`."""
    return _WeightedFit(fit)  # type: ignore[return-value]


class _WeightedFit:
    """A method whose signature is that of its instance."""

    def __init__(self, fit: Callable[..., Any]) -> None:
        self._fit = fit
        self.__doc__ = fit.__doc__

    def __get__(self, owner: Any, kind: type | None = None) -> Callable[..., Any]:
        if owner is None:
            return self._fit
        if takes_weights(owner.estimator):
            return MethodType(self._fit, owner)

        @wraps(self._fit)
        def fit(*args: Any, **params: Any) -> Any:
            return self._fit(owner, *args, **params)

        own = signature(MethodType(self._fit, owner))
        kept = [p for name, p in own.parameters.items() if name != "sample_weight"]
        fit.__signature__ = own.replace(parameters=kept)  # type: ignore[attr-defined]
        return fit
