/* SPDX-License-Identifier: MIT
 *
 * The Fourier transform of real samples: of even lengths by that of their pairs.
 */
#include "fft_vfp.h"

#if !EMLRT_FFT_VFP
/* Joins the results k and n / 2 - k of the pairs, at a and b. */
EMLRT_INLINE void emlrt_rfft_join(float *a, float *b, emlrt_pair half) {
  float re = emlrt_mul(emlrt_add(a[0], b[0]), 0.5f);
  float lower = emlrt_sub(a[1], b[1]);
  float less = emlrt_sub(a[0], b[0]), more = emlrt_add(a[1], b[1]);
  float u = emlrt_sub(emlrt_mul(half.re, more), emlrt_mul(half.im, less));
  float v = emlrt_add(emlrt_mul(half.re, less), emlrt_mul(half.im, more));
  a[0] = emlrt_add(re, u);
  a[1] = emlrt_sub(emlrt_mul(lower, 0.5f), v);
  b[0] = emlrt_sub(re, u);
  b[1] = emlrt_sub(emlrt_mul(lower, -0.5f), v);
}
#endif

void emlrt_rfft_passes(const emlrt_fft_plan *plan, int odd, float *y,
                       emlrt_rom table) {
  float *end = y + (size_t)plan->n * 2u, first, second;
  table = emlrt_fft_passes(plan, y, table);
  if (odd) return;
  first = y[0];
  second = y[1];
  y[0] = emlrt_add(first, second);
  end[0] = emlrt_sub(first, second);
  y[1] = end[1] = 0.0f;
  y += 2;
  end -= 2;
#if EMLRT_FFT_VFP
  if (y <= end) emlrt_vfp_join(y, end, table);
#else
  for (; y <= end; y += 2, end -= 2, table = emlrt_rom_at(table, 8))
    emlrt_rfft_join(y, end, emlrt_fft_factor(table, 0));
#endif
}

EMLRT_INLINE void emlrt_rfft_one(const void *source, emlrt_count from,
                                 float *to) {
  to[0] = ((const float *)source)[from];
  to[1] = 0.0f;
}

emlrt_status emlrt_rfft(const float *x, uint32_t n, emlrt_rom table, float *y) {
  emlrt_fft_plan plan;
  int odd = (n & 1u) != 0;
  if (x == NULL || y == NULL || table == EMLRT_ROM_NULL ||
      !emlrt_rfft_planned(&plan, n))
    return EMLRT_ERR_ARGUMENT;
  if (odd)
    emlrt_fft_fill_by(&plan, y, emlrt_rfft_one, x);
  else
    emlrt_fft_fill(&plan, y, emlrt_fft_same, x);
  emlrt_rfft_passes(&plan, odd, y, table);
  return EMLRT_OK;
}
