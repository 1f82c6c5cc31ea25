/* SPDX-License-Identifier: MIT
 *
 * The angle of a point: the smaller of its coordinates over the larger one, a
 * polynomial of the quotient's square, and the octant.
 */
#include "maths_wide.h"

/* atan(t) / t of t^2 - 1/2, in units of 2^-30. */
static const int32_t emlrt_atan_table[10] EMLRT_TABLE_PLACE = {
    934606094, -218778216, 89557590, -43214201, 22615103,
    -12416212, 6881022,    -3959897, 3043053,   -1872285};

/* Pi in units of 2^-30. */
#define EMLRT_PI UINT32_C(3373259426)

/* The mantissa of atan(n / d), n <= d; n is not 0. *e: its exponent. */
EMLRT_WRAPS static uint32_t emlrt_atan(uint32_t n, uint32_t d, int32_t *e) {
  int32_t below;
  uint32_t m, square;
  n = emlrt_unpack(n, e);
  d = emlrt_unpack(d, &below);
  *e -= below;
  m = emlrt_quotient(n, d, e);
  square = emlrt_down(m, -*e);
  square = emlrt_mulhi(square, square);
  if (square == UINT32_C(1) << 30) square--;
  square = (square << 2) - EMLRT_ONE;
  n = (uint32_t)emlrt_polynomial(EMLRT_TABLE(emlrt_atan_table, 0), 10,
                                 (int32_t)square);
  m = emlrt_mulhi(m, n << 1);
  *e += 1 - emlrt_lift(&m);
  return m;
}

uint32_t emlrt_atan2(uint32_t y, uint32_t x) {
  uint32_t high = y & ~EMLRT_SIGN_BIT, wide = x & ~EMLRT_SIGN_BIT;
  uint32_t n = high < wide ? high : wide, d = high < wide ? wide : high;
  uint32_t m = 0;
  int32_t e = 0;
  if (d > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS;
  if (n != 0 && (n == d || d != EMLRT_INFINITY_BITS)) m = emlrt_atan(n, d, &e);
  if (high > wide || x != wide) {
    m = emlrt_down(m, 1 - e);
    if (high > wide) m = EMLRT_PI / 2 - m;
    if (x != wide) m = EMLRT_PI - m;
    e = 1 - emlrt_lift(&m);
  }
  return emlrt_round(y & EMLRT_SIGN_BIT, m, e);
}
