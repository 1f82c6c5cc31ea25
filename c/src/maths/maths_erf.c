/* SPDX-License-Identifier: MIT
 *
 * The error function: x times a polynomial of x^2 up to 1, then one polynomial
 * of 1 - erf x for each half up to 4.
 */
#include "maths_wide.h"

/* Of x^2 / 2, in units of 2^-30. */
static const int32_t emlrt_erf_small[7] EMLRT_TABLE_PLACE = {
    1211587904, -807724989, 484626292, -230672487,
    89134790,   -27522817,  5397136};
/* Of x - 1.25 - i / 2, in units of 2^-32. */
static const int32_t emlrt_erf_large[6 * 7] EMLRT_TABLE_PLACE = {
    331141422, -1015850904, 1269815365, -719506773, 26302899,   200912863,
    -88102553, 57244737,    -226666200, 396666770,  -387310046, 206615780,
    -25640005, -38911240,   6282321,    -30675946,  69020654,   -93316581,
    81989611,  -45446704,   11872130,   432168,     -2518115,   6924648,
    -11846416, 13991258,    -12136772,  7168712,    18480,      -125386,
    407473,    -838462,     1228573,    -1428558,   1181282,    488,
    -3788,     14201,       -33981,     59135,      -86779,     89653};

uint32_t emlrt_erf(uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, sign = x & EMLRT_SIGN_BIT, m, t;
  int32_t e, rest;
  if (size > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS;
  if (size == 0) return x;
  if (size >= UINT32_C(0x40800000)) return sign | UINT32_C(0x3F800000);
  m = emlrt_unpack(size, &e);
  if (e < 0) {
    t = emlrt_down(m, -1 - e);
    t = emlrt_mulhi(t, t) >> 1;
    m = emlrt_mulhi(m, (uint32_t)emlrt_polynomial(
                           EMLRT_TABLE(emlrt_erf_small, 0), 7, (int32_t)t));
    e += 2;
  } else {
    t = m >> (1 - e); /* 2^30 is 1 */
    rest = ((int32_t)(t & UINT32_C(0x1FFFFFFF)) - INT32_C(0x10000000)) * 4;
    rest = emlrt_polynomial(EMLRT_TABLE(emlrt_erf_large, ((t >> 29) - 2) * 7),
                            7, rest);
    m = ~(uint32_t)(rest < 0 ? 0 : rest);
    e = -1;
  }
  e -= emlrt_lift(&m);
  return emlrt_round(sign, m, e);
}
