# SPDX-License-Identifier: MIT
"""Signatures of functions that take the options of a TypedDict by their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar

from emlrt.convert.ir.options import Options

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _parameter(name: str, annotation: Any) -> Parameter:
    """One option by its name, with the default of Options."""
    return Parameter(
        name,
        Parameter.KEYWORD_ONLY,
        default=getattr(Options, name, None),  # Options lacks golden and note
        annotation=annotation.__forward_arg__,
    )


def with_options(
    options: type, known_as: Callable[..., str]
) -> Callable[[_Function], _Function]:
    """Gives a function with `**options: Unpack[...]` the signature that these words
    stand for: help, editors and scikit-learn's get_params read it.

    options: the TypedDict, in a module with postponed annotations. known_as: from the
    function's arguments, what a refusal of a wrong name calls it.
    """

    def of(function: _Function) -> _Function:
        own = signature(function)
        kept = [p for p in own.parameters.values() if p.kind is not p.VAR_KEYWORD]
        more = [_parameter(*each) for each in options.__annotations__.items()]
        whole = own.replace(parameters=[*kept, *more])

        @wraps(function)
        def checked(*args: Any, **given: Any) -> Any:
            try:
                whole.bind(*args, **given)
            except TypeError as error:
                raise TypeError(f"{known_as(*args)} {error}") from None
            return function(*args, **given)

        checked.__signature__ = whole  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return of
