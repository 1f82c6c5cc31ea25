/* SPDX-License-Identifier: MIT
 *
 * ReLU with its parameters, clipping, and steps.
 */
#include "elementwise.h"

static emlrt_status emlrt_check_relu(emlrt_call *call) {
  uint32_t flags;
  if (call->size != EMLRT_OCTETS(emlrt_relu) || call->n_in != call->n_out)
    return EMLRT_ERR_PAYLOAD;
  flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_relu, flags));
  if (flags > EMLRT_RELU_MAX ||
      !emlrt_finite(emlrt_rom_at(call->payload, EMLRT_AT(emlrt_relu, slope)),
                    3))
    return EMLRT_ERR_PAYLOAD;
  if (flags == 0 && emlrt_r32(call->payload, EMLRT_AT(emlrt_relu, max)) != 0)
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* All comparisons are of keys: NaN is handled first, since it is no number. */
void emlrt_run_relu(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_rom at = call->payload;
  float slope = emlrt_rf32(at, EMLRT_AT(emlrt_relu, slope));
  float threshold = emlrt_rf32(at, EMLRT_AT(emlrt_relu, threshold));
  uint32_t max = emlrt_r32(at, EMLRT_AT(emlrt_relu, max));
  uint32_t low = emlrt_sort_key_u32(emlrt_bits(threshold)), high = UINT32_MAX;
  emlrt_count i;
  if (emlrt_r32(at, EMLRT_AT(emlrt_relu, flags)) != 0)
    high = emlrt_sort_key_u32(max);
  for (i = 0; i < call->n_in; i++) {
    uint32_t bits = emlrt_bits_at(x, i), key = emlrt_sort_key_u32(bits);
    if (key >= high) {
      bits = max;
    } else if (key <= low && key != 0) {
      bits = 0;
      if ((emlrt_bits(slope) & ~EMLRT_SIGN_BIT) != 0)
        bits = emlrt_bits(emlrt_mul(slope, emlrt_sub(x[i], threshold)));
    }
    emlrt_put_bits(y + i, bits);
  }
}

static emlrt_status emlrt_check_clip(emlrt_call *call) {
  emlrt_rom at = call->payload;
  if (call->size != EMLRT_OCTETS(emlrt_clip) || call->n_in != call->n_out ||
      !emlrt_finite(at, 2) ||
      emlrt_sort_key_u32(emlrt_r32(at, EMLRT_AT(emlrt_clip, low))) >
          emlrt_sort_key_u32(emlrt_r32(at, EMLRT_AT(emlrt_clip, high))))
    return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

void emlrt_run_clip(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  uint32_t low = emlrt_r32(call->payload, EMLRT_AT(emlrt_clip, low));
  uint32_t high = emlrt_r32(call->payload, EMLRT_AT(emlrt_clip, high));
  uint32_t first = emlrt_sort_key_u32(low), last = emlrt_sort_key_u32(high);
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) {
    uint32_t bits = emlrt_bits_at(x, i), key = emlrt_sort_key_u32(bits);
    if (key > last) bits = high;
    if (key < first && key != 0) bits = low;
    emlrt_put_bits(y + i, bits);
  }
}

static emlrt_status emlrt_check_step(emlrt_call *call) {
  uint32_t left = call->size;
  if (call->n_in != call->n_out || !emlrt_take_floats(&left, 1, call->n_in) ||
      left != 0 || !emlrt_finite(call->payload, call->n_in))
    return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

void emlrt_run_step(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_rom at = call->payload;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++, at = emlrt_rom_at(at, 4)) {
    int above = emlrt_sort_key_u32(emlrt_bits_at(x, i)) >
                emlrt_sort_key_u32(emlrt_r32(at, 0));
    emlrt_put_bits(y + i, above ? EMLRT_ONE_BITS : 0);
  }
}

const emlrt_op emlrt_op_relu EMLRT_OP_PLACE = {EMLRT_OP_RELU, emlrt_check_relu,
                                               emlrt_run_relu};
const emlrt_op emlrt_op_clip EMLRT_OP_PLACE = {EMLRT_OP_CLIP, emlrt_check_clip,
                                               emlrt_run_clip};
const emlrt_op emlrt_op_step EMLRT_OP_PLACE = {EMLRT_OP_STEP, emlrt_check_step,
                                               emlrt_run_step};
