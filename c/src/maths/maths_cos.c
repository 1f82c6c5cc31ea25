/* SPDX-License-Identifier: MIT
 *
 * The cosine: quarter turns counted exactly, by as many digits of 2 / pi as the
 * exponent calls for, and polynomials of what is left.
 */
#include "maths_wide.h"

/* 2 / pi in units of 2^-256, behind 64 zeros. */
static const uint32_t emlrt_cos_turns[10] EMLRT_TABLE_PLACE = {
    0x00000000, 0x00000000, 0xA2F9836E, 0x4E441529, 0xFC2757D1,
    0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB, 0xDEBBC561};
/* (1 - cos) / f^2 and sin / f of f quarter turns, of f^2, in units of 2^-30. */
static const int32_t emlrt_cos_even[4] EMLRT_TABLE_PLACE = {
    1324675872, -272375280, 22398583, -970721};
static const int32_t emlrt_cos_odd[5] EMLRT_TABLE_PLACE = {
    1686629713, -693598667, 85569259, -5026471, 169872};

/* 32 bits of the table from bit `at` on. */
EMLRT_WRAPS static uint32_t emlrt_cos_window(unsigned at) {
  unsigned i = at >> 5, shift = at & 31u;
  uint32_t high = EMLRT_TABLE32(emlrt_cos_turns, i);
  if (shift == 0) return high;
  return high << shift | EMLRT_TABLE32(emlrt_cos_turns, i + 1) >> (32 - shift);
}

/* Quarter turns of m * 2^(e - 23), modulo 4, in units of 2^-62. */
EMLRT_WRAPS static uint64_t emlrt_cos_reduce(uint32_t m, int32_t e) {
  unsigned at = (unsigned)(e + 39);
  uint32_t next = emlrt_cos_window(at + 32), last = emlrt_cos_window(at + 64);
  uint64_t turns = (uint64_t)(m * emlrt_cos_window(at)) << 32;
  turns += (uint64_t)emlrt_mulhi(m, next) << 32 | m * next;
  return turns + emlrt_mulhi(m, last);
}

EMLRT_WRAPS uint32_t emlrt_cos(uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, quarter, square, m;
  uint64_t turns;
  int32_t e;
  if (size >= EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS;
  if (size < UINT32_C(0x39000000)) return UINT32_C(0x3F800000); /* 2^-13 */
  m = (size & UINT32_C(0x7FFFFF)) | UINT32_C(0x800000);
  turns = emlrt_cos_reduce(m, (int32_t)(size >> 23) - 127);
  quarter = (uint32_t)(turns >> 32) + UINT32_C(0x20000000);
  turns -= (uint64_t)(quarter & UINT32_C(0xC0000000)) << 32;
  quarter >>= 30;
  /* quarter: 0: cos; 1: -sin; 2: -cos; 3: sin */
  if (turns >> 63 != 0) {
    turns = 0 - turns;
    if ((quarter & 1u) != 0) quarter ^= 2u;
  }
  square = (uint32_t)(turns >> 30);
  square = emlrt_mulhi(square, square);
  if ((quarter & 1u) == 0) {
    e = 0;
    m = (uint32_t)emlrt_polynomial(EMLRT_TABLE(emlrt_cos_even, 0), 4,
                                   (int32_t)square);
    m = EMLRT_ONE - 2 * emlrt_mulhi(square, m);
  } else {
    e = 3; /* units: 2^-62 of 64 bits, 2^-30 of 32 */
    m = (uint32_t)emlrt_polynomial(EMLRT_TABLE(emlrt_cos_odd, 0), 5,
                                   (int32_t)square);
    m = emlrt_mulhi(emlrt_lift64(turns, &e), m);
  }
  if (m != 0) e -= emlrt_lift(&m);
  return emlrt_round((quarter + 1) >> 1 == 1 ? EMLRT_SIGN_BIT : 0, m, e);
}
