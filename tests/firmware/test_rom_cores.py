# SPDX-License-Identifier: MIT
"""What stands in for an ESP8266's ROM computes what C and IEEE 754 say, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from forest_cases import need_core
from numpy.typing import NDArray

from emlrt.emulate import TARGETS, build, machines
from emlrt.emulate.machines import AnyMachine

CODE = """
#include <stdint.h>
typedef int64_t i64; typedef uint64_t u64;
void floats(const int32_t *a, const int32_t *b, float *y, int n) {
  for (; n; n--) *y++ = (float)*a++;
  (void)b; }
void positives(const uint32_t *a, const uint32_t *b, float *y, int n) {
  for (; n; n--) *y++ = (float)*a++;
  (void)b; }
void quotients(const uint32_t *a, const uint32_t *b, uint32_t *y, int n) {
  for (; n; n--) *y++ = *a++ / *b++; }
void rests(const uint32_t *a, const uint32_t *b, uint32_t *y, int n) {
  for (; n; n--) *y++ = *a++ % *b++; }
void signed_quotients(const int32_t *a, const int32_t *b, int32_t *y, int n) {
  for (; n; n--) *y++ = *a++ / *b++; }
void wide_products(const i64 *a, const i64 *b, i64 *y, int n) {
  for (; n; n--) *y++ = *a++ * *b++; }
void long_products(const u64 *a, const u64 *b, u64 *y, int n) {
  for (; n; n--) *y++ = (u64)(uint32_t)*a++ * (uint32_t)*b++; }
"""
NAMES = [line.split("(")[0].split()[1] for line in CODE.splitlines() if "void " in line]
#: Around 0, where floats end to be exact, ties of rounding, and the ends.
SPECIAL = np.array(
    [
        *(0, 1, 2, 3, 0x7FFFFF, 0x800000, 0xFFFFFF, 0x1000000, 0x1000001, 0x1000003),
        *(0x2000002, 0x2000006, 0x7FFFFFBF, 0x7FFFFFC0, 0x7FFFFFFF, 0x80000000),
        *(0x80000080, 0x80000180, 0xFFFFFF7F, 0xFFFFFF80, 0xFFFFFFFF),
    ],
    np.uint32,
)


@pytest.fixture(scope="module")
def board() -> AnyMachine:
    need_core("lx106")
    target = TARGETS["lx106"]
    with build.scratch_dir() as work:
        parts = build.compile_text(target, "f.c", CODE, build.Options(), work)
        return machines.start(target, parts, work, NAMES)


def pairs() -> NDArray[np.uint32]:
    """Pairs (2, n) of integers: any, and special ones with each other."""
    rng = np.random.default_rng(0)
    x, y = (grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))
    drawn = rng.integers(0, 1 << 32, (2, 6000), dtype=np.uint32)
    return np.concatenate([drawn, [x, y]], axis=1).astype(np.uint32)


def called(
    board: AnyMachine, name: str, a: NDArray[np.generic], b: NDArray[np.generic]
) -> bytes:
    places = [board.allocate(a.nbytes) for _ in range(3)]
    board.write(places[0], a.tobytes())
    board.write(places[1], b.tobytes())
    board.call(name, *places, len(a))
    found = board.read(places[2], a.nbytes)
    board.release()
    return found


def test_floats_of_integers(board: AnyMachine) -> None:
    shifts = np.arange(6000, dtype=np.uint32) % 32
    a = np.concatenate([pairs()[0], pairs()[1][:6000] >> shifts, SPECIAL])
    for name, given in (("positives", a), ("floats", a.view(np.int32))):
        assert called(board, name, given, given) == given.astype(np.float32).tobytes()


def test_integer_division(board: AnyMachine) -> None:
    a, b = pairs()
    b = np.maximum(b >> (a & 31), 1)
    assert called(board, "quotients", a, b) == (a // b).tobytes()
    assert called(board, "rests", a, b) == (a % b).tobytes()
    x, y = (v.view(np.int32).astype(np.int64) for v in (a, b))
    want = np.abs(x) // np.abs(y) * np.sign(x) * np.sign(y)
    assert called(board, "signed_quotients", a, b) == want.astype(np.uint32).tobytes()


def test_wide_integers(board: AnyMachine) -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 1 << 64, (2, 2000), dtype=np.uint64)
    a = a >> rng.integers(0, 64, 2000).astype(np.uint64)
    b = b >> rng.integers(0, 64, 2000).astype(np.uint64)
    low = np.uint64(0xFFFFFFFF)
    assert called(board, "wide_products", a, b) == (a * b).tobytes()
    assert called(board, "long_products", a, b) == ((a & low) * (b & low)).tobytes()
