/* SPDX-License-Identifier: MIT
 *
 * Values in place of what is missing.
 */
#include "../maths/keys.h"

#define EMLRT_FILL(call) \
  emlrt_rom_at((call)->payload, EMLRT_OCTETS(emlrt_impute))

static uint32_t emlrt_impute_mark(const emlrt_call *call) {
  return emlrt_r32(call->payload, EMLRT_AT(emlrt_impute, missing));
}

static emlrt_status emlrt_check_impute(emlrt_call *call) {
  uint32_t left = call->size;
  if (left < EMLRT_OCTETS(emlrt_impute) || call->n_in != call->n_out)
    return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_impute);
  if (!emlrt_is_number(emlrt_impute_mark(call)) ||
      !emlrt_take_floats(&left, 1, call->n_in) || left != 0 ||
      !emlrt_finite(EMLRT_FILL(call), call->n_in))
    return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

void emlrt_run_impute(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  emlrt_rom fill = EMLRT_FILL(call);
  uint32_t missing = emlrt_sort_key_u32(emlrt_impute_mark(call));
  emlrt_count i;
  for (i = 0; i < call->n_in; i++, fill = emlrt_rom_at(fill, 4)) {
    uint32_t bits = emlrt_bits_at(x, i);
    if (emlrt_sort_key_u32(bits) == missing) bits = emlrt_r32(fill, 0);
    y[i] = emlrt_one_nan(bits);
  }
}

const emlrt_op emlrt_op_impute EMLRT_OP_PLACE = {
    EMLRT_OP_IMPUTE, emlrt_check_impute, emlrt_run_impute};
