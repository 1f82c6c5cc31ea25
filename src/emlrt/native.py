# SPDX-License-Identifier: MIT
"""The C runtime as Python sees it: one thin function a C call."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from threading import Lock
from types import MappingProxyType
from typing import Any
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from emlrt._native import ffi, lib
from emlrt.checksum import crc32, kept
from emlrt.errors import EmlrtError, FormatError
from emlrt.immutable import Immutable
from emlrt.jobs import each

#: numpy dtypes by the format's dtype codes.
DTYPES: dict[int, np.dtype[Any]] = {
    lib.EMLRT_F32: np.dtype(np.float32),
    lib.EMLRT_I32: np.dtype(np.int32),
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
_DOUBLES = ffi.typeof("double[]")
_FLOAT64 = np.dtype(np.float64)


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


#: What is refused before anything of a blob may be damaged, or says so itself.
_NOT_DAMAGED = ("ALIGN", "SIZE", "MAGIC", "VERSION", "CRC", "FLOAT")


def _refuse(status: int, offset: int, blob: bytes | memoryview) -> FormatError:
    """The error of a blob that is refused: that it is damaged, before what is seen of
    the damage."""
    name = _STATUS.get(status, str(status))
    where = f" at offset {offset}" if offset else ""
    text = f"{_text(status)} ({name}{where})"
    if name not in _NOT_DAMAGED and kept(blob) != crc32(blob):
        text = f"{_text(lib.EMLRT_ERR_CRC)}; {text}"
    return FormatError(text, name, offset)


def _check(status: int) -> None:
    if status != lib.EMLRT_OK:
        raise EmlrtError(f"{_text(status)} ({_STATUS.get(status, status)})")


#: The bits of `ndarray.flags.num` that say C may read the memory as it lies.
_C_CONTIGUOUS, _ALIGNED = 0x001, 0x100
_PLAIN = _C_CONTIGUOUS | _ALIGNED


def _rom(blob: bytes | memoryview) -> Any:
    """A blob where C reads it: as it lies, or a copy that is aligned."""
    held = ffi.from_buffer(blob)
    if int(ffi.cast("uintptr_t", held)) % 4 == 0 and len(blob):
        return held
    rom = ffi.new("uint32_t[]", len(blob) // 4 + 1)
    ffi.memmove(rom, blob, len(blob))
    return rom


def plain(X: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """X of a dtype as C may read it: itself, or a copy if it has gaps, lies at an
    address that the dtype does not allow, or is another type of array."""
    return np.require(X, dtype, ("C", "A", "E"))


class Runtime(Immutable):
    """An open blob: checked once, then constant, safe to use from any thread.

    Every count that C is given comes from the blob's header, and every array is
    held against it here.

    Parameters
    ----------
    blob : bytes, or a read-only memoryview
        The whole blob, which must not change afterwards. It is not copied.

    Attributes
    ----------
    info : read-only mapping, the fields of emlrt_info by name; and "n_row", elements
        of a row: the inputs, or of a model that keeps state those of a window

    Raises
    ------
    FormatError
        If the runtime refuses the blob or its CRC-32 does not match.
    """

    info: Mapping[str, int]
    _rom: Any
    _size: int
    _model: Any
    _host: Any
    _laying: Lock
    _x_shape: tuple[int, ...]
    _one_shape: tuple[int, int]
    _p_shape: tuple[int, int]
    _values_shape: tuple[int, ...]
    _x_dtype: np.dtype[Any]
    _y_dtype: np.dtype[Any]
    _x_type: Any
    _y_type: Any
    _x_floats: int
    _n_scores: int
    _n_outputs: int

    def __init__(self, blob: bytes | memoryview) -> None:
        rom = _rom(blob)
        model = ffi.new("emlrt_model *")
        status = lib.emlrt_host_open(model, rom, len(blob))
        if status == lib.EMLRT_OK:
            status = lib.emlrt_host_verify(model, crc32(blob))
        if status != lib.EMLRT_OK:
            raise _refuse(status, model.fault, blob)
        found = ffi.new("emlrt_info *")
        _check(lib.emlrt_peek(found, rom, len(blob)))
        info = {name: getattr(found, name) for name, _ in ffi.typeof(found).item.fields}
        x, y = info["input_dtype"], info["score_dtype"]
        n = info["n_row"] = int(lib.emlrt_row_elements(model))
        self._make(
            info=MappingProxyType(info),
            _rom=rom,
            _size=len(blob),
            _model=model,
            _host=None,
            _laying=Lock(),
            _x_shape=(n,),
            _one_shape=(1, n),
            _p_shape=(1, info["n_classes"]),
            _values_shape=(1, info["n_scores"])[: 1 + (info["n_scores"] > 1)],
            _x_dtype=DTYPES[x],
            _y_dtype=DTYPES[y],
            _x_type=_ARRAYS[x],
            _y_type=_ARRAYS[y],
            _x_floats=n if x == lib.EMLRT_F32 else 0,
            _n_scores=info["n_scores"],
            _n_outputs=info["n_outputs"],
        )
        _opened.add(self)

    def layout(self) -> Any:
        """The model laid out for speed, when rows come first: a model that is only
        looked at needs none. NULL if there was not enough memory."""
        if self._host is None:
            with self._laying:
                if self._host is None:
                    host = lib.emlrt_host_new(self._model)
                    made = ffi.gc(host, lib.emlrt_host_free) if host else ffi.NULL
                    self.__dict__["_host"] = made
        return self._host

    def data(self, X: Any) -> Any:
        """The memory of X for C; None unless C may read it as it lies: an array of
        rows of the input dtype and count, without gaps, at addresses that the dtype
        allows."""
        if (
            type(X) is not np.ndarray
            or X.dtype != self._x_dtype
            or X.shape[1:] != self._x_shape
            or X.flags.num & _PLAIN != _PLAIN
        ):
            return None
        return ffi.from_buffer(self._x_type, X)

    def _data(self, X: NDArray[Any]) -> Any:
        """The same, or an error."""
        data = self.data(X)
        if data is None:
            raise ValueError(
                f"C reads rows of {self._x_shape[0]} {self._x_dtype}, aligned and"
                f" without gaps; this is a {type(X).__name__} {X.dtype} {X.shape}"
            )
        return data

    def scan(self, X: NDArray[Any], data: Any, jobs: int = 1) -> int:
        """Bit 0: some of X are NaN; bit 1: some are infinite. 0 for integers.

        data : what `self.data(X)` gave
        """
        if not self._x_floats:
            return 0
        if jobs == 1:
            found: int = lib.emlrt_host_scan(data, X.size)
            return found
        width = self._x_floats
        scan = lib.emlrt_host_scan
        bits = each(
            jobs, len(X), lambda i, j: int(scan(data + i * width, (j - i) * width))
        )
        return int(np.bitwise_or.reduce(bits))

    def scores(self, X: NDArray[Any], data: Any = None, jobs: int = 1) -> NDArray[Any]:
        """Scores of each row.

        Parameters
        ----------
        X : ndarray (n_rows, n_inputs) as `data` wants them
        data : what `self.data(X)` gave, where the caller has it
        jobs : threads

        Returns
        -------
        ndarray (n_rows, n_scores) of the score dtype
        """
        y = np.empty((len(X), self._n_scores), self._y_dtype)
        self._fill(lib.emlrt_host_run, X, data, jobs, y, self._y_type)
        return y

    def classify(
        self, X: NDArray[Any], data: Any = None, jobs: int = 1
    ) -> NDArray[np.int64]:
        """Winning class of each row and output: int64 (n_rows, n_outputs).

        X, data, jobs: as `scores` takes them.
        """
        out = np.empty((len(X), self._n_outputs), np.int64)
        self._fill(lib.emlrt_host_classify, X, data, jobs, out, _INDICES)
        return out

    def predict_proba(
        self, X: NDArray[Any], data: Any = None, jobs: int = 1
    ) -> NDArray[np.float64]:
        """Probabilities of each row: float64 (n_rows, n_classes), each a float32.

        X, data, jobs: as `scores` takes them.
        """
        p = np.empty((len(X), self.info["n_classes"]), np.float64)
        self._fill(lib.emlrt_host_predict_proba, X, data, jobs, p, _DOUBLES)
        return p

    def _fill(
        self,
        call: Any,
        X: NDArray[Any],
        data: Any,
        jobs: int,
        answers: NDArray[Any],
        c_type: Any,
    ) -> None:
        """Fills what a call of C says of rows, for pieces of them at once where there
        are threads. c_type: of the answers' memory."""
        x, y = data or self._data(X), ffi.from_buffer(c_type, answers, True)
        model, host = self._model, self._host or self.layout()
        if jobs == 1:
            status = call(model, host, x, len(X), y)
            if status:
                _check(status)
            return
        wide_x, wide_y = X.shape[1], answers.shape[1]

        def piece(start: int, stop: int) -> None:
            at, to = x + start * wide_x, y + start * wide_y
            _check(call(model, host, at, stop - start, to))

        each(jobs, len(X), piece)

    def proba(self, scores: NDArray[Any]) -> NDArray[np.float32]:
        """Probabilities from what `scores` gave: float32 (n_rows, n_classes)."""
        y = plain(scores, self._y_dtype)
        if y.shape[1:] != (self._n_scores,):
            raise ValueError(f"scores are (n, {self._n_scores}), not {y.shape}")
        p = np.empty((len(y), self.info["n_classes"]), np.float32)
        y_data, out = (
            ffi.from_buffer(self._y_type, y),
            ffi.from_buffer(_FLOATS, p, True),
        )
        _check(lib.emlrt_host_proba(self._model, y_data, len(y), out))
        return p

    def classes(self, scores: NDArray[Any]) -> NDArray[np.int64]:
        """Winning classes from what `scores` gave: (n_rows, n_outputs)."""
        y = plain(scores, self._y_dtype)
        out = np.empty((len(y), self._n_outputs), np.int64)
        data, to = (
            ffi.from_buffer(self._y_type, y),
            ffi.from_buffer(_INDICES, out, True),
        )
        _check(lib.emlrt_host_classes(self._model, data, len(y), to))
        return out

    def _one(self, x: Any) -> Any:
        """The memory of one row for C, and whether it holds doubles; None if x is
        anything but a row as `data` wants it, or of float64 in place of float32."""
        if type(x) is not np.ndarray or x.shape != self._one_shape:
            return None
        if x.flags.num & _PLAIN != _PLAIN:
            return None
        dtype = x.dtype
        if dtype is self._x_dtype:
            return ffi.from_buffer(self._x_type, x), 0
        if dtype is _FLOAT64 and self._x_floats:
            return ffi.from_buffer(_DOUBLES, x), 1
        return None

    def classify_one(self, x: Any) -> int:
        """Winning class of one row, of a model with one output.

        Returns -1, and does nothing, if x is anything but one row as `data` wants
        it, or of float64 in place of float32; or if a float of it is not finite.
        """
        row = self._one(x)
        if row is None:
            return -1
        host = self._host or self.layout()
        found: int = lib.emlrt_host_classify_one(self._model, host, *row)
        if found < 0:
            _check(found)
        return found - 1

    def proba_one(self, x: Any) -> NDArray[np.float64] | None:
        """Probabilities of one row, float64 (1, n_classes), of a model with one
        output; None, where `classify_one` returns -1."""
        return self._numbers_one(lib.emlrt_host_proba_one, x, self._p_shape)

    def values_one(self, x: Any) -> NDArray[np.float64] | None:
        """Scores of one row of a model that gives values, float64: (1,), or
        (1, n_scores) of several; None, where `classify_one` returns -1."""
        return self._numbers_one(lib.emlrt_host_values_one, x, self._values_shape)

    def _numbers_one(
        self, call: Any, x: Any, shape: tuple[int, ...]
    ) -> NDArray[np.float64] | None:
        """Doubles that a call of C gives for one row, if this may be read."""
        row = self._one(x)
        if row is None:
            return None
        y = np.empty(shape)
        host = self._host or self.layout()
        found = call(self._model, host, *row, ffi.from_buffer(_DOUBLES, y, True))
        if found < 0:
            _check(found)
        return y if found else None

    def firmware(self, x: NDArray[Any], what: str = "run") -> NDArray[Any]:
        """One row through the very calls that firmware makes.

        what: "run" (scores), "classify" (uint32 indices) or "proba" (float32). A model
        that keeps state is asked for scores alone, by a stream from rest.
        """
        info = self.info
        if info["state_bytes"]:
            size = info["stream_bytes"]
            stream = OpenStream(bytes(ffi.buffer(self._rom, self._size)), 0, size)
            return list(stream.push(plain(x.reshape(-1), self._x_dtype)))[-1]
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
        data = self._data(np.reshape(x, (1, -1)))
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


#: Every open blob, for the child of a fork.
_opened: WeakSet[Runtime] = WeakSet()


#: Every open stream, as well.
_streams: WeakSet[OpenStream] = WeakSet()


def _unlock() -> None:
    """Gives the child of a fork new locks: it has not the thread that may hold one."""
    for runtime in _opened:
        runtime.__dict__["_laying"] = Lock()
    for stream in _streams:
        stream.unlock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)


#: How often a push says how far it is, at most.
_TOLD = 200


class OpenStream:
    """An open emlrt_stream, with memory of its own.

    blob : bytes of a blob that a `Runtime` has opened. hop : as emlrt_stream_open takes
    it. n_bytes : stream_bytes of emlrt_info.
    """

    def __init__(self, blob: bytes, hop: int, n_bytes: int) -> None:
        self._rom, self._memory = _rom(blob), ffi.new("uint64_t[]", n_bytes // 8 + 1)
        self._stream, self._used = ffi.new("emlrt_stream *"), ffi.new("size_t *")
        self.unlock()
        _streams.add(self)
        info = ffi.new("emlrt_info *")
        _check(lib.emlrt_peek(info, self._rom, len(blob)))
        self.score_dtype = DTYPES[info.score_dtype]
        self._n_scores = int(info.n_scores)
        size = 8 * len(self._memory)
        _check(
            lib.emlrt_host_stream_open(
                self._stream, self._rom, len(blob), hop, self._memory, size
            )
        )

    def unlock(self) -> None:
        """Takes a new lock, which no thread holds."""
        self._pushing = Lock()

    def reset(self) -> None:
        """Starts from rest."""
        with self._pushing:
            _check(lib.emlrt_stream_reset(self._stream))

    def push(
        self, samples: NDArray[Any], told: Callable[[float], object] | None = None
    ) -> list[NDArray[Any]]:
        """The scores (n_scores,) of each window that the samples complete, a copy each.
        samples : (n,) of the input dtype, contiguous. told : called now and then with
        the share that is done. One thread at a time pushes, for C lets others run, and
        the memory is one."""
        with self._pushing:
            return list(self._push(samples, told))

    def scores(
        self, samples: NDArray[Any], told: Callable[[float], object] | None = None
    ) -> NDArray[Any]:
        """The same as one array: (n_windows, n_scores)."""
        found = self.push(samples, told)
        scores = np.empty((len(found), self._n_scores), self.score_dtype)
        for k, row in enumerate(found):
            scores[k] = row
        return scores

    def _push(
        self, samples: NDArray[Any], told: Callable[[float], object] | None
    ) -> Iterator[NDArray[Any]]:
        at, left, width = ffi.from_buffer(samples), samples.size, samples.itemsize
        step = samples.size / _TOLD
        due = left - step
        while left:
            if told is not None and left <= due:
                due = left - step
                told(1 - left / samples.size)
            status = lib.emlrt_host_stream_push(self._stream, at, left, self._used)
            _check(status)
            at, left = at + self._used[0] * width, left - self._used[0]
            if lib.emlrt_stream_ready(self._stream):
                held = lib.emlrt_stream_scores(self._stream)
                data = bytes(ffi.buffer(held, self._n_scores * 4))
                yield np.frombuffer(data, self.score_dtype)


class Steps:
    """A row on memory of its own: the stages of an open model one by one.

    Each runs by the emlrt_run of firmware: `programs` are blobs of one stage each (see
    `emlrt.parts.alone`), which a copy of the open model is pointed at.
    """

    where = "host"

    def __init__(self, runtime: Runtime, programs: Sequence[bytes]) -> None:
        info = runtime.info
        self._runtime, self._programs = runtime, [_rom(each) for each in programs]
        self._model = ffi.new("emlrt_model *", runtime._model[0])
        self._arena = np.empty(info["arena_bytes"] // 8 + 1, np.uint64)
        self._y = np.empty(info["n_scores"], runtime._y_dtype)
        self._x = np.empty(info["n_inputs"], runtime._x_dtype)

    def start(self, x: NDArray[Any]) -> None:
        """Puts a row in place; all else becomes 0."""
        self._x[:] = x
        self._y[:] = 0
        self._arena[:] = 0

    def step(self, at: int) -> None:
        """Runs one stage on what is there."""
        self._model.blob = self._programs[at]
        x, y, arena = map(ffi.from_buffer, (self._x, self._y, self._arena))
        sizes = self._x.size, self._y.size
        run = lib.emlrt_host_run_as
        _check(run(self._model, 0, x, sizes[0], y, sizes[1], arena, 0))

    def read(self, space: int, offset: int, size: int) -> bytes:
        """Bytes of a space as they are now."""
        held = {
            lib.EMLRT_SPACE_INPUT: self._x,
            lib.EMLRT_SPACE_ARENA: self._arena,
            lib.EMLRT_SPACE_OUTPUT: self._y,
        }[space]
        return held.view(np.uint8)[offset : offset + size].tobytes()

    def call(self, what: str) -> bytes:
        """The row's answer by firmware's own call: "run", "classify" or "proba"."""
        return self._runtime.firmware(self._x, what).tobytes()


def apply(op: int, x: NDArray[np.float32], n_out: int) -> NDArray[np.float32]:
    """Runs an op without payload on each row of x."""
    x = plain(x, np.dtype(np.float32))
    y = np.empty((len(x), n_out), np.float32)
    source, target = ffi.from_buffer(_FLOATS, x), ffi.from_buffer(_FLOATS, y, True)
    _check(lib.emlrt_host_apply(op, source, len(x), x.shape[1], target, n_out))
    return y


def version() -> str:
    """Version of the runtime that is linked in."""
    return str(ffi.string(lib.emlrt_version()).decode())
