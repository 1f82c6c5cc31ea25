# SPDX-License-Identifier: MIT
"""Blobs: a program in Python, to bytes and back."""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any, BinaryIO

import numpy as np

from emlrt import metadata as meta
from emlrt import reading
from emlrt._native import lib
from emlrt.checksum import crc32
from emlrt.column_texts import is_of_inputs
from emlrt.dtypes import dtype_of
from emlrt.errors import FormatError, UnsupportedModelError
from emlrt.metadata import Metadata
from emlrt.native import DTYPES, Runtime, constants

_OP_NAMES = {code: name.lower() for name, code in constants("EMLRT_OP_").items()}


@dataclass(frozen=True)
class Span:
    """`count` elements of a dtype code, from byte `offset` of a space on."""

    space: int
    dtype: int
    offset: int
    count: int


class _Payload:
    """Bytes, or a part of a blob, of which each access makes bytes: so that a model
    holds its blob once."""

    def __get__(self, stage: Any, owner: type | None = None) -> bytes:
        if stage is None:
            raise AttributeError("payload")  # a field without a default
        return bytes(stage.__dict__["_payload"])

    def __set__(self, stage: Any, payload: bytes | memoryview) -> None:
        stage.__dict__["_payload"] = payload


@dataclass(frozen=True)
class Stage:
    """One step of a program: an op, what it reads and writes, its payload."""

    op: int
    source: Span
    target: Span
    payload: bytes = _Payload()  # type: ignore[assignment]

    def __repr__(self) -> str:
        name = _OP_NAMES.get(self.op, f"op 0x{self.op:08x}")
        return (
            f"<Stage {name}: {self.source.count} to {self.target.count} numbers,"
            f" {self.payload_bytes} bytes>"
        )

    @property
    def payload_bytes(self) -> int:
        """Size of the payload."""
        return len(self.__dict__["_payload"])

    def __reduce__(self) -> tuple[Any, ...]:
        return Stage, (self.op, self.source, self.target, self.payload)

    @property
    def name(self) -> str:
        """The op's name, as in emlrt_op_<name>."""
        return _OP_NAMES[self.op]


@dataclass(frozen=True)
class Program:
    """The whole content of a blob. Counts are elements, sizes are bytes.

    output: what the scores are, a code of EMLRT_OUTPUT_*. output_sizes: scores of each
    output; empty means one each. vote_total: of votes only. missing: whether the
    original gives NaN inputs a meaning. infinite: whether it answers infinite ones.
    state_bytes: what it keeps from run to run.
    """

    n_inputs: int
    n_scores: int
    input_dtype: int
    stages: tuple[Stage, ...]
    output: int = lib.EMLRT_OUTPUT_VALUES
    output_sizes: tuple[int, ...] = ()
    vote_total: int = 0
    work: int = 1
    missing: bool = False
    infinite: bool = False
    arena_bytes: int = 0
    state_bytes: int = 0
    metadata: Metadata = field(default_factory=Metadata)

    def __post_init__(self) -> None:
        if not self.output_sizes:
            object.__setattr__(self, "output_sizes", (1,) * self.n_scores)

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Classes of each output; empty for models that give values."""
        return class_counts(self.output, self.output_sizes)

    def require_plain(self, what: str, instead: str) -> None:
        """Refuses what a program that keeps state cannot have.

        what: it. instead: what to do in its place.

        Raises
        ------
        UnsupportedModelError
            If it keeps any.
        """
        if self.state_bytes:
            raise UnsupportedModelError(
                f"this model keeps {self.state_bytes} bytes of state from run to run,"
                f" so that it has no {what}: {instead}"
            )

    @property
    def score_dtype(self) -> int:
        """Dtype code of the scores."""
        return self.output & 0xF


#: Kinds of output that have one score for two classes.
_BINARY = {
    lib.EMLRT_OUTPUT_LOGISTIC,
    lib.EMLRT_OUTPUT_BINARY,
    lib.EMLRT_OUTPUT_INLIERS,
}


def class_counts(output: int, output_sizes: Sequence[int]) -> tuple[int, ...]:
    """Classes of each output of a kind, whose scores are grouped so."""
    if output == lib.EMLRT_OUTPUT_VALUES:
        return ()
    return (2,) * len(output_sizes) if output in _BINARY else tuple(output_sizes)


#: The op that emlrt_classify takes from the list where scores are float.
ARGMAX = "argmax"
#: The op that emlrt_proba takes from the list, by kind of output.
PROBA_OPS: dict[int, str] = {
    lib.EMLRT_OUTPUT_LOGITS: "softmax",
    lib.EMLRT_OUTPUT_LOGISTIC: "logistic",
}
#: Kinds that have probabilities.
PROBABLE = {lib.EMLRT_OUTPUT_VOTES, lib.EMLRT_OUTPUT_SHARES, *PROBA_OPS}


#: Most outputs, and most stages, that a header counts.
_COUNTED = 0xFFFF


def _check_counts(program: Program) -> None:
    for what, n in (
        ("outputs", len(program.output_sizes)),
        ("stages", len(program.stages)),
    ):
        if n > _COUNTED:
            raise UnsupportedModelError(
                f"the model has {n} {what}; a blob has at most {_COUNTED}: let it give"
                " less, by a step that chooses or sums up, or split it into several"
            )


def _header(program: Program, body: int, total: int) -> np.ndarray[Any, Any]:
    header = np.zeros((), dtype_of("emlrt_header"))
    values = {
        "magic": lib.EMLRT_MAGIC,
        "version": lib.EMLRT_FORMAT_VERSION,
        "flags": (program.missing and lib.EMLRT_FLAG_MISSING)
        | (program.infinite and lib.EMLRT_FLAG_INFINITE)
        | (program.metadata.inputs is not None and lib.EMLRT_FLAG_OFFSET)
        | (program.state_bytes > 0 and lib.EMLRT_FLAG_STATE),
        "total_size": total,
        "body_size": body,
        "input_size": program.n_inputs * DTYPES[program.input_dtype].itemsize,
        "arena_size": program.arena_bytes,
        "score_size": program.n_scores * 4,
        "work": program.work,
        "vote_total": program.vote_total,
        "n_outputs": len(program.output_sizes),
        "n_stages": len(program.stages),
        "input": program.input_dtype,
        "output": program.output,
    }
    for name, value in values.items():
        header[name] = value
    return header


def _entry(stage: Stage) -> bytes:
    entry = np.zeros((), dtype_of("emlrt_stage"))
    entry["size"], entry["op"] = stage.payload_bytes, stage.op
    for way, span in (("in", stage.source), ("out", stage.target)):
        entry[way + "_offset"], entry[way + "_count"] = span.offset, span.count
        entry[way + "_space"] = span.space
    return entry.tobytes()


def stage_of(entry: np.void, payload: bytes | memoryview) -> Stage:
    """A stage from its table entry. The op's code names the dtypes."""
    op = int(entry["op"])
    source, target = (
        Span(
            int(entry[way + "_space"]),
            op >> shift & 0xFF,
            int(entry[way + "_offset"]),
            int(entry[way + "_count"]),
        )
        for way, shift in (("in", 0), ("out", 8))
    )
    return Stage(op, source, target, payload)  # type: ignore[arg-type]


def write(program: Program) -> bytes:
    """The blob of a program. The same program gives the same bytes.

    Raises
    ------
    UnsupportedModelError
        If it has more outputs or stages than a blob can.
    FormatError
        If it is too large.
    """
    _check_counts(program)
    parts = [np.array(program.output_sizes, "<u4").tobytes()]
    parts += map(_entry, program.stages)
    if program.state_bytes:
        parts.append(program.state_bytes.to_bytes(4, "little"))
    parts += [stage.payload for stage in program.stages]
    tail = meta.encode(program.metadata)
    size = dtype_of("emlrt_header").itemsize + sum(map(len, parts))
    if size + len(tail) > lib.EMLRT_SIZE_MAX:
        raise FormatError(
            f"the model needs {size + len(tail)} bytes; a blob holds at most"
            f" {lib.EMLRT_SIZE_MAX}"
        )
    header = _header(program, size, size + len(tail))
    crc = crc32(header.tobytes())
    for part in (*parts, tail):
        crc = zlib.crc32(part, crc)
    header["crc32"] = crc
    return b"".join([header.tobytes(), *parts, tail])


def stated_size(start: bytes) -> int:
    """The size that a blob's first bytes state; 0 if they are no blob's."""
    dtype = dtype_of("emlrt_header")
    if len(start) < dtype.itemsize:
        return 0
    header = np.frombuffer(start, dtype, 1)[0]
    is_blob = header["magic"] == lib.EMLRT_MAGIC
    return min(int(header["total_size"]), lib.EMLRT_SIZE_MAX) if is_blob else 0


def bytes_of(file: IO[bytes]) -> bytes:
    """The content of a stream, up to one byte beyond the size that its header
    states."""
    data = reading.taken(file, dtype_of("emlrt_header").itemsize)
    return data + reading.taken(file, stated_size(data) + 1 - len(data))


def _size_in(file: BinaryIO) -> int:
    """The bytes of a regular file that matter: those of a blob, and one beyond."""
    start = reading.taken(file, dtype_of("emlrt_header").itemsize)
    file.seek(0)
    return min(max(stated_size(start) + 1, len(start)), os.fstat(file.fileno()).st_size)


def held(file: BinaryIO) -> bytes:
    """What `bytes_of` gives of a regular file, held in memory once."""
    return file.read(_size_in(file))


def mapped(file: BinaryIO) -> memoryview:
    """The same, but as pages of the file, which processes share."""
    size = _size_in(file)  # what has no bytes has no pages
    found = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
    return memoryview(found)


def read(blob: bytes | memoryview, runtime: Runtime) -> Program:
    """The program of a blob that `runtime` has opened. Payloads stay in the blob."""
    blob = memoryview(blob)
    header = np.frombuffer(blob, dtype_of("emlrt_header"), 1)[0]
    at = header.dtype.itemsize
    output_sizes = np.frombuffer(blob, "<u4", header["n_outputs"], at)
    at += output_sizes.nbytes
    table = np.frombuffer(blob, dtype_of("emlrt_stage"), header["n_stages"], at)
    at += table.nbytes
    state = int(runtime.info["state_bytes"])
    at += dtype_of("emlrt_state").itemsize if state else 0
    stages = []
    for entry in table:
        stages.append(stage_of(entry, blob[at : at + int(entry["size"])]))
        at += int(entry["size"])
    output = int(header["output"])
    n_inputs, n_scores = runtime.info["n_inputs"], runtime.info["n_scores"]
    input_dtype, score_dtype = runtime.info["input_dtype"], runtime.info["score_dtype"]
    return Program(
        n_inputs=n_inputs,
        n_scores=n_scores,
        input_dtype=input_dtype,
        stages=tuple(stages),
        output=output,
        output_sizes=tuple(output_sizes.tolist()),
        vote_total=int(header["vote_total"]),
        work=int(header["work"]),
        missing=bool(header["flags"] & lib.EMLRT_FLAG_MISSING),
        infinite=bool(header["flags"] & lib.EMLRT_FLAG_INFINITE),
        arena_bytes=int(header["arena_size"]),
        state_bytes=state,
        metadata=meta.decode(
            bytes(blob[int(header["body_size"]) :]),
            class_counts(output, output_sizes.tolist()),
            DTYPES[input_dtype],
            DTYPES[score_dtype],
            (n_inputs, n_scores),
        ),
    )


def strip(program: Program, keep: frozenset[str] = frozenset()) -> Program:
    """The program without metadata, but for the parts named in `keep`.

    Parts are the fields of Metadata: classes, features, outputs, note, golden,
    methods (with them what inputs were taken for, which stays with the note, too, names
    of channels, which stay with the features, and the numbers that inputs may be).
    What categories the inputs stand for, how they are made of raw numbers, and how
    streams are cut, is no part that can go.
    """
    old = program.metadata
    parts = {name: getattr(old, name) for name in keep}
    words = ["categories"]
    words += ["rows"] if "note" in keep else []
    words += ["channel"] if "features" in keep else []
    every = "methods" in keep
    parts["methods"] = tuple(
        text
        for text in old.methods
        if any(is_of_inputs(text, word) for word in words)
        or (every and not is_of_inputs(text, "channel"))
    )
    kept = Metadata(**parts, inputs=old.inputs, window=old.window)
    return replace(program, metadata=kept)
