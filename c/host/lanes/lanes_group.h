/* SPDX-License-Identifier: MIT
 *
 * Distances of what is in lanes to a few items: the additions of one sum wait for
 * each other. Of x - item only the size counts, so that rows and items may change
 * places.
 */
#ifndef EMLRT_LANES_GROUP_H
#define EMLRT_LANES_GROUP_H

#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

#define LANES_GROUP 4u

/* Some items, and the lanes' distances to each, as bits. Those behind the last
 * item are the last one again. */
typedef struct group {
  const float *items[LANES_GROUP];
  lanes_u sums[LANES_GROUP];
  size_t n;
} group;

/* The items from `at` on, `step` numbers apart, of which so many are left. */
EMLRT_INLINE void take(group *g, const float *at, size_t left, size_t step) {
  size_t i;
  g->n = left < LANES_GROUP ? left : LANES_GROUP;
  for (i = 0; i < LANES_GROUP; i++)
    g->items[i] = at + (i < g->n ? i : g->n - 1) * step;
}

/* The sum with one more part. Where c/src makes its NaN after each part, here it
 * is left to the caller: no number comes of a NaN, and none is larger. */
EMLRT_INLINE lanes_u with_part(lanes_u sum, lanes_f x, float item,
                               unsigned metric) {
  lanes_f d = x - item;
  lanes_u part = lanes_bits(d) & ~EMLRT_SIGN_BIT;
  if (metric == EMLRT_METRIC_LARGEST)
    return lanes_pick((lanes_i)part < (lanes_i)sum, sum, part);
  if (metric != EMLRT_METRIC_SUMS) part = lanes_bits(d * d);
  return lanes_bits(lanes_float(sum) + lanes_float(part));
}

EMLRT_INLINE void measure(group *g, const float *x, size_t n, unsigned metric) {
  lanes_u a = {0}, b = {0}, c = {0}, d = {0};
  size_t i;
  if (g->n == 1) {
    for (i = 0; i < n; i++)
      a = with_part(a, lanes_at(x, i), g->items[0][i], metric);
    b = c = d = a;
    n = 0;
  }
  for (i = 0; i < n; i++) {
    lanes_f value = lanes_at(x, i);
    a = with_part(a, value, g->items[0][i], metric);
    b = with_part(b, value, g->items[1][i], metric);
    c = with_part(c, value, g->items[2][i], metric);
    d = with_part(d, value, g->items[3][i], metric);
  }
  /* A NaN of all ones would be no less than the limit of an empty list. */
  g->sums[0] = a & ~EMLRT_SIGN_BIT;
  g->sums[1] = b & ~EMLRT_SIGN_BIT;
  g->sums[2] = c & ~EMLRT_SIGN_BIT;
  g->sums[3] = d & ~EMLRT_SIGN_BIT;
}

#endif
#endif
