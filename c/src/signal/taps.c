/* SPDX-License-Identifier: MIT
 *
 * Weighted sums of past samples, from +0 on and in the order of the taps.
 */
#include "taps.h"

/* The sum for time t, of which some taps may reach beyond the run's samples. */
static float emlrt_taps_early(const emlrt_taps *taps, emlrt_count t,
                              emlrt_count c) {
  const emlrt_past *past = &taps->past;
  emlrt_rom at = taps->at;
  uint32_t lag = 0, left = taps->n;
  float sum = 0.0f;
  for (; left != 0; left--, lag += taps->spacing, at = emlrt_rom_at(at, 4)) {
    float x = lag <= t ? past->x[(t - (emlrt_count)lag) * past->channels + c]
                       : emlrt_past_at(past, lag - t, c);
    sum = emlrt_add(sum, emlrt_mul(emlrt_rf32(at, 0), x));
  }
  return sum;
}

/* The same of taps that do not. */
static float emlrt_taps_sum(const emlrt_taps *taps, const float *x,
                            emlrt_count stride) {
  emlrt_rom at = taps->at;
  uint32_t left = taps->n;
  float sum = 0.0f;
  for (;;) {
    sum = emlrt_add(sum, emlrt_mul(emlrt_rf32(at, 0), *x));
    if (--left == 0) return sum;
    at = emlrt_rom_at(at, 4);
    x -= stride;
  }
}

#if !EMLRT_SMALL
/* Four sums at once, of samples that follow each other: a tap is loaded once. */
static void emlrt_taps_four(const emlrt_taps *taps, const float *x, float *y,
                            emlrt_count stride) {
  emlrt_rom at = taps->at;
  uint32_t left = taps->n;
  float a = 0.0f, b = 0.0f, c = 0.0f, d = 0.0f;
  for (;;) {
    float tap = emlrt_rf32(at, 0);
    a = emlrt_add(a, emlrt_mul(tap, x[0]));
    b = emlrt_add(b, emlrt_mul(tap, x[1]));
    c = emlrt_add(c, emlrt_mul(tap, x[2]));
    d = emlrt_add(d, emlrt_mul(tap, x[3]));
    if (--left == 0) break;
    at = emlrt_rom_at(at, 4);
    x -= stride;
  }
  y[0] = a;
  y[1] = b;
  y[2] = c;
  y[3] = d;
}
#endif

/* Output i, whose taps all reach samples of the run, and maybe those behind it: how
 * many, 1 or 4. */
static unsigned emlrt_taps_put(const emlrt_taps *taps, emlrt_count i) {
  const emlrt_past *past = &taps->past;
  const float *x = past->x + i;
  emlrt_count stride = (emlrt_count)taps->spacing * past->channels;
#if !EMLRT_SMALL
  if (taps->step == 1 && taps->n_out - i >= 4) {
    emlrt_taps_four(taps, x, taps->y + i, stride);
    return 4;
  }
#endif
  if (taps->step != 1) {
    emlrt_count t = i / past->channels, c = i % past->channels;
    x = past->x + t * taps->step * past->channels + c;
  }
  taps->y[i] = emlrt_taps_sum(taps, x, stride);
  return 1;
}

void emlrt_taps_run(const emlrt_taps *taps) {
  uint32_t reach = (taps->n - 1u) * taps->spacing;
  emlrt_count t, c, i = 0;
  for (t = 0; t < reach && i < taps->n_out; t += taps->step)
    for (c = 0; c < taps->past.channels; c++)
      taps->y[i++] = emlrt_taps_early(taps, t, c);
  while (i < taps->n_out) i += emlrt_taps_put(taps, i);
  emlrt_one_nans(taps->y, taps->n_out);
}
