/* SPDX-License-Identifier: MIT
 *
 * What the functions of a vector share.
 */
#ifndef EMLRT_VECTOR_H
#define EMLRT_VECTOR_H

#include "../elementwise/elementwise.h"

/* Index of the largest of n elements: the lowest index on a tie, and NaN is less
 * than every number. */
EMLRT_INLINE emlrt_count emlrt_argmax(const float *x, emlrt_count n) {
  uint32_t best_key = emlrt_sort_key_u32(emlrt_bits_at(x, 0));
  emlrt_count i, best = 0;
  for (i = 1; i < n; i++) {
    uint32_t key = emlrt_sort_key_u32(emlrt_bits_at(x, i));
    if (key > best_key) {
      best_key = key;
      best = i;
    }
  }
  return best;
}

#endif
