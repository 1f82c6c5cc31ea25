/* SPDX-License-Identifier: MIT
 *
 * The square root, correctly rounded.
 */
#include "maths_wide.h"

uint32_t emlrt_root(uint32_t m, int32_t e, uint32_t last, uint32_t *rest) {
  uint32_t root = 0, sum = 0, bit;
  m >>= (e & 1) != 0 ? 2 : 3;
  /* sum: twice the root so far, aligned with m, which moves up a bit a round. */
  for (bit = UINT32_C(1) << 28; bit >= last; bit >>= 1) {
    uint32_t next = sum + bit;
    if (next <= m) {
      sum = next + bit;
      m -= next;
      root |= bit;
    }
    m <<= 1;
  }
  *rest = m;
  return root;
}

uint32_t emlrt_sqrt(uint32_t x) {
  uint32_t m, rest;
  int32_t e;
  if ((x & ~EMLRT_SIGN_BIT) == 0 || x == EMLRT_INFINITY_BITS) return x;
  if (x > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS; /* below 0, or NaN */
  m = emlrt_unpack(x, &e);
  m = emlrt_root(m, e, 16, &rest) << 3;
  return emlrt_round(0, rest != 0 ? m | 1 : m, e >> 1);
}
