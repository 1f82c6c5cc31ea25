/* SPDX-License-Identifier: MIT
 *
 * Filters of float32 samples that need no blob.
 */
#include <emlrt/signal.h>

#include "biquads.h"
#include "taps.h"

emlrt_status emlrt_biquads_f32(const float *x, uint32_t n, uint32_t channels,
                               emlrt_rom sections, uint32_t n_sections,
                               float *y, float *state) {
  emlrt_cascade cascade;
  if (x == NULL || y == NULL || state == NULL || sections == EMLRT_ROM_NULL ||
      channels == 0 || n % channels != 0 || n > EMLRT_COUNT_MAX ||
      n_sections == 0 || n_sections > EMLRT_COUNT_MAX / 8)
    return EMLRT_ERR_ARGUMENT;
  if (n == 0) return EMLRT_OK;
  cascade.x = x;
  cascade.y = y;
  cascade.n = (emlrt_count)n;
  cascade.channels = (emlrt_count)channels;
  cascade.sections = sections;
  cascade.size = n_sections * (uint32_t)EMLRT_OCTETS(emlrt_biquad);
  cascade.flags = 0;
  cascade.kept = (emlrt_aliasf *)state;
  emlrt_cascade_run(&cascade);
  emlrt_one_nans(y, (emlrt_count)n);
  return EMLRT_OK;
}

emlrt_status emlrt_fir_f32(const float *x, uint32_t n, uint32_t channels,
                           emlrt_rom taps, uint32_t n_taps, float *y,
                           float *state) {
  emlrt_taps all;
  if (x == NULL || y == NULL || state == NULL || taps == EMLRT_ROM_NULL ||
      channels == 0 || n % channels != 0 || n > EMLRT_COUNT_MAX ||
      n_taps == 0 || n_taps > EMLRT_COUNT_MAX / channels)
    return EMLRT_ERR_ARGUMENT;
  all.past.x = x;
  all.past.mark = NULL;
  all.past.held = (emlrt_aliasf *)state;
  all.past.times = (emlrt_count)(n_taps - 1u);
  all.past.channels = (emlrt_count)channels;
  all.past.first = 0;
  all.at = taps;
  all.n = n_taps;
  all.spacing = 1;
  all.step = 1;
  all.y = y;
  all.n_out = (emlrt_count)n;
  emlrt_taps_run(&all);
  emlrt_past_keep(&all.past, (emlrt_count)n);
  return EMLRT_OK;
}
