# SPDX-License-Identifier: MIT
"""Blobs of numeric ops that open must refuse: a module a family."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module


def cases() -> Iterator[tuple[str, bytes]]:
    """(name, blob) of every family; each ends in status PAYLOAD."""
    for info in pkgutil.iter_modules(__path__):
        for name, blob in import_module(f"{__name__}.{info.name}").cases():
            yield f"{info.name}_{name}", blob
