# SPDX-License-Identifier: MIT
"""A program while it is built: steps on vectors of numbers, not yet in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.allowance import Allowance
from emlrt.categories import Values
from emlrt.convert.ir.options import INPUT_DTYPES, Options
from emlrt.convert.ir.steps import (
    AS_THEY_ARE,
    COMPARE,
    F32,
    FRAMED,
    I32,
    NO_CAST,
    Affine,
    Buffer,
    Dense,
    Gather,
    Origin,
    Step,
    Tensor,
    floats,
    gather_payload,
)
from emlrt.convert.rounding.device import Device
from emlrt.convert.rounding.row_kinds import RowKinds
from emlrt.dtypes import padded
from emlrt.errors import UnsupportedModelError
from emlrt.known_values import Numbers
from emlrt.native import constants
from emlrt.validation import as_rows

if TYPE_CHECKING:
    from emlrt.convert.ir.output_spec import OutputSpec
    from emlrt.convert.sklearn.cutting import Cut

#: What a model takes at the worst until it is open, in bytes as an allowance counts
#: them: for a stage, a byte of its payload, a number that it reads or writes, and a
#: weight, from float64 in a graph to its place in the runtime.
_STAGE, _BYTE, NUMBER, WEIGHT = 4096, 8, 16, 48


@dataclass(eq=False)
class Graph:
    """Steps in the order in which they run.

    options: what the caller asked for. allowance: what is left of what the file may
    take that the model is read from.
    """

    n_inputs: int
    options: Options = field(default_factory=Options)
    allowance: Allowance = field(default_factory=Allowance.unlimited)
    #: What converts an estimator that another one holds.
    converter: Callable[[Graph, Any, Tensor], OutputSpec] | None = None

    #: Names of the options that some converter has looked at.
    used: set[str] = field(init=False, default_factory=set)
    steps: list[Step] = field(init=False, default_factory=list)
    #: Where the numbers of a buffer come from, for trees: see
    #: emlrt.convert.trees.fold_scalers.
    origins: dict[Buffer, Origin] = field(init=False, default_factory=dict)
    #: Buffers, and the same ones with inputs where they have what follows from those:
    #: see emlrt.convert.trees.fold_scalers.
    mixed: dict[Buffer, Origin] = field(init=False, default_factory=dict)
    #: What was put side by side into a buffer.
    parts: dict[Buffer, list[Tensor]] = field(init=False, default_factory=dict)
    #: What gives a buffer's numbers, as the original has them, of the rows that the
    #: caller gave: see emlrt.convert.ir.given.
    given: dict[Buffer, Callable[[], NDArray[Any] | None]] = field(
        init=False, default_factory=dict
    )
    #: What the device has of them in a part of a buffer.
    made: dict[tuple[Buffer, int, int], NDArray[np.float32]] = field(
        init=False, default_factory=dict
    )
    #: The estimator that is converted, if it is known.
    owner: Any = field(init=False, default=None)
    #: What the codes of an input stand for: see emlrt.categories.
    categories: dict[int, Values] = field(init=False, default_factory=dict)
    #: Buffers with the very bits that the original has there, in float32.
    exact: set[Buffer] = field(init=False, default_factory=set)
    #: Buffers without NaN even where the inputs are NaN.
    filled: set[Buffer] = field(init=False, default_factory=set)
    #: What inputs may be, where the original refuses others: see emlrt.known_values.
    known: dict[int, Numbers] = field(init=False, default_factory=dict)
    #: Inputs that float32 is too coarse for, by sums: see emlrt.convert.ir.coarse.
    coarse: set[int] = field(init=False, default_factory=set)
    #: How a stream of samples is cut: see emlrt.convert.sklearn.cutting.
    cut: Cut | None = field(init=False, default=None)
    #: Names of its channels that those of inputs do not say: see emlrt.channel_names.
    channel_names: tuple[str, ...] = field(init=False, default=())
    #: Bytes of state; the first number says whether a run was held.
    state_bytes: int = field(init=False, default=0)
    #: Whether the original refuses infinite inputs: see emlrt.convert.ir.infinite.
    finite: bool = field(init=False, default=False)
    #: Whether the window is there: what follows starts from rest in each.
    framed: bool = field(init=False, default=False)
    _casts: dict[Buffer, Tensor] = field(init=False, default_factory=dict)
    _plain: dict[tuple[Buffer, int, int], Tensor] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        self.allowance.charge("inputs", self.n_inputs, NUMBER)
        dtype = INPUT_DTYPES[self.options.dtype]
        self.input = Tensor(Buffer(self.n_inputs, dtype), 0, self.n_inputs)
        #: Buffers of copies: the input that each element is, but where it is filled
        #: in; -1 of what is no copy.
        self.copies: dict[Buffer, NDArray[np.int64]] = {
            self.input.buffer: np.arange(self.n_inputs)
        }
        #: How inputs, and copies of them, are made of raw numbers. A tensor of such is
        #: *coded*: stages read it decoded, but those that are given codes to compare.
        self.device = Device(self.options.inputs)
        #: What is known of the rows, and what became of it: see
        #: emlrt.convert.trees.settle.
        self.rows = RowKinds(
            self.options.rows,
            self.options.rows_of(self.n_inputs),
            device=self.device,
            sought=self.options.sought,
        )

    @cached_property
    def raw_rows(self) -> NDArray[Any] | None:
        """The rows that the caller gave, as a matrix."""
        X = self.options.X
        return None if X is None else as_rows(X, self.n_inputs)

    def is_exact(self, buffer: Buffer) -> bool:
        """Whether a buffer has the very bits that the original has there, in float32;
        by itself or part by part."""
        parts = self.parts.get(buffer)
        if buffer in self.exact or parts is None:
            return buffer in self.exact
        return all(self.is_exact(part.buffer) for part in parts)

    def convert(self, estimator: Any, x: Tensor) -> OutputSpec:
        """Adds the stages of a fitted estimator that reads x; gives its OutputSpec."""
        if self.converter is None:
            raise AssertionError("this graph is of no estimator that holds others")
        return self.converter(self, estimator, x)

    def inputs_of(self, x: Tensor) -> NDArray[np.int64]:
        """The input that each number of x is a copy of, -1 for what is no copy."""
        found = self.copies.get(x.buffer)
        if found is None:
            return np.full(x.count, -1, np.int64)
        return found[x.start : x.start + x.count]

    def stage(
        self,
        op: str,
        x: Tensor,
        n_out: int,
        payload: bytes = b"",
        params: Any = None,
        *,
        coded: bool = False,
    ) -> Tensor:
        """A stage of an op, named as in EMLRT_OP_<OP>; gives what it writes. It reads
        raw numbers; but what copies inputs, or compares them with numbers that are
        coded, too, reads them as the device has them."""
        if not coded and not op.upper().startswith(AS_THEY_ARE):
            x = self._decoded(op, x)
        return self._stage(op, x, n_out, payload, params)

    def _stage(
        self, op: str, x: Tensor, n_out: int, payload: bytes = b"", params: Any = None
    ) -> Tensor:
        code = constants("EMLRT_OP_")[op.upper()]
        if code & 0xFF != x.dtype:
            raise AssertionError(f"{op} does not read dtype 0x{x.dtype:02x}")
        self.allowance.charge("stages", 1, _STAGE)
        self.allowance.charge("bytes of a stage", len(payload), _BYTE)
        self.allowance.charge("numbers of a stage", n_out, NUMBER)
        target = Tensor(Buffer(n_out, code >> 8 & 0xFF), 0, n_out)
        self.steps.append(Step(op.upper(), x, target, padded(payload), params))
        return target

    def keep(self, n_bytes: int) -> int:
        """Where so many bytes of state lie, an offset; EMLRT_AT_REST where runs keep
        none, so that each starts from rest."""
        if self.cut is None or not self.cut.keeps or self.framed:
            return int(lib.EMLRT_AT_REST)
        return self.kept(n_bytes)

    def kept(self, n_bytes: int) -> int:
        """Where so many bytes of state lie: an offset, a multiple of 4."""
        at = self.state_bytes or 4
        self.state_bytes = at + n_bytes + -n_bytes % 4
        return at

    def frame(self, x: Tensor, n_out: int, first: int, every: int) -> Tensor:
        """The last n_out numbers of x from run to run: a window. The run ends there
        but for the `first`, and each `every` runs from then on."""
        y = self.held(x, n_out, first, every)
        self.framed = True
        return y

    def held(self, x: Tensor, n_out: int, first: int, every: int) -> Tensor:
        """The same of what is no window yet: what follows keeps state."""
        payload = np.array([self.kept(4), first, every], "<u4").tobytes()
        at = self.kept(n_out << (x.dtype & 3))
        y = self.stage(f"FRAME_{FRAMED[x.dtype]}", x, n_out, payload)
        y.buffer.kept = at
        return y

    def floats(self, x: Tensor) -> Tensor:
        """x as float32, cast if it is the integer input, or a window of it."""
        if x.dtype == F32:
            return x
        framed = x.buffer.kept is not None
        if (x.buffer is not self.input.buffer and not framed) or not x.whole:
            raise AssertionError("only the whole input, or window, can be cast")
        if x.buffer not in self._casts:
            if x.dtype == I32:
                y = Tensor(Buffer(x.count, F32), 0, x.count)
                self.steps.append(Step(NO_CAST, x, y, b""))
            else:
                name = "CAST_U8" if x.dtype == lib.EMLRT_U8 else "CAST_I16"
                y = self.stage(name, x, x.count)
            self.origins[y.buffer] = Origin(x, np.arange(x.count))
            self.copies[y.buffer] = self.inputs_of(x)
            self._casts[x.buffer] = y
        return self._casts[x.buffer]

    # Coded tensors

    def codes(
        self, x: Tensor
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Offset and scale of each number of x, raw = x / scale + offset; None if they
        are raw themselves."""
        column = self.inputs_of(x)
        scaling, ruled = self.device.scaling, self.device.ruled(column)
        if scaling is None or not ruled.any():
            return None
        offset, scale = np.zeros(x.count), np.ones(x.count)
        offset[ruled] = scaling.offset[column[ruled]]
        scale[ruled] = scaling.scale[column[ruled]]
        return offset, scale

    def bare(self, x: Tensor) -> Tensor:
        """The same numbers, of which is not known what they stand for."""
        x = self.floats(x)
        return Tensor(Buffer(x.count, x.dtype, x.buffer, x.start), 0, x.count)

    def shifted(self, x: Tensor) -> tuple[Tensor, NDArray[np.float64]]:
        """Numbers less an offset each, and these offsets: as near to the device's as
        can be, for what only looks at differences."""
        found = self.codes(x)
        if found is None:
            return self.floats(x), np.zeros(x.count)
        offset, scale = found
        y = self.bare(x)
        return (y if (scale == 1).all() else self.affine(y, scale=1 / scale)), offset

    def plain(self, x: Tensor) -> Tensor:
        """Raw numbers, as float32."""
        found = self.codes(x)
        if found is None:
            return x
        key = x.buffer, x.start, x.count
        if key not in self._plain:
            offset, scale = found
            y = self.affine(self.bare(x), scale=1 / scale, offset=offset)
            self.origins[y.buffer] = Origin(x, np.arange(x.count))
            self._plain[key] = y
        return self._plain[key]

    def _decoded(self, op: str, x: Tensor) -> Tensor:
        """Raw numbers of x for an op."""
        found = self.codes(x)
        if found is not None and op.upper() in COMPARE:
            mantissa, _ = np.frexp(found[1])
            if (mantissa != 0.5).any():
                raise UnsupportedModelError(
                    f"an input with a scale does not go with what compares it ({op}):"
                    " decoded, it may be beside the original's number; leave it out of"
                    " inputs= by a scale of 1, or use offset="
                )
        return self.plain(x)

    def scaled(self, x: Tensor, at: int, raw: ArrayLike) -> NDArray[np.float64]:
        """What raw numbers are as element `at` of x, before they are rounded."""
        values, column = np.asarray(raw, np.float64), int(self.inputs_of(x)[at])
        return self.device.exactly(column, values)

    def numbers(self, x: Tensor, at: Any, raw: ArrayLike) -> NDArray[np.float64]:
        """What raw numbers are as elements `at` of x: rounded as rows are."""
        values = np.asarray(raw, np.float64)
        column = self.inputs_of(x)[at]
        found = self.device.near(column, values)
        return np.where(self.device.ruled(column), found, values)

    def dense(
        self, x: Tensor, weights: ArrayLike, biases: ArrayLike, *, relu: bool = False
    ) -> Tensor:
        """weights (n_out, n_in) @ x + biases (n_out,), then a ReLU if asked for."""
        matrix = np.atleast_2d(np.asarray(weights, np.float64))
        vector = np.broadcast_to(np.asarray(biases, np.float64), (len(matrix),))
        if matrix.shape[1] != x.count:
            raise AssertionError(f"{matrix.shape} weights for {x.count} inputs")
        self.allowance.charge("weights", matrix.size, WEIGHT)
        found = self.codes(x)
        if found is not None:
            vector, matrix = vector + matrix @ found[0], matrix / found[1]
        linear = Dense(matrix, vector, relu)
        return self._stage("DENSE", self.floats(x), len(matrix), b"", linear)

    def affine(
        self,
        x: Tensor,
        *,
        shift: ArrayLike = 0.0,
        scale: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
    ) -> Tensor:
        """(x - shift) * scale + offset, element by element."""
        parts = [
            np.broadcast_to(np.asarray(part, np.float64), (x.count,))
            for part in (shift, scale, offset)
        ]
        self.allowance.charge("numbers of a scaling", x.count, 3 * WEIGHT)
        found = self.codes(x)
        if found is not None:
            parts = [(parts[0] - found[0]) * found[1], parts[1] / found[1], parts[2]]
        return self._stage("AFFINE", self.floats(x), x.count, b"", Affine(*parts))

    def gather(self, x: Tensor, indices: ArrayLike) -> Tensor:
        """Copies of chosen elements of x, in the order of the indices."""
        chosen = np.asarray(indices, np.int64)
        x = self.floats(x)
        payload = gather_payload(x, chosen)
        y = self.stage("GATHER", x, chosen.size, payload, Gather(chosen))
        self.origins[y.buffer] = Origin(x, chosen)
        self.copies[y.buffer] = self.inputs_of(x)[chosen]
        return y

    def constant(self, values: ArrayLike) -> Tensor:
        """Numbers that are the same for every input, even for NaN."""
        vector = np.atleast_1d(np.asarray(values, np.float64))
        some = self.part(self.floats(self.input), 0, 1)
        one = self.stage("STEP", some, 1, floats(0))  # 0 or 1, never NaN
        return self.dense(one, np.zeros((vector.size, 1)), vector)

    def part(self, x: Tensor, start: int, count: int) -> Tensor:
        """A part of x, where it is."""
        if start < 0 or start + count > x.count:
            raise AssertionError(f"no {count} elements at {start} of {x.count}")
        return Tensor(x.buffer, x.start + start, count)

    def concat(self, tensors: Sequence[Tensor]) -> Tensor:
        """Vectors end to end: written side by side, copied only if they must be."""
        if len(tensors) == 1:
            return tensors[0]
        counts = [tensor.count for tensor in tensors]
        buffer = Buffer(sum(counts), tensors[0].dtype)
        offset = 0
        parts = self.parts[buffer] = []
        self.copies[buffer] = np.concatenate([self.inputs_of(w) for w in tensors])
        for tensor in tensors:
            own = tensor
            if not self._movable(tensor):
                own = self.gather(tensor, np.arange(tensor.count))
            own.buffer.parent, own.buffer.offset = buffer, offset
            offset += tensor.count
            parts.append(own)
        return Tensor(buffer, 0, offset)

    def _movable(self, tensor: Tensor) -> bool:
        own = tensor.buffer
        free = own.parent is None and own.kept is None
        return tensor.whole and free and own is not self.input.buffer

    def mix(self, parts: Sequence[Tensor], weights: ArrayLike) -> Tensor:
        """Weighted sum of vectors of equal length, as many as weights. Parts may be
        several of them end to end."""
        x = self.concat(parts)
        n_out = x.count // np.size(weights)
        return self.stage("WEIGHTED_SUM", x, n_out, floats(weights, "a weight"))
