# SPDX-License-Identifier: MIT
"""Blobs of numeric ops that open must refuse: a module a family."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module


def of(kind: str) -> Iterator[tuple[str, bytes]]:
    """What the families' functions of a name give; not each family has all."""
    for info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for name, blob in getattr(module, kind, tuple)():
            yield f"{info.name}_{name}", blob


def cases() -> Iterator[tuple[str, bytes]]:
    """(name, blob) of every family; each ends in status PAYLOAD."""
    return of("cases")


def valid() -> Iterator[tuple[str, bytes]]:
    """Neighbours of those that are right, to show the edge."""
    return of("valid")
