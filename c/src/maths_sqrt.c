/* SPDX-License-Identifier: MIT
 *
 * The square root, correctly rounded.
 */
#include "maths_wide.h"

uint32_t emlrt_sqrt(uint32_t x) {
  uint32_t m, root = 0, sum = 0, bit;
  int32_t e;
  if ((x & ~EMLRT_SIGN_BIT) == 0 || x == EMLRT_INFINITY_BITS) return x;
  if (x > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS; /* below 0, or NaN */
  m = emlrt_unpack(x, &e) >> 7;
  if ((e & 1) != 0) m <<= 1;
  /* A bit of the root a round; sum: twice the root so far, aligned with m. */
  for (bit = UINT32_C(0x1000000); bit != 0; bit >>= 1) {
    uint32_t next = sum + bit;
    if (next <= m) {
      sum = next + bit;
      m -= next;
      root |= bit;
    }
    m <<= 1;
  }
  root <<= 7;
  return emlrt_round(0, m != 0 ? root | 1 : root, e >> 1);
}
