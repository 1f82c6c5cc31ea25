/* SPDX-License-Identifier: MIT
 *
 * The logistic function and tanh: quotients of what maths_exp.c gives.
 */
#include "maths_wide.h"

uint32_t emlrt_logistic(uint32_t x) {
  uint32_t m;
  int32_t e;
  if ((x & ~EMLRT_SIGN_BIT) >= UINT32_C(0x42D00000)) { /* 104 */
    if (emlrt_is_nan(x)) return EMLRT_NAN_BITS;
    return (x & EMLRT_SIGN_BIT) != 0 ? 0 : UINT32_C(0x3F800000);
  }
  m = emlrt_exp_wide(x ^ EMLRT_SIGN_BIT, &e);
  if (e < 0) {
    m = EMLRT_ONE + emlrt_down(m, -e);
    e = 0;
  } else {
    e++;
    m = (m >> 1) + emlrt_down(EMLRT_ONE, e);
  }
  e = emlrt_lift(&m) - e;
  m = emlrt_quotient(EMLRT_ONE, m, &e);
  return emlrt_round(0, m, e);
}

/* (1 - u) / (1 + u) of u = e^(-2 |x|); with w = 1 - u it is w / (2 - w). */
uint32_t emlrt_tanh(uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, sign = x & EMLRT_SIGN_BIT, m, d;
  int32_t e;
  if (size > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS;
  if (size >= UINT32_C(0x41200000)) return sign | UINT32_C(0x3F800000);
  if (size < UINT32_C(0x38800000)) return x; /* 2^-14 */
  m = emlrt_expm1_wide((size + UINT32_C(0x00800000)) | EMLRT_SIGN_BIT, &e);
  d = EMLRT_ONE - emlrt_down(m, 1 - e);
  e -= 1 - emlrt_lift(&d);
  m = emlrt_quotient(m, d, &e);
  return emlrt_round(sign, m, e);
}
