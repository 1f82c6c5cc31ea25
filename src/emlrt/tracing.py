# SPDX-License-Identifier: MIT
"""The numbers that every stage of a program reads and writes, for some rows.

The stages run one by one, by the C code of the runtime, on one memory: here, or on an
emulated core (`emlrt.emulate.trace`). Numbers are compared by their bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from emlrt import blob as blobs
from emlrt import parts
from emlrt._native import lib
from emlrt.blob import Program, Span, Stage
from emlrt.native import DTYPES

_SPACES = {
    lib.EMLRT_SPACE_INPUT: "input",
    lib.EMLRT_SPACE_ARENA: "arena",
    lib.EMLRT_SPACE_OUTPUT: "output",
}


class Steps(Protocol):
    """Memory for one row of an open model, where its stages run one by one."""

    where: str

    def start(self, x: NDArray[Any]) -> None:
        """Puts a row in place; all else becomes 0."""

    def step(self, at: int) -> None:
        """Runs one stage on what is there."""

    def read(self, space: int, offset: int, size: int) -> bytes:
        """Bytes of a space as they are now."""

    def call(self, what: str) -> bytes:
        """The row's answer by firmware's own call: "run", "classify" or "proba"."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """Some numbers of each row.

    values: (n_rows, count). space, offset: where they lie in the device's memory, the
    offset in bytes; "" where they are no part of a space.
    """

    values: NDArray[Any]
    space: str = ""
    offset: int = 0

    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[Any]:
        """The values, so that numpy takes the numbers as an array."""
        return np.array(self.values, dtype)

    @property
    def count(self) -> int:
        return int(self.values.shape[1])

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.values.dtype

    @property
    def bits(self) -> NDArray[Any]:
        """The numbers' bits, as unsigned integers of the same width."""
        return np.ascontiguousarray(self.values).view(f"u{self.dtype.itemsize}")

    def hex(self, row: int, element: int) -> str:
        """The bits of a number in hexadecimal digits."""
        digits = 2 * self.dtype.itemsize
        return f"{int(self.bits[row, element]):0{digits}x}"

    def text(self, row: int, element: int) -> str:
        """A number with as many digits as its type needs, and its bits."""
        return f"{self.values[row, element]!s} ({self.hex(row, element)})"

    def to_dict(self, row: int) -> dict[str, Any]:
        """One row's numbers for JSON."""
        place = {"space": self.space, "offset": self.offset} if self.space else {}
        return {
            **place,
            "dtype": self.dtype.name,
            "values": self.values[row].tolist(),
            "bits": [self.hex(row, element) for element in range(self.count)],
        }


@dataclass(frozen=True, eq=False)
class StageTrace:
    """One stage: its op's name, the bytes of its payload, what it read and wrote."""

    index: int
    op: str
    payload_bytes: int
    reads: Numbers
    writes: Numbers

    @property
    def title(self) -> str:
        return f"stage {self.index} ({self.op})"

    def to_dict(self, row: int) -> dict[str, Any]:
        """One row's numbers for JSON."""
        return {
            "index": self.index,
            "op": self.op,
            "payload_bytes": self.payload_bytes,
            "reads": self.reads.to_dict(row),
            "writes": self.writes.to_dict(row),
        }


@dataclass(frozen=True)
class Difference:
    """A number that two runs do not agree on.

    stage: its index; None of what is no stage's. what: "stage 1 (dense) writes",
    "scores", ... names, values, bits: of the one run and of the other.
    """

    row: int
    stage: int | None
    what: str
    element: int
    names: tuple[str, str]
    values: tuple[float, float]
    bits: tuple[str, str]

    def __str__(self) -> str:
        sides = zip(self.names, self.values, self.bits, strict=True)
        both = ", ".join(f"{name} {value:.9g} ({b})" for name, value, b in sides)
        return f"row {self.row}, {self.what}, element {self.element}: {both}"

    def to_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        sides = zip(self.names, self.values, self.bits, strict=True)
        return {
            "row": self.row,
            "stage": self.stage,
            "what": self.what,
            "element": self.element,
            **{name: {"value": value, "bits": b} for name, value, b in sides},
        }


#: What is compared: its stage, a title, and the numbers of each side.
Section = tuple[int | None, str, Numbers, Numbers]


def _differing(
    sections: Sequence[Section], names: tuple[str, str], first: int
) -> Iterator[Difference]:
    """Row by row, in the order of the sections. first: number of the first row."""
    parted = [ours.bits != theirs.bits for _, _, ours, theirs in sections]
    for row in range(len(parted[0])):
        for (stage, what, ours, theirs), mask in zip(sections, parted, strict=True):
            for at in np.flatnonzero(mask[row]).tolist():
                values = ours.values[row, at].item(), theirs.values[row, at].item()
                bits = ours.hex(row, at), theirs.hex(row, at)
                yield Difference(first + row, stage, what, at, names, values, bits)


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Sequence[StageTrace]):
    """The stages of a model in order, with the numbers of each, for some rows.

    Attributes
    ----------
    where : str
        "host", or the name of the core that ran the stages.
    raw : Numbers
        The rows as they were given, categories as codes.
    inputs : Numbers
        What the device reads.
    stages : tuple of StageTrace
    scores : Numbers
        The output space behind the last stage.
    repeats : mapping of str to Numbers
        The scores once more, by other ways: "emlrt_run" runs all stages in one call,
        "batch" is the host's fast path.
    classes, probabilities : Numbers or None
        What emlrt_classify and emlrt_proba give: an index per output, and a
        probability per class.
    labels : tuple of ndarray
        The labels of each output's classes.
    first : int
        Number of the first row in what the rows were taken from.
    """

    where: str
    raw: Numbers
    inputs: Numbers
    stages: tuple[StageTrace, ...]
    scores: Numbers
    repeats: Mapping[str, Numbers]
    classes: Numbers | None = None
    probabilities: Numbers | None = None
    labels: tuple[NDArray[Any], ...] = ()
    first: int = 0

    @overload
    def __getitem__(self, at: int) -> StageTrace: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[StageTrace]: ...
    def __getitem__(self, at: int | slice) -> StageTrace | Sequence[StageTrace]:
        return self.stages[at]

    def __len__(self) -> int:
        return len(self.stages)

    @property
    def n_rows(self) -> int:
        return len(self.inputs.values)

    def with_repeat(self, name: str, scores: NDArray[Any]) -> Trace:
        """The same, with the scores once more by another way."""
        return replace(self, repeats={**self.repeats, name: Numbers(scores)})

    @property
    def contradictions(self) -> list[Difference]:
        """Scores that the stages one by one do not give as the other ways do."""
        found: list[Difference] = []
        for name, numbers in self.repeats.items():
            sections: list[Section] = [(None, "scores", self.scores, numbers)]
            names = f"{self.where}'s stages", f"{self.where}'s {name}"
            found += _differing(sections, names, self.first)
        return found

    def compare(self, other: Trace) -> list[Difference]:
        """All numbers whose bits differ in another trace of the same rows, in the
        order in which they are computed: the first one is where it went wrong.

        Raises
        ------
        ValueError
            If it is of another model, or of other rows.
        """
        sections = self.beside(other)
        return list(_differing(sections, (self.where, other.where), self.first))

    def beside(self, other: Trace) -> list[Section]:
        """The numbers of both traces, in the order in which they are computed."""
        if not isinstance(other, Trace):
            raise TypeError(f"compare takes a Trace, not {type(other).__name__}")
        mine, theirs = list(self.sections()), list(other.sections())
        shapes = [
            [(what, n.bits.dtype, n.values.shape) for _, what, n in each]
            for each in (mine, theirs)
        ]
        if shapes[0] != shapes[1]:
            raise ValueError("the traces are of different models, or numbers of rows")
        if not np.array_equal(self.raw.values, other.raw.values, equal_nan=True):
            raise ValueError("the traces are of different rows")
        pairs = zip(mine, theirs, strict=True)
        return [(stage, what, a, b) for (stage, what, a), (_, _, b) in pairs]

    def sections(self) -> Iterator[tuple[int | None, str, Numbers]]:
        """All numbers in the order in which they are computed, with titles."""
        yield None, "inputs", self.inputs
        for stage in self.stages:
            yield stage.index, f"{stage.title} reads", stage.reads
            yield stage.index, f"{stage.title} writes", stage.writes
        yield None, "scores", self.scores
        if self.classes is not None:
            yield None, "class", self.classes
        if self.probabilities is not None:
            yield None, "probabilities", self.probabilities

    def label(self, row: int, output: int) -> Any:
        """The label of the class that an output has.

        Raises
        ------
        ValueError
            If the model has no classes.
        IndexError
            If there is no such row or output.
        """
        if self.classes is None:
            raise ValueError("the model has no classes")
        n_rows, n_outputs = self.classes.values.shape
        if not 0 <= row < n_rows or not 0 <= output < n_outputs:
            raise IndexError(
                f"row {row}, output {output}: the trace has {n_rows} rows and"
                f" {n_outputs} outputs, counted from 0"
            )
        label = self.labels[output][int(self.classes.values[row, output])]
        return label.item() if isinstance(label, np.generic) else label

    def to_dict(self) -> dict[str, Any]:
        """Everything as lists and dicts, for JSON."""
        rows = [self._row(row) for row in range(self.n_rows)]
        return {"where": self.where, "rows": rows}

    def _row(self, row: int) -> dict[str, Any]:
        found: dict[str, Any] = {
            "row": self.first + row,
            "raw": self.raw.values[row].tolist(),
            "inputs": self.inputs.to_dict(row),
            "stages": [stage.to_dict(row) for stage in self.stages],
            "scores": self.scores.to_dict(row),
        }
        if self.classes is not None:
            found["classes"] = self.classes.values[row].tolist()
            found["labels"] = [self.label(row, k) for k in range(self.classes.count)]
        if self.probabilities is not None:
            found["probabilities"] = self.probabilities.to_dict(row)
        return found

    def __str__(self) -> str:
        from emlrt.trace_text import text

        return text(self)

    __repr__ = __str__


# Making one


def programs(program: Program) -> list[bytes]:
    """Each stage of a program as a blob, for `Steps`."""
    return [blobs.write(parts.alone(program, k)) for k in range(len(program.stages))]


def calls(program: Program) -> tuple[str, ...]:
    """The calls of firmware that a program answers."""
    classify = ("classify",) if program.class_counts else ()
    proba = ("proba",) if program.output in blobs.PROBABLE else ()
    return ("run", *classify, *proba)


def _bytes_of(steps: Steps, span: Span) -> bytes:
    size = span.count * DTYPES[span.dtype].itemsize
    return steps.read(span.space, span.offset, size)


def _run(program: Program, steps: Steps, x: NDArray[Any]) -> dict[str, bytes]:
    """The bytes of all numbers of one row, by name."""
    steps.start(x)
    found = {}
    for k, stage in enumerate(program.stages):
        found[f"reads{k}"] = _bytes_of(steps, stage.source)
        steps.step(k)
        found[f"writes{k}"] = _bytes_of(steps, stage.target)
    found["scores"] = steps.read(lib.EMLRT_SPACE_OUTPUT, 0, 4 * program.n_scores)
    return found | {what: steps.call(what) for what in calls(program)}


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to trace, as given and as the device reads them: (n_rows, n_inputs).

    labels: of the classes of each output, if the model has any.
    """

    raw: NDArray[Any]
    inputs: NDArray[Any]
    labels: tuple[NDArray[Any], ...] = ()


@dataclass(frozen=True)
class _Found:
    """The bytes of all rows' numbers, by name."""

    found: list[dict[str, bytes]]

    def joined(self, what: str, dtype: Any) -> Numbers:
        data = b"".join(row[what] for row in self.found)
        return Numbers(np.frombuffer(data, dtype).reshape(len(self.found), -1))

    def spanned(self, what: str, span: Span) -> Numbers:
        values = self.joined(what, DTYPES[span.dtype]).values
        return Numbers(values, _SPACES[span.space], span.offset)

    def stage(self, index: int, stage: Stage) -> StageTrace:
        return StageTrace(
            index=index,
            op=stage.name,
            payload_bytes=stage.payload_bytes,
            reads=self.spanned(f"reads{index}", stage.source),
            writes=self.spanned(f"writes{index}", stage.target),
        )


def traced(program: Program, rows: Rows, steps: Steps) -> Trace:
    """The trace of rows as `steps` runs them."""
    found = _Found([_run(program, steps, x) for x in rows.inputs])
    scores, known = DTYPES[program.score_dtype], calls(program)
    classes, p = "classify" in known, "proba" in known
    return Trace(
        where=steps.where,
        raw=Numbers(rows.raw),
        inputs=Numbers(rows.inputs),
        stages=tuple(found.stage(k, s) for k, s in enumerate(program.stages)),
        scores=found.joined("scores", scores),
        repeats={"emlrt_run": found.joined("run", scores)},
        classes=found.joined("classify", np.uint32) if classes else None,
        probabilities=found.joined("proba", np.float32) if p else None,
        labels=rows.labels,
    )


__all__ = ["Difference", "Numbers", "Rows", "StageTrace", "Steps", "Trace", "traced"]
