# SPDX-License-Identifier: MIT
"""Numeric ops written from SPEC.md alone: a module a family, OPS in each."""

import pkgutil
from collections.abc import Callable
from importlib import import_module

from c.op_codes import OP

#: What an op does: payload, input elements, number of outputs -> outputs.
Op = Callable[[bytes, list[float], int], list[float]]


#: The same of an op that may keep state: payload, input, what stands where it
#: writes, all state -> outputs.
Keeper = Callable[[bytes, list[float], list[float], bytearray], list[float]]


def keepers() -> dict[int, Keeper]:
    """Every op that may keep state, by its code."""
    ops: dict[str, Keeper] = {}
    for info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        ops.update(getattr(module, "KEEPERS", {}))
    return {OP[name]: op for name, op in ops.items()}


def load() -> dict[int, Op]:
    """Every op by its code."""
    ops: dict[str, Op] = {}
    for info in pkgutil.iter_modules(__path__):
        ops.update(getattr(import_module(f"{__name__}.{info.name}"), "OPS", {}))
    return {OP[name]: op for name, op in ops.items()}
