# SPDX-License-Identifier: MIT
"""Numeric ops written from SPEC.md alone: a module a family, OPS in each."""

import pkgutil
from collections.abc import Callable
from importlib import import_module

from c.op_codes import OP

#: What an op does: payload, input elements, number of outputs -> outputs.
Op = Callable[[bytes, list[float], int], list[float]]


def load() -> dict[int, Op]:
    """Every op by its code."""
    ops: dict[str, Op] = {}
    for info in pkgutil.iter_modules(__path__):
        ops.update(getattr(import_module(f"{__name__}.{info.name}"), "OPS", {}))
    return {OP[name]: op for name, op in ops.items()}
