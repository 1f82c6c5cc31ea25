# SPDX-License-Identifier: MIT
"""Steps of a graph, the vectors that they read and write, and common payloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt._native import lib
from emlrt.convert.rounding.questions import Function
from emlrt.errors import UnsupportedModelError

F32, I32, U32 = int(lib.EMLRT_F32), int(lib.EMLRT_I32), int(lib.EMLRT_U32)


#: Dtypes of FRAME ops, as in their names.
FRAMED = {F32: "F32", int(lib.EMLRT_I16): "I16", int(lib.EMLRT_U8): "U8"}
#: No op: marks stages that want int32 inputs as floats, until nothing needs them.
NO_CAST = "CAST_I32"


@dataclass(eq=False)
class Buffer:
    """Memory for `count` numbers, by itself or as a part of another buffer."""

    count: int
    dtype: int
    parent: Buffer | None = None
    offset: int = 0
    #: Where it lies in the state; None if it does not.
    kept: int | None = None


@dataclass(frozen=True, eq=False)
class Tensor:
    """`count` numbers of a buffer, from element `start` on."""

    buffer: Buffer
    start: int
    count: int

    @property
    def dtype(self) -> int:
        return self.buffer.dtype

    @property
    def whole(self) -> bool:
        return self.start == 0 and self.count == self.buffer.count


@dataclass(eq=False)
class Step:
    """One stage to be. `params` is what a payload was made of, for folding; or an error
    to raise if the stage is needed, for it cannot be."""

    op: str
    source: Tensor
    target: Tensor
    payload: bytes
    params: Any = None


#: Ops that compare inputs with numbers that are settled for the device, or copy them.
AS_THEY_ARE = ("TREES_", "BUCKETIZE_", "OBLIVIOUS_", "GATHER", "CAST_")


#: Ops that ask where a number is, so that its last digit may matter.
COMPARE = ("STEP", "MAP_VALUES", "ONE_HOT", "IMPUTE", "TABLE_SUM")


@dataclass(frozen=True)
class Dense:
    """weights @ x + biases, and its ReLU if so: float64 (n_out, n_in), (n_out,)."""

    weights: NDArray[np.float64]
    biases: NDArray[np.float64]
    relu: bool = False


@dataclass(frozen=True)
class Affine:
    """(x - shift) * scale + offset: float64, one number per element."""

    shift: NDArray[np.float64]
    scale: NDArray[np.float64]
    offset: NDArray[np.float64]


@dataclass(frozen=True)
class Gather:
    """Copies of chosen elements, by their indices."""

    indices: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Origin:
    """Numbers that each follow from one number of `source` alone.

    elements: (n,) which one. function: what the original computes of it, in the
    number's dtype, float64 or float32; it never falls, and says what becomes of NaN.
    None: it is the same.
    """

    source: Tensor
    elements: NDArray[np.int64]
    function: Function | None = None


def as_floats(
    values: ArrayLike, what: str = "a parameter of the model"
) -> NDArray[np.float32]:
    """Numbers as the float32 of a payload; the same array where it has those already.

    Raises
    ------
    UnsupportedModelError
        If one is not finite, or beyond float32's range.
    """
    with np.errstate(over="ignore"):
        array = np.asarray(values)
        if array.dtype != np.float32:  # which no number is rounded twice to
            array = np.asarray(array, np.float64)
        array = np.ascontiguousarray(array.astype("<f4", copy=False))
    if not np.isfinite(array).all():
        raise UnsupportedModelError(
            f"{what} is NaN, infinite or too large for float32; rescale the data"
            " and fit again"
        )
    return array


def floats(values: ArrayLike, what: str = "a parameter of the model") -> bytes:
    """The bytes of `as_floats`."""
    return as_floats(values, what).tobytes()


def dense_payload(linear: Dense) -> bytes:
    """Biases, then the weights in tiles of four outputs, inputs outermost."""
    flags = lib.EMLRT_DENSE_RELU if linear.relu else 0
    parts = [flags.to_bytes(4, "little"), floats(linear.biases, "a bias")]
    for at in range(0, len(linear.weights), 4):
        parts.append(floats(linear.weights[at : at + 4].T, "a weight"))
    return b"".join(parts)


def gather_payload(x: Tensor, indices: NDArray[np.int64]) -> bytes:
    """The indices of the elements that are copied."""
    return indices.astype("<u2" if x.count <= 1 << 16 else "<u4").tobytes()


#: What float32 may lose of a shift, in units of the scaled result, before its
#: low part is stored too.
_LOST = 1e-6


def affine_payload(scaling: Affine) -> bytes:
    """The shift, scale and offset that change something."""
    high = scaling.shift.astype(np.float32).astype(np.float64)
    low = scaling.shift - high
    parts = [
        (lib.EMLRT_AFFINE_SHIFT, high, bool(scaling.shift.any())),
        (lib.EMLRT_AFFINE_LOW, low, bool((abs(low * scaling.scale) > _LOST).any())),
        (lib.EMLRT_AFFINE_SCALE, scaling.scale, bool((scaling.scale != 1).any())),
        (lib.EMLRT_AFFINE_OFFSET, scaling.offset, bool(scaling.offset.any())),
    ]
    used = [(flag, part) for flag, part, is_used in parts if is_used]
    used = used or [(lib.EMLRT_AFFINE_OFFSET, scaling.offset)]
    flags = sum(flag for flag, _ in used)
    return int(flags).to_bytes(4, "little") + b"".join(floats(p) for _, p in used)


def root_of(tensor: Tensor) -> tuple[Buffer, int]:
    """The buffer that is no part of another, and the tensor's start in it."""
    path = []
    root = tensor.buffer
    while root.parent is not None:
        path.append(root)
        root = root.parent
    offset = 0
    for buffer in reversed(path):  # so that nobody goes the same way again
        offset += buffer.offset
        buffer.parent, buffer.offset = root, offset
    return root, tensor.start + offset
