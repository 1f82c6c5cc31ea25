/* SPDX-License-Identifier: MIT
 *
 * Weighted sums of spans of equal length: votes of several models.
 */
#include "../maths/numeric.h"

static emlrt_status emlrt_check_weighted_sum(emlrt_call *call) {
  uint32_t left = call->n_in, n;
  for (n = call->size / 4; n != 0; n--) {
    if (left < call->n_out) return EMLRT_ERR_PAYLOAD;
    left -= call->n_out;
  }
  return left == 0 && emlrt_finite(call->payload, call->size / 4)
             ? emlrt_float_status()
             : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_weighted_sum(const emlrt_call *call) {
  float *y = (float *)call->out;
  emlrt_count j;
  for (j = 0; j < call->n_out; j++) {
    const float *x = (const float *)call->in + j;
    emlrt_rom at = call->payload;
    float sum = emlrt_mul(emlrt_rf32(at, 0), *x);
    uint32_t n;
    for (n = call->size - 4; n != 0; n -= 4) {
      x += call->n_out;
      at = emlrt_rom_at(at, 4);
      sum = emlrt_add(sum, emlrt_mul(emlrt_rf32(at, 0), *x));
    }
    emlrt_put(y + j, sum);
  }
}

const emlrt_op emlrt_op_weighted_sum EMLRT_OP_PLACE = {
    EMLRT_OP_WEIGHTED_SUM, emlrt_check_weighted_sum, emlrt_run_weighted_sum};
