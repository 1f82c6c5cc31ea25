# SPDX-License-Identifier: MIT
"""Inputs that float32 is too coarse for, of models that compute with them.

Trees compare inputs, and their thresholds are settled for the device's numbers. All
else computes: with what is left of an input after rounding, whatever comes behind. So
where rows are given (X=), each input that is computed with is looked at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import AS_THEY_ARE, COMPARE, F32, Dense, Step, Tensor
from emlrt.convert.rounding.row_kinds import remedy
from emlrt.errors import PrecisionWarning, warn
from emlrt.inputs import is_coarse

#: Features that a warning names.
_FEW = 5


def _inputs_of(graph: Graph, x: Tensor) -> NDArray[np.int64]:
    """The inputs that x has copies of."""
    buffer, start = x.buffer, x.start
    while buffer not in graph.copies and buffer.parent is not None:
        start += buffer.offset
        buffer = buffer.parent
    return graph.inputs_of(Tensor(buffer, start, x.count))


def _computed(graph: Graph, steps: Sequence[Step]) -> set[int]:
    """Inputs whose numbers some step computes with."""
    found: set[int] = set()
    for step in steps:
        if step.op.startswith((*AS_THEY_ARE, *COMPARE)):
            continue
        inputs = _inputs_of(graph, step.source)
        if isinstance(step.params, Dense):
            inputs = inputs[step.params.weights.any(axis=0)]
        found.update(inputs[inputs >= 0].tolist())
    return found


def coarse_inputs(graph: Graph, inputs: Sequence[int]) -> list[int]:
    """The inputs, of those given, that X shows to be too coarse."""
    rows, found = graph.raw_rows, []
    if rows is None or graph.input.dtype != F32:
        return []
    scaling = graph.device.scaling
    for k in inputs:
        column = rows[:, k]
        offset = 0 if scaling is None else int(scaling.offset[k])
        if is_coarse(column[np.isfinite(column)], offset):
            found.append(k)
    return found


def warn_of_coarse(graph: Graph, steps: Sequence[Step], names: Sequence[str]) -> bool:
    """Warns of inputs that the needed steps compute with, and float32 is too coarse
    for; says whether it did. names: of the inputs, if there are any."""
    if graph.raw_rows is None:
        return False
    seen = set(graph.rows.found())  # which are warned of already
    found = set(coarse_inputs(graph, sorted(_computed(graph, steps) - seen)))
    chosen = sorted(found | (graph.coarse - seen))
    if not chosen:
        return False
    said = [names[k] if names else f"{k}" for k in chosen[:_FEW]]
    if len(chosen) > _FEW:
        said.append(f"{len(chosen) - _FEW} more")
    rows = graph.raw_rows[:, chosen]
    warn(
        f"float32 is too coarse for feature{'s' * (len(said) > 1)} {', '.join(said)},"
        " far from 0 beside what X varies by there: rounding moves what is computed;"
        f" {remedy(graph.rows, rows, computed=True)}",
        PrecisionWarning,
    )
    return True
