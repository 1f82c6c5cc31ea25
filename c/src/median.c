/* SPDX-License-Identifier: MIT
 *
 * Weighted median: by comparing all pairs, so that no memory is needed.
 */
#include "numeric.h"

static emlrt_status emlrt_check_median(emlrt_call *call) {
  return call->n_out == 1 && (call->size & 3u) == 0 &&
                 call->size / 4 == call->n_in
             ? EMLRT_OK
             : EMLRT_ERR_PAYLOAD;
}

/* The weight of element i and of all that stand before it when sorted. */
static uint32_t emlrt_weight_to(const emlrt_call *call, emlrt_count i) {
  const float *x = (const float *)call->in;
  uint32_t order = emlrt_order(emlrt_bits_at(x, i)), weight = 0;
  emlrt_rom at = call->payload;
  emlrt_count j;
  for (j = 0; j < call->n_in; j++, at = emlrt_rom_at(at, 4)) {
    uint32_t other = emlrt_order(emlrt_bits_at(x, j));
    if (other < order || (other == order && j <= i))
      weight = emlrt_wrap_add(weight, emlrt_r32(at, 0));
  }
  return weight;
}

static void emlrt_run_median(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  uint32_t total = 0, least = UINT32_MAX, half;
  emlrt_rom at = call->payload;
  emlrt_count i, best = 0;
  for (i = 0; i < call->n_in; i++, at = emlrt_rom_at(at, 4))
    total = emlrt_wrap_add(total, emlrt_r32(at, 0));
  half = (total >> 1) + (total & 1u);
  for (i = 0; i < call->n_in; i++) {
    uint32_t order = emlrt_order(emlrt_bits_at(x, i));
    if (order >= least || emlrt_weight_to(call, i) < half) continue;
    least = order;
    best = i;
  }
  emlrt_put((float *)call->out, x[best]);
}

const emlrt_op emlrt_op_median EMLRT_PROGMEM = {
    EMLRT_OP_MEDIAN, emlrt_check_median, emlrt_run_median};
