/* SPDX-License-Identifier: MIT
 *
 * The length of a vector.
 */
#include "length.h"

/* The exponent of 1. */
#define EMLRT_UNIT_1 127u
/* Exponents, as floats have them, whose squares are in range. */
#define EMLRT_LENGTH_LEAST 80u
#define EMLRT_LENGTH_MOST 180u

/* Sum of the squares of numbers times 2^(unit - 127). */
static float emlrt_length_squares(const float *x, emlrt_count n,
                                  uint32_t unit) {
  float sum = 0.0f;
  for (; n != 0; n--, x++) {
    float value = *x;
    if (unit != EMLRT_UNIT_1) value = emlrt_mul(value, emlrt_power_of_2(unit));
    sum = emlrt_add(sum, emlrt_mul(value, value));
  }
  return sum;
}

float emlrt_length_of(const float *x, emlrt_count n) {
  uint32_t top = 0, unit = EMLRT_UNIT_1;
  float value;
  emlrt_count i;
  for (i = 0; i < n; i++) {
    uint32_t e = (emlrt_bits_at(x, i) >> 23) & 0xFFu;
    if (e > top) top = e;
  }
  if (top < EMLRT_LENGTH_LEAST || top > EMLRT_LENGTH_MOST)
    unit = top > 252 ? 1 : top == 0 ? 253 : 254 - top;
  value = emlrt_root_of(emlrt_length_squares(x, n, unit));
  if (unit == EMLRT_UNIT_1) return value;
  return emlrt_mul(value, emlrt_power_of_2(254u - unit));
}
