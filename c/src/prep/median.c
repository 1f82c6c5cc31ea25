/* SPDX-License-Identifier: MIT
 *
 * Weighted median: its order is found bit by bit, which takes no memory and time
 * linear in the inputs.
 */
#include "../maths/numeric.h"

/* The sum of all weights, 0 if it does not fit 32 bits. */
static uint32_t emlrt_total_weight(emlrt_rom at, emlrt_count n) {
  uint32_t total = 0;
  for (; n != 0; n--, at = emlrt_rom_at(at, 4)) {
    uint32_t weight = emlrt_r32(at, 0);
    if (weight > UINT32_MAX - total) return 0;
    total += weight;
  }
  return total;
}

static emlrt_status emlrt_check_median(emlrt_call *call) {
  return call->n_out == 1 && (call->size & 3u) == 0 &&
                 call->size / 4 == call->n_in &&
                 emlrt_total_weight(call->payload, call->n_in) != 0
             ? EMLRT_OK
             : EMLRT_ERR_PAYLOAD;
}

EMLRT_INLINE uint32_t emlrt_sort_key_at(const emlrt_call *call, emlrt_count i) {
  return emlrt_sort_key_u32(emlrt_bits_at((const float *)call->in, i));
}

/* The weight of all inputs whose order is not above one. */
static uint32_t emlrt_weight_up_to(const emlrt_call *call, uint32_t order) {
  uint32_t weight = 0;
  emlrt_rom at = call->payload;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++, at = emlrt_rom_at(at, 4))
    if (emlrt_sort_key_at(call, i) <= order) weight += emlrt_r32(at, 0);
  return weight;
}

/* The least order up to which the weight is `half` or more. */
static uint32_t emlrt_median_key(const emlrt_call *call, uint32_t half) {
  uint32_t order = 0, bit = UINT32_C(0x80000000);
  for (; bit != 0; bit >>= 1)
    if (emlrt_weight_up_to(call, order | (bit - 1u)) < half) order |= bit;
  return order;
}

void emlrt_run_median(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  emlrt_rom at = call->payload;
  uint32_t half = emlrt_total_weight(at, call->n_in), order, weight = 0;
  emlrt_count i;
  half -= half >> 1;
  order = emlrt_median_key(call, half);
  if (order != 0) weight = emlrt_weight_up_to(call, order - 1u);
  for (i = 0; i < call->n_in; i++, at = emlrt_rom_at(at, 4)) {
    if (emlrt_sort_key_at(call, i) != order) continue;
    weight += emlrt_r32(at, 0);
    if (weight < half) continue;
    emlrt_put((float *)call->out, x[i]);
    return;
  }
}

const emlrt_op emlrt_op_median EMLRT_OP_PLACE = {
    EMLRT_OP_MEDIAN, emlrt_check_median, emlrt_run_median};
