/* SPDX-License-Identifier: MIT
 *
 * Distances of two rows, and the list of the nearest.
 */
#ifndef EMLRT_DISTANCE_H
#define EMLRT_DISTANCE_H

#include "../maths/numeric.h"

/* The distance of n numbers x and an item, as bits, which are ordered as the
 * distances are: NaN is the largest. It may be any number of at least `limit`
 * where it is not below limit. */
uint32_t emlrt_distance(const float *x, emlrt_count n, emlrt_rom item,
                        unsigned metric, uint32_t limit);

/* The distance that a further pair of numbers makes of `sum`. */
EMLRT_INLINE uint32_t emlrt_distance_add(uint32_t sum, float x, float item,
                                         unsigned metric) {
  float d = emlrt_sub(x, item);
  uint32_t part = emlrt_bits(d) & ~EMLRT_SIGN_BIT;
  if (metric == EMLRT_METRIC_LARGEST) {
    if (part < sum) part = sum;
  } else {
    if (metric != EMLRT_METRIC_SUMS) part = emlrt_bits(emlrt_mul(d, d));
    part = emlrt_bits(emlrt_add(emlrt_float(sum), emlrt_float(part)));
  }
  return emlrt_one_nan(part);
}

/* The same of integers, whose difference is d: squares, or sums. A square fits 32
 * bits, and their sum 64. */
EMLRT_INLINE uint64_t emlrt_distance_add_i16(uint64_t sum, int32_t d,
                                             unsigned metric) {
  uint32_t part = (uint32_t)(d < 0 ? -d : d);
  if (metric == EMLRT_METRIC_SQUARES) part *= part;
  return sum + part;
}

/* Puts an item where it belongs, if anywhere, in a list of the low halves of k
 * distances, their high halves, and indices. */
void emlrt_nearest_offer_i16(emlrt_alias32 *list, emlrt_count k,
                             uint64_t distance, uint32_t index);

/* Empties a list of the k nearest: k distances, then k indices. */
void emlrt_nearest_clear(emlrt_alias32 *list, emlrt_count k);

/* Puts an item where it belongs. distance must be below that of the last. */
void emlrt_nearest_put(emlrt_alias32 *list, emlrt_count k, uint32_t distance,
                       uint32_t index);

#endif
