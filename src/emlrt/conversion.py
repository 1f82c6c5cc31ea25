# SPDX-License-Identifier: MIT
"""How an estimator becomes a Model: the constructor of its library, and the options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Literal

import numpy as np

from emlrt.constructors import DeviceOptions
from emlrt.convert.detect import library_of
from emlrt.convert.ir.options import Options, Voting, check_integers
from emlrt.inputs import InputScaling, to_int16
from emlrt.model import Model
from emlrt.validation import as_rows


class DeployOptions(DeviceOptions, total=False):
    """Options that an estimator may be deployed with: see `Model.from_sklearn`, and
    `converted` for inputs="auto"."""

    voting: Voting | None
    inputs: InputScaling | Literal["auto"] | None


#: Their names.
NAMES = tuple(DeployOptions.__annotations__)


def constructor_of(model: Any) -> Callable[..., Model]:
    """`Model.from_sklearn`, or what else converts a model, or the file at a path."""
    library = library_of(model) or "sklearn"
    make: Callable[..., Model] = getattr(Model, f"from_{library}")
    return make


def check_options(given: Mapping[str, Any]) -> None:
    """Refuses options before anything is trained with them.

    Raises
    ------
    TypeError
        If a name is none of `NAMES`, or inputs is no InputScaling.
    ValueError
        If a value has no meaning.
    """
    unknown = sorted(set(given) - set(NAMES))
    if unknown:
        raise TypeError(f"no option {unknown[0]!r}; there are {', '.join(NAMES)}")
    if given.get("inputs") is not None and isinstance(given["inputs"], str):
        _check_auto(given)
        given = {**given, "inputs": None}
    Options(**given)


def _check_auto(given: Mapping[str, Any]) -> None:
    """Refuses a text that is not "auto", or for which there is no rule."""
    if given["inputs"] != "auto":
        raise ValueError(
            f"inputs={given['inputs']!r} is not 'auto', nor an emlrt.InputScaling"
        )
    if given.get("dtype", "float32") not in ("float32", "int16"):
        raise ValueError(
            f"inputs='auto' makes int16; with dtype={given['dtype']!r} give the"
            " InputScaling itself"
        )


def numbers_of(X: Any) -> Any:
    """X, if it is rows of numbers that a conversion may look at; None of frames with
    categories, whose codes only the model knows."""
    if hasattr(X, "toarray"):
        return None
    if hasattr(X, "columns") and hasattr(X, "dtypes"):
        kinds = {getattr(dtype, "kind", "O") for dtype in X.dtypes}
        return X if kinds <= set("biuf") else None
    return X


def _rule(X: Any, given: Mapping[str, Any]) -> Any:
    """The rule of the inputs that inputs="auto" asks for: none for float32, and for
    integers that fit as they are."""
    if given.get("dtype", "float32") == "float32":
        return None
    if X is None:
        raise ValueError("inputs='auto' needs rows of numbers, not categories")
    rows = np.asarray(X)
    with suppress(ValueError):
        check_integers(as_rows(X, rows.shape[1]), np.dtype(np.int16))
        return None
    return to_int16(X)


def converted(estimator: Any, X: Any, given: Mapping[str, Any]) -> Model:
    """The Model of a fitted estimator.

    Parameters
    ----------
    estimator : fitted estimator of any library that converts
    X : array-like (n_rows, n_features), or None
        Rows like those it was trained on, for `from_sklearn(X=)`.
    given : options, by names of `NAMES`
        inputs may be "auto": `emlrt.to_int16(X)` where dtype="int16" asks for it.

    Raises
    ------
    UnsupportedModelError, ValueError
        As the constructors do.
    """
    rows = numbers_of(X)
    options = dict(given)
    if isinstance(options.get("inputs"), str):
        options["inputs"] = _rule(rows, given)
    if options.get("voting") is None:
        options.pop("voting", None)  # which boosted trees' constructors do not have
    return constructor_of(estimator)(estimator, X=rows, **options)
