# SPDX-License-Identifier: MIT
"""Blobs of numeric ops that open must refuse: a module a family."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

#: What a module may have, functions of these names, and how their blobs end.
#: "valid" ones are neighbours of the others, to show the edge.
STATUSES = {
    "header": "HEADER",
    "stages": "STAGE",
    "cases": "PAYLOAD",
    "work": "WORK",
    "valid": "OK",
    "state": "STATE",  # valid, but only a stream may open it
}


def of(kind: str) -> Iterator[tuple[str, bytes]]:
    """(name, blob) of all that the families' functions of a name give."""
    for info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for name, blob in getattr(module, kind, tuple)():
            yield f"{info.name}_{name}", blob
