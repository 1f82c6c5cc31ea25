/* SPDX-License-Identifier: MIT
 *
 * e^x and e^x - 1: x = n ln 2 + r, |r| <= 0.3525, and a polynomial of r.
 */
#include "maths_wide.h"

/* r in units of 2^-32, of the x whose mantissa and exponent are given. */
EMLRT_WRAPS static int32_t emlrt_exp_reduce(uint32_t m, int32_t e,
                                            uint32_t sign, int32_t *n) {
  uint32_t fraction = e < 0 ? emlrt_down(m, -1 - e) : m << (e + 1);
  /* n from 8 bits of fraction. */
  uint32_t count = emlrt_down(m, 23 - e) * 23637u + UINT32_C(0x200000);
  int32_t r;
  count >>= 22;
  fraction -= count * UINT32_C(0xB17217F7) + ((count * 0xD1CFu) >> 16);
  r = (int32_t)fraction;
  *n = (int32_t)count;
  if (sign != 0) {
    *n = -*n;
    r = -r;
  }
  return r;
}

/* (e^r - 1) / r in units of 2^-31. */
static uint32_t emlrt_exp_series(int32_t r) {
  int32_t h = (r + 0x8000) >> 16, a;
  uint32_t q;
  a = 5848 + ((13367 * h) >> 20);
  a = 69904 + ((a * h) >> 15);
  q = (uint32_t)(INT32_C(89477764) + ((a * h) >> 8));
  q = (uint32_t)(INT32_C(357913946) + emlrt_mulhi_signed(r, q));
  q = (uint32_t)(INT32_C(1073741835) + emlrt_mulhi_signed(r, q));
  return emlrt_wrap_add(EMLRT_ONE, (uint32_t)emlrt_mulhi_signed(r, q));
}

/* e^r in units of 2^-31. */
static uint32_t emlrt_exp_near(int32_t r) {
  uint32_t q = emlrt_exp_series(r);
  return emlrt_wrap_add(EMLRT_ONE, (uint32_t)emlrt_mulhi_signed(r, q));
}

EMLRT_WRAPS uint32_t emlrt_exp_wide(uint32_t x, int32_t *e) {
  uint32_t m = (x << 8) | EMLRT_ONE;
  int32_t r = emlrt_exp_reduce(m, (int32_t)((x >> 23) & 0xFF) - 127,
                               x & EMLRT_SIGN_BIT, e);
  m = emlrt_exp_near(r);
  if (m < EMLRT_ONE) {
    m <<= 1;
    --*e;
  }
  return m;
}

/* At least this, e^x is infinite; below its opposite, 0. */
#define EMLRT_EXP_END UINT32_C(0x42D00000) /* 104 */

uint32_t emlrt_exp(uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT;
  int32_t e;
  if (size >= EMLRT_EXP_END) {
    if (size > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS;
    return x == size ? EMLRT_INFINITY_BITS : 0;
  }
  size = emlrt_exp_wide(x, &e);
  return emlrt_round(0, size, e);
}

uint32_t emlrt_expm1_wide(uint32_t x, int32_t *e) {
  int32_t n, r;
  uint32_t m = emlrt_unpack(x & ~EMLRT_SIGN_BIT, e);
  r = emlrt_exp_reduce(m, *e, x & EMLRT_SIGN_BIT, &n);
  if (n == 0) {
    m = emlrt_mulhi(m, emlrt_exp_series(r));
    ++*e;
  } else {
    m = emlrt_exp_near(r);
    if (n > 0) {
      m -= emlrt_down(EMLRT_ONE, n);
      *e = n;
    } else {
      m = EMLRT_ONE - emlrt_down(m, -n);
      *e = 0;
    }
  }
  *e -= emlrt_lift(&m);
  return m;
}

uint32_t emlrt_expm1(uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, sign = x & EMLRT_SIGN_BIT;
  int32_t e;
  if (size >= EMLRT_EXP_END) {
    if (size > EMLRT_INFINITY_BITS) return EMLRT_NAN_BITS;
    return sign != 0 ? UINT32_C(0xBF800000) : EMLRT_INFINITY_BITS;
  }
  if (size == 0) return x;
  size = emlrt_expm1_wide(x, &e);
  return emlrt_round(sign, size, e);
}
