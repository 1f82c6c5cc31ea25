/* SPDX-License-Identifier: MIT
 *
 * What stands before and behind a transform, without a blob: windows and filter banks.
 */
#include <emlrt/signal.h>

#include "rows.h"

emlrt_status emlrt_window_f32(const float *x, uint32_t n, uint32_t channels,
                              emlrt_rom window, float *y) {
  uint32_t c;
  if (x == NULL || y == NULL || window == EMLRT_ROM_NULL || channels == 0 ||
      n % channels != 0 || n > EMLRT_COUNT_MAX)
    return EMLRT_ERR_ARGUMENT;
  for (; n != 0; n -= channels, window = emlrt_rom_at(window, 4))
    for (c = 0; c < channels; c++, x++)
      emlrt_put(y++, emlrt_mul(*x, emlrt_rf32(window, 0)));
  return EMLRT_OK;
}

emlrt_status emlrt_bands_f32(const float *x, emlrt_rom bank, uint32_t n_bands,
                             float *y) {
  emlrt_rom at = bank, weights;
  if (x == NULL || y == NULL || bank == EMLRT_ROM_NULL || n_bands == 0 ||
      n_bands > 65535u)
    return EMLRT_ERR_ARGUMENT;
  weights = emlrt_rom_at(
      bank, (emlrt_off)(n_bands * (uint32_t)EMLRT_OCTETS(emlrt_bands_span)));
  for (; n_bands != 0; n_bands--) {
    uint32_t first = emlrt_r32(at, EMLRT_AT(emlrt_bands_span, weight));
    emlrt_put(y++,
              emlrt_band_sum(0.0f, x + EMLRT_BAND16(at, start), 1,
                             emlrt_rom_at(weights, (emlrt_off)(first * 4u)),
                             EMLRT_BAND16(at, length)));
    at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_bands_span));
  }
  return EMLRT_OK;
}
