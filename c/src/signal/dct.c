/* SPDX-License-Identifier: MIT
 *
 * Cosine transforms of types II and III, by the Fourier transform of the samples with
 * those of even places first and the others behind, backwards.
 */
#include "fft.h"

typedef struct emlrt_dct_source {
  const float *x;
  emlrt_count n;
} emlrt_dct_source;

/* Where number i of that order stands. */
EMLRT_INLINE emlrt_count emlrt_dct_place(emlrt_count n, emlrt_count i) {
  return (emlrt_count)(i < (n + 1u) / 2u ? 2u * i : 2u * (n - i) - 1u);
}

static void emlrt_dct_pair(const void *source, emlrt_count from, float *to) {
  const emlrt_dct_source *of = (const emlrt_dct_source *)source;
  from = (emlrt_count)(from * 2u);
  to[0] = of->x[emlrt_dct_place(of->n, from)];
  to[1] = of->x[emlrt_dct_place(of->n, (emlrt_count)(from + 1u))];
}

static void emlrt_dct_one(const void *source, emlrt_count from, float *to) {
  const emlrt_dct_source *of = (const emlrt_dct_source *)source;
  to[0] = of->x[emlrt_dct_place(of->n, from)];
  to[1] = 0.0f;
}

/* What stands behind the Fourier transform's table: a factor a result. */
static emlrt_rom emlrt_dct_factors(const emlrt_fft_plan *plan, uint32_t n,
                                   emlrt_rom table) {
  return emlrt_rom_at(table, (emlrt_off)emlrt_rfft_table(plan, n) * 4u);
}

static int emlrt_dct_ready(emlrt_fft_plan *plan, const float *x, uint32_t n,
                           emlrt_rom table, const float *work, const float *y) {
  return x != NULL && y != NULL && work != NULL && table != EMLRT_ROM_NULL &&
         emlrt_rfft_planned(plan, n);
}

emlrt_status emlrt_dct2(const float *x, uint32_t n, emlrt_rom table,
                        float *work, float *y) {
  emlrt_fft_plan plan;
  emlrt_dct_source source;
  emlrt_count k;
  int odd = (n & 1u) != 0;
  if (!emlrt_dct_ready(&plan, x, n, table, work, y)) return EMLRT_ERR_ARGUMENT;
  source.x = x;
  source.n = (emlrt_count)n;
  emlrt_fft_fill_by(&plan, work, odd ? emlrt_dct_one : emlrt_dct_pair, &source);
  emlrt_rfft_passes(&plan, odd, work, table);
  table = emlrt_dct_factors(&plan, n, table);
  y[0] = emlrt_mul(emlrt_rf32(table, 0), work[0]);
  for (k = 1; k <= n / 2u; k++) {
    emlrt_pair by = emlrt_fft_factor(table, 1);
    float re = work[2u * k], im = work[2u * k + 1u];
    y[n - k] = emlrt_sub(emlrt_mul(by.im, re), emlrt_mul(by.re, im));
    y[k] = emlrt_add(emlrt_mul(by.re, re), emlrt_mul(by.im, im));
    table = emlrt_rom_at(table, 8);
  }
  return EMLRT_OK;
}

emlrt_status emlrt_dct3(const float *x, uint32_t n, emlrt_rom table,
                        float *work, float *y) {
  emlrt_fft_plan plan;
  emlrt_rom factors;
  emlrt_status status;
  emlrt_count k;
  if (!emlrt_dct_ready(&plan, x, n, table, work, y)) return EMLRT_ERR_ARGUMENT;
  factors = emlrt_dct_factors(&plan, n, table);
  y[0] = emlrt_mul(emlrt_rf32(factors, 0), x[0]);
  y[1] = 0.0f;
  for (k = 1; k <= n / 2u; k++) {
    emlrt_pair by = emlrt_fft_factor(factors, 1);
    float a = x[k], b = x[n - k];
    y[2u * k] = emlrt_add(emlrt_mul(by.re, a), emlrt_mul(by.im, b));
    y[2u * k + 1u] = emlrt_sub(emlrt_mul(by.im, a), emlrt_mul(by.re, b));
    factors = emlrt_rom_at(factors, 8);
  }
  status = emlrt_irfft(y, n, table, work);
  for (k = 0; k != n; k++) y[emlrt_dct_place((emlrt_count)n, k)] = work[k];
  return status;
}
