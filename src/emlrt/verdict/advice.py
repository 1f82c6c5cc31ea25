# SPDX-License-Identifier: MIT
"""What takes most of a memory, and what makes it less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emlrt.blob import Stage
from emlrt.inspect.trees import trees_header
from emlrt.verdict.numbers import each_second, percent
from emlrt.verdict.sizes import stripped_bytes

if TYPE_CHECKING:
    from emlrt.model import Model
    from emlrt.verdict.pace import Pace

_INTEGERS = 'dtype="int16" or "uint8", if the features are integers'
_FAMILIES = {
    "oblivious": "fewer trees or less depth",
    "items": "fewer rows to keep: fit on a part of them, or on centres",
    "nearest": "fewer rows to keep: fit on a part of them, or on centres",
    "kernel": "fewer support vectors: a smaller C, or a linear kernel",
    "gauss": "fewer components, or diagonal covariances",
    "bands": "fewer bands, or shorter transforms",
}
_RAM = {
    "scratch": "fewer features or bands, or narrower layers",
    "inputs": "fewer features",
    "answer": "fewer outputs",
    "state": "shorter windows, fewer or shorter filters, decisions of fewer windows",
    "stream": "shorter windows, fewer features or bands, narrower layers",
    "struct": "little: it is the runtime's own",
    "stack": "little: it is the runtime's own, and less with -Os",
}


def _of_dense(model: Model) -> str:
    """What makes a stage of weights smaller."""
    n = sum(stage.name == "dense" for stage in model.stages)
    return "fewer or narrower layers, or components" if n > 1 else "fewer features"


def _votes(unit: int) -> str:
    """What makes lists of votes smaller, by the votes that a tree has now."""
    coarse = {"leaf_bits=8": 240, "leaf_bits=4": 12}
    found = next((option for option, n in coarse.items() if n < unit), None)
    return 'voting="hard"' if found is None else f'{found}, or voting="hard"'


def _of_trees(stage: Stage) -> str:
    """What makes a stage of trees smaller."""
    head, ways = trees_header(stage), ["fewer or shallower trees"]
    if stage.name.startswith("trees_soft"):
        ways.append(_votes(head["unit"]))
    elif stage.name.startswith("trees_sum") and head["leaf_shift"] > 0:
        ways.append("leaf_bits=16 or 8" if head["leaf_shift"] > 1 else "leaf_bits=8")
    elif stage.name.startswith("trees_add"):
        ways.append('sums="int32" with leaf_bits=16')
    if stage.name.endswith(("_f32", "_i32")):
        ways.append(f'encoding="bins"; {_INTEGERS}')
    return "; ".join(ways)


def of_flash(model: Model, part: str) -> str:
    """What makes a part of the flash smaller. part: as `blob_parts` names it, or
    "code"."""
    if part == "code":
        floats = model.input_dtype.kind == "f"
        trees = floats and any(s.name.endswith(("_f32", "_f32w")) for s in model.stages)
        return "-Os in place of -O2" + (f"; {_INTEGERS}" if trees else "")
    if part == "metadata":
        return f"`emlrt strip` leaves {stripped_bytes(model):,} bytes of the blob"
    if part == "header":
        alone = len(model.stages) == 1
        return "little: it is the format's own" if alone else "fewer steps"
    stage = model.stages[int(part.split()[1])]
    if stage.name == "dense":
        return _of_dense(model)
    if stage.name.startswith("trees_"):
        return _of_trees(stage)
    found = (text for start, text in _FAMILIES.items() if stage.name.startswith(start))
    return next(found, "a smaller model, or fewer features")


def of_time(model: Model, pace: Pace, load: float) -> str:
    """What makes a stream's share of the processor's time smaller, and which rate would
    leave none. load: the share."""
    rate = pace.rate or 0.0
    ways = ["a larger hop", "fewer features or bands", "a lower rate"]
    if model.input_dtype.kind == "f":
        ways.append(_INTEGERS)
    return (
        f"time: {percent(load)} at {each_second(rate)}; all of it would be"
        f" {each_second(rate / load)}. Less: {', '.join(ways)}"
    )


def of_ram(model: Model, part: str) -> str:
    """What makes a part of the RAM smaller. part: as `ram_parts` names it."""
    whole = model.input_dtype.kind != "f"
    return _RAM[part] + (f", or {_INTEGERS}" if part == "inputs" and not whole else "")
