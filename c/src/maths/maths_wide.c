/* SPDX-License-Identifier: MIT
 *
 * Numbers of 32 significant bits: products, quotients, and to float32.
 */
#include "maths_wide.h"

#if defined(__thumb__) && !defined(__thumb2__)
EMLRT_WRAPS uint32_t emlrt_mulhi(uint32_t a, uint32_t b) {
  uint32_t a1 = a >> 16, b1 = b >> 16, low, mid;
  a &= 0xFFFFu;
  b &= 0xFFFFu;
  low = (a * b) >> 16;
  mid = a1 * b + low; /* below 2^32 */
  low = a * b1 + (mid & 0xFFFFu);
  return a1 * b1 + (mid >> 16) + (low >> 16);
}
#endif

int32_t emlrt_lift(uint32_t *m) {
  uint32_t value = *m;
  int32_t shift = 0;
  if (value < UINT32_C(0x10000)) {
    value <<= 16;
    shift = 16;
  }
  if (value < UINT32_C(0x1000000)) {
    value <<= 8;
    shift += 8;
  }
  for (; (value & EMLRT_ONE) == 0; shift++) value <<= 1;
  *m = value;
  return shift;
}

uint32_t emlrt_lift64(uint64_t value, int32_t *e) {
  uint32_t high = (uint32_t)(value >> 32), low = (uint32_t)value;
  int32_t shift;
  if (high == 0) {
    if (low == 0) return 0;
    *e -= 32 + emlrt_lift(&low);
    return low;
  }
  shift = emlrt_lift(&high);
  *e -= shift;
  return shift == 0 ? high : high | low >> (32 - shift);
}

int32_t emlrt_polynomial(emlrt_table table, unsigned n, int32_t x) {
  int32_t sum = (int32_t)EMLRT_READ32(table, --n);
  do {
    sum = emlrt_mulhi_both(sum, x) + (int32_t)EMLRT_READ32(table, --n);
  } while (n != 0);
  return sum;
}

EMLRT_WRAPS uint32_t emlrt_unpack(uint32_t size, int32_t *e) {
  uint32_t m = (size << 8) | EMLRT_ONE;
  *e = (int32_t)(size >> 23) - 127;
  if (size < UINT32_C(0x00800000)) {
    m = size << 8;
    *e = -126 - emlrt_lift(&m);
  }
  return m;
}

uint32_t emlrt_round(uint32_t sign, uint32_t m, int32_t e) {
  uint32_t rest;
  e += 126;
  if (e < 0) { /* subnormal: fewer bits are left */
    if (e < -31) e = -31;
    rest = m;
    m >>= -e;
    if (m << -e != rest) m |= 1;
    e = 0;
  }
  if (e > 253 || m == 0) return sign | (m == 0 ? 0 : EMLRT_INFINITY_BITS);
  rest = (m & 0xFFu) + 0x7Fu + ((m >> 8) & 1u);
  return sign | (((uint32_t)e << 23) + (m >> 8) + (rest >> 8));
}

EMLRT_WRAPS uint32_t emlrt_quotient(uint32_t n, uint32_t d, int32_t *e) {
  uint32_t q = 0;
#if UINTPTR_MAX > 0xFFFFFFFF
  uint64_t whole = (uint64_t)n << 27;
  q = (uint32_t)(whole / d);
  n = (uint32_t)(whole % d);
#else
  unsigned i;
  if (n >= d) {
    n -= d;
    q = 1;
  }
  for (i = 27; i != 0; i--) {
    uint32_t top = n & EMLRT_ONE;
    n <<= 1;
    q <<= 1;
    if (top != 0 || n >= d) {
      n -= d; /* wraps where the top bit went */
      q |= 1;
    }
  }
#endif
  q <<= 4;
  if ((q & EMLRT_ONE) == 0) {
    q <<= 1;
    --*e;
  }
  return n != 0 ? q | 1 : q;
}
