# SPDX-License-Identifier: MIT
"""Answers do not depend on what another library does to floating point.

Code linked with -ffast-math sets flush-to-zero in the thread that loads it; others
change the rounding. A helper in C does both here.
"""

import ctypes
import platform
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from c.blobs import F32, OUTPUT
from c.op_codes import OP
from c.stages import Step, arena, program, x, y
from sklearn.linear_model import LogisticRegression

import emlrt
from c import build
from emlrt import native

HELPER = """
#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
unsigned long get(void) { return _mm_getcsr(); }
void set(unsigned long state) { _mm_setcsr((unsigned)state); }
#else
unsigned long get(void) {
  unsigned long state;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  return state;
}
void set(unsigned long state) { __asm__ volatile("msr fpcr, %0" : : "r"(state)); }
#endif
"""
#: Flush and denormals-are-zero, and the rounding modes, by machine.
STATES = {
    "x86_64": [0x9FC0, 0x3F80, 0x5F80, 0x7F80, 0xFFC0],
    "aarch64": [1 << 24, 1 << 22, 2 << 22, 3 << 22, 0xF << 22],
}.get(platform.machine(), [])
TINY = 1e-39


class Thread:
    """The state of this thread's floating point."""

    def __init__(self, lib: ctypes.CDLL) -> None:
        lib.get.restype, lib.set.argtypes = ctypes.c_ulong, [ctypes.c_ulong]
        self.get, self.set = lib.get, lib.set
        self.plain = self.get()

    def answers(self, state: int, ask: Callable[[], object]) -> bytes:
        """What is answered in a state, which must be as it was afterwards."""
        self.set(state)
        try:
            before, found, after = self.get(), ask(), self.get()
        finally:
            self.set(self.plain)
        assert before == state == after
        return np.asarray(found).tobytes()

    def check(self, ask: Callable[[], object]) -> None:
        want = self.answers(self.plain, ask)
        for state in STATES:
            assert self.answers(state, ask) == want, hex(state)


@pytest.mark.parametrize(
    ("compiler", "emulator"),
    [
        ("gcc -O2", ""),
        ("clang-14 -O2", ""),
        ("i686-linux-gnu-gcc -O2 -static", "qemu-i386"),
        ("i686-linux-gnu-gcc -O2 -static -msse2 -mfpmath=sse", "qemu-i386"),
        ("aarch64-linux-gnu-gcc -O2 -static", "qemu-aarch64"),
    ],
)
def test_machines(compiler: str, emulator: str, tmp_path: Path) -> None:
    name, *flags = compiler.split()
    out = tmp_path / "state"
    source = build.HERE / "state.c"
    command = [build.need(name), "-std=gnu99", *flags, *build.WARNINGS, build.INCLUDE]
    build.must([*command, build.HOST, source, "-o", out])
    build.must([build.need(emulator), out] if emulator else [out])


@pytest.fixture(scope="module")
def thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thread]:
    if not STATES:
        pytest.skip("no such state here")
    folder = tmp_path_factory.mktemp("state")
    source, library = folder / "state.c", folder / "state.so"
    source.write_text(HELPER)
    build.must([build.need("gcc"), "-shared", "-fPIC", source, "-o", library])
    found = Thread(ctypes.CDLL(str(library)))
    yield found
    found.set(found.plain)


@pytest.fixture(scope="module")
def classifier() -> emlrt.Model:
    """Three classes whose scores are sums of subnormal numbers."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)).astype(np.float32)
    model = LogisticRegression().fit(X, np.argmax(X, axis=1))
    model.coef_, model.intercept_ = model.coef_ * TINY, model.intercept_ * TINY
    return emlrt.convert(model, golden=X[:4])


ROWS = np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32)


def test_the_states_matter(thread: Thread) -> None:
    """Numpy itself does feel them."""
    number, found = np.full(9, TINY, np.float32), set()
    for state in STATES:
        thread.set(state)
        found.add((number * np.float32(1.1)).tobytes())
        thread.set(thread.plain)
    assert len(found) > 1


@pytest.mark.parametrize("n", [1, 3, 40])
def test_rows(thread: Thread, classifier: emlrt.Model, n: int) -> None:
    runtime, rows = classifier._runtime, ROWS[:n]
    scores = runtime.scores(rows)
    assert np.abs(scores).max() < 1e-37
    assert np.unique(runtime.classify(rows)).size > 1 or n < 40
    thread.check(lambda: runtime.scores(rows))
    thread.check(lambda: runtime.classify(rows))
    thread.check(lambda: runtime.proba(scores))


@pytest.mark.parametrize("what", ["run", "classify", "proba"])
def test_the_calls_of_firmware(
    thread: Thread, classifier: emlrt.Model, what: str
) -> None:
    for row in ROWS[:5]:
        thread.check(lambda row=row: classifier._runtime.firmware(row, what))


def test_opening_and_selftest(thread: Thread, classifier: emlrt.Model) -> None:
    blob = bytes(classifier)

    def opened() -> object:
        runtime = native.Runtime(blob)
        return [runtime.selftest(), *runtime.scores(ROWS).view(np.uint32).ravel()]

    assert classifier._runtime.selftest()
    thread.check(opened)


def test_leaves_that_are_added_at_loading(thread: Thread) -> None:
    """Trees without a split stand for all rows, so that they are added once."""
    lone = struct.pack("<IIIIHH", 3, 44, 0, 0, 2, 0) + bytes(24)
    lone += struct.pack("<f", TINY)
    steps = [
        Step(OP["trees_add_f32"], lone, x(0, 1), arena(0, 1)),
        Step(OP["square"], b"", x(0, 1), y(0, 1)),
        Step(OP["trees_add_f32"], lone, x(0, 1), y(4, 1)),
    ]
    assert steps[-1].write.space == OUTPUT
    blob = program(steps, F32, 1, 2, 8)
    row = np.full((1, 1), TINY, np.float32)
    assert native.Runtime(blob).scores(row)[0, 1] == np.float32(TINY) * 3
    thread.check(lambda: native.Runtime(blob).scores(row).view(np.uint32))


def test_one_op(thread: Thread) -> None:
    abs_op, log1p = OP["abs"], OP["log1p"]
    tiny = np.full((5, 2), -TINY, np.float32)
    for op in (abs_op, log1p):
        thread.check(lambda op=op: native.apply(op, tiny, 2))


def test_after_an_error(thread: Thread, classifier: emlrt.Model) -> None:
    runtime, lib = classifier._runtime, native.lib
    data = runtime.data(ROWS)
    out = native.ffi.new("float[]", 3 * len(ROWS) + 1)
    odd = native.ffi.cast("float *", native.ffi.cast("char *", out) + 1)
    short = native.ffi.new("uint32_t[]", 12)

    def wrong() -> object:
        model = native.ffi.new("emlrt_model *")
        return [
            lib.emlrt_host_run(runtime._model, runtime._host, data, len(ROWS), odd),
            lib.emlrt_host_proba(runtime._model, odd, 1, out),
            lib.emlrt_host_open(model, short, 47),
            lib.emlrt_host_run_as(runtime._model, 0, data, 9, out, 3, out, 0),
            lib.emlrt_host_selftest(runtime._model, out, 0),
        ]

    assert wrong()[:3] == [-2, -2, -3]
    thread.check(wrong)
