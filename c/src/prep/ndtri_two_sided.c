/* SPDX-License-Identifier: MIT
 *
 * Normal quantiles of probabilities that are counted from either end.
 */
#include "../maths/maths.h"

static emlrt_status emlrt_check_ndtri_two_sided(emlrt_call *call) {
  if (call->n_in != call->n_out || call->size != 4 ||
      !emlrt_finite(call->payload, 1) ||
      (emlrt_r32(call->payload, 0) & EMLRT_SIGN_BIT) != 0)
    return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

void emlrt_run_ndtri_two_sided(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  uint32_t limit = emlrt_r32(call->payload, 0);
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) {
    uint32_t bits = emlrt_bits_at(x, i), sign = bits & EMLRT_SIGN_BIT, size;
    bits = emlrt_ndtri(bits & ~EMLRT_SIGN_BIT);
    size = bits & ~EMLRT_SIGN_BIT;
    if (size > limit && size <= EMLRT_INFINITY_BITS)
      bits = limit | (bits & EMLRT_SIGN_BIT);
    y[i] = emlrt_one_nan(bits ^ sign);
  }
}

const emlrt_op emlrt_op_ndtri_two_sided EMLRT_OP_PLACE = {
    EMLRT_OP_NDTRI_TWO_SIDED, emlrt_check_ndtri_two_sided,
    emlrt_run_ndtri_two_sided};
