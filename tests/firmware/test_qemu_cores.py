# SPDX-License-Identifier: MIT
"""Calls on cores that only QEMU has: exact counts, faults, and limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from forest_cases import case, need, need_core

from emlrt.emulate import TARGETS, ToolMissing, build, machines, measure
from emlrt.emulate.machines import AnyMachine
from emlrt.emulate.targets import Target
from emlrt.emulate.unicorn_run import FaultError

CORES = [target.name for target in TARGETS.values() if target.machine]
FUNCTIONS = """
    static __attribute__((noinline)) int leaf(volatile char *p) { return p[99]; }
    int frame(void) { volatile char room[400]; room[0] = 1; room[99] = 2;
                      return leaf(room); }
    int none(void) { return -3; }
    int eighth(int a, int b, int c, int d, int e, int f, int g, int h) {
      return a + b + c + d + e + f + g - h; }
    unsigned loop(unsigned n) {
      unsigned sum = 0;
      while (n) { sum += n * n; __asm__ volatile("nop"); n--; }
      return sum; }
    int nowhere(void) { return *(volatile int *)0x2E000000u; }
    void forever(void) { for (;;) __asm__ volatile(""); }
"""
NAMES = ["frame", "none", "eighth", "loop", "nowhere", "forever"]


def start(target: Target) -> AnyMachine:
    """A core with these functions."""
    with build.scratch_dir() as work:
        parts = build.compile_text(target, "f.c", FUNCTIONS, build.Options(), work)
        return machines.start(target, parts, work, NAMES)


@pytest.mark.parametrize("core", CORES)
def test_results_counts_and_stack_are_exact(core: str) -> None:
    need_core(core)
    board = start(TARGETS[core])
    assert board.call("none") == -3
    none = board.instructions
    assert none in (2, 3)  # a constant and a return, and a frame at most
    assert board.stack == 0
    assert board.call("eighth", *range(1, 8), 100) == 28 - 100
    assert board.stack >= 8
    counts = []
    for n in (10, 20, 30, 100_010):
        board.call("loop", n)
        counts.append(board.instructions)
    per_round = (counts[1] - counts[0]) // 10
    assert 3 <= per_round <= 9
    assert counts[2] - counts[1] == 10 * per_round
    assert counts[3] - counts[0] == 100_000 * per_round
    assert board.call("frame") == 2
    assert 400 - 99 <= board.stack <= 400 + 32
    assert board.call("none") == -3
    assert (board.instructions, board.stack) == (none, 0)


@pytest.mark.parametrize("core", CORES)
def test_memory_keeps_what_is_written(core: str) -> None:
    need_core(core)
    board = start(TARGETS[core])
    content = np.random.default_rng(0).bytes(70_001)
    rom, heap = board.place_rom(content), board.allocate(len(content))
    board.write(heap, content[::-1])
    assert board.read(rom, len(content)) == content
    assert board.read(heap, len(content)) == content[::-1]
    board.release()
    assert board.allocate(4) == heap
    with pytest.raises(ValueError, match="do not fit"):
        board.allocate(1 << 30)
    with pytest.raises(ValueError, match="for the blob"):
        board.place_rom(bytes(1 << 26))


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize(
    ("function", "message"), [("nowhere", "code 125"), ("forever", "does not return")]
)
def test_a_fault_and_no_end_are_told(core: str, function: str, message: str) -> None:
    need_core(core)
    board = start(TARGETS[core])
    with pytest.raises(FaultError, match=message):
        board.call(function, timeout=2)
    with pytest.raises(FaultError):
        board.call("none")


def test_qemu_and_unicorn_count_alike() -> None:
    """The code of a Cortex-M3, which an M55 runs too, under both."""
    need_core("cortex-m3")
    need_core("cortex-m55")
    each, m3 = case("vote-i16"), TARGETS["cortex-m3"]
    want = measure(each.blob, each.rows, core="cortex-m3", opt="-Os", call="run")
    TARGETS["m3 of qemu"] = replace(m3, name="m3 of qemu", machine="mps3-an547")
    try:
        got = measure(each.blob, each.rows, core="m3 of qemu", opt="-Os", call="run")
    finally:
        del TARGETS["m3 of qemu"]
    assert np.array_equal(got.counts, want.counts)
    assert np.array_equal(got.results, want.results)
    assert (got.open_count, got.stack) == (want.open_count, want.stack)
    assert (got.open_stack, got.flash) == (want.open_stack, want.flash)


def test_a_missing_qemu_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    need("arm-none-eabi-gcc")

    def program(name: str) -> str:
        raise ToolMissing(name)

    monkeypatch.setattr("emlrt.emulate.qemu_machine.program", program)
    with pytest.raises(ToolMissing, match=r"qemu-system-arm.*apt install"):
        start(TARGETS["cortex-m55"])
