/* SPDX-License-Identifier: MIT
 *
 * The inverse of the Fourier transform of real samples: a forward transform of what
 * has its real and imaginary parts exchanged.
 */
#include "fft.h"

/* What is inverted: x, of n complex numbers in all. joins: the factors that emlrt_rfft
 * joins by. */
typedef struct emlrt_irfft_source {
  const float *x;
  emlrt_rom joins;
  emlrt_count n;
} emlrt_irfft_source;

/* Result k of the transform of an even length's pairs, imaginary part first. */
EMLRT_INLINE void emlrt_irfft_split(const void *source, emlrt_count k,
                                    float *to) {
  const emlrt_irfft_source *of = (const emlrt_irfft_source *)source;
  const float *x = of->x;
  emlrt_count n = of->n;
  const float *a = x + (size_t)k * 2u, *b = x + (size_t)(n - k) * 2u;
  emlrt_count nearest = (emlrt_count)(n - k) < k ? (emlrt_count)(n - k) : k;
  float re = emlrt_mul(emlrt_add(a[0], b[0]), 0.5f), im, u, v;
  float less = emlrt_sub(a[0], b[0]), more;
  emlrt_pair half;
  if (k == 0) {
    to[0] = emlrt_mul(less, 0.5f);
    to[1] = re;
    return;
  }
  half = emlrt_fft_factor(
      emlrt_rom_at(of->joins, (emlrt_off)(nearest - 1u) * 8u), 0);
  /* The factor of n - k has the opposite real part. */
  if (nearest != k) half.re = emlrt_sub(0.0f, half.re);
  im = emlrt_mul(emlrt_sub(a[1], b[1]), 0.5f);
  more = emlrt_add(a[1], b[1]);
  u = emlrt_add(emlrt_mul(half.re, more), emlrt_mul(half.im, less));
  v = emlrt_sub(emlrt_mul(half.re, less), emlrt_mul(half.im, more));
  to[0] = emlrt_add(im, v);
  to[1] = emlrt_sub(re, u);
}

/* The same of an odd length: result k of n, of which x has the first half. */
EMLRT_INLINE void emlrt_irfft_whole(const void *source, emlrt_count k,
                                    float *to) {
  const emlrt_irfft_source *of = (const emlrt_irfft_source *)source;
  const float *x = of->x;
  emlrt_count n = of->n;
  int mirrored = k > n / 2u;
  const float *at = x + (size_t)(mirrored ? (emlrt_count)(n - k) : k) * 2u;
  to[0] = k == 0 ? (float)0 : mirrored ? emlrt_sub(0.0f, at[1]) : at[1];
  to[1] = at[0];
}

static void emlrt_irfft_put(float *y, emlrt_count n, int odd) {
  float factor = emlrt_div(1.0f, emlrt_rounded_to(n));
  const float *at = y;
  for (; n != 0; n--, at += 2) {
    float re = emlrt_mul(at[1], factor), im = at[0];
    *y++ = re;
    if (!odd) *y++ = emlrt_mul(im, factor);
  }
}

emlrt_status emlrt_irfft(const float *x, uint32_t n, emlrt_rom table,
                         float *y) {
  emlrt_fft_plan plan;
  emlrt_irfft_source source;
  int odd = (n & 1u) != 0;
  if (x == NULL || y == NULL || table == EMLRT_ROM_NULL ||
      !emlrt_rfft_planned(&plan, n))
    return EMLRT_ERR_ARGUMENT;
  source.x = x;
  source.joins = emlrt_rom_at(table, (emlrt_off)emlrt_fft_table(&plan) * 4u);
  source.n = plan.n;
  emlrt_fft_fill_by(&plan, y, odd ? emlrt_irfft_whole : emlrt_irfft_split,
                    &source);
  emlrt_fft_passes(&plan, y, table);
  emlrt_irfft_put(y, plan.n, odd);
  return EMLRT_OK;
}
