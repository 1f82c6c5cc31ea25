# SPDX-License-Identifier: MIT
"""Names of a package whose modules are loaded when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def attribute(package: str, modules: Mapping[str, str], name: str) -> Any:
    """A class or function, for a package's `__getattr__`.

    modules: the package's modules by the names that they have.

    Raises
    ------
    ImportError
        If it takes scikit-learn, which is not installed; says how to install it.
    """
    if name not in modules:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{package}.{modules[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "sklearn":
            raise
        raise ImportError(
            f"{package}.{name} takes scikit-learn; install it with: pip install"
            " scikit-learn"
        ) from error
