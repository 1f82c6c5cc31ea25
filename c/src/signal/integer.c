/* SPDX-License-Identifier: MIT
 *
 * Roots, logarithms and quotients of integers.
 */
#include "q15.h"

uint32_t emlrt_isqrt(uint32_t x) {
  uint32_t root = 0, bit = UINT32_C(1) << 30;
  for (; bit != 0; bit >>= 2) {
    uint32_t next = root + bit;
    root >>= 1;
    if (x < next) continue;
    x -= next;
    root += bit;
  }
  return root;
}

uint32_t emlrt_isqrt64(uint64_t x) {
  uint64_t root = 0, bit = UINT64_C(1) << 62;
  if (x >> 32 == 0) return emlrt_isqrt((uint32_t)x);
  for (; bit != 0; bit >>= 2) {
    uint64_t next = root + bit;
    root >>= 1;
    if (x < next) continue;
    x -= next;
    root += bit;
  }
  return (uint32_t)root;
}

unsigned emlrt_bit_length(uint32_t x) {
  unsigned n = 0, step = 16;
  for (; step != 0; step >>= 1) {
    if (x >> step == 0) continue;
    x >>= step;
    n += step;
  }
  return n + (unsigned)x;
}

/* log2(1 + f) is f and f (1 - f) times a polynomial, all of Q15. */
EMLRT_WRAPS int32_t emlrt_log2_q8(uint32_t x) {
  unsigned n = emlrt_bit_length(x);
  uint32_t f, more;
  if (n == 0) return 0;
  f = x << (32 - n) >> 1 >> 15 & 0x7FFFu;
  more = UINT32_C(14384) -
         (f * (UINT32_C(7851) - (f * UINT32_C(2709) >> 15)) >> 15);
  more = (f * (UINT32_C(0x8000) - f) >> 15) * more >> 15;
  return (int32_t)(((uint32_t)(n - 1) << 15) + f + more + 64u) >> 7;
}

int32_t emlrt_log2_q8_64(uint64_t x) {
  uint32_t high = (uint32_t)(x >> 32);
  unsigned n = emlrt_bit_length(high);
  return emlrt_log2_q8((uint32_t)(x >> n)) + ((int32_t)n << 8);
}

EMLRT_WRAPS uint32_t emlrt_divide(uint32_t x, uint32_t by) {
  uint32_t found = 0, rest = 0;
  unsigned bit = 32;
  while (bit-- != 0) {
    uint32_t over = rest >> 31;
    rest = rest << 1 | (x >> bit & 1u);
    found <<= 1;
    if (over == 0 && rest < by) continue;
    rest -= by;
    found |= 1;
  }
  return found;
}
