/* SPDX-License-Identifier: MIT
 *
 * Logarithms of energies and amplitudes on any scale.
 */
#include "../maths/maths.h"

#define EMLRT_DECIBELS(call, field) \
  emlrt_rf32((call)->payload, EMLRT_AT(emlrt_decibels, field))

static emlrt_status emlrt_check_decibels(emlrt_call *call) {
  return call->size == EMLRT_OCTETS(emlrt_decibels) &&
                 call->n_in == call->n_out && emlrt_finite(call->payload, 4) &&
                 emlrt_is_scale(
                     emlrt_r32(call->payload, EMLRT_AT(emlrt_decibels, floor)))
             ? emlrt_float_status()
             : EMLRT_ERR_PAYLOAD;
}

/* scale * log(x, but not below the floor) + offset. Bits as signed numbers are in
 * the order of the floats, but for what is negative, which is below any floor. */
static float emlrt_decibels_of(const emlrt_call *call, uint32_t x) {
  uint32_t floor = emlrt_r32(call->payload, EMLRT_AT(emlrt_decibels, floor));
  float y;
  if (!emlrt_is_nan(x) && (int32_t)x < (int32_t)floor) x = floor;
  y = emlrt_mul(emlrt_float(emlrt_log(x)), EMLRT_DECIBELS(call, scale));
  return emlrt_add(y, EMLRT_DECIBELS(call, offset));
}

/* Lifts what is more than `top` below the largest number. */
static void emlrt_raise_floor(float *y, emlrt_count n, float top) {
  emlrt_count i, best = 0;
  uint32_t least;
  for (i = 1; i < n; i++)
    if (emlrt_sort_key_u32(emlrt_bits_at(y, i)) >
        emlrt_sort_key_u32(emlrt_bits_at(y, best)))
      best = i;
  top = emlrt_sub(y[best], top);
  least = emlrt_sort_key_u32(emlrt_bits(top));
  for (i = 0; i < n; i++) {
    uint32_t bits = emlrt_bits_at(y, i);
    if (!emlrt_is_nan(bits) && emlrt_sort_key_u32(bits) < least)
      emlrt_put(y + i, top);
  }
}

void emlrt_run_decibels(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out, top = EMLRT_DECIBELS(call, top);
  emlrt_count i;
  for (i = 0; i < call->n_in; i++)
    emlrt_put(y + i, emlrt_decibels_of(call, emlrt_bits_at(x, i)));
  if ((emlrt_bits(top) & EMLRT_SIGN_BIT) == 0)
    emlrt_raise_floor(y, call->n_in, top);
}

const emlrt_op emlrt_op_decibels EMLRT_OP_PLACE = {
    EMLRT_OP_DECIBELS, emlrt_check_decibels, emlrt_run_decibels};
