# SPDX-License-Identifier: MIT
"""Bytes of a blob and of the memory that its calls take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emlrt import blob as blobs
from emlrt.dtypes import dtype_of

if TYPE_CHECKING:
    from emlrt.model import Model

#: Bytes that emlrt_stream has beyond its emlrt_model: pointers, sizes, and numbers of
#: four bytes.
_STREAM, _STREAM_AVR = 28, 20


def blob_parts(model: Model) -> dict[str, int]:
    """Bytes of the blob's parts, which add up to `model.nbytes`: the header with the
    tables, each stage's payload ("stage 0 trees_soft_f32"), and the metadata."""
    program = model.program
    table = dtype_of("emlrt_header").itemsize + 4 * len(program.output_sizes)
    table += dtype_of("emlrt_stage").itemsize * len(program.stages)
    table += dtype_of("emlrt_state").itemsize if program.state_bytes else 0
    parts = {"header": table}
    for k, stage in enumerate(program.stages):
        parts[f"stage {k} {stage.name}"] = stage.payload_bytes
    parts["metadata"] = model.nbytes - sum(parts.values())
    return parts


def stripped_bytes(model: Model) -> int:
    """Bytes of the blob without the metadata that a device does not need."""
    return len(blobs.write(blobs.strip(model.program)))


def _answer_bytes(model: Model) -> int:
    """Bytes of an answer: a class of each output, or the scores."""
    return 4 * (model.n_outputs_ if model.output_classes else model.n_scores)


def ram_parts(
    model: Model, struct: int, stack: int, scratch: int | None, avr: bool = False
) -> dict[str, int]:
    """Bytes of RAM while the model is in use, by what they are for.

    struct: of emlrt_model, and of the list of ops where that is in RAM. scratch: of
    the call; None of a stream, which has memory of its own in place of scratch and
    inputs: what it keeps from run to run, and the rest.
    """
    if scratch is None:
        state = model.state_bytes
        parts = {"state": state, "stream": model.stream_bytes - state}
        parts["struct"] = struct + (_STREAM_AVR if avr else _STREAM)
    else:
        row = model.program.n_inputs * model.input_dtype.itemsize
        parts = {"scratch": scratch, "inputs": row, "answer": _answer_bytes(model)}
        parts["struct"] = struct
    return {**parts, "stack": stack}
