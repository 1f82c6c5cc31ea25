# SPDX-License-Identifier: MIT
"""Small models of every family and op, that tests of the whole runtime share.

Each module of this folder has CASES. Every case goes through the host's paths,
flips and fuzzing, the emulated targets and the reader written from SPEC.md.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlrt


@dataclass(frozen=True)
class Case:
    """A model and rows for it. make: gives both; called once a process."""

    name: str
    make: Callable[[], tuple[emlrt.Model, NDArray[Any]]]

    def __str__(self) -> str:
        return self.name

    @cache  # noqa: B019 (cases live as long as the tests)
    def built(self) -> tuple[emlrt.Model, NDArray[Any]]:
        """The model, and rows as C-contiguous elements of its input dtype."""
        model, rows = self.make()
        return model, np.ascontiguousarray(rows, model.input_dtype)

    @property
    def model(self) -> emlrt.Model:
        return self.built()[0]

    @property
    def rows(self) -> NDArray[Any]:
        return self.built()[1]


def cases() -> list[Case]:
    """All of them, modules in alphabetical order."""
    found: list[Case] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        for case in import_module(f"{__name__}.{module}").CASES:
            found.append(Case(f"{module}-{case.name}", case.make))
    return found


def stream_cases() -> list[Case]:
    """Models that keep state, which only streams run: each module's STREAMS."""
    found: list[Case] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        for case in getattr(import_module(f"{__name__}.{module}"), "STREAMS", ()):
            found.append(Case(f"{module}-{case.name}", case.make))
    return found


def odd_rows(n_inputs: int) -> NDArray[np.float32]:
    """Rows of NaN, infinities, zeros and the extremes of float32."""
    odd = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1e-38, 3.4e38, -3.4e38]
    rows = np.repeat(np.array(odd, np.float32)[:, None], n_inputs, axis=1)
    mixed = np.resize(np.array(odd, np.float32), (3, n_inputs))
    return np.concatenate([rows, mixed])


def small_blobs(most: int = 700) -> dict[str, bytes]:
    """Stripped blobs of at most so many bytes, the smallest of each set of ops."""
    found: dict[str, bytes] = {}
    for case in sorted(cases(), key=lambda case: case.model.strip().nbytes):
        ops = "+".join(sorted({stage.name for stage in case.model.stages}))
        blob = bytes(case.model.strip())
        if len(blob) <= most:
            found.setdefault(ops, blob)
    return {f"family_{i}": blob for i, blob in enumerate(found.values())}
