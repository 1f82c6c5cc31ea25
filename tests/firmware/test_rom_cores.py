# SPDX-License-Identifier: MIT
"""What stands in for an ESP8266's ROM computes what IEEE 754 and C say, bit for bit."""

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
void sums(const float *a, const float *b, float *y, int n) {
  for (; n; n--) *y++ = *a++ + *b++; }
void differences(const float *a, const float *b, float *y, int n) {
  for (; n; n--) *y++ = *a++ - *b++; }
void products(const float *a, const float *b, float *y, int n) {
  for (; n; n--) *y++ = *a++ * *b++; }
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
void wide_quotients(const u64 *a, const u64 *b, u64 *y, int n) {
  for (; n; n--) *y++ = *a++ / *b++; }
void wide_rests(const u64 *a, const u64 *b, u64 *y, int n) {
  for (; n; n--) *y++ = *a++ % *b++; }
void wide_signed_quotients(const i64 *a, const i64 *b, i64 *y, int n) {
  for (; n; n--) *y++ = *a++ / *b++; }
"""
NAMES = [line.split("(")[0].split()[1] for line in CODE.splitlines() if "void " in line]
#: 0, infinite, NaN, subnormal, the ends of each, halves of last places.
SPECIAL = np.array(
    [
        *(0, 0x7F800000, 0x7FC00000, 1, 2, 0x7FFFFF, 0x800000, 0x7F7FFFFF, 0x3F800000),
        *(0x3F7FFFFF, 0x33800000, 0x34000000, 0x4B800000, 0x7F000000, 0xFFFFFF),
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
    """Bits of pairs (2, n): any, special, close to each other, and of small ones."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 1 << 32, (2, 6000), dtype=np.uint32)
    signed = np.concatenate([SPECIAL, SPECIAL | 0x80000000])
    x, y = (grid.ravel() for grid in np.meshgrid(signed, signed))
    alike = b & 0x807FFFFF | (a >> 23 & 0xFF) + (b >> 27) - 16 << 23 & 0x7F800000
    small = (bits & 0x877FFFFF for bits in (a, b))
    halves = (bits & 0x807FFFFF | 0x20000000 for bits in (a, b))
    rows = [(a, b), (x, y), (a, alike), (a, (a + (b & 7) - 3) ^ 0x80000000)]
    return np.concatenate([*rows, tuple(small), tuple(halves)], axis=1).astype(
        np.uint32
    )


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


@pytest.mark.parametrize(
    ("name", "function"),
    [("sums", np.add), ("differences", np.subtract), ("products", np.multiply)],
)
def test_float_arithmetic(board: AnyMachine, name: str, function: np.ufunc) -> None:
    a, b = pairs().view(np.float32)
    with np.errstate(all="ignore"):
        want = function(a, b)
    got = np.frombuffer(called(board, name, a, b), np.float32)
    assert np.array_equal(np.isnan(got), np.isnan(want))
    numbers = ~np.isnan(want)
    assert np.array_equal(got[numbers].view(np.uint32), want[numbers].view(np.uint32))
    assert (np.abs(want[numbers]) < 2.0**-126).sum() > 100
    assert np.isinf(want[numbers]).sum() > 100


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
    b = b >> rng.integers(0, 63, 2000).astype(np.uint64) | np.uint64(1)
    low = np.uint64(0xFFFFFFFF)
    assert called(board, "wide_products", a, b) == (a * b).tobytes()
    assert called(board, "long_products", a, b) == ((a & low) * (b & low)).tobytes()
    assert called(board, "wide_quotients", a, b) == (a // b).tobytes()
    assert called(board, "wide_rests", a, b) == (a % b).tobytes()
    want = []
    for x, y in zip(a.view(np.int64).tolist(), b.view(np.int64).tolist(), strict=True):
        size = abs(x) // abs(y)
        want.append((size if (x < 0) == (y < 0) else -size) % (1 << 64))
    found = called(board, "wide_signed_quotients", a, b)
    assert found == np.array(want, np.uint64).tobytes()
