# SPDX-License-Identifier: MIT
"""Generated C on the host: answers of all rows, and time a row."""

from __future__ import annotations

import ctypes
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import run_within
from numpy.typing import NDArray
from peers_code import Code

from emlrt.sources import get_include, get_sources

_LOOP = """
#include <stddef.h>
#include <stdint.h>
void bench_call(const {x_type} *x, {answer} *y);
void bench_rows(const {x_type} *x, size_t n, size_t columns, {answer} *y);
void bench_rows(const {x_type} *x, size_t n, size_t columns, {answer} *y) {{
  size_t i;
  for (i = 0; i < n; i++) bench_call(x + i * columns, y + i);
}}
"""

# emlrt's part of the same contest: the firmware's calls, a row at a time.
_EMLRT = """
#include <emlrt/emlrt.h>
void *bench_model(const void *blob, uint32_t size);
void bench_call(const {x_type} *x, {answer} *y);
static emlrt_model model;
static EMLRT_SCRATCH(scratch, {scratch});
void *bench_model(const void *blob, uint32_t size) {{
  return emlrt_open(&model, blob, size, emlrt_all_ops) == EMLRT_OK ? &model : NULL;
}}
void bench_call(const {x_type} *x, {answer} *y) {{
  if (emlrt_{call}(&model, x, {n}, y, 1, scratch, {scratch}) != EMLRT_OK) *y = 0;
}}
"""


class CompileError(RuntimeError):
    """The code does not compile, or not in time."""


def _compile(
    parts: dict[str, str], more: list[str], flags: list[str], limit: float
) -> Any:
    """A shared library of source texts by file name and of further files."""
    with tempfile.TemporaryDirectory(prefix="emlrt-bench-") as name:
        work = Path(name)
        for file, text in parts.items():
            (work / file).write_text(text, encoding="utf-8")
        out = work / "bench.so"
        command = ["gcc", "-O2", "-shared", "-fPIC", "-w", *flags]
        command += [*parts, *more, "-o", str(out), "-lm"]
        why = run_within(limit, command, work)
        if why:
            raise CompileError(why)
        return ctypes.CDLL(str(out))


class Compiled:
    """C code that answers rows, on the host.

    Attributes
    ----------
    name : str
    """

    def __init__(self, name: str, library: Any, x: np.dtype[Any], y: np.dtype[Any]):
        self.name = name
        self._library = library
        self._x, self._y = x, y

    def rows(self, X: NDArray[Any]) -> NDArray[Any]:
        """X as the code takes it."""
        return np.ascontiguousarray(X.astype(self._x))

    def answers(self, rows: NDArray[Any]) -> NDArray[Any]:
        """One answer a row; `rows` as the method of that name gives them."""
        y = np.empty(len(rows), self._y)
        n, columns = (ctypes.c_size_t(size) for size in rows.shape)
        start, out = (ctypes.c_void_p(array.ctypes.data) for array in (rows, y))
        self._library.bench_rows(start, n, columns, out)
        return y

    def seconds(self, rows: NDArray[Any]) -> float:
        """Seconds of processor time for all rows."""
        start = time.process_time()
        self.answers(rows)
        return time.process_time() - start


def compile_peer(code: Code, limit: float = 60.0) -> Compiled:
    """A peer's code; CompileError says why not."""
    loop = _LOOP.format(x_type=code.x_type, answer=code.answer_type)
    flags = [f"-I{path}" for path in code.include]
    parts = {f"peer{code.suffix}": code.source, "loop.c": loop}
    library = _compile(parts, [], flags, limit)
    return Compiled(code.name, library, code.x_dtype(), code.answer_dtype)


def compile_emlrt(name: str, model: Any) -> Compiled:
    """The runtime with a model, by emlrt_classify or emlrt_run for each row."""
    classes = hasattr(model, "classes_")
    kind = model.input_dtype.kind
    names = {
        "x_type": {"f": "float", "i": "int16_t", "u": "uint8_t"}[kind],
        "answer": "uint32_t" if classes else "float",
        "n": model.n_features_in_,
        "call": "classify" if classes else "run",
        "scratch": model.scratch_bytes if classes else model.arena_bytes,
    }
    parts = {
        "emlrt.c": _EMLRT.format(**names),
        "loop.c": _LOOP.format(**names),
    }
    library = _compile(parts, get_sources(), [f"-I{get_include()}"], 60)
    blob = np.frombuffer(bytes(model), np.uint32).copy()
    library.bench_model.restype = ctypes.c_void_p
    if not library.bench_model(ctypes.c_void_p(blob.ctypes.data), blob.nbytes):
        raise CompileError("emlrt_open refuses the blob")
    library.kept = blob
    answer = np.dtype(np.uint32 if classes else np.float32)
    return Compiled(name, library, model.input_dtype, answer)
