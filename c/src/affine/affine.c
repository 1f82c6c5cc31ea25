/* SPDX-License-Identifier: MIT
 *
 * Scaling, element by element.
 */
#include "../maths/numeric.h"

#define EMLRT_AFFINE_ALL 15u

static emlrt_status emlrt_check_affine(emlrt_call *call) {
  uint32_t left = call->size, floats, flags, kinds;
  if (left < EMLRT_OCTETS(emlrt_affine) || call->n_in != call->n_out)
    return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_affine);
  floats = left / 4;
  flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_affine, flags));
  if (flags == 0 || flags > EMLRT_AFFINE_ALL) return EMLRT_ERR_PAYLOAD;
  for (kinds = flags; kinds != 0; kinds >>= 1)
    if ((kinds & 1u) != 0 && !emlrt_take_floats(&left, 1, call->n_in))
      return EMLRT_ERR_PAYLOAD;
  if (left != 0 ||
      !emlrt_finite(emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_affine)),
                    floats))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

void emlrt_run_affine(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_affine, flags));
  emlrt_off step = (emlrt_off)call->n_in * 4u;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) {
    emlrt_off at = EMLRT_OCTETS(emlrt_affine) + (emlrt_off)i * 4u;
    float value = x[i];
    unsigned flag;
    for (flag = EMLRT_AFFINE_SHIFT; flag <= EMLRT_AFFINE_OFFSET; flag <<= 1) {
      float number;
      if ((flags & flag) == 0) continue;
      number = emlrt_rf32(emlrt_rom_at(call->payload, at), 0);
      at += step;
      if (flag == EMLRT_AFFINE_SCALE)
        value = emlrt_mul(value, number);
      else if (flag == EMLRT_AFFINE_OFFSET)
        value = emlrt_add(value, number);
      else
        value = emlrt_sub(value, number);
    }
    emlrt_put(y + i, value);
  }
}

const emlrt_op emlrt_op_affine EMLRT_OP_PLACE = {
    EMLRT_OP_AFFINE, emlrt_check_affine, emlrt_run_affine};
