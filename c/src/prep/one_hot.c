/* SPDX-License-Identifier: MIT
 *
 * One or zero: whether chosen elements are chosen numbers.
 */
#include "../maths/keys.h"

#define EMLRT_ONE_HOT_ONE UINT32_C(0x3F800000)

static emlrt_status emlrt_check_one_hot(emlrt_call *call) {
  uint32_t left = call->size;
  emlrt_rom at = call->payload;
  emlrt_count i;
  if (!emlrt_take_floats(&left, call->n_out, 2) || left != 0)
    return EMLRT_ERR_PAYLOAD;
  call->v.work = call->n_out; /* of x no more than the payload names */
  for (i = 0; i < call->n_out; i++) {
    if (emlrt_r32(at, EMLRT_AT(emlrt_one_hot, element)) >= call->n_in ||
        !emlrt_is_number(emlrt_r32(at, EMLRT_AT(emlrt_one_hot, value))))
      return EMLRT_ERR_PAYLOAD;
    at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_one_hot));
  }
  return EMLRT_OK;
}

void emlrt_run_one_hot(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  emlrt_rom at = call->payload;
  emlrt_count i;
  for (i = 0; i < call->n_out; i++) {
    emlrt_count from =
        (emlrt_count)emlrt_r32(at, EMLRT_AT(emlrt_one_hot, element));
    uint32_t value = emlrt_r32(at, EMLRT_AT(emlrt_one_hot, value));
    y[i] =
        emlrt_sort_key_u32(emlrt_bits_at(x, from)) == emlrt_sort_key_u32(value)
            ? EMLRT_ONE_HOT_ONE
            : 0;
    at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_one_hot));
  }
}

const emlrt_op emlrt_op_one_hot EMLRT_OP_PLACE = {
    EMLRT_OP_ONE_HOT, emlrt_check_one_hot, emlrt_run_one_hot};
