/* SPDX-License-Identifier: MIT
 *
 * The Fourier transform of complex numbers and its inverse, which is the same with
 * real and imaginary parts exchanged.
 */
#include "fft.h"

EMLRT_INLINE void emlrt_fft_swapped(const void *source, emlrt_count from,
                                    float *to) {
  const float *at = (const float *)source + 2u * (size_t)from;
  to[0] = at[1];
  to[1] = at[0];
}

static int emlrt_fft_ready(emlrt_fft_plan *plan, const float *x, uint32_t n,
                           emlrt_rom table, const float *y) {
  return x != NULL && y != NULL && table != EMLRT_ROM_NULL &&
         emlrt_fft_planned(plan, n);
}

emlrt_status emlrt_fft(const float *x, uint32_t n, emlrt_rom table, float *y) {
  emlrt_fft_plan plan;
  if (!emlrt_fft_ready(&plan, x, n, table, y)) return EMLRT_ERR_ARGUMENT;
  emlrt_fft_fill(&plan, y, emlrt_fft_same, x);
  emlrt_fft_passes(&plan, y, table);
  return EMLRT_OK;
}

emlrt_status emlrt_ifft(const float *x, uint32_t n, emlrt_rom table, float *y) {
  emlrt_fft_plan plan;
  float factor;
  if (!emlrt_fft_ready(&plan, x, n, table, y)) return EMLRT_ERR_ARGUMENT;
  emlrt_fft_fill(&plan, y, emlrt_fft_swapped, x);
  emlrt_fft_passes(&plan, y, table);
  factor = emlrt_div(1.0f, emlrt_rounded_to(n));
  for (; n != 0; n--, y += 2) {
    float re = emlrt_mul(y[1], factor);
    y[1] = emlrt_mul(y[0], factor);
    y[0] = re;
  }
  return EMLRT_OK;
}
