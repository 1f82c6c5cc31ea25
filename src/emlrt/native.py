# SPDX-License-Identifier: MIT
"""The C runtime as Python sees it: one thin function a C call."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlrt._native import ffi, lib
from emlrt.errors import EmlrtError, FormatError

#: numpy dtypes by the format's dtype codes.
DTYPES: dict[int, np.dtype[Any]] = {
    lib.EMLRT_F32: np.dtype(np.float32),
    lib.EMLRT_I16: np.dtype(np.int16),
    lib.EMLRT_U8: np.dtype(np.uint8),
    lib.EMLRT_U32: np.dtype(np.uint32),
}
#: cffi's array types for them, looked up once: each look-up takes longer than
#: a small forest.
_ARRAYS = {
    code: ffi.typeof(f"{d.name}_t[]")
    for code, d in DTYPES.items()
    if code != lib.EMLRT_F32
}
_FLOATS = _ARRAYS[lib.EMLRT_F32] = ffi.typeof("float[]")
_INDICES = ffi.typeof("int64_t[]")
_INDEX = ffi.typeof("int64_t *")


@cache
def constants(prefix: str) -> Mapping[str, int]:
    """The format's constants that start with a prefix, by the rest of their name."""
    found = {
        name.removeprefix(prefix): getattr(lib, name)
        for name in dir(lib)
        if name.startswith(prefix)
    }
    return MappingProxyType(found)


_STATUS = {value: name for name, value in constants("EMLRT_ERR_").items()}


def _text(status: int) -> str:
    return str(ffi.string(lib.emlrt_strerror(status)).decode())


def _refuse(status: int, offset: int) -> FormatError:
    name = _STATUS.get(status, str(status))
    where = f" at offset {offset}" if offset else ""
    return FormatError(f"{_text(status)} ({name}{where})", name, offset)


def _check(status: int) -> None:
    if status != lib.EMLRT_OK:
        raise EmlrtError(f"{_text(status)} ({_STATUS.get(status, status)})")


class Runtime:
    """An open blob: checked once, then constant, safe to use from any thread.

    Parameters
    ----------
    blob : bytes
        The whole blob. It is copied, so that nobody can change it afterwards.

    Raises
    ------
    FormatError
        If the runtime refuses the blob or its CRC-32 does not match.
    """

    def __init__(self, blob: bytes) -> None:
        self._rom = ffi.new("uint32_t[]", len(blob) // 4 + 1)
        ffi.memmove(self._rom, blob, len(blob))
        self._model = ffi.new("emlrt_model *")
        status = lib.emlrt_host_open(self._model, self._rom, len(blob))
        if status == lib.EMLRT_OK:
            status = lib.emlrt_verify(self._model)
        if status != lib.EMLRT_OK:
            raise _refuse(status, self._model.fault)
        info = ffi.new("emlrt_info *")
        _check(lib.emlrt_peek(info, self._rom, len(blob)))
        self.info = {
            name: getattr(info, name) for name, _ in ffi.typeof(info).item.fields
        }
        host = lib.emlrt_host_new(self._model)
        self._host = ffi.gc(host, lib.emlrt_host_free) if host else ffi.NULL
        floats = self.info["input_dtype"] == lib.EMLRT_F32
        self._x_floats = self.info["n_inputs"] if floats else 0
        self._x_type = _ARRAYS[self.info["input_dtype"]]
        self._y_type = _ARRAYS[self.info["score_dtype"]]
        self._n_scores, self._n_outputs = self.info["n_scores"], self.info["n_outputs"]
        self._y_dtype = DTYPES[self.info["score_dtype"]]

    def data(self, X: NDArray[Any]) -> Any:
        """The memory of X, C-contiguous and of the input dtype, for C."""
        return ffi.from_buffer(self._x_type, X)

    def scores(self, X: NDArray[Any], data: Any = None) -> NDArray[Any]:
        """Scores of each row.

        Parameters
        ----------
        X : ndarray (n_rows, n_inputs), C-contiguous, of the input dtype
        data : what `self.data(X)` gave, where the caller has it

        Returns
        -------
        ndarray (n_rows, n_scores) of the score dtype
        """
        n = len(X)
        y = np.empty((n, self._n_scores), self._y_dtype)
        x_data = data or ffi.from_buffer(self._x_type, X)
        y_data = ffi.from_buffer(self._y_type, y, True)
        status = lib.emlrt_host_run(self._model, self._host, x_data, n, y_data)
        if status:
            _check(status)
        return y

    def classify(self, X: NDArray[Any], data: Any = None) -> NDArray[np.int64]:
        """Winning class of each row and output: int64 (n_rows, n_outputs).

        X, data: as `scores` takes them.
        """
        n = len(X)
        out = np.empty((n, self._n_outputs), np.int64)
        x_data = data or ffi.from_buffer(self._x_type, X)
        indices = ffi.from_buffer(_INDICES, out, True)
        status = lib.emlrt_host_classify(self._model, self._host, x_data, n, indices)
        if status:
            _check(status)
        return out

    def proba(self, scores: NDArray[Any]) -> NDArray[np.float32]:
        """Probabilities from what `scores` gave: float32 (n_rows, n_classes)."""
        p = np.empty((len(scores), self.info["n_classes"]), np.float32)
        y, out = (
            ffi.from_buffer(self._y_type, scores),
            ffi.from_buffer(_FLOATS, p, True),
        )
        _check(lib.emlrt_host_proba(self._model, y, len(scores), out))
        return p

    def classify_one(self, x: NDArray[Any]) -> int:
        """Winning class of one row, of a model with one output.

        x : C-contiguous, of the input dtype, n_inputs elements
        Returns -1, and does nothing, if a float of x is not finite.
        """
        data = ffi.from_buffer(self._x_type, x)
        if self._x_floats and lib.emlrt_host_scan(data, self._x_floats):
            return -1
        index = ffi.new(_INDEX)
        status = lib.emlrt_host_classify(self._model, self._host, data, 1, index)
        if status:
            _check(status)
        found: int = index[0]
        return found

    def firmware(self, x: NDArray[Any], what: str = "run") -> NDArray[Any]:
        """One row through the very calls that firmware makes.

        what: "run" (scores), "classify" (uint32 indices) or "proba" (float32).
        """
        info = self.info
        run = what == "run"
        dtype, kind, n = {
            "run": (self._y_dtype, self._y_type, info["n_scores"]),
            "classify": (
                np.dtype(np.uint32),
                _ARRAYS[lib.EMLRT_U32],
                info["n_outputs"],
            ),
            "proba": (np.dtype(np.float32), _FLOATS, info["n_classes"]),
        }[what]
        size = info["arena_bytes"] if run else info["scratch_bytes"]
        scratch = ffi.new("uint64_t[]", size // 8 + 1)
        out = np.empty(n, dtype)
        call = getattr(lib, f"emlrt_host_{what}_as")
        data = ffi.from_buffer(self._x_type, x)
        y = ffi.from_buffer(kind, out, True)
        _check(call(self._model, 0, data, x.size, y, n, scratch, size))
        return out

    def selftest(self) -> bool:
        """Whether the blob has golden vectors; raises if any of them fails."""
        size = self.info["golden_bytes"]
        scratch = ffi.new("uint64_t[]", size // 8 + 1)
        status = lib.emlrt_host_selftest(self._model, scratch, size)
        if status == lib.EMLRT_ERR_ABSENT:
            return False
        _check(status)
        return True


def apply(op: int, x: NDArray[np.float32], n_out: int) -> NDArray[np.float32]:
    """Runs an op without payload on each row of x, C-contiguous."""
    y = np.empty((len(x), n_out), np.float32)
    source, target = ffi.from_buffer(_FLOATS, x), ffi.from_buffer(_FLOATS, y, True)
    _check(lib.emlrt_host_apply(op, source, len(x), x.shape[1], target, n_out))
    return y


def scan(data: Any, size: int) -> int:
    """Of `size` floats, bit 0: some are NaN; bit 1: some are infinite.

    data: what `Runtime.data` gave.
    """
    found: int = lib.emlrt_host_scan(data, size)
    return found


def version() -> str:
    """Version of the runtime that is linked in."""
    return str(ffi.string(lib.emlrt_version()).decode())
