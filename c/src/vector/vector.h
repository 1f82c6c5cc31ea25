/* SPDX-License-Identifier: MIT
 *
 * What the functions of a span share.
 */
#ifndef EMLRT_VECTOR_H
#define EMLRT_VECTOR_H

#include "../elementwise/elementwise.h"

/* Index of the largest of n elements, the lowest on a tie; NaN is below all. */
EMLRT_INLINE emlrt_count emlrt_argmax(const float *x, emlrt_count n) {
  uint32_t best = emlrt_sort_key_u32(emlrt_bits_at(x, 0));
  emlrt_count i, at = 0;
  for (i = 1; i < n; i++) {
    uint32_t key = emlrt_sort_key_u32(emlrt_bits_at(x, i));
    if (key > best) {
      best = key;
      at = i;
    }
  }
  return at;
}

#endif
