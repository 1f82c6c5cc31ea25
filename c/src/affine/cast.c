/* SPDX-License-Identifier: MIT
 *
 * Integers to floats, exactly, and trees' votes to shares.
 */
#include "../maths/numeric.h"

static emlrt_status emlrt_check_cast(emlrt_call *call) {
  return call->size == 0 && call->n_in == call->n_out ? emlrt_float_status()
                                                      : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_cast_u8(const emlrt_call *call) {
  const uint_least8_t *x = (const uint_least8_t *)call->in;
  float *y = (float *)call->out;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) y[i] = (float)x[i];
}

void emlrt_run_cast_i16(const emlrt_call *call) {
  const int16_t *x = (const int16_t *)call->in;
  float *y = (float *)call->out;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) y[i] = (float)x[i];
}

static emlrt_status emlrt_check_votes_to_proba(emlrt_call *call) {
  uint32_t total;
  if (call->size != 4 || call->n_in != call->n_out) return EMLRT_ERR_PAYLOAD;
  total = emlrt_r32(call->payload, 0);
  /* A positive, normal, finite number. */
  return total >= UINT32_C(0x00800000) && total < EMLRT_INFINITY_BITS
             ? emlrt_float_status()
             : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_votes_to_proba(const emlrt_call *call) {
  const emlrt_alias32 *x = (const emlrt_alias32 *)call->in;
  float *y = (float *)call->out;
  float total = emlrt_rf32(call->payload, 0);
  emlrt_count i;
  for (i = 0; i < call->n_in; i++)
    y[i] = emlrt_div(emlrt_rounded_to(x[i]), total);
}

const emlrt_op emlrt_op_cast_u8 EMLRT_OP_PLACE = {
    EMLRT_OP_CAST_U8, emlrt_check_cast, emlrt_run_cast_u8};
const emlrt_op emlrt_op_cast_i16 EMLRT_OP_PLACE = {
    EMLRT_OP_CAST_I16, emlrt_check_cast, emlrt_run_cast_i16};
const emlrt_op emlrt_op_votes_to_proba EMLRT_OP_PLACE = {
    EMLRT_OP_VOTES_TO_PROBA, emlrt_check_votes_to_proba,
    emlrt_run_votes_to_proba};
