/* SPDX-License-Identifier: MIT
 *
 * What ops on rows of spectra share.
 */
#ifndef EMLRT_SIGNAL_ROWS_H
#define EMLRT_SIGNAL_ROWS_H

#include "../maths/maths.h"

EMLRT_INLINE float emlrt_of(uint32_t (*function)(uint32_t), float x) {
  return emlrt_float(function(emlrt_bits(x)));
}

/* Whether `rows` times `numbers` is a span's count, by long multiplication. A
 * number of rows whose top bit is set is above any count, and stays so. */
EMLRT_INLINE int emlrt_rows_fill(uint32_t rows, uint32_t numbers,
                                 uint32_t count) {
  for (; numbers != 0; numbers >>= 1) {
    if ((numbers & 1u) != 0) {
      if (rows > count) return 0;
      count -= rows;
    }
    if (rows >> 31 == 0) rows <<= 1;
  }
  return count == 0;
}

#define EMLRT_BAND16(at, field) emlrt_r16(at, EMLRT_AT(emlrt_bands_span, field))

/* A band's sum of `n` products, by the order of the numbers. */
EMLRT_INLINE float emlrt_band_sum(float sum, const float *x, emlrt_count stride,
                                  emlrt_rom weights, unsigned n) {
  emlrt_count at = 0;
  for (; n != 0; n--, at += stride, weights = emlrt_rom_at(weights, 4))
    sum = emlrt_add(sum, emlrt_mul(emlrt_rf32(weights, 0), x[at]));
  return sum;
}

#endif
