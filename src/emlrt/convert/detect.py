# SPDX-License-Identifier: MIT
"""Finds the library of a model in memory or in a file."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from emlrt.convert.keras.model import is_keras

#: Libraries whose modules have `is_<name>` and `is_<name>_file`, the strictest first.
LIBRARIES = ("catboost", "xgboost", "lightgbm", "treelite", "onnx")


def library_of(model: Any) -> str | None:
    """The library of a model, or of a file at a path; None if none is known.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    if is_keras(model):
        return "keras"
    path = isinstance(model, str | os.PathLike)
    for name in LIBRARIES:
        module = import_module(f"emlrt.convert.{name}.model")
        if getattr(module, f"is_{name}_file" if path else f"is_{name}")(model):
            return name
    return None
