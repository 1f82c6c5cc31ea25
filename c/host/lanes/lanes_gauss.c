/* SPDX-License-Identifier: MIT
 *
 * Gaussians of a block of rows.
 */
#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

/* Where the parts of a payload of independent features are. */
typedef struct diagonal {
  const float *means;
  const float *factors;
  size_t step;   /* numbers from an input's means to the next one's */
  size_t stride; /* the same of factors */
  size_t low;    /* numbers from a mean to its low part, or 0 */
} diagonal;

/* low: a constant, whether means have low parts. */
EMLRT_INLINE lanes_f diagonal_sum(const diagonal *d, const float *x, size_t n,
                                  int low) {
  const float *mean = d->means, *factor = d->factors;
  lanes_f sum = lanes_same(0.0f);
  for (; n != 0; n--, x += LANES, mean += d->step, factor += d->stride) {
    lanes_f e = lanes_at(x, 0) - *mean;
    if (low) e -= mean[d->low];
    e *= *factor;
    sum += e * e;
  }
  return sum;
}

CLONES void emlrt_lanes_gauss_diag(const emlrt_call *call, const float *x,
                                   float *y, float *work) {
  const float *constants = lanes_payload(call, EMLRT_OCTETS(emlrt_gauss));
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_gauss, flags));
  size_t row = call->n_out, i;
  diagonal d;
  (void)work;
  d.low = (flags & EMLRT_GAUSS_LOW) != 0 ? row : 0;
  d.step = row + d.low;
  if ((flags & EMLRT_GAUSS_SHARED) == 0) d.step += row;
  d.stride = (flags & EMLRT_GAUSS_SHARED) != 0 ? 0 : d.step;
  for (i = 0; i < row; i++) {
    lanes_f sum;
    d.factors = constants + row + i;
    d.means = d.factors + (d.stride == 0 ? row : 0);
    if (d.stride != 0) d.factors += d.low + row;
    sum = d.low != 0 ? diagonal_sum(&d, x, call->n_in, 1)
                     : diagonal_sum(&d, x, call->n_in, 0);
    lanes_put_one(y, i, lanes_same(constants[i]) - sum);
  }
}

/* Four rows of the factor at once, as emlrt_gauss_norm has them. e: differences
 * from the means. Returns the sum of squares. */
EMLRT_INLINE lanes_f full_sum(const float *e, size_t n, const float **factor) {
  const float *at = *factor;
  size_t rows = ((n - 1) & 3u) + 1, edge = 0, i;
  lanes_f sum = lanes_same(0.0f);
  for (; edge != n; edge += rows, rows = 4) {
    lanes_f a = lanes_same(0.0f), b = a, c = a, d = a;
    size_t now = rows;
    for (i = 0; i < edge; i++, at += 4) {
      lanes_f value = lanes_at(e, i);
      a += value * at[0];
      b += value * at[1];
      c += value * at[2];
      d += value * at[3];
    }
    for (; now != 0; i++, at += now--) {
      lanes_f value = lanes_at(e, i);
      a += value * at[0];
      if (now > 1) b += value * at[1];
      if (now > 2) c += value * at[2];
      if (now > 3) d += value * at[3];
    }
    sum += d * d;
    sum += c * c;
    sum += b * b;
    sum += a * a;
  }
  *factor = at;
  return sum;
}

CLONES void emlrt_lanes_gauss_full(const emlrt_call *call, const float *x,
                                   float *y, float *work) {
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_gauss, flags));
  const float *constants = lanes_payload(call, EMLRT_OCTETS(emlrt_gauss));
  size_t n = call->n_in, k = call->n_out, i, j;
  const float *means = constants + k, *factors = means + k * n;
  const float *lows = (flags & EMLRT_GAUSS_LOW) != 0 ? factors : NULL;
  if (lows != NULL) factors += k * n;
  for (j = 0; j < k; j++, means += n) {
    const float *at = factors;
    lanes_f sum;
    for (i = 0; i < n; i++) {
      lanes_f e = lanes_at(x, i) - means[i];
      if (lows != NULL) e -= lows[j * n + i];
      lanes_put(work, i, e);
    }
    sum = full_sum(work, n, &at);
    if ((flags & EMLRT_GAUSS_SHARED) == 0) factors = at;
    lanes_put_one(y, j, lanes_same(constants[j]) - sum);
  }
}

#endif
