/* SPDX-License-Identifier: MIT
 *
 * What the ops of kernel machines share.
 */
#ifndef EMLRT_KERNEL_H
#define EMLRT_KERNEL_H

#include "../maths/maths.h"

/* The kernel of the input and a stored row. */
typedef float emlrt_likeness(const emlrt_call *call, emlrt_rom row,
                             float factor, uint32_t degree);

/* Checks a payload whose degree must be from `least` to `most`. */
emlrt_status emlrt_check_kernel(const emlrt_call *call, uint32_t least,
                                uint32_t most);
/* Adds up the kernels of all stored rows, times their coefficients. */
void emlrt_run_kernel(const emlrt_call *call, emlrt_likeness *likeness);
/* factor + the dot product of the input and a stored row. */
float emlrt_kernel_product(const emlrt_call *call, emlrt_rom row, float factor);

/* The sum of |x - row|^degree over the input's elements, degree 1 or 2. */
EMLRT_INLINE float emlrt_kernel_distance(const emlrt_call *call, emlrt_rom row,
                                         uint32_t degree) {
  const float *x = (const float *)call->in, *end = x + call->n_in;
  float sum = 0.0f;
  for (; x != end; x++, row = emlrt_rom_at(row, 4)) {
    float apart = emlrt_sub(*x, emlrt_rf32(row, 0));
    if (degree == 1)
      apart = emlrt_float(emlrt_bits(apart) & ~EMLRT_SIGN_BIT);
    else
      apart = emlrt_mul(apart, apart);
    sum = emlrt_add(sum, apart);
  }
  return sum;
}

/* Whether n is the number of pairs of k classes, k >= 2. */
int emlrt_are_pairs(uint32_t n, uint32_t k);

/* Pairs (i, j), i < j, of k classes stand in the order (0, 1), (0, 2), ...,
 * (1, 2), ... This goes through those that class c is in, one for each m from 0
 * to k - 2: of *at, which starts as c, it gives the pair of c and the m-th of
 * the other classes. The class is the pair's second one if m < c. */
EMLRT_INLINE emlrt_count emlrt_next_pair(emlrt_count *at, emlrt_count m,
                                         emlrt_count c, emlrt_count k) {
  emlrt_count pair = *at;
  if (m >= c) {
    *at = (emlrt_count)(pair + 1);
    return pair;
  }
  *at = (emlrt_count)(pair + (k - 2 - m));
  return (emlrt_count)(pair - 1);
}

#endif
