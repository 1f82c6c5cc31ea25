/* SPDX-License-Identifier: MIT
 *
 * log x and log(1 + x): x is 2^k times a number from 1 to 2, which a factor of
 * 8 bits brings near 1.
 */
#include "maths_wide.h"

/* log of 256 / factor, or of 128 / factor from the 7th on, in units of 2^-40:
 * the upper 32 bits; then the lower 8 bits, and the factor minus 1. */
static const uint32_t emlrt_log_high[17] EMLRT_TABLE_PLACE = {
    0x00000000, 0x0F7518E0, 0x1DA72763, 0x2B7E80D6, 0x38DFF78D, 0x45AD732E,
    0x51C63709, 0xAB9549E3, 0xB5DA97B0, 0xC08DCF25, 0xCA186D62, 0xD4019F1E,
    0xDE510306, 0xE73CBA29, 0xEE9AC911, 0xF81F593C, 0x00000000};
static const uint16_t emlrt_log_low[17] EMLRT_TABLE_PLACE = {
    0x00FF, 0x03F0, 0x84E3, 0xA8D7, 0xE0CC, 0xB4C2, 0xC7B9, 0x48B1, 0x86AA,
    0x44A3, 0xFF9D, 0xB197, 0x5F91, 0xCE8C, 0x5D88, 0x6283, 0x007F};

/* (r - log(1 + r)) / r^2 in units of 2^-32; r in units of 2^-35, at most 1/32. */
EMLRT_WRAPS static uint32_t emlrt_log_series(int32_t r) {
  int32_t h = r >> 16, a;
  a = 32789 - ((13121 * h) >> 18);
  a = INT32_C(89478467) - ((a * h) >> 8);
  a = emlrt_mulhi_signed(r, (uint32_t)a << 4) >> 3;
  return UINT32_C(0x7FFFFFAA) - (uint32_t)a;
}

/* |log(1 + r)|, where r has the mantissa m and is at most 1/32. */
EMLRT_WRAPS static uint32_t emlrt_log_near(uint32_t m, int32_t r, int32_t *e) {
  uint32_t q = emlrt_log_series(r);
  m = emlrt_mulhi(m, EMLRT_ONE - (uint32_t)(emlrt_mulhi_signed(r, q) >> 4));
  ++*e;
  *e -= emlrt_lift(&m);
  return m;
}

EMLRT_WRAPS uint32_t emlrt_log_wide(uint32_t m, int32_t *e, uint32_t *sign) {
  unsigned i = (unsigned)(((m >> 26) + 1) >> 1) - 16u;
  uint32_t low = EMLRT_TABLE16(emlrt_log_low, i), factor = (low & 0xFFu) + 1;
  int32_t r = (int32_t)((m >> 8) * factor - EMLRT_ONE) * 16;
  uint32_t square;
  int64_t sum;
  r += (int32_t)(((m & 0xFFu) * factor) >> 4);
  *e += i >= 7;
  if (*e == 0 && (i & 15u) == 0) {
    *sign = (uint32_t)r & EMLRT_SIGN_BIT;
    if (r == 0) return 0;
    m = (uint32_t)(r < 0 ? -r : r);
    *e = -4 - emlrt_lift(&m);
    return emlrt_log_near(m, r, e);
  }
  square = (uint32_t)(r < 0 ? -r : r);
  square = emlrt_mulhi(square, square);
  sum = (int64_t)(*e * INT32_C(0xB17217)) * 65536 + *e * INT32_C(0xF7D2);
  sum += (int64_t)(int32_t)EMLRT_TABLE32(emlrt_log_high, i) * 256;
  sum += (int32_t)(low >> 8);
  sum += (int64_t)r * 32;
  sum -= (int64_t)((uint64_t)emlrt_mulhi(square, emlrt_log_series(r)) * 4);
  *sign = sum < 0 ? EMLRT_SIGN_BIT : 0;
  *e = 23; /* of units of 2^-40, 64 bits */
  return emlrt_lift64((uint64_t)(sum < 0 ? -sum : sum), e);
}

uint32_t emlrt_log(uint32_t x) {
  uint32_t m, sign;
  int32_t e;
  if ((x & ~EMLRT_SIGN_BIT) == 0) return EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS;
  if (x >= EMLRT_INFINITY_BITS)
    return x == EMLRT_INFINITY_BITS ? x : EMLRT_NAN_BITS;
  m = emlrt_unpack(x, &e);
  m = emlrt_log_wide(m, &e, &sign);
  return emlrt_round(m == 0 ? 0 : sign, m, e);
}

/* 1 + x as mantissa and exponent; x: m * 2^(e - 31) with a sign, above -1. */
static uint32_t emlrt_log_one_more(uint32_t m, int32_t *e, uint32_t sign) {
  int32_t k = *e;
  if (sign != 0) {
    m = EMLRT_ONE - emlrt_down(m, -k);
    k = 0;
  } else if (k < 0) {
    m = EMLRT_ONE + emlrt_down(m, -k);
    k = 0;
  } else {
    k++;
    m = (m >> 1) + emlrt_down(EMLRT_ONE, k);
  }
  *e = k - emlrt_lift(&m);
  return m;
}

uint32_t emlrt_log1p(uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, sign = x & EMLRT_SIGN_BIT, m;
  int32_t e;
  if (x == UINT32_C(0xBF800000)) return EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS;
  if (size > EMLRT_INFINITY_BITS || x > UINT32_C(0xBF800000))
    return EMLRT_NAN_BITS;
  if (size == 0 || x == EMLRT_INFINITY_BITS) return x;
  m = emlrt_unpack(size, &e);
  if (e < -5) { /* below 1/32 */
    int32_t r = (int32_t)emlrt_down(m, -4 - e);
    m = emlrt_log_near(m, sign != 0 ? -r : r, &e);
  } else {
    m = emlrt_log_one_more(m, &e, sign);
    m = emlrt_log_wide(m, &e, &sign);
  }
  return emlrt_round(sign, m, e);
}
