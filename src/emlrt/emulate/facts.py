# SPDX-License-Identifier: MIT
"""What firmware must know of a blob at compile time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt import blob as blobs
from emlrt._native import lib
from emlrt.inputs import InputScaling
from emlrt.native import DTYPES, Runtime

Call = Literal["run", "classify", "proba"]
#: What firmware calls of a stream, whatever it asks for.
STREAM_CALLS = ("emlrt_stream_open", "emlrt_stream_push_as", "emlrt_stream_ready")
#: What gives a stream's answers of each call.
STREAM_ANSWERS: dict[Call, str] = {
    "run": "emlrt_stream_scores",
    "classify": "emlrt_stream_classify",
    "proba": "emlrt_stream_proba",
}


@dataclass(frozen=True)
class Facts:
    """Ops, sizes and types of a blob (counts in elements, sizes in bytes).

    calls: what it answers, of "run", "classify" and "proba". ops: of its stages;
    call_ops: those that a call takes beside them. inputs: how they are made of rows.
    stream_bytes: memory of a stream; state_bytes: what of it is kept from run to run;
    channels: its samples of one time. total_bytes: of the blob.
    """

    ops: tuple[str, ...]
    call_ops: dict[str, tuple[str, ...]]
    n_stages: int
    n_inputs: int
    n_scores: int
    n_outputs: int
    n_classes: int
    calls: tuple[Call, ...]
    arena_bytes: int
    scratch_bytes: int
    golden_bytes: int
    input_dtype: np.dtype[Any]
    score_dtype: np.dtype[Any]
    inputs: InputScaling | None = None
    stream_bytes: int = 0
    state_bytes: int = 0
    channels: int = 1
    total_bytes: int = 0

    @property
    def input_bytes(self) -> int:
        """Bytes of one input."""
        return self.n_inputs * self.input_dtype.itemsize

    def check_plain(self, core: str = "cortex-m0plus") -> None:
        """Raises ValueError if the model keeps state: no row is a call by itself. core:
        that the message names."""
        if self.state_bytes:
            raise ValueError(
                f"the model keeps {self.state_bytes} bytes of state from run to run, so"
                " that no row is a call by itself:"
                f' emlrt.emulate.stream(model, recording, core="{core}") runs it on a'
                f" core, with a recording of (n_samples, {self.channels})"
            )

    def call_of(self, call: Call | None) -> Call:
        """A call that was asked for; by default, "classify" if there are classes, else
        "run".

        Raises
        ------
        ValueError
            If the model does not answer it.
        """
        if call is None:
            return "classify" if "classify" in self.calls else "run"
        if call not in self.calls:
            raise ValueError(
                f"call={call!r}: the model answers {' and '.join(self.calls)} only"
            )
        return call

    def rows(self, X: ArrayLike) -> NDArray[Any]:
        """Inputs as the model takes them: (n_rows, n_inputs), contiguous.

        Raises
        ------
        ValueError
            If the shape is another, or an integer type would change a value.
        """
        given = np.asarray(X)
        if given.ndim != 2 or given.shape[1] != self.n_inputs:
            raise ValueError(
                f"X has shape {given.shape}; the model takes (n_rows, {self.n_inputs})"
            )
        if self.inputs is not None:
            return self.inputs.transform(given)
        rows = np.ascontiguousarray(given.astype(self.input_dtype))
        if self.input_dtype.kind != "f" and not np.array_equal(rows, given):
            raise ValueError(
                f"the model takes {self.input_dtype} inputs, and X has values"
                " that this type does not hold"
            )
        return rows


def blob_of(model: Any) -> bytes:
    """The blob of a Model; bytes are one already.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if not isinstance(model, bytes) and not hasattr(model, "program"):
        raise TypeError(
            f"an emlrt.Model or the bytes of a blob are wanted, not a"
            f" {type(model).__name__}: emlrt.convert makes a Model"
        )
    return bytes(model)


def facts(blob: bytes) -> Facts:
    """Read a blob's facts; FormatError if the runtime refuses it."""
    runtime = Runtime(blob)
    info = runtime.info
    program = blobs.read(blob, runtime)
    calls: list[Call] = ["run"]
    if program.class_counts:
        calls.append("classify")
    if program.output in blobs.PROBABLE:
        calls.append("proba")
    window = program.metadata.window
    floats = program.output != lib.EMLRT_OUTPUT_VOTES
    more = blobs.PROBA_OPS.get(program.output)
    return Facts(
        ops=tuple(dict.fromkeys(stage.name for stage in program.stages)),
        call_ops={
            "run": (),
            "classify": (blobs.ARGMAX,) if floats else (),
            "proba": () if more is None else (more,),
        },
        n_stages=len(program.stages),
        n_inputs=info["n_inputs"],
        n_scores=info["n_scores"],
        n_outputs=info["n_outputs"],
        n_classes=info["n_classes"],
        calls=tuple(calls),
        arena_bytes=info["arena_bytes"],
        scratch_bytes=info["scratch_bytes"],
        golden_bytes=info["golden_bytes"],
        input_dtype=DTYPES[info["input_dtype"]],
        score_dtype=DTYPES[info["score_dtype"]],
        inputs=program.metadata.inputs,
        stream_bytes=info["stream_bytes"],
        state_bytes=info["state_bytes"],
        channels=1 if window is None else window.channels,
        total_bytes=len(blob),
    )
