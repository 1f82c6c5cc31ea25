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

#endif
