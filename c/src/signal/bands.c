/* SPDX-License-Identifier: MIT
 *
 * Filter banks, and whatever else is a sparse matrix that all rows share.
 */
#include "rows.h"

#define EMLRT_BANDS16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_bands, field))
#define EMLRT_BAND_AT(call, i)                        \
  emlrt_rom_at((call)->payload,                       \
               (emlrt_off)EMLRT_OCTETS(emlrt_bands) + \
                   (emlrt_off)(i) * (emlrt_off)EMLRT_OCTETS(emlrt_bands_span))

/* Checks the bands, which `width` numbers and so many weights are for. A run
 * visits a band's length for each of `lanes`, rows times stride. */
static int emlrt_band_list_ok(emlrt_call *call, uint32_t lanes,
                              uint32_t weights) {
  uint32_t width = EMLRT_BANDS16(call, width), i;
  for (i = 0; i < EMLRT_BANDS16(call, n_bands); i++) {
    emlrt_rom at = EMLRT_BAND_AT(call, i);
    uint32_t start = EMLRT_BAND16(at, start);
    uint32_t length = EMLRT_BAND16(at, length);
    uint32_t weight = emlrt_r32(at, EMLRT_AT(emlrt_bands_span, weight));
    if (start >= width || length > width - start || weight > weights ||
        length > weights - weight)
      return 0;
    emlrt_charge(call, 1, length * lanes); /* at most n_in */
  }
  return 1;
}

static emlrt_status emlrt_check_bands(emlrt_call *call) {
  uint32_t left = call->size, rows, stride, n_bands, flags;
  emlrt_rom numbers;
  if (left < EMLRT_OCTETS(emlrt_bands)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_bands);
  rows = emlrt_r32(call->payload, EMLRT_AT(emlrt_bands, rows));
  stride = EMLRT_BANDS16(call, stride);
  n_bands = EMLRT_BANDS16(call, n_bands);
  flags = EMLRT_BANDS16(call, flags);
  if (flags > EMLRT_BANDS_BIASES ||
      !emlrt_rows_fill(rows, EMLRT_BANDS16(call, width) * stride, call->n_in) ||
      !emlrt_rows_fill(rows, n_bands * stride, call->n_out) ||
      !emlrt_take_floats(&left, n_bands, 2 + flags) ||
      !emlrt_band_list_ok(call, rows * stride, left / 4))
    return EMLRT_ERR_PAYLOAD;
  numbers = EMLRT_BAND_AT(call, n_bands);
  return emlrt_finite(numbers, left / 4 + flags * n_bands)
             ? emlrt_float_status()
             : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_bands(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out, *end = y + call->n_out;
  emlrt_count stride = (emlrt_count)EMLRT_BANDS16(call, stride);
  emlrt_count step = (emlrt_count)EMLRT_BANDS16(call, width) * stride;
  unsigned n_bands = EMLRT_BANDS16(call, n_bands), b;
  unsigned has_biases = EMLRT_BANDS16(call, flags);
  emlrt_rom biases = EMLRT_BAND_AT(call, n_bands), weights = biases;
  if (has_biases) weights = emlrt_rom_at(biases, (emlrt_off)n_bands * 4u);
  for (; y != end; x += step)
    for (b = 0; b < n_bands; b++) {
      emlrt_rom at = EMLRT_BAND_AT(call, b), first;
      const float *from = x + EMLRT_BAND16(at, start) * stride;
      unsigned length = EMLRT_BAND16(at, length);
      float bias = 0;
      emlrt_count s;
      first = emlrt_rom_at(
          weights,
          (emlrt_off)emlrt_r32(at, EMLRT_AT(emlrt_bands_span, weight)) * 4u);
      if (has_biases)
        bias = emlrt_rf32(emlrt_rom_at(biases, (emlrt_off)b * 4u), 0);
      for (s = 0; s < stride; s++)
        emlrt_put(y++, emlrt_band_sum(bias, from + s, stride, first, length));
    }
}

const emlrt_op emlrt_op_bands EMLRT_OP_PLACE = {
    EMLRT_OP_BANDS, emlrt_check_bands, emlrt_run_bands};
