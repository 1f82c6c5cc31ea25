# SPDX-License-Identifier: MIT
"""What kind of value a parameter of a block is, by the annotation of its name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from emlrt.validation import whole


def _is_number(value: Any) -> bool:
    """Whether it is a real number that is not infinite. NaN is for the block to say."""
    return (
        isinstance(value, Real)
        and not isinstance(value, bool | np.bool_)
        and abs(value) != np.inf
    )


def _is_flag(value: Any) -> bool:
    flag = isinstance(value, bool | np.bool_)
    return flag or (isinstance(value, int | np.integer) and value in (0, 1))


def is_sequence(value: Any) -> bool:
    """Whether it is a list, or the like of one dimension, and no text."""
    text = isinstance(value, str | bytes | Mapping)
    listed = hasattr(value, "__iter__") and hasattr(value, "__len__") and not text
    return listed and np.ndim(value if isinstance(value, np.ndarray) else [0]) == 1


#: What is asked of a value by the first word of its annotation, and how that is said.
_KINDS = {
    "float": (_is_number, "a finite number"),
    "int": (lambda v: _is_number(v) and v == v, "an integer"),
    "bool": (_is_flag, "True or False"),
    "str": (lambda v: isinstance(v, str), "text"),
    "Sequence": (is_sequence, "a sequence"),
    "tuple": (is_sequence, "a sequence"),
}


def check_kinds(block: Any) -> None:
    """Checks that each parameter of a block is of the kind that its annotation names.

    Raises
    ------
    ValueError
        If one is not; says its name.
    """
    for name, parameter in inspect.signature(type(block)).parameters.items():
        kinds = str(parameter.annotation).split(" | ")
        value, known = getattr(block, name), [k.split("[")[0] for k in kinds]
        if (value is None and "None" in known) or (value is False and "bool" in known):
            continue
        is_one, text = _KINDS.get(known[0], (None, ""))
        if kinds[0] == "Sequence[str]":
            text = "a list of names"
        if is_one is not None and not is_one(value):
            raise ValueError(f"{name} is {text}, not {value!r}")
        _check_elements(name, kinds[0], value)


def _check_elements(name: str, kind: str, value: Any) -> None:
    """Checks the elements of a sequence of numbers."""
    if kind in ("Sequence[int]", "Sequence[float]", "tuple[int, int]"):
        for element in value:
            if not _is_number(element):
                raise ValueError(f"{name} holds {element!r}, which is no finite number")


def frames_of(numbers: int, n_bands: Any) -> tuple[int, int]:
    """(frames, bands) of so many numbers, frame after frame.

    Raises
    ------
    ValueError
        If n_bands is no number of bands, or these are no whole frames.
    """
    n = whole("n_bands", n_bands, 1)
    if numbers % n:
        raise ValueError(f"{numbers} numbers are no whole frames of n_bands={n}")
    return numbers // n, n
